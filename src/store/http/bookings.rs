//! Bookings over the Store API: made, moved and given up under the caller's yes.

use super::client::{Ask, Trouble};
use super::fitting::{self, service_word, station_id};
use super::records::{Known, Limit, UNDER_WAY, phone_hash};
use super::wire::{self, Clock, Day, Id, Money};
use super::{Inner, refused_by_shop, rule};
use crate::ids::row_id;
use crate::pii::Personal;
use crate::store::{Booking, BookingView, NewBooking, Scope, Slot, StoreError};
use crate::turn::Approval;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Words in the code of a refusal that mean "somebody else has that time".
const TAKEN: [&str; 4] = ["slot", "taken", "unavailable", "conflict"];

#[derive(Debug, Deserialize)]
struct BookingRow {
    id: Option<Id>,
    booking_id: Option<Id>,
    date: Day,
    time: Clock,
    price: Option<Money>,
}

impl BookingRow {
    /// The booking's own id, if it is for the time that the caller agreed to.
    fn checked(&self, agreed: Slot) -> Result<String, StoreError> {
        let made = Slot { date: self.date.0, time: self.time.0 };
        let id = self.id.as_ref().or(self.booking_id.as_ref());
        match id {
            Some(id) if made == agreed => Ok(id.0.clone()),
            _ => {
                tracing::error!(?made, ?agreed, "the back office booked another time than agreed");
                Err(StoreError::Unknown("the back office booked another time than agreed".into()))
            }
        }
    }
}

/// Makes the booking under the caller's yes; the same effect again is the same booking.
pub(super) async fn book(
    store: &Inner,
    scope: &Scope,
    wanted: &NewBooking,
    approval: &Approval,
) -> Result<Booking, StoreError> {
    let deadline = store.client.deadline();
    let records = &store.records;
    let id = row_id(scope.call, &format!("booking {}", approval.effect_key));
    let before = records.find(scope, "booking", id).await?;
    if let Some(known) = before.filter(|known| known.text("state") != Some(UNDER_WAY)) {
        records.approve(scope, approval, None).await?;
        return standing(&known, wanted);
    }
    let station = station_id(store, scope, &wanted.station_code, deadline).await?;
    let mut known = Known {
        kind: "booking",
        local_id: id,
        // Until the back office has said its own.
        external_id: format!("{UNDER_WAY} {}", approval.effect_key),
        metadata: json!({
            "call": scope.call.0,
            "phone_sha256": phone_hash(&wanted.phone),
            "phone_verified": wanted.phone_verified,
            "station_code": wanted.station_code,
            "service": wanted.service,
            "day": wanted.slot.date,
            "time": wanted.slot.time,
        }),
    };
    let limit = Limit {
        phone_sha256: phone_hash(&wanted.phone),
        from: scope.now.with_timezone(&store.zone).date_naive(),
        max: store.bookings_per_number_max,
    };
    if !records.begin(scope, approval, &known, &limit).await? {
        return Err(rule(
            "too_many_bookings",
            "This number has as many bookings ahead as the shop allows. Offer the operator.",
        ));
    }
    let mut body = json!({
        "station_id": station,
        "date": wanted.slot.date,
        "time": wanted.slot.time.format("%H:%M").to_string(),
        "service_type": service_word(wanted.service),
        "customer_phone": wanted.phone.reveal(),
        "customer_name": wanted.customer_name.0,
        "vehicle_info": wanted.vehicle,
        "source": "ai_agent",
        "call_id": scope.call.0,
    });
    if let Some(inches) = wanted.tire_diameter {
        body["tire_diameter"] = json!(inches);
    }
    if let Some(contract) = &wanted.storage_contract {
        body["notes"] = json!(format!("storage contract {contract}"));
    }
    if let Some(order) = wanted.linked_order
        && let Some(order) = records.find(scope, "order", order).await?
    {
        body["linked_order_id"] = json!(order.external_id);
    }
    let ask =
        Ask::new(Method::POST, &["fitting", "bookings"]).body(body).effect(&approval.effect_key);
    let row = match store.client.ask(deadline, &ask, wire::one::<BookingRow>).await {
        Ok(row) => row,
        Err(trouble) => {
            if matches!(trouble, Trouble::Refused { .. }) {
                records.give_up(scope, &known).await;
            }
            return Err(refused(trouble));
        }
    };
    known.external_id = row.checked(wanted.slot)?;
    let price = row.price.map(|money| money.0);
    known.note(json!({ "price": price, "state": "confirmed" }));
    store.note_done(scope, &known).await;
    Ok(Booking { id, slot: wanted.slot, price, repeated: false })
}

/// The booking of this effect, which was made before.
fn standing(known: &Known, wanted: &NewBooking) -> Result<Booking, StoreError> {
    if known.text("state") != Some("confirmed") {
        return Err(rule(
            "booking_cancelled",
            "This very booking was made and cancelled before. Offer another time.",
        ));
    }
    let slot = slot_of(known).ok_or(StoreError::EffectMismatch)?;
    if slot != wanted.slot || known.text("station_code") != Some(&wanted.station_code) {
        return Err(StoreError::EffectMismatch);
    }
    let price = known.text("price").and_then(wire::money);
    Ok(Booking { id: known.local_id, slot, price, repeated: true })
}

