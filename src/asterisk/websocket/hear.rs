//! The listening half of a media connection.

use super::connection::{End, Reader, reject};
use super::message::{self, Said, Unreadable};
use crate::asterisk::leg::{LegEnd, LegEvent, pass};
use crate::asterisk::stop::Stop;
use crate::asterisk::voice::TheirClock;
use futures_util::StreamExt as _;
use std::io::ErrorKind;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{Error, Message};
use uuid::Uuid;

/// A peer that has sent nothing for so long is gone: it answers our pings, whatever its caller
/// does.
const QUIET_MAX: Duration = Duration::from_mins(1);
/// The longest piece of audio in one message, milliseconds, as on every leg.
const AUDIO_MS_MAX: usize = 120;
/// Texts that are no events and end a call: one is a slip, ten are another protocol.
const UNREADABLE_MAX: u32 = 10;

/// Reads until the other side ends the call, or `stop`.
pub(super) async fn hear(
    reader: &mut Reader,
    events: &mpsc::Sender<LegEvent>,
    rate: u32,
    voice: &TheirClock,
    stop: &Stop,
    id: Uuid,
) -> Option<End> {
    let mut hearing = Hearing { events, rate, voice, id, unreadable: 0 };
    let mut stopped = pin!(stop.called());
    let mut quiet = pin!(sleep(QUIET_MAX));
    let mut last_at = Instant::now();
    loop {
        let message = tokio::select! {
            biased;
            () = &mut stopped => return None,
            message = reader.next() => message,
            () = &mut quiet => {
                let gone_at = last_at + QUIET_MAX;
                if Instant::now() >= gone_at {
                    return Some(End::of(LegEnd::Broken));
                }
                quiet.as_mut().reset(gone_at);
                continue;
            }
        };
        last_at = Instant::now();
        let end = match message {
            Some(Ok(message)) => hearing.take(message),
            Some(Err(error)) => Some(broken(&error, id)),
            None => Some(LegEnd::HungUp),
        };
        if let Some(end) = end {
            if let LegEnd::Violation(reason) = end {
                reject(reason);
                tracing::warn!(%id, reason, "the other side broke the protocol");
            }
            return Some(End::of(end));
        }
    }
}

struct Hearing<'a> {
    events: &'a mpsc::Sender<LegEvent>,
    rate: u32,
    voice: &'a TheirClock,
    id: Uuid,
    unreadable: u32,
}

impl Hearing<'_> {
    /// Takes a message; the end, if it is one.
    fn take(&mut self, message: Message) -> Option<LegEnd> {
        match message {
            Message::Binary(bytes) => self.take_audio(&bytes),
            Message::Text(text) => self.take_text(&text),
            Message::Close(_) => Some(LegEnd::HungUp),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => None,
        }
    }

    fn take_audio(&self, bytes: &[u8]) -> Option<LegEnd> {
        let most = self.rate as usize * AUDIO_MS_MAX / 1_000 * 2;
        if bytes.is_empty() {
            return None;
        }
        if !bytes.len().is_multiple_of(2) {
            return Some(LegEnd::Violation("audio_odd"));
        }
        if bytes.len() > most {
            return Some(LegEnd::Violation("audio_too_long"));
        }
        let samples = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        let samples = samples.collect();
        pass(self.events, LegEvent::Audio { rate: self.rate, samples });
        None
    }

    fn take_text(&mut self, text: &str) -> Option<LegEnd> {
        match message::read(text) {
            Ok(Said::Digit(key)) => pass(self.events, LegEvent::Digit(key)),
            Ok(Said::Marked(mark)) => self.voice.processed(mark),
            Ok(Said::Xoff) => self.voice.hold(true),
            Ok(Said::Xon) => self.voice.hold(false),
            Ok(Said::Start(_)) => return Some(LegEnd::Violation("second_start")),
            Ok(Said::Error(detail)) => {
                tracing::warn!(id = %self.id, detail, "Asterisk did not like a command");
            }
            Ok(Said::Other) => {}
            Err(Unreadable::PlainText | Unreadable::NoEvent | Unreadable::Incomplete) => {
                self.unreadable += 1;
                let too_many = self.unreadable >= UNREADABLE_MAX;
                return too_many.then_some(LegEnd::Violation("bad_text"));
            }
        }
        None
    }
}

fn broken(error: &Error, id: Uuid) -> LegEnd {
    match error {
        // Asterisk that is killed or loses its caller in a hurry ends the stream without a word,
        // which is what a hang-up is on every leg.
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => LegEnd::HungUp,
        Error::Capacity(_) => LegEnd::Violation("message_too_long"),
        Error::Utf8(_) => LegEnd::Violation("bad_text"),
        Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => LegEnd::HungUp,
        Error::Io(error) => {
            tracing::debug!(%id, %error, "the leg broke");
            LegEnd::Broken
        }
        Error::Protocol(error) => {
            tracing::debug!(%id, %error, "no WebSocket any more");
            LegEnd::Violation("protocol")
        }
        error => {
            tracing::debug!(%id, %error, "the leg broke");
            LegEnd::Broken
        }
    }
}
