//! One media connection: request, admission, `MEDIA_START`, then a reader and a feeder side by side
//! in one task.

use super::feed::Feed;
use super::handshake::{Entry, Login, accept, judge};
use super::hear::hear;
use super::message::{self, Said, Start, Unreadable};
use crate::asterisk::doors::Inside;
use crate::asterisk::gate::Gate;
use crate::asterisk::leg::{Ends, Leg, LegEnd};
use crate::asterisk::stop::Stop;
use crate::asterisk::voice::TheirClock;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};
use uuid::Uuid;

/// The longest message that is taken: Asterisk's own limit.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// How long the other side may take to close after our last word.
const CLOSE_MAX: Duration = Duration::from_millis(500);
/// The answer to a connection that is one too many.
const TURNED_AWAY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

pub(super) type Socket = WebSocketStream<TcpStream>;
pub(super) type Writer = SplitSink<Socket, Message>;
pub(super) type Reader = SplitStream<Socket>;

/// What a connection needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) uuid_ms_max: u64,
    pub(super) ahead_ms: u64,
}

/// How a connection ended, and whether a word of farewell makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) leg: LegEnd,
    pub(super) hand_back: bool,
}

impl End {
    pub(super) const fn of(leg: LegEnd) -> Self {
        Self { leg, hand_back: matches!(leg, LegEnd::Violation(_)) }
    }
}

/// Counts what the other side did wrong, by the metric's label.
pub(super) fn reject(reason: &'static str) {
    metrics::counter!("treadline_websocket_rejects_total", "reason" => reason).increment(1);
}

/// Serves one connection to its end.
pub(super) async fn serve(
    socket: TcpStream,
    peer: SocketAddr,
    mut inside: Inside,
    limits: Limits,
    login: &Login,
    gate: &dyn Gate,
    legs: &mpsc::Sender<Leg>,
) {
    let patience = Duration::from_millis(limits.uuid_ms_max);
    let entering = timeout(patience, enter(socket, peer, login, gate));
    let entered = tokio::select! {
        biased;
        entered = entering => entered.unwrap_or(Err("request_late")),
        () = inside.leave.cancelled() => Err("connections_max"),
    };
    let (mut socket, Entry { id, permit }) = match entered {
        Ok(entered) => entered,
        Err(reason) => {
            reject(reason);
            return tracing::debug!(%peer, reason, "a connection that is no call");
        }
    };
    if !inside.settle(gate.is_trusted(peer.ip())) {
        return farewell(socket).await;
    }
    let rate = match timeout(patience, started(&mut socket)).await.unwrap_or(Err("start_late")) {
        Ok(rate) => rate,
        Err(reason) => {
            reject(reason);
            explain(id, reason);
            return farewell(socket).await;
        }
    };
    let voice = TheirClock::new(rate, limits.ahead_ms);
    let leg = Leg::new(id, peer, Arc::clone(&voice) as _);
    let (Ok(place), Some((leg, ends))) = (legs.try_reserve(), leg) else {
        metrics::counter!("treadline_calls_refused_total", "why" => "no_session").increment(1);
        tracing::error!(%peer, %id, "nobody takes calls");
        return farewell(socket).await;
    };
    place.send(leg);
    talk(socket, id, rate, voice, ends).await;
    drop(permit);
    drop(inside);
}

/// The handshake. The error is the metric's label.
async fn enter(
    socket: TcpStream,
    peer: SocketAddr,
    login: &Login,
    gate: &dyn Gate,
) -> Result<(Socket, Entry), &'static str> {
    let (mut entry, mut refused) = (None, None);
    #[expect(clippy::result_large_err, reason = "the library wants it so")]
    let callback =
        |request: &Request, mut response: Response| match judge(request, peer, login, gate) {
            Ok(found) => {
                accept(request, &mut response);
                entry = Some(found);
                Ok::<Response, ErrorResponse>(response)
            }
            Err(refusal) => {
                refused = Some(refusal.reason);
                Err(refusal.response())
            }
        };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let socket = accept_hdr_async_with_config(socket, callback, Some(config)).await;
    match (socket, entry) {
        (Ok(socket), Some(entry)) => Ok((socket, entry)),
        _ => Err(refused.unwrap_or("handshake")),
    }
}

