//! Before every page: who asks, may they, and is the form theirs.

use super::upload::Upload;
use super::visitor::{self, Visitor};
use super::words::Words;
use super::{Desk, Refusal, cookies, door, headers, policy, refusal, secret, upload};
use crate::db::desk::sessions::{self, Session};
use crate::http::Peer;
use axum::body::Body;
use axum::extract::{
    ConnectInfo, DefaultBodyLimit, Form, FromRequest as _, MatchedPath, Request, State,
};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

/// The longest address that is come back to after signing in, bytes.
const PATH_BYTES_MAX: usize = 1_000;
/// How long a form may take to arrive.
const FORM_MAX: Duration = Duration::from_secs(10);
/// How often it is noted that a session is used.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// What a form sent; its origin and token are good.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    pairs: Arc<Vec<(String, String)>>,
    file: Option<Arc<Upload>>,
}

impl Fields {
    /// A field as it was sent; empty if it was not.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Everything that was sent under a name, in its order.
    pub fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        self.pairs.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A field without space around it.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The file that came with the form; none was chosen if it has neither name nor content.
    #[must_use]
    pub fn file(&self) -> Option<&Upload> {
        let file = self.file.as_deref()?;
        (!file.name.is_empty() || !file.bytes.is_empty()).then_some(file)
    }
}

/// Somebody at the door.
struct Arrived {
    visitor: Visitor,
    /// A secret for the forms of somebody who is not in, to be put into a cookie.
    plant: Option<String>,
}

