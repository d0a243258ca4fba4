//! In and out: signing in with a password, signing out, and how the desk looks to somebody.

use super::frame::{Frame, html};
use super::visitor::Visitor;
use super::words::Tongue;
use super::{Desk, Fields, Refusal, Site, cookies, secret, url};
use crate::db::desk::attempts::{self, Attempt};
use crate::db::desk::audit::{self, Deed};
use crate::db::desk::sessions::{self, NewSession};
use crate::db::desk::users::{self, User, folded};
use crate::ids::{TenantId, sha256_hex};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// How long somebody stays in who does nothing.
const IDLE: TimeDelta = TimeDelta::hours(12);
/// How long a session lives at most, and a remembered device is known.
const REMEMBERED: TimeDelta = TimeDelta::days(30);

pub(super) fn mount(site: Site) -> Site {
    site.get("/login", show)
        .post("/login", sign_in)
        .post("/logout", sign_out)
        .post("/me/look", look)
}

/// Until when a session lives if nobody comes back.
pub(super) fn expires_at(
    now: DateTime<Utc>,
    created_at: DateTime<Utc>,
    remembered: bool,
) -> DateTime<Utc> {
    let longest = created_at + REMEMBERED;
    if remembered { longest } else { longest.min(now + IDLE) }
}

/// The sign-in page that leads back to `path`.
pub(super) fn sign_in_path(path: &str) -> String {
    url::with_query("/login", &[("next", if path == "/" { "" } else { path })])
}

/// Where to go after signing in: a page of ours, never another site.
pub(super) fn local(next: &str) -> &str {
    let strange = |c: char| c.is_control() || c == '\\' || !c.is_ascii();
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(strange);
    if ours { next } else { "/" }
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) next: String,
}

#[derive(Template)]
#[template(path = "login.html", config = "src/desk/askama.toml")]
struct Login {
    frame: Frame,
    next: String,
    email: String,
    wrong: String,
}

async fn show(
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let next = asked.map_or_else(|_| String::new(), |Query(asked)| asked.next);
    if visitor.session.is_some() {
        return Ok(Redirect::to(local(&next)).into_response());
    }
    let frame = Frame::new(&visitor, visitor.words.sign_in());
    Ok(html(&Login { frame, next, email: String::new(), wrong: String::new() }))
}

async fn sign_in(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let email = folded(fields.text("email"));
    let again = |status: StatusCode, wrong: String| {
        let frame = Frame::new(&visitor, visitor.words.sign_in());
        let next = fields.raw("next").to_owned();
        let mut page = html(&Login { frame, next, email: email.clone(), wrong });
        *page.status_mut() = status;
        page
    };
    let (now, account) = (desk.clock().now(), sha256_hex(&email));
    let address = visitor.address.to_string();
    match attempts::begin(desk.pool(), account.clone(), address, now).await? {
        Attempt::Allowed(_) => {}
        Attempt::TooMany(wait_s) => {
            tracing::warn!(address = %visitor.address, "too many attempts to sign in");
            let words = visitor.words;
            let why = format!("{}. {}", words.too_many(), words.wait_minutes(wait_s));
            let mut page = again(StatusCode::TOO_MANY_REQUESTS, why);
            page.headers_mut().insert(header::RETRY_AFTER, wait_s.into());
            return Ok(page);
        }
    }
    let password = fields.raw("password");
    let known = users::password_of(desk.pool(), &email).await?;
    let fits = *secret::PASSWORD_CHARS.end() >= password.chars().count();
    let right = desk.hasher().verify(password.to_owned().into(), known.filter(|_| fits)).await?;
    let user = if right { users::by_email(desk.pool(), &email).await? } else { None };
    let Some(user) = user else {
        tracing::info!(address = %visitor.address, "somebody could not sign in");
        return Ok(again(StatusCode::UNAUTHORIZED, visitor.words.wrong_login().to_owned()));
    };
    attempts::succeeded(desk.pool(), account).await?;
    let way = Way {
        remembered: fields.raw("remember") == "1",
        headers: &headers,
        action: "door.signed_in",
    };
    let cookie = begin(&desk, &visitor, &user, &way).await?;
    let to = Redirect::to(local(fields.raw("next")));
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// How somebody came in.
pub(super) struct Way<'a> {
    /// Is the device to be remembered?
    pub(super) remembered: bool,
    /// The request's.
    pub(super) headers: &'a HeaderMap,
    /// For the audit log.
    pub(super) action: &'static str,
}

