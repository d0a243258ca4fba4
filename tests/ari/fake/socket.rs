//! The fake Asterisk's sockets: HTTP, the event WebSocket, and requests over it.

use super::{PASSWORD, Shared};
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub async fn serve(shared: Arc<Shared>, stop: CancellationToken) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Router::new()
        .route("/ari/events", get(events))
        .route("/ari/{*path}", any(rest))
        .with_state(shared);
    tokio::spawn(async move {
        let serving = axum::serve(listener, app);
        tokio::select! {
            served = std::future::IntoFuture::into_future(serving) => served.expect("it serves"),
            () = stop.cancelled() => {}
        }
    });
    address
}

pub fn authorization() -> String {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("treadline:{PASSWORD}"));
    format!("Basic {pair}")
}

fn is_let_in(shared: &Shared, headers: &HeaderMap) -> Result<(), StatusCode> {
    if shared.away.load(Ordering::Relaxed) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let given = headers.get("authorization").and_then(|value| value.to_str().ok());
    if given == Some(authorization().as_str()) { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
}

async fn events(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(status) = is_let_in(&shared, &headers) {
        return status.into_response();
    }
    assert_eq!(query.get("app").map(String::as_str), Some("treadline"));
    upgrade.on_upgrade(move |socket| connection(shared, socket))
}

async fn connection(shared: Arc<Shared>, mut socket: WebSocket) {
    let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
    let (mut events, mut cut) = (shared.events.subscribe(), shared.cut.subscribe());
    shared.open.fetch_add(1, Ordering::Relaxed);
    loop {
        let told = tokio::select! {
            told = events.recv() => told.ok(),
            asked = socket.recv() => match asked {
                Some(Ok(Message::Text(text))) => answer(&shared, &text),
                Some(Ok(_)) => None,
                _ => break,
            },
            _ = cut.wait_for(|cut| *cut >= number) => break,
        };
        if let Some(told) = told
            && socket.send(Message::Text(told.into())).await.is_err()
        {
            break;
        }
    }
    shared.open.fetch_sub(1, Ordering::Relaxed);
}

/// A request over a WebSocket, answered; `None` if it never is.
pub fn answer(shared: &Arc<Shared>, text: &str) -> Option<String> {
    let request: Value = serde_json::from_str(text).expect("a request is JSON");
    assert_eq!(request["type"], "RESTRequest");
    let word = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let query = request["query_strings"].as_array().cloned().unwrap_or_default();
    let query: BTreeMap<String, String> = query
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().expect("text").to_owned();
            (text("name"), text("value"))
        })
        .collect();
    let (status, body) = shared.handle(&word("method"), &word("uri"), &query, true)?;
    let answer = json!({
        "type": "RESTResponse", "request_id": word("request_id"), "transaction_id": "t",
        "status_code": status, "reason_phrase": "as it is", "uri": word("uri"),
        "content_type": "application/json", "message_body": body.to_string(),
    });
    Some(answer.to_string())
}

async fn rest(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    if let Err(status) = is_let_in(&shared, request.headers()) {
        return status.into_response();
    }
    let path = request.uri().path().trim_start_matches("/ari/").to_owned();
    match shared.handle(request.method().as_str(), &path, &query, false) {
        Some((status, body)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, body.to_string()).into_response()
        }
        None => std::future::pending().await,
    }
}