/// Why somebody does not come through.
enum Stop {
    /// A page says why.
    Refused(Refusal),
    /// To the sign-in page, and back from there.
    SignIn,
    /// A script asked that nobody is in for.
    Unknown,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

pub(super) async fn guard(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let at_door = AtDoor::of(&desk, &request);
    let (arrived, trouble) = arrive(&desk, at_door).await;
    let Arrived { visitor, plant } = arrived;
    let secure = visitor.secure;
    let admitted = match trouble {
        Some(refusal) => Err(refusal.into()),
        None => admit(&visitor, &desk, request).await,
    };
    let response = match admitted {
        Ok(request) => next.run(request).await,
        Err(Stop::Refused(refusal)) => refusal.into_response(),
        Err(Stop::SignIn) => Redirect::to(&door::sign_in_path(&visitor.path)).into_response(),
        Err(Stop::Unknown) => StatusCode::UNAUTHORIZED.into_response(),
    };
    let mut response = match response.extensions().get::<Refusal>() {
        Some(refusal) => refusal::page(*refusal, &visitor),
        None => response,
    };
    if secure {
        headers::strict(response.headers_mut());
    }
    if let Some(secret) = plant {
        let cookie = cookies::set(cookies::DOOR, &secret, None, secure);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What a request says of whoever sent it.
struct AtDoor {
    session: Option<String>,
    door: Option<String>,
    address: IpAddr,
    secure: bool,
    path: String,
    /// The language that a link of the page in front of the door chose.
    tongue: Option<String>,
    accepts: String,
}

impl AtDoor {
    fn of(desk: &Desk, request: &Request) -> Self {
        let headers = request.headers();
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let mut pairs = request.uri().query().unwrap_or_default().split('&');
        let accepts = headers.get(header::ACCEPT_LANGUAGE).and_then(|text| text.to_str().ok());
        Self {
            session: cookies::read(headers, cookies::SESSION),
            door: cookies::read(headers, cookies::DOOR),
            address: address(desk, request),
            secure: is_secure(desk, request),
            path: if path.len() <= PATH_BYTES_MAX { path } else { "/" }.to_owned(),
            tongue: pairs.find_map(|pair| pair.strip_prefix("lang=")).map(str::to_owned),
            accepts: accepts.unwrap_or_default().to_owned(),
        }
    }
}

/// Looks at the cookies. If the database cannot be asked, nobody is in, and the second value says
/// so.
async fn arrive(desk: &Desk, at_door: AtDoor) -> (Arrived, Option<Refusal>) {
    let hash = at_door.session.as_deref().map(secret::digest);
    let (session, trouble) = match &hash {
        None => (None, None),
        Some(hash) => match find(desk, hash).await {
            Ok(session) => (session, None),
            Err(refusal) => (None, Some(refusal)),
        },
    };
    let held = if session.is_some() { at_door.session } else { at_door.door };
    let (form_token, plant) = match held {
        Some(held) => (secret::form_token(&held), None),
        // A machine without random numbers gives forms that are refused; nothing else fails.
        None => secret::token().map_or_else(
            |_| (String::new(), None),
            |fresh| (secret::form_token(&fresh), Some(fresh)),
        ),
    };
    let tongue = visitor::tongue(session.as_ref(), at_door.tongue.as_deref(), &at_door.accepts);
    let visitor = Visitor {
        token_hash: session.as_ref().and(hash),
        session: session.map(Arc::new),
        form_token,
        address: at_door.address,
        secure: at_door.secure,
        words: Words(tongue),
        path: at_door.path,
    };
    (Arrived { visitor, plant }, trouble)
}

async fn find(desk: &Desk, hash: &str) -> Result<Option<Session>, Refusal> {
    let now = desk.clock().now();
    let found = sessions::find(desk.pool(), hash.to_owned(), now).await?;
    if let Some(session) = &found
        && now - session.seen_at >= TOUCH_EVERY
    {
        let until = door::expires_at(now, session.created_at, session.remembered);
        sessions::touch(desk.pool(), hash.to_owned(), now, until).await?;
    }
    Ok(found)
}

fn peer(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(Peer(at))| at.ip())
}

/// True if what the browser sends is encrypted on its way: by TLS of our own, or, as a reverse proxy
/// that we know says, by its.
fn is_secure(desk: &Desk, request: &Request) -> bool {
    let told = request.headers().get_all("x-forwarded-proto").iter().next_back();
    // The nearest proxy writes last.
    let told = told.and_then(|line| line.to_str().ok()).and_then(|line| line.rsplit(',').next());
    let by_proxy = told.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
    desk.is_secure() || by_proxy && desk.config().proxies.contains(&peer(request))
}

/// Where the browser is: a reverse proxy that we know says so.
fn address(desk: &Desk, request: &Request) -> IpAddr {
    let peer = peer(request);
    let proxies = &desk.config().proxies;
    if !proxies.contains(&peer) {
        return peer;
    }
    // Each proxy adds the one it heard; the last that is not ours is the browser.
    let told = request.headers().get_all("x-forwarded-for").iter();
    let told = told.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    let told: Vec<IpAddr> = told.filter_map(|text| text.trim().parse().ok()).collect();
    told.into_iter().rev().find(|at| !proxies.contains(at)).unwrap_or(peer)
}

/// Lets a request through, or says why not.
async fn admit(visitor: &Visitor, desk: &Desk, mut request: Request) -> Result<Request, Stop> {
    let matched = request.extensions().get::<MatchedPath>();
    let path = matched.map(|path| path.as_str().to_owned()).unwrap_or_default();
    let method = request.method().clone();
    if !policy::allows(method.as_str(), &path, visitor.role()) {
        let known = policy::line(method.as_str(), &path).is_some();
        if visitor.session.is_some() || !known {
            return Err(Refusal::Denied.into());
        }
        let streams = accepts(request.headers(), "text/event-stream");
        return Err(if streams { Stop::Unknown } else { Stop::SignIn });
    }
    if method != Method::GET && method != Method::HEAD {
        if !same_origin(desk, request.headers()) {
            return Err(Refusal::Stale.into());
        }
        let (parts, body) = request.into_parts();
        let mut form = Request::from_parts(parts.clone(), body);
        if upload::is_long(&path) {
            DefaultBodyLimit::max(upload::LONG_BYTES_MAX).apply(&mut form);
        }
        let with_file = upload::boundary(&parts.headers).filter(|_| upload::takes_files(&path));
        let patience = if with_file.is_some() { upload::UPLOAD_MAX } else { FORM_MAX };
        let fields = tokio::time::timeout(patience, fields(form, with_file)).await;
        let fields = fields.map_err(|_| Refusal::Bad)??;
        if !secret::same(fields.raw("form_token"), &visitor.form_token) {
            return Err(Refusal::Stale.into());
        }
        request = Request::from_parts(parts, Body::empty());
        request.extensions_mut().insert(fields);
    }
    request.extensions_mut().insert(visitor.clone());
    Ok(request)
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|text| text.to_str().ok());
    accept.is_some_and(|accept| accept.contains(kind))
}

/// True if the form comes from a page of ours. Browsers say where a form was sent from; a request
/// that does not say is not from a browser that could be trusted.
pub(super) fn same_origin(desk: &Desk, headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        return site == Some("same-origin");
    };
    if !desk.config().public_url.is_empty() {
        return origin.eq_ignore_ascii_case(desk.config().public_url.trim_end_matches('/'));
    }
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    match (authority, text(header::HOST)) {
        (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

async fn fields(request: Request, boundary: Option<String>) -> Result<Fields, Refusal> {
    let (pairs, file) = match boundary {
        Some(boundary) => upload::read(request.into_body(), &boundary).await?,
        None => (pairs(request).await?, None),
    };
    // PostgreSQL takes no NUL, and no form has a reason to send one.
    if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(Refusal::Bad);
    }
    Ok(Fields { pairs: Arc::new(pairs), file: file.map(Arc::new) })
}

async fn pairs(request: Request) -> Result<Vec<(String, String)>, Refusal> {
    let read = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    let Form(pairs) = read.map_err(|error| {
        if error.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
            Refusal::TooLarge
        } else {
            Refusal::Bad
        }
    })?;
    Ok(pairs)
}
