//! `/webhooks`: who is told what happens, and what became of it. Each deed is one of
//! `treadline webhook`.

mod acts;

use super::work;
use crate::db::desk::webhooks::{self as log, Line, PAGE_DELIVERIES};
use crate::db::webhooks::{self, EVENTS};
use crate::desk::names::Choice;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

pub(super) fn mount(site: Site) -> Site {
    site.get("/webhooks", show)
        .post("/webhooks", acts::add)
        .post("/webhooks/{id}", acts::change)
        .post("/webhooks/deliveries/{id}", acts::resend)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    to: String,
    after: String,
}

struct Receiver {
    href: String,
    url: String,
    events: String,
}

struct Row {
    href: String,
    at: String,
    event: String,
    url: String,
    tries: usize,
    state_code: &'static str,
    state: String,
    why: String,
    may_resend: bool,
}

#[derive(Default)]
struct Typed {
    url: String,
    events: Vec<String>,
    wrong: String,
}

#[derive(Template)]
#[template(path = "webhooks.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    ready: bool,
    receivers: Vec<Receiver>,
    events: Vec<(&'static str, bool)>,
    typed: Typed,
    to: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    page(&desk, &visitor, &asked, Typed::default()).await
}

async fn page(
    desk: &Desk,
    visitor: &Visitor,
    asked: &Asked,
    typed: Typed,
) -> Result<Response, Refusal> {
    let tenant = visitor.tenant()?;
    let to: Option<Uuid> =
        work::value(&asked.to)?.map(|text| text.parse().map_err(|_| Refusal::Bad)).transpose()?;
    let after = work::read_place(&asked.after)?;
    let receivers = webhooks::list(desk.pool(), tenant).await?;
    let mut lines = log::deliveries(desk.pool(), tenant, to, after).await?;
    let more = lines.len() > PAGE_DELIVERIES;
    lines.truncate(PAGE_DELIVERIES);
    let href = |after: &str| url::with_query("/webhooks", &[("to", &asked.to), ("after", after)]);
    let choice = |one: &webhooks::Webhook| Choice {
        code: one.id.to_string(),
        name: one.url.clone(),
        chosen: to == Some(one.id),
    };
    let ticked = |event: &'static str| (event, typed.events.iter().any(|one| one == event));
    let wrong = !typed.wrong.is_empty();
    let mut page = html(&Page {
        frame: Frame::new(visitor, visitor.words.nav_webhooks()),
        ready: desk.books().teller.is_some(),
        to: receivers.iter().map(choice).collect(),
        receivers: receivers
            .iter()
            .map(|one| Receiver {
                href: format!("/webhooks/{}", one.id),
                url: one.url.clone(),
                events: one.events.join(", "),
            })
            .collect(),
        events: EVENTS.into_iter().map(ticked).collect(),
        typed,
        rows: lines.iter().map(|line| row(visitor, line)).collect(),
        next: lines
            .last()
            .filter(|_| more)
            .map(|last| href(&work::place(last.created_at, last.id))),
        first: after.map(|_| href("")),
    });
    if wrong {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

fn row(visitor: &Visitor, line: &Line) -> Row {
    let (words, zone) = (visitor.words, visitor.zone());
    let at = |at: DateTime<Utc>| format::moment(words, at, zone);
    let tries = line.tries.as_array().map_or(0, Vec::len);
    let last = line.tries.as_array().and_then(|tries| tries.last());
    let why = last.and_then(|last| last["error"].as_str()).unwrap_or_default();
    let (state_code, state) = match (line.delivered_at, line.gave_up_at) {
        (Some(done), _) => ("success", format!("{} {}", words.delivery_done(), at(done))),
        (_, Some(over)) => ("error", format!("{} {}", words.delivery_failed(), at(over))),
        _ if tries == 0 => ("open", words.delivery_waits().to_owned()),
        _ => ("callback", format!("{} {}", words.delivery_again(), at(line.next_attempt_at))),
    };
    Row {
        href: format!("/webhooks/deliveries/{}", line.id),
        at: at(line.created_at),
        event: line.event.clone(),
        url: line.url.clone(),
        tries,
        state_code,
        state,
        why: why.to_owned(),
        may_resend: line.told && (line.delivered_at.is_some() || line.gave_up_at.is_some()),
    }
}
