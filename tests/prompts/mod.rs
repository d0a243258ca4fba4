//! Versions of the instructions, tests of two against each other, and the quality of calls that
//! both are judged by.
#![allow(clippy::unwrap_used, reason = "a test: what is missing shall fail it")]

use crate::support::database;

mod quality;
mod trials;
mod versions;

use chrono::{DateTime, TimeDelta, Utc};
use database::TestDb;
use sqlx::PgConnection;
use treadline::ids::TenantId;
use uuid::Uuid;

const SHOP: TenantId = TenantId::DEFAULT;

/// The owner, with the tenant set: row security binds the owner as well.
async fn owner(db: &TestDb) -> PgConnection {
    let mut owner = db.owner().await;
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(SHOP.0.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    owner
}

/// An ended call, as the log leaves it.
struct Row {
    version: &'static str,
    origin: &'static str,
    outcome: &'static str,
    quality: Option<f64>,
    /// Minutes ago that it began; it took one.
    minutes_ago: i64,
}

const LIVE: Row =
    Row { version: "a", origin: "live", outcome: "resolved", quality: None, minutes_ago: 10 };

async fn insert(owner: &mut PgConnection, row: &Row) -> (Uuid, DateTime<Utc>) {
    let id = Uuid::new_v4();
    let began = Utc::now() - TimeDelta::minutes(row.minutes_ago);
    let began = DateTime::from_timestamp_micros(began.timestamp_micros()).unwrap();
    sqlx::query(
        "insert into calls (id, tenant_id, origin, started_at, ended_at, duration_seconds, \
             outcome, transferred_to_operator, prompt_version, quality_score, intents) \
         values ($1, $2, $3, $4, $5, 60, $6, $6 = 'transferred', $7, $8, '{tire_search}')",
    )
    .bind(id)
    .bind(SHOP.0)
    .bind(row.origin)
    .bind(began)
    .bind(began + TimeDelta::minutes(1))
    .bind(row.outcome)
    .bind(row.version)
    .bind(row.quality)
    .execute(owner)
    .await
    .unwrap();
    (id, began)
}
