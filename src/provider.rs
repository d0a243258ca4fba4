//! What all remote providers share: one endpoint with its client, key, times and breaker, and how
//! an answer's status is read. No request of a live call is ever retried here: a caller waits, so
//! the next provider is asked instead.

mod body;

pub use body::Body;

use crate::breaker::Breaker;
use crate::turn::Failure;
use chrono::DateTime;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// Idle connections are kept this long, so that the next turn finds one open.
const IDLE_S_MAX: u64 = 90;
/// What is quoted of a provider's own message, in characters.
const DETAIL_CHARS_MAX: usize = 200;
/// Bytes of an error message that are read.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// How long the first connection of all may take.
const WARM_MAX: Duration = Duration::from_secs(3);
/// The provider's own address.
const DEFAULT_BASE: &str = "https://api.openai.com/v1";

/// How long a provider may keep a caller waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// To connect, TLS included.
    pub connect: Duration,
    /// From the question to the first thing of use.
    pub first: Duration,
    /// From one thing of use to the next.
    pub gap: Duration,
    /// All waiting for one answer together.
    pub total: Duration,
}

impl Budgets {
    /// Budgets in milliseconds: to connect, to the first thing of use, between two, and in all.
    #[must_use]
    pub const fn from_ms(connect: u64, first: u64, gap: u64, total: u64) -> Self {
        Self {
            connect: Duration::from_millis(connect),
            first: Duration::from_millis(first),
            gap: Duration::from_millis(gap),
            total: Duration::from_millis(total),
        }
    }
}

/// Why a provider was of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The class.
    pub failure: Failure,
    /// The HTTP status, if it was the status that said no.
    pub status: Option<u16>,
    /// The time that the provider wants to be left alone.
    pub retry_after: Option<Duration>,
    /// What happened; holds no address and no secret.
    pub detail: String,
}

impl Trouble {
    /// Trouble of a class, without a status.
    pub fn new(failure: Failure, detail: impl Into<String>) -> Self {
        Self { failure, status: None, retry_after: None, detail: detail.into() }
    }

    /// No answer within its time.
    #[must_use]
    pub fn late(what: &str, limit: Duration) -> Self {
        Self::new(Failure::Timeout, format!("no {what} within {} ms", limit.as_millis()))
    }

    /// Tells the breaker. A refusal that is about this one question says nothing of the provider.
    pub fn report(&self, breaker: &Breaker) {
        match (self.status, self.retry_after) {
            (Some(429), asked) | (Some(503), asked @ Some(_)) => breaker.too_many(asked),
            (Some(400 | 413 | 415 | 422), _) => {}
            _ => breaker.failed(),
        }
    }
}

/// One address of a provider, shared by all calls: connections are pooled and kept, so that no
/// call pays for a handshake that another has made.
pub struct Endpoint {
    http: reqwest::Client,
    url: String,
    key: SecretString,
    /// Open while the provider is left alone.
    pub breaker: Breaker,
    /// Its times.
    pub budgets: Budgets,
}

impl Endpoint {
    /// The endpoint at `base_url` (empty: the provider's own) and `path`.
    ///
    /// # Errors
    /// When no HTTP client can be made, for example because the system has no certificates.
    pub fn new(
        base_url: &str,
        path: &str,
        key: &SecretString,
        breaker: Breaker,
        budgets: Budgets,
    ) -> reqwest::Result<Arc<Self>> {
        let http = reqwest::Client::builder()
            .connect_timeout(budgets.connect)
            .pool_idle_timeout(Duration::from_secs(IDLE_S_MAX))
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_while_idle(true)
            // A redirect could carry the key to another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base = or_default(base_url, DEFAULT_BASE);
        let url = format!("{}{path}", base.trim_end_matches('/'));
        Ok(Arc::new(Self { http, url, key: key.clone(), breaker, budgets }))
    }

    /// A POST with the key.
    pub fn post(&self) -> RequestBuilder {
        self.http.post(&self.url).bearer_auth(self.key.expose_secret())
    }

