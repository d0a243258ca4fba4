//! `dashboard.webhooks` and their deliveries: who is told what, and what became of it.

use super::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// What can be told.
pub const EVENTS: [&str; 8] = [
    "call.started",
    "call.transferred",
    "call.ended",
    "order.created",
    "order.changed",
    "booking.created",
    "booking.changed",
    "alert.raised",
];

/// How long a claim on an address holds: longer than a round of deliveries to it.
const BUSY_S: f64 = 120.0;
/// Longest error that is kept, characters.
const ERROR_CHARS_MAX: usize = 300;

/// An address that is told.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Webhook {
    /// Which.
    pub id: Uuid,
    /// Of which shop.
    pub tenant_id: Uuid,
    /// Where to.
    pub url: String,
    /// What; of [`EVENTS`].
    pub events: Vec<String>,
}

/// Something that is to be told.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Delivery {
    /// Which; the same at every attempt.
    pub id: Uuid,
    /// Of which shop.
    pub tenant_id: Uuid,
    /// What happened.
    pub event: String,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// What is told of it.
    pub payload: Value,
    /// Attempts so far.
    pub attempts: i32,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The answer's status, if there was one.
    pub status: Option<u16>,
    /// What went wrong; none: it is delivered.
    pub error: Option<String>,
    /// How long it took, milliseconds.
    pub duration_ms: u64,
}

/// A line of the delivery log.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Logged {
    /// Where to.
    pub url: String,
    /// What happened.
    pub event: String,
    /// When it was noted.
    pub created_at: DateTime<Utc>,
    /// When it was delivered.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub gave_up_at: Option<DateTime<Utc>>,
    /// When it is tried again.
    pub next_attempt_at: DateTime<Utc>,
    /// What came of each attempt.
    pub tries: Value,
}

/// Makes an address; which it is.
///
/// # Errors
/// What Postgres says.
pub async fn add(
    pool: &PgPool,
    tenant: TenantId,
    url: String,
    events: Vec<String>,
) -> Result<Uuid, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar(
                "insert into dashboard.webhooks (tenant_id, url, events) values ($1, $2, $3) \
                 returning id",
            )
            .bind(tenant.0)
            .bind(url)
            .bind(events)
            .fetch_one(conn)
            .await
        })
    })
    .await
}

/// The addresses of a shop, oldest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(pool: &PgPool, tenant: TenantId) -> Result<Vec<Webhook>, sqlx::Error> {
    with_tenant(pool, tenant, |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, tenant_id, url, events from dashboard.webhooks \
                 where removed_at is null order by created_at, id",
            )
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// The last deliveries of a shop, newest first.
///
/// # Errors
/// What Postgres says.
pub async fn log(pool: &PgPool, tenant: TenantId, limit: i64) -> Result<Vec<Logged>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select w.url, d.event, d.created_at, d.delivered_at, d.gave_up_at, \
                        d.next_attempt_at, d.tries \
                 from dashboard.webhook_deliveries d join dashboard.webhooks w on w.id = d.webhook_id \
                 order by d.created_at desc, d.id limit $1",
            )
            .bind(limit)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Tells an address nothing any more, not even what is on its way; false if there is none.
///
/// # Errors
/// What Postgres says.
pub async fn remove(pool: &PgPool, tenant: TenantId, id: Uuid) -> Result<bool, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let done = sqlx::query(
                "update dashboard.webhooks set removed_at = now() \
                 where id = $1 and removed_at is null",
            )
            .bind(id)
            .execute(&mut *conn)
            .await?;
            sqlx::query(
                "update dashboard.webhook_deliveries set gave_up_at = now() \
                 where webhook_id = $1 and delivered_at is null and gave_up_at is null",
            )
            .bind(id)
            .execute(conn)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    })
    .await
}

