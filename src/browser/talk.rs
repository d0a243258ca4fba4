//! One browser's call: admission, then a task that hears and speaks until the end.

use super::RATE;
use super::message::{self, Said, Told};
use crate::asterisk::leg::{Ends, Leg, LegEnd, LegEvent, pass};
use crate::asterisk::registry::{Refusal, Registration, Registry};
use crate::asterisk::voice::{Step, TheirClock};
use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use uuid::Uuid;

/// How far ahead speech is sent, milliseconds: a page that is busy drawing for so long leaves no
/// hole in it.
const AHEAD_MS: u64 = 600;
/// A microphone never pauses. A browser that has sent nothing for so long is asleep or gone.
const QUIET_MAX: Duration = Duration::from_mins(1);
/// How long one message may wait for room in the socket.
const WRITE_MAX: Duration = Duration::from_secs(2);
/// How long the browser may take to close after our last word.
const CLOSE_MAX: Duration = Duration::from_millis(500);
/// The longest piece of audio in one message, milliseconds, as on every leg.
const AUDIO_MS_MAX: u32 = 120;
/// Texts that make no sense and end a call: one is a slip, ten are another protocol.
const UNREADABLE_MAX: u32 = 10;

type Writer = SplitSink<WebSocket, Message>;
type Reader = SplitStream<WebSocket>;

/// Serves a browser to its end: announces the call, and gives its leg to whoever answers calls.
pub async fn serve(
    socket: WebSocket,
    peer: SocketAddr,
    registration: Registration,
    registry: &Arc<Registry>,
    legs: &mpsc::Sender<Leg>,
) {
    let id = registration.uuid;
    let (mut writer, reader) = socket.split();
    let admitted = registry.register(registration).map_err(|_| "full");
    let admitted = admitted.and_then(|()| registry.admit(peer, id).map_err(Refusal::why));
    let admission = match admitted {
        Ok(admission) => admission,
        Err(why) => {
            metrics::counter!("treadline_calls_refused_total", "why" => why).increment(1);
            tracing::info!(%id, why, "a trial call was refused");
            return farewell(&mut writer, reader, why).await;
        }
    };
    let voice = TheirClock::new(RATE, AHEAD_MS);
    let leg = Leg::new(id, peer, Arc::clone(&voice) as _);
    let (Ok(place), Some((mut leg, ends))) = (legs.try_reserve(), leg) else {
        tracing::error!(%id, "nobody takes calls");
        return farewell(&mut writer, reader, "no_session").await;
    };
    leg.channel = "browser";
    if send(&mut writer, [text(&Told::Call(id))]).await.is_err() {
        return;
    }
    place.send(leg);
    let mut talk = Talk { id, writer, reader, voice, ends, samples: Vec::new(), unreadable: 0 };
    let end = talk.run().await;
    tracing::debug!(%id, ?end, "the leg ends");
    let Talk { mut writer, reader, ends, .. } = talk;
    if end != LegEnd::Broken {
        let next = registry.next(id).unwrap_or_else(|| "hangup".to_owned());
        farewell(&mut writer, reader, &next).await;
    }
    let _control = ends.gone(end);
    drop(admission);
}

struct Talk {
    id: Uuid,
    writer: Writer,
    reader: Reader,
    voice: Arc<TheirClock>,
    ends: Ends,
    samples: Vec<i16>,
    unreadable: u32,
}

impl Talk {
    async fn run(&mut self) -> LegEnd {
        let wake = self.voice.wake();
        let mut heard_at = Instant::now();
        loop {
            let wait = match self.speak().await {
                Ok(wait) => wait,
                Err(end) => return end,
            };
            // Only waiting is cancelled, never a write.
            tokio::select! {
                biased;
                message = self.reader.next() => {
                    heard_at = Instant::now();
                    if let Some(end) = self.hear(message) {
                        return end;
                    }
                }
                _ = self.ends.control.recv() => return LegEnd::Ours,
                () = wake.notified() => {}
                () = sleep(wait) => {}
                () = sleep_until(heard_at + QUIET_MAX) => return LegEnd::Broken,
            }
        }
    }

    /// Sends all that is to be sent, and says how long there will be nothing.
    async fn speak(&mut self) -> Result<Duration, LegEnd> {
        loop {
            match self.voice.step(&mut self.samples) {
                Step::Flush => send(&mut self.writer, [text(&Told::Flush(true))]).await?,
                Step::Send(mark) => {
                    let bytes: Vec<u8> =
                        self.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                    let audio = Message::Binary(bytes.into());
                    let mark = mark.map(|mark| text(&Told::mark(mark)));
                    send(&mut self.writer, std::iter::once(audio).chain(mark)).await?;
                }
                Step::Wait(wait) => return Ok(wait),
            }
        }
    }

    /// Takes a message; the end, if it is one.
    fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Option<LegEnd> {
        match message {
            Some(Ok(Message::Binary(bytes))) => self.hear_audio(&bytes),
            Some(Ok(Message::Text(text))) => self.hear_words(&text),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
            // A tab that is closed says goodbye or does not; either is a hang-up.
            Some(Ok(Message::Close(_))) | None => Some(LegEnd::HungUp),
            Some(Err(error)) => {
                tracing::debug!(id = %self.id, %error, "the browser's leg broke");
                Some(LegEnd::Broken)
            }
        }
    }

    fn hear_audio(&self, bytes: &[u8]) -> Option<LegEnd> {
        let most = (RATE * AUDIO_MS_MAX / 1_000 * 2) as usize;
        if bytes.len() > most || !bytes.len().is_multiple_of(2) {
            return Some(LegEnd::Violation("browser_audio"));
        }
        if bytes.is_empty() {
            return None;
        }
        let samples = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
        let samples = samples.collect();
        pass(&self.ends.events, LegEvent::Audio { rate: RATE, samples });
        None
    }

    fn hear_words(&mut self, text: &str) -> Option<LegEnd> {
        match message::read(text) {
            Some(Said::Mark(mark)) => self.voice.processed(message::mark(mark)),
            Some(Said::Key(key)) => pass(&self.ends.events, LegEvent::Digit(key)),
            None => {
                self.unreadable += 1;
                let too_many = self.unreadable >= UNREADABLE_MAX;
                return too_many.then_some(LegEnd::Violation("browser_text"));
            }
        }
        None
    }
}

fn text(told: &Told) -> Message {
    Message::Text(told.text().into())
}

async fn send(
    writer: &mut Writer,
    messages: impl IntoIterator<Item = Message>,
) -> Result<(), LegEnd> {
    let writing = async {
        for message in messages {
            writer.feed(message).await?;
        }
        writer.flush().await
    };
    match timeout(WRITE_MAX, writing).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(LegEnd::Broken),
    }
}

/// Tells the browser how it ends, and waits a moment for it to close: closing over unread bytes
/// would be a reset, and the word would be lost.
async fn farewell(writer: &mut Writer, mut reader: Reader, word: &str) {
    if send(writer, [text(&Told::Over(word.to_owned()))]).await.is_ok() {
        let _ = timeout(CLOSE_MAX, writer.close()).await;
        let _ = timeout(CLOSE_MAX, async { while let Some(Ok(_)) = reader.next().await {} }).await;
    }
}
