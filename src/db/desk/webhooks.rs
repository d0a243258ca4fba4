//! The delivery log as a page shows it, and sending something again.

use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

/// Deliveries on a page.
pub const PAGE_DELIVERIES: usize = 50;

/// A delivery.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// Which.
    pub id: Uuid,
    /// Where to.
    pub url: String,
    /// Is that address still told anything?
    pub told: bool,
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

/// One more than [`PAGE_DELIVERIES`] at most, newest first: to one address, or to all.
///
/// # Errors
/// What Postgres says.
pub async fn deliveries(
    pool: &PgPool,
    tenant: TenantId,
    webhook: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Line>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select d.id, w.url, w.removed_at is null as told, d.event, d.created_at, \
                        d.delivered_at, d.gave_up_at, d.next_attempt_at, d.tries \
                 from dashboard.webhook_deliveries d \
                 join dashboard.webhooks w on w.id = d.webhook_id \
                 where ($1::uuid is null or d.webhook_id = $1) \
                   and ($2::timestamptz is null or (d.created_at, d.id) < ($2, $3)) \
                 order by d.created_at desc, d.id desc limit $4",
            )
            .bind(webhook)
            .bind(after.map(|(at, _)| at))
            .bind(after.map(|(_, id)| id))
            .bind(PAGE_DELIVERIES as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Sends something again from now on, by the whole schedule, under its own id: a receiver that knows
/// it already can tell. False if there is no such delivery, or nobody is told at its address.
///
/// # Errors
/// What Postgres says.
pub async fn resend(pool: &PgPool, tenant: TenantId, id: Uuid) -> Result<bool, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let done = sqlx::query(
                "update dashboard.webhook_deliveries d \
                 set delivered_at = null, gave_up_at = null, attempts = 0, next_attempt_at = now() \
                 from dashboard.webhooks w \
                 where d.id = $1 and w.id = d.webhook_id and w.removed_at is null",
            )
            .bind(id)
            .execute(conn)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    })
    .await
}
