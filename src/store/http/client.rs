//! One question to the shop's back office: times, retries, breaker, and how its answer is read.
//!
//! Times and retries are those of the Store API's paper: 5 s for everything, at most two more
//! tries, only where the back office itself said "not now" (429, 503), never after another
//! failure; five failures in a row leave it alone for 30 s. The whole of it stays within what a
//! tool may take, because a caller waits.

use super::super::StoreError;
use crate::breaker::Breaker;
use crate::language::Language;
use crate::provider::{content_type, describe, quote, read_limited, retry_after};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

/// Failures in a row after which the back office is left alone.
const FAILURES_MAX: u32 = 5;
/// How long it is left alone.
const OPEN: Duration = Duration::from_secs(30);
/// More tries after a "not now".
const RETRIES_MAX: u32 = 2;
/// A longer `Retry-After` than this is no use to a caller who waits.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(2);
/// Fifty tyres with all their words are some 60 KB.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of an error's body that are read.
const ERROR_BYTES_MAX: usize = 16 * 1024;

/// How long a caller may be kept waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To connect, TLS included.
    pub connect: Duration,
    /// All requests of one question together, pauses included.
    pub total: Duration,
    /// Before the first more try; doubled before the second.
    pub pause: Duration,
}

impl Patience {
    /// The paper's 5 s, tightened to what a tool may take (`tool_ms_max`, milliseconds) with a
    /// tenth kept for our own work.
    #[must_use]
    pub fn within_tool(tool_ms_max: u64) -> Self {
        Self {
            connect: Duration::from_secs(1),
            total: Duration::from_millis(tool_ms_max.min(5_000) * 9 / 10),
            pause: Duration::from_millis(500),
        }
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The back office works and says no to this question.
    Refused {
        /// The HTTP status, 4xx.
        status: u16,
        /// `error.code`, in lower case; empty if it gave none that can be read.
        code: String,
    },
    /// It cannot be asked now, or what it says cannot be understood.
    Away(String),
    /// An effect was sent off, and what came back does not say whether it was made.
    Lost(String),
}

impl Trouble {
    /// True if the thing that was asked for does not exist.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// True if it is refused for a reason whose code contains one of `words`.
    pub(super) fn is_about(&self, words: &[&str]) -> bool {
        matches!(self, Self::Refused { code, .. } if words.iter().any(|word| code.contains(word)))
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused { status, code } => {
                Self::Away(format!("the back office refuses with status {status} {code}"))
            }
            Trouble::Away(detail) => Self::Away(detail),
            Trouble::Lost(detail) => Self::Unknown(detail),
        }
    }
}

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    idempotency: Option<Uuid>,
    language: Option<Language>,
}

impl Ask {
    /// A question of `method` to the steps of `path` below the base; a step may hold any text.
    pub(super) fn new(method: Method, path: &[&str]) -> Self {
        Self {
            method,
            path: path.iter().map(|step| (*step).to_owned()).collect(),
            query: Vec::new(),
            body: None,
            idempotency: None,
            language: None,
        }
    }

    pub(super) fn get(path: &[&str]) -> Self {
        Self::new(Method::GET, path)
    }

    #[expect(clippy::needless_pass_by_value, reason = "the askers are done with the value")]
    pub(super) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(super) fn maybe(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The same effect is the same key, so that it happens once however often it is asked for.
    pub(super) fn effect(mut self, effect_key: &str) -> Self {
        self.idempotency = Some(Uuid::new_v5(&Uuid::NAMESPACE_URL, effect_key.as_bytes()));
        self
    }

    /// It was sent and has no answer that can be used.
    fn unanswered(&self, detail: String) -> Trouble {
        if self.idempotency.is_some() { Trouble::Lost(detail) } else { Trouble::Away(detail) }
    }

    /// Names of places are wanted in this language, if the back office has them.
    pub(super) fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }
}

/// What one try ended with.
enum Fault {
    /// "Not now": 429 or 503, and when to come again.
    Busy(Option<Duration>, String),
    Trouble(Trouble),
}

/// The connection to a back office, shared by all calls.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    key: SecretString,
    breaker: Breaker,
    patience: Patience,
}

impl Client {
    /// A client for the Store API at `base_url`.
    ///
    /// # Errors
    /// The address cannot be read, or no HTTP client can be made.
    pub(super) fn new(
        base_url: &str,
        key: &SecretString,
        patience: Patience,
    ) -> Result<Self, StoreError> {
        let no_client = |error: &dyn std::fmt::Display| {
            StoreError::Away(format!("no client for the back office can be made: {error}"))
        };
        let base = Url::parse(base_url).map_err(|error| no_client(&error))?;
        if base.cannot_be_a_base() {
            return Err(no_client(&"the address has no host"));
        }
        let http = reqwest::Client::builder()
            .connect_timeout(patience.connect)
            .pool_idle_timeout(Duration::from_mins(1))
            .tcp_nodelay(true)
            // A redirect could carry the key to another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| no_client(&error))?;
        let breaker = Breaker::with_rule("store", FAILURES_MAX, OPEN);
        Ok(Self { http, base, key: key.clone(), breaker, patience })
    }

