//! What is remembered of a caller. Only what they said themselves.

use super::{Refusal, ToolDesk, args, grounding};
use crate::pii::Personal;
use crate::shop::TireSize;
use crate::store::{Profile, Vehicle};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "update_customer_profile";
/// Cars in one call.
const VEHICLES_MAX: usize = 5;

/// A car.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleArgs {
    /// The plate.
    plate: String,
    /// The make.
    #[serde(default)]
    brand: Option<String>,
    /// The size of its tyres, written 205/55 R16.
    #[serde(default)]
    tire_size: Option<String>,
}

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileArgs {
    /// The caller's own name, as they gave it.
    #[serde(default)]
    name: Option<String>,
    /// The city where they live.
    #[serde(default)]
    city: Option<String>,
    /// Their cars.
    #[serde(default)]
    vehicles: Vec<VehicleArgs>,
    /// Where their orders go.
    #[serde(default)]
    delivery_address: Option<String>,
}

/// Adds to the profile of the number that the network gave.
pub(super) async fn update(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: ProfileArgs = args::read(NAME, given)?;
    let scope = desk.identity()?;
    let change = Profile {
        name: name(desk, given.name.as_deref())?,
        city: args::text("city", given.city.as_deref())?,
        vehicles: vehicles(&given.vehicles)?,
        delivery_address: args::text("delivery_address", given.delivery_address.as_deref())?
            .map(Personal),
        preferred_station: None,
        language: None,
    };
    if change == Profile::default() {
        return Err(Refusal::new(
            "bad_arguments",
            "Nothing is given to remember. Go on without this tool.".into(),
        ));
    }
    desk.front.update_profile(&scope, &change).await.map_err(Refusal::from_store)?;
    let known = desk.profile.get_or_insert_default();
    known.name = change.name.or(known.name.take());
    known.city = change.city.or(known.city.take());
    Ok(json!({ "status": "saved", "message": "Saved. Do not mention it; go on." }))
}

/// A name for the profile. One that an earlier call left stays: a stranger on the same
/// telephone, or a misheard word, does not rename its owner.
fn name(desk: &ToolDesk, given: Option<&str>) -> Result<Option<Personal>, Refusal> {
    let Some(given) = args::text("name", given)? else { return Ok(None) };
    let name = grounding::name(desk, &given)?;
    let known = desk.profile.as_ref().and_then(|profile| profile.name.as_ref());
    match known {
        Some(known) if known.0 != name => Err(Refusal::new(
            "name_known",
            "The caller's profile has a name already, and it stays. Leave name out; a booking or \
             an order may be in another name."
                .into(),
        )),
        _ => Ok(Some(Personal(name))),
    }
}

fn vehicles(given: &[VehicleArgs]) -> Result<Vec<Vehicle>, Refusal> {
    if given.len() > VEHICLES_MAX {
        return Err(Refusal::new(
            "bad_arguments",
            format!("vehicles holds at most {VEHICLES_MAX} cars. Give those that were named."),
        ));
    }
    given
        .iter()
        .map(|car| {
            let tire_size = match args::text("tire_size", car.tire_size.as_deref())? {
                Some(size) => Some(size.parse::<TireSize>().map_err(|()| {
                    Refusal::new(
                        "size_impossible",
                        "tire_size must be written 205/55 R16. Leave it out if it is not known."
                            .into(),
                    )
                })?),
                None => None,
            };
            Ok(Vehicle {
                plate: plate(&car.plate)?,
                brand: args::text("brand", car.brand.as_deref())?,
                tire_size: tire_size.map(|size| size.to_string()),
            })
        })
        .collect()
}

/// A plate in Latin letters; the letters of plates look the same in both alphabets. Without a
/// digit it is no plate.
fn plate(given: &str) -> Result<String, Refusal> {
    let plate: String = given
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_uppercase)
        .map(latin)
        .collect();
    let legal = (3..=10).contains(&plate.len())
        && plate.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && plate.bytes().any(|byte| byte.is_ascii_digit());
    legal.then_some(plate).ok_or_else(|| {
        Refusal::new(
            "plate_bad",
            "plate must be a number plate as the caller said it, for example AA1234BB. Leave the \
             car out if they did not say one."
                .into(),
        )
    })
}

const fn latin(letter: char) -> char {
    match letter {
        'А' => 'A',
        'В' => 'B',
        'Е' => 'E',
        'І' => 'I',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'О' => 'O',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'Х' => 'X',
        other => other,
    }
}
