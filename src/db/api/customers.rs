//! Customers, as programs get them.

use super::{Fault, Part, on_rows};
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

/// A customer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, sqlx::FromRow)]
pub struct Customer {
    /// Ours.
    pub id: Uuid,
    /// Masked unless the token may see people.
    pub phone: Option<String>,
    /// Masked unless the token may see people.
    pub name: Option<String>,
    /// Real calls of theirs.
    pub total_calls: i32,
    /// When they phoned first.
    pub first_call_at: Option<DateTime<Utc>>,
    /// When they phoned last.
    pub last_call_at: Option<DateTime<Utc>>,
    /// The language that they prefer.
    pub language: Option<String>,
    /// May they be written to?
    pub allow_notifications: Option<bool>,
    /// Vehicles, sizes, address; empty unless the token may see people.
    pub memory: Value,
    /// When they were met first.
    pub created_at: DateTime<Utc>,
    /// When something of theirs was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Which customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One alone.
    pub id: Option<Uuid>,
    /// With this number.
    pub phone: Option<String>,
    /// Changed at or after.
    pub changed_since: Option<DateTime<Utc>>,
}

/// Customers, those who were met last first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    wanted: Wanted,
    part: Part,
) -> Result<Vec<Customer>, Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let rows = sqlx::query_as(
                "select c.id, c.phone, c.name, c.total_calls, c.first_call_at, c.last_call_at, \
                        m.language, m.allow_notifications, coalesce(m.data, '{}') as memory, \
                        c.created_at, c.updated_at \
                 from customers c left join customer_memory m on m.customer_id = c.id \
                 where c.deleted_at is null and ($1::uuid is null or c.id = $1) \
                   and ($2::text is null or c.phone = $2) \
                   and ($3::timestamptz is null or c.updated_at >= $3) \
                   and ($4::timestamptz is null or (c.created_at, c.id) < ($4, $5)) \
                 order by c.created_at desc, c.id desc limit $6",
            )
            .bind(wanted.id)
            .bind(wanted.phone)
            .bind(wanted.changed_since)
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
