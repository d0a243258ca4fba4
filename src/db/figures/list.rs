//! The list behind a figure.

use super::filter::CallFilter;
use super::patience;
use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Calls on one page of a list.
pub const PAGE_CALLS: usize = 50;

/// How far a call came in what the shop sells, in the order of the talk; who came to one stage had
/// come to those before it.
pub(super) const STAGES: [&str; 8] = [
    "greeting",
    "tire_search",
    "station_selection",
    "time_selection",
    "details",
    "order_items",
    "delivery",
    "confirmation",
];

/// A call in a list.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct CallLine {
    /// The call.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it was, seconds.
    pub duration_seconds: Option<i32>,
    /// The language at the end.
    pub language: Option<String>,
    /// What it was about.
    pub scenario: String,
    /// How it ended; `open`: it goes on.
    pub outcome: String,
    /// Whether it is in the rates.
    pub standing: String,
    /// Where it ended, if nothing was settled.
    pub stage: Option<String>,
    /// Why a person was wanted.
    pub reason: Option<String>,
    /// What came of that.
    pub fate: Option<String>,
    /// What the providers cost, US dollars.
    pub total_cost_usd: Option<Decimal>,
}

/// Where the next page begins: after this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cursor {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The call.
    pub id: Uuid,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallPage {
    /// How many calls the whole list has.
    pub total: i64,
    /// Those of this page.
    pub calls: Vec<CallLine>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// The calls that a filter means, from `after` on. All that is asked is in one statement, so that
/// the total and the lines are of the same moment.
const CALLS: &str = "
with chosen as materialized (
    select f.id, f.started_at
    from dashboard.call_facts f
    where f.started_at >= $1 and f.started_at < $2
      and ($3::text is null or f.standing = $3)
      and ($4::text is null or f.outcome = $4)
      and ($5::text is null or f.scenario = $5)
      and ($6::text is null or f.stage = $6)
      and ($7::text is null or f.stage is null
           or array_position($8::text[], f.stage) >= array_position($8::text[], $7))
      and ($9::text is null or f.reason = $9)
      and ($10::text is null or f.fate = $10)
      and ($11::text is null or exists (
           select from dashboard.call_sales s
           where s.call_id = f.id and ($11 = 'any' or s.service = $11)))
      and ($12::int is null or f.hour = $12)
      and ($13::int is null or f.weekday = $13)
      and ($14::text is null
           or $14 = 'operator' and (f.outcome = 'transferred' or f.fate = 'answered')
           or $14 = 'agent' and f.outcome <> 'transferred' and f.fate is distinct from 'answered')
      and ($15::text is null or f.came_back = ($15 = 'yes'))
      and ($16::int is null or exists (
           select from call_turns l
           where l.call_started_at = f.started_at and l.call_id = f.id and l.speaker = 'bot'
             and l.first_audio_ms > $16))
      and case $17::text
          when 'asked' then f.fate is not null
          when 'ours' then f.outcome in ('lost_process', 'leg_lost', 'error')
          when 'aside' then f.outcome in ('open', 'refused')
          when 'unpriced' then not f.cost_known and f.standing <> 'open'
          when 'rated' then f.csat_score is not null
          when 'known_number' then f.caller_id is not null
          when 'answered' then exists (
              select from call_turns l
              where l.call_started_at = f.started_at and l.call_id = f.id and l.speaker = 'bot'
                and l.first_audio_ms is not null)
          else $17 is null end
), page as (
    select * from chosen
    where $18::timestamptz is null or (started_at, id) < ($18, $19::uuid)
    order by started_at desc, id desc limit $20
)
select (select count(*) from chosen) as total, f.id, f.started_at, f.duration_seconds,
       f.language, f.scenario, f.outcome, f.standing, f.stage, f.reason, f.fate, f.total_cost_usd
from page join dashboard.call_facts f on f.id = page.id and f.started_at = page.started_at
where f.started_at >= $1 and f.started_at < $2
order by f.started_at desc, f.id desc";

#[derive(Debug, sqlx::FromRow)]
struct Row {
    total: i64,
    #[sqlx(flatten)]
    line: CallLine,
}

/// The calls that a filter means, newest first, from `after` on. The total of a page behind the
/// end is 0.
///
/// # Errors
/// What Postgres says.
pub async fn calls(
    pool: &PgPool,
    tenant: TenantId,
    zone: Tz,
    filter: CallFilter,
    after: Option<Cursor>,
) -> Result<CallPage, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            patience(conn).await?;
            page(conn, zone, &filter, after).await
        })
    })
    .await
}

async fn page(
    conn: &mut PgConnection,
    zone: Tz,
    filter: &CallFilter,
    after: Option<Cursor>,
) -> Result<CallPage, sqlx::Error> {
    let (from, to) = filter.bounds(zone);
    let mut rows: Vec<Row> = sqlx::query_as(CALLS)
        .bind(from)
        .bind(to)
        .bind(&filter.standing)
        .bind(&filter.outcome)
        .bind(&filter.scenario)
        .bind(&filter.stage)
        .bind(&filter.reached)
        .bind(&STAGES[..])
        .bind(&filter.reason)
        .bind(&filter.fate)
        .bind(&filter.service)
        .bind(filter.hour)
        .bind(filter.weekday)
        .bind(&filter.by)
        .bind(&filter.again)
        .bind(filter.slow_ms)
        .bind(&filter.only)
        .bind(after.map(|last| last.started_at))
        .bind(after.map(|last| last.id))
        .bind(PAGE_CALLS as i64 + 1)
        .fetch_all(conn)
        .await?;
    let more = rows.len() > PAGE_CALLS;
    rows.truncate(PAGE_CALLS);
    let total = rows.first().map_or(0, |row| row.total);
    let calls: Vec<CallLine> = rows.into_iter().map(|row| row.line).collect();
    let last = calls.last().filter(|_| more);
    let next = last.map(|call| Cursor { started_at: call.started_at, id: call.id });
    Ok(CallPage { total, calls, next })
}
