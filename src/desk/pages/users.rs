//! `/users`: the people of the desk, and one of them.

mod acts;

use super::work;
use crate::db::desk::users::{self, PAGE_PEOPLE, Person, Role};
use crate::desk::names::Choice;
use crate::desk::words::Words;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

pub(super) fn mount(site: Site) -> Site {
    site.get("/users", list)
        .post("/users", acts::invite)
        .get("/users/{id}", show)
        .post("/users/{id}", acts::change)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    after: String,
}

struct Row {
    href: String,
    name: String,
    email: String,
    role: &'static str,
    shop: String,
    state_code: &'static str,
    state: &'static str,
    seen: String,
    devices: i64,
}

/// What was typed into the form, and what is wrong with it.
#[derive(Default)]
struct Typed {
    email: String,
    name: String,
    role: String,
    wrong: &'static str,
}

#[derive(Template)]
#[template(path = "users.html", config = "src/desk/askama.toml")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    roles: Vec<Choice>,
    typed: Typed,
    next: Option<String>,
    first: bool,
}

/// Roles that somebody may give: their own, and those below.
fn roles(visitor: &Visitor, chosen: Option<Role>) -> Vec<Choice> {
    let mine = visitor.role().unwrap_or(Role::Analyst);
    let given = Role::ALL.into_iter().filter(|role| *role >= mine);
    let choice = |role: Role| Choice {
        code: role.code().to_owned(),
        name: visitor.words.role(role).to_owned(),
        chosen: chosen == Some(role),
    };
    given.map(choice).collect()
}

fn state(words: Words, person: &Person) -> (&'static str, &'static str) {
    match (person.blocked_at, person.has_password) {
        (Some(_), _) => ("error", words.state_off()),
        (None, true) => ("success", words.state_in()),
        (None, false) => ("callback", words.state_invited()),
    }
}

fn row(visitor: &Visitor, person: &Person) -> Row {
    let (words, zone) = (visitor.words, visitor.zone());
    let (state_code, state) = state(words, person);
    let seen = |at: DateTime<Utc>| format::moment(words, at, zone);
    Row {
        href: format!("/users/{}", person.id),
        name: if person.name.is_empty() { person.email.clone() } else { person.name.clone() },
        email: person.email.clone(),
        role: words.role(person.role),
        shop: person.shop.clone().unwrap_or_else(|| words.every_shop().to_owned()),
        state_code,
        state,
        seen: person.seen_at.map_or_else(|| words.never_here().to_owned(), seen),
        devices: person.devices,
    }
}

async fn list(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    list_with(&desk, &visitor, &asked.after, Typed::default()).await
}

async fn list_with(
    desk: &Desk,
    visitor: &Visitor,
    after: &str,
    typed: Typed,
) -> Result<Response, Refusal> {
    let after = work::value(after)?.unwrap_or_default();
    visitor.note(desk, "users.listed", ("users", String::new()), None).await?;
    let now = desk.clock().now();
    let mut all = users::people(desk.pool(), reach(visitor)?, after.clone(), now).await?;
    let more = all.len() > PAGE_PEOPLE;
    all.truncate(PAGE_PEOPLE);
    let last = all.last().filter(|_| more);
    let next = last.map(|last| url::with_query("/users", &[("after", &last.email)]));
    let chosen = typed.role.parse().unwrap_or(Role::Operator);
    let wrong = !typed.wrong.is_empty();
    let mut page = html(&List {
        frame: Frame::new(visitor, visitor.words.people()),
        rows: all.iter().map(|person| row(visitor, person)).collect(),
        roles: roles(visitor, Some(chosen)),
        typed,
        next,
        first: !after.is_empty(),
    });
    if wrong {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

/// Whose people somebody sees: those of the shop that is looked at; who is of every shop sees all.
fn reach(visitor: &Visitor) -> Result<Option<crate::ids::TenantId>, Refusal> {
    match visitor.role() {
        Some(Role::SuperAdmin) => Ok(None),
        _ => visitor.tenant().map(Some),
    }
}

/// Somebody whom the visitor may see and change. Who is above them is not found, as is somebody of
/// another shop.
async fn find(desk: &Desk, visitor: &Visitor, id: Uuid) -> Result<users::User, Refusal> {
    let found = users::by_id(desk.pool(), id).await?.ok_or(Refusal::NotFound)?;
    let theirs = reach(visitor)?.is_none_or(|shop| found.tenant_id == Some(shop.0));
    let below = visitor.role().is_some_and(|mine| found.role >= mine);
    if theirs && below && found.email != users::DEMO { Ok(found) } else { Err(Refusal::NotFound) }
}

#[derive(Template)]
#[template(path = "user.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    facts: Vec<(&'static str, String)>,
    blocked: bool,
    roles: Vec<Choice>,
    deeds: String,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let found = find(&desk, &visitor, work::id(&id)?).await?;
    visitor.note(&desk, "user.read", ("user", found.id.to_string()), None).await?;
    let (words, zone) = (visitor.words, visitor.zone());
    let seen = |at: DateTime<Utc>| format::moment(words, at, zone);
    let since = found.blocked_at.map(|at| format!("{} · {}", words.state_off(), seen(at)));
    let mut facts = vec![
        (words.email(), found.email.clone()),
        (words.person_role(), words.role(found.role).to_owned()),
        (words.last_here(), found.seen_at.map_or_else(|| words.never_here().to_owned(), seen)),
    ];
    facts.extend(since.map(|since| (words.state(), since)));
    let name = if found.name.is_empty() { &found.email } else { &found.name };
    Ok(html(&Page {
        frame: Frame::new(&visitor, name.clone()),
        href: format!("/users/{}", found.id),
        facts,
        blocked: found.blocked_at.is_some(),
        roles: roles(&visitor, Some(found.role)),
        deeds: url::with_query("/audit", &[("person", &found.email)]),
    }))
}
