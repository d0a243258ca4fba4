//! `/knowledge/{id}`: one article in one language, to be edited, and how it came to be.

use super::categories;
use crate::desk::diff::{self, Line};
use crate::desk::names::{self, Choice};
use crate::desk::pages::work;
use crate::desk::{Desk, Frame, Refusal, Visitor, format, html};
use crate::store::knowledge::{self, Revision, Stored};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    version: String,
}

struct Row {
    version: i32,
    at: String,
    title: String,
    source: String,
    href: Option<String>,
}

/// A line of a comparison.
pub(in crate::desk::pages) struct Changed {
    pub(in crate::desk::pages) class: &'static str,
    pub(in crate::desk::pages) sign: &'static str,
    pub(in crate::desk::pages) text: String,
}

/// A comparison as a page shows it.
pub(in crate::desk::pages) fn changed(lines: &[Line<'_>]) -> Vec<Changed> {
    let shown = |line: &Line<'_>| {
        let (class, sign, text) = match line {
            Line::Same(text) => ("same", " ", text),
            Line::Removed(text) => ("removed", "−", text),
            Line::Added(text) => ("added", "+", text),
        };
        Changed { class, sign, text: (*text).to_owned() }
    };
    lines.iter().map(shown).collect()
}

#[derive(Template)]
#[template(path = "article.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    facts: Vec<(&'static str, String)>,
    told: bool,
    version: i32,
    title: String,
    language: String,
    content: String,
    categories: Vec<Choice>,
    wrong: String,
    said: String,
    rows: Vec<Row>,
    compared: Option<(i32, Vec<Changed>)>,
}

/// What the page says beside the article.
#[derive(Default)]
pub(super) struct Beside {
    /// What is wrong with what was typed: title, category and text of it.
    pub(super) typed: Option<(String, String, String)>,
    pub(super) wrong: String,
    pub(super) said: &'static str,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let version = work::value(&asked.version)?;
    let version: Option<i32> =
        version.map(|text| text.parse().map_err(|_| Refusal::Bad)).transpose()?;
    page(&desk, &visitor, work::id(&id)?, version, Beside::default()).await
}

pub(super) async fn page(
    desk: &Desk,
    visitor: &Visitor,
    id: Uuid,
    version: Option<i32>,
    beside: Beside,
) -> Result<Response, Refusal> {
    let tenant = visitor.tenant()?;
    let found = knowledge::by_id(desk.pool(), tenant, id).await?.ok_or(Refusal::NotFound)?;
    let past = knowledge::revisions(desk.pool(), tenant, id).await?;
    let compared = match version {
        None => None,
        Some(wanted) => {
            let old = past.iter().find(|one| one.version == wanted).ok_or(Refusal::NotFound)?;
            Some((wanted, changed(&diff::lines(&old.content, &found.content))))
        }
    };
    let bad = !beside.wrong.is_empty();
    let (title, category, content) = beside
        .typed
        .unwrap_or_else(|| (found.title.clone(), found.category.clone(), found.content.clone()));
    let mut page = html(&Page {
        frame: Frame::new(visitor, found.title.clone()),
        href: format!("/knowledge/{id}"),
        facts: facts(visitor, &found),
        told: found.active && found.review_state == "approved",
        version: found.version,
        title,
        language: found.language.clone(),
        content,
        categories: categories(visitor, &category),
        wrong: beside.wrong,
        said: beside.said.to_owned(),
        rows: past.iter().map(|one| row(visitor, &found, one)).collect(),
        compared,
    });
    if bad {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

fn facts(visitor: &Visitor, found: &Stored) -> Vec<(&'static str, String)> {
    let words = visitor.words;
    let told = found.active && found.review_state == "approved";
    vec![
        (words.article_slug(), found.slug.clone()),
        (words.language(), names::name(words, names::LANGUAGES, &found.language)),
        (words.article_about(), names::name(words, names::SHELVES, &found.category)),
        (words.article_version(), found.version.to_string()),
        (words.source(), found.source.clone()),
        (words.state(), if told { words.article_on() } else { words.article_off() }.to_owned()),
    ]
}

fn row(visitor: &Visitor, found: &Stored, one: &Revision) -> Row {
    let other = one.version != found.version;
    Row {
        version: one.version,
        at: format::moment(visitor.words, one.created_at, visitor.zone()),
        title: one.title.clone(),
        source: one.source.clone(),
        href: other.then(|| format!("/knowledge/{}?version={}", found.id, one.version)),
    }
}
