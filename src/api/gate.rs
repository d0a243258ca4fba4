//! Before every route: whose token is it, may it do this, and is it too much.

use super::{Api, Problem};
use crate::db::desk::audit::masked_text;
use crate::db::tokens::{self, May, Token};
use crate::http::Peer;
use crate::ids::{TenantId, sha256_hex};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use chrono_tz::Tz;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tokio::time::Instant;

/// The longest token that is looked up, bytes.
const TOKEN_BYTES_MAX: usize = 100;

/// What stands before a route.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pub(super) api: Api,
    pub(super) may: May,
}

/// A program that came in.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    pub(super) token: Arc<Token>,
    pub(super) address: IpAddr,
}

impl Guest {
    /// The shop.
    pub(super) fn tenant(&self) -> TenantId {
        TenantId(self.token.tenant_id)
    }

    /// The shop's time zone.
    pub(super) fn zone(&self) -> Tz {
        self.token.timezone.parse().unwrap_or(chrono_tz::UTC)
    }

    /// True if numbers, names and addresses are shown to it.
    pub(super) fn sees_people(&self) -> bool {
        self.token.may(May::SeePeople)
    }

    /// A text as it may be seen: long rows of digits are masked.
    pub(super) fn text(&self, text: String) -> String {
        if self.sees_people() { text } else { masked_text(&text) }
    }

    /// A name or an address as it may be seen: its first letter.
    pub(super) fn name(&self, name: String) -> String {
        if self.sees_people() {
            return name;
        }
        name.chars().next().map_or_else(String::new, |first| format!("{first}***"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // The gate lets nobody get so far; this is the second lock.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| unknown("send a token"))
    }
}

pub(super) async fn guard(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(Peer(at))| at.ip());
    let token = bearer(request.headers()).map(str::to_owned);
    let mut response = match enter(&gate, address, token).await {
        Ok(guest) => {
            request.extensions_mut().insert(guest);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn enter(gate: &Gate, address: IpAddr, token: Option<String>) -> Result<Guest, Problem> {
    let (api, now) = (&gate.api, Instant::now());
    let from = address.to_string();
    // A good token passes all the same: behind a reverse proxy everybody has one address.
    let stranger = |problem| match api.strangers().take(&from, now) {
        Ok(()) => problem,
        Err(wait_s) => Problem::too_many(wait_s),
    };
    let Some(token) = token else {
        return Err(stranger(unknown("send the header Authorization: Bearer with a token")));
    };
    let hash = sha256_hex(&token);
    let found = tokens::enter(api.pool(), hash, from.clone(), api.clock().now()).await?;
    let Some(token) = found else {
        return Err(stranger(unknown("there is no such token, or it was revoked")));
    };
    if let Err(wait_s) =
        api.tokens().take_limited(&token.id.to_string(), token.requests_per_minute_max, now)
    {
        return Err(Problem::too_many(wait_s));
    }
    if !token.may(gate.may) {
        let message = format!("this token may not {}", gate.may.code());
        return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", message));
    }
    Ok(Guest { token: Arc::new(token), address })
}

fn unknown(message: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    let token = token.trim();
    let whole =
        scheme.eq_ignore_ascii_case("bearer") && (1..=TOKEN_BYTES_MAX).contains(&token.len());
    whole.then_some(token)
}
