//! Requests to Asterisk: over the event WebSocket where it can, over HTTP otherwise; each with its
//! time, none of them while Asterisk does not answer at all.

use super::link::{Answer, Link};
use super::verb::{Method, Verb, Wire, escape};
use crate::breaker::Breaker;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;

/// To connect for a request.
const CONNECT_MAX: Duration = Duration::from_millis(500);
/// For one attempt of a request, from its first byte to the last of its answer.
const ATTEMPT_MAX: Duration = Duration::from_secs(1);
/// Failures in a row after which Asterisk is left alone, and for how long.
const FAILURES_MAX: u32 = 5;
const REST: Duration = Duration::from_secs(2);

/// Why Asterisk did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AriError {
    /// It could not be asked, or was left alone because it has not answered for a while.
    #[error("Asterisk cannot be asked: {0}")]
    Away(String),
    /// No answer in time. It may have done it.
    #[error("Asterisk does not answer in time")]
    Late,
    /// It said no.
    #[error("Asterisk says {status}: {message}")]
    Refused {
        /// As of HTTP.
        status: u16,
        /// Its words.
        message: String,
    },
}

impl AriError {
    /// What was meant is not there: for whoever wanted it gone, that is well.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// The channel is not in our application: it is gone, or somebody else's by now.
    #[must_use]
    pub const fn is_not_ours(&self) -> bool {
        matches!(self, Self::Refused { status: 404 | 409 | 422, .. })
    }

    const fn label(&self) -> &'static str {
        match self {
            Self::Away(_) => "away",
            Self::Late => "late",
            Self::Refused { .. } => "refused",
        }
    }
}

/// Where and as whom requests go.
pub struct Client {
    http: reqwest::Client,
    base: String,
    user: String,
    password: SecretString,
    breaker: Breaker,
    link: Mutex<Option<Arc<Link>>>,
    /// This Asterisk takes requests over the WebSocket.
    over_websocket: AtomicBool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the Asterisk whose HTTP server is at `base`.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn new(base: &str, user: &str, password: SecretString) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: reqwest::Client::builder()
                .no_proxy()
                .connect_timeout(CONNECT_MAX)
                .timeout(ATTEMPT_MAX)
                .build()?,
            base: base.trim_end_matches('/').to_owned(),
            user: user.to_owned(),
            password,
            breaker: Breaker::with_rule("ari", FAILURES_MAX, REST),
            link: Mutex::new(None),
            over_websocket: AtomicBool::new(false),
        })
    }

    /// Asks. What may be done twice is asked a second time when no answer came.
    ///
    /// # Errors
    /// Why it was not done, or may not have been.
    pub async fn ask(&self, verb: &Verb) -> Result<Value, AriError> {
        let attempts = if verb.is_idempotent() { 2 } else { 1 };
        let wire = verb.wire();
        let mut result = Err(AriError::Away("it has not answered for a while".into()));
        for _ in 0..attempts {
            if !self.breaker.allows() {
                break;
            }
            result = self.attempt(&wire).await;
            if matches!(result, Ok(_) | Err(AriError::Refused { .. })) {
                break;
            }
        }
        let outcome = result.as_ref().map_or_else(AriError::label, |_| "ok");
        metrics::counter!("treadline_ari_requests_total", "verb" => verb.name(), "outcome" => outcome)
            .increment(1);
        result
    }

    async fn attempt(&self, wire: &Wire) -> Result<Value, AriError> {
        let answer = match self.open_link() {
            Some(link) => match timeout(ATTEMPT_MAX, link.ask(wire)).await {
                Ok(Some(answer)) => Ok(answer),
                Ok(None) => Err(AriError::Away("the connection ended".into())),
                Err(_) => Err(AriError::Late),
            },
            None => self.over_http(wire).await,
        };
        match answer {
            Ok(Answer { status: 200..=299, body }) => {
                self.breaker.succeeded();
                Ok(body)
            }
            Ok(Answer { status, body }) => {
                self.breaker.succeeded();
                let message = body.get("message").and_then(Value::as_str).unwrap_or("no reason");
                let message = message.chars().filter(|c| !c.is_control()).take(200).collect();
                Err(AriError::Refused { status, message })
            }
            Err(error) => {
                self.breaker.failed();
                Err(error)
            }
        }
    }

    fn open_link(&self) -> Option<Arc<Link>> {
        if !self.over_websocket.load(Ordering::Relaxed) {
            return None;
        }
        self.link.lock().ok()?.clone()
    }

    async fn over_http(&self, wire: &Wire) -> Result<Answer, AriError> {
        let mut url = format!("{}/ari/{}", self.base, wire.path);
        for (at, (name, value)) in wire.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            escape(value, &mut url);
        }
        let request = match wire.method {
            Method::Get => self.http.get(url),
            Method::Post => self.http.post(url),
            Method::Delete => self.http.delete(url),
        };
        let request = request.basic_auth(&self.user, Some(self.password.expose_secret()));
        let request = match &wire.body {
            Some(body) => request.json(body),
            None => request,
        };
        let failed = |error: reqwest::Error| {
            if error.is_timeout() { AriError::Late } else { AriError::Away(plain(&error)) }
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(failed)?;
        Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    /// The value of the header `Authorization` for this user.
    pub(super) fn authorization(&self) -> String {
        use base64::Engine as _;
        let pair = format!("{}:{}", self.user, self.password.expose_secret());
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }

    /// The address of the event WebSocket of `app`.
    pub(super) fn events_url(&self, app: &str) -> String {
        let base = self.base.replacen("http", "ws", 1);
        format!("{base}/ari/events?app={app}&subscribeAll=false")
    }

    /// A WebSocket is there. Whether requests may travel over it is learnt by
    /// [`Client::travel_over_websocket`].
    pub(super) fn connected(&self, link: Arc<Link>, over_websocket: bool) {
        self.over_websocket.store(over_websocket, Ordering::Relaxed);
        if let Ok(mut place) = self.link.lock() {
            *place = Some(link);
        }
        self.breaker.succeeded();
    }

    pub(super) fn disconnected(&self) {
        if let Ok(mut place) = self.link.lock() {
            *place = None;
        }
        self.over_websocket.store(false, Ordering::Relaxed);
    }

    /// From now on requests travel over the WebSocket.
    pub(super) fn travel_over_websocket(&self) {
        self.over_websocket.store(true, Ordering::Relaxed);
    }
}

/// The innermost cause, without addresses.
fn plain(error: &reqwest::Error) -> String {
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}
