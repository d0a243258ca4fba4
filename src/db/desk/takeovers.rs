//! `dashboard.takeovers`: calls that somebody of the desk takes over unasked.

use super::{audit, presence};
use crate::db::desk::staff::Staff;
use crate::db::live::{self, Message};
use crate::db::{all_tenants, with_tenant};
use crate::ids::TenantId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

/// The reason of a transfer that somebody of the desk wanted.
pub const REASON: &str = "taken_over";
/// A wish that nobody heard for so long is none any more.
const FRESH: TimeDelta = TimeDelta::seconds(30);

/// A wish that no process has carried out.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// The row.
    pub id: Uuid,
    /// The shop.
    pub tenant_id: Uuid,
    /// The call.
    pub call_id: Uuid,
    /// A name of the allow-list.
    pub target: String,
}

/// Asks whichever process has the call to hand it to `target`; false if no such call goes on.
///
/// # Errors
/// What Postgres says.
pub async fn ask(
    pool: &PgPool,
    staff: Staff,
    call: Uuid,
    target: String,
) -> Result<bool, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let goes_on: bool = sqlx::query_scalar(
                "select exists (select from calls where id = $1 and ended_at is null \
                     and deleted_at is null)",
            )
            .bind(call)
            .fetch_one(&mut *conn)
            .await?;
            if !goes_on {
                return Ok(false);
            }
            let id: Uuid = sqlx::query_scalar(
                "insert into dashboard.takeovers (tenant_id, call_id, user_id, target, asked_at) \
                 values ($1, $2, $3, $4, $5) returning id",
            )
            .bind(staff.tenant.0)
            .bind(call)
            .bind(staff.user)
            .bind(&target)
            .bind(staff.now)
            .fetch_one(&mut *conn)
            .await?;
            presence::follow(conn, &staff, "busy").await?;
            let after = Some(json!({ "target": target }));
            audit::write(conn, staff.deed("call.taken_over", ("call", call), None, after)).await?;
            let tenant = staff.tenant;
            live::send(conn, &Message::TakeOver { id, tenant, call, target }).await?;
            Ok(true)
        })
    })
    .await
}

/// The process that has the call has told it.
///
/// # Errors
/// What Postgres says.
pub async fn done(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("update dashboard.takeovers set done_at = $2 where id = $1")
                .bind(id)
                .bind(now)
                .execute(conn)
                .await
                .map(drop)
        })
    })
    .await
}

/// What was asked a moment ago and nobody has carried out.
///
/// # Errors
/// What Postgres says.
pub async fn waiting(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Waiting>, sqlx::Error> {
    let mut all = Vec::new();
    for tenant in all_tenants(pool).await? {
        let of_shop: Vec<Waiting> = with_tenant::<_, sqlx::Error, _>(pool, tenant, move |conn| {
            Box::pin(async move {
                sqlx::query_as(
                    "select id, tenant_id, call_id, target from dashboard.takeovers \
                     where done_at is null and asked_at > $1 order by asked_at",
                )
                .bind(now - FRESH)
                .fetch_all(conn)
                .await
            })
        })
        .await?;
        all.extend(of_shop);
    }
    Ok(all)
}

/// True if the shop has such a call, over or not.
///
/// # Errors
/// What Postgres says.
pub async fn is_known(pool: &PgPool, tenant: TenantId, call: Uuid) -> Result<bool, sqlx::Error> {
    super::reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar(
                "select exists (select from calls where id = $1 and deleted_at is null)",
            )
            .bind(call)
            .fetch_one(conn)
            .await
        })
    })
    .await
}
