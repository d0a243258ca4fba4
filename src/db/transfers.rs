//! `call_transfers`: attempts to bring a person to a call.

use super::desk::takeovers;
use super::log::{integer, json, short, text};
use super::with_tenant;
use crate::ids::{CallId, TenantId, row_id};
use crate::spool::{LogEntry, TransferAsked, TransferDone};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

/// Longest summary that is kept, characters.
const SUMMARY_CHARS_MAX: usize = 2_000;

/// An attempt begins.
pub(super) async fn insert(
    conn: &mut PgConnection,
    entry: &LogEntry,
    asked: &TransferAsked,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into call_transfers (id, tenant_id, call_id, call_started_at, attempt, kind, \
             target, reason, summary, caller, cart, requested_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
    )
    .bind(row_id(entry.call, &format!("transfer {}", asked.attempt)))
    .bind(entry.tenant.0)
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(integer(u64::from(asked.attempt)))
    .bind(short(&asked.kind))
    .bind(short(&asked.target))
    .bind(short(&asked.reason))
    .bind(text(&asked.summary, SUMMARY_CHARS_MAX))
    .bind(asked.caller.as_ref().map(|phone| phone.reveal().to_owned()))
    .bind(json(&asked.cart))
    .bind(entry.at)
    .execute(&mut *conn)
    .await?;
    pop(conn, entry, asked).await
}

/// What operators see of it stands there with it: before anything rings. Whoever took the call over
/// has it already.
async fn pop(
    conn: &mut PgConnection,
    entry: &LogEntry,
    asked: &TransferAsked,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into dashboard.pops (id, tenant_id, call_id, call_started_at, attempt, target, \
             reason, asked_at, taken_by, taken_at) \
         select $1, $2, $3, $4, $5, $6, $7, $8, asker.user_id, asker.asked_at \
         from (select) one left join ( \
             select user_id, asked_at from dashboard.takeovers \
             where call_id = $3 and $7 = $9 order by asked_at desc limit 1) asker on true \
         on conflict do nothing",
    )
    .bind(row_id(entry.call, &format!("transfer {}", asked.attempt)))
    .bind(entry.tenant.0)
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(integer(u64::from(asked.attempt)))
    .bind(short(&asked.target))
    .bind(short(&asked.reason))
    .bind(entry.at)
    .bind(takeovers::REASON)
    .execute(conn)
    .await?;
    Ok(())
}

/// An attempt has ended; an end that was written before stays.
pub(super) async fn end(
    conn: &mut PgConnection,
    entry: &LogEntry,
    done: &TransferDone,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update call_transfers set outcome = $4, answered_at = $5, ended_at = $6 \
         where call_id = $1 and call_started_at = $2 and attempt = $3 and outcome is null",
    )
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(integer(u64::from(done.attempt)))
    .bind(done.outcome.label())
    .bind(done.answered_at)
    .bind(entry.at)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "update dashboard.pops set fate = $3, fate_at = $4 \
         where call_id = $1 and attempt = $2 and fate is null",
    )
    .bind(entry.call.0)
    .bind(integer(u64::from(done.attempt)))
    .bind(done.outcome.label())
    .bind(entry.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// An attempt as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct TransferRow {
    /// Within the call, from 1.
    pub attempt: i32,
    /// `blind`, `bridge`, `warm` or `hand_back`.
    pub kind: String,
    /// A name of the allow-list.
    pub target: String,
    /// Why.
    pub reason: String,
    /// What the operator should know.
    pub summary: String,
    /// The caller's number.
    pub caller: Option<String>,
    /// What the caller was about to order or to book.
    pub cart: Value,
    /// When the attempt began.
    pub requested_at: DateTime<Utc>,
    /// When a person picked up.
    pub answered_at: Option<DateTime<Utc>>,
    /// What became of it; none while it is under way.
    pub outcome: Option<String>,
}

/// The attempts of a call, in order.
///
/// # Errors
/// What Postgres says.
pub async fn of_call(
    pool: &PgPool,
    tenant: TenantId,
    call: CallId,
) -> Result<Vec<TransferRow>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select attempt, kind, target, reason, summary, caller, cart, requested_at, \
                        answered_at, outcome \
                 from call_transfers where call_id = $1 and call_started_at = ( \
                     select started_at from calls where id = $1 and deleted_at is null \
                     order by started_at desc limit 1) order by attempt",
            )
            .bind(call.0)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
