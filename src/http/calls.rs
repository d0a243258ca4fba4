//! What a dialplan asks: announce a call before it comes, and where it goes afterwards.

use super::{ApiError, HttpState, Peer, auth};
use crate::asterisk::registry::{RegisterError, Registration};
use axum::extract::{ConnectInfo, FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::{Form, Json};
use serde_json::{Map, Value};
use std::time::Duration;
use uuid::Uuid;

/// The longest text of one field, characters.
const FIELD_CHARS_MAX: usize = 256;
/// The most fields besides the known ones.
const DATA_FIELDS_MAX: usize = 32;
/// How long a body may take; it is small.
const BODY_MAX: Duration = Duration::from_secs(5);

pub(super) async fn register(
    State(state): State<HttpState>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    request: Request,
) -> Result<&'static str, ApiError> {
    auth::check(&state, peer.ip(), request.headers())?;
    let fields = tokio::time::timeout(BODY_MAX, fields(request)).await.map_err(|_| {
        ApiError::new(StatusCode::REQUEST_TIMEOUT, "timeout", "the body took too long")
    })??;
    let registration = registration(fields)?;
    let id = registration.uuid;
    state.0.registry.register(registration).map_err(|error| {
        let (status, code) = match error {
            RegisterError::Known => (StatusCode::CONFLICT, "uuid_known"),
            RegisterError::Full => (StatusCode::SERVICE_UNAVAILABLE, "full"),
        };
        ApiError::new(status, code, error.to_string())
    })?;
    tracing::debug!(%id, %peer, "a call was announced");
    Ok("ok")
}

pub(super) async fn next(
    State(state): State<HttpState>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<String, ApiError> {
    auth::check(&state, peer.ip(), &headers)?;
    let id = parse_id(&id)?;
    state.0.registry.next(id).ok_or_else(|| {
        ApiError::new(StatusCode::NOT_FOUND, "unknown_call", "no call with this uuid has come")
    })
}

/// The body as fields: a JSON object, or a form as Asterisk's `CURL()` posts it.
async fn fields(request: Request) -> Result<Map<String, Value>, ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        let Json(value) = Json::<Value>::from_request(request, &())
            .await
            .map_err(|error| ApiError::new(error.status(), "bad_request", error.body_text()))?;
        return match value {
            Value::Object(fields) => Ok(fields),
            _ => Err(ApiError::bad("the body must be a JSON object")),
        };
    }
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, &())
            .await
            .map_err(|error| ApiError::new(error.status(), "bad_request", error.body_text()))?;
        return Ok(pairs.into_iter().map(|(name, text)| (name, Value::String(text))).collect());
    }
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "send application/json or application/x-www-form-urlencoded",
    ))
}

fn registration(mut fields: Map<String, Value>) -> Result<Registration, ApiError> {
    let id = text(&mut fields, "uuid")?.ok_or_else(|| ApiError::bad("uuid is missing"))?;
    let registration = Registration {
        uuid: parse_id(&id)?,
        caller: text(&mut fields, "caller")?,
        called: text(&mut fields, "called")?,
        name: text(&mut fields, "name")?,
        channel: text(&mut fields, "channel")?,
        data: fields,
    };
    if registration.data.len() > DATA_FIELDS_MAX {
        return Err(ApiError::bad(format!("at most {DATA_FIELDS_MAX} fields of your own")));
    }
    Ok(registration)
}

/// A field's text; empty counts as absent, because a dialplan sends empty variables.
fn text(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, ApiError> {
    let text = match fields.remove(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(ApiError::bad(format!("{name} must be a text"))),
    };
    if text.chars().count() > FIELD_CHARS_MAX {
        return Err(ApiError::bad(format!("{name} is longer than {FIELD_CHARS_MAX} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(ApiError::bad(format!("{name} holds control characters")));
    }
    Ok((!text.is_empty()).then_some(text))
}

fn parse_id(text: &str) -> Result<Uuid, ApiError> {
    let id = Uuid::try_parse(text)
        .map_err(|_| ApiError::bad("uuid must look like 6f1c2b1e-0000-4000-8000-000000000000"))?;
    if id.is_nil() {
        return Err(ApiError::bad("uuid must not be all zeros"));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &Value) -> Result<Registration, ApiError> {
        registration(value.as_object().unwrap().clone())
    }

    #[test]
    fn what_is_not_known_goes_into_data() {
        let id = "6f1c2b1e-0000-4000-8000-000000000001";
        let made = of(&json!({"uuid": id, "caller": "+380671234567", "name": "", "queue": "7"}));
        let made = made.unwrap();
        assert_eq!(made.caller.as_deref(), Some("+380671234567"));
        assert_eq!(made.name, None);
        assert_eq!(made.data, *json!({"queue": "7"}).as_object().unwrap());
    }

    #[test]
    fn nonsense_is_refused_with_the_name_of_the_field() {
        let id = "6f1c2b1e-0000-4000-8000-000000000001";
        for (value, word) in [
            (json!({}), "uuid"),
            (json!({"uuid": "12"}), "uuid"),
            (json!({"uuid": Uuid::nil().to_string()}), "uuid"),
            (json!({"uuid": id, "caller": ["a"]}), "caller"),
            (json!({"uuid": id, "called": "1\u{0}2"}), "called"),
            (json!({"uuid": id, "name": "x".repeat(257)}), "name"),
        ] {
            let error = of(&value).unwrap_err();
            assert_eq!(error.status, StatusCode::BAD_REQUEST);
            assert!(error.message.contains(word), "{}", error.message);
        }
    }
}
