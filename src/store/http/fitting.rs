//! Stations, times and fitting prices over the Store API.

use super::client::Ask;
use super::wire::{self, Clock, Day, Flag, Id, Money, ServiceWord, Text};
use super::{Inner, rule};
use crate::ids::sha256_hex;
use crate::shop::Service;
use crate::store::{FittingPrice, Scope, Slot, Station, StoreError};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::time::Instant;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
struct StationRow {
    id: Option<Id>,
    station_id: Option<Id>,
    name: Text,
    city: Text,
    district: Option<Text>,
    address: Option<Text>,
}

/// The digits that the model uses for a station: the back office's own id if it is such digits,
/// otherwise digits made from it.
pub(super) fn station_code(external_id: &str) -> String {
    let digits = external_id.bytes().all(|byte| byte.is_ascii_digit());
    if digits && (6..=12).contains(&external_id.len()) {
        return external_id.to_owned();
    }
    let hash = u64::from_str_radix(&sha256_hex(external_id)[..15], 16).unwrap_or_default();
    format!("{:012}", hash % 1_000_000_000_000)
}

/// Stations with the back office's own ids.
async fn rows(
    store: &Inner,
    scope: &Scope,
    city: Option<&str>,
    deadline: Instant,
) -> Result<Vec<(String, Station)>, StoreError> {
    let ask = Ask::get(&["fitting", "stations"])
        .maybe("city", city.map(str::trim))
        .in_language(scope.language);
    let rows = store.client.ask(deadline, &ask, wire::list::<StationRow>).await?;
    let text = |text: Option<Text>| text.map(|text| text.0).unwrap_or_default();
    let known = rows.into_iter().filter_map(|row| {
        let external = row.id.or(row.station_id)?.0;
        let station = Station {
            id: Uuid::new_v5(&scope.tenant.0, format!("station {external}").as_bytes()),
            code: station_code(&external),
            name: row.name.0,
            city: row.city.0,
            district: text(row.district),
            address: text(row.address),
        };
        Some((external, station))
    });
    let known: Vec<_> = known.collect();
    store.know_stations(known.iter().map(|(external, station)| (&*station.code, &**external)));
    Ok(known)
}

pub(super) async fn stations(
    store: &Inner,
    scope: &Scope,
    city: Option<&str>,
) -> Result<Vec<Station>, StoreError> {
    let deadline = store.client.deadline();
    let mut found = rows(store, scope, city, deadline).await?;
    if let (true, Some(city)) = (found.is_empty(), city) {
        // The caller's city may be in another language or case than the back office's.
        found = rows(store, scope, None, deadline).await?;
        found.retain(|(_, station)| crate::shop::place_matches(city, &[&station.city]));
    }
    Ok(found.into_iter().map(|(_, station)| station).collect())
}

/// The back office's own id of a station.
pub(super) async fn station_id(
    store: &Inner,
    scope: &Scope,
    code: &str,
    deadline: Instant,
) -> Result<String, StoreError> {
    if let Some(known) = store.known_station(code) {
        return Ok(known);
    }
    rows(store, scope, None, deadline).await?;
    store.known_station(code).ok_or_else(|| {
        rule(
            "unknown_station",
            "There is no such station. Call get_fitting_stations and use a station_id from its \
             answer.",
        )
    })
}

#[derive(Debug, Deserialize)]
struct SlotsAnswer {
    #[serde(default)]
    slots: Vec<SlotDay>,
}

#[derive(Debug, Deserialize)]
struct SlotDay {
    date: Day,
    #[serde(default)]
    times: Vec<SlotTime>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SlotTime {
    Bare(Clock),
    Full { time: Clock, available: Option<Flag> },
}

impl SlotTime {
    fn free(self) -> Option<chrono::NaiveTime> {
        match self {
            Self::Bare(time) => Some(time.0),
            Self::Full { time, available } => available.is_none_or(|flag| flag.0).then_some(time.0),
        }
    }
}

/// Bookable times from `from` to `to`, in order, none of them over.
pub(super) async fn slots(
    store: &Inner,
    scope: &Scope,
    code: &str,
    (from, to): (NaiveDate, NaiveDate),
    service: Service,
) -> Result<Vec<Slot>, StoreError> {
    let deadline = store.client.deadline();
    let station = station_id(store, scope, code, deadline).await?;
    let ask = Ask::get(&["fitting", "stations", &station, "slots"])
        .query("date_from", from)
        .query("date_to", to)
        .query("service_type", service_word(service));
    let answer = store.client.ask(deadline, &ask, wire::one::<SlotsAnswer>).await?;
    let mut slots: Vec<Slot> = answer
        .slots
        .into_iter()
        .filter(|day| (from..=to).contains(&day.date.0))
        .flat_map(|day| {
            let date = day.date.0;
            day.times.into_iter().filter_map(SlotTime::free).map(move |time| Slot { date, time })
        })
        .filter(|slot| is_ahead(store, *slot, scope.now))
        .collect();
    slots.sort_unstable();
    slots.dedup();
    Ok(slots)
}

pub(super) fn is_ahead(store: &Inner, slot: Slot, now: DateTime<Utc>) -> bool {
    let local = slot.date.and_time(slot.time).and_local_timezone(store.zone);
    local.earliest().is_some_and(|start| start > now)
}

#[derive(Debug, Deserialize)]
struct PriceRow {
    service: ServiceWord,
    category: Option<Text>,
    prices_by_diameter: BTreeMap<String, Value>,
}

/// What fitting costs for a rim.
pub(super) async fn prices(
    store: &Inner,
    scope: &Scope,
    diameter: i32,
    code: Option<&str>,
) -> Result<Vec<FittingPrice>, StoreError> {
    let deadline = store.client.deadline();
    let station = match code {
        Some(code) => Some(station_id(store, scope, code, deadline).await?),
        None => None,
    };
    let ask = Ask::get(&["fitting", "prices"])
        .maybe("station_id", station)
        .query("tire_diameter", diameter);
    let rows = store.client.ask(deadline, &ask, wire::list::<PriceRow>).await?;
    let price = |row: PriceRow| {
        let price = row.prices_by_diameter.get(&diameter.to_string())?;
        let price = serde_json::from_value::<Money>(price.clone()).ok()?.0;
        let category = row.category.map_or_else(|| "car".into(), |text| text.0);
        Some(FittingPrice { service: row.service.0?, category, price })
    };
    Ok(rows.into_iter().filter_map(price).collect())
}

pub(super) const fn service_word(service: Service) -> &'static str {
    match service {
        Service::TireChange => "tire_change",
        Service::Balancing => "balancing",
        Service::FullService => "full_service",
    }
}

#[cfg(test)]
mod tests {
    use super::station_code;

    #[test]
    fn a_station_has_digits_whatever_the_back_office_calls_it() {
        assert_eq!(station_code("100201"), "100201");
        for id in ["st-podil", "12345", "1234567890123", ""] {
            let code = station_code(id);
            assert_eq!(code.len(), 12, "{id}");
            assert!(code.bytes().all(|byte| byte.is_ascii_digit()));
            assert_eq!(code, station_code(id), "the same each time");
        }
    }
}
