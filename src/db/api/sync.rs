//! `integration_sync_logs`: how other systems were kept in step.

use super::{Fault, Part, on_rows};
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// A run of a synchronisation.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, sqlx::FromRow)]
pub struct Run {
    /// Ours.
    pub id: Uuid,
    /// The other system.
    pub system: String,
    /// `inbound`: to us; `outbound`: from us.
    pub direction: String,
    /// `pending`, `running`, `success`, `failed`.
    pub status: String,
    /// How many records.
    pub records_processed: i32,
    /// Why it failed.
    pub error_message: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// Whatever else is to be known.
    #[sqlx(rename = "metadata_json")]
    pub metadata: Value,
}

/// A run to be written down.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// The other system: at most 64 characters.
    pub system: String,
    /// `inbound`: to us; `outbound`: from us.
    pub direction: String,
    /// `pending`, `running`, `success`, `failed`.
    pub status: String,
    /// How many records.
    #[serde(default)]
    pub records_processed: i32,
    /// Why it failed, at most 2000 characters.
    #[serde(default)]
    pub error_message: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[serde(default)]
    pub completed_at: Option<DateTime<Utc>>,
    /// Whatever else is to be known.
    #[serde(default)]
    pub metadata: Option<Value>,
}

/// Runs, newest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    system: Option<String>,
    part: Part,
) -> Result<Vec<Run>, Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let rows = sqlx::query_as(
                "select id, system, direction, status, records_processed, error_message, \
                        started_at, completed_at, metadata_json \
                 from integration_sync_logs \
                 where ($1::text is null or system = $1) \
                   and ($2::timestamptz is null or (started_at, id) < ($2, $3)) \
                 order by started_at desc, id desc limit $4",
            )
            .bind(system)
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

/// Writes a run down; to be run in a transaction of the shop.
///
/// # Errors
/// What Postgres says.
pub async fn add(conn: &mut PgConnection, tenant: TenantId, new: NewRun) -> Result<Run, Fault> {
    let row = sqlx::query_as(
        "insert into integration_sync_logs (tenant_id, system, direction, status, \
             records_processed, error_message, started_at, completed_at, metadata_json) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, '{}')) \
         returning id, system, direction, status, records_processed, error_message, started_at, \
             completed_at, metadata_json",
    )
    .bind(tenant.0)
    .bind(new.system)
    .bind(new.direction)
    .bind(new.status)
    .bind(new.records_processed)
    .bind(new.error_message)
    .bind(new.started_at)
    .bind(new.completed_at)
    .bind(new.metadata)
    .fetch_one(conn)
    .await?;
    Ok(row)
}