/// Puts an event into the way of every address of a shop that wants it; inside a transaction of
/// that shop.
///
/// # Errors
/// What Postgres says.
pub async fn enqueue(
    conn: &mut PgConnection,
    tenant: TenantId,
    event: &'static str,
    at: DateTime<Utc>,
    payload: Value,
) -> Result<(), sqlx::Error> {
    sqlx::query("select dashboard.enqueue_event($1, $2, $3, $4)")
        .bind(tenant.0)
        .bind(event)
        .bind(at)
        .bind(payload)
        .execute(conn)
        .await
        .map(drop)
}

/// Runs `work` in a transaction that sees the addresses of all shops and nothing else of them.
async fn courier<T, F>(pool: &PgPool, work: F) -> Result<T, sqlx::Error>
where
    F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, sqlx::Error>>
        + Send
        + 'static,
    T: Send + 'static,
{
    // No shop has this id.
    with_tenant(pool, TenantId(Uuid::nil()), move |conn| {
        Box::pin(async move {
            sqlx::query("select set_config('app.desk', 'webhooks', true)")
                .execute(&mut *conn)
                .await?;
            work(conn).await
        })
    })
    .await
}

/// Takes at most `most` addresses for which something is due and at which nobody is.
///
/// # Errors
/// What Postgres says.
pub async fn claim(pool: &PgPool, most: i64) -> Result<Vec<Webhook>, sqlx::Error> {
    courier(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "update dashboard.webhooks set busy_until = now() + $2 * interval '1 second' \
                 where id in (select w.id from dashboard.webhooks w \
                     where w.removed_at is null and (w.busy_until is null or w.busy_until < now()) \
                       and exists (select from dashboard.webhook_deliveries d \
                           where d.webhook_id = w.id and d.delivered_at is null \
                             and d.gave_up_at is null and d.next_attempt_at <= now()) \
                     order by w.busy_until nulls first limit $1 for update skip locked) \
                 returning id, tenant_id, url, events",
            )
            .bind(most)
            .bind(BUSY_S)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// What is due for an address, oldest first.
///
/// # Errors
/// What Postgres says.
pub async fn due(pool: &PgPool, webhook: Uuid, most: i64) -> Result<Vec<Delivery>, sqlx::Error> {
    courier(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, tenant_id, event, occurred_at, payload, attempts \
                 from dashboard.webhook_deliveries \
                 where webhook_id = $1 and delivered_at is null and gave_up_at is null \
                   and next_attempt_at <= now() \
                 order by occurred_at, created_at, id limit $2",
            )
            .bind(webhook)
            .bind(most)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Writes down what came of an attempt. A failure is tried again after `again`; without one it is
/// given up.
///
/// # Errors
/// What Postgres says.
pub async fn tried(
    pool: &PgPool,
    delivery: Uuid,
    attempt: Attempt,
    again: Option<Duration>,
) -> Result<(), sqlx::Error> {
    let delivered = attempt.error.is_none();
    let error = attempt.error.map(|error| super::log::text(&error, ERROR_CHARS_MAX));
    let entry = json!({
        "at": Utc::now(), "status": attempt.status, "error": error,
        "duration_ms": attempt.duration_ms,
    });
    courier(pool, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "update dashboard.webhook_deliveries \
                 set attempts = attempts + 1, tries = tries || jsonb_build_array($2::jsonb), \
                     delivered_at = case when $3 then now() end, \
                     gave_up_at = case when not $3 and $4::float8 is null then now() end, \
                     next_attempt_at = now() + coalesce($4, 0) * interval '1 second' \
                 where id = $1 and gave_up_at is null",
            )
            .bind(delivery)
            .bind(entry)
            .bind(delivered)
            .bind(again.map(|wait| wait.as_secs_f64()))
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}

/// Lets others come to an address again.
///
/// # Errors
/// What Postgres says.
pub async fn release(pool: &PgPool, webhook: Uuid) -> Result<(), sqlx::Error> {
    courier(pool, move |conn| {
        Box::pin(async move {
            sqlx::query("update dashboard.webhooks set busy_until = null where id = $1")
                .bind(webhook)
                .execute(conn)
                .await
                .map(drop)
        })
    })
    .await
}
