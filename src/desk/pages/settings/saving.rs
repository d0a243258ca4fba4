//! A setting is saved, or an old version of it put back: over the version that was seen, or not at
//! all.

use super::{Standing, form, page, standing, told};
use crate::config::settings::{Choice, SettingKey};
use crate::db::desk::settings::{self, Saved, Wish};
use crate::desk::pages::work;
use crate::desk::{Desk, Fields, Frame, Refusal, Visitor, html};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

/// The longest reason, characters.
const REASON_CHARS_MAX: usize = 500;

pub(super) async fn act(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
    Extension(sent): Extension<Fields>,
) -> Result<Response, Refusal> {
    let key = SettingKey::from_word(&name).ok_or(Refusal::NotFound)?;
    let seen: i32 = sent.raw("seen").parse().map_err(|_| Refusal::Bad)?;
    let standing = standing(&desk, &visitor, key).await?;
    let reason: String = sent.text("reason").chars().take(REASON_CHARS_MAX).collect();
    let (choice, back_to) = match sent.raw("do") {
        "save" => match form::read(&standing, &sent) {
            Ok(choice) => (choice, None),
            Err(flaws) => {
                let fields = form::typed(visitor.words, &standing, &sent, &flaws);
                let mut page = page(&visitor, &standing, fields);
                // Whoever typed over an old version must not save over a newer one unseen.
                (page.seen, page.reason, page.wrong) = (seen, reason, true);
                let mut page = html(&page);
                *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(page);
            }
        },
        "back" => match old(&desk, &visitor, &standing, &sent).await? {
            Ok(found) => (found.0, Some(found.1)),
            Err(said) => return Ok(said),
        },
        _ => return Err(Refusal::Bad),
    };
    let hours = match &choice {
        Choice::Hours(hours) => Some(hours.clone()),
        _ => None,
    };
    let wish = Wish { key, seen, value: choice.to_value(), reason, back_to, hours };
    let (pool, words) = (desk.pool(), visitor.words);
    let href = format!("/settings/{}", key.as_str());
    match settings::save(pool, visitor.staff(&desk)?, wish).await? {
        Saved::Done(_) => {
            in_force_now(&desk).await;
            Ok(Redirect::to(&format!("{href}?saved=1")).into_response())
        }
        Saved::Stale => stale(&desk, &visitor, seen, &choice).await,
        Saved::Unknown => {
            let text = (words.not_allowed(), words.setting_no_station());
            Ok(work::said(&visitor, StatusCode::UNPROCESSABLE_ENTITY, text, &href))
        }
    }
}

/// The calls of this process have it with the next one; others look within seconds.
pub(super) async fn in_force_now(desk: &Desk) {
    if let Err(error) = crate::db::settings::refresh(desk.pool(), desk.settings()).await {
        tracing::warn!(%error, "what was saved is in force within seconds only");
    }
}

/// The version that is to be put back, if the file still allows it; else a page that says so.
async fn old(
    desk: &Desk,
    visitor: &Visitor,
    standing: &Standing,
    sent: &Fields,
) -> Result<Result<(Choice, i32), Response>, Refusal> {
    let version: i32 = sent.raw("version").parse().map_err(|_| Refusal::Bad)?;
    let tenant = visitor.tenant()?;
    let found = settings::version(desk.pool(), tenant, standing.key, version).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    let choice = Choice::from_value(standing.key, &found.value);
    let fits = choice.filter(|choice| choice.flaws(&standing.file).is_empty());
    Ok(fits.map(|choice| (choice, version)).ok_or_else(|| {
        let text = (visitor.words.not_allowed(), visitor.words.setting_back_unfit());
        let back = format!("/settings/{}", standing.key.as_str());
        work::said(visitor, StatusCode::UNPROCESSABLE_ENTITY, text, &back)
    }))
}

struct Row {
    name: String,
    saw: String,
    wanted: String,
    now: String,
}

#[derive(Template)]
#[template(path = "settings_conflict.html", config = "src/desk/askama.toml")]
struct Conflict {
    frame: Frame,
    rows: Vec<Row>,
    by: String,
    back: String,
}

/// Somebody else was first: what was seen, what was wanted, and what is.
async fn stale(
    desk: &Desk,
    visitor: &Visitor,
    seen: i32,
    wanted: &Choice,
) -> Result<Response, Refusal> {
    let (words, key) = (visitor.words, wanted.key());
    let now = standing(desk, visitor, key).await?;
    let saw = match settings::version(desk.pool(), visitor.tenant()?, key, seen).await? {
        Some(version) => Choice::from_value(key, &version.value),
        None => Some(super::of_shop(desk, visitor, key, &now.file).await?),
    };
    let facts = |choice: &Choice| told::facts(words, choice, &now.books, now.has_line);
    let value = |choice: Option<&Choice>, name: &str| {
        let facts = choice.map(facts).unwrap_or_default();
        facts.into_iter().find(|fact| fact.name == name).map_or_else(String::new, |fact| fact.value)
    };
    let rows = facts(wanted).into_iter().map(|fact| Row {
        saw: value(saw.as_ref(), &fact.name),
        now: value(Some(&now.choice), &fact.name),
        wanted: fact.value,
        name: fact.name,
    });
    let mut page = html(&Conflict {
        frame: Frame::new(visitor, words.changed_meanwhile()),
        rows: rows.collect(),
        by: super::source(visitor, now.versions.first()),
        back: format!("/settings/{}", key.as_str()),
    });
    *page.status_mut() = StatusCode::CONFLICT;
    Ok(page)
}
