//! The schedule of frames on one leg.
//!
//! Asterisk neither buffers nor paces: what is written is on the phone line at once. So the frames
//! must leave here one every 20 ms. Speech may run ahead of that by a small lead, which hides our
//! own delays and lets the first frame of an answer leave without waiting for a tick. The lead is
//! given back in silence, slowly, so that the far end never sees a long gap.
//!
//! The writer's loop:
//!
//! ```text
//! while pacer.frames_due(now, playout.has_frame()) > 0 {
//!     let speech = playout.next_frame(rate, &mut frame);
//!     write(frame);
//!     pacer.sent(now, speech);
//! }
//! wait until pacer.next_due(now, playout.has_frame()), or until there is something new to say
//! ```

use super::FRAME_MS;
use crate::clock::CallTime;

/// The length of a frame, microseconds.
const FRAME_US: u64 = FRAME_MS * 1000;
/// A writer that is later than this starts anew instead of sending everything that it missed.
pub const STALL_MS_MAX: u64 = 200;
/// Silent frames between two skipped ones while the lead is given back: one in four is skipped.
const SILENT_FRAMES_PER_SKIP: u32 = 3;

/// The schedule of one leg: pure, reads no clock.
#[derive(Debug, Clone)]
pub struct Pacer {
    /// How far speech may run ahead, microseconds.
    lead_us_max: u64,
    /// When the next frame would be due without any lead, microseconds. `None` before the first
    /// look: the schedule begins then, with a frame due at once.
    base_us: Option<u64>,
    /// How far ahead of the base schedule the leg is now, microseconds.
    ahead_us: u64,
    /// Silent frames in a row since speech or since the last skipped frame.
    silent_frames: u32,
    /// How often a stall made the schedule start anew.
    resets: u64,
}

impl Pacer {
    /// A schedule whose speech may run ahead by `lead_ms` milliseconds (sensible: 20 to 60; with 0
    /// the first frame of a speech waits for the next tick).
    #[must_use]
    pub const fn new(lead_ms: u64) -> Self {
        Self {
            lead_us_max: lead_ms * 1000,
            base_us: None,
            ahead_us: 0,
            silent_frames: 0,
            resets: 0,
        }
    }

    /// How many frames should leave now. `speaking`: the next frame would be speech. Ask again
    /// after each [`Pacer::sent`], because speech may have ended with that frame.
    pub fn frames_due(&mut self, now: CallTime, speaking: bool) -> u32 {
        let base = *self.base_us.get_or_insert(now.0);
        if now.0 > self.due_us(base, speaking).saturating_add(STALL_MS_MAX * 1000) {
            self.base_us = Some(now.0);
            self.ahead_us = 0;
            self.silent_frames = 0;
            self.resets += 1;
        }
        let due = self.due_us(self.base_us.unwrap_or(now.0), speaking);
        match now.0.checked_sub(due) {
            Some(late) => (late / FRAME_US) as u32 + 1,
            None => 0,
        }
    }

    /// One frame has left at `now`; `speech`: it was speech, not silence.
    pub fn sent(&mut self, now: CallTime, speech: bool) {
        let base = self.base_us.unwrap_or(now.0);
        self.base_us = Some(base + FRAME_US);
        if speech {
            self.silent_frames = 0;
            let ahead = base.saturating_sub(now.0).min(self.lead_us_max);
            self.ahead_us = self.ahead_us.max(ahead);
            return;
        }
        self.silent_frames += 1;
        if self.silent_frames >= SILENT_FRAMES_PER_SKIP {
            self.silent_frames = 0;
            self.ahead_us = self.ahead_us.saturating_sub(FRAME_US);
        }
    }

    /// When the next frame should leave; never before `now`.
    #[must_use]
    pub fn next_due(&self, now: CallTime, speaking: bool) -> CallTime {
        CallTime(self.base_us.map_or(now.0, |base| self.due_us(base, speaking).max(now.0)))
    }

    /// How often a stall of more than [`STALL_MS_MAX`] made the schedule start anew.
    #[must_use]
    pub const fn resets(&self) -> u64 {
        self.resets
    }

    const fn due_us(&self, base: u64, speaking: bool) -> u64 {
        base.saturating_sub(if speaking { self.lead_us_max } else { self.ahead_us })
    }
}

#[cfg(test)]
#[path = "pacer_tests.rs"]
mod tests;
