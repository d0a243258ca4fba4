//! A day's rows into the tables: one statement a table, columns as arrays. (`copy` would be a
//! little quicker, but Postgres refuses it under row security.)

use super::rows::{CallRow, DayRows, ToolRow, TraceRow, TransferRow, TurnRow};
use super::write_shop as shop;
use crate::ids::TenantId;
use rust_decimal::Decimal;
use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::types::Json;

/// A column of rows as an array.
macro_rules! column {
    ($rows:expr, $field:ident) => {
        $rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
    };
}
pub(super) use column;

/// One table's rows of a day, encoded: nothing is computed any more while a transaction is open.
pub(super) type Statement = Query<'static, Postgres, PgArguments>;

/// Everything of a day, in the order of writing. What is there already (an interrupted run) stays.
pub(super) fn day(tenant: TenantId, node: &str, rows: &DayRows) -> Vec<Statement> {
    vec![
        // A day is made again as easily as it was lost: nobody waits for the disk. On a machine
        // that has better things to do, the next statement may be long in coming.
        sqlx::query(
            "select set_config('statement_timeout', '5min', true), \
                    set_config('idle_in_transaction_session_timeout', '2min', true), \
                    set_config('synchronous_commit', 'off', true)",
        ),
        shop::customers(tenant, rows),
        shop::approvals(tenant, rows),
        shop::orders(tenant, rows),
        shop::order_lines(tenant, rows),
        shop::bookings(tenant, rows),
        calls(tenant, node, &rows.calls),
        turns(tenant, &rows.turns),
        tools(tenant, &rows.tools),
        traces(tenant, &rows.traces),
        transfers(tenant, &rows.transfers),
    ]
}

fn calls(tenant: TenantId, node: &str, rows: &[CallRow]) -> Statement {
    sqlx::query(
        "insert into calls (id, tenant_id, channel, origin, caller_id, customer_id, started_at, \
             ended_at, duration_seconds, language, scenario, intents, outcome, drop_off_stage, \
             transferred_to_operator, transfer_reason, order_id, fitting_booking_id, \
             prompt_version, quality_score, sentiment, csat_score, cost_breakdown, \
             total_cost_usd, node, meta, created_at, updated_at) \
         select id, $1, channel, 'live', caller, customer, started_at, ended_at, duration, \
                language, scenario, array_remove(array[scenario], null), outcome, drop_off, \
                outcome = 'transferred', reason, sold, booked, 'generated', quality, sentiment, \
                csat, jsonb_build_object('stt', stt, 'llm', llm, 'tts', tts), stt + llm + tts, \
                $2, '{\"generated\": true}', started_at, ended_at \
         from unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[], \
             $8::timestamptz[], $9::int[], $10::text[], $11::text[], $12::text[], $13::text[], \
             $14::text[], $15::uuid[], $16::uuid[], $17::float8[], $18::text[], $19::int2[], \
             $20::numeric[], $21::numeric[], $22::numeric[]) rows (id, channel, caller, customer, \
             started_at, ended_at, duration, language, scenario, outcome, drop_off, reason, sold, \
             booked, quality, sentiment, csat, stt, llm, tts) \
         on conflict (id, started_at) do nothing",
    )
    .bind(tenant.0)
    .bind(node.to_owned())
    .bind(column!(rows, id))
    .bind(column!(rows, channel))
    .bind(column!(rows, caller))
    .bind(column!(rows, customer))
    .bind(column!(rows, started_at))
    .bind(column!(rows, ended_at))
    .bind(column!(rows, duration_s))
    .bind(column!(rows, language))
    .bind(column!(rows, scenario))
    .bind(column!(rows, outcome))
    .bind(column!(rows, drop_off))
    .bind(column!(rows, transfer_reason))
    .bind(column!(rows, order))
    .bind(column!(rows, booking))
    .bind(column!(rows, quality))
    .bind(column!(rows, sentiment))
    .bind(column!(rows, csat))
    .bind(column!(rows, stt_usd))
    .bind(column!(rows, llm_usd))
    .bind(column!(rows, tts_usd))
}

