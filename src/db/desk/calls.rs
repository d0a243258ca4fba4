//! The list of calls: filtered, newest first, page by page by a key. It is the list behind every
//! figure, too: both read the words of `dashboard.calls_in_words`.

mod page;

pub use page::{Booking, Call, Order, Page, Stage, Tool, Transfer, Turn, page};

use super::reading;
use crate::db::figures::{FUNNEL, POOR_QUALITY};
use crate::ids::TenantId;
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments as _, PgConnection, PgPool};
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
    /// `counted`, `short`, `refused` or `open`.
    pub standing: Option<String>,
    /// Where a call that settled nothing ended.
    pub stage: Option<String>,
    /// It came as far as this stage, or farther.
    pub reached: Option<String>,
    /// Why a person was wanted.
    pub reason: Option<String>,
    /// What came of that.
    pub fate: Option<String>,
    /// What was sold in it and stands; `any`: anything.
    pub service: Option<String>,
    /// The hour on the shop's wall in which it began.
    pub hour: Option<i32>,
    /// The weekday, Monday is 1.
    pub weekday: Option<i32>,
    /// `operator`, `agent`: who had the last word.
    pub by: Option<String>,
    /// `yes` or `no`: did the same number phone again within a day?
    pub again: Option<String>,
    /// An answer took longer than this, milliseconds.
    pub slow_ms: Option<i32>,
    /// One of the words of [`crate::db::figures::CallFilter::only`].
    pub only: Option<String>,
    /// A criterion of quality that it missed.
    pub missed: Option<String>,
    /// A kind of provider that it cost something.
    pub paid: Option<String>,
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
    /// Why a person was wanted.
    pub reason: Option<String>,
}

/// Which calls `$1` to `$26` let through: the list and its count must mean the same.
macro_rules! let_through {
    () => {
        "where ($1::timestamptz is null or f.started_at >= $1) \
         and ($2::timestamptz is null or f.started_at < $2) \
         and ($3::text is null or f.outcome = $3) \
         and ($4::text is null or f.origin = $4) \
         and ($5::text is null or f.channel = $5) \
         and ($6::text is null or f.language = $6) \
         and ($7::text is null or f.scenario = $7) \
         and ($8::text is null or f.caller_id like '%' || $8) \
         and ($9::text is null or (f.started_at, f.id) in ( \
             select s.call_started_at, s.call_id from dashboard.calls_that_say( \
                 $9, coalesce($1, '-infinity'), coalesce($2, 'infinity')) s)) \
         and ($10::text is null or $10 = 'order' and f.ordered or $10 = 'booking' and f.booked) \
         and ($11::text is null or f.standing = $11) \
         and ($12::text is null or f.stage = $12) \
         and ($13::text is null or f.stage is null \
             or array_position($14::text[], f.stage) >= array_position($14::text[], $13)) \
         and ($15::text is null or f.reason = $15) \
         and ($16::text is null or f.fate = $16) \
         and ($17::text is null or exists ( \
             select from dashboard.call_sales s \
             where s.call_id = f.id and ($17 = 'any' or s.service = $17))) \
         and ($18::int is null or f.hour = $18) \
         and ($19::int is null or f.weekday = $19) \
         and ($20::text is null \
             or $20 = 'operator' and (f.outcome = 'transferred' or f.fate = 'answered') \
             or $20 = 'agent' and f.outcome <> 'transferred' \
                 and f.fate is distinct from 'answered') \
         and ($21::text is null or f.came_back = ($21 = 'yes')) \
         and ($22::int is null or exists ( \
             select from call_turns l \
             where l.call_started_at = f.started_at and l.call_id = f.id and l.speaker = 'bot' \
               and l.first_audio_ms > $22)) \
         and case $23::text \
             when 'asked' then f.fate is not null \
             when 'ours' then f.outcome in ('lost_process', 'leg_lost', 'error') \
             when 'aside' then f.outcome in ('open', 'refused') \
             when 'unpriced' then not f.cost_known and f.standing <> 'open' \
             when 'rated' then f.csat_score is not null \
             when 'judged' then f.quality_score is not null \
             when 'poor' then f.quality_score < $26::float8 \
             when 'known_number' then nullif(f.caller_id, 'DELETED') is not null \
             when 'answered' then exists ( \
                 select from call_turns l \
                 where l.call_started_at = f.started_at and l.call_id = f.id \
                   and l.speaker = 'bot' and l.first_audio_ms is not null) \
             else $23 is null end \
         and ($24::text is null or f.missed ? $24) \
         and ($25::text is null or (f.cost_breakdown ->> $25)::numeric > 0) "
    };
}

