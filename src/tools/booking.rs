//! The booking of a fitting: checked to the end before the caller is asked for a yes, and run
//! only under that yes.

use super::agreed::{agreed, surely};
use super::identity::Contact;
use super::ledger::Focus;
use super::slots::{clock, free_slots, outside};
use super::{Guard, Refusal, ToolDesk, args, grounding, storage};
use crate::pii::Personal;
use crate::shop::{Agreement, Service};
use crate::store::{NewBooking, Slot, Station, StorageContract, StoreError};
use crate::turn::{Approval, Proposal};
use chrono::Days;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Canonical name.
pub(super) const NAME: &str = "book_fitting";

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
    /// The `contract_id` of `find_storage` whose tyres are fitted, for example S1; NONE when the
    /// caller said that they are other tyres.
    #[serde(default)]
    storage_contract: Option<String>,
    /// `order_id` or number of the order of this call whose tyres are fitted.
    #[serde(default)]
    linked_order: Option<String>,
}

/// A time that may be taken.
pub(super) struct Wanted {
    pub station: Station,
    pub slot: Slot,
}

/// Arguments that have passed every check but the store's.
struct Checked {
    station: Station,
    slot: Slot,
    service: Service,
    customer_name: String,
    vehicle: String,
    contact: Contact,
    tire_diameter: Option<i32>,
    /// With the alias that the model knows it by.
    stored: Option<(String, StorageContract)>,
    order: Option<(String, Uuid)>,
}

