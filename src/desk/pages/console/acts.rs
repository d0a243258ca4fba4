//! What operators do at the console.

use crate::db::desk::pops::{self, Act, Acted, OUTCOMES, REFUSALS};
use crate::db::desk::presence::{self, REASONS, STATES, Set, Wanted};
use crate::db::desk::takeovers;
use crate::desk::pages::work;
use crate::desk::{Desk, Fields, Refusal, Visitor};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

/// The longest note, characters.
const NOTE_CHARS_MAX: usize = 4_000;
const BACK: &str = "/console";

fn known<const N: usize>(table: [&'static str; N], word: &str) -> Result<&'static str, Refusal> {
    table.into_iter().find(|known| *known == word).ok_or(Refusal::Bad)
}

pub(super) async fn presence(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let state = known(STATES, fields.raw("state"))?;
    let reason = match state {
        "away" => Some(known(REASONS, fields.raw("reason"))?),
        _ => None,
    };
    let phone_only = fields.raw("phone_only") == "1";
    let wanted = Wanted { state, reason, phone_only };
    Ok(match presence::set(desk.pool(), visitor.staff(&desk)?, wanted).await? {
        Set::Done => Redirect::to(BACK).into_response(),
        Set::Unfiled => refused(&visitor, visitor.words.unfiled_first()),
    })
}

pub(super) async fn pop(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let (id, staff) = (work::id(&id)?, visitor.staff(&desk)?);
    // Whoever may not know of it is not told what a form lacks.
    if !pops::is_known(desk.pool(), staff.tenant, id).await? {
        return Err(Refusal::NotFound);
    }
    let text = fields.text("note");
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Refusal::Bad);
    }
    let act = match fields.raw("do") {
        "take" => Act::Take,
        "refuse" => Act::Refuse(known(REFUSALS, fields.raw("reason"))?),
        "note" => Act::Note(text.to_owned()),
        "over" => Act::Over,
        "file" => Act::File(known(OUTCOMES, fields.raw("outcome"))?),
        "skip" => Act::Skip { required: desk.config().wrap_up_required },
        _ => return Err(Refusal::Bad),
    };
    // Whatever button is pressed, what stands in the note is not lost.
    let keeps_note = matches!(act, Act::Over | Act::File(_) | Act::Skip { .. });
    if keeps_note && !text.is_empty() {
        let note = Act::Note(text.to_owned());
        pops::act(desk.pool(), staff.clone(), id, note).await?;
    }
    let skips = matches!(act, Act::Skip { .. });
    Ok(match pops::act(desk.pool(), staff, id, act).await? {
        Acted::Done => Redirect::to(BACK).into_response(),
        Acted::Unknown => return Err(Refusal::NotFound),
        Acted::Late => work::said(
            &visitor,
            StatusCode::CONFLICT,
            (visitor.words.not_allowed(), visitor.words.somebody_has_it()),
            BACK,
        ),
        Acted::NotAllowed if skips => refused(&visitor, visitor.words.needs_outcome()),
        Acted::NotAllowed => work::not_allowed(&visitor, BACK),
    })
}

pub(super) async fn take_over(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (id, staff) = (work::id(&id)?, visitor.staff(&desk)?);
    let Some(target) = desk.transfer().own_of(&staff.actor).map(str::to_owned) else {
        return Ok(work::not_allowed(&visitor, BACK));
    };
    if !takeovers::is_known(desk.pool(), staff.tenant, id).await? {
        return Err(Refusal::NotFound);
    }
    if takeovers::ask(desk.pool(), staff, id, target).await? {
        return Ok(Redirect::to(BACK).into_response());
    }
    Ok(refused(&visitor, visitor.words.not_in_progress()))
}

fn refused(visitor: &Visitor, why: &str) -> Response {
    let text = (visitor.words.not_allowed(), why);
    work::said(visitor, StatusCode::UNPROCESSABLE_ENTITY, text, BACK)
}
