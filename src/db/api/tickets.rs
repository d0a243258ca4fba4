//! Tickets, as programs read and write them.

use super::{Fault, Part, on_rows};
use crate::db::desk::audit::{self, Deed};
use crate::ids::TenantId;
use crate::shop::ticket::TicketStatus;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// A ticket.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, sqlx::FromRow)]
pub struct Ticket {
    /// Ours.
    pub id: Uuid,
    /// What is to be done, in a line. Masked unless the token may see people.
    pub title: String,
    /// The rest of it. Masked unless the token may see people.
    pub description: Option<String>,
    /// `callback`, `restock`, `freed_slot`, `after_hours`, `request`, …
    pub ticket_type: String,
    /// `open`, `in_progress`, `pending_customer`, `escalated`, `resolved`, `closed`, `reopened`.
    pub status: String,
    /// `low`, `medium`, `high`, `urgent`.
    pub priority: String,
    /// Where it came from.
    pub source: Option<String>,
    /// Whom it is about.
    pub customer_id: Option<Uuid>,
    /// The number to phone. Masked unless the token may see people.
    pub phone: Option<String>,
    /// The call that it came from.
    pub call_id: Option<Uuid>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// What was written on a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, sqlx::FromRow)]
pub struct Message {
    /// `user`, `assistant`, `operator`, `system`.
    pub role: String,
    /// The words. Masked unless the token may see people.
    pub content: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A ticket to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    /// What is to be done, in a line of at most 255 characters.
    #[schemars(length(min = 1, max = 255))]
    pub title: String,
    /// The rest of it, at most 4000 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// Small letters and `_`; `request` if nothing is said.
    #[serde(default)]
    pub ticket_type: Option<String>,
    /// `low`, `medium`, `high`, `urgent`; `medium` if nothing is said.
    #[serde(default)]
    pub priority: Option<String>,
    /// The number to phone, `+380671234567`.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whom it is about.
    #[serde(default)]
    pub customer_id: Option<Uuid>,
    /// Until when.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
}

/// Which tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One alone.
    pub id: Option<Uuid>,
    /// In this state.
    pub status: Option<String>,
    /// Of this type.
    pub ticket_type: Option<String>,
    /// Changed at or after.
    pub changed_since: Option<DateTime<Utc>>,
}

/// Tickets, newest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    wanted: Wanted,
    part: Part,
) -> Result<Vec<Ticket>, Fault> {
    on_rows(pool, tenant, move |conn| Box::pin(async move { read(conn, &wanted, part).await }))
        .await
}

async fn read(conn: &mut PgConnection, wanted: &Wanted, part: Part) -> Result<Vec<Ticket>, Fault> {
    let rows = sqlx::query_as(
        "select id, title, description, ticket_type, status, priority, source, customer_id, \
                phone, call_id, due_at, created_at, updated_at \
         from tickets \
         where ($1::uuid is null or id = $1) and ($2::text is null or status = $2) \
           and ($3::text is null or ticket_type = $3) \
           and ($4::timestamptz is null or updated_at >= $4) \
           and ($5::timestamptz is null or (created_at, id) < ($5, $6)) \
         order by created_at desc, id desc limit $7",
    )
    .bind(wanted.id)
    .bind(wanted.status.clone())
    .bind(wanted.ticket_type.clone())
    .bind(wanted.changed_since)
    .bind(part.after.map(|after| after.at))
    .bind(part.after.map(|after| after.id))
    .bind(part.limit)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// A ticket and what was written on it.
///
/// # Errors
/// There is none of that id; what Postgres says.
pub async fn one(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
) -> Result<(Ticket, Vec<Message>), Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let ticket = alone(conn, id).await?;
            let messages = sqlx::query_as(
                "select role, content, created_at from ticket_messages \
                 where ticket_id = $1 order by created_at, id",
            )
            .bind(id)
            .fetch_all(conn)
            .await?;
            Ok((ticket, messages))
        })
    })
    .await
}

async fn alone(conn: &mut PgConnection, id: Uuid) -> Result<Ticket, Fault> {
    let wanted = Wanted { id: Some(id), ..Wanted::default() };
    let found = read(conn, &wanted, Part { after: None, limit: 1 }).await?;
    found.into_iter().next().ok_or(Fault::NoSuch)
}

