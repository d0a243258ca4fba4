//! Links that open the door once: the first account, a new password, coming in without one.
//!
//! Looking at the page of a link does not use it up: programs that preview links would.

use super::door::{self, Way};
use super::frame::{Frame, html};
use super::visitor::Visitor;
use super::{Desk, Fields, Refusal, Site, secret};
use crate::clock::WallClock;
use crate::db::desk::tokens::{self, Purpose, Token};
use crate::db::desk::users::{self, folded};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use sqlx::PgPool;
use uuid::Uuid;

/// How long the link for the first account works; every start of the program makes a new one.
const FIRST_LIVES: TimeDelta = TimeDelta::hours(24);
/// How long the link for a password works: it may have to travel to a person.
const PASSWORD_LIVES: TimeDelta = TimeDelta::hours(72);
/// How long a link for coming in works.
const SIGN_IN_LIVES: TimeDelta = TimeDelta::hours(1);

pub(super) fn mount(site: Site) -> Site {
    site.get("/door/{token}", show).post("/door/{token}", open)
}

/// Makes a link for somebody; its path, to be put behind the desk's address. Shown once: the
/// database knows only its hash.
///
/// # Errors
/// What Postgres says, or the machine gives no random numbers.
pub async fn link_for(
    pool: &PgPool,
    clock: &WallClock,
    purpose: Purpose,
    user: Option<Uuid>,
) -> anyhow::Result<String> {
    let token = secret::token()?;
    let lives = match purpose {
        Purpose::FirstAdmin => FIRST_LIVES,
        Purpose::SetPassword => PASSWORD_LIVES,
        Purpose::SignIn => SIGN_IN_LIVES,
    };
    let until = clock.now() + lives;
    tokens::make(pool, secret::digest(&token), purpose, user, until).await?;
    Ok(format!("/door/{token}"))
}

/// The path of the link for the first account, if nobody has one yet.
///
/// # Errors
/// What Postgres says, or the machine gives no random numbers.
pub async fn first_link(pool: &PgPool, clock: &WallClock) -> anyhow::Result<Option<String>> {
    if users::any(pool).await? {
        return Ok(None);
    }
    link_for(pool, clock, Purpose::FirstAdmin, None).await.map(Some)
}

#[derive(Template)]
#[template(path = "link.html", config = "src/desk/askama.toml")]
struct Link {
    frame: Frame,
    /// For whom; none for the first account.
    email: Option<String>,
    /// What was typed for the first account.
    typed: (String, String),
    wrong: &'static str,
    first: bool,
    password: bool,
}

#[derive(Template)]
#[template(path = "message.html", config = "src/desk/askama.toml")]
struct Dead {
    frame: Frame,
    why: &'static str,
}

fn dead(visitor: &Visitor) -> Response {
    let frame = Frame::new(visitor, visitor.words.not_found());
    let mut page = html(&Dead { frame, why: visitor.words.link_dead() });
    *page.status_mut() = StatusCode::GONE;
    page
}

fn page(
    visitor: &Visitor,
    token: &Token,
    typed: (String, String),
    wrong: &'static str,
) -> Response {
    let words = visitor.words;
    let title = match token.purpose {
        Purpose::FirstAdmin => words.first_admin(),
        Purpose::SetPassword => words.choose_password(),
        Purpose::SignIn => words.sign_in(),
    };
    let mut page = html(&Link {
        frame: Frame::new(visitor, title),
        email: token.email.clone(),
        typed,
        wrong,
        first: token.purpose == Purpose::FirstAdmin,
        password: token.purpose != Purpose::SignIn,
    });
    if !wrong.is_empty() {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(secret): Path<String>,
) -> Result<Response, Refusal> {
    let found = tokens::look(desk.pool(), secret::digest(&secret), desk.clock().now()).await?;
    let Some(token) = found else { return Ok(dead(&visitor)) };
    Ok(page(&visitor, &token, Default::default(), ""))
}

async fn open(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(secret): Path<String>,
    asked: Result<Query<door::Asked>, QueryRejection>,
    Extension(fields): Extension<Fields>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (hash, now) = (secret::digest(&secret), desk.clock().now());
    let Some(token) = tokens::look(desk.pool(), hash.clone(), now).await? else {
        return Ok(dead(&visitor));
    };
    let (user, action) = match token.purpose {
        Purpose::SignIn => {
            (tokens::sign_in(desk.pool(), hash, now).await?, "door.signed_in_by_link")
        }
        Purpose::SetPassword | Purpose::FirstAdmin => {
            if let Err(wrong) = checked(&visitor, &token, &fields) {
                let typed = (fields.text("email").to_owned(), fields.text("name").to_owned());
                return Ok(page(&visitor, &token, typed, wrong));
            }
            let password = desk.hasher().hash(fields.raw("password").to_owned().into()).await?;
            if token.purpose == Purpose::SetPassword {
                let user = tokens::set_password(desk.pool(), hash, password, now).await?;
                (user, "door.password_set")
            } else {
                let (email, name) = (fields.text("email"), fields.text("name"));
                let name: String = name.chars().take(120).collect();
                let user =
                    tokens::first_admin(desk.pool(), hash, email, &name, password, now).await?;
                (user, "door.first_admin_made")
            }
        }
    };
    let Some(user) = user else { return Ok(dead(&visitor)) };
    let Some(user) = users::by_id(desk.pool(), user).await? else { return Ok(dead(&visitor)) };
    let way = Way { remembered: false, headers: &headers, action };
    let cookie = door::begin(&desk, &visitor, &user, &way).await?;
    let next = asked.map_or_else(|_| String::new(), |Query(asked)| asked.next);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(door::local(&next))).into_response())
}

/// What is wrong with the form, in the visitor's words.
fn checked(visitor: &Visitor, token: &Token, fields: &Fields) -> Result<(), &'static str> {
    let words = visitor.words;
    if token.purpose == Purpose::FirstAdmin && !looks_like_email(fields.text("email")) {
        return Err(words.email_bad());
    }
    let password = fields.raw("password");
    if !secret::PASSWORD_CHARS.contains(&password.chars().count()) {
        return Err(words.password_short());
    }
    if password != fields.raw("again") {
        return Err(words.password_differs());
    }
    Ok(())
}

/// True if the database takes it as one.
#[must_use]
pub fn looks_like_email(text: &str) -> bool {
    let text = folded(text);
    let parts: Vec<&str> = text.split('@').collect();
    matches!(parts[..], [name, host] if !name.is_empty() && !host.is_empty())
        && !text.contains(char::is_whitespace)
        && text.len() <= 254
}

#[cfg(test)]
mod tests {
    use super::looks_like_email;

    #[test]
    fn an_email_has_a_name_and_a_host() {
        assert!(looks_like_email("Olha@shop.example"));
        for bad in ["", "@", "a@", "@b", "a@b@c", "a b@c", &format!("{}@c", "a".repeat(260))] {
            assert!(!looks_like_email(bad), "{bad}");
        }
    }
}
