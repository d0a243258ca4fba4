//! Daily figures: one row a shop and day, counted from live calls, the same each time it is
//! counted.

use super::{figures, with_tenant};
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

/// A day of a shop.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema, sqlx::FromRow)]
pub struct DailyStats {
    /// The day, in the shop's zone.
    pub stat_date: NaiveDate,
    /// Calls that began on it.
    pub total_calls: i32,
    /// Calls with outcome `resolved`.
    pub resolved_by_bot: i32,
    /// Calls that were handed to a person.
    pub transferred: i32,
    /// Mean length, seconds.
    pub avg_duration_seconds: Option<f64>,
    /// Mean quality, 0 to 1.
    pub avg_quality_score: Option<f64>,
    /// What the providers cost, US dollars.
    pub total_cost_usd: Decimal,
    /// Calls by scenario.
    pub scenario_breakdown: Value,
    /// Handed-over calls by reason.
    pub transfer_reasons: Value,
    /// Calls by the hour of the shop's wall in which they began, `"09"`.
    pub hourly_distribution: Value,
    /// Calls by channel.
    pub channel_breakdown: Value,
    /// Fittings booked in these calls that still stand.
    pub bookings: i32,
    /// Orders made in these calls.
    pub orders: i32,
    /// Share of calls that made an order or a booking, 0 to 1; null without calls.
    pub conversion: Option<f64>,
    /// Mean time from the caller's last sound to our first frame, milliseconds.
    pub avg_response_ms: Option<f64>,
    /// Calls by outcome; `open` for those that have none yet.
    pub outcome_breakdown: Value,
    /// Calls that settled nothing, by the stage in which they ended.
    pub drop_off_breakdown: Value,
    /// Calls by how the caller sounded.
    pub sentiment_breakdown: Value,
    /// What the providers cost, US dollars, by kind of step.
    pub cost_breakdown: Value,
    /// When it was counted.
    pub computed_at: DateTime<Utc>,
    /// Since when it is not counted again, because its rows are about to go.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// Counts a day (in the shop's zone) and keeps the figures. Counting again gives the same row,
/// but for calls that came meanwhile; a sealed day is not counted again.
///
/// # Errors
/// What Postgres says.
pub async fn compute_day(
    pool: &PgPool,
    tenant: TenantId,
    date: NaiveDate,
) -> Result<DailyStats, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '60s'").execute(&mut *conn).await?;
            let day = bounds(conn, tenant, date).await?;
            count(conn, tenant, date, &day).await?;
            figures::latency::count_day(conn, tenant, date, (day.0, day.1)).await?;
            read(conn, date).await
        })
    })
    .await
}

/// The day as it was counted last; `None` if it never was.
///
/// # Errors
/// What Postgres says.
pub async fn load_day(
    pool: &PgPool,
    tenant: TenantId,
    date: NaiveDate,
) -> Result<Option<DailyStats>, sqlx::Error> {
    let row =
        with_tenant(pool, tenant, move |conn| Box::pin(async move { read(conn, date).await }))
            .await;
    match row {
        Err(sqlx::Error::RowNotFound) => Ok(None),
        other => other.map(Some),
    }
}

/// The last day up to `until` that was counted.
///
/// # Errors
/// What Postgres says.
pub async fn last_day(
    pool: &PgPool,
    tenant: TenantId,
    until: NaiveDate,
) -> Result<Option<NaiveDate>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar("select max(stat_date) from daily_stats where stat_date <= $1")
                .bind(until)
                .fetch_one(conn)
                .await
        })
    })
    .await
}

/// Which days to look for.
#[derive(Debug, Clone, Copy)]
pub struct Stale {
    /// Changes before this (the database's clock) are counted already; `None`: none are.
    pub since: Option<DateTime<Utc>>,
    /// The last day to look at.
    pub until: NaiveDate,
}

