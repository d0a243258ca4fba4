//! `/api/v1/calls`

use super::gate::Guest;
use super::query::{Asked, Id, Page, cursor, moment, parse, value};
use super::{Api, Problem};
use crate::db::api::After;
use crate::db::desk::audit::masked;
use crate::db::desk::calls::{self as log, Filter, Line, PAGE_CALLS};
use crate::ids::CallId;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The longest stretch in which words are looked for: every line of every call in it is read.
const WORDS_WINDOW: TimeDelta = TimeDelta::days(31);

/// The query of the list of calls.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    /// Begun at or after: a day of the shop, or a moment.
    from: Option<String>,
    /// Begun up to the end of a day of the shop, or before a moment.
    to: Option<String>,
    /// How the call ended; `open` for those that have not.
    outcome: Option<String>,
    /// `live`, `demo`, `test`.
    origin: Option<String>,
    /// `phone`, `chat`, `browser`.
    channel: Option<String>,
    /// `uk`, `ru`, `en`.
    language: Option<String>,
    /// The last intent that was not small talk.
    scenario: Option<String>,
    /// Digits of the caller's number, from its end; for tokens that may see people.
    number: Option<String>,
    /// Words of the transcript, within 31 days before `to`.
    words: Option<String>,
    /// `order`, `booking`.
    made: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

/// A call in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Call {
    /// Ours.
    id: Uuid,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
    /// How long it was.
    duration_seconds: Option<i32>,
    /// `phone`, `chat`, …
    channel: String,
    /// `live`, `demo`, `test`.
    origin: String,
    /// The caller's number. Masked unless the token may see people.
    caller: Option<String>,
    /// The language at the end.
    language: Option<String>,
    /// The last intent that was not small talk.
    scenario: Option<String>,
    /// How it ended; null while it goes on.
    outcome: Option<String>,
    /// Where it stood when nothing was settled.
    drop_off_stage: Option<String>,
    /// Did it make an order?
    ordered: bool,
    /// Did it make a booking?
    booked: bool,
    /// What the providers cost, US dollars.
    total_cost_usd: Option<Decimal>,
}

/// A call with what was said in it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CallPage {
    /// The call.
    call: Call,
    /// Its lines in order.
    turns: Vec<Said>,
    /// Its tool calls in order.
    tool_calls: Vec<ToolCall>,
}

/// A line.
#[derive(Debug, Serialize, JsonSchema)]
struct Said {
    /// From 1.
    turn_number: i32,
    /// `customer`, `bot`, `operator`.
    speaker: String,
    /// What was said; for the agent what was heard. Numbers are masked unless the token may see
    /// people.
    content: String,
    /// The language of the line.
    language: Option<String>,
    /// From the caller's last sound to our first frame.
    first_audio_ms: Option<i32>,
    /// Did the caller cut it short?
    interrupted: bool,
    /// When it was over.
    created_at: DateTime<Utc>,
}

/// A tool call.
#[derive(Debug, Serialize, JsonSchema)]
struct ToolCall {
    /// The line of the caller that led to it.
    turn_number: Option<i32>,
    /// The tool.
    tool_name: String,
    /// What it was asked.
    tool_args: Value,
    /// What it answered.
    tool_result: Option<Value>,
    /// How long.
    duration_ms: Option<i32>,
    /// Did it do what was asked?
    success: bool,
    /// When it was done.
    created_at: DateTime<Utc>,
}

