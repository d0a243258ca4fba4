//! Bookings that stand: listed, moved in one step, given up; only the caller's own.

use super::agreed::{agreed, surely};
use super::booking::{taken, wanted};
use super::ledger::Focus;
use super::slots::{clock, free_slots};
use super::{Guard, Refusal, ToolDesk, args};
use crate::pii::Personal;
use crate::shop::{Agreement, Service};
use crate::store::{BookingView, Slot, Station, StoreError};
use crate::turn::{Approval, Proposal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// Canonical name of the list.
pub(super) const LIST: &str = "get_customer_bookings";
/// Canonical name of the change.
pub(super) const CHANGE: &str = "cancel_fitting";

/// Arguments of the list: there are none, it is always the caller's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListArgs {}

/// What is to become of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Action {
    /// It is given up.
    Cancel,
    /// It moves to another time at the same station.
    Reschedule,
}

/// Arguments of the change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeArgs {
    /// `booking_id` that `get_customer_bookings` returned, for example B1.
    booking_id: String,
    /// Cancel it, or move it to another time.
    action: Action,
    /// For reschedule: the new day, YYYY-MM-DD, as `get_fitting_slots` offered it.
    #[serde(default)]
    new_date: Option<String>,
    /// For reschedule: the new time, HH:MM, as `get_fitting_slots` offered it.
    #[serde(default)]
    new_time: Option<String>,
    /// Changes of this booking before this one in this call; written by the system alone.
    #[serde(default)]
    #[schemars(skip)]
    after: Option<usize>,
}

/// Lists the caller's bookings that are still ahead.
pub(super) async fn list(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let _: ListArgs = args::read(LIST, given)?;
    let scope = desk.identity()?;
    let found = desk.store.bookings(&scope).await.map_err(Refusal::from_store)?;
    let stations: Vec<Station> = found.iter().map(|booking| booking.station.clone()).collect();
    desk.ledger.name_stations(&stations);
    desk.ledger.focus = Focus::Bookings;
    let rows: Vec<Value> = found
        .into_iter()
        .map(|booking| {
            let (station, slot) = (booking.station.clone(), booking.slot);
            json!({
                "service_type": booking.service,
                "auto_number": Some(booking.vehicle.clone()).filter(|car| !car.is_empty()),
                "booking_id": desk.ledger.name_booking(booking),
                "station_id": station.code,
                "station": station.name,
                "city": station.city,
                "address": station.address,
                "date": slot.date,
                "time": clock(slot.time),
            })
        })
        .collect();
    let mut answer = json!({ "total": rows.len(), "bookings": rows });
    answer["message"] = if rows.is_empty() {
        json!("There is no booking under the caller's number. Say so; offer to make one.")
    } else {
        json!("Ask which one is meant if there are several, and what is to be done.")
    };
    Ok(answer)
}

/// A change that has passed every check but the store's.
struct Checked {
    booking: BookingView,
    to: Option<Slot>,
    agreement: Agreement,
    canonical: Value,
}

/// Checks a change to the end and says what it would be.
pub(super) async fn prepare(desk: &mut ToolDesk, given: &Value) -> Result<Proposal, Refusal> {
    let checked = check(desk, given, None).await?;
    if let Some(to) = checked.to {
        let (station, service) = (&checked.booking.station, checked.booking.service);
        let free = free_slots(desk, station, to.date, to.date, service).await?;
        if !free.contains(&to) && !desk.ledger.holds_now(&station.code, to, desk.scope.now) {
            return Err(taken(desk, station, to, service).await);
        }
    }
    Ok(Proposal { agreement: checked.agreement, args: checked.canonical })
}

