//! A bare connection, for what no Asterisk would do.

use crate::websocket::line::{Line, PATIENCE};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use treadline::asterisk::leg::{Leg, LegEnd, LegEvent};
use uuid::Uuid;

pub struct Raw(pub WebSocketStream<TcpStream>);

/// Asks for `path` with these headers; the status of a refusal.
pub async fn ask(line: &Line, path: &str, headers: &[(&str, &str)]) -> Result<Raw, u16> {
    let mut request = format!("ws://{}{path}", line.media).into_client_request().unwrap();
    for (name, value) in headers {
        let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let socket = TcpStream::connect(line.media).await.unwrap();
    match timeout(PATIENCE, client_async(request, socket)).await.unwrap() {
        Ok((socket, _)) => Ok(Raw(socket)),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

pub fn start(format: &str, frame_bytes: usize) -> Value {
    json!({ "event": "MEDIA_START", "connection_id": "c", "channel": "WebSocket/x", "ptime": 20,
        "channel_id": "1.1", "format": format, "optimal_frame_size": frame_bytes })
}

/// A connection after the handshake.
pub async fn enter(line: &Line) -> Raw {
    ask(line, &format!("/media?uuid={}", Uuid::new_v4()), &[]).await.expect("it is let in")
}

/// A call at 8 kHz.
pub async fn open(line: &mut Line) -> (Raw, Leg) {
    let mut raw = enter(line).await;
    raw.tell(&start("slin", 320)).await;
    let leg = line.leg().await;
    (raw, leg)
}

impl Raw {
    pub async fn tell(&mut self, event: &Value) {
        self.send(Message::text(event.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        let _ = self.0.send(message).await;
    }

    /// The next message; `None` at the end.
    pub async fn next(&mut self) -> Option<Message> {
        let next = timeout(PATIENCE, self.0.next()).await.expect("nothing comes");
        next.and_then(Result::ok)
    }

    /// The commands and the bytes of audio up to the end of the connection.
    pub async fn rest(&mut self) -> (Vec<String>, usize) {
        let (mut commands, mut bytes) = (Vec::new(), 0);
        while let Some(message) = self.next().await {
            match message {
                Message::Text(text) => commands.push(command(&text)),
                Message::Binary(audio) => bytes += audio.len(),
                _ => {}
            }
        }
        (commands, bytes)
    }

    /// The next command of this name.
    pub async fn until(&mut self, name: &str) -> Value {
        loop {
            let message = self.next().await.expect("the connection has ended");
            let Message::Text(text) = message else { continue };
            if command(&text) == name {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}

fn command(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("a command is JSON");
    value["command"].as_str().expect("it is a command").to_owned()
}

pub async fn end_of(leg: &mut Leg) -> LegEnd {
    let end = async {
        loop {
            if let LegEvent::Gone(end) = leg.events.recv().await.expect("no last event") {
                return end;
            }
        }
    };
    timeout(PATIENCE, end).await.expect("the leg did not end")
}
