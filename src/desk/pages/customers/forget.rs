//! `/customers/{id}/forget`: erasing a person, after it was said what goes and asked whether it
//! shall. What is done is what `treadline forget` does, in this shop.

use crate::db::desk::customers;
use crate::db::forget::{self, Erased, Left};
use crate::desk::pages::work;
use crate::desk::{Desk, Fields, Frame, Refusal, Visitor, format, html, names};
use crate::pii::Phone;
use crate::spool;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use uuid::Uuid;

/// Digits of the number that whoever erases has to write.
const CONFIRMED_DIGITS: usize = 4;

struct Row {
    table: String,
    deed: String,
    rows: i64,
}

fn rows(visitor: &Visitor, erased: &[Erased]) -> Vec<Row> {
    let row = |one: &Erased| Row {
        table: one.table_name.clone(),
        deed: names::name(visitor.words, names::ERASURES, &one.deed),
        rows: one.rows_count,
    };
    erased.iter().map(row).collect()
}

#[derive(Template)]
#[template(path = "forget.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    number: String,
    rows: Vec<Row>,
    unfinished: Vec<String>,
    wrong: bool,
    /// Some: it is done; what a search still finds.
    left: Option<Vec<(String, i64)>>,
}

/// The number of somebody, by which they are erased.
async fn number(desk: &Desk, visitor: &Visitor, id: Uuid) -> Result<Option<Phone>, Refusal> {
    let found = customers::page(desk.pool(), visitor.tenant()?, (id, true)).await?;
    let customer = found.ok_or(Refusal::NotFound)?.customer;
    Ok(customer.phone.as_deref().and_then(Phone::parse))
}

fn no_number(visitor: &Visitor, id: Uuid) -> Response {
    let words = visitor.words;
    let text = (words.forget(), words.forget_no_number());
    work::said(visitor, StatusCode::UNPROCESSABLE_ENTITY, text, &format!("/customers/{id}"))
}

async fn question(
    desk: &Desk,
    visitor: &Visitor,
    (id, number): (Uuid, &Phone),
    wrong: bool,
) -> Result<Response, Refusal> {
    let prefix = &desk.books().phone_prefix;
    let outlook = forget::outlook_at(desk.pool(), visitor.tenant()?, number, prefix).await?;
    let mut page = html(&Page {
        frame: Frame::new(visitor, visitor.words.forget()),
        href: format!("/customers/{id}"),
        number: format::phone(number.reveal(), true),
        rows: rows(visitor, &outlook.erased),
        unfinished: outlook.unfinished,
        wrong,
        left: None,
    });
    if wrong {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

pub(super) async fn ask(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let Some(number) = number(&desk, &visitor, id).await? else {
        return Ok(no_number(&visitor, id));
    };
    question(&desk, &visitor, (id, &number), false).await
}

pub(super) async fn forget(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let Some(number) = number(&desk, &visitor, id).await? else {
        return Ok(no_number(&visitor, id));
    };
    let digits = number.reveal();
    let last = digits.get(digits.len().saturating_sub(CONFIRMED_DIGITS)..).unwrap_or(digits);
    if fields.text("confirm") != last {
        return question(&desk, &visitor, (id, &number), true).await;
    }
    // Noted first: that somebody was erased has to stand somewhere, without who it was.
    visitor.note(&desk, "customer.forgotten", ("customer", id.to_string()), None).await?;
    let prefix = desk.books().phone_prefix.clone();
    let mut left = in_journal(&desk, &number, &prefix).await?;
    let done = forget::forget_at(desk.pool(), visitor.tenant()?, &number, &prefix).await?;
    left.extend(done.left.iter().map(|Left { place, rows_count }| (place.clone(), *rows_count)));
    let what = json!({ "left": left.len() });
    visitor.note(&desk, "customer.erased", ("customer", id.to_string()), Some(what)).await?;
    Ok(html(&Page {
        frame: Frame::new(&visitor, visitor.words.forgotten()),
        href: "/customers".to_owned(),
        number: String::new(),
        rows: rows(&visitor, &done.erased),
        unfinished: Vec::new(),
        wrong: false,
        left: Some(left),
    }))
}

/// Takes the person out of the journal's refused records; where else in it the number stands.
async fn in_journal(
    desk: &Desk,
    number: &Phone,
    prefix: &str,
) -> Result<Vec<(String, i64)>, Refusal> {
    let Some(folder) = desk.books().spool.clone() else { return Ok(Vec::new()) };
    let (number, prefix) = (number.clone(), prefix.to_owned());
    let look = move || spool::forget(&folder, |text| forget::mentions(text, &number, &prefix));
    let looked = tokio::task::spawn_blocking(look).await.map_err(|_| Refusal::Busy)?;
    let found = looked.map_err(|error| {
        tracing::warn!(%error, "the journal's folder cannot be read");
        Refusal::Busy
    })?;
    let name = |path: &std::path::PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        (format!("(spool) {file}"), 1)
    };
    Ok(found.on_their_way.iter().map(name).collect())
}
