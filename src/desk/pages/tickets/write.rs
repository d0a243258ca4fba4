//! `/tickets/new`: a ticket that somebody writes by hand.

use crate::db::desk::tickets::{self, NewTicket};
use crate::desk::names::{self, Choice};
use crate::desk::pages::work;
use crate::desk::{Desk, Fields, Frame, Refusal, Visitor, html};
use crate::pii::Phone;
use crate::shop::ticket::Priority;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

/// The longest task, characters.
const TITLE_CHARS_MAX: usize = 200;
/// The longest description, characters.
const TEXT_CHARS_MAX: usize = 4_000;

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    title: String,
    text: String,
    phone: String,
    due: String,
}

#[derive(Template)]
#[template(path = "ticket_new.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    typed: Typed,
    priorities: Vec<Choice>,
    wrong: &'static str,
}

fn page(visitor: &Visitor, typed: Typed, priority: Priority, wrong: &'static str) -> Response {
    let words = visitor.words;
    let mut page = html(&Page {
        frame: Frame::new(visitor, words.new_ticket()),
        typed,
        priorities: names::choices(words, names::PRIORITIES, priority.as_str()),
        wrong,
    });
    if !wrong.is_empty() {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}

pub(super) async fn show(Extension(visitor): Extension<Visitor>) -> Response {
    page(&visitor, Typed::default(), Priority::Medium, "")
}

pub(super) async fn write(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let field = |name: &str| fields.text(name).to_owned();
    let typed = Typed {
        title: field("title"),
        text: field("text"),
        phone: field("phone"),
        due: field("due"),
    };
    let priority = Priority::from_word(fields.raw("priority")).unwrap_or(Priority::Medium);
    let new = match checked(&visitor, &typed, priority) {
        Ok(new) => new,
        Err(wrong) => return Ok(page(&visitor, typed, priority, wrong)),
    };
    let id = tickets::create(desk.pool(), visitor.staff(&desk)?, new).await?;
    Ok(Redirect::to(&format!("/tickets/{id}")).into_response())
}

fn checked(
    visitor: &Visitor,
    typed: &Typed,
    priority: Priority,
) -> Result<NewTicket, &'static str> {
    let words = visitor.words;
    if !(1..=TITLE_CHARS_MAX).contains(&typed.title.chars().count()) {
        return Err(words.title_missing());
    }
    if typed.text.chars().count() > TEXT_CHARS_MAX {
        return Err(words.text_missing());
    }
    let number: String =
        typed.phone.chars().filter(|c| *c == '+' || c.is_ascii_alphanumeric()).collect();
    let phone = match number.as_str() {
        "" => None,
        text => Some(Phone::parse(text).ok_or(words.phone_bad())?),
    };
    let due_at = match typed.due.as_str() {
        "" => None,
        text => Some(work::wall(text, visitor.zone()).ok_or(words.due_bad())?),
    };
    Ok(NewTicket {
        title: typed.title.clone(),
        description: typed.text.clone(),
        priority,
        phone,
        due_at,
    })
}