/// `$1` to `$26`.
fn arguments(filter: &Filter) -> Result<PgArguments, sqlx::Error> {
    let mut all = PgArguments::default();
    let mut add = || {
        all.add(filter.from)?;
        all.add(filter.to)?;
        let words = filter.words.as_deref().map(anywhere);
        for word in [
            &filter.outcome,
            &filter.origin,
            &filter.channel,
            &filter.language,
            &filter.scenario,
            &filter.digits,
            &words,
            &filter.made,
            &filter.standing,
            &filter.stage,
            &filter.reached,
        ] {
            all.add(word)?;
        }
        all.add(&FUNNEL[..])?;
        for word in [&filter.reason, &filter.fate, &filter.service] {
            all.add(word)?;
        }
        all.add(filter.hour)?;
        all.add(filter.weekday)?;
        all.add(&filter.by)?;
        all.add(&filter.again)?;
        all.add(filter.slow_ms)?;
        for word in [&filter.only, &filter.missed, &filter.paid] {
            all.add(word)?;
        }
        all.add(POOR_QUALITY)
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
    reading(pool, tenant, move |conn| Box::pin(async move { lines(conn, filter, after).await }))
        .await
}

/// How many calls a filter lets through, counted to one more than [`COUNT_MAX`].
///
/// # Errors
/// What Postgres says.
pub async fn count(pool: &PgPool, tenant: TenantId, filter: Filter) -> Result<i64, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move { counted(conn, &filter, COUNT_MAX).await })
    })
    .await
}

/// The lines of a page and how many calls there are on all of them, counted to one more than
/// `count_max`: read in one transaction.
///
/// # Errors
/// What Postgres says.
pub async fn list_and_count(
    pool: &PgPool,
    tenant: TenantId,
    filter: Filter,
    (after, count_max): (Option<After>, i64),
) -> Result<(Vec<Line>, i64), sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let found = counted(conn, &filter, count_max).await?;
            Ok((lines(conn, filter, after).await?, found))
        })
    })
    .await
}

async fn lines(
    conn: &mut PgConnection,
    mut filter: Filter,
    after: Option<After>,
) -> Result<Vec<Line>, sqlx::Error> {
    // The months behind the page before need not be opened.
    if let Some(after) = after {
        let end = after.started_at + TimeDelta::microseconds(1);
        filter.to = Some(filter.to.map_or(end, |to| to.min(end)));
    }
    let sql = concat!(
        "select f.id, f.started_at, f.ended_at, f.duration_seconds, f.channel, f.origin, \
                f.caller_id, f.language, nullif(f.scenario, 'none') as scenario, \
                nullif(f.outcome, 'open') as outcome, f.stage as drop_off_stage, f.ordered, \
                f.booked, f.total_cost_usd, f.reason \
         from dashboard.calls_in_words f ",
        let_through!(),
        "and ($27::timestamptz is null or (f.started_at, f.id) < ($27, $28)) \
         order by f.started_at desc, f.id desc limit $29",
    );
    sqlx::query_as_with(sql, arguments(&filter)?)
        .bind(after.map(|after| after.started_at))
        .bind(after.map(|after| after.id))
        .bind(PAGE_CALLS as i64 + 1)
        .fetch_all(conn)
        .await
}

async fn counted(
    conn: &mut PgConnection,
    filter: &Filter,
    count_max: i64,
) -> Result<i64, sqlx::Error> {
    let sql = concat!(
        "select count(*) from (select from dashboard.calls_in_words f ",
        let_through!(),
        "limit $27) found",
    );
    sqlx::query_scalar_with(sql, arguments(filter)?).bind(count_max + 1).fetch_one(conn).await
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
