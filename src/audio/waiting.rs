//! What a caller hears while an answer takes long: two soft notes now and then, and after a while a
//! slow chord, so that the line is known to be alive. Made here, sample by sample: no file, no rights.

use super::FRAME_MS;
use std::f32::consts::{PI, TAU};

/// A note's loudness at its middle: -30 dB of full scale, well below speech.
const AMPLITUDE: f32 = 1_036.0;
/// The two notes come again after this long.
const THINKING_EVERY_MS: u64 = 1_600;
/// After so long of them the chord takes over: this will take longer.
const HOLD_FROM_MS: u64 = 8_000;
/// The chord comes again after this long.
const HOLD_EVERY_MS: u64 = 4_000;
/// Nobody is kept with music for ever; whoever forgot to end it is not heard for longer than this.
const WAITING_MS_MAX: u64 = 120_000;

/// A note: where it begins in its pattern, how long it is, and its pitch.
struct Note {
    from_ms: u64,
    ms: u64,
    hz: f32,
}

const fn note(from_ms: u64, ms: u64, hz: f32) -> Note {
    Note { from_ms, ms, hz }
}

/// C and E above it, short.
const THINKING: [Note; 2] = [note(0, 120, 523.25), note(160, 160, 659.25)];
/// A broken chord, each note over the end of the one before.
const HOLD: [Note; 4] = [
    note(0, 900, 261.63),
    note(600, 900, 329.63),
    note(1_200, 900, 392.0),
    note(1_800, 1_600, 523.25),
];

/// The sound of one leg that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    after_ms: u64,
    /// How long an answer has been waited for in silence; none is awaited: `None`.
    waited_ms: Option<u64>,
}

impl Waiting {
    /// Sounds once an answer has been awaited for `after_ms` milliseconds.
    #[must_use]
    pub const fn new(after_ms: u64) -> Self {
        Self { after_ms, waited_ms: None }
    }

    /// An answer is awaited from now on, or is not any more.
    pub fn await_answer(&mut self, awaited: bool) {
        self.waited_ms = match (awaited, self.waited_ms) {
            (true, before) => Some(before.unwrap_or(0)),
            (false, _) => None,
        };
    }

    /// A silent frame of 20 ms passes. True if the pattern is on, and its notes are in the frame.
    pub fn fill(&mut self, rate: u32, frame: &mut [i16]) -> bool {
        let Some(waited_ms) = self.waited_ms else { return false };
        self.waited_ms = Some(waited_ms + FRAME_MS);
        let Some(at_ms) = waited_ms.checked_sub(self.after_ms) else { return false };
        if at_ms >= WAITING_MS_MAX {
            return false;
        }
        let (pattern, at_ms): (&[Note], u64) = match at_ms.checked_sub(HOLD_FROM_MS) {
            None => (&THINKING, at_ms % THINKING_EVERY_MS),
            Some(held_ms) => (&HOLD, held_ms % HOLD_EVERY_MS),
        };
        for note in pattern {
            note.add(at_ms, rate, frame);
        }
        true
    }
}

impl Note {
    /// Adds what of the note falls into a frame that begins at `at_ms` of the pattern.
    fn add(&self, at_ms: u64, rate: u32, frame: &mut [i16]) {
        if at_ms + FRAME_MS <= self.from_ms || at_ms >= self.from_ms + self.ms {
            return;
        }
        let begin_s = (at_ms as f32 - self.from_ms as f32) / 1000.0;
        let length_s = self.ms as f32 / 1000.0;
        for (i, sample) in frame.iter_mut().enumerate() {
            let t = begin_s + i as f32 / rate as f32;
            if (0.0..length_s).contains(&t) {
                let swell = (PI * t / length_s).sin().powi(2);
                *sample =
                    sample.saturating_add((AMPLITUDE * swell * (TAU * self.hz * t).sin()) as i16);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(waiting: &mut Waiting, count: usize) -> Vec<i16> {
        let mut all = Vec::new();
        for _ in 0..count {
            let mut frame = [0_i16; 160];
            waiting.fill(8_000, &mut frame);
            all.extend(frame);
        }
        all
    }

    #[test]
    fn nothing_sounds_before_its_time_or_when_nothing_is_awaited() {
        let mut waiting = Waiting::new(1_000);
        assert!(frames(&mut waiting, 200).iter().all(|s| *s == 0));
        waiting.await_answer(true);
        assert!(frames(&mut waiting, 50).iter().all(|s| *s == 0), "the first second");
        assert!(frames(&mut waiting, 50).iter().any(|s| s.abs() > 500), "the second one");
        waiting.await_answer(false);
        assert!(frames(&mut waiting, 200).iter().all(|s| *s == 0));
    }

    #[test]
    fn an_answer_awaited_twice_is_awaited_since_the_first_time() {
        let mut waiting = Waiting::new(100);
        waiting.await_answer(true);
        frames(&mut waiting, 5);
        waiting.await_answer(true);
        assert!(frames(&mut waiting, 5).iter().any(|s| *s != 0));
    }

    #[test]
    fn notes_are_soft_and_have_no_edges() {
        let mut waiting = Waiting::new(0);
        waiting.await_answer(true);
        let all = frames(&mut waiting, 1_000);
        let peak = all.iter().map(|s| s.abs()).max().unwrap();
        assert!((800..=2_100).contains(&peak), "{peak}");
        let rough = all.windows(3).map(|w| (w[0] - 2 * w[1] + w[2]).abs()).max().unwrap();
        assert!(rough < 500, "{rough}: a step of these notes would be twice that");
    }

    #[test]
    fn a_chord_takes_over_and_in_the_end_all_is_silent() {
        let mut waiting = Waiting::new(0);
        waiting.await_answer(true);
        frames(&mut waiting, 400);
        let held = frames(&mut waiting, 45);
        let sounding = held.chunks(160).filter(|f| f.iter().any(|s| s.abs() > 50)).count();
        assert!(sounding > 30, "the first note of the chord is 900 ms long: {sounding} frames");
        frames(&mut waiting, 6_000);
        assert!(frames(&mut waiting, 300).iter().all(|s| *s == 0));
    }
}
