//! `/audit`: who did what, and who looked at what.

use super::work;
use crate::db::desk::audit::{Filter, Line, PAGE_DEEDS, list};
use crate::desk::names::{self, Choice};
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::Days;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn mount(site: Site) -> Site {
    site.get("/audit", show)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    person: String,
    kind: String,
    object: String,
    day: String,
    after: String,
}

struct Row {
    at: String,
    at_utc: String,
    actor: String,
    address: String,
    action: String,
    kind: String,
    object: String,
    href: Option<String>,
    before: String,
    now: String,
}

#[derive(Template)]
#[template(path = "audit.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    asked: Asked,
    kinds: Vec<Choice>,
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
    let zone = visitor.zone();
    let mut filter = Filter {
        person: work::value(&asked.person)?,
        kind: work::value(&asked.kind)?,
        object: work::value(&asked.object)?,
        ..Filter::default()
    };
    if !asked.day.is_empty() {
        let day = work::day(&asked.day, desk.clock().now(), zone)?;
        let next = day.checked_add_days(Days::new(1)).ok_or(Refusal::Bad)?;
        filter.from = Some(work::wall(&format!("{day}T00:00"), zone).ok_or(Refusal::Bad)?);
        filter.to = Some(work::wall(&format!("{next}T00:00"), zone).ok_or(Refusal::Bad)?);
    }
    let after = work::read_place(&asked.after)?;
    // Of the next pages the first has told already.
    if after.is_none() {
        let what = json!({ "person": asked.person, "kind": asked.kind, "day": asked.day });
        visitor.note(&desk, "audit.read", ("audit", String::new()), Some(what)).await?;
    }
    let mut lines = list(desk.pool(), visitor.tenant()?, filter, after).await?;
    let more = lines.len() > PAGE_DEEDS;
    lines.truncate(PAGE_DEEDS);
    let href = |after: &str| {
        let pairs = [
            ("person", asked.person.as_str()),
            ("kind", &asked.kind),
            ("object", &asked.object),
            ("day", &asked.day),
            ("after", after),
        ];
        url::with_query("/audit", &pairs)
    };
    let words = visitor.words;
    Ok(html(&Page {
        frame: Frame::new(&visitor, words.nav_audit()),
        kinds: names::choices(words, names::OBJECT_KINDS, &asked.kind),
        rows: lines.iter().map(|line| row(&visitor, line)).collect(),
        next: lines.last().filter(|_| more).map(|last| href(&work::place(last.at, last.id))),
        first: after.map(|_| href("")),
        asked,
    }))
}

/// The page of a thing, if it has one.
fn page_of(line: &Line) -> Option<String> {
    let id = &line.object_id;
    let folder = match line.object_kind.as_str() {
        "call" => "calls",
        "customer" => "customers",
        "ticket" => "tickets",
        "order" => "orders",
        "booking" => "bookings",
        "user" => "users",
        "article" => "knowledge",
        _ => return None,
    };
    id.parse::<uuid::Uuid>().ok().map(|id| format!("/{folder}/{id}"))
}

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    let Some(fields) = value.as_object() else { return value.to_string() };
    let one = |(name, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}: {value}")
    };
    fields.iter().map(one).collect::<Vec<_>>().join(" · ")
}

fn row(visitor: &Visitor, line: &Line) -> Row {
    let words = visitor.words;
    Row {
        at: format::moment(words, line.at, visitor.zone()),
        at_utc: format::utc(line.at),
        actor: line.actor.clone(),
        address: line.address.clone().unwrap_or_default(),
        action: names::name(words, names::ACTIONS, &line.action),
        kind: names::name(words, names::OBJECT_KINDS, &line.object_kind),
        object: line.object_id.clone(),
        href: page_of(line),
        before: shown(line.before.as_ref()),
        now: shown(line.after.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_told_field_by_field() {
        assert_eq!(shown(None), "");
        let value = json!({ "from": "operator", "per_minute": 5, "to": null });
        assert_eq!(shown(Some(&value)), "from: operator · per_minute: 5 · to: null");
        assert_eq!(shown(Some(&json!([1]))), "[1]");
    }
}