fn turns(tenant: TenantId, rows: &[TurnRow]) -> Statement {
    sqlx::query(
        "insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, speaker, \
             content, language, stt_confidence, stt_latency_ms, llm_latency_ms, tts_latency_ms, \
             endpointing_ms, first_audio_ms, interrupted, created_at) \
         select id, $1, call_id, call_started_at, number, speaker, content, language, confidence, \
                stt, llm, tts, endpointing, first_audio, interrupted, at \
         from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::int[], $6::text[], \
             $7::text[], $8::text[], $9::float4[], $10::int[], $11::int[], $12::int[], \
             $13::int[], $14::int[], $15::bool[], $16::timestamptz[]) rows (id, call_id, \
             call_started_at, number, speaker, content, language, confidence, stt, llm, tts, \
             endpointing, first_audio, interrupted, at) \
         on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, call))
    .bind(column!(rows, call_started_at))
    .bind(column!(rows, number))
    .bind(column!(rows, speaker))
    .bind(column!(rows, content))
    .bind(column!(rows, language))
    .bind(column!(rows, confidence))
    .bind(column!(rows, stt_ms))
    .bind(column!(rows, llm_ms))
    .bind(column!(rows, tts_ms))
    .bind(column!(rows, endpointing_ms))
    .bind(column!(rows, first_audio_ms))
    .bind(column!(rows, interrupted))
    .bind(column!(rows, at))
}

fn tools(tenant: TenantId, rows: &[ToolRow]) -> Statement {
    sqlx::query(
        "insert into call_tool_calls (id, tenant_id, call_id, call_started_at, turn_number, \
             tool_name, tool_args, tool_result, duration_ms, success, trace_id, approval_id, \
             created_at) \
         select id, $1, call_id, call_started_at, number, name, args, result, took, success, \
                trace, approval, at \
         from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::int[], $6::text[], \
             $7::jsonb[], $8::jsonb[], $9::int[], $10::bool[], $11::uuid[], $12::uuid[], \
             $13::timestamptz[]) rows (id, call_id, call_started_at, number, name, args, result, \
             took, success, trace, approval, at) \
         on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, call))
    .bind(column!(rows, call_started_at))
    .bind(column!(rows, turn_number))
    .bind(column!(rows, name))
    .bind(rows.iter().map(|row| Json(row.args.clone())).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| Json(row.result.clone())).collect::<Vec<_>>())
    .bind(column!(rows, duration_ms))
    .bind(column!(rows, success))
    .bind(column!(rows, trace))
    .bind(column!(rows, approval))
    .bind(column!(rows, at))
}

fn traces(tenant: TenantId, rows: &[TraceRow]) -> Statement {
    sqlx::query(
        "insert into call_traces (id, tenant_id, call_id, call_started_at, turn_number, step, \
             agent_name, provider, model, tokens_input, tokens_cached, tokens_output, units, unit, \
             cost_usd, started_at, duration_ms, status, created_at) \
         select id, $1, call_id, call_started_at, number, step, agent, provider, model, read, \
                known, written, units, unit, cost, at, took, status, at \
         from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::int[], $6::text[], \
             $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::int[], \
             $13::numeric[], $14::text[], $15::numeric[], $16::timestamptz[], $17::int[], \
             $18::text[]) rows (id, call_id, call_started_at, number, step, agent, provider, \
             model, read, known, written, units, unit, cost, at, took, status) \
         on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, call))
    .bind(column!(rows, call_started_at))
    .bind(column!(rows, turn_number))
    .bind(column!(rows, step))
    .bind(column!(rows, agent))
    .bind(column!(rows, provider))
    .bind(column!(rows, model))
    .bind(column!(rows, tokens_input))
    .bind(column!(rows, tokens_cached))
    .bind(column!(rows, tokens_output))
    .bind(column!(rows, units))
    .bind(column!(rows, unit))
    .bind(rows.iter().map(|row| row.cost_usd).collect::<Vec<Decimal>>())
    .bind(column!(rows, at))
    .bind(column!(rows, duration_ms))
    .bind(column!(rows, status))
}

fn transfers(tenant: TenantId, rows: &[TransferRow]) -> Statement {
    sqlx::query(
        "insert into call_transfers (id, tenant_id, call_id, call_started_at, attempt, kind, \
             target, reason, requested_at, answered_at, ended_at, outcome, created_at) \
         select id, $1, call_id, call_started_at, 1, 'bridge', 'operator', reason, requested, \
                answered, ended, 'taken', requested \
         from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::timestamptz[], \
             $7::timestamptz[], $8::timestamptz[]) rows (id, call_id, call_started_at, reason, \
             requested, answered, ended) \
         on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, call))
    .bind(column!(rows, call_started_at))
    .bind(column!(rows, reason))
    .bind(column!(rows, requested_at))
    .bind(column!(rows, answered_at))
    .bind(column!(rows, ended_at))
}
