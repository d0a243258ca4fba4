//! What is done with the addresses that are told.

use super::{Asked, Typed, page};
use crate::db::desk::webhooks as log;
use crate::db::webhooks::{self, Delivery, EVENTS};
use crate::desk::pages::{once, work};
use crate::desk::{Desk, Fields, Refusal, Visitor};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;
use uuid::Uuid;

/// The longest address, as the database takes it, characters.
const URL_CHARS_MAX: usize = 2_000;

pub(super) async fn add(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let events: Vec<String> = fields.all("events").map(str::to_owned).collect();
    if events.iter().any(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Refusal::Bad);
    }
    let again = |wrong: String| Typed {
        url: fields.text("url").chars().take(URL_CHARS_MAX).collect(),
        events: fields.all("events").map(str::to_owned).collect(),
        wrong,
    };
    let asked = Asked::default();
    let Some(teller) = desk.books().teller.clone() else {
        return page(&desk, &visitor, &asked, again(words.webhooks_off().to_owned())).await;
    };
    if events.is_empty() {
        let why = words.receiver_events_none().to_owned();
        return page(&desk, &visitor, &asked, again(why)).await;
    }
    let reach = teller.reach();
    let url = match reach.read(fields.text("url")) {
        Ok(url) => reach.find(&url).await.map(|_| url),
        Err(error) => Err(error),
    };
    let url = match url {
        Ok(url) if url.as_str().len() <= URL_CHARS_MAX => url,
        Ok(_) => return Err(Refusal::Bad),
        Err(error) => {
            let why = format!("{} {error}", words.receiver_bad());
            return page(&desk, &visitor, &asked, again(why)).await;
        }
    };
    let tenant = visitor.tenant()?;
    let id = webhooks::add(desk.pool(), tenant, url.to_string(), events.clone()).await?;
    // Of the address its host alone: the rest may hold a secret of the receiver's.
    let what = json!({ "host": url.host_str(), "events": events });
    visitor.note(&desk, "webhook.added", ("webhook", id.to_string()), Some(what)).await?;
    let host = url.host_str().unwrap_or_default();
    Ok(once::page(&visitor, host, teller.key(id), words.receiver_key(), "/webhooks"))
}

pub(super) async fn change(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let (id, tenant) = (work::id(&id)?, visitor.tenant()?);
    let all = webhooks::list(desk.pool(), tenant).await?;
    let webhook = all.into_iter().find(|one| one.id == id).ok_or(Refusal::NotFound)?;
    let words = visitor.words;
    let object = ("webhook", id.to_string());
    match fields.raw("do") {
        "off" => {
            visitor.note(&desk, "webhook.removed", object, None).await?;
            webhooks::remove(desk.pool(), tenant, id).await?;
            Ok(Redirect::to("/webhooks").into_response())
        }
        "test" => {
            let Some(teller) = desk.books().teller.clone() else {
                let text = (words.receiver_test(), words.webhooks_off());
                return Ok(work::said(&visitor, StatusCode::CONFLICT, text, "/webhooks"));
            };
            visitor.note(&desk, "webhook.tested", object, None).await?;
            let delivery = Delivery {
                id: Uuid::new_v4(),
                tenant_id: tenant.0,
                event: "test.ping".into(),
                occurred_at: desk.clock().now(),
                payload: json!({}),
                attempts: 0,
            };
            let attempt = teller.send(&webhook, &delivery).await;
            let why = match attempt.error {
                None => words.receiver_answered().to_owned(),
                Some(error) => format!("{} {error}", words.receiver_silent()),
            };
            let why = format!("{why} ({} ms)", attempt.duration_ms);
            let text = (words.receiver_test(), why.as_str());
            Ok(work::said(&visitor, StatusCode::OK, text, "/webhooks"))
        }
        _ => Err(Refusal::Bad),
    }
}

pub(super) async fn resend(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Extension(_): Extension<Fields>,
) -> Result<Response, Refusal> {
    let (id, tenant) = (work::id(&id)?, visitor.tenant()?);
    if !log::resend(desk.pool(), tenant, id).await? {
        return Err(Refusal::NotFound);
    }
    visitor.note(&desk, "webhook.resent", ("delivery", id.to_string()), None).await?;
    Ok(Redirect::to("/webhooks").into_response())
}
