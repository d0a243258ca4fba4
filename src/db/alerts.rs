//! `dashboard.alerts`: what is not as it should be; and what it is judged by.

use super::{webhooks, with_tenant};
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

/// Lines of a page.
pub const PAGE_ALERTS: i64 = 50;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// `low_conversion`, …
    pub kind: &'static str,
    /// Which process or job; empty: the shop's calls.
    pub subject: String,
    /// What is allowed.
    pub threshold: f64,
    /// What is.
    pub actual: f64,
    /// `warning` or `critical`.
    pub severity: &'static str,
    /// In a sentence.
    pub description: String,
}

/// An alert as it stands.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Alert {
    /// Which.
    pub id: Uuid,
    /// `low_conversion`, …
    pub kind: String,
    /// Which process or job; empty: the shop's calls.
    pub subject: String,
    /// What is allowed.
    pub threshold: f64,
    /// What was found last.
    pub actual: f64,
    /// `warning` or `critical`.
    pub severity: String,
    /// In a sentence.
    pub description: String,
    /// How often it was found.
    pub times: i32,
    /// When it was found first.
    pub triggered_at: DateTime<Utc>,
    /// When it was found last.
    pub last_seen_at: DateTime<Utc>,
    /// When somebody said that they have seen it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Who.
    pub acknowledged_by: Option<String>,
    /// Since when it is well again.
    pub resolved_at: Option<DateTime<Utc>>,
    /// The ways by which somebody was told.
    pub told: Vec<String>,
}

/// The calls of a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, sqlx::FromRow)]
pub struct Stretch {
    /// Live calls that ended in it and were served.
    pub calls: i64,
    /// Of these, with an order or a booking.
    pub converted: i64,
    /// Hung up with an open matter.
    pub dropped: i64,
    /// Lost by our fault.
    pub failed: i64,
    /// Answers whose time is known.
    pub answers: i64,
    /// 19 of 20 answers came within so many milliseconds.
    pub reply_p95_ms: Option<f64>,
}

/// Counts the calls of a shop that began at or after `since`.
///
/// # Errors
/// What Postgres says.
pub async fn stretch(
    pool: &PgPool,
    tenant: TenantId,
    since: DateTime<Utc>,
) -> Result<Stretch, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '20s'").execute(&mut *conn).await?;
            sqlx::query_as(
                "with recent as (select id, started_at, outcome, order_id, fitting_booking_id \
                     from calls where started_at >= $1 and origin = 'live' \
                       and deleted_at is null and outcome is not null and outcome <> 'refused'), \
                 answered as (select l.first_audio_ms from call_turns l join recent c \
                     on c.started_at = l.call_started_at and c.id = l.call_id \
                     where l.call_started_at >= $1 and l.speaker = 'bot' \
                       and l.first_audio_ms is not null) \
                 select count(*) as calls, \
                     count(*) filter (where order_id is not null \
                         or fitting_booking_id is not null) as converted, \
                     count(*) filter (where outcome = 'abandoned') as dropped, \
                     count(*) filter (where outcome in ('lost_process', 'leg_lost', 'error')) \
                         as failed, \
                     (select count(*) from answered) as answers, \
                     (select percentile_cont(0.95) within group (order by first_audio_ms)::float8 \
                      from answered) as reply_p95_ms \
                 from recent",
            )
            .bind(since)
            .fetch_one(conn)
            .await
        })
    })
    .await
}

/// What all processes have spent in the hour that begins at `hour`, US dollars.
///
/// # Errors
/// What Postgres says.
pub async fn spent(pool: &PgPool, hour: DateTime<Utc>) -> Result<Decimal, sqlx::Error> {
    sqlx::query_scalar(
        "select coalesce(sum(spent_usd), 0) from housekeeping.spent_hours where hour = $1",
    )
    .bind(hour)
    .fetch_one(pool)
    .await
}

