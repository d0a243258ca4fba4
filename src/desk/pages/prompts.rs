//! `/prompts`: versions of the instructions, what differs between two, and tests of two against each
//! other. Each deed is one of `treadline prompts`.

mod acts;
mod compare;
mod trial;

use super::work;
use crate::db::prompts::{self, PromptError, PromptVersion, text};
use crate::desk::names::Choice;
use crate::desk::words::Words;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, url};
use crate::ids::TenantId;
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use rust_decimal::Decimal;
use serde::Deserialize;

pub(super) fn mount(site: Site) -> Site {
    site.get("/prompts", show)
        .post("/prompts", acts::add)
        .get("/prompts/compare", compare::show)
        .post("/prompts/tests", acts::test)
        .post("/prompts/{id}", acts::activate)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    from: String,
}

struct Row {
    href: String,
    name: String,
    active: bool,
    chars: String,
    made: String,
    begin: String,
    compare: Option<String>,
}

/// What was typed into the form of a new version.
#[derive(Default)]
struct Typed {
    name: String,
    text: String,
    wrong: String,
}

#[derive(Template)]
#[template(path = "prompts.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    may_change: bool,
    rows: Vec<Row>,
    typed: Typed,
    versions: Vec<Choice>,
    trial: Option<trial::Shown>,
}

/// True where calls follow the instructions that the page shows.
fn rules_calls(visitor: &Visitor) -> Result<bool, Refusal> {
    Ok(visitor.tenant()? == TenantId::DEFAULT)
}

/// What stands in the way, in the visitor's words; the database's trouble is everybody's.
fn said(words: Words, error: PromptError) -> Result<String, Refusal> {
    Ok(match error {
        PromptError::Database(error) => return Err(error.into()),
        PromptError::Unknown(name) => format!("{} ({name})", words.prompt_unknown()),
        PromptError::Taken(name) => format!("{} ({name})", words.prompt_taken()),
        PromptError::Running(name) => format!("{} ({name})", words.prompt_running()),
        PromptError::TestTaken(name) => format!("{} ({name})", words.prompt_test_taken()),
        PromptError::NoTest => words.prompt_no_test().to_owned(),
    })
}

async fn all(desk: &Desk, visitor: &Visitor) -> Result<Vec<PromptVersion>, Refusal> {
    let found = prompts::list(desk.pool(), visitor.tenant()?).await;
    found.map_err(|error| said(visitor.words, error).err().unwrap_or(Refusal::Busy))
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let mut typed = Typed::default();
    if let Some(from) = work::value(&asked.from)? {
        let known = all(&desk, &visitor).await?;
        let version = known.iter().find(|one| one.name == from).ok_or(Refusal::NotFound)?;
        typed.text = text::written(version);
    }
    page(&desk, &visitor, typed).await
}

async fn page(desk: &Desk, visitor: &Visitor, typed: Typed) -> Result<Response, Refusal> {
    let words = visitor.words;
    let mut versions = all(desk, visitor).await?;
    // The last one first: that is the one somebody works on.
    versions.reverse();
    let active = versions.iter().find(|one| one.is_active).map(|one| one.name.clone());
    let choice = |one: &PromptVersion| Choice {
        code: one.name.clone(),
        name: one.name.clone(),
        chosen: one.is_active,
    };
    let wrong = !typed.wrong.is_empty();
    let mut page = html(&Page {
        frame: Frame::new(visitor, words.nav_prompts()),
        may_change: rules_calls(visitor)?,
        rows: versions.iter().map(|one| row(visitor, one, active.as_deref())).collect(),
        versions: versions.iter().map(choice).collect(),
        trial: trial::shown(desk, visitor).await?,
        typed,
    });
    if wrong {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

fn row(visitor: &Visitor, one: &PromptVersion, active: Option<&str>) -> Row {
    let words = visitor.words;
    let chars = Decimal::from(one.system_prompt.chars().count());
    let compare = active
        .filter(|active| *active != one.name)
        .map(|active| url::with_query("/prompts/compare", &[("a", active), ("b", &one.name)]));
    Row {
        href: format!("/prompts/{}", one.id),
        name: one.name.clone(),
        active: one.is_active,
        chars: format::decimal(words, chars, 0),
        made: format::moment(words, one.created_at, visitor.zone()),
        begin: url::with_query("/prompts", &[("from", &one.name)]),
        compare,
    }
}
