//! The speaking side of a leg, and the one thing in which legs differ: who owns the clock.

mod ours;
mod theirs;

pub use ours::OurClock;
pub use theirs::{Step, TheirClock};

use crate::audio::playout::News;
use crate::audio::sound::Sound;
use crate::turn::SpeechId;
use std::fmt::Debug;
use std::sync::Arc;
use tokio::sync::Notify;

/// Who decides when a frame of ours sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// We do. The other side plays what arrives when it arrives, so frames leave one every 20 ms,
    /// a little ahead. A frame that has left counts as heard; a hush is silent within the lead.
    Ours,
    /// The other side does. It queues what arrives and plays a frame every 20 ms, so speech is
    /// sent far ahead and a stall of ours is not heard. It tells what it has played, by marks; a
    /// hush makes it throw its queue away.
    Theirs,
}

/// How a session speaks on a leg. The same calls on every leg; what [`News`] and a hush mean is
/// the same too: what the caller has heard, by the clock of whoever owns it.
pub trait Voice: Debug + Send + Sync {
    /// Who owns the clock.
    fn clock(&self) -> Clock;

    /// Opens a speech behind those that are there. `rate`: samples a second of what will be
    /// pushed; `expected_ms`: how long it will probably be, for the share heard.
    fn begin(&self, speech: SpeechId, rate: u32, expected_ms: u64);

    /// Adds audio to a speech. One that is not there any more is ignored.
    fn push(&self, speech: SpeechId, samples: &[i16]);

    /// All of the speech has been pushed.
    fn finish(&self, speech: SpeechId);

    /// Drops everything and makes the leg silent. Each speech that was not heard to its end, in
    /// order, with the share of it that was heard, 0 to 1.
    fn hush(&self) -> Vec<(SpeechId, f32)>;

    /// How the leg sounds from now on.
    fn dress(&self, sound: &Sound);

    /// The caller's turn is over and an answer is awaited, or is not any more. Where the shop wishes
    /// it, notes are heard when that takes long; speech and a hush end it too.
    fn await_answer(&self, awaited: bool);

    /// What the leg has sounded like lately, at the echo guard's own rate, replaces what is in
    /// `out`; nothing, if it was silence.
    fn recent_sound(&self, out: &mut Vec<i16>);

    /// What was heard since the last look, in order.
    fn take_news(&self) -> Vec<News>;

    /// Told when there is news.
    fn news(&self) -> Arc<Notify>;
}