/// Writes down what was found, of all that was looked at (`judged`, kinds): what is there already
/// is counted, what is new or has become worse is told to the shop's other systems too, and what is
/// well again is closed. Only alerts of `subject` are touched, `None` standing for every one.
///
/// # Errors
/// What Postgres says.
pub async fn note(
    pool: &PgPool,
    tenant: TenantId,
    judged: Vec<&'static str>,
    subject: Option<String>,
    found: Vec<Finding>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let open: Vec<String> =
                found.iter().map(|one| format!("{} {}", one.kind, one.subject)).collect();
            sqlx::query(
                "update dashboard.alerts set resolved_at = $4, updated_at = now() \
                 where resolved_at is null and kind = any($1) \
                   and ($2::text is null or subject = $2) \
                   and not (kind || ' ' || subject = any($3))",
            )
            .bind(judged)
            .bind(subject)
            .bind(open)
            .bind(now)
            .execute(&mut *conn)
            .await?;
            for one in found {
                // Worse than before: everybody is told again.
                let (id, is_news): (Uuid, bool) = sqlx::query_as(
                    "with before as (select severity from dashboard.alerts \
                         where tenant_id = $1 and kind = $2 and subject = $3 \
                           and resolved_at is null) \
                     insert into dashboard.alerts as known (tenant_id, kind, subject, threshold, \
                         actual, severity, description, triggered_at, last_seen_at) \
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $8) \
                     on conflict (tenant_id, kind, subject) where resolved_at is null do update \
                     set times = known.times + 1, threshold = excluded.threshold, \
                         actual = excluded.actual, description = excluded.description, \
                         severity = excluded.severity, last_seen_at = excluded.last_seen_at, \
                         told = case when known.severity = 'warning' \
                             and excluded.severity = 'critical' then '{}' else known.told end, \
                         updated_at = now() \
                     returning id, coalesce((select severity from before), 'info') <> severity \
                         and severity = any(case when exists (select from before) \
                             then array['critical'] else array['warning', 'critical'] end)",
                )
                .bind(tenant.0)
                .bind(one.kind)
                .bind(&one.subject)
                .bind(one.threshold)
                .bind(one.actual)
                .bind(one.severity)
                .bind(&one.description)
                .bind(now)
                .fetch_one(&mut *conn)
                .await?;
                if is_news {
                    let payload = json!({
                        "id": id, "kind": one.kind, "subject": one.subject,
                        "threshold": one.threshold, "actual": one.actual,
                        "severity": one.severity, "description": one.description,
                    });
                    webhooks::enqueue(conn, tenant, "alert.raised", now, payload).await?;
                }
            }
            Ok(())
        })
    })
    .await
}

/// Open alerts of which nobody was told yet by `way` and that nobody has seen; `critical_only` at
/// night.
///
/// # Errors
/// What Postgres says.
pub async fn untold(
    pool: &PgPool,
    tenant: TenantId,
    way: &'static str,
    critical_only: bool,
) -> Result<Vec<Alert>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, kind, subject, threshold, actual, severity, description, times, \
                        triggered_at, last_seen_at, acknowledged_at, acknowledged_by, \
                        resolved_at, told \
                 from dashboard.alerts \
                 where resolved_at is null and acknowledged_at is null and not ($1 = any(told)) \
                   and (not $2 or severity = 'critical') \
                 order by triggered_at, id",
            )
            .bind(way)
            .bind(critical_only)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Somebody was told of these by `way`.
///
/// # Errors
/// What Postgres says.
pub async fn told(
    pool: &PgPool,
    tenant: TenantId,
    ids: Vec<Uuid>,
    way: &'static str,
) -> Result<(), sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "update dashboard.alerts set told = array_append(told, $2), \
                     notification_sent_at = now(), updated_at = now() where id = any($1)",
            )
            .bind(ids)
            .bind(way)
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}

/// The last alerts of a shop: open ones first, then newest first. One more than [`PAGE_ALERTS`] at
/// most.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    after: Option<(DateTime<Utc>, Uuid)>,
    open: bool,
) -> Result<Vec<Alert>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, kind, subject, threshold, actual, severity, description, times, \
                        triggered_at, last_seen_at, acknowledged_at, acknowledged_by, \
                        resolved_at, told \
                 from dashboard.alerts where (resolved_at is null) = $3 \
                   and ($1::timestamptz is null or (triggered_at, id) < ($1, $2)) \
                 order by triggered_at desc, id desc limit $4",
            )
            .bind(after.map(|(at, _)| at))
            .bind(after.map(|(_, id)| id))
            .bind(open)
            .bind(PAGE_ALERTS + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Somebody has seen an alert; false if there is none of this id that nobody has seen.
///
/// # Errors
/// What Postgres says.
pub async fn acknowledge(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
    by: String,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let done = sqlx::query(
                "update dashboard.alerts set acknowledged_at = $2, acknowledged_by = $3, \
                     updated_at = now() where id = $1 and acknowledged_at is null",
            )
            .bind(id)
            .bind(now)
            .bind(by)
            .execute(conn)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    })
    .await
}

/// The ways by which a day was told about.
///
/// # Errors
/// What Postgres says.
pub async fn digest_told(
    pool: &PgPool,
    tenant: TenantId,
    day: NaiveDate,
) -> Result<Vec<String>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let sql = "select told from dashboard.digests where day = $1";
            let told: Option<Vec<String>> =
                sqlx::query_scalar(sql).bind(day).fetch_optional(conn).await?;
            Ok::<_, sqlx::Error>(told.unwrap_or_default())
        })
    })
    .await
}

/// A day was told about by `way`.
///
/// # Errors
/// What Postgres says.
pub async fn digest_sent(
    pool: &PgPool,
    tenant: TenantId,
    day: NaiveDate,
    way: &'static str,
) -> Result<(), sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "insert into dashboard.digests as known (tenant_id, day, told, sent_at) \
                 values ($1, $2, array[$3], now()) on conflict (tenant_id, day) do update \
                 set told = array_append(known.told, $3), sent_at = now()",
            )
            .bind(tenant.0)
            .bind(day)
            .bind(way)
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}