/// The days whose figures may be out of date: a call or a booking of theirs was changed or taken
/// out. Sealed days are never among them.
///
/// # Errors
/// What Postgres says.
pub async fn stale_days(
    pool: &PgPool,
    tenant: TenantId,
    stale: Stale,
) -> Result<Vec<NaiveDate>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '60s'").execute(&mut *conn).await?;
            sqlx::query_scalar(
                "with shop as (select timezone as zone from tenants where id = $1), touched as (
                     select (c.started_at at time zone shop.zone)::date as day from calls c, shop
                     where c.tenant_id = $1 and ($2::timestamptz is null or c.updated_at >= $2)
                     union
                     select (c.started_at at time zone shop.zone)::date
                     from fitting_bookings b join calls c on c.id = b.source_call_id, shop
                     where b.tenant_id = $1 and b.updated_at >= $2
                     union
                     select stat_date from daily_stats
                     where tenant_id = $1 and (computed_at = 'epoch' or $2 is null)
                 )
                 select day from touched
                 where day <= $3 and not exists (
                     select from daily_stats done where done.tenant_id = $1
                       and done.stat_date = touched.day and done.sealed_at is not null)
                 order by day",
            )
            .bind(tenant.0)
            .bind(stale.since)
            .bind(stale.until)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Days before the end of their rows' retention at which a day is sealed: the month that holds it
/// is dropped as a whole, some time after that.
const SEALED_DAYS_BEFORE: i32 = 7;

/// Seals the days of which rows are about to go by their retention. Answers how many.
///
/// # Errors
/// What Postgres says.
pub async fn seal_before(
    pool: &PgPool,
    tenant: TenantId,
    today: NaiveDate,
) -> Result<u64, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let done = sqlx::query(
                "update daily_stats set sealed_at = now() \
                 where tenant_id = $1 and sealed_at is null and stat_date < $2 - ( \
                     select min(keep_days) - $3 from housekeeping.retention \
                     where table_name in ('calls', 'call_turns'))",
            )
            .bind(tenant.0)
            .bind(today)
            .bind(SEALED_DAYS_BEFORE)
            .execute(conn)
            .await?;
            Ok::<u64, sqlx::Error>(done.rows_affected())
        })
    })
    .await
}

/// The first moment of a day on the shop's wall, that of the next day, and the shop's zone. Asked
/// for apart, so that the planner sees from these values which months a day's rows can lie in.
async fn bounds(
    conn: &mut PgConnection,
    tenant: TenantId,
    date: NaiveDate,
) -> Result<(DateTime<Utc>, DateTime<Utc>, String), sqlx::Error> {
    sqlx::query_as(
        "select $2::date::timestamp at time zone timezone, \
                ($2::date + 1)::timestamp at time zone timezone, timezone \
         from tenants where id = $1",
    )
    .bind(tenant.0)
    .bind(date)
    .fetch_one(conn)
    .await
}

