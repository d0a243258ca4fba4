//! What fits a car.

use super::ledger::Focus;
use super::{Refusal, ToolDesk, args};
use crate::shop::TireSize;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "get_vehicle_tire_sizes";

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleArgs {
    /// The make: Toyota.
    brand: String,
    /// The model: Corolla.
    model: String,
    /// The year of making, if the caller said it.
    #[serde(default)]
    #[schemars(range(min = 1950, max = 2100))]
    year: Option<i32>,
}

/// Tells which sizes a car takes.
pub(super) async fn sizes(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: VehicleArgs = args::read(NAME, given)?;
    let brand = args::text("brand", Some(&given.brand))?;
    let model = args::text("model", Some(&given.model))?;
    let (Some(brand), Some(model)) = (brand, model) else {
        return Err(Refusal::new(
            "bad_arguments",
            "brand and model must both be named. Ask the caller for make and model.".into(),
        ));
    };
    if given.year.is_some_and(|year| !(1950..=2100).contains(&year)) {
        return Err(Refusal::new(
            "bad_arguments",
            "year is the car's year of making. Leave it out if it is not known.".into(),
        ));
    }
    let found = desk
        .store
        .vehicle_sizes(&desk.scope, &brand, &model, given.year)
        .await
        .map_err(Refusal::from_store)?;
    desk.ledger.focus = Focus::Tires;
    let Some(found) = found else {
        return Ok(json!({
            "found": false,
            "message": "This car is not in the list. Ask the caller to read the size from the \
                        tyre's side.",
        }));
    };
    let (first, last) = found.years;
    let last = last.map(|year| year.to_string()).unwrap_or_default();
    let written =
        |sizes: &[TireSize]| -> Vec<String> { sizes.iter().map(TireSize::to_string).collect() };
    Ok(json!({
        "found": true,
        "brand": found.brand,
        "model": found.model,
        "years": format!("{first}-{last}"),
        "stock_sizes": written(&found.stock_sizes),
        "acceptable_sizes": written(&found.acceptable_sizes),
    }))
}