fn slot_of(known: &Known) -> Option<Slot> {
    Some(Slot { date: known.text("day")?.parse().ok()?, time: known.text("time")?.parse().ok()? })
}

/// Bookings ahead of the caller's own number that were made through us, soonest first.
pub(super) async fn list(store: &Inner, scope: &Scope) -> Result<Vec<BookingView>, StoreError> {
    let Some(caller) = &scope.caller else { return Ok(Vec::new()) };
    let today = scope.now.with_timezone(&store.zone).date_naive();
    let own = store.records.own(scope, "booking", caller, today).await?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let stations = fitting::stations(store, scope, None).await?;
    let view = |known: &Known| {
        let slot = slot_of(known).filter(|slot| fitting::is_ahead(store, *slot, scope.now))?;
        let code = known.text("station_code")?;
        let station = stations.iter().find(|station| station.code == code)?.clone();
        let service = serde_json::from_value(known.metadata.get("service")?.clone()).ok()?;
        // Name and car stand in the back office; we keep no second copy.
        Some(BookingView {
            id: known.local_id,
            station,
            slot,
            service,
            customer_name: Personal(String::new()),
            vehicle: String::new(),
        })
    };
    Ok(own.iter().filter_map(view).collect())
}

/// A booking of the caller's own number that stands.
async fn own(store: &Inner, scope: &Scope, id: Uuid) -> Result<Known, StoreError> {
    let known = store.records.find(scope, "booking", id).await?;
    let owner = |known: &Known| scope.caller.as_ref().is_some_and(|own| known.belongs_to(own));
    // Someone else's is the same answer as none.
    known.filter(owner).ok_or_else(|| {
        rule("booking_not_found", "The caller's number has no such booking. Offer the operator.")
    })
}

/// Gives up a booking. One that is given up already is given up.
pub(super) async fn cancel(
    store: &Inner,
    scope: &Scope,
    id: Uuid,
    approval: &Approval,
) -> Result<(), StoreError> {
    let mut known = own(store, scope, id).await?;
    store.records.approve(scope, approval, None).await?;
    if known.text("state") == Some("cancelled") {
        return Ok(());
    }
    let path = ["fitting", "bookings", known.external_id.as_str()];
    let ask = Ask::new(Method::DELETE, &path).effect(&approval.effect_key);
    match store.client.ask(store.client.deadline(), &ask, wire::nothing).await {
        Ok(()) => {}
        Err(trouble) if trouble.is_missing() => {}
        Err(trouble) => return Err(refused(trouble)),
    }
    known.note(json!({ "state": "cancelled" }));
    store.note_done(scope, &known).await;
    Ok(())
}

/// Moves a booking in one step.
pub(super) async fn shift(
    store: &Inner,
    scope: &Scope,
    id: Uuid,
    to: Slot,
    approval: &Approval,
) -> Result<Booking, StoreError> {
    let mut known = own(store, scope, id).await?;
    let price = known.text("price").and_then(wire::money);
    if known.text("state") != Some("confirmed") {
        return Err(rule("booking_cancelled", "This booking was cancelled. Offer a new one."));
    }
    if slot_of(&known) == Some(to) {
        store.records.approve(scope, approval, None).await?;
        return Ok(Booking { id, slot: to, price, repeated: true });
    }
    let key = approval.effect_key.as_str();
    let began_before = known.text("moving") == Some(key);
    known.note(json!({ "moving": key }));
    store.records.approve(scope, approval, Some(&known)).await?;
    let path = ["fitting", "bookings", known.external_id.as_str()];
    let ask = Ask::new(Method::PATCH, &path)
        .body(json!({ "date": to.date, "time": to.time.format("%H:%M").to_string() }))
        .effect(key);
    let row = store.client.ask(store.client.deadline(), &ask, wire::one::<BookingRow>).await;
    let row = row.map_err(|trouble| match refused(trouble) {
        // The one who has the time may be this very booking, moved when an answer was lost.
        StoreError::SlotTaken if began_before => {
            StoreError::Unknown("it is not known whether the booking has moved".into())
        }
        other => other,
    })?;
    row.checked(to)?;
    known.note(json!({ "day": to.date, "time": to.time }));
    store.note_done(scope, &known).await;
    Ok(Booking { id, slot: to, price, repeated: false })
}

/// A refusal of a booking, in our words: the back office's own are not for a model.
fn refused(trouble: Trouble) -> StoreError {
    match &trouble {
        Trouble::Refused { status: 409, .. } => StoreError::SlotTaken,
        _ if trouble.is_about(&TAKEN) => StoreError::SlotTaken,
        Trouble::Refused { .. } => refused_by_shop(),
        Trouble::Away(_) | Trouble::Lost(_) => trouble.into(),
    }
}
