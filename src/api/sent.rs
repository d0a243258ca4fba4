//! What a program sends: JSON of a sensible size and depth, and under which key.

use super::gate::Guest;
use super::{Api, Problem};
use crate::db::api::Fault;
use crate::db::api::once::{self, Answer, Once};
use crate::ids::sha256_hex;
use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use std::time::Duration;

/// How deep lists and objects may lie in each other.
const DEPTH_MAX: usize = 32;
/// The longest `Idempotency-Key`, bytes.
const KEY_BYTES_MAX: usize = 200;
/// How long a body may take to arrive.
const BODY_MAX: Duration = Duration::from_secs(10);

/// What was sent.
#[derive(Debug)]
pub(super) struct Sent<T> {
    /// The body.
    pub(super) value: T,
    /// `Idempotency-Key` and the hash of the request.
    key: Option<(String, String)>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let key = key(request.headers())?;
        is_json(request.headers())?;
        let head = format!("{} {}", request.method(), request.uri().path());
        let body =
            tokio::time::timeout(BODY_MAX, to_bytes(request.into_body(), super::BODY_BYTES_MAX));
        let body = body.await.map_err(|_| {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "the body took too long")
        })?;
        let body = body.map_err(|_| too_large())?;
        let value = read(&body)?;
        let hash = |key| (key, sha256_hex(&format!("{head}\n{}", String::from_utf8_lossy(&body))));
        Ok(Self { value, key: key.map(hash) })
    }
}

fn too_large() -> Problem {
    let message = format!("the body is larger than {} bytes", super::BODY_BYTES_MAX);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        let message = format!("Idempotency-Key must be 1 to {KEY_BYTES_MAX} plain characters");
        return Err(Problem::bad(message));
    }
    Ok(Some(key.to_owned()))
}

fn is_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Err(Problem::new(status, "unsupported_media_type", "send application/json"))
}

/// Reads a body; names the field that is wrong.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    if depth(body) > DEPTH_MAX {
        let message = format!("lists and objects lie deeper than {DEPTH_MAX} in each other");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "too_deep", message));
    }
    // In two steps, so that broken JSON and a wrong field are told apart.
    let value: serde_json::Value = serde_json::from_slice(body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_json", format!("this is no JSON: {error}"))
    })?;
    if holds_nul(&value) {
        return Err(Problem::bad("the body holds a character that no text has (U+0000)"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let field = error.path().to_string();
        let message: String = error.inner().to_string().chars().take(200).collect();
        Problem::invalid(field, message)
    })
}

/// How deep lists and objects lie in each other, without reading them.
fn depth(body: &[u8]) -> usize {
    let (mut now, mut most, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        if in_text {
            in_text = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => now += 1,
            b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// Postgres takes no NUL, in no text and in no JSON.
fn holds_nul(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Does what was sent once, however often it is sent under its key, and answers.
pub(super) async fn do_once<F>(
    api: &Api,
    guest: &Guest,
    key: Option<(String, String)>,
    work: F,
) -> Result<Response, Problem>
where
    F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<Answer, Fault>>
        + Send
        + 'static,
{
    let key = key.map(|(key, request_hash)| Once { token: guest.token.id, key, request_hash });
    let (status, body) = once::once(api.pool(), guest.tenant(), key, work).await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Ok((status, Json(body)).into_response())
}

impl<T> Sent<T> {
    /// The body and the key under which it is done.
    pub(super) fn parts(self) -> (T, Option<(String, String)>) {
        (self.value, self.key)
    }
}

/// A text without space around it, of at most so many characters.
pub(super) fn text(field: &'static str, text: &str, chars_max: usize) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().count() > chars_max {
        return Err(Problem::invalid(field, format!("is longer than {chars_max} characters")));
    }
    Ok(text.to_owned())
}

/// One of these words.
pub(super) fn one_of(field: &'static str, word: &str, known: &[&str]) -> Result<(), Problem> {
    if known.contains(&word) {
        return Ok(());
    }
    Err(Problem::invalid(field, format!("must be {}", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_what_lies_in_each_other_and_not_what_stands_in_texts() {
        for (body, deep) in [
            ("1", 0),
            ("{\"a\":[1,[2]]}", 3),
            ("[\"[[[[\",\"\\\"[[\"]", 1),
            ("[\"\\\\\",[1]]", 2),
            ("[[[[", 4),
            ("]]]][", 1),
        ] {
            assert_eq!(depth(body.as_bytes()), deep, "{body}");
        }
    }
}
