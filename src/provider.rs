//! What all remote providers share: one HTTP client with named times, and how an answer's status
//! is read. No request of a live call is ever retried here: a caller waits, so the next provider
//! is asked instead.

use crate::turn::Failure;
use reqwest::StatusCode;
use std::error::Error as _;
use std::time::Duration;

/// Time to connect, TLS included.
const CONNECT_MS_MAX: u64 = 1_000;
/// Idle connections are kept this long, so that the next turn finds one open.
const IDLE_S_MAX: u64 = 90;
/// What is quoted of a provider's own message, in characters.
const DETAIL_CHARS_MAX: usize = 200;

/// A client for one provider: connections are pooled and kept, so that no call pays for a
/// handshake that another has made.
///
/// # Errors
/// When the system's certificates cannot be read.
pub fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(CONNECT_MS_MAX))
        .pool_idle_timeout(Duration::from_secs(IDLE_S_MAX))
        .tcp_nodelay(true)
        .http2_keep_alive_interval(Duration::from_secs(20))
        .http2_keep_alive_while_idle(true)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// Opens the provider's connection before the first caller needs it. What it answers does not
/// matter.
pub async fn warm(client: &reqwest::Client, base_url: &str) {
    let hello = client.get(base_url).timeout(Duration::from_secs(3)).send().await;
    if let Err(error) = hello {
        tracing::debug!(%error, "a provider could not be reached at start");
    }
}

/// The class of a status that is not success.
#[must_use]
pub fn failure_of(status: StatusCode) -> Failure {
    if status.is_server_error() { Failure::Unreachable } else { Failure::Refused }
}

/// The class and a description of a client's error, without addresses or secrets.
#[must_use]
pub fn describe(error: &reqwest::Error) -> (Failure, String) {
    let failure = if error.is_timeout() {
        Failure::Timeout
    } else if error.is_decode() {
        Failure::Nonsense
    } else {
        Failure::Unreachable
    };
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    let detail = cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string);
    (failure, shorten(&detail))
}

/// The first characters of a provider's message, on one line.
#[must_use]
pub fn shorten(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(DETAIL_CHARS_MAX).collect()
}

/// Reads at most `max` bytes of a body: a provider that never ends does not fill the memory.
///
/// # Errors
/// When the body breaks off or is larger.
pub async fn read_limited(
    mut response: reqwest::Response,
    max: usize,
) -> Result<Vec<u8>, (Failure, String)> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| describe(&error))? {
        if body.len() + piece.len() > max {
            return Err((Failure::Nonsense, format!("the answer is larger than {max} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
