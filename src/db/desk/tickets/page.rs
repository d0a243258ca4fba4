//! Everything that the desk shows of one ticket.

use super::change::State;
use crate::db::desk::reading;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Words, tries and changes that are shown of one ticket, each; the latest are.
const ROWS_MAX: i64 = 200;
/// Other matters of the same person that are shown.
const OTHERS_MAX: i64 = 10;

/// A ticket.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Ticket {
    /// Which.
    pub id: Uuid,
    /// How often it was changed.
    pub version: i32,
    /// What is to be done.
    pub title: String,
    /// What else is to be known.
    pub description: Option<String>,
    /// `callback`, `restock`, …
    pub ticket_type: String,
    /// Where it came from.
    pub source: Option<String>,
    /// Where it stands, who has it, how much it matters, by when.
    #[sqlx(flatten)]
    pub state: State,
    /// How the one is called who has it.
    pub assignee: Option<String>,
    /// The number to phone.
    pub phone: Option<String>,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// Whose it is.
    pub customer_id: Option<Uuid>,
    /// How that one is called.
    pub customer: Option<String>,
    /// The call that led to it.
    pub call_id: Option<Uuid>,
    /// Notes of the program: `preferred_time`, `item_id`, …
    pub metadata_json: Value,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A word in it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Message {
    /// `user`, `assistant`, `operator`, `system`.
    pub role: String,
    /// The word.
    pub content: String,
    /// Who, and `note` or `answer`.
    pub metadata_json: Value,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Somebody was phoned.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Attempt {
    /// From 1.
    pub number: i32,
    /// What came of it.
    pub result: String,
    /// What is to be known of it.
    pub note: Option<String>,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A change.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Event {
    /// What was done.
    pub action: String,
    /// By whom.
    pub actor: String,
    /// Why.
    pub note: Option<String>,
    /// As it was.
    pub before: Option<Json<State>>,
    /// As it became.
    pub after: Json<State>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Another matter of the same person that is not done.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Other {
    /// Which.
    pub id: Uuid,
    /// What is to be done.
    pub title: String,
    /// `callback`, …
    pub ticket_type: String,
    /// Where it stands.
    pub status: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Somebody to whom tickets may be given.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Colleague {
    /// The account.
    pub id: Uuid,
    /// Name, or e-mail without one.
    pub name: String,
}

/// Everything of one ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The ticket.
    pub ticket: Ticket,
    /// Its words, the oldest first.
    pub messages: Vec<Message>,
    /// How often somebody was phoned.
    pub attempts: Vec<Attempt>,
    /// Its changes, the latest first.
    pub events: Vec<Event>,
    /// What else the person waits for.
    pub others: Vec<Other>,
    /// To whom it may be given.
    pub colleagues: Vec<Colleague>,
}

/// Reads a ticket; `None` if this shop has none of that id.
///
/// # Errors
/// What Postgres says.
pub async fn page(pool: &PgPool, tenant: TenantId, id: Uuid) -> Result<Option<Page>, sqlx::Error> {
    reading(pool, tenant, move |conn| Box::pin(async move { read(conn, id).await })).await
}

async fn read(conn: &mut PgConnection, id: Uuid) -> Result<Option<Page>, sqlx::Error> {
    let found: Option<Ticket> = sqlx::query_as(
        "select t.id, t.version, t.title, t.description, t.ticket_type, t.source, t.status, \
                t.priority, t.assigned_to, t.due_at, t.close_reason, \
                coalesce(nullif(u.name, ''), u.email) as assignee, t.phone, t.phone_verified, \
                t.customer_id, c.name as customer, t.call_id, t.metadata_json, t.created_at, \
                t.updated_at \
         from tickets t left join customers c on c.id = t.customer_id and c.deleted_at is null \
         left join dashboard.users u on u.id = t.assigned_to where t.id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(ticket) = found else { return Ok(None) };
    let messages = sqlx::query_as(
        "select * from (select role, content, metadata_json, created_at, id from ticket_messages \
             where ticket_id = $1 order by created_at desc, id desc limit $2) latest \
         order by created_at, id",
    )
    .bind(id)
    .bind(ROWS_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let attempts = sqlx::query_as(
        "select number, result, note, actor, at from ticket_attempts where ticket_id = $1 \
         order by number desc limit $2",
    )
    .bind(id)
    .bind(ROWS_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let events = sqlx::query_as(
        "select action, actor, note, before, after, at from ticket_changes where ticket_id = $1 \
         order by version desc limit $2",
    )
    .bind(id)
    .bind(ROWS_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let others = sqlx::query_as(
        "select id, title, ticket_type, status, created_at from tickets \
         where id <> $1 and status not in ('resolved', 'closed') \
           and (phone = $2 or customer_id = $3) \
         order by created_at desc, id limit $4",
    )
    .bind(id)
    .bind(&ticket.phone)
    .bind(ticket.customer_id)
    .bind(OTHERS_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let colleagues = of_shop(conn).await?;
    Ok(Some(Page { ticket, messages, attempts, events, others, colleagues }))
}

/// To whom tickets may be given.
///
/// # Errors
/// What Postgres says.
pub async fn colleagues(pool: &PgPool, tenant: TenantId) -> Result<Vec<Colleague>, sqlx::Error> {
    reading(pool, tenant, |conn| Box::pin(of_shop(conn))).await
}

async fn of_shop(conn: &mut PgConnection) -> Result<Vec<Colleague>, sqlx::Error> {
    sqlx::query_as(
        "select id, coalesce(nullif(name, ''), email) as name from dashboard.users \
         where role in ('admin', 'operator') and blocked_at is null order by 2, 1",
    )
    .fetch_all(conn)
    .await
}

/// The ticket as it stood at a version, for whoever looked at that one.
///
/// # Errors
/// What Postgres says.
pub async fn state_at(
    pool: &PgPool,
    tenant: TenantId,
    (id, version): (Uuid, i32),
) -> Result<Option<State>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let found: Option<Json<State>> = sqlx::query_scalar(
                "select coalesce( \
                     (select after from ticket_changes where ticket_id = $1 and version = $2), \
                     (select before from ticket_changes where ticket_id = $1 and version = $2 + 1))",
            )
            .bind(id)
            .bind(version)
            .fetch_one(conn)
            .await?;
            Ok(found.map(|Json(state)| state))
        })
    })
    .await
}
