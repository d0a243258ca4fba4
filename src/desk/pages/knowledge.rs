//! `/knowledge`: what the agent can tell, what a question finds of it, and one article with its
//! versions.

mod one;
mod write;

pub(super) use one::{Changed, changed};

use super::work;
use crate::desk::names::{self, Choice};
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html};
use crate::ids::CallId;
use crate::language::Language;
use crate::shop::Category;
use crate::store::knowledge::{self, FOUND_MAX, Found, KnowledgeQuery, Listed};
use crate::store::{FrontDesk as _, Scope};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use rust_decimal::Decimal;
use serde::Deserialize;
use uuid::Uuid;

pub(super) fn mount(site: Site) -> Site {
    site.get("/knowledge", show)
        .post("/knowledge", write::make)
        .get("/knowledge/{id}", one::show)
        .post("/knowledge/{id}", write::change)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    ask: String,
    lang: String,
}

struct Row {
    href: String,
    title: String,
    slug: String,
    language: String,
    about: String,
    told: bool,
    version: i32,
    chunks: i64,
    vectors: i64,
    archived: i64,
    updated: String,
}

struct Hit {
    href: Option<String>,
    title: String,
    heading: String,
    language: &'static str,
    text: String,
    certain: bool,
    words: String,
    cosine: Option<String>,
}

/// What was typed into the form of a new article.
#[derive(Default)]
struct Typed {
    slug: String,
    language: String,
    category: String,
    title: String,
    content: String,
    wrong: String,
}

#[derive(Template)]
#[template(path = "knowledge.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    ask: String,
    languages: Vec<Choice>,
    hits: Option<Vec<Hit>>,
    rows: Vec<Row>,
    typed: Typed,
    new_languages: Vec<Choice>,
    categories: Vec<Choice>,
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
    let words = visitor.words;
    let language = match asked.lang.as_str() {
        "" => Language::Uk,
        code => Language::from_code(code).ok_or(Refusal::Bad)?,
    };
    let all = knowledge::list(desk.pool(), visitor.tenant()?).await?;
    let hits = match work::value(&asked.ask)? {
        None => None,
        Some(text) => Some(search(desk, visitor, (text, language), &all).await?),
    };
    let languages = |chosen: &str| names::choices(words, names::LANGUAGES, chosen);
    let wrong = !typed.wrong.is_empty();
    let mut page = html(&Page {
        frame: Frame::new(visitor, words.nav_knowledge()),
        ask: asked.ask.clone(),
        languages: languages(language.code()),
        hits,
        rows: all.iter().map(|one| row(visitor, one)).collect(),
        new_languages: languages(if typed.language.is_empty() { "uk" } else { &typed.language }),
        categories: categories(visitor, &typed.category),
        typed,
    });
    if wrong {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

/// The shelves to choose from.
fn categories(visitor: &Visitor, chosen: &str) -> Vec<Choice> {
    let choice = |one: Category| Choice {
        code: one.as_str().to_owned(),
        name: names::name(visitor.words, names::SHELVES, one.as_str()),
        chosen: one.as_str() == chosen,
    };
    Category::ALL.into_iter().map(choice).collect()
}

fn row(visitor: &Visitor, one: &Listed) -> Row {
    let words = visitor.words;
    Row {
        href: format!("/knowledge/{}", one.id),
        title: one.title.clone(),
        slug: one.slug.clone(),
        language: names::name(words, names::LANGUAGES, &one.language),
        about: names::name(words, names::SHELVES, &one.category),
        told: one.active && one.review_state == "approved",
        version: one.version,
        chunks: one.chunks,
        vectors: one.vectors,
        archived: one.archived,
        updated: format::moment(words, one.updated_at, visitor.zone()),
    }
}

/// What the tool `search_knowledge_base` finds: the same search, with its scores.
async fn search(
    desk: &Desk,
    visitor: &Visitor,
    (text, language): (String, Language),
    all: &[Listed],
) -> Result<Vec<Hit>, Refusal> {
    let now = desk.clock().now();
    let scope = Scope {
        tenant: visitor.tenant()?,
        call: CallId(Uuid::nil()),
        call_started_at: now,
        caller: None,
        now,
        language,
    };
    let query = KnowledgeQuery { text, category: None, language, limit: FOUND_MAX };
    let found = desk.store().search_knowledge(&scope, &query).await.map_err(|error| {
        tracing::warn!(%error, "the knowledge base cannot be searched");
        Refusal::Busy
    })?;
    Ok(found.iter().map(|one| hit(visitor, one, all)).collect())
}

fn hit(visitor: &Visitor, found: &Found, all: &[Listed]) -> Hit {
    let score = |value: f64| {
        let value = Decimal::try_from(value).unwrap_or_default();
        format::decimal(visitor.words, value, 2)
    };
    let language = found.language.code();
    let known = all.iter().find(|one| one.slug == found.slug && one.language == language);
    Hit {
        href: known.map(|one| format!("/knowledge/{}", one.id)),
        title: found.title.clone(),
        heading: found.heading.clone(),
        language,
        text: found.text.clone(),
        certain: found.certain,
        words: score(found.words),
        cosine: found.cosine.map(score),
    }
}
