//! A shop's back office: a real HTTP server that speaks the Store API over data in memory, keeps
//! what was asked under an idempotency key, notes every request, and goes wrong when it is told to.

#[path = "store_api_shop.rs"]
pub mod shop;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use shop::Shop;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The key that it wants.
pub const KEY: &str = "a-key-of-the-test";

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A status without doing anything, with a `Retry-After` of so many seconds.
    Status(u16, Option<u64>),
    /// A refusal in Windows-1251.
    Windows1251(u16),
    /// Nothing is done and nothing is ever answered.
    Stalls,
    /// It is done, but the answer breaks off in the middle.
    CutAfterDoing,
    /// It is done, but the answer comes this many milliseconds late.
    LateAfterDoing(u64),
    /// It is done, and the answer is no JSON.
    Garbage,
    /// It is done, and the answer does not end.
    Huge,
    /// It is done, and the answer is a page.
    WrongType,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub line: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What all parts of the server share.
#[derive(Clone, Default)]
pub struct Office {
    pub shop: Arc<Mutex<Shop>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    plan: Arc<Mutex<VecDeque<(String, Fault)>>>,
}

pub struct StoreApi {
    pub address: SocketAddr,
    pub office: Office,
    task: JoinHandle<()>,
}

impl Drop for StoreApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StoreApi {
    pub async fn start() -> Self {
        let office = Office::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("has an address");
        let router = shop::router()
            .layer(from_fn_with_state(office.clone(), door))
            .with_state(office.clone());
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, office, task }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// The next requests whose line (`POST /orders`) begins so go wrong, one fault each.
    pub fn plan(&self, line: &str, faults: &[Fault]) {
        let mut plan = self.office.plan.lock().expect("no panic");
        plan.extend(faults.iter().map(|fault| (line.to_owned(), *fault)));
    }

    /// The plan as it is left is forgotten.
    pub fn heal(&self) {
        self.office.plan.lock().expect("no panic").clear();
    }

    /// All requests so far whose line begins so.
    pub fn seen(&self, line: &str) -> Vec<Seen> {
        let seen = self.office.seen.lock().expect("no panic");
        seen.iter().filter(|request| request.line.starts_with(line)).cloned().collect()
    }

    /// Looks into the shop's books.
    pub fn books<T>(&self, look: impl FnOnce(&mut Shop) -> T) -> T {
        look(&mut self.office.shop.lock().expect("no panic"))
    }
}

/// Every request goes through here: noted, its key checked, its fault applied.
async fn door(State(office): State<Office>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1024 * 1024).await.unwrap_or_default();
    let path = parts.uri.path().trim_start_matches("/api/v1").to_owned();
    let line = format!("{} {path}", parts.method);
    let request_id = parts.headers.get("x-request-id").cloned();
    office.seen.lock().expect("no panic").push(Seen {
        line: line.clone(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer != Some(&format!("Bearer {KEY}")) {
        return refusal(401, "unauthorized");
    }
    let fault = {
        let mut plan = office.plan.lock().expect("no panic");
        let at = plan.iter().position(|(wanted, _)| line.starts_with(wanted.as_str()));
        at.and_then(|at| plan.remove(at)).map(|(_, fault)| fault)
    };
    let request = Request::from_parts(parts, Body::from(body));
    let mut response = match fault {
        None => next.run(request).await,
        Some(Fault::Status(status, retry_after)) => {
            let mut response = refusal(status, "planned");
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
        Some(Fault::Windows1251(status)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, b"{\"error\":{\"message\":\"\xcf\xee\xec\xe8\xeb\xea\xe0\"}}".to_vec())
                .into_response()
        }
        Some(Fault::Stalls) => std::future::pending().await,
        Some(fault) => spoilt(next.run(request).await, fault).await,
    };
    if let Some(id) = request_id {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

async fn spoilt(response: Response, fault: Fault) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = match fault {
        Fault::CutAfterDoing => {
            let half = whole.slice(..whole.len() / 2);
            let broken = std::io::Error::other("the line breaks here");
            Body::from_stream(futures_util::stream::iter([Ok(half), Err(broken)]))
        }
        Fault::LateAfterDoing(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Body::from(whole)
        }
        Fault::Garbage => Body::from("<<<"),
        Fault::Huge => {
            let piece = Bytes::from(vec![b' '; 64 * 1024]);
            let pieces = std::iter::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
            Body::from_stream(futures_util::stream::iter(pieces))
        }
        Fault::WrongType => {
            parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            Body::from(whole)
        }
        _ => Body::from(whole),
    };
    Response::from_parts(parts, body)
}

/// The paper's error.
pub fn refusal(status: u16, code: &str) -> Response {
    let error = json!({ "code": code, "message": "as planned", "request_id": "r" });
    let status = StatusCode::from_u16(status).expect("a status");
    (status, axum::Json(json!({ "error": error }))).into_response()
}
