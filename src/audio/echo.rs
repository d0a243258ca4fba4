//! The agent's own voice coming back: from a caller's loudspeaker, from a bad line. It must not
//! interrupt the agent; a caller who speaks over it must.
//!
//! What was handed out in the last second is kept, thinned to 4 kHz. When the detector hears a voice,
//! what was heard is laid beside it at every delay: if most of its energy is a copy of our own sound,
//! the voice is held back, and looked at again with every frame until it stops or is no copy any
//! more. Nothing is subtracted from what the recogniser hears.

use std::collections::VecDeque;
use std::ops::Range;

/// Both sides are compared at this rate: most of a voice's energy lies below 2 kHz.
const RATE: u32 = 4_000;
const SAMPLES_PER_MS: usize = (RATE / 1000) as usize;
/// An echo comes back within this: far phones, slow lines.
const DELAY_MS_MAX: u64 = 1_200;
/// How much of what was heard is compared when a voice begins: it began some 64 ms ago.
const WINDOW_FIRST: usize = 128 * SAMPLES_PER_MS;
/// The same later on: long enough that two voices do not look alike by chance.
const WINDOW: usize = 160 * SAMPLES_PER_MS;
/// A voice that begins is our own if so much of its energy is a copy …
const SHARE_FIRST: f32 = 0.6;
/// … and stays so while this much is. A caller as loud as the echo halves it.
const SHARE_GOES_ON: f32 = 0.5;
/// A line that has echoed before is known by its delay; there so much is enough. A caller twice as
/// strong as the echo leaves less of it.
const SHARE_KNOWN: f32 = 0.35;
/// So many frames in a row must be no copy before the caller is believed to speak.
const MISSES_MAX: u32 = 2;
/// A copy is searched around the delay of the last one, this far: what was handed out and what was
/// heard are counted by two tasks, a few frames apart.
const NEAR: usize = 100 * SAMPLES_PER_MS;
/// An echo is not louder than this many times what was played.
const GAIN_MAX: f32 = 2.0;
/// The end of what was heard below this (root mean square) is a pause: it says nothing of either.
const PAUSE_RMS: f32 = 48.0;
/// How much of the end is looked at for that.
const PAUSE: usize = 60 * SAMPLES_PER_MS;

/// Thins a stream out, by a mean of means of means, because what lies above half the new rate (every
/// "s") would come back as something that is a copy of nothing. Rates that are no multiple of 4 kHz give
/// nothing: the guard is then off.
#[derive(Debug, Default, Clone)]
struct Thinner {
    sums: [i64; 3],
    before: [i64; 3],
    count: i64,
}

impl Thinner {
    fn push(&mut self, rate: u32, samples: &[i16], mut each: impl FnMut(i16)) {
        if !rate.is_multiple_of(RATE) {
            return;
        }
        let factor = i64::from(rate / RATE);
        for sample in samples {
            // Sums run over, and their differences are right all the same.
            let mut value = i64::from(*sample);
            for sum in &mut self.sums {
                *sum = sum.wrapping_add(value);
                value = *sum;
            }
            self.count += 1;
            if self.count >= factor {
                self.count = 0;
                for before in &mut self.before {
                    let difference = value.wrapping_sub(*before);
                    *before = value;
                    value = difference;
                }
                each((value / factor.pow(3)) as i16);
            }
        }
    }
}

/// What was handed out lately.
#[derive(Debug, Clone)]
pub struct Played {
    thinner: Thinner,
    ring: VecDeque<i16>,
    samples_max: usize,
    /// Since the last sample that was not silent.
    silent: usize,
}

impl Played {
    /// Remembers 1.2 seconds, and `ahead_ms` more where sound is handed out so far ahead.
    #[must_use]
    pub fn new(ahead_ms: u64) -> Self {
        let samples_max = (DELAY_MS_MAX + ahead_ms) as usize * SAMPLES_PER_MS;
        let thinner = Thinner::default();
        let ring = VecDeque::with_capacity(samples_max);
        Self { thinner, ring, samples_max, silent: samples_max }
    }

    /// A frame was handed out.
    pub fn push(&mut self, rate: u32, frame: &[i16]) {
        let Self { thinner, ring, samples_max, silent } = self;
        thinner.push(rate, frame, |sample| {
            if ring.len() >= *samples_max {
                ring.pop_front();
            }
            ring.push_back(sample);
            *silent = if sample == 0 { silent.saturating_add(1) } else { 0 };
        });
    }

    /// Everything remembered, oldest first, replaces what is in `out`; nothing, if it is all silence.
    pub fn copy_into(&self, out: &mut Vec<i16>) {
        out.clear();
        if self.silent < self.samples_max {
            let (head, tail) = self.ring.as_slices();
            out.extend_from_slice(head);
            out.extend_from_slice(tail);
        }
    }
}

