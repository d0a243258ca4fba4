//! What was said, found and agreed in a call that is handed over.

use super::Pop;
use crate::db::desk::reading;
use crate::ids::TenantId;
use serde_json::Value;
use sqlx::PgPool;

/// Lines that are shown: the last ones, word for word.
const TURNS: i64 = 3;
/// Lookups and deeds that are shown.
const FOUND: i64 = 5;

/// A line that was said.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Turn {
    /// `customer` or `bot`.
    pub speaker: String,
    /// What.
    pub content: String,
    /// The language.
    pub language: Option<String>,
}

/// Something that was looked up or done.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Found {
    /// By which tool.
    pub tool_name: String,
    /// What was asked.
    pub tool_args: Value,
    /// What was answered.
    pub tool_result: Option<Value>,
    /// Did it do what was asked?
    pub success: bool,
}

/// Something that the caller agreed to, or was asked about.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Agreed {
    /// The tool that it allows.
    pub tool_name: String,
    /// `pending`, `approved`, `rejected`, `expired`.
    pub status: String,
    /// To what.
    pub args: Value,
}

/// What a person should know who goes on with a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The last lines.
    pub turns: Vec<Turn>,
    /// What was found, the latest first.
    pub found: Vec<Found>,
    /// What was agreed.
    pub agreed: Vec<Agreed>,
}

/// The facts of a pop.
///
/// # Errors
/// What Postgres says.
pub async fn facts(pool: &PgPool, tenant: TenantId, pop: &Pop) -> Result<Facts, sqlx::Error> {
    let (call, began_at) = (pop.call_id, pop.call_started_at);
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let mut turns: Vec<Turn> = sqlx::query_as(
                "select speaker, content, language from call_turns \
                 where call_id = $1 and call_started_at = $2 and content <> '' \
                 order by turn_number desc limit $3",
            )
            .bind(call)
            .bind(began_at)
            .bind(TURNS)
            .fetch_all(&mut *conn)
            .await?;
            turns.reverse();
            let found = sqlx::query_as(
                "select tool_name, tool_args, tool_result, success from call_tool_calls \
                 where call_id = $1 and call_started_at = $2 \
                     and tool_name <> 'transfer_to_operator' \
                 order by created_at desc, id limit $3",
            )
            .bind(call)
            .bind(began_at)
            .bind(FOUND)
            .fetch_all(&mut *conn)
            .await?;
            let agreed = sqlx::query_as(
                "select tool_name, status, args from approvals where call_id = $1 \
                 order by created_at, id",
            )
            .bind(call)
            .fetch_all(conn)
            .await?;
            Ok(Facts { turns, found, agreed })
        })
    })
    .await
}
