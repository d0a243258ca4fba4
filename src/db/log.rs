//! From journal records to rows. A record applied twice is one row: the journal row decides.

use super::{approvals, calls, evals, live, traces, transfers};
use crate::ids::{TenantId, row_id};
use crate::spool::{LogEntry, Record};
use crate::turn::{Note, ToolCallId, TurnNote};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashSet;
use uuid::Uuid;

/// Longest line of a conversation that is kept, characters.
const CONTENT_CHARS_MAX: usize = 4_000;

/// Longest name, reason or code that is kept, characters.
const WORD_CHARS_MAX: usize = 200;

/// Applies records of one tenant, in order, inside a transaction that has it set. Those that were
/// applied before are passed over.
///
/// # Errors
/// What Postgres says; the transaction is then of no more use.
pub async fn apply(
    conn: &mut PgConnection,
    tenant: TenantId,
    entries: &[LogEntry],
) -> Result<(), sqlx::Error> {
    apply_telling(conn, tenant, entries, None).await
}

/// The same, and the other processes hear of what happens in the calls of `node`.
///
/// # Errors
/// What Postgres says; the transaction is then of no more use.
pub async fn apply_telling(
    conn: &mut PgConnection,
    tenant: TenantId,
    entries: &[LogEntry],
    node: Option<&str>,
) -> Result<(), sqlx::Error> {
    let mut new = journal(conn, tenant, entries).await?;
    for entry in entries {
        if new.remove(&journal_id(entry)) {
            apply_one(conn, entry).await?;
            if let Some(node) = node {
                live::tell(conn, entry, node).await?;
            }
        }
    }
    Ok(())
}

async fn apply_one(conn: &mut PgConnection, entry: &LogEntry) -> Result<(), sqlx::Error> {
    match &entry.record {
        Record::Opened(opened) => calls::open(conn, entry, opened).await,
        Record::TransferAsked(asked) => transfers::insert(conn, entry, asked).await,
        Record::TransferDone(done) => transfers::end(conn, entry, done).await,
        Record::Note(note) => apply_note(conn, entry, note).await,
        Record::Trace(step) => traces::apply(conn, entry, step).await,
        // The journal row is all of them.
        Record::Core(_) | Record::Steps(_) => Ok(()),
    }
}

fn journal_id(entry: &LogEntry) -> Uuid {
    row_id(entry.call, &format!("journal {}", entry.seq))
}

/// The records as they were written, each once, in one statement; the ids of those that were not
/// there before.
async fn journal(
    conn: &mut PgConnection,
    tenant: TenantId,
    entries: &[LogEntry],
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let new: Vec<Uuid> = sqlx::query_scalar(
        "insert into call_journal (id, tenant_id, call_id, call_started_at, seq, at, record) \
         select rows.id, $1, rows.call_id, rows.call_started_at, rows.seq, rows.at, rows.record \
         from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::int8[], $6::timestamptz[], \
                 $7::jsonb[]) as rows (id, call_id, call_started_at, seq, at, record) \
         on conflict (call_started_at, call_id, seq) do nothing returning id",
    )
    .bind(tenant.0)
    .bind(entries.iter().map(journal_id).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.call.0).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.call_started_at).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.seq.cast_signed()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.at).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| Json(json(&entry.record))).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    Ok(new.into_iter().collect())
}

async fn apply_note(
    conn: &mut PgConnection,
    entry: &LogEntry,
    note: &Note,
) -> Result<(), sqlx::Error> {
    match note {
        Note::Turn(turn) => insert_turn(conn, entry, turn).await,
        Note::ToolCall {
            call,
            turn_number,
            name,
            args,
            result,
            duration_ms,
            success,
            approval,
        } => {
            let row = ToolRow {
                call: *call,
                turn_number: *turn_number,
                name,
                args,
                result,
                duration_ms: *duration_ms,
                success: *success,
                approval: *approval,
            };
            insert_tool_call(conn, entry, &row).await?;
            traces::of_note(conn, entry, note).await?;
            calls::link_booking(conn, entry).await
        }
        Note::Approval { approval, status } => {
            approvals::record(conn, entry, approval, status).await
        }
        Note::Rating { score } => calls::set_rating(conn, entry, *score).await,
        Note::TranscriptOff => calls::mark_transcript_off(conn, entry).await,
        Note::LanguageChanged { language } => calls::set_language(conn, entry, *language).await,
        Note::Ended { .. } => {
            calls::end(conn, entry, note).await?;
            traces::settle_entry(conn, entry).await?;
            calls::link_booking(conn, entry).await
        }
        Note::Claim { .. } => {
            evals::insert(conn, entry, note).await?;
            traces::of_note(conn, entry, note).await
        }
        Note::Switched { .. } => traces::insert_switch(conn, entry, note).await,
        Note::Sentiment { sentiment, .. } => calls::set_sentiment(conn, entry, *sentiment).await,
        // Steps of a turn: the journal row is all that is kept of them.
        Note::BargeIn
        | Note::Continued { .. }
        | Note::Endpointed { .. }
        | Note::FirstAudio { .. }
        | Note::Stale { .. } => Ok(()),
    }
}

