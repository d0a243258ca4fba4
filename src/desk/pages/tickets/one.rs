//! `/tickets/{id}`: one matter, what was done in it, and what can be.

use super::{assignee, task};
use crate::db::desk::tickets::{self, Attempt, Event, Message, State as Standing};
use crate::desk::names::{self, Choice};
use crate::desk::pages::work;
use crate::desk::{Desk, Frame, Refusal, Visitor, format, html};
use crate::shop::ticket::TicketStatus;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;
use uuid::Uuid;

struct Line {
    who: String,
    at: String,
    kind: String,
    text: String,
}

struct Tried {
    number: i32,
    at: String,
    who: String,
    result: String,
    note: String,
}

struct Done {
    at: String,
    who: String,
    what: String,
    note: String,
    changes: Vec<(&'static str, String, String)>,
}

struct Link {
    href: String,
    name: String,
    state: String,
}

struct Person {
    id: Uuid,
    name: String,
    chosen: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "a template asks one question at a time")]
#[derive(Template)]
#[template(path = "ticket.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    version: i32,
    state_code: String,
    state: String,
    urgent: bool,
    overdue: bool,
    facts: Vec<(&'static str, String)>,
    description: String,
    call: Option<String>,
    customer: Option<(String, String)>,
    free: bool,
    mine: bool,
    done: bool,
    states: Vec<Choice>,
    can_close: bool,
    close_reasons: Vec<Choice>,
    priorities: Vec<Choice>,
    results: Vec<Choice>,
    colleagues: Vec<Person>,
    due_value: String,
    messages: Vec<Line>,
    attempts: Vec<Tried>,
    tries: String,
    history: Vec<Done>,
    others: Vec<Link>,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let found = tickets::page(desk.pool(), visitor.tenant()?, id).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    visitor.note(&desk, "ticket.read", ("ticket", id.to_string()), None).await?;
    let me = visitor.session()?.user_id;
    let (words, zone) = (visitor.words, visitor.zone());
    let ticket = &found.ticket;
    let state = &ticket.state;
    let status = TicketStatus::from_word(&state.status).unwrap_or(TicketStatus::Open);
    let kind = names::name(words, names::TICKET_KINDS, &ticket.ticket_type);
    let task = task(ticket.source.as_deref(), &ticket.title);
    let title = if task.is_empty() { kind } else { format!("{kind}: {task}") };
    let naming = Naming { visitor: &visitor, colleagues: &found.colleagues };
    let next = |code: &str| {
        TicketStatus::from_word(code).is_some_and(|to| status.may_become(to)) && code != "closed"
    };
    let mut choices = names::choices(words, names::TICKET_STATES, "");
    choices.retain(|choice| next(&choice.code));
    Ok(html(&Page {
        frame: Frame::new(&visitor, title),
        href: format!("/tickets/{id}"),
        version: ticket.version,
        state: names::name(words, names::TICKET_STATES, &state.status),
        state_code: state.status.clone(),
        urgent: state.priority == "urgent",
        overdue: !status.is_done() && state.due_at.is_some_and(|due| due < desk.clock().now()),
        facts: facts(&visitor, ticket),
        description: ticket.description.clone().unwrap_or_default(),
        call: ticket.call_id.map(|call| format!("/calls/{call}")),
        customer: ticket.customer_id.filter(|_| ticket.customer.is_some()).map(|customer| {
            let name = ticket.customer.clone().unwrap_or_default();
            (format!("/customers/{customer}"), name)
        }),
        free: state.assigned_to.is_none(),
        mine: state.assigned_to == Some(me),
        done: status.is_done(),
        states: choices,
        can_close: status.may_become(TicketStatus::Closed),
        close_reasons: names::choices(words, names::CLOSE_REASONS, "done"),
        priorities: names::choices(words, names::PRIORITIES, &state.priority),
        results: names::choices(words, names::ATTEMPTS, ""),
        colleagues: (found.colleagues.iter())
            .map(|one| Person {
                id: one.id,
                name: one.name.clone(),
                chosen: state.assigned_to == Some(one.id),
            })
            .collect(),
        due_value: state.due_at.map_or_else(String::new, |due| {
            due.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
        }),
        messages: found.messages.iter().map(|one| line(&visitor, one)).collect(),
        tries: words.tries(found.attempts.len()),
        attempts: found.attempts.iter().map(|one| tried(&visitor, one)).collect(),
        history: found.events.iter().map(|one| naming.event(one)).collect(),
        others: found.others.iter().map(|one| other(&visitor, one)).collect(),
    }))
}

fn other(visitor: &Visitor, one: &tickets::Other) -> Link {
    let words = visitor.words;
    let kind = names::name(words, names::TICKET_KINDS, &one.ticket_type);
    Link {
        href: format!("/tickets/{}", one.id),
        name: format!("{kind} · {}", format::moment(words, one.created_at, visitor.zone())),
        state: names::name(words, names::TICKET_STATES, &one.status),
    }
}

