//! `/me`: one's own password, devices, language and look.

use super::work;
use crate::db::desk::attempts::{self, Attempt};
use crate::db::desk::sessions::{self, Device};
use crate::db::desk::users;
use crate::desk::door::{self, Way};
use crate::desk::{Desk, Fields, Frame, Refusal, Site, Visitor, format, html, secret};
use crate::ids::sha256_hex;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

pub(super) fn mount(site: Site) -> Site {
    site.get("/me", show).post("/me/password", change_password).post("/me/sessions", sign_out)
}

/// The name of a device's form: what the database knows of its secret is not shown either.
fn handle(device: &Device) -> String {
    secret::digest(&device.token_hash)
}

struct Row {
    handle: String,
    agent: String,
    address: String,
    kept: bool,
    here: bool,
    since: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "me.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    email: String,
    wrong: String,
    devices: Vec<Row>,
    others: bool,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Refusal> {
    page(&desk, &visitor, String::new()).await
}

async fn page(desk: &Desk, visitor: &Visitor, wrong: String) -> Result<Response, Refusal> {
    let session = visitor.session()?;
    let all = sessions::devices(desk.pool(), session.user_id, desk.clock().now()).await?;
    let (words, zone) = (visitor.words, visitor.zone());
    let row = |device: &Device| Row {
        handle: handle(device),
        agent: device
            .agent
            .clone()
            .filter(|agent| !agent.is_empty())
            .unwrap_or_else(|| words.device_unknown().to_owned()),
        address: device.address.clone().unwrap_or_default(),
        kept: device.remembered,
        here: visitor.token_hash.as_ref() == Some(&device.token_hash),
        since: format::moment(words, device.created_at, zone),
        seen: format::moment(words, device.seen_at, zone),
    };
    Ok(html(&Page {
        frame: Frame::new(visitor, words.my_page()),
        email: session.email.clone(),
        others: all.len() > 1,
        devices: all.iter().map(row).collect(),
        wrong,
    }))
}

async fn wrong(
    desk: &Desk,
    visitor: &Visitor,
    status: StatusCode,
    why: String,
) -> Result<Response, Refusal> {
    let mut page = page(desk, visitor, why).await?;
    *page.status_mut() = status;
    Ok(page)
}

async fn change_password(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (session, words) = (visitor.session()?, visitor.words);
    let password = fields.raw("password");
    let length = password.chars().count();
    let unfit = if !secret::PASSWORD_CHARS.contains(&length) {
        words.password_short()
    } else if password != fields.raw("again") {
        words.password_differs()
    } else {
        ""
    };
    if !unfit.is_empty() {
        let why = unfit.to_owned();
        return wrong(&desk, &visitor, StatusCode::UNPROCESSABLE_ENTITY, why).await;
    }
    // Who found a desk unattended must not be able to guess either.
    let (now, account) = (desk.clock().now(), sha256_hex(&session.email));
    let address = visitor.address.to_string();
    let attempt = attempts::begin(desk.pool(), account.clone(), address, now).await?;
    if let Attempt::TooMany(wait_s) = attempt {
        let why = format!("{}. {}", words.too_many(), words.wait_minutes(wait_s));
        return wrong(&desk, &visitor, StatusCode::TOO_MANY_REQUESTS, why).await;
    }
    let present = fields.raw("present");
    let fits = present.chars().count() <= *secret::PASSWORD_CHARS.end();
    let known = users::password_of(desk.pool(), &session.email).await?.filter(|_| fits);
    if !desk.hasher().verify(present.to_owned().into(), known).await? {
        let why = words.present_wrong().to_owned();
        return wrong(&desk, &visitor, StatusCode::UNPROCESSABLE_ENTITY, why).await;
    }
    attempts::succeeded(desk.pool(), account).await?;
    let hash = desk.hasher().hash(password.to_owned().into()).await?;
    let user = users::by_id(desk.pool(), session.user_id).await?.ok_or(Refusal::Denied)?;
    let object = ("user", user.id.to_string());
    visitor.note(&desk, "door.password_changed", object, None).await?;
    users::set_password(desk.pool(), user.id, hash).await?;
    // Everything ended with the old password, this session too: the same browser begins a new one.
    let way =
        Way { remembered: session.remembered, headers: &headers, action: "door.signed_in_again" };
    let cookie = door::begin(&desk, &visitor, &user, &way).await?;
    let text = (words.password_changed(), words.password_changed_why());
    let mut page = work::said(&visitor, StatusCode::OK, text, "/me");
    page.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(page)
}

async fn sign_out(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let session = visitor.session()?;
    let object = ("user", session.user_id.to_string());
    if fields.raw("do") == "others" {
        let kept = visitor.token_hash.clone().ok_or(Refusal::Denied)?;
        visitor.note(&desk, "door.others_signed_out", object, None).await?;
        sessions::close_others(desk.pool(), session.user_id, kept).await?;
        return Ok(Redirect::to("/me").into_response());
    }
    let all = sessions::devices(desk.pool(), session.user_id, desk.clock().now()).await?;
    let wanted = fields.raw("device");
    let device = all.iter().find(|device| handle(device) == wanted).ok_or(Refusal::NotFound)?;
    let what = json!({ "agent": device.agent, "address": device.address });
    visitor.note(&desk, "door.device_signed_out", object, Some(what)).await?;
    sessions::close(desk.pool(), device.token_hash.clone()).await?;
    Ok(Redirect::to("/me").into_response())
}