    /// Sends a request and waits until `deadline` for an answer that is not a refusal.
    ///
    /// # Errors
    /// When nothing comes in time, the line breaks, or the status is not success.
    pub async fn send(
        &self,
        request: RequestBuilder,
        deadline: Instant,
    ) -> Result<Response, Trouble> {
        let sent = timeout_at(deadline, request.send()).await;
        let response = sent
            .map_err(|_| Trouble::late("answer", self.budgets.first))?
            .map_err(|error| describe(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = retry_after(response.headers());
        // The status says enough: a message that does not come is not waited for.
        let body = timeout_at(deadline, read_limited(response, MESSAGE_BYTES_MAX)).await;
        let body = body.ok().and_then(Result::ok).unwrap_or_default();
        let message = quote(&String::from_utf8_lossy(&body), &self.key);
        Err(Trouble {
            failure: failure_of(status),
            status: Some(status.as_u16()),
            retry_after,
            detail: format!("status {}: {message}", status.as_u16()),
        })
    }

    /// What may be shown of a provider's words: [`quote`] with this endpoint's key.
    #[must_use]
    pub fn quote(&self, text: &str) -> String {
        quote(text, &self.key)
    }

    /// Opens a connection in the background, before the first caller needs it. What is answered
    /// does not matter: no key is shown and nothing is asked. The task ends when it is open.
    pub fn warm(self: &Arc<Self>) -> JoinHandle<()> {
        let endpoint = Arc::clone(self);
        tokio::spawn(async move {
            let hello = endpoint.http.get(&endpoint.url).timeout(WARM_MAX).send().await;
            let answered = match hello {
                // Only a connection whose answer was read to its end is kept.
                Ok(answer) => read_limited(answer, MESSAGE_BYTES_MAX).await.map(drop),
                Err(error) => Err(describe(&error)),
            };
            if let Err(Trouble { detail, .. }) = answered {
                tracing::debug!(detail, "a provider could not be reached at start");
            }
        })
    }
}

/// What was configured, or what is meant if nothing was.
#[must_use]
pub fn or_default(configured: &str, default: &str) -> String {
    if configured.is_empty() { default.to_owned() } else { configured.to_owned() }
}

/// The class of a status that is not success.
#[must_use]
pub fn failure_of(status: StatusCode) -> Failure {
    if status.is_server_error() { Failure::Unreachable } else { Failure::Refused }
}

/// The time that `Retry-After` asks for, in seconds or as a date. A date is compared with the
/// provider's own, so that a wrong clock here or there does not matter.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    let now = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((until - now).to_std().unwrap_or_default())
}

/// What an answer says it is, in lower case without parameters; empty if it does not say.
#[must_use]
pub fn content_type(response: &Response) -> String {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// The class and a description of a client's error, without addresses or secrets.
#[must_use]
pub fn describe(error: &reqwest::Error) -> Trouble {
    let failure = if error.is_timeout() { Failure::Timeout } else { Failure::Unreachable };
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    let detail = cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string);
    Trouble::new(failure, shorten(&detail))
}

/// What may be shown of a provider's words: one short line in which the key, which some servers
/// repeat in their refusals, is blotted out.
#[must_use]
pub fn quote(text: &str, key: &SecretString) -> String {
    let key = key.expose_secret();
    if key.is_empty() { shorten(text) } else { shorten(&text.replace(key, "[key]")) }
}

/// The first characters of a message, on one line.
#[must_use]
pub fn shorten(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(DETAIL_CHARS_MAX).collect()
}

/// Reads at most `max` bytes of a body: a provider that never ends does not fill the memory.
///
/// # Errors
/// When the body breaks off or is larger.
pub async fn read_limited(mut response: Response, max: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| describe(&error))? {
        if body.len() + piece.len() > max {
            let detail = format!("the answer is larger than {max} bytes");
            return Err(Trouble::new(Failure::Nonsense, detail));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn asked(retry: &'static str, date: Option<&'static str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(retry));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        retry_after(&headers).map(|time| time.as_secs())
    }

    #[test]
    fn the_time_to_be_left_alone_is_read_as_seconds_or_as_a_date() {
        let now = Some("Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(asked(" 12 ", None), Some(12));
        assert_eq!(asked("Sun, 22 Nov 2026 10:00:45 GMT", now), Some(45));
        assert_eq!(asked("Sun, 22 Nov 2026 09:00:00 GMT", now), Some(0), "already over");
        assert_eq!(asked("Sun, 22 Nov 2026 10:00:45 GMT", None), None, "no clock to compare");
        assert_eq!(asked("soon", now), None);
        assert_eq!(asked("-3", now), None);
    }

    #[test]
    fn a_key_is_blotted_out_even_where_the_message_is_cut() {
        let key = SecretString::from("sk-very-secret-0123456789");
        let text = format!("{}{}", "x".repeat(DETAIL_CHARS_MAX - 5), key.expose_secret());
        let shown = quote(&text, &key);
        assert!(!shown.contains("sk-v"), "{shown}");
        assert!(shown.chars().count() <= DETAIL_CHARS_MAX);
    }
}
