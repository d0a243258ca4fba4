//! `/orders`: what was sold, and how it reaches its buyer.

mod export;
mod one;
pub(super) mod proof;

pub(super) use one::settled_page;

use super::work;
use crate::db::desk::orders::{self, After, Filter, Line, PAGE_ORDERS};
use crate::db::desk::users::Role;
use crate::desk::names::{self, Choice};
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

pub(super) fn mount(site: Site) -> Site {
    site.get("/orders", show)
        .get("/orders/{id}", one::show)
        .post("/orders/{id}", one::act)
        .get("/export/orders", export::orders)
        .get("/export/bookings", export::bookings)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    find: String,
    status: String,
    after: String,
}

struct Row {
    href: String,
    number: String,
    made: String,
    made_utc: String,
    state_code: String,
    state: String,
    items: String,
    total: String,
    to: String,
    recipient: String,
    phone: String,
}

#[derive(Template)]
#[template(path = "orders.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    find: String,
    states: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
    exports: Option<String>,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (digits, name) = work::digits_or_name(&asked.find)?;
    let status = work::value(&asked.status)?;
    let after = work::read_place(&asked.after)?.map(|(created_at, id)| After { created_at, id });
    if digits.is_some() || name.is_some() {
        let what = json!({ "find": asked.find });
        visitor.note(&desk, "orders.searched", ("orders", String::new()), Some(what)).await?;
    } else {
        let what = json!({ "status": status });
        visitor.note(&desk, "orders.listed", ("orders", String::new()), Some(what)).await?;
    }
    let filter = Filter { status, digits, name };
    let mut lines = orders::list(desk.pool(), visitor.tenant()?, filter, after).await?;
    let more = lines.len() > PAGE_ORDERS;
    lines.truncate(PAGE_ORDERS);
    let words = visitor.words;
    let href = |after: &str| {
        let pairs = [("find", asked.find.as_str()), ("status", &asked.status), ("after", after)];
        url::with_query("/orders", &pairs)
    };
    let last = lines.last().filter(|_| more);
    let today = desk.clock().now().with_timezone(&visitor.zone()).date_naive();
    let may_export = matches!(visitor.role(), Some(Role::SuperAdmin | Role::Admin));
    Ok(html(&Page {
        frame: Frame::new(&visitor, words.orders()),
        states: names::choices(words, names::ORDER_STATES, &asked.status),
        rows: lines.iter().map(|line| row(line, &visitor)).collect(),
        next: last.map(|line| href(&work::place(line.created_at, line.id))),
        first: after.map(|_| href("")),
        exports: may_export.then(|| today.to_string()),
        find: asked.find.clone(),
    }))
}

fn row(line: &Line, visitor: &Visitor) -> Row {
    let words = visitor.words;
    let way = line.delivery_type.as_ref();
    let way = way.map_or_else(|| "—".to_owned(), |way| names::name(words, names::DELIVERIES, way));
    Row {
        href: format!("/orders/{}", line.id),
        number: line.order_number.clone().unwrap_or_else(|| "—".to_owned()),
        made: format::moment(words, line.created_at, visitor.zone()),
        made_utc: format::utc(line.created_at),
        state: names::name(words, names::ORDER_STATES, &line.status),
        state_code: line.status.clone(),
        items: line.items.clone(),
        total: format::hryvnias(words, line.total),
        to: line.city.as_ref().map_or(way.clone(), |city| format!("{way}, {city}")),
        recipient: line.recipient.clone(),
        phone: format::phone(&line.phone, visitor.sees_no_numbers()),
    }
}
