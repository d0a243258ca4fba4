//! A leg: one party's media path, whatever carries it.
//!
//! What comes from the caller is the same everywhere: [`LegEvent`]s. What goes to the caller
//! differs in one thing, who owns the clock; that is what the trait [`Voice`] is for.

use super::voice::Voice;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Events that wait for the session: two seconds of audio. Audio beyond that is lost.
const EVENTS_MAX: usize = 100;
/// Places that audio leaves free: a key is never lost because a session is busy.
const PLACES_FOR_KEYS: usize = 40;
/// Commands that wait for the leg; there is one kind, and the second means what the first does.
const COMMANDS_MAX: usize = 4;

/// What arrives from the other side of a leg.
#[derive(Debug, Clone, PartialEq)]
pub enum LegEvent {
    /// A piece of the caller's audio: mono, at most 120 ms of its own rate.
    Audio {
        /// Samples a second, 8,000 to 192,000.
        rate: u32,
        /// The samples.
        samples: Vec<i16>,
    },
    /// A key: `0-9`, `*`, `#`, `A-D`.
    Digit(char),
    /// The leg is gone. The last event.
    Gone(LegEnd),
}

/// How a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegEnd {
    /// The other side hung up (end of stream, or a hang-up message).
    HungUp,
    /// The connection broke (reset, time-out).
    Broken,
    /// The other side broke the protocol; the reason is the metric's label.
    Violation(&'static str),
    /// We ended it.
    Ours,
}

/// A leg as the session holds it. Dropping it ends the leg without a hand-back.
#[derive(Debug)]
pub struct Leg {
    /// The UUID that the other side gave.
    pub id: Uuid,
    /// Where it came from.
    pub peer: SocketAddr,
    /// What the log calls its way in: `phone`, `browser`.
    pub channel: &'static str,
    /// What arrives. Bounded; a session that does not read loses audio, never memory.
    pub events: mpsc::Receiver<LegEvent>,
    /// Where our speech goes, and who owns the clock.
    pub voice: Arc<dyn Voice>,
    /// Ends the leg.
    pub control: mpsc::Sender<LegCommand>,
}

/// What a session may ask of a leg besides speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegCommand {
    /// Give the call back: the dialplan goes on and asks for `next`.
    HandBack,
}

/// The connection's ends of a [`Leg`].
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) events: mpsc::Sender<LegEvent>,
    /// Kept from the start: the last event must arrive however slow the session is.
    last: mpsc::OwnedPermit<LegEvent>,
    pub(crate) control: mpsc::Receiver<LegCommand>,
}

impl Leg {
    /// A leg that speaks through `voice`, and its other ends.
    pub(crate) fn new(id: Uuid, peer: SocketAddr, voice: Arc<dyn Voice>) -> Option<(Self, Ends)> {
        let (events_in, events) = mpsc::channel(EVENTS_MAX + PLACES_FOR_KEYS);
        let (control, control_out) = mpsc::channel(COMMANDS_MAX);
        let last = events_in.clone().try_reserve_owned().ok()?;
        let ends = Ends { events: events_in, last, control: control_out };
        Some((Self { id, peer, channel: "phone", events, voice, control }, ends))
    }
}

impl Ends {
    /// Tells the session that the leg is gone.
    pub(crate) fn gone(self, end: LegEnd) -> mpsc::Receiver<LegCommand> {
        self.last.send(LegEvent::Gone(end));
        self.control
    }
}

/// Hands an event to the session, which must keep up: a live call has no use for old audio.
pub(crate) fn pass(events: &mpsc::Sender<LegEvent>, event: LegEvent) {
    let is_audio = matches!(event, LegEvent::Audio { .. });
    let full = is_audio && events.capacity() <= PLACES_FOR_KEYS;
    if full || events.try_send(event).is_err() {
        metrics::counter!("treadline_leg_events_lost_total").increment(1);
    }
}
