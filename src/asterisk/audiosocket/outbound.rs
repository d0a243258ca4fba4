//! The writing half of a connection: one whole frame every 20 ms, speech or silence, until the end.

use super::frame::{HANG_UP, encode_audio};
use crate::asterisk::leg::{LegCommand, LegEnd};
use crate::asterisk::stop::Stop;
use crate::asterisk::voice::OurClock;
use crate::audio::frame_samples;
use crate::audio::pacer::Pacer;
use crate::clock::CallTime;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

/// How long one frame may wait for room in the socket. A peer that reads nothing for so long has
/// heard nothing for so long: the call is lost.
const WRITE_MAX: Duration = Duration::from_secs(2);
/// A gap inside speech that can be heard, by the definition of a late frame.
const LATE_GAP: Duration = Duration::from_millis(40);

/// The writing half.
pub(super) struct Outbound {
    pub(super) socket: OwnedWriteHalf,
    pub(super) voice: Arc<OurClock>,
    pub(super) pacer: Pacer,
    frame: Vec<u8>,
    samples: Vec<i16>,
    /// When the last frame left, if it was speech.
    spoke_at: Option<Instant>,
}

impl Outbound {
    pub(super) fn new(socket: OwnedWriteHalf, voice: Arc<OurClock>, lead_ms: u64) -> Self {
        Self {
            socket,
            voice,
            pacer: Pacer::new(lead_ms),
            frame: Vec::with_capacity(1024),
            samples: Vec::with_capacity(512),
            spoke_at: None,
        }
    }

    /// Sends frames until `stop`, a command, or a peer that cannot be written to.
    ///
    /// Only waiting is cancelled, never a write: a torn frame would end the call.
    pub(super) async fn run(
        &mut self,
        rate: &AtomicU32,
        control: &mut mpsc::Receiver<LegCommand>,
        stop: &Stop,
    ) -> Option<End> {
        let began = Instant::now();
        let call_time = |at: Instant| CallTime((at - began).as_micros() as u64);
        // What is waited for is made once, not for each of fifty frames a second.
        let wake = self.voice.wake();
        let mut stopped = pin!(stop.called());
        let mut woken = pin!(wake.notified());
        let mut frame_due = pin!(sleep_until(began));
        loop {
            while self.pacer.frames_due(call_time(Instant::now()), self.voice.has_frame()) > 0 {
                let speech = match self.send_frame(rate.load(Ordering::Relaxed)).await {
                    Ok(speech) => speech,
                    Err(end) => return Some(end),
                };
                self.pacer.sent(call_time(Instant::now()), speech);
                if stop.is_called() {
                    return None;
                }
            }
            let due = self.pacer.next_due(call_time(Instant::now()), self.voice.has_frame());
            frame_due.as_mut().reset(began + Duration::from_micros(due.0));
            tokio::select! {
                biased;
                () = &mut stopped => return None,
                command = control.recv() => return Some(match command {
                    Some(LegCommand::HandBack) => End { leg: LegEnd::Ours, hand_back: true },
                    None => End { leg: LegEnd::Ours, hand_back: false },
                }),
                () = &mut woken => woken.set(wake.notified()),
                () = &mut frame_due => {}
            }
        }
    }

    /// Sends the next frame and tells whether it was speech.
    async fn send_frame(&mut self, rate: u32) -> Result<bool, End> {
        self.samples.clear();
        let speech = self.voice.next_frame(rate, &mut self.samples);
        // Whatever the playout gives, the leg gets a whole frame of its own rate.
        self.samples.resize(frame_samples(rate), 0);
        self.frame.clear();
        encode_audio(rate, &self.samples, &mut self.frame);
        self.write().await?;
        let now = Instant::now();
        if speech && self.spoke_at.is_some_and(|before| now - before > LATE_GAP) {
            metrics::counter!("treadline_frames_late_total").increment(1);
        }
        self.voice.sent();
        self.spoke_at = speech.then_some(now);
        Ok(speech)
    }

    async fn write(&mut self) -> Result<(), End> {
        match timeout(WRITE_MAX, self.socket.write_all(&self.frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the leg cannot be written to");
                Err(End { leg: LegEnd::Broken, hand_back: false })
            }
            Err(_) => {
                tracing::warn!("the other side of the leg has stopped reading");
                Err(End { leg: LegEnd::Broken, hand_back: false })
            }
        }
    }

    /// The hang-up message, if asked for, and the end of our stream. Never waits long.
    pub(super) async fn farewell(&mut self, hand_back: bool) {
        if hand_back {
            let _ = timeout(WRITE_MAX, self.socket.write_all(&HANG_UP)).await;
        }
        let _ = self.socket.shutdown().await;
    }
}

/// How a connection ended, and whether the dialplan is to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) leg: LegEnd,
    pub(super) hand_back: bool,
}
