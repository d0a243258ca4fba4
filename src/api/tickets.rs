//! `/api/v1/tickets`

use super::gate::Guest;
use super::query::{Asked, Id, Page, moment, part, value};
use super::sent::{Sent, do_once, one_of, text};
use super::{Api, Problem};
use crate::db::api::After;
use crate::db::api::tickets::{self as rows, Message, NewState, NewTicket, Ticket, Wanted};
use crate::pii::Phone;
use crate::shop::ticket::{Priority, TicketStatus};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest title, as the database takes it, characters.
const TITLE_CHARS_MAX: usize = 255;
/// The longest text, characters.
const TEXT_CHARS_MAX: usize = 4_000;

/// The query of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    /// In this state.
    status: Option<String>,
    /// Of this type.
    ticket_type: Option<String>,
    /// Changed at or after: a day of the shop, or a moment.
    changed_since: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, 1 to 100; 50 if nothing is said.
    limit: Option<i64>,
}

/// A ticket and what was written on it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TicketPage {
    /// The ticket.
    ticket: Ticket,
    /// What was written, oldest first.
    messages: Vec<Message>,
}

pub(super) async fn list(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<Ticket>>, Problem> {
    let part = part(query.after.as_deref(), query.limit)?;
    let since = query.changed_since.as_deref();
    let wanted = Wanted {
        id: None,
        status: value("status", query.status)?,
        ticket_type: value("ticket_type", query.ticket_type)?,
        changed_since: moment("changed_since", since, guest.zone(), false)?,
    };
    api.note(&guest, "ticket.read", ("ticket", "tickets".to_owned())).await?;
    let found = rows::list(api.pool(), guest.tenant(), wanted, part).await?;
    let found = found.into_iter().map(|ticket| shown(ticket, &guest)).collect();
    Ok(Json(Page::of(found, part, |one: &Ticket| After { at: one.created_at, id: one.id })))
}

pub(super) async fn one(
    State(api): State<Api>,
    guest: Guest,
    Id(id): Id,
) -> Result<Json<TicketPage>, Problem> {
    api.note(&guest, "ticket.read", ("ticket", id.to_string())).await?;
    let (ticket, messages) = rows::one(api.pool(), guest.tenant(), id).await?;
    let messages = messages.into_iter();
    let messages = messages.map(|one| Message { content: guest.text(one.content), ..one });
    Ok(Json(TicketPage { ticket: shown(ticket, &guest), messages: messages.collect() }))
}

pub(super) async fn add(
    State(api): State<Api>,
    guest: Guest,
    sent: Sent<NewTicket>,
) -> Result<Response, Problem> {
    let (new, key) = sent.parts();
    let new = checked(new)?;
    let deed = api.deed(&guest, "ticket.added", ("ticket", String::new()));
    let (tenant, reader) = (guest.tenant(), guest.clone());
    do_once(&api, &guest, key, move |conn| {
        Box::pin(async move {
            let ticket = rows::add(conn, tenant, new, deed).await?;
            Ok((201, json(&shown(ticket, &reader))))
        })
    })
    .await
}

/// A ticket as the database will take it.
fn checked(new: NewTicket) -> Result<NewTicket, Problem> {
    let title = text("title", &new.title, TITLE_CHARS_MAX)?;
    if title.is_empty() {
        return Err(Problem::invalid("title", "must not be empty"));
    }
    if let Some(priority) = &new.priority {
        one_of("priority", priority, &Priority::ALL.map(Priority::as_str))?;
    }
    if let Some(kind) = &new.ticket_type {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !kind.starts_with(|c: char| c.is_ascii_lowercase())
            || !kind.chars().all(plain)
            || kind.len() > 32
        {
            return Err(Problem::invalid("ticket_type", "must be small letters, digits and `_`"));
        }
    }
    if new.phone.as_deref().is_some_and(|phone| Phone::parse(phone).is_none()) {
        return Err(Problem::invalid("phone", "must look like +380671234567"));
    }
    let description = new.description.as_deref();
    let description = description.map(|said| text("description", said, TEXT_CHARS_MAX));
    Ok(NewTicket { title, description: description.transpose()?, ..new })
}

pub(super) async fn set_state(
    State(api): State<Api>,
    guest: Guest,
    Id(id): Id,
    sent: Sent<NewState>,
) -> Result<Response, Problem> {
    let (new, key) = sent.parts();
    let states: Vec<&str> = TicketStatus::ALL.iter().map(|state| state.as_str()).collect();
    one_of("status", &new.status, &states)?;
    let note = new.note.as_deref().map(|said| text("note", said, TEXT_CHARS_MAX));
    let new = NewState { note: note.transpose()?, ..new };
    let deed = api.deed(&guest, "ticket.state_set", ("ticket", id.to_string()));
    let (tenant, reader) = (guest.tenant(), guest.clone());
    do_once(&api, &guest, key, move |conn| {
        Box::pin(async move {
            let ticket = rows::set_state(conn, tenant, id, new, deed).await?;
            Ok((200, json(&shown(ticket, &reader))))
        })
    })
    .await
}

fn shown(ticket: Ticket, guest: &Guest) -> Ticket {
    Ticket {
        title: guest.text(ticket.title),
        description: ticket.description.map(|said| guest.text(said)),
        phone: ticket.phone.map(|phone| guest.text(phone)),
        ..ticket
    }
}

/// A row as JSON.
pub(super) fn json(row: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(row).unwrap_or_default()
}
