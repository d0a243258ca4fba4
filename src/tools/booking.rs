//! The booking of a fitting: checked to the end before the caller is asked for a yes, and run
//! only under that yes.

use super::slots::{clock, free_slots, outside};
use super::{Refusal, ToolDesk, args};
use crate::ids::effect_key;
use crate::pii::{Personal, Phone};
use crate::shop::{Agreement, Service};
use crate::store::{Booking, NewBooking, Slot, Station, StoreError};
use crate::turn::{Approval, Proposal};
use chrono::Days;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// Canonical name.
pub(super) const NAME: &str = "book_fitting";
/// The first try and two more.
const TRIES_MAX: u32 = 3;
/// A try begins only this soon after the first one: a store gives up on an answer after less, and
/// the caller hears silence meanwhile.
const RETRY_WITHIN: Duration = Duration::from_secs(1);
/// What a server that restarts is given between tries.
const RETRY_PAUSE: Duration = Duration::from_millis(250);

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BookArgs {
    /// `station_id` of the station that the caller chose.
    station_id: String,
    /// The day, YYYY-MM-DD, as `get_fitting_slots` offered it.
    date: String,
    /// The time, HH:MM, as `get_fitting_slots` offered it.
    time: String,
    /// The caller's name as they said it.
    customer_name: String,
    /// The car: its plate, or colour and make.
    auto_number: String,
    /// Only when the system asks for a number: the one that the caller gave, `+380671234567`.
    #[serde(default)]
    customer_phone: Option<String>,
    /// More about the car, if the caller said it.
    #[serde(default)]
    vehicle_info: Option<String>,
    /// What is to be done.
    #[serde(default)]
    service_type: Option<Service>,
    /// Rim, inches, if known.
    #[serde(default)]
    #[schemars(range(min = 10, max = 26))]
    tire_diameter: Option<i32>,
}

/// Arguments that have passed every check but the store's.
struct Checked {
    station: Station,
    slot: Slot,
    service: Service,
    customer_name: String,
    vehicle: String,
    spoken_phone: Option<Phone>,
    phone: Phone,
    tire_diameter: Option<i32>,
}

/// Checks a booking to the end and says what it would be.
pub(super) async fn prepare(desk: &mut ToolDesk, given: &Value) -> Result<Proposal, Refusal> {
    let checked = check(desk, &args::read(NAME, given)?)?;
    let day = checked.slot.date;
    let free = free_slots(desk, &checked.station, day, day, checked.service).await?;
    if !free.contains(&checked.slot) {
        return Err(taken(desk, &checked).await);
    }
    Ok(Proposal {
        agreement: Agreement::FittingBooking {
            station_name: checked.station.name.clone(),
            address: checked.station.address.clone(),
            date: day,
            time: checked.slot.time,
            service: checked.service,
            customer_name: Personal(checked.customer_name.clone()),
            vehicle: checked.vehicle.clone(),
        },
        args: canonical(&checked),
    })
}

/// Books under the caller's yes.
pub(super) async fn book(
    desk: &mut ToolDesk,
    given: &Value,
    approval: Option<&Approval>,
) -> Result<Value, Refusal> {
    let Some(approval) = approval else {
        return Err(Refusal::new(
            "consent_missing",
            "The caller has not agreed to this booking. It must be read back first.".into(),
        ));
    };
    let checked = check(desk, &args::read(NAME, given)?)?;
    let agreed = canonical(&checked);
    let same = approval.tool == NAME
        && approval.args == *given
        && agreed == *given
        && approval.effect_key == effect_key(desk.scope.call, NAME, given);
    if !same {
        return Err(Refusal::from_store(StoreError::EffectMismatch));
    }
    let booking = NewBooking {
        station_code: checked.station.code.clone(),
        slot: checked.slot,
        service: checked.service,
        customer_name: Personal(checked.customer_name.clone()),
        phone: checked.phone.clone(),
        phone_verified: checked.spoken_phone.is_none(),
        vehicle: checked.vehicle.clone(),
        tire_diameter: checked.tire_diameter,
        storage_contract: None,
        linked_order: None,
    };
    match book_surely(desk, &booking, approval).await {
        Ok(made) => Ok(json!({
            "status": "confirmed",
            "station": checked.station.name,
            "address": checked.station.address,
            "date": made.slot.date,
            "time": clock(made.slot.time),
            "price": made.price.map(super::tires::money),
            "message": "Booked. Tell the caller day, time and station.",
        })),
        Err(StoreError::SlotTaken) => Err(taken(desk, &checked).await),
        Err(other) => Err(Refusal::from_store(other)),
    }
}

/// Books, asking again where the store did not answer. An answer that was lost may have been a
/// booking that was made: the same effect key finds it and never makes a second one.
async fn book_surely(
    desk: &ToolDesk,
    booking: &NewBooking,
    approval: &Approval,
) -> Result<Booking, StoreError> {
    let begun = Instant::now();
    let mut tries = 1;
    loop {
        let answer = desk.store.book_fitting(&desk.scope, booking, approval).await;
        let again = tries < TRIES_MAX && begun.elapsed() < RETRY_WITHIN;
        match answer {
            Err(StoreError::Away(detail)) if again => {
                tracing::warn!(%detail, tries, "the booking had no answer; asking again");
                tries += 1;
                tokio::time::sleep(RETRY_PAUSE).await;
            }
            answer => return answer,
        }
    }
}

