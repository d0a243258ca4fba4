//! `/settings/corrections`: words that are heard wrong. Before a correction is saved, it is tried on
//! what callers said in the last week.

use super::saving::in_force_now;
use crate::db::desk::audit::masked_text;
use crate::db::desk::corrections::{self, Done, EXAMPLES_MAX, Example, New, Preview, Row};
use crate::desk::pages::work;
use crate::desk::{Desk, Fields, Frame, Refusal, Visitor, format, html, policy};
use crate::language::corrections::{Correction, Unfit, tidy};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// On how much a correction is tried.
const WEEK: TimeDelta = TimeDelta::days(7);
/// The longest reason, characters.
const REASON_CHARS_MAX: usize = 500;
/// The page.
const HREF: &str = "/settings/corrections";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    heard: String,
    meant: String,
}

struct Line {
    id: Uuid,
    heard: String,
    meant: String,
    reason: String,
    active: bool,
    applied: i64,
    helped: String,
    version: i32,
    by: String,
    at: String,
}

struct Tried {
    found: String,
    examples: Vec<Example>,
}

#[derive(Template)]
#[template(path = "settings_corrections.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    asked: Asked,
    wrong: String,
    tried: Option<Tried>,
    rows: Vec<Line>,
    may_change: bool,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (heard, meant) = (work::value(&asked.heard)?, work::value(&asked.meant)?);
    let asked =
        Asked { heard: tidy(&heard.unwrap_or_default()), meant: tidy(&meant.unwrap_or_default()) };
    let rows = corrections::list(desk.pool(), visitor.tenant()?).await?;
    let mut page = Page {
        frame: Frame::new(&visitor, visitor.words.corrections()),
        wrong: String::new(),
        tried: None,
        rows: rows.iter().map(|row| line(&visitor, row)).collect(),
        may_change: policy::allows("POST", "/settings/corrections", visitor.role()),
        asked,
    };
    if !page.asked.heard.is_empty() || !page.asked.meant.is_empty() {
        match Correction::new(Uuid::nil(), &page.asked.heard, &page.asked.meant) {
            Err(why) => visitor.words.unfit(why).clone_into(&mut page.wrong),
            Ok(correction) => {
                page.tried = Some(tried(&desk, &visitor, &page.asked, correction).await?);
            }
        }
    }
    let unfit = !page.wrong.is_empty();
    let mut page = html(&page);
    if unfit {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

/// Tries a correction on the last week. Whoever reads what callers said is noted.
async fn tried(
    desk: &Desk,
    visitor: &Visitor,
    asked: &Asked,
    correction: Correction,
) -> Result<Tried, Refusal> {
    let told = json!({ "heard": asked.heard, "meant": asked.meant });
    visitor.note(desk, "correction.previewed", ("correction", "new".into()), Some(told)).await?;
    let since = desk.clock().now() - WEEK;
    let preview = corrections::preview(desk.pool(), visitor.tenant()?, correction, since).await?;
    let Preview { looked_at, changed, mut examples } = preview;
    if visitor.sees_no_numbers() {
        for example in &mut examples {
            example.before = masked_text(&example.before);
            example.after = masked_text(&example.after);
        }
    }
    examples.truncate(EXAMPLES_MAX);
    Ok(Tried { found: visitor.words.would_change(changed, looked_at), examples })
}

fn line(visitor: &Visitor, row: &Row) -> Line {
    let words = visitor.words;
    let share = row.success_rate.map(|rate| rate * Decimal::ONE_HUNDRED);
    let share = share.map(|share| format!(" ({} %)", format::decimal(words, share, 0)));
    Line {
        id: row.id,
        heard: row.heard.clone(),
        meant: row.meant.clone(),
        reason: row.reason.clone(),
        active: row.status == "active",
        applied: row.times_applied,
        helped: format!("{}{}", row.times_helped, share.unwrap_or_default()),
        version: row.version,
        by: row.changed_by.clone(),
        at: format::moment(words, row.updated_at, visitor.zone()),
    }
}

pub(super) async fn add(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(sent): Extension<Fields>,
) -> Result<Response, Refusal> {
    let (heard, meant) = (tidy(sent.text("heard")), tidy(sent.text("meant")));
    if let Err(why) = Correction::new(Uuid::nil(), &heard, &meant) {
        return Ok(unfit(&visitor, why));
    }
    let reason = sent.text("reason").chars().take(REASON_CHARS_MAX).collect();
    let new = New { heard, meant, reason };
    let done = corrections::add(desk.pool(), visitor.staff(&desk)?, new).await?;
    told(&desk, &visitor, done).await
}

pub(super) async fn act(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(sent): Extension<Fields>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    // Versions count from 1: a form without one has seen none.
    let seen = sent.raw("seen").parse().unwrap_or_default();
    let wanted = sent.raw("do") == "restore";
    let staff = visitor.staff(&desk)?;
    let done = corrections::set_active(desk.pool(), staff, (id, seen), wanted).await?;
    told(&desk, &visitor, done).await
}

fn unfit(visitor: &Visitor, why: Unfit) -> Response {
    let text = (visitor.words.not_allowed(), visitor.words.unfit(why));
    work::said(visitor, StatusCode::UNPROCESSABLE_ENTITY, text, HREF)
}

async fn told(desk: &Desk, visitor: &Visitor, done: Done) -> Result<Response, Refusal> {
    let words = visitor.words;
    let state = |status: &str| {
        if status == "active" { words.setting_in_force() } else { words.correction_retired() }
    };
    Ok(match done {
        Done::Done => {
            in_force_now(desk).await;
            Redirect::to(HREF).into_response()
        }
        Done::Unknown => return Err(Refusal::NotFound),
        Done::Stale(status) => {
            let why = format!(
                "{} {}: {}",
                words.changed_meanwhile_why(),
                words.it_is_now(),
                state(&status)
            );
            work::said(visitor, StatusCode::CONFLICT, (words.changed_meanwhile(), &why), HREF)
        }
        Done::Taken(meant) => {
            let why = format!("{} {meant}", words.correction_taken());
            work::said(visitor, StatusCode::CONFLICT, (words.not_allowed(), &why), HREF)
        }
        Done::Full => {
            let text = (words.not_allowed(), words.correction_full());
            work::said(visitor, StatusCode::UNPROCESSABLE_ENTITY, text, HREF)
        }
    })
}