async fn count(
    conn: &mut PgConnection,
    tenant: TenantId,
    date: NaiveDate,
    (day_from, day_to, zone): &(DateTime<Utc>, DateTime<Utc>, String),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with day_calls as (
             select c.*, to_char(c.started_at at time zone $5, 'HH24') as hour
             from calls c
             where c.tenant_id = $1 and c.started_at >= $3
               and c.started_at < $4 and c.origin = 'live' and c.deleted_at is null
         ), made as (
             select b.source_call_id, count(*) as bookings
             from fitting_bookings b join day_calls c on c.id = b.source_call_id
             where b.status in ('confirmed', 'completed', 'no_show')
             group by b.source_call_id
         ), answered as (
             select avg(t.first_audio_ms)::float8 as response_ms
             from call_turns t join day_calls c
               on c.id = t.call_id and c.started_at = t.call_started_at
             where t.call_started_at >= $3 and t.call_started_at < $4
               and t.speaker = 'bot' and t.first_audio_ms is not null
         )
         insert into daily_stats as known (tenant_id, stat_date, total_calls, resolved_by_bot,
             transferred, avg_duration_seconds, avg_quality_score, total_cost_usd,
             scenario_breakdown, transfer_reasons, hourly_distribution, channel_breakdown,
             bookings, orders, conversion, avg_response_ms, outcome_breakdown,
             drop_off_breakdown, sentiment_breakdown, cost_breakdown)
         select $1, $2, count(*)::int,
             (count(*) filter (where c.outcome = 'resolved'))::int,
             (count(*) filter (where c.transferred_to_operator))::int,
             avg(c.duration_seconds)::float8, avg(c.quality_score),
             coalesce(sum(c.total_cost_usd), 0),
             (select coalesce(jsonb_object_agg(word, n), '{}') from (
                 select coalesce(scenario, 'none') as word, count(*) as n
                 from day_calls group by 1) g),
             (select coalesce(jsonb_object_agg(word, n), '{}') from (
                 select coalesce(transfer_reason, 'none') as word, count(*) as n
                 from day_calls where transferred_to_operator group by 1) g),
             (select coalesce(jsonb_object_agg(word, n), '{}') from (
                 select hour as word, count(*) as n from day_calls group by 1) g),
             (select coalesce(jsonb_object_agg(word, n), '{}') from (
                 select channel as word, count(*) as n from day_calls group by 1) g),
             coalesce(sum(made.bookings), 0)::int,
             count(c.order_id)::int,
             avg((c.order_id is not null or made.bookings is not null)::int)::float8,
             (select response_ms from answered),
             (select coalesce(jsonb_object_agg(word, n), '{}') from (
                 select coalesce(outcome, 'open') as word, count(*) as n
                 from day_calls group by 1) g),
             (select coalesce(jsonb_object_agg(word, n), '{}') from (
                 select drop_off_stage as word, count(*) as n
                 from day_calls where drop_off_stage is not null group by 1) g),
             (select coalesce(jsonb_object_agg(word, n), '{}') from (
                 select sentiment as word, count(*) as n
                 from day_calls where sentiment is not null group by 1) g),
             (select coalesce(jsonb_object_agg(part, usd), '{}') from (
                 select cost.key as part, sum(cost.value::numeric) as usd
                 from day_calls, jsonb_each_text(coalesce(cost_breakdown, '{}')) cost
                 group by 1) g)
         from day_calls c left join made on made.source_call_id = c.id
         on conflict (tenant_id, stat_date) do update set
             total_calls = excluded.total_calls, resolved_by_bot = excluded.resolved_by_bot,
             transferred = excluded.transferred,
             avg_duration_seconds = excluded.avg_duration_seconds,
             avg_quality_score = excluded.avg_quality_score,
             total_cost_usd = excluded.total_cost_usd,
             scenario_breakdown = excluded.scenario_breakdown,
             transfer_reasons = excluded.transfer_reasons,
             hourly_distribution = excluded.hourly_distribution,
             channel_breakdown = excluded.channel_breakdown, bookings = excluded.bookings,
             orders = excluded.orders, conversion = excluded.conversion,
             avg_response_ms = excluded.avg_response_ms,
             outcome_breakdown = excluded.outcome_breakdown,
             drop_off_breakdown = excluded.drop_off_breakdown,
             sentiment_breakdown = excluded.sentiment_breakdown,
             cost_breakdown = excluded.cost_breakdown, computed_at = now()
         where known.sealed_at is null",
    )
    .bind(tenant.0)
    .bind(date)
    .bind(day_from)
    .bind(day_to)
    .bind(zone)
    .execute(conn)
    .await?;
    Ok(())
}

async fn read(conn: &mut PgConnection, date: NaiveDate) -> Result<DailyStats, sqlx::Error> {
    sqlx::query_as(
        "select stat_date, total_calls, resolved_by_bot, transferred, avg_duration_seconds, \
                avg_quality_score, total_cost_usd, scenario_breakdown, transfer_reasons, \
                hourly_distribution, channel_breakdown, bookings, orders, conversion, \
                avg_response_ms, outcome_breakdown, drop_off_breakdown, sentiment_breakdown, \
                cost_breakdown, computed_at, sealed_at \
         from daily_stats where stat_date = $1",
    )
    .bind(date)
    .fetch_one(conn)
    .await
}
