//! The calls in progress of other processes, as the log has them.

use super::Told;
use crate::db::{all_tenants, with_tenant};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// A call that goes on, as the log has it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct OpenCall {
    /// The shop.
    pub tenant_id: Uuid,
    /// The call.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The caller's number.
    pub caller_id: Option<String>,
    /// `live`, `demo`, `test`.
    pub origin: String,
    /// `phone`, `chat`, …
    pub channel: String,
    /// The process that has it.
    pub node: String,
    /// Where a person is being looked for.
    pub moves_to: Option<String>,
}

/// A line of a call, as the log has it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// The call.
    pub call_id: Uuid,
    /// Dense from 1.
    pub turn_number: i32,
    /// `customer` or `bot`.
    pub speaker: String,
    /// What.
    pub content: String,
    /// The language.
    pub language: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When the call began.
    pub call_started_at: DateTime<Utc>,
    /// Was it cut short?
    pub interrupted: bool,
    /// Until the answer was heard, milliseconds.
    pub first_audio_ms: Option<i32>,
}

/// The calls of other processes than `node` that began since `since` and go on, with their lines.
///
/// # Errors
/// What Postgres says.
pub async fn open_calls(
    pool: &PgPool,
    node: &str,
    since: DateTime<Utc>,
) -> Result<Vec<(OpenCall, Vec<Line>)>, sqlx::Error> {
    let mut all = Vec::new();
    for tenant in all_tenants(pool).await? {
        let node = node.to_owned();
        let (calls, mut lines) = with_tenant::<_, sqlx::Error, _>(pool, tenant, move |conn| {
            Box::pin(async move {
                let calls: Vec<OpenCall> = sqlx::query_as(
                    "select c.tenant_id, c.id, c.started_at, c.caller_id, c.origin, c.channel, \
                            c.node, (select t.target from call_transfers t \
                                where t.call_id = c.id and t.call_started_at = c.started_at \
                                  and t.outcome is null order by t.attempt desc limit 1) moves_to \
                     from calls c where c.ended_at is null and c.started_at >= $1 \
                         and c.node is not null and c.node <> $2 and c.deleted_at is null",
                )
                .bind(since)
                .bind(node)
                .fetch_all(&mut *conn)
                .await?;
                let ids: Vec<Uuid> = calls.iter().map(|call| call.id).collect();
                let lines = lines(conn, since, &ids, None).await?;
                Ok((calls, lines))
            })
        })
        .await?;
        for call in calls {
            let (its, others) = lines.into_iter().partition(|line| line.call_id == call.id);
            lines = others;
            all.push((call, its));
        }
    }
    Ok(all)
}

/// One line of a call.
///
/// # Errors
/// What Postgres says.
pub async fn line(pool: &PgPool, told: &Told, number: u32) -> Result<Option<Line>, sqlx::Error> {
    let (call, began_at) = (told.call.0, told.began_at);
    let found = with_tenant::<_, sqlx::Error, _>(pool, told.tenant, move |conn| {
        Box::pin(async move { lines(conn, began_at, &[call], i32::try_from(number).ok()).await })
    })
    .await?;
    Ok(found.into_iter().next())
}

async fn lines(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
    calls: &[Uuid],
    number: Option<i32>,
) -> Result<Vec<Line>, sqlx::Error> {
    sqlx::query_as(
        "select call_id, turn_number, speaker, content, language, created_at, call_started_at, \
                interrupted, first_audio_ms \
         from call_turns where call_started_at >= $1 and call_id = any($2) \
             and ($3::int is null or turn_number = $3) order by call_id, turn_number",
    )
    .bind(since)
    .bind(calls)
    .bind(number)
    .fetch_all(conn)
    .await
}
