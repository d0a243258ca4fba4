//! `eval_results`: what the claim guard made of the model's sentences.

use super::log::{integer, json, short, text, word};
use crate::ids::row_id;
use crate::spool::LogEntry;
use crate::turn::Note;
use sqlx::PgConnection;

/// Longest sentence that is kept, characters; a model's answer is cut at as many.
const SENTENCE_CHARS_MAX: usize = 2_000;

/// Writes a judged sentence; a note of another kind is left alone.
///
/// # Errors
/// What Postgres says.
pub(super) async fn insert(
    conn: &mut PgConnection,
    entry: &LogEntry,
    note: &Note,
) -> Result<(), sqlx::Error> {
    let Note::Claim { number, turn_number, verdict, sentence, reason, evidence } = note else {
        return Ok(());
    };
    sqlx::query(
        "insert into eval_results (id, tenant_id, call_id, call_started_at, turn_number, seq, \
             verdict, confidence, reason, evidence, sentence, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11) on conflict do nothing",
    )
    .bind(row_id(entry.call, &format!("claim {number}")))
    .bind(entry.tenant.0)
    .bind(entry.call.0)
    .bind(entry.call_started_at)
    .bind(integer(u64::from(*turn_number)))
    .bind(i64::from(*number))
    .bind(word(verdict))
    .bind(short(reason))
    .bind(json(evidence))
    .bind(text(sentence, SENTENCE_CHARS_MAX))
    .bind(entry.at)
    .execute(conn)
    .await?;
    Ok(())
}
