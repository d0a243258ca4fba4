//! `learning_records` of the first kind: words as they are heard, and as they are meant.

use super::audit;
use super::reading;
use super::staff::Staff;
use crate::db::with_tenant;
use crate::ids::TenantId;
use crate::language::corrections::{CORRECTIONS_MAX, Correction, Corrections};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Examples that a preview shows.
pub const EXAMPLES_MAX: usize = 10;
/// Lines that a preview looks at, the youngest first: a week of a busy shop.
pub const LINES_MAX: i64 = 100_000;
/// Corrections that are not in force any more and are still shown.
const RETIRED_SHOWN: i64 = 50;

/// A correction as it stands.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Row {
    /// Its row.
    pub id: Uuid,
    /// The words as they are heard.
    pub heard: String,
    /// The words as they are meant.
    pub meant: String,
    /// Why.
    pub reason: String,
    /// `active`, `deprecated`.
    pub status: String,
    /// Turns in which it changed something.
    pub times_applied: i64,
    /// Of these, turns in which a tool then did what was asked.
    pub times_helped: i64,
    /// The share of them.
    pub success_rate: Option<Decimal>,
    /// Counts changes by people.
    pub version: i32,
    /// Who has changed it last.
    pub changed_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
    /// When it changed something last.
    pub last_applied_at: Option<DateTime<Utc>>,
}

/// All that are in force, and the latest that are not any more.
///
/// # Errors
/// What Postgres says.
pub async fn list(pool: &PgPool, tenant: TenantId) -> Result<Vec<Row>, sqlx::Error> {
    reading(pool, tenant, |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "(select id, trigger_description as heard, learned_pattern as meant, reason, \
                      status, times_applied, times_helped, success_rate, version, changed_by, \
                      updated_at, last_applied_at \
                  from learning_records where learning_type = 'heard_as' and status = 'active' \
                  order by lower(trigger_description), id limit $1) \
                 union all \
                 (select id, trigger_description, learned_pattern, reason, status, times_applied, \
                      times_helped, success_rate, version, changed_by, updated_at, last_applied_at \
                  from learning_records where learning_type = 'heard_as' and status <> 'active' \
                  order by updated_at desc, id limit $2)",
            )
            .bind(CORRECTIONS_MAX as i64)
            .bind(RETIRED_SHOWN)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Words that somebody wants to be corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// As they are heard.
    pub heard: String,
    /// As they are meant.
    pub meant: String,
    /// Why.
    pub reason: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It is so.
    Done,
    /// There is no such correction.
    Unknown,
    /// Somebody else was first: it stands like this.
    Stale(String),
    /// These words are in force already, meaning this.
    Taken(String),
    /// There are too many.
    Full,
}

/// Puts a correction in force.
///
/// # Errors
/// What Postgres says.
pub async fn add(pool: &PgPool, staff: Staff, new: New) -> Result<Done, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            if active(conn).await? >= CORRECTIONS_MAX as i64 {
                return Ok(Done::Full);
            }
            let id: Option<Uuid> = sqlx::query_scalar(
                "insert into learning_records (tenant_id, learning_type, trigger_description, \
                     learned_pattern, reason, created_by, changed_by, created_at, updated_at) \
                 values ($1, 'heard_as', $2, $3, $4, $5, $5, $6, $6) \
                 on conflict (tenant_id, learning_type, (lower(trigger_description))) \
                     where status = 'active' do nothing returning id",
            )
            .bind(staff.tenant.0)
            .bind(&new.heard)
            .bind(&new.meant)
            .bind(&new.reason)
            .bind(&staff.actor)
            .bind(staff.now)
            .fetch_optional(&mut *conn)
            .await?;
            let Some(id) = id else { return Ok(Done::Taken(meaning(conn, &new.heard).await?)) };
            let after = json!({ "heard": new.heard, "meant": new.meant, "reason": new.reason });
            let deed = staff.deed("correction.added", ("correction", id), None, Some(after));
            audit::write(conn, deed).await?;
            Ok(Done::Done)
        })
    })
    .await
}

