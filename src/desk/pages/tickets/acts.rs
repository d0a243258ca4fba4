//! What is done with a ticket.

use super::one::Naming;
use crate::db::desk::tickets::{self, Change, Changed, Kind, Page, Tried};
use crate::desk::pages::work::{self, Difference};
use crate::desk::{Desk, Fields, Refusal, Visitor};
use crate::shop::ticket::{ATTEMPT_RESULTS, CLOSE_REASONS, Priority, TicketStatus};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

/// The longest word in a ticket, characters.
const TEXT_CHARS_MAX: usize = 4_000;
/// The longest note of a try and reason of a takeover, characters.
const NOTE_CHARS_MAX: usize = 500;

/// What a form asks for.
enum Wanted {
    Change(Change),
    Say(Kind),
    Try(&'static str),
}

pub(super) async fn act(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let id = work::id(&id)?;
    let found = tickets::page(desk.pool(), visitor.tenant()?, id).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    let back = format!("/tickets/{id}");
    let staff = visitor.staff(&desk)?;
    let words = visitor.words;
    let seen = || fields.raw("seen").parse::<i32>().map_err(|_| Refusal::Bad);
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let (changed, seen) = match wanted(&visitor, &fields)? {
        Err(why) => {
            return Ok(work::said(&visitor, unprocessable, (words.not_allowed(), why), &back));
        }
        Ok(Wanted::Say(kind)) => {
            let text = fields.text("text");
            if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX {
                let text = (words.not_allowed(), words.text_missing());
                return Ok(work::said(&visitor, unprocessable, text, &back));
            }
            let said = tickets::say(desk.pool(), staff, id, kind, text.to_owned()).await?;
            (if said { Changed::Done } else { Changed::Unknown }, 0)
        }
        Ok(Wanted::Change(change)) => {
            let seen = seen()?;
            (tickets::change(desk.pool(), staff, (id, seen), change).await?, seen)
        }
        Ok(Wanted::Try(result)) => {
            let seen = seen()?;
            let tried = Tried { result, note: short(fields.text("text")) };
            (tickets::attempt(desk.pool(), staff, (id, seen), tried).await?, seen)
        }
    };
    Ok(match changed {
        Changed::Done => Redirect::to(&back).into_response(),
        Changed::Unknown => return Err(Refusal::NotFound),
        Changed::NotAllowed => work::not_allowed(&visitor, &back),
        Changed::Stale => stale(&desk, &visitor, (id, seen), &found).await?,
    })
}

fn short(text: &str) -> String {
    text.chars().take(NOTE_CHARS_MAX).collect()
}

/// What the form asks for; inside, what is wrong with it in the visitor's words.
fn wanted(visitor: &Visitor, fields: &Fields) -> Result<Result<Wanted, &'static str>, Refusal> {
    let words = visitor.words;
    let change = match fields.raw("do") {
        "take" => Change::Take,
        "take_over" => Change::TakeOver(short(fields.text("text"))),
        "assign" => Change::Assign(fields.raw("user").parse().map_err(|_| Refusal::Bad)?),
        "release" => Change::Release,
        "status" => {
            let to = TicketStatus::from_word(fields.raw("status")).ok_or(Refusal::Bad)?;
            Change::Status(to, None)
        }
        "close" => {
            let reason = CLOSE_REASONS.into_iter().find(|known| *known == fields.raw("reason"));
            let reason = reason.ok_or(Refusal::Bad)?;
            Change::Status(TicketStatus::Closed, Some(reason.to_owned()))
        }
        "priority" => {
            let priority = Priority::from_word(fields.raw("priority")).ok_or(Refusal::Bad)?;
            Change::Priority(priority)
        }
        "due" => match fields.text("due") {
            "" => Change::Due(None),
            text => match work::wall(text, visitor.zone()) {
                Some(at) => Change::Due(Some(at)),
                None => return Ok(Err(words.due_bad())),
            },
        },
        "note" => return Ok(Ok(Wanted::Say(Kind::Note))),
        "answer" => return Ok(Ok(Wanted::Say(Kind::Answer))),
        "attempt" => {
            let result = ATTEMPT_RESULTS.into_iter().find(|known| *known == fields.raw("result"));
            return Ok(Ok(Wanted::Try(result.ok_or(Refusal::Bad)?)));
        }
        _ => return Err(Refusal::Bad),
    };
    Ok(Ok(Wanted::Change(change)))
}

/// Both versions of a ticket that somebody else changed meanwhile.
async fn stale(
    desk: &Desk,
    visitor: &Visitor,
    (id, seen): (Uuid, i32),
    before: &Page,
) -> Result<Response, Refusal> {
    let tenant = visitor.tenant()?;
    let now = tickets::page(desk.pool(), tenant, id).await?.ok_or(Refusal::NotFound)?;
    let saw = tickets::state_at(desk.pool(), tenant, (id, seen)).await?;
    let naming = Naming { visitor, colleagues: &before.colleagues };
    let is = naming.state(&now.ticket.state);
    let saw = saw.map(|state| naming.state(&state).map(|(_, text)| text));
    let saw = saw.unwrap_or_else(|| is.each_ref().map(|_| "—".to_owned()));
    let rows = is.into_iter().zip(saw).map(|((name, now), seen)| Difference { name, seen, now });
    Ok(work::conflict(visitor, rows.collect(), &format!("/tickets/{id}")))
}
