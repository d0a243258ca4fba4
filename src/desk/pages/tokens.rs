//! `/tokens`: programs that may come in over the API. Each deed is one of `treadline token`.

use super::{once, work};
use crate::db::tokens::{self, Listed, May};
use crate::desk::machine::{self, PER_MINUTE};
use crate::desk::{Desk, Fields, Frame, Refusal, Site, Visitor, format, html};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

pub(super) fn mount(site: Site) -> Site {
    site.get("/tokens", show).post("/tokens", make).post("/tokens/{id}", change)
}

struct Row {
    href: String,
    name: String,
    may: String,
    limit: String,
    limit_value: String,
    made: String,
    used: String,
    revoked: Option<String>,
}

struct Permission {
    code: &'static str,
    ticked: bool,
}

#[derive(Default)]
struct Typed {
    name: String,
    limit: String,
    may: Vec<String>,
    wrong: &'static str,
}

#[derive(Template)]
#[template(path = "tokens.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    permissions: Vec<Permission>,
    typed: Typed,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Refusal> {
    page(&desk, &visitor, Typed::default()).await
}

async fn page(desk: &Desk, visitor: &Visitor, typed: Typed) -> Result<Response, Refusal> {
    let all = tokens::list(desk.pool(), visitor.tenant()?).await?;
    let permission = |may: May| Permission {
        code: may.code(),
        ticked: typed.may.iter().any(|code| code == may.code()),
    };
    let wrong = !typed.wrong.is_empty();
    let mut page = html(&Page {
        frame: Frame::new(visitor, visitor.words.nav_tokens()),
        rows: all.iter().map(|one| row(visitor, one)).collect(),
        permissions: May::ALL.into_iter().map(permission).collect(),
        typed,
    });
    if wrong {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

fn row(visitor: &Visitor, token: &Listed) -> Row {
    let (words, zone) = (visitor.words, visitor.zone());
    let used = token.last_used_at.map(|at| {
        let at = format::moment(words, at, zone);
        token
            .last_address
            .as_ref()
            .map_or_else(|| at.clone(), |from| format!("{at}, {} {from}", words.used_from()))
    });
    let limit = token.requests_per_minute_max.map(|limit| limit.to_string());
    Row {
        href: format!("/tokens/{}", token.id),
        name: token.name.clone(),
        may: token.may.join(", "),
        limit: limit.clone().unwrap_or_else(|| words.by_settings().to_owned()),
        limit_value: limit.unwrap_or_default(),
        made: format::moment(words, token.created_at, zone),
        used: used.unwrap_or_else(|| words.never_used().to_owned()),
        revoked: token.revoked_at.map(|at| format::moment(words, at, zone)),
    }
}

/// A limit as it was typed; none if nothing was.
fn limit(text: &str) -> Result<Option<i32>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|number| PER_MINUTE.contains(number));
    number.map(Some).ok_or(())
}

async fn make(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let typed = |wrong: &'static str| Typed {
        name: fields.text("name").chars().take(64).collect(),
        limit: fields.text("limit").chars().take(10).collect(),
        may: fields.all("may").map(str::to_owned).collect(),
        wrong,
    };
    let name = fields.text("name").to_owned();
    if !machine::is_name(&name) {
        return page(&desk, &visitor, typed(words.token_name_bad())).await;
    }
    let may: Result<Vec<May>, _> = fields.all("may").map(str::parse).collect();
    let may = may.map_err(|_: String| Refusal::Bad)?;
    if may.is_empty() {
        return page(&desk, &visitor, typed(words.token_may_none())).await;
    }
    let Ok(limit) = limit(fields.text("limit")) else {
        return page(&desk, &visitor, typed(words.token_limit_bad())).await;
    };
    let made = machine::mint(desk.pool(), visitor.tenant()?, name.clone(), &may, limit).await;
    let made = made.map_err(|error| {
        tracing::warn!(%error, "no token can be made");
        Refusal::Busy
    })?;
    let Some((id, token)) = made else {
        return page(&desk, &visitor, typed(words.token_taken())).await;
    };
    let codes: Vec<&str> = may.iter().map(|may| may.code()).collect();
    let what = json!({ "name": name, "may": codes, "per_minute": limit });
    visitor.note(&desk, "token.added", ("token", id.to_string()), Some(what)).await?;
    Ok(once::page(&visitor, &name, token, words.token_is(), "/tokens"))
}

async fn change(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let (id, tenant) = (work::id(&id)?, visitor.tenant()?);
    let all = tokens::list(desk.pool(), tenant).await?;
    let token = all.into_iter().find(|one| one.id == id && one.revoked_at.is_none());
    let token = token.ok_or(Refusal::NotFound)?;
    let object = ("token", id.to_string());
    match fields.raw("do") {
        "revoke" => {
            let what = json!({ "name": token.name });
            visitor.note(&desk, "token.revoked", object, Some(what)).await?;
            tokens::revoke(desk.pool(), tenant, token.name).await?;
        }
        "limit" => {
            let Ok(limit) = limit(fields.text("limit")) else {
                let text = (visitor.words.token_limit(), visitor.words.token_limit_bad());
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(work::said(&visitor, status, text, "/tokens"));
            };
            let what = json!({ "from": token.requests_per_minute_max, "to": limit });
            visitor.note(&desk, "token.limited", object, Some(what)).await?;
            tokens::set_limit(desk.pool(), tenant, id, limit).await?;
        }
        _ => return Err(Refusal::Bad),
    }
    Ok(Redirect::to("/tokens").into_response())
}