async fn active(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from learning_records where learning_type = 'heard_as' \
         and status = 'active'",
    )
    .fetch_one(conn)
    .await
}

async fn meaning(conn: &mut PgConnection, heard: &str) -> Result<String, sqlx::Error> {
    let found: Option<String> = sqlx::query_scalar(
        "select learned_pattern from learning_records where learning_type = 'heard_as' \
         and status = 'active' and lower(trigger_description) = lower($1)",
    )
    .bind(heard)
    .fetch_optional(conn)
    .await?;
    Ok(found.unwrap_or_default())
}

/// Takes a correction out of force, or puts it in force again, if version `seen` still stands.
///
/// # Errors
/// What Postgres says.
pub async fn set_active(
    pool: &PgPool,
    staff: Staff,
    (id, seen): (Uuid, i32),
    wanted: bool,
) -> Result<Done, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let found: Option<(String, String, String, i32)> = sqlx::query_as(
                "select trigger_description, learned_pattern, status, version \
                 from learning_records where id = $1 and learning_type = 'heard_as' for update",
            )
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
            let Some((heard, meant, status, version)) = found else { return Ok(Done::Unknown) };
            let to = if wanted { "active" } else { "deprecated" };
            if version != seen || status == to {
                return Ok(Done::Stale(status));
            }
            if wanted && active(conn).await? >= CORRECTIONS_MAX as i64 {
                return Ok(Done::Full);
            }
            let clash = if wanted { meaning(conn, &heard).await? } else { String::new() };
            if !clash.is_empty() {
                return Ok(Done::Taken(clash));
            }
            sqlx::query(
                "update learning_records set status = $2, version = version + 1, \
                     changed_by = $3, updated_at = $4 where id = $1",
            )
            .bind(id)
            .bind(to)
            .bind(&staff.actor)
            .bind(staff.now)
            .execute(&mut *conn)
            .await?;
            let told = |status: &str| json!({ "heard": heard, "meant": meant, "status": status });
            let action = if wanted { "correction.restored" } else { "correction.retired" };
            let (before, after) = (Some(told(&status)), Some(told(to)));
            audit::write(conn, staff.deed(action, ("correction", id), before, after)).await?;
            Ok(Done::Done)
        })
    })
    .await
}

/// A line that would have been another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The call.
    pub call: Uuid,
    /// The line's number.
    pub turn: i32,
    /// As it was heard.
    pub before: String,
    /// As it would have been.
    pub after: String,
}

/// What a correction would have done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// Lines of callers that were looked at.
    pub looked_at: i64,
    /// Of these, lines that would have been others.
    pub changed: i64,
    /// The youngest of them.
    pub examples: Vec<Example>,
}

/// Tries a correction on what callers said since a moment, in calls that count.
///
/// # Errors
/// What Postgres says.
pub async fn preview(
    pool: &PgPool,
    tenant: TenantId,
    correction: Correction,
    since: DateTime<Utc>,
) -> Result<Preview, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let tried = Corrections::new(vec![correction]);
            let mut found = Preview::default();
            // Not narrowed down by the database: what is a small letter there depends on its locale.
            let mut lines = sqlx::query_as::<_, (Uuid, i32, String)>(
                "select t.call_id, t.turn_number, t.content from call_turns t \
                 join calls c on c.started_at = t.call_started_at and c.id = t.call_id \
                 where t.call_started_at >= $1 and c.started_at >= $1 and t.speaker = 'customer' \
                   and c.origin = 'live' and c.deleted_at is null \
                 order by t.call_started_at desc, t.call_id, t.turn_number limit $2",
            )
            .bind(since)
            .bind(LINES_MAX)
            .fetch(conn);
            while let Some((call, turn, before)) = lines.try_next().await? {
                found.looked_at += 1;
                let Some(done) = tried.apply(&before) else { continue };
                found.changed += 1;
                if found.examples.len() < EXAMPLES_MAX {
                    found.examples.push(Example { call, turn, before, after: done.text });
                }
            }
            Ok(found)
        })
    })
    .await
}