fn facts(visitor: &Visitor, ticket: &tickets::Ticket) -> Vec<(&'static str, String)> {
    let (words, zone) = (visitor.words, visitor.zone());
    let state = &ticket.state;
    let has = assignee(visitor, state.assigned_to.is_some(), ticket.assignee.as_ref());
    let mut facts = vec![
        (words.assigned(), if has.is_empty() { words.nobody().to_owned() } else { has }),
        (words.priority(), names::name(words, names::PRIORITIES, &state.priority)),
        (
            words.due(),
            state
                .due_at
                .map_or_else(|| words.no_due().to_owned(), |due| format::moment(words, due, zone)),
        ),
        (words.created(), format::moment(words, ticket.created_at, zone)),
    ];
    let mut also = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    also(
        words.phone_word(),
        ticket.phone.as_ref().map(|number| {
            let number = format::phone(number, visitor.sees_no_numbers());
            if ticket.phone_verified {
                number
            } else {
                format!("{number} ({})", words.not_verified())
            }
        }),
    );
    also(words.source(), ticket.source.as_ref().map(|s| names::name(words, names::SOURCES, s)));
    let wished = ticket.metadata_json.get("preferred_time").and_then(Value::as_str);
    also(words.wished_time(), wished.map(str::to_owned));
    let reason = state.close_reason.as_ref();
    also(words.close_reason(), reason.map(|r| names::name(words, names::CLOSE_REASONS, r)));
    facts
}

fn line(visitor: &Visitor, message: &Message) -> Line {
    let words = visitor.words;
    let noted = |key: &str| message.metadata_json.get(key).and_then(Value::as_str);
    let who = noted("actor").map_or_else(
        || match message.role.as_str() {
            "user" => words.customer().to_owned(),
            "assistant" => words.bot().to_owned(),
            _ => words.operator().to_owned(),
        },
        str::to_owned,
    );
    let kind = match noted("kind") {
        Some("note") => words.kind_note(),
        Some("answer") => words.kind_answer(),
        _ => "",
    };
    Line {
        who,
        at: format::moment(words, message.created_at, visitor.zone()),
        kind: kind.to_owned(),
        text: message.content.clone(),
    }
}

fn tried(visitor: &Visitor, attempt: &Attempt) -> Tried {
    let words = visitor.words;
    Tried {
        number: attempt.number,
        at: format::moment(words, attempt.at, visitor.zone()),
        who: attempt.actor.clone(),
        result: names::name(words, names::ATTEMPTS, &attempt.result),
        note: attempt.note.clone().unwrap_or_default(),
    }
}

/// How states are written for somebody.
pub(super) struct Naming<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) colleagues: &'a [tickets::Colleague],
}

impl Naming<'_> {
    /// What can change of a ticket, each with its name.
    pub(super) fn state(&self, state: &Standing) -> [(&'static str, String); 5] {
        let (words, zone) = (self.visitor.words, self.visitor.zone());
        let person = state.assigned_to.and_then(|id| self.colleagues.iter().find(|c| c.id == id));
        let name = person.map(|person| &person.name);
        let has = assignee(self.visitor, state.assigned_to.is_some(), name);
        let reason = state.close_reason.as_ref();
        [
            (words.state(), names::name(words, names::TICKET_STATES, &state.status)),
            (words.assigned(), if has.is_empty() { words.nobody().to_owned() } else { has }),
            (words.priority(), names::name(words, names::PRIORITIES, &state.priority)),
            (
                words.due(),
                state.due_at.map_or_else(
                    || words.no_due().to_owned(),
                    |due| format::moment(words, due, zone),
                ),
            ),
            (
                words.close_reason(),
                reason.map_or_else(
                    || "—".to_owned(),
                    |reason| names::name(words, names::CLOSE_REASONS, reason),
                ),
            ),
        ]
    }

    fn event(&self, event: &Event) -> Done {
        let words = self.visitor.words;
        let after = self.state(&event.after);
        let changes = match &event.before {
            None => Vec::new(),
            Some(before) => (self.state(before).into_iter())
                .zip(after)
                .filter(|((_, was), (_, is))| was != is)
                .map(|((name, was), (_, is))| (name, was, is))
                .collect(),
        };
        let tried = event.action == "attempt";
        Done {
            at: format::moment(words, event.at, self.visitor.zone()),
            who: event.actor.clone(),
            what: names::name(words, names::TICKET_DEEDS, &event.action),
            // Of a try the list of tries says more.
            note: event.note.clone().filter(|_| !tried).unwrap_or_default(),
            changes,
        }
    }
}
