//! Asterisk opens the WebSocket itself.

use crate::ari::fake::{Fake, PASSWORD, until};
use crate::ari::{Desk, options};
use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::asterisk::ari::Options;
use uuid::Uuid;

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

async fn dial(to: SocketAddr, path: &str, password: Option<&str>) -> Result<Socket, Error> {
    let mut request = format!("ws://{to}{path}").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", HeaderValue::from_static("ari"));
    if let Some(password) = password {
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("treadline:{password}"));
        headers.insert("authorization", format!("Basic {pair}").parse().unwrap());
    }
    let (socket, response) = connect_async(request).await?;
    assert_eq!(response.headers()["sec-websocket-protocol"], "ari");
    Ok(socket)
}

/// Asterisk on one end of `socket`: its events out, requests in, answers out.
fn serve(fake: &Fake, mut socket: Socket) -> DropGuard {
    let end = CancellationToken::new();
    let (shared, guard) = (Arc::clone(&fake.shared), end.clone().drop_guard());
    let mut events = shared.subscribe();
    tokio::spawn(async move {
        loop {
            let told = tokio::select! {
                told = events.recv() => told.ok(),
                asked = socket.next() => match asked {
                    Some(Ok(Message::Text(text))) => shared.answer(&text),
                    Some(Ok(_)) => None,
                    _ => return,
                },
                () = end.cancelled() => return,
            };
            if let Some(told) = told
                && socket.send(Message::text(told)).await.is_err()
            {
                return;
            }
        }
    });
    guard
}

async fn listening(fake: &Fake) -> (Desk, SocketAddr) {
    let listen = Some("127.0.0.1:0".parse().unwrap());
    // HTTP leads nowhere: everything must travel over the WebSocket that Asterisk opened.
    let url = "http://127.0.0.1:9".to_owned();
    let desk = Desk::with(Options { listen, ..options(url) }).await;
    let address = desk.ari.listens_on().unwrap();
    assert_eq!(fake.asked("GET", "channels"), 0);
    (desk, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_served_over_the_websocket_that_asterisk_opened() {
    let fake = Fake::start().await;
    let (desk, address) = listening(&fake).await;
    let _line = serve(&fake, dial(address, "/ari", Some(PASSWORD)).await.unwrap());
    until("the state was asked for", || fake.asked("GET", "channels") > 0).await;
    let talk = desk.talking(&fake).await;
    fake.hangs_up(&talk.caller);
    fake.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_not_let_in() {
    let fake = Fake::start().await;
    let (desk, address) = listening(&fake).await;
    for (path, password, status) in
        [("/ari", None, 401), ("/ari", Some("guessed"), 401), ("/other", Some(PASSWORD), 404)]
    {
        match dial(address, path, password).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), status, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
    assert!(!desk.ari.is_connected());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asterisk_that_was_restarted_takes_the_place_of_its_ghost() {
    let fake = Fake::start().await;
    let (desk, address) = listening(&fake).await;
    let ghost = dial(address, "/ari", Some(PASSWORD)).await.unwrap();
    until("connected", || desk.ari.is_connected()).await;
    // The ghost says nothing any more, and its connection stays open.
    let _line = serve(&fake, dial(address, "/ari", Some(PASSWORD)).await.unwrap());
    until("the state was asked for", || fake.asked("GET", "channels") > 0).await;
    let id = Uuid::new_v4().to_string();
    fake.caller_comes(&[&id]);
    until("the call is served", || fake.asked("POST", "/addChannel") == 1).await;
    drop(ghost);
}