/// The listening side of one leg.
#[derive(Debug)]
pub struct EchoGuard {
    thinner: Thinner,
    heard: VecDeque<i16>,
    /// The delay of the copy that is held back, as samples between the two ends.
    back: Option<usize>,
    /// The delay of the last copy on this line.
    known: Option<usize>,
    misses: u32,
    played: Vec<f32>,
    window: Vec<f32>,
}

impl Default for EchoGuard {
    fn default() -> Self {
        Self {
            thinner: Thinner::default(),
            heard: VecDeque::with_capacity(WINDOW),
            back: None,
            known: None,
            misses: 0,
            played: Vec::new(),
            window: Vec::with_capacity(WINDOW),
        }
    }
}

impl EchoGuard {
    /// Hears another piece of what comes from the caller; `rate`: samples a second.
    pub fn hear(&mut self, rate: u32, samples: &[i16]) {
        let heard = &mut self.heard;
        self.thinner.push(rate, samples, |sample| {
            if heard.len() >= WINDOW {
                heard.pop_front();
            }
            heard.push_back(sample);
        });
    }

    /// A voice begins: true if it is our own, coming back. `played`: from [`Played::copy_into`].
    pub fn begins(&mut self, played: &[i16]) -> bool {
        self.lay_out(played, WINDOW_FIRST);
        self.misses = 0;
        let known = self.known.and_then(|back| self.search(around(back), SHARE_KNOWN));
        self.back = known.or_else(|| self.search(0..usize::MAX, SHARE_FIRST));
        self.known = self.back.or(self.known);
        self.back.is_some()
    }

    /// The voice that was ours goes on: true while it is nothing else.
    pub fn goes_on(&mut self, played: &[i16]) -> bool {
        let Some(back) = self.back else { return false };
        self.lay_out(played, WINDOW);
        if self.pauses() {
            return true;
        }
        let found = self
            .search(around(back), SHARE_GOES_ON)
            .or_else(|| self.search(0..usize::MAX, SHARE_FIRST));
        match found {
            Some(back) => {
                (self.back, self.known) = (Some(back), Some(back));
                self.misses = 0;
            }
            None => self.misses += 1,
        }
        if self.misses >= MISSES_MAX {
            self.back = None;
        }
        self.back.is_some()
    }

    fn lay_out(&mut self, played: &[i16], window: usize) {
        self.played.clear();
        self.played.extend(played.iter().map(|sample| f32::from(*sample)));
        self.window.clear();
        let from = self.heard.len().saturating_sub(window);
        self.window.extend(self.heard.range(from..).map(|sample| f32::from(*sample)));
    }

    fn pauses(&self) -> bool {
        let end = &self.window[self.window.len().saturating_sub(PAUSE)..];
        power(end) < PAUSE_RMS * PAUSE_RMS * end.len() as f32
    }

    /// The distance between the ends at which the window is most of all a copy, if it is one.
    fn search(&self, backs: Range<usize>, share_min: f32) -> Option<usize> {
        let (played, window) = (&self.played[..], &self.window[..]);
        let last = played.len().checked_sub(window.len())?;
        let heard_power = f64::from(power(window));
        if window.is_empty() || heard_power <= 0.0 {
            return None;
        }
        let mut best = (share_min, None);
        let (first, end) = (backs.start, backs.end.min(last.saturating_add(1)));
        // From the newest to the oldest; the energy under the window is kept up as it slides.
        let mut under: Option<f64> = None;
        for back in first..end {
            let from = last - back;
            let place = &played[from..from + window.len()];
            let energy = match under {
                None => f64::from(power(place)),
                Some(energy) => {
                    let gone = played.get(from + window.len()).copied().unwrap_or(0.0);
                    energy + f64::from(place[0]).powi(2) - f64::from(gone).powi(2)
                }
            };
            under = Some(energy);
            let common = f64::from(dot(place, window));
            let share = (common * common / (energy.max(1.0) * heard_power)) as f32;
            let gain = (common.abs() / energy.max(1.0)) as f32;
            if share > best.0 && gain <= GAIN_MAX {
                best = (share, Some(back));
            }
        }
        best.1
    }
}

fn around(back: usize) -> Range<usize> {
    back.saturating_sub(NEAR)..back.saturating_add(NEAR)
}

fn power(samples: &[f32]) -> f32 {
    dot(samples, samples)
}

/// The sum of products, in eight sums side by side, which the processor adds at once.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
#[path = "echo_tests.rs"]
mod tests;
