//! What fitting costs.

use super::ledger::Focus;
use super::tires::money;
use super::{Refusal, ToolDesk, args};
use crate::shop::Service;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "get_fitting_price";

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceArgs {
    /// Rim, inches: 16 in 205/55 R16.
    #[schemars(range(min = 10, max = 26))]
    tire_diameter: i32,
    /// `station_id` of a station that this call named, if the caller chose one.
    #[serde(default)]
    station_id: Option<String>,
    /// What is to be done; all services if left out.
    #[serde(default)]
    service_type: Option<Service>,
}

/// Tells the prices for a rim, by service and class of vehicle.
pub(super) async fn prices(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: PriceArgs = args::read(NAME, given)?;
    if !(10..=26).contains(&given.tire_diameter) {
        return Err(Refusal::new(
            "bad_arguments",
            "tire_diameter is the rim in inches, 10 to 26. Ask the caller for it.".into(),
        ));
    }
    let station = match args::text("station_id", given.station_id.as_deref())? {
        Some(id) => Some(desk.station(&id).await?.code),
        None => None,
    };
    let mut found = desk
        .store
        .fitting_prices(&desk.scope, given.tire_diameter, station.as_deref())
        .await
        .map_err(Refusal::from_store)?;
    if let Some(service) = given.service_type {
        found.retain(|price| price.service == service);
    }
    desk.ledger.focus = Focus::Question;
    let rows: Vec<Value> = found
        .iter()
        .map(|row| {
            json!({ "service": row.service, "price": money(row.price), "category": row.category })
        })
        .collect();
    let mut answer = json!({ "diameter": given.tire_diameter, "prices": rows });
    if found.is_empty() {
        answer["note"] = json!(
            "There is no price for this rim. Say so; the station tells it, or an operator does."
        );
    }
    Ok(answer)
}
