//! Everything that the desk shows of one call, read in one transaction.

use crate::db::desk::reading;
use crate::ids::{CallId, TenantId};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Steps of a call that are shown; a call of 60 turns has some 600.
const STAGES_MAX: i64 = 2_000;

/// A call.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Call {
    /// Which.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How long it was, seconds.
    pub duration_seconds: Option<i32>,
    /// `phone`, `chat`, …
    pub channel: String,
    /// `live`, `demo`, `test`.
    pub origin: String,
    /// The caller's number.
    pub caller_id: Option<String>,
    /// The number that was called.
    pub called_number: Option<String>,
    /// The language at the end.
    pub language: Option<String>,
    /// The last intent that was not small talk.
    pub scenario: Option<String>,
    /// What else was wished for.
    pub intents: Vec<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Where it stood when nothing was settled.
    pub drop_off_stage: Option<String>,
    /// Why a person was brought.
    pub transfer_reason: Option<String>,
    /// How the caller sounded.
    pub sentiment: Option<String>,
    /// The judge's score, 0 to 1.
    pub quality_score: Option<f64>,
    /// The caller's rating, 1 to 5.
    pub csat_score: Option<i16>,
    /// Dollars by kind of provider.
    pub cost_breakdown: Option<Value>,
    /// What the providers cost, US dollars.
    pub total_cost_usd: Option<Decimal>,
    /// The instructions in force.
    pub prompt_version: Option<String>,
    /// The machine and process that served it.
    pub node: Option<String>,
    /// Notes of the program.
    pub meta: Value,
}

/// A line of the conversation.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Turn {
    /// Dense from 1.
    pub turn_number: i32,
    /// `customer`, `bot`, `operator`.
    pub speaker: String,
    /// What was said; for the agent what was heard.
    pub content: String,
    /// The language of the line.
    pub language: Option<String>,
    /// How sure the recogniser was, 0 to 1.
    pub stt_confidence: Option<f32>,
    /// From asking the recogniser to its text, milliseconds.
    pub stt_latency_ms: Option<i32>,
    /// From asking the model to its first text, milliseconds.
    pub llm_latency_ms: Option<i32>,
    /// From asking the voice to its first sound, milliseconds.
    pub tts_latency_ms: Option<i32>,
    /// From the caller's last sound to the end-of-turn decision, milliseconds.
    pub endpointing_ms: Option<i32>,
    /// From the caller's last sound to our first frame, milliseconds.
    pub first_audio_ms: Option<i32>,
    /// Did the caller cut it short?
    pub interrupted: bool,
    /// When it was over.
    pub created_at: DateTime<Utc>,
}

/// A tool call.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Tool {
    /// The line of the caller that led to it.
    pub turn_number: Option<i32>,
    /// The tool.
    pub tool_name: String,
    /// What it was asked.
    pub tool_args: Value,
    /// What it answered.
    pub tool_result: Option<Value>,
    /// How long, milliseconds.
    pub duration_ms: Option<i32>,
    /// Did it do what was asked?
    pub success: bool,
    /// Did it run under an agreement of the caller's?
    pub approved: bool,
    /// When it was done.
    pub created_at: DateTime<Utc>,
}

/// A step on the time line.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Stage {
    /// The line of the caller that led to it; 0 before the first.
    pub turn_number: i32,
    /// `endpoint`, `stt`, `llm`, `tool`, `tts`, …
    pub step: String,
    /// Who did it.
    pub agent_name: String,
    /// Since the call began, milliseconds.
    pub begun_ms: i64,
    /// How long, milliseconds.
    pub duration_ms: i32,
    /// `success`, `error`, `timeout`, `cancelled`.
    pub status: String,
    /// What went wrong: a code or a sentence of ours.
    pub error_message: Option<String>,
    /// Whose service it was.
    pub provider: Option<String>,
    /// Which model of theirs.
    pub model: Option<String>,
    /// Tokens that went in.
    pub tokens_input: Option<i32>,
    /// Those of them that the model knew already.
    pub tokens_cached: Option<i32>,
    /// Tokens that came out.
    pub tokens_output: Option<i32>,
    /// Of what is not counted in tokens: so much.
    pub units: Option<Decimal>,
    /// `second`, `character`.
    pub unit: Option<String>,
    /// At the price of that day, US dollars; none if nobody knows the price.
    pub cost_usd: Option<Decimal>,
}

/// An attempt to bring a person.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Transfer {
    /// Within the call, from 1.
    pub attempt: i32,
    /// `blind`, `bridge`, `warm`, `hand_back`.
    pub kind: String,
    /// A name of the allow-list.
    pub target: String,
    /// Why.
    pub reason: String,
    /// What the operator was told.
    pub summary: String,
    /// When it began.
    pub requested_at: DateTime<Utc>,
    /// When a person picked up.
    pub answered_at: Option<DateTime<Utc>>,
    /// What became of it; none while it is under way.
    pub outcome: Option<String>,
}

