//! The row of a call: opened, changed, ended, closed after a crash, and read again.

use super::log::{json, short, word};
use super::traces::{self, OfCall};
use super::{all_tenants, with_tenant};
use crate::ids::{CallId, TenantId};
use crate::language::Language;
use crate::language::sentiment::Sentiment;
use crate::spool::{CallOpened, LogEntry};
use crate::turn::{Note, Outcome};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// The beginning of a call; the customer of its number is made or found.
pub(super) async fn open(
    conn: &mut PgConnection,
    entry: &LogEntry,
    opened: &CallOpened,
) -> Result<(), sqlx::Error> {
    let caller = opened.caller.as_ref().map(|phone| phone.reveal().to_owned());
    let customer = match &caller {
        Some(phone) => Some(customer(conn, entry, phone, opened.origin == "live").await?),
        None => None,
    };
    sqlx::query(
        "insert into calls (id, tenant_id, channel, origin, caller_id, called_number, \
             customer_id, started_at, language, prompt_version, node, asterisk_channel_id, meta) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
             jsonb_build_object('data', $13::jsonb)) \
         on conflict (id, started_at) do nothing",
    )
    .bind(entry.call.0)
    .bind(entry.tenant.0)
    .bind(short(&opened.channel))
    .bind(short(&opened.origin))
    .bind(caller)
    .bind(opened.called.as_deref().map(short))
    .bind(customer)
    .bind(entry.call_started_at)
    .bind(opened.language.code())
    .bind(short(&opened.prompt_version))
    .bind(short(&opened.node))
    .bind(opened.asterisk_channel.as_deref().map(short))
    .bind(json(&opened.data))
    .execute(conn)
    .await?;
    Ok(())
}

/// Rehearsals are linked to a customer too, but only real calls count for them.
async fn customer(
    conn: &mut PgConnection,
    entry: &LogEntry,
    phone: &str,
    counts: bool,
) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar(
        "insert into customers (tenant_id, phone, total_calls, first_call_at, last_call_at) \
         values ($1, $2, $3::int, case when $3 = 1 then $4 end, case when $3 = 1 then $4 end) \
         on conflict (tenant_id, phone) do update \
         set total_calls = customers.total_calls + excluded.total_calls, \
             first_call_at = least(customers.first_call_at, excluded.first_call_at), \
             last_call_at = greatest(customers.last_call_at, excluded.last_call_at), \
             updated_at = now() \
         returning id",
    )
    .bind(entry.tenant.0)
    .bind(phone)
    .bind(i32::from(counts))
    .bind(entry.call_started_at)
    .fetch_one(conn)
    .await
}

pub(super) async fn set_language(
    conn: &mut PgConnection,
    entry: &LogEntry,
    language: Language,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update calls set language = $3, updated_at = now() where id = $1 and started_at = $2",
    )
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(language.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// The caller's rating, 1 to 5.
pub(super) async fn set_rating(
    conn: &mut PgConnection,
    entry: &LogEntry,
    score: u8,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update calls set csat_score = $3, updated_at = now() where id = $1 and started_at = $2",
    )
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(i16::from(score))
    .execute(conn)
    .await?;
    Ok(())
}