/// Everything that can be said without asking the store. What was offered is checked before
/// the window, so that the correction names the day that the caller chose.
fn check(desk: &ToolDesk, given: &BookArgs) -> Result<Checked, Refusal> {
    let station = desk.ledger.station(given.station_id.trim())?;
    let slot =
        Slot { date: args::date("date", &given.date)?, time: args::time("time", &given.time)? };
    if !desk.ledger.offered.contains(&(station.code.clone(), slot)) {
        return Err(not_offered(desk, &station, slot));
    }
    let window = desk.window();
    window.check(slot.date).map_err(|problem| outside(&window, slot.date, problem))?;
    let customer_name = name(&given.customer_name)?;
    let vehicle = vehicle(&given.auto_number, given.vehicle_info.as_deref())?;
    let (phone, spoken_phone) = if let Some(own) = &desk.scope.caller {
        (own.clone(), None)
    } else {
        let spoken = spoken_phone(given.customer_phone.as_deref())?;
        (spoken.clone(), Some(spoken))
    };
    if given.tire_diameter.is_some_and(|inches| !(10..=26).contains(&inches)) {
        return Err(Refusal::new(
            "bad_arguments",
            "tire_diameter is the rim in inches, 10 to 26. Leave it out if it is not known.".into(),
        ));
    }
    Ok(Checked {
        station,
        slot,
        service: given.service_type.unwrap_or_default(),
        customer_name,
        vehicle,
        spoken_phone,
        phone,
        tire_diameter: given.tire_diameter,
    })
}

/// The arguments as they are agreed to: defaults filled in, spelling settled. The caller's own
/// number is not among them: it comes from the network.
fn canonical(checked: &Checked) -> Value {
    let mut args = json!({
        "station_id": checked.station.code,
        "date": checked.slot.date,
        "time": clock(checked.slot.time),
        "service_type": checked.service,
        "customer_name": checked.customer_name,
        "auto_number": checked.vehicle,
    });
    if let Some(phone) = &checked.spoken_phone {
        args["customer_phone"] = json!(phone);
    }
    if let Some(inches) = checked.tire_diameter {
        args["tire_diameter"] = json!(inches);
    }
    args
}

/// A name: letters, no figures.
fn name(given: &str) -> Result<String, Refusal> {
    let name = args::text("customer_name", Some(given))?.unwrap_or_default();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let legal = letters >= 2
        && name.chars().count() <= 60
        && name
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | 'ʼ' | '.'));
    legal.then_some(name).ok_or_else(|| {
        Refusal::new(
            "name_missing",
            "customer_name must be the name that the caller gave. Ask: what name is it for?".into(),
        )
    })
}

/// A car that a fitter can find in the yard: a plate, or colour and make.
fn vehicle(auto_number: &str, vehicle_info: Option<&str>) -> Result<String, Refusal> {
    let number = args::text("auto_number", Some(auto_number))?;
    let info = args::text("vehicle_info", vehicle_info)?;
    let mut words: Vec<String> = Vec::new();
    for part in [number, info].into_iter().flatten() {
        if !words.contains(&part) {
            words.push(part);
        }
    }
    let vehicle = words.join(", ");
    let has_letters = vehicle.chars().any(char::is_alphabetic);
    let has_digits = vehicle.chars().any(|c| c.is_ascii_digit());
    let word_count = vehicle.split_whitespace().count();
    (has_letters && (has_digits || word_count >= 2)).then_some(vehicle).ok_or_else(|| {
        Refusal::new(
            "vehicle_missing",
            "auto_number must be the plate, or colour and make of the car. Ask for the colour and \
             make."
                .into(),
        )
    })
}

/// A number that the caller spoke, needed only when the network gave none.
fn spoken_phone(given: Option<&str>) -> Result<Phone, Refusal> {
    let compact: String =
        given.unwrap_or_default().chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    Phone::parse(&compact).ok_or_else(|| {
        Refusal::new(
            "phone_missing",
            "The caller's number is withheld. Ask for a number, read it back, and give it as \
             customer_phone, written +380671234567."
                .into(),
        )
    })
}

/// A slot that was never offered: names the ones that were.
fn not_offered(desk: &ToolDesk, station: &Station, slot: Slot) -> Refusal {
    let offered: Vec<String> = desk
        .ledger
        .offered
        .iter()
        .filter(|(code, _)| *code == station.code)
        .map(|(_, slot)| format!("{} {}", slot.date, clock(slot.time)))
        .take(8)
        .collect();
    let next = if offered.is_empty() {
        format!("Call get_fitting_slots for station {} and {} first.", station.code, slot.date)
    } else {
        format!(
            "Offered were: {}. Take the one that the caller chose, or call get_fitting_slots for \
             {}.",
            offered.join(", "),
            slot.date
        )
    };
    Refusal::new(
        "slot_not_offered",
        format!("{} {} was not offered in this call. {next}", slot.date, clock(slot.time)),
    )
}

/// Someone else has the slot: the next free ones become the offered ones.
async fn taken(desk: &mut ToolDesk, checked: &Checked) -> Refusal {
    let window = desk.window();
    let day = checked.slot.date.max(window.first);
    let to = day.checked_add_days(Days::new(7)).unwrap_or(day).min(window.last);
    let mut free = match free_slots(desk, &checked.station, day, to, checked.service).await {
        Ok(free) => free,
        Err(refusal) => return refusal,
    };
    free.retain(|slot| *slot != checked.slot);
    let next = free.iter().find(|slot| **slot > checked.slot).or(free.first()).copied();
    desk.ledger.offer_only(&checked.station.code, next);
    let message = match next {
        Some(next) => format!(
            "That time has just been taken. The next free one is {} {}: offer it, and call \
             book_fitting with it if the caller wants it.",
            next.date,
            clock(next.time)
        ),
        None => "That time has just been taken and nothing near it is free. Call \
                 get_fitting_slots without dates, or offer an operator."
            .into(),
    };
    Refusal::new("slot_taken", message)
}