/// Begins a session under a new secret, whatever the browser held before; the cookie for it.
pub(super) async fn begin(
    desk: &Desk,
    visitor: &Visitor,
    user: &User,
    way: &Way<'_>,
) -> Result<header::HeaderValue, Refusal> {
    let now = desk.clock().now();
    let token = secret::token()?;
    if let Some(old) = &visitor.token_hash {
        sessions::close(desk.pool(), old.clone()).await?;
    }
    let agent = way.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let tenant = user.tenant_id.unwrap_or(TenantId::DEFAULT.0);
    let deed = Deed {
        tenant: TenantId(tenant),
        user: Some(user.id),
        actor: user.actor().to_owned(),
        action: way.action,
        object_kind: "user",
        object_id: user.id.to_string(),
        before: None,
        after: None,
        address: Some(visitor.address.to_string()),
        at: now,
    };
    audit::note(desk.pool(), deed).await?;
    let opened = sessions::open(
        desk.pool(),
        NewSession {
            token_hash: secret::digest(&token),
            user: user.id,
            tenant,
            remembered: way.remembered,
            address: visitor.address.to_string(),
            agent: agent.unwrap_or_default().to_owned(),
            now,
            expires_at: expires_at(now, now, way.remembered),
        },
    )
    .await?;
    if !opened {
        return Err(Refusal::Denied);
    }
    let live_s = way.remembered.then_some(REMEMBERED.num_seconds());
    Ok(cookies::set(cookies::SESSION, &token, live_s, visitor.secure))
}

async fn sign_out(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Refusal> {
    let user = visitor.session()?.user_id.to_string();
    visitor.note(&desk, "door.signed_out", ("user", user), None).await?;
    if let Some(hash) = &visitor.token_hash {
        sessions::close(desk.pool(), hash.clone()).await?;
    }
    let gone = cookies::set(cookies::SESSION, "", Some(0), visitor.secure);
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/login")).into_response())
}

async fn look(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let tongue = Tongue::from_code(fields.raw("tongue")).ok_or(Refusal::Bad)?;
    let scheme = ["auto", "light", "dark"].into_iter().find(|known| *known == fields.raw("scheme"));
    let scheme = scheme.ok_or(Refusal::Bad)?;
    let user = visitor.session()?.user_id;
    users::set_look(desk.pool(), user, tongue.code(), scheme).await?;
    Ok(Redirect::to(local(fields.raw("next"))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_a_page_of_ours_and_nowhere_else() {
        assert_eq!(local("/calls?outcome=resolved"), "/calls?outcome=resolved");
        for foreign in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/\n/a", "calls"]
        {
            assert_eq!(local(foreign), "/", "{foreign:?}");
        }
        assert_eq!(sign_in_path("/"), "/login");
        assert_eq!(sign_in_path("/calls?a=b&c=\"d\""), "/login?next=/calls%3Fa%3Db%26c%3D%22d%22");
    }

    #[test]
    fn who_does_nothing_goes_after_twelve_hours_and_everybody_after_thirty_days() {
        let created: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
        let later = created + TimeDelta::days(10);
        assert_eq!(expires_at(later, created, false), later + TimeDelta::hours(12));
        assert_eq!(expires_at(later, created, true), created + TimeDelta::days(30));
        let last = created + TimeDelta::days(30) - TimeDelta::hours(1);
        assert_eq!(expires_at(last, created, false), created + TimeDelta::days(30));
    }
}