/// Reads up to `MEDIA_START`: the rate. The error is the metric's label.
async fn started(socket: &mut Socket) -> Result<u32, &'static str> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => match message::read(&text) {
                Ok(Said::Start(start)) => return rate_of(&start),
                Ok(_) => {}
                Err(Unreadable::PlainText) => return Err("plain_text"),
                Err(_) => return Err("bad_text"),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Err("closed_before_start"),
            Some(Ok(_)) => return Err("media_before_start"),
            Some(Err(_)) => return Err("broken_before_start"),
        }
    }
}

fn rate_of(start: &Start) -> Result<u32, &'static str> {
    start.rate().inspect_err(|_| {
        tracing::warn!(format = start.format, bytes = start.frame_bytes, "of no use to us");
    })
}

/// One line that a person can act on.
fn explain(id: Uuid, reason: &'static str) {
    match reason {
        "plain_text" => tracing::error!(
            %id,
            "Asterisk speaks the plain-text form of chan_websocket; Treadline needs JSON: add \
             f(json) to the dial string or control_message_format = json to chan_websocket.conf \
             (Asterisk 20.18, 22.8 or newer)"
        ),
        "format" | "frame_size" => tracing::error!(
            %id,
            "Asterisk sends a format that is not linear audio; add c(slin16) to the dial string, \
             or format=slin16 to the external media request"
        ),
        _ => tracing::warn!(%id, reason, "the other side did not begin as chan_websocket does"),
    }
}

/// Everything after `MEDIA_START`.
async fn talk(socket: Socket, id: Uuid, rate: u32, voice: Arc<TheirClock>, mut ends: Ends) {
    let (writer, mut reader) = socket.split();
    let mut feed = Feed::new(writer, Arc::clone(&voice));
    let stop = Stop::default();
    let end: OnceLock<End> = OnceLock::new();
    let hearing = async {
        if let Some(found) = hear(&mut reader, &ends.events, rate, &voice, &stop, id).await {
            let _ = end.set(found);
        }
        stop.call().await;
    };
    let feeding = async {
        if let Some(found) = feed.run(&mut ends.control, &stop).await {
            let _ = end.set(found);
        }
        stop.call().await;
    };
    tokio::join!(hearing, feeding);
    let end = end.into_inner().unwrap_or(End::of(LegEnd::Broken));
    tracing::debug!(%id, ?end, "the leg ends");
    if end.leg != LegEnd::Broken {
        feed.farewell(end.hand_back).await;
    }
    // Held until the connection is closed: a session that asks for a hand-back meanwhile has it.
    let _control = ends.gone(end.leg);
    if end.leg != LegEnd::Broken {
        drain(&mut reader).await;
    }
}

/// Ends the channel of a call that is not served; the dialplan goes on.
async fn farewell(mut socket: Socket) {
    let goodbye = async {
        socket.send(Message::text(message::HANG_UP)).await?;
        socket.close(None).await
    };
    if let Ok(Ok(())) = timeout(CLOSE_MAX, goodbye).await {
        let _ = timeout(CLOSE_MAX, async { while let Some(Ok(_)) = socket.next().await {} }).await;
    }
}

/// Reads until the other side closes, but not for ever: closing over unread bytes would be a reset.
async fn drain(reader: &mut Reader) {
    let _ = timeout(CLOSE_MAX, async { while let Some(Ok(_)) = reader.next().await {} }).await;
}

/// Refuses a connection that is one too many.
pub(super) async fn turn_away(mut socket: TcpStream) {
    let farewell = async {
        socket.write_all(TURNED_AWAY).await?;
        socket.shutdown().await
    };
    let _ = timeout(CLOSE_MAX, farewell).await;
}
