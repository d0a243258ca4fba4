//! What somebody agreed to, and what the desk did with it later.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Deeds of the desk that are shown of one thing.
const PAST_MAX: i64 = 100;

/// The agreement that something rests on.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Consent {
    /// `customer`, or the user of the desk.
    pub approved_by: Option<String>,
    /// When the yes was heard.
    pub approved_at: Option<DateTime<Utc>>,
    /// What was agreed to, as the program keeps it.
    pub args: Value,
    /// The call in which it was.
    pub call_id: Option<Uuid>,
    /// What was read back, as the caller heard it; none once the transcript is gone.
    pub read_back: Option<String>,
    /// What the caller answered.
    pub answer: Option<String>,
    /// The language of that.
    pub language: Option<String>,
    /// True if the line that is shown is the very sentence whose hash the agreement keeps.
    pub exact: bool,
}

/// A deed of the desk.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Past {
    /// `order.status_changed`, …
    pub action: String,
    /// By whom.
    pub actor: String,
    /// As it was.
    pub before: Option<Value>,
    /// As it became.
    pub after: Option<Value>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The agreement, with the words that were said: the line of the agent that holds the read-back,
/// and what the caller said after it.
pub(super) async fn consent(
    conn: &mut PgConnection,
    approval: Option<Uuid>,
) -> Result<Option<Consent>, sqlx::Error> {
    let Some(approval) = approval else { return Ok(None) };
    sqlx::query_as(
        "select a.approved_by, a.approved_at, a.args, a.call_id, said.content as read_back, \
                answered.content as answer, answered.language, \
                coalesce(said.exact, false) as exact \
         from approvals a \
         left join lateral (select l.turn_number, l.content, \
                encode(sha256(convert_to(l.content, 'UTF8')), 'hex') = a.readback_hash as exact \
             from call_turns l where l.call_id = a.call_id \
               and l.call_started_at = a.call_started_at and l.speaker = 'bot' \
               and l.created_at <= a.approved_at \
             order by encode(sha256(convert_to(l.content, 'UTF8')), 'hex') = a.readback_hash desc, \
                 l.turn_number desc limit 1) said on true \
         left join lateral (select l.content, l.language from call_turns l \
             where l.call_id = a.call_id and l.call_started_at = a.call_started_at \
               and l.speaker = 'customer' and l.turn_number > said.turn_number \
             order by l.turn_number limit 1) answered on true \
         where a.id = $1",
    )
    .bind(approval)
    .fetch_optional(conn)
    .await
}

/// What the desk did with something, the latest first. That it was looked at is no deed.
pub(super) async fn past(
    conn: &mut PgConnection,
    (kind, id): (&str, Uuid),
) -> Result<Vec<Past>, sqlx::Error> {
    sqlx::query_as(
        "select action, actor, before, after, at from dashboard.audit_log \
         where object_kind = $1 and object_id = $2 and action not like '%.read' \
         order by at desc, id limit $3",
    )
    .bind(kind)
    .bind(id.to_string())
    .bind(PAST_MAX)
    .fetch_all(conn)
    .await
}