/// How the caller sounded.
pub(super) async fn set_sentiment(
    conn: &mut PgConnection,
    entry: &LogEntry,
    sentiment: Sentiment,
) -> Result<(), sqlx::Error> {
    sqlx::query("update calls set sentiment = $3 where id = $1 and started_at = $2")
        .bind(entry.call.0)
        .bind(entry.call_started_at)
        .bind(word(&sentiment))
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn mark_transcript_off(
    conn: &mut PgConnection,
    entry: &LogEntry,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update calls set meta = meta || '{\"transcript_off\": true}', updated_at = now() \
         where id = $1 and started_at = $2",
    )
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The end of a call; anything but [`Note::Ended`] is ignored.
pub(super) async fn end(
    conn: &mut PgConnection,
    entry: &LogEntry,
    note: &Note,
) -> Result<(), sqlx::Error> {
    let Note::Ended { outcome, drop_off_stage, language, scenario, intents, transfer_reason } =
        note
    else {
        return Ok(());
    };
    let done = sqlx::query(
        "update calls set ended_at = greatest($3, started_at), \
             duration_seconds = greatest(0, round(extract(epoch from $3 - started_at)))::int, \
             outcome = $4, drop_off_stage = $5, language = $6, scenario = $7, intents = $8, \
             transferred_to_operator = $9, transfer_reason = $10, \
             cost_breakdown = coalesce(cost_breakdown, '{}'), \
             total_cost_usd = coalesce(total_cost_usd, 0), updated_at = now() \
         where id = $1 and started_at = $2",
    )
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(entry.at)
    .bind(word(outcome))
    .bind(drop_off_stage.as_ref().map(word))
    .bind(language.code())
    .bind(scenario.as_deref().map(short))
    .bind(intents.iter().map(|intent| short(intent)).collect::<Vec<_>>())
    .bind(*outcome == Outcome::Transferred)
    .bind(transfer_reason.as_deref().map(short))
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 {
        tracing::error!(call = %entry.call, "a call ended that was never opened in the log");
    }
    Ok(())
}

/// Shows on the call the booking and the order that it made.
pub(super) async fn link_booking(
    conn: &mut PgConnection,
    entry: &LogEntry,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update calls set fitting_booking_id = coalesce(made.booking, fitting_booking_id), \
             order_id = coalesce(made.sold, order_id), updated_at = now() \
         from (select \
                 (select id from fitting_bookings where source_call_id = $1 \
                     and status = 'confirmed' order by created_at desc limit 1) as booking, \
                 (select id from orders where source_call_id = $1 \
                     and order_number is not null order by confirmed_at desc limit 1) as sold \
             ) made \
         where calls.id = $1 and calls.started_at = $2 \
           and (calls.fitting_booking_id, calls.order_id) is distinct from \
               (coalesce(made.booking, fitting_booking_id), coalesce(made.sold, order_id))",
    )
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes the calls that dead processes left open, as `lost_process`: they ended with their last
/// record. A node is `host/instance`; `instances` are the dead ones. Answers how many.
///
/// # Errors
/// What Postgres says.
pub async fn close_lost(pool: &PgPool, instances: Vec<String>) -> Result<u64, sqlx::Error> {
    let mut closed = 0;
    for tenant in all_tenants(pool).await? {
        let instances = instances.clone();
        closed += with_tenant(pool, tenant, move |conn| {
            Box::pin(async move { close_lost_of_tenant(conn, &instances).await })
        })
        .await?;
    }
    Ok(closed)
}

async fn close_lost_of_tenant(
    conn: &mut PgConnection,
    instances: &[String],
) -> Result<u64, sqlx::Error> {
    sqlx::query("set local statement_timeout = '30s'").execute(&mut *conn).await?;
    let lost: Vec<(Uuid, Uuid, DateTime<Utc>)> = sqlx::query_as(
        "update calls set outcome = 'lost_process', \
             ended_at = greatest(started_at, last.at), \
             duration_seconds = \
                 greatest(0, round(extract(epoch from last.at - started_at)))::int, \
             updated_at = now() \
         from (select c.id, c.started_at as opened_at, \
                      coalesce((select max(j.at) from call_journal j \
                                where j.call_started_at = c.started_at and j.call_id = c.id), \
                               c.started_at) as at \
               from calls c \
               where c.ended_at is null and split_part(c.node, '/', 2) = any($1)) last \
         where calls.id = last.id and calls.started_at = last.opened_at \
         returning calls.tenant_id, calls.id, calls.started_at",
    )
    .bind(instances)
    .fetch_all(&mut *conn)
    .await?;
    for (tenant, call, call_started_at) in &lost {
        let (tenant, call) = (TenantId(*tenant), CallId(*call));
        let of = OfCall { tenant, call, call_started_at: *call_started_at };
        traces::settle(conn, of).await?;
    }
    Ok(lost.len() as u64)
}

/// A call as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct CallRow {
    /// The call.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How long it was, seconds.
    pub duration_seconds: Option<i32>,
    /// `live`, `demo` or `test`.
    pub origin: String,
    /// The language at the end.
    pub language: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Where it stood when nothing was settled.
    pub drop_off_stage: Option<String>,
    /// The last intent that was not small talk.
    pub scenario: Option<String>,
    /// The booking that it made.
    pub fitting_booking_id: Option<Uuid>,
    /// Was it handed to a person?
    pub transferred_to_operator: bool,
    /// The caller's rating, 1 to 5.
    pub csat_score: Option<i16>,
}

