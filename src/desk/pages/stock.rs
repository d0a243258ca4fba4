//! `/stock`: the catalogue and what is there of it; files of the shop into it.

mod upload;

use super::work;
use crate::db::desk::stock::{self, Filter, Import, Line, PAGE_ARTICLES};
use crate::db::desk::users::Role;
use crate::desk::names::{self, Choice};
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

pub(super) fn mount(site: Site) -> Site {
    site.get("/stock", show).post("/stock", upload::upload)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    find: String,
    size: String,
    season: String,
    after: String,
}

struct Row {
    sku: String,
    name: String,
    size: String,
    season: String,
    price: String,
    quantity: i32,
    active: bool,
    updated: String,
}

struct Past {
    at: String,
    state_code: String,
    state: String,
    kind: String,
    file: String,
    rows: i32,
    error: String,
}

#[derive(Template)]
#[template(path = "stock.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    asked: Asked,
    seasons: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
    kinds: Vec<Choice>,
    imports: Vec<Past>,
    admin: bool,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let filter = Filter {
        text: work::value(&asked.find)?,
        size: work::value(&asked.size)?,
        season: work::value(&asked.season)?,
    };
    let after = work::value(&asked.after)?;
    let tenant = visitor.tenant()?;
    let mut lines = stock::list(desk.pool(), tenant, filter, after.clone()).await?;
    let more = lines.len() > PAGE_ARTICLES;
    lines.truncate(PAGE_ARTICLES);
    let imports = stock::imports(desk.pool(), tenant).await?;
    let words = visitor.words;
    let href = |after: &str| {
        let pairs = [
            ("find", asked.find.as_str()),
            ("size", &asked.size),
            ("season", &asked.season),
            ("after", after),
        ];
        url::with_query("/stock", &pairs)
    };
    let last = lines.last().filter(|_| more);
    Ok(html(&Page {
        frame: Frame::new(&visitor, words.stock()),
        seasons: names::choices(words, names::SEASONS, &asked.season),
        rows: lines.iter().map(|line| row(&visitor, line)).collect(),
        next: last.map(|line| href(&line.sku)),
        first: after.map(|_| href("")),
        kinds: names::choices(words, names::FILE_KINDS, "stock"),
        imports: imports.iter().map(|one| past(&visitor, one)).collect(),
        admin: matches!(visitor.role(), Some(Role::SuperAdmin | Role::Admin)),
        asked: asked.clone(),
    }))
}

fn row(visitor: &Visitor, line: &Line) -> Row {
    let words = visitor.words;
    Row {
        sku: line.sku.clone(),
        name: line.name.clone(),
        size: line.size.clone(),
        season: names::name(words, names::SEASONS, &line.season),
        price: format::hryvnias(words, line.price),
        quantity: line.quantity,
        active: line.active,
        updated: format::moment(words, line.updated_at, visitor.zone()),
    }
}

fn past(visitor: &Visitor, import: &Import) -> Past {
    let words = visitor.words;
    let noted = |key: &str| import.metadata_json.get(key).and_then(Value::as_str);
    Past {
        at: format::moment(words, import.started_at, visitor.zone()),
        state: names::name(words, names::IMPORT_STATES, &import.status),
        state_code: import.status.clone(),
        kind: noted("kind").map_or_else(String::new, |k| names::name(words, names::FILE_KINDS, k)),
        file: noted("file").unwrap_or_default().to_owned(),
        rows: import.records_processed,
        error: import.error_message.clone().unwrap_or_default(),
    }
}
