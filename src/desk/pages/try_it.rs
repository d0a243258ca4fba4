//! `/try`: speak with the agent through the browser's microphone. `/try/voice` is the connection
//! that carries the sound; whoever answers calls takes it from there.

use crate::db::desk::shops;
use crate::desk::words::Words;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, assets, guard, html, names};
use crate::ids::TenantId;
use crate::language::Language;
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// The longest message of a browser, bytes: more than the longest piece of sound.
const MESSAGE_BYTES_MAX: usize = 8 * 1024;
/// Only this page may ask for the microphone.
const MICROPHONE_HERE: &str = "microphone=(self), camera=(), geolocation=()";

/// A call that somebody at the desk makes to see how the agent does.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The call.
    pub call: Uuid,
    /// Where the browser is.
    pub address: IpAddr,
    /// The number of the shop that is called; none: the shop of the configuration.
    pub called: Option<String>,
    /// The language to begin in; none: the shop's.
    pub language: Option<Language>,
}

/// Takes a browser's connection, and a trial call on it to its end.
pub type TrialLine = Arc<dyn Fn(WebSocket, Trial) -> BoxFuture<'static, ()> + Send + Sync>;

pub(super) fn mount(site: Site) -> Site {
    site.get("/try", show).get("/try/voice", speak)
}

#[derive(Template)]
#[template(path = "try.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    languages: Vec<names::Choice>,
    script: &'static str,
    worklet: &'static str,
    /// Why nobody can be called, if so.
    unreachable: Option<&'static str>,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let way = way(&desk, visitor.tenant()?).await?;
    let frame = Frame::new(&visitor, words.try_it());
    let mut page = html(&Page {
        frame,
        languages: names::choices(words, names::LANGUAGES, ""),
        script: assets::url("try.js"),
        worklet: assets::url("voice.js"),
        unreachable: way.is_none().then(|| words.try_no_number()),
    });
    let policy = HeaderName::from_static("permissions-policy");
    page.headers_mut().insert(policy, HeaderValue::from_static(MICROPHONE_HERE));
    Ok(page)
}

/// How a shop is called: by its number; what is called without one is the configuration's shop.
struct Way(Option<String>);

/// The way to a shop, if there is one.
async fn way(desk: &Desk, tenant: TenantId) -> Result<Option<Way>, Refusal> {
    let number = shops::number(desk.pool(), tenant).await?;
    let reachable = number.is_some() || tenant == TenantId::DEFAULT;
    Ok(reachable.then_some(Way(number)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The language to begin in.
    language: String,
}

async fn speak(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|_| Refusal::Bad)?;
    // Browsers say whose page opens a connection, and let pages of anybody open one here.
    if !headers.contains_key(header::ORIGIN) || !guard::same_origin(&desk, &headers) {
        return Err(Refusal::Stale);
    }
    let line = desk.trial_line().ok_or(Refusal::Busy)?;
    let place = desk.trial_place().ok_or(Refusal::Busy)?;
    let Way(called) = way(&desk, visitor.tenant()?).await?.ok_or(Refusal::Busy)?;
    let language = asked.ok().and_then(|Query(asked)| Language::from_code(&asked.language));
    let trial = Trial { call: Uuid::new_v4(), address: visitor.address, called, language };
    let told = json!({ "language": trial.language.map(Language::code) });
    visitor.note(&desk, "trial.call", ("call", trial.call.to_string()), Some(told)).await?;
    Ok(upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX).on_upgrade(
        move |socket| async move {
            line(socket, trial).await;
            drop(place);
        },
    ))
}

/// What the page's script says, by its name.
fn sentences(words: Words) -> [(&'static str, &'static str); 10] {
    [
        ("ready", words.try_ready()),
        ("asking", words.try_asking()),
        ("calling", words.try_calling()),
        ("talking", words.try_talking()),
        ("over", words.try_over()),
        ("moves", words.try_moves()),
        ("denied", words.try_denied()),
        ("none", words.try_no_microphone()),
        ("failed", words.try_failed()),
        ("insecure", words.try_insecure()),
    ]
}

impl Page {
    fn sentences(&self) -> [(&'static str, &'static str); 10] {
        sentences(self.frame.w)
    }
}
