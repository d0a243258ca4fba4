//! `external_refs`: what our orders, bookings, tickets and customers are called in other systems.

use super::{Fault, Part, on_rows};
use crate::db::desk::audit::{self, Deed};
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

/// What something of ours is called elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, sqlx::FromRow)]
pub struct Ref {
    /// Of this line.
    pub id: Uuid,
    /// `order`, `booking`, `ticket`, `customer`.
    pub kind: String,
    /// Our id.
    pub local_id: Uuid,
    /// The other system.
    pub system: String,
    /// Its id there.
    pub external_id: String,
    /// Where a person finds it there.
    pub external_url: Option<String>,
    /// Whatever the other system wants to remember.
    pub metadata: Value,
    /// When it was said first.
    pub created_at: DateTime<Utc>,
    /// When it was said last.
    pub updated_at: DateTime<Utc>,
}

/// What something of ours is called elsewhere, to be written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRef {
    /// `order`, `booking`, `ticket`, `customer`.
    pub kind: String,
    /// Our id.
    pub local_id: Uuid,
    /// The other system: at most 64 characters.
    pub system: String,
    /// Its id there: at most 255 characters.
    pub external_id: String,
    /// Where a person finds it there: at most 512 characters, `https://…`.
    #[serde(default)]
    pub external_url: Option<String>,
    /// Whatever the other system wants to remember.
    #[serde(default)]
    pub metadata: Option<Value>,
}

/// Which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this system.
    pub system: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this thing of ours.
    pub local_id: Option<Uuid>,
    /// With this id there.
    pub external_id: Option<String>,
}

/// References, newest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    wanted: Wanted,
    part: Part,
) -> Result<Vec<Ref>, Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let rows = sqlx::query_as(
                "select id, kind, local_id, system, external_id, external_url, metadata, \
                        created_at, updated_at \
                 from external_refs \
                 where ($1::text is null or system = $1) and ($2::text is null or kind = $2) \
                   and ($3::uuid is null or local_id = $3) \
                   and ($4::text is null or external_id = $4) \
                   and ($5::timestamptz is null or (created_at, id) < ($5, $6)) \
                 order by created_at desc, id desc limit $7",
            )
            .bind(wanted.system)
            .bind(wanted.kind)
            .bind(wanted.local_id)
            .bind(wanted.external_id)
            .bind(part.after.map(|after| after.at))
            .bind(part.after.map(|after| after.id))
            .bind(part.limit)
            .fetch_all(conn)
            .await?;
            Ok(rows)
        })
    })
    .await
}

/// Writes a reference; the same system, kind and id there again is the same line.
///
/// # Errors
/// A thing that this shop does not have; what Postgres says.
pub async fn put(pool: &PgPool, tenant: TenantId, new: NewRef, deed: Deed) -> Result<Ref, Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let known: bool = sqlx::query_scalar(
                "select case $1 when 'order' then exists (select from orders where id = $2) \
                     when 'booking' then exists (select from fitting_bookings where id = $2) \
                     when 'ticket' then exists (select from tickets where id = $2) \
                     else exists (select from customers where id = $2) end",
            )
            .bind(&new.kind)
            .bind(new.local_id)
            .fetch_one(&mut *conn)
            .await?;
            if !known {
                let message = format!("there is no {} of this id", new.kind);
                return Err(Fault::Invalid { field: "local_id", message });
            }
            let row: Ref = sqlx::query_as(
                "insert into external_refs as known (tenant_id, kind, local_id, system, \
                     external_id, external_url, metadata) \
                 values ($1, $2, $3, $4, $5, $6, coalesce($7, '{}')) \
                 on conflict (tenant_id, system, kind, external_id) do update \
                 set local_id = excluded.local_id, external_url = excluded.external_url, \
                     metadata = coalesce($7, known.metadata), updated_at = now() \
                 returning id, kind, local_id, system, external_id, external_url, metadata, \
                     created_at, updated_at",
            )
            .bind(tenant.0)
            .bind(new.kind)
            .bind(new.local_id)
            .bind(new.system)
            .bind(new.external_id)
            .bind(new.external_url)
            .bind(new.metadata)
            .fetch_one(&mut *conn)
            .await?;
            audit::write(conn, Deed { object_id: row.id.to_string(), ..deed }).await?;
            Ok(row)
        })
    })
    .await
}
