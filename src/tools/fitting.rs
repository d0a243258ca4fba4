//! Where tyres are fitted.

use super::ledger::Focus;
use super::{Refusal, ToolDesk, args};
use crate::shop::place_matches;
use crate::store::Station;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Canonical name.
pub(super) const NAME: &str = "get_fitting_stations";
/// Stations in one answer.
const STATIONS_MAX: usize = 20;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StationsArgs {
    /// The city, if the caller named one.
    #[serde(default)]
    city: Option<String>,
    /// A district, street or landmark that the caller named.
    #[serde(default)]
    query: Option<String>,
}

/// Lists stations.
pub(super) async fn stations(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: StationsArgs = args::read(NAME, given)?;
    let city = args::text("city", given.city.as_deref())?;
    let query = args::text("query", given.query.as_deref())?;
    desk.ledger.focus = Focus::Fitting;
    let mut found = ask(desk, city.as_deref()).await?;
    let mut wanted = query.clone();
    if found.is_empty()
        && let Some(city) = &city
    {
        // "Kyiv Khreshchatyk street" in the city field: the words decide, not the field.
        found = ask(desk, None).await?;
        let all = found.clone();
        wanted = Some(format!("{city} {}", query.as_deref().unwrap_or_default()));
        found.retain(|station| matches(wanted.as_deref().unwrap_or_default(), station));
        if found.is_empty() {
            return Ok(none_in(city, &all));
        }
    }
    let mut answer = json!({});
    if let Some(query) = &wanted {
        let narrowed: Vec<Station> =
            found.iter().filter(|station| matches(query, station)).cloned().collect();
        if narrowed.is_empty() {
            answer["no_query_match"] = json!(true);
            answer["requested_query"] = json!(query);
        } else {
            found = narrowed;
        }
    }
    found.truncate(STATIONS_MAX);
    desk.ledger.name_stations(&found);
    answer["total"] = json!(found.len());
    describe(&mut answer, &found);
    Ok(answer)
}

/// Writes the stations into the answer. Several addresses in a row make callers hang up, so
/// with more than one the caller is asked for a city or a district first.
fn describe(answer: &mut Value, found: &[Station]) {
    let single = found.len() == 1;
    answer["stations"] = found
        .iter()
        .map(|station| {
            let mut row = json!({
                "station_id": station.code,
                "name": station.name,
                "city": station.city,
                "district": station.district,
            });
            if single {
                row["address"] = json!(station.address);
            }
            row
        })
        .collect();
    let cities: BTreeSet<&str> = found.iter().map(|station| station.city.as_str()).collect();
    if cities.len() > 1 {
        answer["city_options"] = json!(cities);
        answer["action_required"] = json!("ask_city");
    } else if found.len() > 1 {
        let districts: BTreeSet<&str> =
            found.iter().map(|station| station.district.as_str()).collect();
        answer["district_options"] = json!(districts);
        answer["action_required"] = json!("ask_district");
    } else if found.is_empty() {
        answer["message"] = json!("The shop has no station. Offer an operator.");
    }
}

/// No station in that city.
fn none_in(city: &str, all: &[Station]) -> Value {
    let cities: BTreeSet<&str> = all.iter().map(|station| station.city.as_str()).collect();
    json!({
        "total": 0,
        "stations": [],
        "requested_city": city,
        "city_options": cities,
        "message": "There is no station in that city. Name the cities that have one and ask.",
    })
}

/// A station answers to a text.
fn matches(query: &str, station: &Station) -> bool {
    place_matches(query, &[&station.name, &station.city, &station.district, &station.address])
}

/// The store's stations.
async fn ask(desk: &ToolDesk, city: Option<&str>) -> Result<Vec<Station>, Refusal> {
    desk.store.stations(&desk.scope, city).await.map_err(Refusal::from_store)
}
