//! `/api/v1/daily_stats`

use super::gate::Guest;
use super::query::Asked;
use super::{Api, Problem};
use crate::db::api::stats as rows;
use crate::db::stats::DailyStats;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most days of an answer: a year and a leap day.
const DAYS_MAX: i64 = 366;

/// The query of the days.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day.
    to: Option<NaiveDate>,
}

/// Days, newest first, at most 366.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Days {
    /// The days that were counted.
    items: Vec<DailyStats>,
    /// The last day of the days before, to be sent as `to`; null if there are none.
    next: Option<NaiveDate>,
}

pub(super) async fn list(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Days>, Problem> {
    let found = rows::days(api.pool(), guest.tenant(), query.from, query.to, DAYS_MAX + 1).await;
    let mut items = found?;
    let next = items.get(DAYS_MAX as usize).map(|day| day.stat_date);
    items.truncate(DAYS_MAX as usize);
    Ok(Json(Days { items, next }))
}
