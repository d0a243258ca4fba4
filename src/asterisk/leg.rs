//! A leg: one party's media path, whatever carries it.

use crate::audio::playout::Playout;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

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
    /// What arrives. Bounded; a session that does not read loses audio, never memory.
    pub events: mpsc::Receiver<LegEvent>,
    /// Where our speech goes; the leg's pacer pulls a frame from it every 20 ms.
    pub voice: Voice,
    /// Ends the leg.
    pub control: mpsc::Sender<LegCommand>,
}

/// What a session may ask of a leg besides speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegCommand {
    /// Send the hang-up message (0x00), drain, close: the dialplan goes on and asks for `next`.
    HandBack,
}

/// The session's hand on the playout of a leg.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The queue of speeches. Locked for moments only, never across an await.
    pub playout: Arc<Mutex<Playout>>,
    /// Wakes the pacer when there is something new to say.
    pub wake: Arc<Notify>,
    /// Wakes the session when the playout has news ([`Playout::take_news`]).
    pub news: Arc<Notify>,
}