async fn insert_turn(
    conn: &mut PgConnection,
    entry: &LogEntry,
    turn: &TurnNote,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, speaker, \
             content, language, stt_confidence, stt_latency_ms, llm_latency_ms, tts_latency_ms, \
             endpointing_ms, first_audio_ms, interrupted, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         on conflict do nothing",
    )
    .bind(row_id(entry.call, &format!("turn {}", turn.turn_number)))
    .bind(entry.tenant.0)
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(integer(u64::from(turn.turn_number)))
    .bind(word(&turn.speaker))
    .bind(text(&turn.content, CONTENT_CHARS_MAX))
    .bind(turn.language.code())
    .bind(turn.stt_confidence)
    .bind(turn.stt_latency_ms.map(integer))
    .bind(turn.llm_latency_ms.map(integer))
    .bind(turn.tts_latency_ms.map(integer))
    .bind(turn.endpointing_ms.map(integer))
    .bind(turn.first_audio_ms.map(integer))
    .bind(turn.interrupted)
    .bind(entry.at)
    .execute(conn)
    .await?;
    Ok(())
}

struct ToolRow<'n> {
    call: ToolCallId,
    turn_number: u32,
    name: &'n str,
    args: &'n Value,
    result: &'n Value,
    duration_ms: u64,
    success: bool,
    approval: Option<Uuid>,
}

async fn insert_tool_call(
    conn: &mut PgConnection,
    entry: &LogEntry,
    row: &ToolRow<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into call_tool_calls (id, tenant_id, call_id, call_started_at, turn_number, \
             tool_name, tool_args, tool_result, duration_ms, success, approval_id, created_at, \
             trace_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing",
    )
    .bind(row_id(entry.call, &format!("tool {}", row.call.0)))
    .bind(entry.tenant.0)
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(integer(u64::from(row.turn_number)))
    .bind(short(row.name))
    .bind(json(row.args))
    .bind(json(row.result))
    .bind(integer(row.duration_ms))
    .bind(row.success)
    .bind(row.approval)
    .bind(entry.at)
    .bind(traces::tool_trace_id(entry.call, row.call.0))
    .execute(conn)
    .await?;
    Ok(())
}

/// Text as Postgres takes it (no NUL), at most `chars_max` characters.
pub(super) fn text(text: &str, chars_max: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(chars_max).collect()
}

/// A name, reason or code: [`text`] of at most 200 characters.
pub(super) fn short(value: &str) -> String {
    text(value, WORD_CHARS_MAX)
}

/// A number as the tables' `integer`, at its bound if it is beyond.
pub(super) fn integer(value: u64) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// The word of an enumeration, as it is in the journal.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// JSON as Postgres takes it: `jsonb` refuses the character U+0000 in any string.
pub(super) fn json(value: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(value).unwrap_or(Value::Null);
    strip_nul(&mut value);
    value
}

fn strip_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(strip_nul),
        Value::Object(fields) => {
            if fields.keys().any(|name| name.contains('\0')) {
                let old = std::mem::take(fields);
                fields.extend(old.into_iter().map(|(name, value)| (name.replace('\0', ""), value)));
            }
            fields.values_mut().for_each(strip_nul);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    #[test]
    fn what_postgres_refuses_is_taken_out_of_text_and_json() {
        assert_eq!(text("a\0bcd", 3), "abc");
        let cleaned = json(&value!({"k\0": ["\0x", {"y": "\0"}], "n": 1}));
        assert_eq!(cleaned, value!({"k": ["x", {"y": ""}], "n": 1}));
    }

    #[test]
    fn a_number_beyond_the_column_is_kept_at_its_bound() {
        assert_eq!(integer(u64::MAX), i32::MAX);
        assert_eq!(integer(7), 7);
    }

    #[test]
    fn the_words_of_the_columns_are_the_words_of_the_journal() {
        assert_eq!(word(&crate::turn::Outcome::LegLost), "leg_lost");
        assert_eq!(word(&crate::turn::Stage::TimeSelection), "time_selection");
        assert_eq!(word(&crate::turn::Speaker::Bot), "bot");
    }
}
