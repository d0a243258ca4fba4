//! The journal of one call, read again.

use super::with_tenant;
use crate::ids::{CallId, TenantId};
use crate::spool::LogEntry;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Postgres.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A record of a program that wrote it otherwise.
    #[error("record {seq} of the journal is none of this program's: {error}")]
    Unreadable {
        /// Which.
        seq: i64,
        /// What is wrong with it.
        error: serde_json::Error,
    },
}

/// The records of a call that are in Postgres, in order; none if the call is not known or hidden.
///
/// # Errors
/// What Postgres says, or a record that this program cannot read.
pub async fn load(
    pool: &PgPool,
    tenant: TenantId,
    call: CallId,
) -> Result<Vec<LogEntry>, JournalError> {
    let rows =
        with_tenant(pool, tenant, move |conn| Box::pin(async move { rows(conn, call).await }))
            .await?;
    let mut entries = Vec::with_capacity(rows.len());
    for (call_started_at, seq, at, record) in rows {
        let record = serde_json::from_value(record)
            .map_err(|error| JournalError::Unreadable { seq, error })?;
        let seq = seq.cast_unsigned();
        entries.push(LogEntry { tenant, call, call_started_at, seq, at, record });
    }
    Ok(entries)
}

type Row = (DateTime<Utc>, i64, DateTime<Utc>, Value);

async fn rows(conn: &mut PgConnection, call: CallId) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query("set local statement_timeout = '30s'").execute(&mut *conn).await?;
    // The month of the call's own row, so that one partition is read; a call that has no row yet
    // is looked for in all of them.
    let known: Option<(DateTime<Utc>, bool)> = sqlx::query_as(
        "select started_at, deleted_at is not null from calls where id = $1 \
         order by 1 desc limit 1",
    )
    .bind(call.0)
    .fetch_optional(&mut *conn)
    .await?;
    if known.is_some_and(|(_, hidden)| hidden) {
        return Ok(Vec::new());
    }
    let started_at = known.map(|(started_at, _)| started_at);
    sqlx::query_as(
        "select call_started_at, seq, at, record from call_journal \
         where call_id = $1 and call_started_at >= coalesce($2, '-infinity') \
           and call_started_at <= coalesce($2, 'infinity') order by call_started_at, seq",
    )
    .bind(call.0)
    .bind(started_at)
    .fetch_all(conn)
    .await
}

/// The key of a record, the same in the journal's file and in Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalKey {
    call_started_at: DateTime<Utc>,
    call: CallId,
    seq: i64,
}

impl JournalKey {
    /// The key of a record.
    #[must_use]
    pub const fn of(entry: &LogEntry) -> Self {
        let (call_started_at, call) = (entry.call_started_at, entry.call);
        Self { call_started_at, call, seq: entry.seq.cast_signed() }
    }
}

/// Waits until everything that was committed before is on the disk of Postgres; true if these
/// records are there.
///
/// # Errors
/// What Postgres says.
pub async fn settled(
    pool: &PgPool,
    tenant: TenantId,
    keys: Vec<JournalKey>,
) -> Result<bool, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '10s'").execute(&mut *conn).await?;
            let there: i64 = sqlx::query_scalar(
                "select count(*) \
                 from unnest($1::timestamptz[], $2::uuid[], $3::int8[]) as k (started, call, seq) \
                 join call_journal j on j.call_started_at = k.started \
                     and j.call_id = k.call and j.seq = k.seq",
            )
            .bind(keys.iter().map(|key| key.call_started_at).collect::<Vec<_>>())
            .bind(keys.iter().map(|key| key.call.0).collect::<Vec<_>>())
            .bind(keys.iter().map(|key| key.seq).collect::<Vec<_>>())
            .fetch_one(&mut *conn)
            .await?;
            // A transaction that wrote nothing would not wait for the disk at its commit.
            sqlx::query("select pg_logical_emit_message(true, 'treadline', 'settled')::text")
                .execute(conn)
                .await?;
            Ok(there == keys.len() as i64)
        })
    })
    .await
}
