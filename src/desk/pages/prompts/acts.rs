//! What is done with versions and tests.

use super::{Typed, page, rules_calls, said};
use crate::db::prompts::{self, text};
use crate::desk::pages::work;
use crate::desk::{Desk, Fields, Refusal, Visitor};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

/// The longest name of a test, as the database takes it, characters.
const TEST_NAME_CHARS_MAX: usize = 100;

/// Only where calls follow them.
fn allowed(visitor: &Visitor) -> Result<(), Refusal> {
    if rules_calls(visitor)? { Ok(()) } else { Err(Refusal::Denied) }
}

pub(super) async fn add(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    allowed(&visitor)?;
    let words = visitor.words;
    let again = |wrong: String| Typed {
        name: fields.text("name").chars().take(TEST_NAME_CHARS_MAX).collect(),
        text: fields.raw("text").chars().take(text::TEXT_CHARS_MAX * 2).collect(),
        wrong,
    };
    let name = fields.text("name").to_owned();
    let new = match text::read(fields.raw("text"), Some(name), "", &desk.books().tools) {
        Ok(new) => new,
        Err(why) => {
            let why = format!("{} {why}", words.article_wrong());
            return page(&desk, &visitor, again(why)).await;
        }
    };
    let (name, chars) = (new.name.clone(), new.system_prompt.chars().count());
    if let Err(error) = prompts::add(desk.pool(), visitor.tenant()?, new).await {
        let why = said(words, error)?;
        return page(&desk, &visitor, again(why)).await;
    }
    let what = json!({ "chars": chars });
    visitor.note(&desk, "prompt.added", ("prompt", name), Some(what)).await?;
    Ok(Redirect::to("/prompts").into_response())
}

pub(super) async fn activate(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(_): Extension<Fields>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let versions = super::all(&desk, &visitor).await?;
    let version = versions.iter().find(|one| one.id == id).ok_or(Refusal::NotFound)?;
    allowed(&visitor)?;
    let before = versions.iter().find(|one| one.is_active).map(|one| one.name.clone());
    let what = json!({ "before": before });
    let object = ("prompt", version.name.clone());
    visitor.note(&desk, "prompt.activated", object, Some(what)).await?;
    match prompts::activate(desk.pool(), visitor.tenant()?, version.name.clone()).await {
        Ok(()) => Ok(Redirect::to("/prompts").into_response()),
        Err(error) => Ok(refused(&visitor, &said(visitor.words, error)?)),
    }
}

fn refused(visitor: &Visitor, why: &str) -> Response {
    work::said(visitor, StatusCode::CONFLICT, (visitor.words.not_allowed(), why), "/prompts")
}

pub(super) async fn test(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    allowed(&visitor)?;
    let (words, tenant) = (visitor.words, visitor.tenant()?);
    let wrong = |why: &str| {
        let text = (words.ab_start(), why);
        Ok(work::said(&visitor, StatusCode::UNPROCESSABLE_ENTITY, text, "/prompts"))
    };
    match fields.raw("do") {
        "start" => {
            let (a, b) = (fields.text("a").to_owned(), fields.text("b").to_owned());
            if a == b {
                return wrong(words.ab_same());
            }
            let share = fields.text("share").parse::<u8>().ok();
            let Some(share) = share.filter(|share| (1..=99).contains(share)) else {
                return wrong(words.ab_share_bad());
            };
            let typed: String = fields.text("name").chars().take(TEST_NAME_CHARS_MAX).collect();
            let both: String = format!("{a} or {b}").chars().take(TEST_NAME_CHARS_MAX).collect();
            let name = if typed.is_empty() { both } else { typed };
            let what = json!({ "a": a, "b": b, "share_b": share });
            let begun = prompts::start_test(
                desk.pool(),
                tenant,
                name.clone(),
                [a, b],
                f64::from(share) / 100.0,
            );
            if let Err(error) = begun.await {
                return Ok(refused(&visitor, &said(words, error)?));
            }
            visitor.note(&desk, "ab_test.started", ("ab_test", name), Some(what)).await?;
        }
        "stop" => match prompts::stop_test(desk.pool(), tenant).await {
            Ok(name) => {
                visitor.note(&desk, "ab_test.stopped", ("ab_test", name), None).await?;
            }
            Err(error) => return Ok(refused(&visitor, &said(words, error)?)),
        },
        _ => return Err(Refusal::Bad),
    }
    Ok(Redirect::to("/prompts").into_response())
}
