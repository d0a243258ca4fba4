//! The caller's end of a `chan_websocket`: a strict image of what Asterisk does with a media
//! connection, as measured on 22.10.
//!
//! Frames wait in a queue of 1,000; at 900 it says stop, below 800 go on; one is played every 20
//! ms; marks stand in the queue between the frames; a flush takes all of it, marks too, without a
//! word. A text of more than 128 bytes is not read, a message of 65,500 bytes or more ends the
//! connection, and of a message that is not whole frames the tail is thrown away: the last three
//! no server of ours may do, so they are faults here.

use super::wire::{FEED_GAP_MAX, heard, next_frame};
use super::{CallEnd, Options, Shared};
use crate::asterisk::websocket::message::{
    PATH, SUBPROTOCOL, TEXT_BYTES_MAX, format_of, frame_bytes,
};
use crate::audio::FRAME_MS;
use anyhow::{Context as _, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;

/// Frames that the queue holds.
const QUEUE_MAX: usize = 1_000;
/// Frames at which it says stop, and below which it says go on.
const XOFF_AT: usize = 900;
const XON_BELOW: usize = 800;
/// Bytes of a message that end the connection.
const MESSAGE_BYTES_MAX: usize = 65_500;
/// Time for the handshake.
const OPEN_MAX: Duration = Duration::from_secs(5);
/// How long we read on after hanging up.
const DRAIN_MAX: Duration = Duration::from_millis(500);

pub(super) type Socket = WebSocketStream<TcpStream>;

/// What the connection shows and says of the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Login {
    /// `user:password`, if the server asks for them.
    pub basic: Option<String>,
    /// More of the address, for example `caller=%2B380671234567`.
    pub says: Option<String>,
}

/// Connects as Asterisk does and says what the audio will be.
pub(super) async fn open(
    socket: TcpStream,
    options: &Options,
    login: &Login,
) -> anyhow::Result<Socket> {
    let more = login.says.as_deref().map(|says| format!("&{says}")).unwrap_or_default();
    let address = format!("ws://{}{PATH}?uuid={}{more}", options.to, options.id);
    let mut request = address.into_client_request().context("the address cannot be asked for")?;
    let protocol = HeaderValue::from_static(SUBPROTOCOL);
    request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    if let Some(basic) = &login.basic {
        let basic = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(basic)))?;
        request.headers_mut().insert(header::AUTHORIZATION, basic);
    }
    let opened = timeout(OPEN_MAX, client_async(request, socket)).await;
    let (mut socket, _) = match opened.context("the server does not answer")? {
        Ok(opened) => opened,
        Err(Error::Http(answer)) => {
            let why = answer.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            return Err(anyhow!("the server refuses: {} {why}", answer.status()));
        }
        Err(error) => return Err(error).context("no WebSocket"),
    };
    let start = json!({
        "event": "MEDIA_START",
        "connection_id": options.id,
        "channel": "WebSocket/treadline/0x1",
        "channel_id": "caller-1.1",
        "format": format_of(options.rate),
        "optimal_frame_size": frame_bytes(options.rate),
        "ptime": FRAME_MS,
        "channel_variables": {},
    });
    socket.send(Message::text(start.to_string())).await.context("cannot say what the audio is")?;
    Ok(socket)
}

/// Runs the connection until one side ends the call.
pub(super) async fn run(
    mut socket: Socket,
    shared: Arc<Shared>,
    rate: u32,
    stop: CancellationToken,
) {
    let mut queue = Queue::new(rate);
    let end = tokio::select! {
        biased;
        () = stop.cancelled() => CallEnd::HungUp,
        end = talk(&mut socket, &mut queue, &shared) => end,
    };
    shared.state().end.get_or_insert(end);
    shared.changed.notify_waiters();
    let closing = async {
        let _ = socket.close(None).await;
        while let Some(Ok(_)) = socket.next().await {}
    };
    let _ = timeout(DRAIN_MAX, closing).await;
}

/// One tick every 20 ms by an absolute schedule: a frame out, a frame played.
async fn talk(socket: &mut Socket, queue: &mut Queue, shared: &Shared) -> CallEnd {
    let began = Instant::now();
    let mut sounded_at = began;
    for tick in 0u32.. {
        let due = began + Duration::from_millis(FRAME_MS) * tick;
        loop {
            let message = tokio::select! {
                biased;
                () = sleep_until(due) => break,
                message = socket.next() => message,
            };
            let answer = match message {
                Some(Ok(message)) => queue.take(message),
                Some(Err(Error::Capacity(_))) => Err(fault("a message longer than Asterisk reads")),
                Some(Err(_)) => Err(CallEnd::Reset),
                None => Err(CallEnd::Closed),
            };
            match answer {
                Ok(None) => {}
                Ok(Some(event)) => {
                    if socket.send(event).await.is_err() {
                        return CallEnd::Reset;
                    }
                }
                Err(end) => return end,
            }
        }
        let (events, frame) = queue.play();
        if let Some(frame) = frame {
            sounded_at = Instant::now();
            if let Err(objection) = heard(shared, queue.rate, &frame) {
                return CallEnd::Fault(objection);
            }
        } else if sounded_at.elapsed() > FEED_GAP_MAX {
            return fault("no frame for 2 seconds, not even silence");
        }
        let (keys, samples) = next_frame(shared, queue.rate, due);
        let keys = keys.into_iter().map(|key| {
            let digit = String::from(key);
            event(&json!({ "event": "DTMF_END", "channel_id": "caller-1.1", "digit": digit }))
        });
        let audio: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        for message in events.into_iter().chain(keys).chain([Message::Binary(audio.into())]) {
            // The next read knows better why the line is dead.
            let _ = socket.feed(message).await;
        }
        let _ = socket.flush().await;
    }
    CallEnd::HungUp
}

