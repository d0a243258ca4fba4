//! A time kept free for the minutes that a caller needs for a name and a car.

use super::booking::{Wanted, wanted};
use super::ledger::{Focus, Held};
use super::slots::{clock, free_slots};
use super::{Guard, Refusal, ToolDesk, args};
use crate::shop::Service;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "reserve_fitting_slot";
/// Live holds in one call; the store counts those of a number over all calls.
const HOLDS_MAX: usize = 2;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldArgs {
    /// `station_id` of the station that the caller chose.
    station_id: String,
    /// The day, YYYY-MM-DD, as `get_fitting_slots` offered it.
    date: String,
    /// The time, HH:MM, as `get_fitting_slots` offered it.
    time: String,
}

/// Keeps an offered time. A hold that nobody books lapses by itself.
pub(super) async fn reserve(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: HoldArgs = args::read(NAME, given)?;
    let Wanted { station, slot } =
        wanted(desk, &given.station_id, &given.date, &given.time).await?;
    let now = desk.scope.now;
    desk.ledger.holds.retain(|held| held.until > now);
    if !desk.ledger.holds_now(&station.code, slot, now) {
        if desk.guards.on(Guard::HoldLimit) && desk.ledger.holds.len() >= HOLDS_MAX {
            return Err(Refusal::new(
                "too_many_holds",
                "Two times are kept for this caller already. Book one of them with book_fitting \
                 first."
                    .into(),
            ));
        }
        let service = Service::default();
        let free = free_slots(desk, &station, slot.date, slot.date, service).await?;
        if !free.contains(&slot) {
            return Err(super::booking::taken(desk, &station, slot, service).await);
        }
        let made = desk
            .store
            .hold_slot(&desk.scope, &station.code, slot, service)
            .await
            .map_err(Refusal::from_store)?;
        let held = Held { station: station.code.clone(), slot, until: made.expires_at };
        desk.ledger.holds.push(held);
    }
    desk.ledger.focus = Focus::Fitting;
    let seconds = desk.ledger.holds.last().map_or(0, |held| (held.until - now).num_seconds());
    Ok(json!({
        "status": "held",
        "station_id": station.code,
        "date": slot.date,
        "time": clock(slot.time),
        "minutes": (seconds + 59) / 60,
        "message": "Kept for these minutes only, not booked. Ask for name and car, then call \
                    book_fitting.",
    }))
}
