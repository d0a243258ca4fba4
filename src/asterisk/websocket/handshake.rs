//! The HTTP request that becomes a media connection: who may, and who calls.

use super::message::{PATH, SUBPROTOCOL};
use crate::asterisk::gate::{Gate, Permit};
use crate::asterisk::registry::Registration;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

/// The longest text of one parameter, characters.
const FIELD_CHARS_MAX: usize = 256;
/// The most parameters besides the known ones.
const DATA_FIELDS_MAX: usize = 32;

/// What a media connection must show.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user of Asterisk's `websocket_client.conf`.
    pub user: String,
    /// The password there. It is asked for from addresses that are not trusted; none: the rules
    /// for addresses and UUIDs are all.
    pub password: Option<SecretString>,
}

/// A connection that may talk.
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) permit: Permit,
}

/// Why a request was refused: the answer's status and the metric's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    status: StatusCode,
    pub(super) reason: &'static str,
}

/// Judges a request. Nothing is opened for one that is refused.
pub(super) fn judge(
    request: &Request,
    peer: SocketAddr,
    login: &Login,
    gate: &dyn Gate,
) -> Result<Entry, Refused> {
    let refused = |status, reason| Err(Refused { status, reason });
    // A web page in a browser on a trusted machine is not trusted: browsers name the page's
    // origin, Asterisk does not.
    if request.headers().contains_key(header::ORIGIN) {
        return refused(StatusCode::FORBIDDEN, "origin");
    }
    if request.uri().path() != PATH {
        return refused(StatusCode::NOT_FOUND, "path");
    }
    if !gate.is_trusted(peer.ip()) && !knows_password(request, login) {
        return refused(StatusCode::UNAUTHORIZED, "password");
    }
    let Some(registration) = registration(request.uri().query().unwrap_or_default()) else {
        return refused(StatusCode::BAD_REQUEST, "uuid");
    };
    let id = registration.uuid;
    gate.introduce(peer, registration);
    match gate.admit(peer, id) {
        Ok(permit) => Ok(Entry { id, permit }),
        Err(why) => {
            metrics::counter!("treadline_calls_refused_total", "why" => why).increment(1);
            tracing::info!(%peer, %id, why, "a call was refused");
            let status = match why {
                "calls_max" | "draining" => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::FORBIDDEN,
            };
            refused(status, why)
        }
    }
}

impl Refused {
    pub(super) fn response(self) -> ErrorResponse {
        let mut response = ErrorResponse::new(Some(self.reason.to_owned()));
        *response.status_mut() = self.status;
        if self.status == StatusCode::UNAUTHORIZED {
            let ask = HeaderValue::from_static("Basic realm=\"treadline\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
        }
        response
    }
}

/// Takes the subprotocol that Asterisk asks for.
pub(super) fn accept(request: &Request, response: &mut Response) {
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let asked = offered
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|name| name.trim().eq_ignore_ascii_case(SUBPROTOCOL));
    if asked {
        let ours = HeaderValue::from_static(SUBPROTOCOL);
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, ours);
    }
}

fn knows_password(request: &Request, login: &Login) -> bool {
    let Some(password) = &login.password else { return true };
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, word)| STANDARD.decode(word.trim()).ok());
    let wanted = format!("{}:{}", login.user, password.expose_secret());
    given.is_some_and(|given| same(&given, wanted.as_bytes()))
}

/// Compares without telling by its time how much was right: digests of equal length, every byte.
fn same(given: &[u8], wanted: &[u8]) -> bool {
    let (given, wanted) = (Sha256::digest(given), Sha256::digest(wanted));
    given.iter().zip(wanted.iter()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// What the address says of the call; `None` without a UUID.
fn registration(query: &str) -> Option<Registration> {
    let mut fields: Vec<(String, String)> = query.split('&').filter_map(field).collect();
    let mut take = |name: &str| {
        let at = fields.iter().position(|(known, _)| known == name)?;
        Some(fields.swap_remove(at).1).filter(|text| !text.is_empty())
    };
    let uuid = Uuid::try_parse(&take("uuid")?).ok().filter(|id| !id.is_nil())?;
    let registration = Registration {
        uuid,
        caller: take("caller"),
        called: take("called"),
        name: take("name"),
        channel: take("channel"),
        data: Map::new(),
    };
    let rest = fields.into_iter().take(DATA_FIELDS_MAX);
    let data = rest.map(|(name, text)| (name, Value::String(text))).collect();
    Some(Registration { data, ..registration })
}

/// `name=text`, decoded; `None` if it is too long, or holds what no text of a call holds.
fn field(pair: &str) -> Option<(String, String)> {
    let (name, text) = pair.split_once('=')?;
    let (name, text) = (decoded(name)?, decoded(text)?);
    let legal =
        |text: &str| text.chars().count() <= FIELD_CHARS_MAX && !text.chars().any(char::is_control);
    (!name.is_empty() && legal(&name) && legal(&text)).then(|| (name, text.trim().to_owned()))
}

/// RFC 3986: `%41` is a byte. A plus stays one: it begins telephone numbers.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let hex = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f1c2b1e-0000-4000-8000-000000000001";

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut request = Request::new(());
        for (name, value) in headers {
            let name = header::HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        request
    }

    #[test]
    fn the_address_says_who_calls() {
        let query = format!(
            "uuid={ID}&caller=%2B380671234567&called=+0800&name=%D0%9E%D0%BB%D1%8F%20K&queue=7&x"
        );
        let told = registration(&query).unwrap();
        assert_eq!(told.caller.as_deref(), Some("+380671234567"));
        assert_eq!(told.called.as_deref(), Some("+0800"));
        assert_eq!(told.name.as_deref(), Some("Оля K"));
        assert_eq!(Value::Object(told.data), serde_json::json!({ "queue": "7" }));
    }

    #[test]
    fn without_a_uuid_there_is_no_call_and_bad_parameters_are_left_out() {
        for query in ["", "caller=1", "uuid=12", "uuid=00000000-0000-0000-0000-000000000000"] {
            assert_eq!(registration(query), None, "{query}");
        }
        let long = "x".repeat(257);
        let query = format!("uuid={ID}&caller=%00&called=%4&name={long}&channel=%FF");
        let told = registration(&query).unwrap();
        assert_eq!((told.caller, told.called, told.name, told.channel), (None, None, None, None));
    }

    #[test]
    fn only_the_whole_password_is_the_password() {
        let login = Login { user: "treadline".into(), password: Some("right".to_owned().into()) };
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let may = |value: &str| knows_password(&request(&[("authorization", value)]), &login);
        assert!(may(&basic("treadline:right")));
        assert!(may(&basic("treadline:right").replace("Basic", "basic")));
        for wrong in ["treadline:wrong", "other:right", "treadline:right ", "treadline", ""] {
            assert!(!may(&basic(wrong)), "{wrong}");
        }
        assert!(!may("Bearer right") && !may("Basic ***"));
        assert!(!knows_password(&request(&[]), &login));
        assert!(knows_password(&request(&[]), &Login { password: None, ..login }));
    }
}
