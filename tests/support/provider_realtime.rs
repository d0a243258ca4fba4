//! The Realtime half of the loopback server: transcription over a WebSocket.

use super::provider_server::{DRIP, Fault, Notes, hold};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::interval;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

type Socket = WebSocketStream<TcpStream>;

const TRANSCRIPTION: &str = "conversation.item.input_audio_transcription";

pub async fn serve(
    mut stream: TcpStream,
    key: &str,
    fault: Fault,
    notes: &Notes,
    at: usize,
) -> std::io::Result<()> {
    let accept = derive_accept_key(key.as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    let mut commits = 0;
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let message: Value = serde_json::from_str(text.as_str()).expect("a message is JSON");
        let kind = message["type"].as_str().unwrap_or_default().to_owned();
        notes.lock().unwrap()[at].messages.push(message);
        if kind == "session.update" {
            say(&mut socket, json!({ "type": "session.updated", "session": {} })).await;
        } else if kind == "input_audio_buffer.commit" {
            commits += 1;
            let done = answer(&mut socket, commits, fault).await?;
            if done {
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn say(socket: &mut Socket, event: Value) {
    let _ = socket.send(Message::text(event.to_string())).await;
}

fn delta(item: &str, more: &str) -> Value {
    json!({ "type": format!("{TRANSCRIPTION}.delta"), "item_id": item, "delta": more })
}

fn completed(item: &str, text: &str) -> Value {
    json!({ "type": format!("{TRANSCRIPTION}.completed"), "item_id": item, "transcript": text })
}

/// A server's text frame, as bytes.
fn frame(payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u16;
    let mut bytes = vec![0x81, 126];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// Answers one commit; true if the connection is over.
async fn answer(socket: &mut Socket, commit: usize, fault: Fault) -> std::io::Result<bool> {
    let item = format!("item_{commit}");
    let named = json!({ "type": "input_audio_buffer.committed", "item_id": item,
        "previous_item_id": null });
    let good = completed(&item, " winter tires ");
    let whole = frame(good.to_string().as_bytes());
    match fault {
        Fault::FirstByteNever => {}
        Fault::StallsMidStream => {
            say(socket, named).await;
            say(socket, delta(&item, "winter")).await;
        }
        Fault::Drips => {
            let mut pace = interval(DRIP);
            for byte in whole {
                pace.tick().await;
                socket.get_mut().write_all(&[byte]).await?;
            }
        }
        Fault::CutMidway => {
            socket.get_mut().write_all(&whole[..whole.len() / 2]).await?;
            return Ok(true);
        }
        Fault::HugeBody => {
            let words = "x".repeat(1024 * 1024);
            say(socket, completed(&item, &words)).await;
        }
        Fault::InvalidUtf8 => {
            socket.get_mut().write_all(&frame(b"{\"type\": \"\xff\xfe\"}")).await?;
            hold(socket.get_mut()).await?;
            return Ok(true);
        }
        Fault::ValidButEmpty => {
            say(socket, named).await;
            say(socket, completed(&item, "")).await;
        }
        Fault::UnknownAndOutOfOrder => {
            say(socket, json!({ "type": "something.new", "delta": { "x": 1 }, "error": null }))
                .await;
            say(socket, json!({ "no": "type" })).await;
            say(socket, named).await;
            say(socket, completed("item_of_nobody", "not these words")).await;
            say(socket, good).await;
            say(socket, delta(&item, "too late")).await;
        }
        _ => {
            say(socket, named).await;
            say(socket, delta(&item, " winter")).await;
            say(socket, delta(&item, " tires")).await;
            say(socket, good).await;
        }
    }
    Ok(false)
}
