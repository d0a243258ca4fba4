//! Tyres that the shop keeps for a caller, and what that means for a fitting.

use super::ledger::Focus;
use super::tires::money;
use super::{Refusal, ToolDesk, args};
use crate::store::StorageContract;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "find_storage";
/// What a model writes when the tyres to be fitted are the caller's own.
pub(super) const NONE: &str = "NONE";
/// Business days that stored tyres take from the warehouse to a station.
const TRANSPORT_DAYS: u32 = 3;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StorageArgs {
    /// The number of a contract, if the caller gave it.
    #[serde(default)]
    storage_number: Option<String>,
}

/// Lists what is stored under the caller's own number.
pub(super) async fn find(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: StorageArgs = args::read(NAME, given)?;
    let number = args::text("storage_number", given.storage_number.as_deref())?;
    let scope = desk.identity()?;
    let found = desk.store.storage(&scope, number.as_deref()).await.map_err(Refusal::from_store)?;
    desk.ledger.focus = Focus::Question;
    let rows = named(desk, &found);
    let mut answer = json!({ "total": rows.len(), "contracts": rows });
    if found.is_empty() {
        answer["message"] =
            json!("Nothing is stored under the caller's number. Say so; offer an operator.");
    }
    Ok(answer)
}

/// The contracts under their aliases.
fn named(desk: &mut ToolDesk, found: &[StorageContract]) -> Vec<Value> {
    found
        .iter()
        .map(|contract| {
            json!({
                "contract_id": desk.ledger.name_contract(contract),
                "tires": contract.tires,
                "location": contract.location,
                "debt": money(contract.debt),
            })
        })
        .collect()
}

/// Which tyres are fitted: a contract with its alias, or the caller's own (`None`).
///
/// A caller with stored tyres is asked once which ones are meant, when the model has not said;
/// "NONE" is the answer that they are others.
pub(super) async fn chosen(
    desk: &mut ToolDesk,
    given: Option<&str>,
) -> Result<Option<(String, StorageContract)>, Refusal> {
    if let Some(given) = args::text("storage_contract", given)? {
        desk.ledger.storage_asked = true;
        if given.eq_ignore_ascii_case(NONE) {
            return Ok(None);
        }
        return desk.ledger.contract(&given).map(Some);
    }
    if desk.ledger.storage_asked {
        return Ok(None);
    }
    let Ok(scope) = desk.identity() else { return Ok(None) };
    // A shop without storage, or one that does not answer, is no reason to keep a caller from a
    // fitting.
    let Ok(found) = desk.store.storage(&scope, None).await else { return Ok(None) };
    if found.is_empty() {
        return Ok(None);
    }
    desk.ledger.storage_asked = true;
    let rows = named(desk, &found);
    Err(Refusal::new(
        "storage_unclear",
        "The shop keeps tyres for this caller. Ask: are those to be fitted, or others? Then call \
         again with storage_contract of the stored ones, or NONE."
            .into(),
    )
    .with("contracts", json!(rows)))
}

/// The first day on which tyres that are stored today can be fitted.
pub(super) fn earliest(today: NaiveDate) -> NaiveDate {
    let mut day = today;
    let mut left = TRANSPORT_DAYS;
    while left > 0 {
        let Some(next) = day.checked_add_days(Days::new(1)) else { return day };
        day = next;
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    day
}

/// A day that is too early for stored tyres.
pub(super) fn check_day(day: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    let first = earliest(today);
    if day >= first {
        return Ok(());
    }
    Err(Refusal::new(
        "storage_needs_time",
        format!(
            "Stored tyres reach a station in {TRANSPORT_DAYS} business days: the first day is \
             {first}. Offer days from then on; other tyres can be fitted earlier."
        ),
    )
    .with("earliest", json!(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date of the test")
    }

    #[test]
    fn stored_tyres_take_three_business_days() {
        assert_eq!(earliest(day("2026-11-23")), day("2026-11-26"));
        assert_eq!(earliest(day("2026-11-26")), day("2026-12-01"));
        assert_eq!(earliest(day("2026-11-22")), day("2026-11-25"));
        assert!(check_day(day("2026-11-25"), day("2026-11-23")).is_err());
        assert!(check_day(day("2026-11-26"), day("2026-11-23")).is_ok());
    }
}
