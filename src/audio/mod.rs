//! Sound, pure: resampling, voice activity, the playout queue and how it sounds, the echo guard, the
//! pacer's schedule, and the ledger of what another clock plays.
//!
//! All audio is mono 16-bit linear PCM. A frame is 20 ms of it.

pub mod ahead;
pub mod echo;
pub mod join;
pub mod level;
pub mod noise;
pub mod pacer;
pub mod playout;
pub mod preroll;
pub mod resample;
pub mod sound;
pub mod vad;
pub mod waiting;

/// The length of a frame, milliseconds.
pub const FRAME_MS: u64 = 20;

/// Samples in a frame at `rate` samples a second (44.1 kHz: 882).
#[must_use]
pub const fn frame_samples(rate: u32) -> usize {
    (rate / 50) as usize
}

/// How many times as large an amplitude is that is so many decibels louder.
fn ratio_of_db(db: f32) -> f32 {
    10_f32.powf(db / 20.0)
}