/// Checks a booking to the end and says what it would be.
pub(super) async fn prepare(desk: &mut ToolDesk, given: &Value) -> Result<Proposal, Refusal> {
    let checked = check(desk, args::read(NAME, given)?).await?;
    let day = checked.slot.date;
    let free = free_slots(desk, &checked.station, day, day, checked.service).await?;
    let held = desk.ledger.holds_now(&checked.station.code, checked.slot, desk.scope.now);
    if !held && !free.contains(&checked.slot) {
        return Err(taken(desk, &checked.station, checked.slot, checked.service).await);
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
    let checked = check(desk, args::read(NAME, given)?).await?;
    let approval = agreed(desk, NAME, given, &canonical(&checked), approval)?;
    let booking = NewBooking {
        station_code: checked.station.code.clone(),
        slot: checked.slot,
        service: checked.service,
        customer_name: Personal(checked.customer_name.clone()),
        phone: checked.contact.phone.clone(),
        phone_verified: checked.contact.verified,
        vehicle: checked.vehicle.clone(),
        tire_diameter: checked.tire_diameter,
        storage_contract: checked.stored.as_ref().map(|(_, contract)| contract.number.clone()),
        linked_order: checked.order.as_ref().map(|(_, id)| *id),
    };
    let (store, scope) = (&desk.store, &desk.scope);
    match surely(desk, &approval, || store.book_fitting(scope, &booking, &approval)).await {
        Ok(made) => {
            desk.ledger.holds.retain(|held| held.slot != made.slot);
            desk.ledger.booked = Some((checked.station.clone(), made.slot));
            desk.ledger.focus = Focus::Question;
            Ok(json!({
                "status": "confirmed",
                "station": checked.station.name,
                "address": checked.station.address,
                "date": made.slot.date,
                "time": clock(made.slot.time),
                "price": made.price.map(super::tires::money),
                "message": "Booked. Tell the caller day, time and station.",
            }))
        }
        Err(StoreError::SlotTaken) => {
            Err(taken(desk, &checked.station, checked.slot, checked.service).await)
        }
        Err(other) => Err(Refusal::from_store(other)),
    }
}

/// A station and a time that the caller may take: named and offered in this call. What was
/// offered is checked before the window, so that the correction names the day that was chosen.
pub(super) async fn wanted(
    desk: &ToolDesk,
    station_id: &str,
    date: &str,
    time: &str,
) -> Result<Wanted, Refusal> {
    let station = desk.station(station_id).await?;
    let slot = Slot { date: args::date("date", date)?, time: args::time("time", time)? };
    if desk.guards.on(Guard::OfferedSlot)
        && !desk.ledger.offered.contains(&(station.code.clone(), slot))
    {
        return Err(not_offered(desk, &station, slot));
    }
    let window = desk.window();
    window.check(slot.date).map_err(|problem| outside(&window, slot.date, problem))?;
    desk.check_weekday(slot.date, slot.date)?;
    Ok(Wanted { station, slot })
}

/// Everything that can be said without asking whether the time is free.
async fn check(desk: &mut ToolDesk, given: BookArgs) -> Result<Checked, Refusal> {
    let Wanted { station, slot } =
        wanted(desk, &given.station_id, &given.date, &given.time).await?;
    let customer_name = grounding::name(desk, &given.customer_name)?;
    let vehicle = vehicle(&given.auto_number, given.vehicle_info.as_deref())?;
    let contact = desk.contact("customer_phone", given.customer_phone.as_deref())?;
    if given.tire_diameter.is_some_and(|inches| !(10..=26).contains(&inches)) {
        return Err(Refusal::new(
            "bad_arguments",
            "tire_diameter is the rim in inches, 10 to 26. Leave it out if it is not known.".into(),
        ));
    }
    let order = linked_order(desk, given.linked_order.as_deref())?;
    let stored = storage::chosen(desk, given.storage_contract.as_deref()).await?;
    if stored.is_some() {
        storage::check_day(slot.date, desk.today())?;
    }
    Ok(Checked {
        station,
        slot,
        service: given.service_type.unwrap_or_default(),
        customer_name,
        vehicle,
        contact,
        tire_diameter: given.tire_diameter,
        stored,
        order,
    })
}

/// The order of this call whose tyres are fitted, by its alias or its number.
fn linked_order(desk: &ToolDesk, given: Option<&str>) -> Result<Option<(String, Uuid)>, Refusal> {
    let Some(given) = args::text("linked_order", given)? else { return Ok(None) };
    let by_number =
        desk.ledger.drafts.iter().position(|draft| draft.number.as_ref() == Some(&given));
    let alias = by_number.map_or(given, |at| format!("D{}", at + 1));
    let (alias, draft) = desk.ledger.draft(&alias)?;
    if draft.number.is_none() {
        return Err(Refusal::new(
            "order_not_confirmed",
            "linked_order is not confirmed yet. Confirm it first, or leave linked_order out."
                .into(),
        ));
    }
    Ok(Some((alias, draft.view.id)))
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
    if !checked.contact.verified {
        args["customer_phone"] = json!(checked.contact.phone);
    }
    if let Some(inches) = checked.tire_diameter {
        args["tire_diameter"] = json!(inches);
    }
    if let Some((alias, _)) = &checked.stored {
        args["storage_contract"] = json!(alias);
    }
    if let Some((alias, _)) = &checked.order {
        args["linked_order"] = json!(alias);
    }
    args
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
pub(super) async fn taken(
    desk: &mut ToolDesk,
    station: &Station,
    slot: Slot,
    service: Service,
) -> Refusal {
    let window = desk.window();
    let day = slot.date.max(window.first);
    let to = day.checked_add_days(Days::new(7)).unwrap_or(day).min(window.last);
    let mut free = match free_slots(desk, station, day, to, service).await {
        Ok(free) => free,
        Err(refusal) => return refusal,
    };
    free.retain(|other| *other != slot);
    let next = free.iter().find(|other| **other > slot).or(free.first()).copied();
    desk.ledger.offer_only(&station.code, next);
    // The weekday that the caller named may be full: what is offered instead is an answer to it.
    desk.settle_weekday();
    let Some(next) = next else {
        let message = "That time has just been taken and nothing near it is free. Call \
                       get_fitting_slots without dates, or offer an operator.";
        return Refusal::new("slot_taken", message.into());
    };
    let time = clock(next.time);
    let message = format!(
        "That time has just been taken. The next free one is {} {time}: offer it, and call the \
         same tool with it if the caller wants it.",
        next.date,
    );
    let next = json!({ "date": next.date, "time": time });
    Refusal::new("slot_taken", message).with("next_free", next)
}