/// A line of a call as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct TurnRow {
    /// Dense from 1.
    pub turn_number: i32,
    /// `customer` or `bot`.
    pub speaker: String,
    /// What was said; for the agent what was heard.
    pub content: String,
    /// From asking the recogniser to its text, milliseconds.
    pub stt_latency_ms: Option<i32>,
    /// From asking the model to its first text, milliseconds.
    pub llm_latency_ms: Option<i32>,
    /// From asking the voice to its first audio, milliseconds.
    pub tts_latency_ms: Option<i32>,
    /// From the caller's last sound to the end-of-turn decision, milliseconds.
    pub endpointing_ms: Option<i32>,
    /// From the caller's last sound to our first frame, milliseconds.
    pub first_audio_ms: Option<i32>,
    /// Did the caller cut it short?
    pub interrupted: bool,
}

/// A tool call as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct ToolRow {
    /// The line of the caller that led to it.
    pub turn_number: Option<i32>,
    /// The tool.
    pub tool_name: String,
    /// Its arguments.
    pub tool_args: Value,
    /// Its result.
    pub tool_result: Option<Value>,
    /// How long, milliseconds.
    pub duration_ms: Option<i32>,
    /// Did it do what was asked?
    pub success: bool,
}

/// Everything that the log shows of one call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallRecord {
    /// The call.
    pub call: CallRow,
    /// Its lines in order.
    pub turns: Vec<TurnRow>,
    /// Its tool calls in order.
    pub tool_calls: Vec<ToolRow>,
}

/// Reads a call, its lines and its tool calls; `None` if the log does not know it (yet).
///
/// # Errors
/// What Postgres says.
pub async fn load(
    pool: &PgPool,
    tenant: TenantId,
    call: CallId,
) -> Result<Option<CallRecord>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| Box::pin(async move { load_in(conn, call).await })).await
}

async fn load_in(conn: &mut PgConnection, call: CallId) -> Result<Option<CallRecord>, sqlx::Error> {
    let found: Option<CallRow> = sqlx::query_as(
        "select id, started_at, ended_at, duration_seconds, origin, language, outcome, \
                drop_off_stage, scenario, fitting_booking_id, transferred_to_operator, csat_score \
         from calls where id = $1 and deleted_at is null order by started_at desc limit 1",
    )
    .bind(call.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let turns = sqlx::query_as(
        "select turn_number, speaker, content, stt_latency_ms, llm_latency_ms, tts_latency_ms, \
                endpointing_ms, first_audio_ms, interrupted \
         from call_turns where call_id = $1 and call_started_at = $2 order by turn_number",
    )
    .bind(call.0)
    .bind(found.started_at)
    .fetch_all(&mut *conn)
    .await?;
    let tool_calls = sqlx::query_as(
        "select turn_number, tool_name, tool_args, tool_result, duration_ms, success \
         from call_tool_calls where call_id = $1 and call_started_at = $2 \
         order by created_at, turn_number",
    )
    .bind(call.0)
    .bind(found.started_at)
    .fetch_all(conn)
    .await?;
    Ok(Some(CallRecord { call: found, turns, tool_calls }))
}
