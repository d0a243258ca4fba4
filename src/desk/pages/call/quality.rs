//! How good a call was: the score, who judged, and each criterion.

use crate::db::desk::calls::Call;
use crate::desk::names;
use crate::desk::{format, words::Words};
use rust_decimal::Decimal;
use serde_json::Value;

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Criterion {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) missed: bool,
}

/// The judgement of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) score: String,
    pub(super) by: String,
    pub(super) criteria: Vec<Criterion>,
}

/// What the judge left in the notes of a call; none if nobody judged it. `shown` makes a name fit
/// for the reader.
pub(super) fn of(words: Words, call: &Call, shown: impl Fn(&str) -> String) -> Option<Judgement> {
    let number =
        |value: f64| Decimal::try_from(value).ok().map(|value| format::decimal(words, value, 2));
    let score = call.quality_score.and_then(number)?;
    let details = call.meta.get("quality");
    let at = |key: &str| details.and_then(|details| details.get(key));
    let missed = |name: &str| {
        let flagged = at("flagged").and_then(Value::as_array);
        flagged.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)))
    };
    let criteria = at("criteria").and_then(Value::as_object);
    let criteria = criteria.into_iter().flatten().filter_map(|(name, value)| {
        Some(Criterion {
            value: value.as_f64().and_then(number)?,
            missed: missed(name),
            name: shown(&names::name(words, names::CRITERIA, name)),
        })
    });
    let by = at("by").and_then(Value::as_str).unwrap_or_default();
    Some(Judgement {
        score,
        by: shown(&names::name(words, names::CRITERIA, by)),
        criteria: criteria.collect(),
    })
}