/// Makes a ticket; to be run in a transaction of the shop.
///
/// # Errors
/// A customer whom the shop does not know; what Postgres says.
pub async fn add(
    conn: &mut PgConnection,
    tenant: TenantId,
    new: NewTicket,
    deed: Deed,
) -> Result<Ticket, Fault> {
    if let Some(customer) = new.customer_id {
        let known: bool = sqlx::query_scalar("select exists (select from customers where id = $1)")
            .bind(customer)
            .fetch_one(&mut *conn)
            .await?;
        if !known {
            let message = "there is no customer of this id".to_owned();
            return Err(Fault::Invalid { field: "customer_id", message });
        }
    }
    let id: Uuid = sqlx::query_scalar(
        "insert into tickets (tenant_id, title, description, ticket_type, priority, source, \
             customer_id, phone, due_at) \
         values ($1, $2, $3, coalesce($4, 'request'), coalesce($5, 'medium'), $6, $7, $8, $9) \
         returning id",
    )
    .bind(tenant.0)
    .bind(new.title)
    .bind(new.description)
    .bind(new.ticket_type)
    .bind(new.priority)
    .bind(&deed.actor)
    .bind(new.customer_id)
    .bind(new.phone)
    .bind(new.due_at)
    .fetch_one(&mut *conn)
    .await?;
    audit::write(conn, Deed { object_id: id.to_string(), ..deed }).await?;
    alone(conn, id).await
}

/// A change of a ticket's state.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewState {
    /// The state to be.
    pub status: String,
    /// The state that the program believes it is in; another one is a conflict.
    #[serde(default)]
    pub from: Option<String>,
    /// Why, at most 4000 characters; written on the ticket.
    #[serde(default)]
    pub note: Option<String>,
}

/// Changes a ticket's state; to be run in a transaction of the shop.
///
/// # Errors
/// There is no such ticket, it is not where the program believes, or that state cannot follow.
pub async fn set_state(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: Uuid,
    new: NewState,
    deed: Deed,
) -> Result<Ticket, Fault> {
    let now: Option<String> =
        sqlx::query_scalar("select status from tickets where id = $1 for update")
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
    let now = now.ok_or(Fault::NoSuch)?;
    if let Some(from) = new.from.filter(|from| *from != now) {
        return Err(Fault::Conflict(format!("the ticket is {now}, not {from}")));
    }
    let next = TicketStatus::from_word(&now).map_or(&[][..], TicketStatus::next);
    if !next.iter().any(|next| next.as_str() == new.status) {
        let words: Vec<&str> = next.iter().map(|next| next.as_str()).collect();
        let message = format!("after {now} comes {}", words.join(", "));
        return Err(Fault::Invalid { field: "status", message });
    }
    // A new version, so that somebody who looks at the ticket at the desk does not write over it.
    sqlx::query(
        "with before as (select id, to_jsonb(state) as state from tickets, \
                lateral (select status, priority, assigned_to, due_at, close_reason) as state \
            where id = $1), \
         moved as (update tickets set status = $2, close_reason = null, version = version + 1, \
                updated_at = now() where id = $1 returning *) \
         insert into ticket_changes (tenant_id, ticket_id, version, action, actor, before, after, at) \
         select moved.tenant_id, moved.id, moved.version, 'status', $3, before.state, \
                before.state || jsonb_build_object('status', moved.status, 'close_reason', null), \
                now() \
         from moved join before using (id)",
    )
    .bind(id)
    .bind(&new.status)
    .bind(&deed.actor)
    .execute(&mut *conn)
    .await?;
    let said = new.note.map_or_else(String::new, |note| format!(": {note}"));
    sqlx::query(
        "insert into ticket_messages (tenant_id, ticket_id, role, content) \
         values ($1, $2, 'system', $3)",
    )
    .bind(tenant.0)
    .bind(id)
    .bind(format!("{now} → {} ({}){said}", new.status, deed.actor))
    .execute(&mut *conn)
    .await?;
    let deed = Deed {
        before: Some(serde_json::json!({ "status": now })),
        after: Some(serde_json::json!({ "status": new.status })),
        ..deed
    };
    audit::write(conn, deed).await?;
    alone(conn, id).await
}
