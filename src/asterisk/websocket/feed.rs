//! The speaking half of a media connection: frames ahead of the other side's clock.

use super::connection::{End, Writer};
use super::message::{self, MEDIA_BYTES_MAX};
use crate::asterisk::leg::{LegCommand, LegEnd};
use crate::asterisk::stop::Stop;
use crate::asterisk::voice::{Step, TheirClock};
use futures_util::SinkExt as _;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// How long one message may wait for room in the socket. A peer that reads nothing for so long has
/// heard nothing for so long: the call is lost.
const WRITE_MAX: Duration = Duration::from_secs(2);
/// A sign of life this often: the answer to it is how a machine that lost its power is found out.
const PING_EVERY: Duration = Duration::from_secs(20);

/// The speaking half.
pub(super) struct Feed {
    writer: Writer,
    voice: Arc<TheirClock>,
    samples: Vec<i16>,
    pinged_at: Instant,
}

impl Feed {
    pub(super) fn new(writer: Writer, voice: Arc<TheirClock>) -> Self {
        Self { writer, voice, samples: Vec::new(), pinged_at: Instant::now() }
    }

    /// Feeds until `stop`, a command, or a peer that cannot be written to.
    ///
    /// Only waiting is cancelled, never a write: a torn message would end the call.
    pub(super) async fn run(
        &mut self,
        control: &mut mpsc::Receiver<LegCommand>,
        stop: &Stop,
    ) -> Option<End> {
        let wake = self.voice.wake();
        let mut stopped = pin!(stop.called());
        let mut woken = pin!(wake.notified());
        let mut due = pin!(sleep_until(Instant::now()));
        loop {
            let wait = match self.work(stop).await {
                Ok(wait) => wait,
                Err(end) => return Some(end),
            };
            due.as_mut().reset(Instant::now() + wait);
            tokio::select! {
                biased;
                () = &mut stopped => return None,
                command = control.recv() => return Some(End {
                    leg: LegEnd::Ours,
                    hand_back: command.is_some(),
                }),
                () = &mut woken => woken.set(wake.notified()),
                () = &mut due => {}
            }
        }
    }

    /// Does all that there is to do, and says how long there will be nothing.
    async fn work(&mut self, stop: &Stop) -> Result<Duration, End> {
        loop {
            if stop.is_called() {
                return Ok(Duration::ZERO);
            }
            match self.voice.step(&mut self.samples) {
                Step::Flush => self.write([Message::text(message::FLUSH)]).await?,
                Step::Send(mark) => {
                    let mark = mark.map(|mark| Message::text(message::mark(mark)));
                    let audio = audio(&self.samples);
                    self.write(audio.into_iter().chain(mark)).await?;
                }
                Step::Wait(wait) => {
                    self.ping().await?;
                    return Ok(wait.min(PING_EVERY));
                }
            }
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.pinged_at.elapsed() < PING_EVERY {
            return Ok(());
        }
        self.pinged_at = Instant::now();
        self.write([Message::Ping(Bytes::new())]).await
    }

    async fn write(&mut self, messages: impl IntoIterator<Item = Message>) -> Result<(), End> {
        let writing = async {
            for message in messages {
                self.writer.feed(message).await?;
            }
            self.writer.flush().await
        };
        match timeout(WRITE_MAX, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the leg cannot be written to");
                Err(End::of(LegEnd::Broken))
            }
            Err(_) => {
                tracing::warn!("the other side of the leg has stopped reading");
                Err(End::of(LegEnd::Broken))
            }
        }
    }

    /// Ends the channel, if asked for, and our side of the connection. Never waits long.
    pub(super) async fn farewell(&mut self, hand_back: bool) {
        if hand_back {
            let _ = self.write([Message::text(message::HANG_UP)]).await;
        }
        let _ = timeout(WRITE_MAX, self.writer.close()).await;
    }
}

/// The samples as messages of whole frames: the frames of one step are far below the limit at
/// every common rate, and cut in two above.
fn audio(samples: &[i16]) -> Vec<Message> {
    // Two frames of the highest rate, and whole frames of every other one that is so large.
    let most = if samples.len() * 2 > MEDIA_BYTES_MAX { 2 * 3_840 } else { samples.len().max(1) };
    let pieces = samples.chunks(most).map(|piece| {
        let bytes: Vec<u8> = piece.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        Message::Binary(bytes.into())
    });
    pieces.collect()
}