async fn check(
    desk: &mut ToolDesk,
    given: &Value,
    approved: Option<&Approval>,
) -> Result<Checked, Refusal> {
    let args: ChangeArgs = args::read(CHANGE, given)?;
    desk.identity()?;
    let booking = named(desk, &args.booking_id)?;
    let changes = desk.ledger.changed.iter().filter(|id| **id == booking.id).count();
    // What was agreed to keeps its count: a repeat of it is the same change.
    let after = approved.and(args.after).unwrap_or(changes);
    let (station, from) = (&booking.station, booking.slot);
    let mut canonical = json!({
        "booking_id": args.booking_id.trim(),
        "action": args.action,
        "after": after,
    });
    let (to, agreement) = match args.action {
        Action::Cancel => {
            let agreement = Agreement::FittingCancel {
                station_name: station.name.clone(),
                address: station.address.clone(),
                date: from.date,
                time: from.time,
            };
            (None, agreement)
        }
        Action::Reschedule => {
            let date = args::text("new_date", args.new_date.as_deref())?;
            let time = args::text("new_time", args.new_time.as_deref())?;
            let (Some(date), Some(time)) = (date, time) else {
                return Err(Refusal::new(
                    "new_time_missing",
                    format!(
                        "reschedule needs new_date and new_time. Call get_fitting_slots for \
                         station {} and ask which time suits.",
                        station.code
                    ),
                ));
            };
            let to = wanted(desk, &station.code, &date, &time).await?.slot;
            canonical["new_date"] = json!(to.date);
            canonical["new_time"] = json!(clock(to.time));
            let agreement = Agreement::FittingMove {
                station_name: station.name.clone(),
                address: station.address.clone(),
                from_date: from.date,
                from_time: from.time,
                to_date: to.date,
                to_time: to.time,
            };
            (Some(to), agreement)
        }
    };
    Ok(Checked { booking, to, agreement, canonical })
}

/// The booking that a model means: one that this call has listed.
fn named(desk: &ToolDesk, booking_id: &str) -> Result<BookingView, Refusal> {
    let listed = desk.ledger.booking(booking_id);
    if desk.guards.on(Guard::Ownership) || listed.is_ok() {
        return listed;
    }
    let station = desk.ledger.stations.first().cloned();
    match (Uuid::try_parse(booking_id.trim()), station) {
        (Ok(id), Some(station)) => Ok(BookingView {
            id,
            station,
            slot: Slot { date: desk.today(), time: chrono::NaiveTime::MIN },
            service: Service::default(),
            customer_name: Personal(String::new()),
            vehicle: String::new(),
        }),
        _ => listed,
    }
}

/// Changes a booking under the caller's yes.
pub(super) async fn change(
    desk: &mut ToolDesk,
    given: &Value,
    approval: Option<&Approval>,
) -> Result<Value, Refusal> {
    let Checked { booking, to, canonical, .. } = check(desk, given, approval).await?;
    let approval = agreed(desk, CHANGE, given, &canonical, approval)?;
    let scope = desk.identity()?;
    let (store, id) = (&desk.store, booking.id);
    let station = booking.station.clone();
    let done = match to {
        None => {
            let cancelled =
                surely(desk, &approval, || store.cancel_booking(&scope, id, &approval)).await;
            cancelled.map(|()| booking.slot)
        }
        Some(to) => {
            let moved =
                surely(desk, &approval, || store.move_booking(&scope, id, to, &approval)).await;
            moved.map(|moved| moved.slot)
        }
    };
    let slot = match (done, to) {
        (Ok(slot), _) => slot,
        (Err(StoreError::SlotTaken), Some(to)) => {
            let refusal = taken(desk, &station, to, booking.service).await;
            return Err(refusal.with("booking_stands", json!(true)));
        }
        (Err(error), _) => return Err(Refusal::from_store(error)),
    };
    desk.ledger.changed.push(id);
    desk.ledger.focus = Focus::Question;
    if to.is_some() {
        desk.ledger.name_booking(BookingView { slot, ..booking });
    }
    let (status, message) = if to.is_some() {
        ("moved", "Moved. Tell the caller the new day and time.")
    } else {
        ("cancelled", "Cancelled. Tell the caller, and ask whether anything else is needed.")
    };
    Ok(json!({
        "status": status,
        "station": station.name,
        "address": station.address,
        "date": slot.date,
        "time": clock(slot.time),
        "message": message,
    }))
}