pub(super) async fn list(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<Call>>, Problem> {
    let after = query.after.as_deref().map(parse).transpose()?;
    let filter = filter(query, &guest, api.clock().now())?;
    if filter.words.is_some() {
        // Looking for words is reading what people said.
        api.note(&guest, "transcript.searched", ("calls", String::new())).await?;
    }
    let after = after.map(|after| log::After { started_at: after.at, id: after.id });
    let mut lines = log::list(api.pool(), guest.tenant(), filter, after).await?;
    let more = lines.len() > PAGE_CALLS;
    lines.truncate(PAGE_CALLS);
    let next = lines.last().filter(|_| more);
    let next = next.map(|line| cursor(After { at: line.started_at, id: line.id }));
    let items = lines.into_iter().map(|line| call(line, &guest)).collect();
    Ok(Json(Page { items, next }))
}

fn filter(query: Query, guest: &Guest, now: DateTime<Utc>) -> Result<Filter, Problem> {
    let zone = guest.zone();
    let mut from = moment("from", query.from.as_deref(), zone, false)?;
    let to = moment("to", query.to.as_deref(), zone, true)?;
    let words = value("words", query.words)?;
    if words.is_some() {
        let earliest = to.unwrap_or(now) - WORDS_WINDOW;
        from = Some(from.unwrap_or(earliest).max(earliest));
    }
    let number = value("number", query.number)?;
    if number.is_some() && !guest.sees_people() {
        return Err(Problem::invalid("number", "is only for tokens that may people:read"));
    }
    let digits = number.map(|text| text.chars().filter(char::is_ascii_digit).collect());
    let mut filter = Filter {
        from,
        to,
        outcome: value("outcome", query.outcome)?,
        origin: value("origin", query.origin)?,
        channel: value("channel", query.channel)?,
        language: value("language", query.language)?,
        scenario: value("scenario", query.scenario)?,
        digits,
        words,
        // What the desk can ask beside.
        ..Filter::default()
    };
    filter.made = value("made", query.made)?;
    Ok(filter)
}

fn call(line: Line, guest: &Guest) -> Call {
    Call {
        id: line.id,
        started_at: line.started_at,
        ended_at: line.ended_at,
        duration_seconds: line.duration_seconds,
        channel: line.channel,
        origin: line.origin,
        caller: line.caller_id.map(|number| guest.text(number)),
        language: line.language,
        scenario: line.scenario,
        outcome: line.outcome,
        drop_off_stage: line.drop_off_stage,
        ordered: line.ordered,
        booked: line.booked,
        total_cost_usd: line.total_cost_usd,
    }
}

pub(super) async fn one(
    State(api): State<Api>,
    guest: Guest,
    Id(id): Id,
) -> Result<Json<CallPage>, Problem> {
    let found = log::page(api.pool(), guest.tenant(), CallId(id)).await?;
    let page = found.ok_or_else(|| Problem::no_such("call"))?;
    api.note(&guest, "transcript.read", ("call", id.to_string())).await?;
    let json = |value: Value| if guest.sees_people() { value } else { masked(value) };
    let turns = page.turns.into_iter().map(|turn| Said {
        turn_number: turn.turn_number,
        speaker: turn.speaker,
        content: guest.text(turn.content),
        language: turn.language,
        first_audio_ms: turn.first_audio_ms,
        interrupted: turn.interrupted,
        created_at: turn.created_at,
    });
    let turns = turns.collect();
    let tool_calls = page.tools.into_iter().map(|tool| ToolCall {
        turn_number: tool.turn_number,
        tool_name: tool.tool_name,
        tool_args: json(tool.tool_args),
        tool_result: tool.tool_result.map(json),
        duration_ms: tool.duration_ms,
        success: tool.success,
        created_at: tool.created_at,
    });
    let tool_calls = tool_calls.collect();
    let c = page.call;
    let call = Call {
        id: c.id,
        started_at: c.started_at,
        ended_at: c.ended_at,
        duration_seconds: c.duration_seconds,
        channel: c.channel,
        origin: c.origin,
        caller: c.caller_id.map(|number| guest.text(number)),
        language: c.language,
        scenario: c.scenario,
        outcome: c.outcome,
        drop_off_stage: c.drop_off_stage,
        ordered: !page.orders.is_empty(),
        booked: !page.bookings.is_empty(),
        total_cost_usd: c.total_cost_usd,
    };
    Ok(Json(CallPage { call, turns, tool_calls }))
}
