//! `call_traces` and `call_scenario_switches`: what each step of a call took, and where the call
//! changed hands.

use super::log::{integer, json, short, word};
use crate::ids::{CallId, TenantId, row_id};
use crate::spool::{LogEntry, StepKind, StepStatus, TraceStep};
use crate::turn::Note;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json as object};
use sqlx::PgConnection;
use uuid::Uuid;

/// The call that a step belongs to.
#[derive(Debug, Clone, Copy)]
pub struct OfCall {
    /// The shop.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// The partition column.
    pub call_started_at: DateTime<Utc>,
}

impl OfCall {
    const fn entry(entry: &LogEntry) -> Self {
        Self { tenant: entry.tenant, call: entry.call, call_started_at: entry.call_started_at }
    }
}

/// Writes a step and, if its call is over already, counts the call's cost again.
pub(super) async fn apply(
    conn: &mut PgConnection,
    entry: &LogEntry,
    step: &TraceStep,
) -> Result<(), sqlx::Error> {
    let of = OfCall::entry(entry);
    insert(conn, of, row_id(of.call, &format!("trace {}", entry.seq)), step).await?;
    if step.cost_usd.is_none_or(|cost| !cost.is_zero()) {
        settle(conn, of).await?;
    }
    Ok(())
}

/// Writes a step under `id`, once. Inside a transaction that has its tenant set. For steps that
/// come from elsewhere than the call itself (a judge, an indexer) call [`settle`] after it.
///
/// # Errors
/// What Postgres says.
pub async fn insert(
    conn: &mut PgConnection,
    of: OfCall,
    id: Uuid,
    step: &TraceStep,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into call_traces (id, tenant_id, call_id, call_started_at, turn_number, step, \
             agent_name, provider, model, tokens_input, tokens_cached, tokens_output, units, unit, \
             cost_usd, started_at, duration_ms, status, error_message, input_data, output_data) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
             $19, coalesce(nullif($20, 'null'::jsonb), '{}'), \
             coalesce(nullif($21, 'null'::jsonb), '{}')) \
         on conflict do nothing",
    )
    .bind(id)
    .bind(of.tenant.0)
    .bind(of.call.0)
    .bind(of.call_started_at)
    .bind(integer(u64::from(step.turn_number)))
    .bind(word(&step.step))
    .bind(short(&step.agent_name))
    .bind(step.provider.as_deref().map(short))
    .bind(step.model.as_deref().map(short))
    .bind(step.tokens_input.map(|n| integer(n.into())))
    .bind(step.tokens_cached.map(|n| integer(n.into())))
    .bind(step.tokens_output.map(|n| integer(n.into())))
    .bind(step.units.map(|(count, _)| count))
    .bind(step.units.as_ref().map(|(_, unit)| word(unit)))
    .bind(step.cost_usd)
    .bind(step.started_at)
    .bind(integer(step.duration_ms))
    .bind(word(&step.status))
    .bind(step.error_message.as_deref().map(short))
    .bind(json(&step.input))
    .bind(json(&step.output))
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts the cost of a call that is over onto its row: the sum of its steps, by kind of step. What
/// has no known price is left out and counted in `meta.unpriced_steps`.
///
/// # Errors
/// What Postgres says.
pub async fn settle(conn: &mut PgConnection, of: OfCall) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with steps as ( \
             select step, sum(coalesce(cost_usd, 0)) as usd, \
                    count(*) filter (where cost_usd is null) as unpriced \
             from call_traces where call_id = $1 and call_started_at = $2 group by step \
         ), bill as ( \
             select '{\"stt\": 0, \"llm\": 0, \"tts\": 0}'::jsonb || coalesce( \
                        jsonb_object_agg(step, usd) filter ( \
                            where usd > 0 or step in ('stt', 'llm', 'tts')), '{}') as parts, \
                    coalesce(sum(usd), 0) as usd, coalesce(sum(unpriced), 0)::int as unpriced \
             from steps \
         ) \
         update calls set cost_breakdown = bill.parts, total_cost_usd = bill.usd, \
             meta = case when bill.unpriced = 0 then meta \
                         else meta || jsonb_build_object('unpriced_steps', bill.unpriced) end \
         from bill where id = $1 and started_at = $2 and ended_at is not null",
    )
    .bind(of.call.0)
    .bind(of.call_started_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The bill of a call that has just ended.
pub(super) async fn settle_entry(
    conn: &mut PgConnection,
    entry: &LogEntry,
) -> Result<(), sqlx::Error> {
    settle(conn, OfCall::entry(entry)).await
}

/// The row of a tool's step in `call_traces`.
pub(super) fn tool_trace_id(call: CallId, tool_call: u32) -> Uuid {
    row_id(call, &format!("trace of tool {tool_call}"))
}

/// The steps that the core's notes tell of: a tool, a judged sentence. Their times are the note's,
/// so the spool does not carry them twice.
pub(super) async fn of_note(
    conn: &mut PgConnection,
    entry: &LogEntry,
    note: &Note,
) -> Result<(), sqlx::Error> {
    let (id, step) = match note {
        Note::ToolCall { call, turn_number, name, args, result, duration_ms, success, .. } => {
            let code = result.get("error").and_then(Value::as_str).filter(|_| !success);
            let status = match code {
                _ if *success => StepStatus::Success,
                Some("timeout") => StepStatus::Timeout,
                _ => StepStatus::Error,
            };
            let step = TraceStep {
                duration_ms: *duration_ms,
                status,
                error_message: code.map(str::to_owned),
                input: object!({ "tool": name, "args": names(args) }),
                output: object!({ "ok": success, "fields": names(result) }),
                ..plain(entry, *turn_number, StepKind::Tool, name, *duration_ms)
            };
            (tool_trace_id(entry.call, call.0), step)
        }
        Note::Claim { number, turn_number, verdict, reason, evidence, .. } => {
            let step = TraceStep {
                output: object!({
                    "verdict": verdict, "reason": reason, "claims": evidence.len() }),
                ..plain(entry, *turn_number, StepKind::Guard, "claim_guard", 0)
            };
            (row_id(entry.call, &format!("trace of claim {number}")), step)
        }
        _ => return Ok(()),
    };
    insert(conn, OfCall::entry(entry), id, &step).await
}

/// A step of our own, which costs nothing and ended when it was noted.
fn plain(
    entry: &LogEntry,
    turn_number: u32,
    step: StepKind,
    agent: &str,
    took_ms: u64,
) -> TraceStep {
    let took = TimeDelta::milliseconds(i64::try_from(took_ms).unwrap_or(0));
    let started_at = entry.at.checked_sub_signed(took).unwrap_or(entry.at);
    TraceStep::free(turn_number, (step, agent), started_at, took_ms)
}

/// The names of an object's fields: what was told, without the telling.
fn names(value: &Value) -> Vec<&String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name).collect()
}

/// Writes a change of hands; a note of another kind is left alone.
pub(super) async fn insert_switch(
    conn: &mut PgConnection,
    entry: &LogEntry,
    note: &Note,
) -> Result<(), sqlx::Error> {
    let Note::Switched { number, turn_number, kind, from, to, reason } = note else {
        return Ok(());
    };
    sqlx::query(
        "insert into call_scenario_switches (id, tenant_id, call_id, call_started_at, \
             switch_number, turn_number, kind, from_agent, to_agent, reason, switched_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
    )
    .bind(row_id(entry.call, &format!("switch {number}")))
    .bind(entry.tenant.0)
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(integer(u64::from(*number)))
    .bind(integer(u64::from(*turn_number)))
    .bind(word(kind))
    .bind(from.as_deref().map(short))
    .bind(short(to))
    .bind(short(reason))
    .bind(entry.at)
    .execute(conn)
    .await?;
    Ok(())
}