fn event(value: &Value) -> Message {
    Message::text(value.to_string())
}

fn fault(what: &str) -> CallEnd {
    CallEnd::Fault(what.to_owned())
}

enum Item {
    Frame(Vec<i16>),
    /// The event that tells that this place has been reached.
    Mark(Message),
}

/// Asterisk's queue of one channel.
struct Queue {
    rate: u32,
    items: VecDeque<Item>,
    frames: usize,
    full: bool,
}

impl Queue {
    const fn new(rate: u32) -> Self {
        Self { rate, items: VecDeque::new(), frames: 0, full: false }
    }

    /// Takes a message; an event to send, or the end of the call.
    fn take(&mut self, message: Message) -> Result<Option<Message>, CallEnd> {
        match message {
            Message::Binary(bytes) => self.take_audio(&bytes),
            Message::Text(text) => self.take_text(&text),
            Message::Close(_) => Err(CallEnd::Closed),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(None),
        }
    }

    fn take_audio(&mut self, bytes: &[u8]) -> Result<Option<Message>, CallEnd> {
        let frame = frame_bytes(self.rate);
        if bytes.len() >= MESSAGE_BYTES_MAX {
            return Err(fault("a message longer than Asterisk reads"));
        }
        if !bytes.len().is_multiple_of(frame) {
            return Err(fault("a message that is not whole frames: its tail is thrown away"));
        }
        if self.frames + bytes.len() / frame > QUEUE_MAX {
            return Err(fault("more than the queue holds: the rest is thrown away"));
        }
        for frame in bytes.chunks_exact(frame) {
            let samples = frame.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
            self.items.push_back(Item::Frame(samples.collect()));
            self.frames += 1;
        }
        let says_stop = !self.full && self.frames >= XOFF_AT;
        self.full |= says_stop;
        Ok(says_stop.then(|| event(&json!({ "event": "MEDIA_XOFF", "channel_id": "caller-1.1" }))))
    }

    fn take_text(&mut self, text: &str) -> Result<Option<Message>, CallEnd> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(fault("a text longer than Asterisk reads"));
        }
        let command = serde_json::from_str::<Value>(text).map_err(|_| fault("no JSON"))?;
        match command["command"].as_str() {
            Some("MARK_MEDIA") => {
                let id = &command["correlation_id"];
                let told = json!({ "event": "MEDIA_MARK_PROCESSED", "channel_id": "caller-1.1",
                    "correlation_id": id });
                self.items.push_back(Item::Mark(event(&told)));
            }
            Some("FLUSH_MEDIA") => {
                self.items.clear();
                self.frames = 0;
            }
            Some("HANGUP") => return Err(CallEnd::HandedBack),
            _ => return Err(CallEnd::Fault(format!("Asterisk does not know {text}"))),
        }
        Ok(None)
    }

    /// A tick of Asterisk's clock: the events that are due, and the frame that sounds.
    fn play(&mut self) -> (Vec<Message>, Option<Vec<i16>>) {
        let mut events = Vec::new();
        if self.full && self.frames < XON_BELOW {
            self.full = false;
            events.push(event(&json!({ "event": "MEDIA_XON", "channel_id": "caller-1.1" })));
        }
        while let Some(item) = self.items.pop_front() {
            match item {
                Item::Mark(told) => events.push(told),
                Item::Frame(frame) => {
                    self.frames -= 1;
                    return (events, Some(frame));
                }
            }
        }
        (events, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(frames: usize) -> Message {
        Message::Binary(vec![0; 320 * frames].into())
    }

    fn command(text: &str) -> Message {
        Message::text(text.to_owned())
    }

    #[test]
    fn the_queue_says_stop_at_900_frames_and_go_on_below_800() {
        let mut queue = Queue::new(8_000);
        for _ in 0..17 {
            assert!(queue.take(audio(50)).unwrap().is_none());
        }
        assert!(queue.take(audio(50)).unwrap().is_some(), "900 frames");
        let played = (0..900).find(|_| !queue.play().0.is_empty());
        assert_eq!(played, Some(101), "101 frames have left 799");
    }

    #[test]
    fn a_flush_takes_the_marks_too() {
        let mut queue = Queue::new(8_000);
        queue.take(audio(2)).unwrap();
        queue.take(command(r#"{"command":"MARK_MEDIA","correlation_id":"0-2"}"#)).unwrap();
        queue.take(command(r#"{"command":"FLUSH_MEDIA"}"#)).unwrap();
        let (events, frame) = queue.play();
        assert!(events.is_empty() && frame.is_none());
    }

    #[test]
    fn what_asterisk_does_not_forgive_is_a_fault() {
        for message in [
            Message::Binary(vec![0; 321].into()),
            Message::Binary(vec![0; 320 * 205].into()),
            command(&format!(r#"{{"command":"MARK_MEDIA","correlation_id":"{:0>128}"}}"#, 1)),
            command("FLUSH_MEDIA"),
        ] {
            let mut queue = Queue::new(8_000);
            assert!(matches!(queue.take(message), Err(CallEnd::Fault(_))));
        }
        let mut queue = Queue::new(8_000);
        let full = (0..6).map(|_| queue.take(audio(200))).find(Result::is_err);
        assert!(matches!(full, Some(Err(CallEnd::Fault(_)))));
    }
}