/// An order that the call put together.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Order {
    /// The order.
    pub id: Uuid,
    /// Its number, once it is confirmed.
    pub order_number: Option<String>,
    /// `draft`, `confirmed`, …
    pub status: String,
    /// What is in it.
    pub items: String,
    /// UAH.
    pub total: Decimal,
}

/// A fitting that the call booked.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Booking {
    /// The booking.
    pub id: Uuid,
    /// Where.
    pub station: String,
    /// On which day of the shop.
    pub booking_date: NaiveDate,
    /// When that day.
    pub booking_time: NaiveTime,
    /// `held`, `confirmed`, …
    pub status: String,
}

/// Everything of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The call.
    pub call: Call,
    /// Its lines in order.
    pub turns: Vec<Turn>,
    /// Its tool calls in order.
    pub tools: Vec<Tool>,
    /// Its steps in order.
    pub stages: Vec<Stage>,
    /// Its attempts to bring a person.
    pub transfers: Vec<Transfer>,
    /// What it sold.
    pub orders: Vec<Order>,
    /// What it booked.
    pub bookings: Vec<Booking>,
}

/// Reads a call; `None` if this shop has none of that id, or it is hidden.
///
/// # Errors
/// What Postgres says.
pub async fn page(
    pool: &PgPool,
    tenant: TenantId,
    call: CallId,
) -> Result<Option<Page>, sqlx::Error> {
    reading(pool, tenant, move |conn| Box::pin(async move { read(conn, call).await })).await
}

async fn read(conn: &mut PgConnection, id: CallId) -> Result<Option<Page>, sqlx::Error> {
    let found: Option<Call> = sqlx::query_as(
        "select id, started_at, ended_at, duration_seconds, channel, origin, caller_id, \
                called_number, language, scenario, intents, outcome, drop_off_stage, \
                transfer_reason, sentiment, quality_score, csat_score, cost_breakdown, \
                total_cost_usd, prompt_version, node, meta \
         from calls where id = $1 and deleted_at is null order by started_at desc limit 1",
    )
    .bind(id.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(call) = found else { return Ok(None) };
    let at = call.started_at;
    let turns = sqlx::query_as(
        "select turn_number, speaker, content, language, stt_confidence, stt_latency_ms, \
                llm_latency_ms, tts_latency_ms, endpointing_ms, first_audio_ms, interrupted, \
                created_at \
         from call_turns where call_id = $1 and call_started_at = $2 order by turn_number",
    )
    .bind(id.0)
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let tools = sqlx::query_as(
        "select turn_number, tool_name, tool_args, tool_result, duration_ms, success, \
                approval_id is not null as approved, created_at \
         from call_tool_calls where call_id = $1 and call_started_at = $2 \
         order by created_at, turn_number",
    )
    .bind(id.0)
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let stages = sqlx::query_as(
        "select turn_number, step, agent_name, \
                (extract(epoch from started_at - call_started_at) * 1000)::bigint as begun_ms, \
                duration_ms, status, error_message, provider, model, tokens_input, tokens_cached, \
                tokens_output, units, unit, cost_usd \
         from call_traces where call_id = $1 and call_started_at = $2 \
         order by started_at limit $3",
    )
    .bind(id.0)
    .bind(at)
    .bind(STAGES_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let transfers = sqlx::query_as(
        "select attempt, kind, target, reason, summary, requested_at, answered_at, outcome \
         from call_transfers where call_id = $1 and call_started_at = $2 order by attempt",
    )
    .bind(id.0)
    .bind(at)
    .fetch_all(&mut *conn)
    .await?;
    let (orders, bookings) = led_to(conn, id).await?;
    Ok(Some(Page { call, turns, tools, stages, transfers, orders, bookings }))
}

/// What a call led to.
async fn led_to(
    conn: &mut PgConnection,
    id: CallId,
) -> Result<(Vec<Order>, Vec<Booking>), sqlx::Error> {
    let orders = sqlx::query_as(
        "select o.id, o.order_number, o.status, o.total, \
                coalesce((select string_agg(i.quantity || ' × ' || i.product_name, ', ' \
                    order by i.line) from order_items i where i.order_id = o.id), '') as items \
         from orders o where o.source_call_id = $1 order by o.created_at, o.id",
    )
    .bind(id.0)
    .fetch_all(&mut *conn)
    .await?;
    let bookings = sqlx::query_as(
        "select b.id, s.name as station, b.booking_date, b.booking_time, b.status \
         from fitting_bookings b join fitting_stations s on s.id = b.station_id \
         where b.source_call_id = $1 order by b.created_at",
    )
    .bind(id.0)
    .fetch_all(conn)
    .await?;
    Ok((orders, bookings))
}
