//! The list of calls: filtered, newest first, page by page by a key.

mod page;

pub use page::{Booking, Call, Order, Page, Stage, Tool, Transfer, Turn, page};

use super::reading;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments as _, PgPool};
use uuid::Uuid;

/// Calls on a page.
pub const PAGE_CALLS: usize = 50;
/// More than this many are counted as "more than": counting all of a year would take too long.
pub const COUNT_MAX: i64 = 500;

/// What is asked for; a filter that is none lets every call through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Begun at or after.
    pub from: Option<DateTime<Utc>>,
    /// Begun before.
    pub to: Option<DateTime<Utc>>,
    /// How the call ended; `open` for those that have not.
    pub outcome: Option<String>,
    /// `live`, `demo`, `test`.
    pub origin: Option<String>,
    /// `phone`, `chat`, …
    pub channel: Option<String>,
    /// `uk`, `ru`, `en`.
    pub language: Option<String>,
    /// The last intent that was not small talk.
    pub scenario: Option<String>,
    /// Digits of the caller's number, from its end.
    pub digits: Option<String>,
    /// Words of the transcript.
    pub words: Option<String>,
    /// `order`, `booking`.
    pub made: Option<String>,
}

/// The last call of a page: the next page begins after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Which it is.
    pub id: Uuid,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// The call.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How long it was, seconds.
    pub duration_seconds: Option<i32>,
    /// `phone`, `chat`, …
    pub channel: String,
    /// `live`, `demo`, `test`.
    pub origin: String,
    /// The caller's number.
    pub caller_id: Option<String>,
    /// The language at the end.
    pub language: Option<String>,
    /// The last intent that was not small talk.
    pub scenario: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Where it stood when nothing was settled.
    pub drop_off_stage: Option<String>,
    /// Did it make an order?
    pub ordered: bool,
    /// Did it make a booking?
    pub booked: bool,
    /// What the providers cost, US dollars.
    pub total_cost_usd: Option<Decimal>,
}

/// Which calls `$1` to `$10` let through: the list and its count must mean the same.
macro_rules! let_through {
    () => {
        "where c.deleted_at is null \
         and ($1::timestamptz is null or c.started_at >= $1) \
         and ($2::timestamptz is null or c.started_at < $2) \
         and ($3::text is null or coalesce(c.outcome, 'open') = $3) \
         and ($4::text is null or c.origin = $4) \
         and ($5::text is null or c.channel = $5) \
         and ($6::text is null or c.language = $6) \
         and ($7::text is null or c.scenario = $7) \
         and ($8::text is null or c.caller_id like '%' || $8) \
         and ($9::text is null or exists (select from call_turns l \
         where l.call_started_at = c.started_at and l.call_id = c.id \
         and l.content ilike $9)) \
         and ($10::text is null \
         or $10 = 'order' and c.order_id is not null \
         or $10 = 'booking' and c.fitting_booking_id is not null) "
    };
}

/// `$1` to `$10`.
fn arguments(filter: Filter) -> Result<PgArguments, sqlx::Error> {
    let mut all = PgArguments::default();
    let add = || {
        all.add(filter.from)?;
        all.add(filter.to)?;
        all.add(filter.outcome)?;
        all.add(filter.origin)?;
        all.add(filter.channel)?;
        all.add(filter.language)?;
        all.add(filter.scenario)?;
        all.add(filter.digits)?;
        all.add(filter.words.as_deref().map(anywhere))?;
        all.add(filter.made)
    };
    add().map_err(sqlx::Error::Encode)?;
    Ok(all)
}

/// One more than [`PAGE_CALLS`] lines at most: the last tells that there is another page.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    filter: Filter,
    after: Option<After>,
) -> Result<Vec<Line>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let sql = concat!(
                "select c.id, c.started_at, c.ended_at, c.duration_seconds, c.channel, c.origin, \
                        c.caller_id, c.language, c.scenario, c.outcome, \
                        c.drop_off_stage, c.order_id is not null as ordered, \
                        c.fitting_booking_id is not null as booked, c.total_cost_usd \
                 from calls c ",
                let_through!(),
                "and ($11::timestamptz is null or (c.started_at, c.id) < ($11, $12)) \
                 order by c.started_at desc, c.id desc limit $13",
            );
            sqlx::query_as_with(sql, arguments(filter)?)
                .bind(after.map(|after| after.started_at))
                .bind(after.map(|after| after.id))
                .bind(PAGE_CALLS as i64 + 1)
                .fetch_all(conn)
                .await
        })
    })
    .await
}

/// How many calls a filter lets through, counted to one more than [`COUNT_MAX`].
///
/// # Errors
/// What Postgres says.
pub async fn count(pool: &PgPool, tenant: TenantId, filter: Filter) -> Result<i64, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let sql = concat!(
                "select count(*) from (select from calls c ",
                let_through!(),
                "limit $11) found",
            );
            sqlx::query_scalar_with(sql, arguments(filter)?)
                .bind(COUNT_MAX + 1)
                .fetch_one(conn)
                .await
        })
    })
    .await
}

/// A pattern that finds `text` as it is: what it holds of a pattern's own signs are just signs.
fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    pattern.push('%');
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::anywhere;

    #[test]
    fn a_sign_of_patterns_is_just_a_sign() {
        assert_eq!(anywhere("100%"), "%100\\%%");
        assert_eq!(anywhere("a_b\\c"), "%a\\_b\\\\c%");
    }
}