    /// Until when a question that begins now may take.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.patience.total
    }

    /// Asks, and reads the answer with `read`.
    pub(super) async fn ask<T>(
        &self,
        deadline: Instant,
        ask: &Ask,
        read: impl Fn(Value) -> Result<T, String>,
    ) -> Result<T, Trouble> {
        if !self.breaker.allows() {
            return Err(Trouble::Away("the back office failed before and is left alone".into()));
        }
        let request_id = Uuid::new_v4();
        let mut tried = 0;
        loop {
            let outcome = self.once(deadline, ask, request_id).await;
            let outcome = outcome.and_then(|value| {
                read(value).map_err(|detail| Fault::Trouble(ask.unanswered(detail)))
            });
            match outcome {
                Ok(value) => {
                    self.breaker.succeeded();
                    return Ok(value);
                }
                Err(Fault::Busy(asked, detail)) => {
                    let pause = asked.unwrap_or(self.patience.pause * 2_u32.pow(tried));
                    let fits = pause <= RETRY_AFTER_MAX && Instant::now() + pause < deadline;
                    if tried == RETRIES_MAX || !fits {
                        self.failed(ask, request_id, &detail, "busy");
                        // Whoever names a time is left alone for it, by all calls.
                        match asked {
                            Some(time) => self.breaker.too_many(Some(time)),
                            None => self.breaker.failed(),
                        }
                        return Err(Trouble::Away(detail));
                    }
                    tried += 1;
                    sleep(pause).await;
                }
                Err(Fault::Trouble(trouble)) => {
                    match &trouble {
                        Trouble::Refused { status, code } => {
                            tracing::info!(%request_id, status, code, path = %ask.path[0],
                                "the back office refuses");
                            self.breaker.succeeded();
                        }
                        Trouble::Away(detail) | Trouble::Lost(detail) => {
                            self.failed(ask, request_id, detail, "away");
                            self.breaker.failed();
                        }
                    }
                    return Err(trouble);
                }
            }
        }
    }

    fn failed(&self, ask: &Ask, request_id: Uuid, detail: &str, kind: &'static str) {
        let (method, part) = (&ask.method, ask.path.first().map_or("", String::as_str));
        let detail = quote(detail, &self.key);
        tracing::warn!(%request_id, %method, part, detail, "the back office did not answer");
        metrics::counter!("treadline_provider_errors_total", "provider" => "store", "kind" => kind)
            .increment(1);
    }

    async fn once(&self, deadline: Instant, ask: &Ask, id: Uuid) -> Result<Value, Fault> {
        let away = |detail: String| Fault::Trouble(ask.unanswered(detail));
        let late = || away("the back office did not answer in time".into());
        let unsent = |error: reqwest::Error| {
            if error.is_connect() {
                Fault::Trouble(Trouble::Away(describe(&error).detail))
            } else {
                away(describe(&error).detail)
            }
        };
        let request = self.request(ask, id);
        let response =
            timeout_at(deadline, request.send()).await.map_err(|_| late())?.map_err(unsent)?;
        let status = response.status();
        if status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        if !status.is_success() {
            return Err(refusal(ask, response, deadline).await);
        }
        let kind = content_type(&response);
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(away(format!("the answer is `{kind}`, not JSON")));
        }
        let body = timeout_at(deadline, read_limited(response, BODY_BYTES_MAX))
            .await
            .map_err(|_| late())?
            .map_err(|trouble| away(trouble.detail))?;
        serde_json::from_slice(&body)
            .map_err(|error| away(format!("the answer cannot be read: {error}")))
    }

    fn request(&self, ask: &Ask, id: Uuid) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut steps) = url.path_segments_mut() {
            steps.pop_if_empty().extend(&ask.path);
        }
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.query);
        }
        let mut request = self
            .http
            .request(ask.method.clone(), url)
            .bearer_auth(self.key.expose_secret())
            .header("accept", "application/json")
            .header("x-request-id", id.to_string());
        if let Some(language) = ask.language {
            request = request.header("accept-language", language.code());
        }
        if let Some(key) = ask.idempotency {
            request = request.header("idempotency-key", key.to_string());
        }
        match &ask.body {
            Some(body) => request.json(body),
            None => request,
        }
    }
}

/// Reads a refusal. Its message is for people of the shop and may be in any encoding (some send
/// Windows-1251): only the code is used, and the status speaks for itself.
async fn refusal(ask: &Ask, response: Response, deadline: Instant) -> Fault {
    let status = response.status();
    let asked = retry_after(response.headers());
    let body = timeout_at(deadline, read_limited(response, ERROR_BYTES_MAX)).await;
    let body = body.ok().and_then(Result::ok).unwrap_or_default();
    let code = serde_json::from_slice(&body)
        .map_or_else(|_| "unreadable".into(), |body: Value| code_of(&body));
    let detail = format!("status {} {code}", status.as_u16());
    match status.as_u16() {
        429 | 503 => Fault::Busy(asked, detail),
        // 401 and 403 are about our key, not about this question.
        400 | 404 | 405 | 409 | 410 | 412 | 422 => {
            Fault::Trouble(Trouble::Refused { status: status.as_u16(), code })
        }
        500.. => Fault::Trouble(ask.unanswered(detail)),
        _ => Fault::Trouble(Trouble::Away(detail)),
    }
}

fn code_of(body: &Value) -> String {
    let code = body.pointer("/error/code").or_else(|| body.get("code"));
    let code = code.and_then(Value::as_str).unwrap_or_default();
    let legal = |c: &char| c.is_ascii_alphanumeric() || "_-.".contains(*c);
    code.chars().filter(legal).take(60).collect::<String>().to_ascii_lowercase()
}
