//! What is done with people: invited, given another role, switched off and on, given a link for a
//! new password. Each is what `treadline user` does.

use super::{Typed, find, list_with};
use crate::db::desk::tokens::Purpose;
use crate::db::desk::users::{self, Changed, NewUser, Role, User};
use crate::desk::links::{link_for, looks_like_email};
use crate::desk::pages::{once, work};
use crate::desk::{Desk, Fields, Refusal, Visitor};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;
use uuid::Uuid;

/// The longest name, as the database takes it, characters.
const NAME_CHARS_MAX: usize = 120;

/// A role that the visitor may give.
fn role(visitor: &Visitor, text: &str) -> Result<Option<Role>, Refusal> {
    let role: Role = text.parse().map_err(|_| Refusal::Bad)?;
    Ok(visitor.role().filter(|mine| role >= *mine).map(|_| role))
}

pub(super) async fn invite(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let typed = |wrong: &'static str| Typed {
        email: fields.text("email").chars().take(254).collect(),
        name: fields.text("name").chars().take(NAME_CHARS_MAX).collect(),
        role: fields.raw("role").to_owned(),
        wrong,
    };
    if !looks_like_email(fields.text("email")) {
        return list_with(&desk, &visitor, "", typed(words.email_bad())).await;
    }
    let Some(role) = role(&visitor, fields.raw("role"))? else {
        return list_with(&desk, &visitor, "", typed(words.role_above())).await;
    };
    let Typed { email, name, .. } = typed("");
    let new = NewUser { email, name, role, tenant: visitor.tenant()? };
    let email = users::folded(&new.email);
    let Some(id) = users::add(desk.pool(), new).await? else {
        return list_with(&desk, &visitor, "", typed(words.person_known())).await;
    };
    let what = json!({ "role": role.code(), "email": email });
    visitor.note(&desk, "user.added", ("user", id.to_string()), Some(what)).await?;
    link(&desk, &visitor, &headers, (id, &email)).await
}

/// Makes a link for choosing a password and shows it, this once.
async fn link(
    desk: &Desk,
    visitor: &Visitor,
    headers: &HeaderMap,
    (id, email): (Uuid, &str),
) -> Result<Response, Refusal> {
    visitor.note(desk, "user.link_made", ("user", id.to_string()), None).await?;
    let made = link_for(desk.pool(), desk.clock(), Purpose::SetPassword, Some(id)).await;
    let path = made.map_err(|error| {
        tracing::warn!(%error, "no link can be made");
        Refusal::Busy
    })?;
    let secret = once::address(desk, headers, &path);
    Ok(once::page(visitor, email, secret, visitor.words.link_is(), &format!("/users/{id}")))
}

pub(super) async fn change(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = find(&desk, &visitor, work::id(&id)?).await?;
    let (words, back) = (visitor.words, format!("/users/{}", found.id));
    let changed = match fields.raw("do") {
        "role" => {
            let Some(wanted) = role(&visitor, fields.raw("role"))? else {
                let text = (words.change_role(), words.role_above());
                return Ok(work::said(&visitor, StatusCode::UNPROCESSABLE_ENTITY, text, &back));
            };
            give(&desk, &visitor, &found, wanted).await?
        }
        "block" => switch(&desk, &visitor, &found, true).await?,
        "unblock" => switch(&desk, &visitor, &found, false).await?,
        "link" if found.blocked_at.is_some() => {
            let text = (words.reset_password(), words.reset_blocked());
            return Ok(work::said(&visitor, StatusCode::CONFLICT, text, &back));
        }
        "link" => return link(&desk, &visitor, &headers, (found.id, &found.email)).await,
        _ => return Err(Refusal::Bad),
    };
    Ok(match changed {
        Changed::Done => Redirect::to(&back).into_response(),
        Changed::Unknown => {
            let text = (words.changed_meanwhile(), words.changed_meanwhile_why());
            work::said(&visitor, StatusCode::CONFLICT, text, &back)
        }
        Changed::LastSuperAdmin => {
            let text = (words.not_allowed(), words.last_super_admin());
            work::said(&visitor, StatusCode::CONFLICT, text, &back)
        }
    })
}

async fn give(
    desk: &Desk,
    visitor: &Visitor,
    found: &User,
    wanted: Role,
) -> Result<Changed, Refusal> {
    let done =
        users::set_role(desk.pool(), found.id, (found.role, wanted), visitor.tenant()?).await?;
    if done == Changed::Done {
        let what = json!({ "from": found.role.code(), "to": wanted.code() });
        let object = ("user", found.id.to_string());
        visitor.note(desk, "user.role_changed", object, Some(what)).await?;
    }
    Ok(done)
}

async fn switch(
    desk: &Desk,
    visitor: &Visitor,
    found: &User,
    off: bool,
) -> Result<Changed, Refusal> {
    let done = users::set_blocked(desk.pool(), found.id, off).await?;
    if done == Changed::Done {
        let action = if off { "user.blocked" } else { "user.unblocked" };
        visitor.note(desk, action, ("user", found.id.to_string()), None).await?;
    }
    Ok(done)
}
