//! Voice activity: when the caller begins and stops to make speech sounds.
//!
//! `earshot` scores hops of 16 ms. The scores of single hops jump, so a start needs most of a few
//! hops and an end needs all of several; each event tells how long ago that happened, because the
//! endpointing clock runs from the true end of speech.

use earshot::Detector;

/// The rate that [`Vad::push`] takes, samples a second.
pub const VAD_RATE: u32 = 16_000;
/// Samples in a hop.
const HOP: usize = 256;
/// The length of a hop, milliseconds.
const HOP_MS: u64 = 16;
/// A hop with at least this score is voiced. Scores are 0 to 1; the detector's author gives 0.5.
const SCORE_VOICED: f32 = 0.5;
/// While the caller speaks a hop is only unvoiced below this, so that soft endings count.
const SCORE_UNVOICED: f32 = 0.35;
/// A start needs this many voiced hops …
const START_HOPS_VOICED: u32 = 3;
/// … among this many.
const START_HOPS: u32 = 4;
/// An end needs this many unvoiced hops in a row: 112 ms, longer than the stop of a consonant.
const END_HOPS: u32 = 7;
/// Sound below this level is never speech, whatever its shape: root mean square, about -60 dB of
/// full scale. Line noise and comfort noise lie below, whispering on a phone well above.
const RMS_MIN: f32 = 32.0;
/// The detector looks at 48 ms, so a sound is still in its view for about this long after it
/// ended, milliseconds.
const VIEW_MS: u64 = 32;

/// A change of the caller's voice activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VadEvent {
    /// The caller began to make speech sounds.
    Started {
        /// How long before the last sample pushed so far, milliseconds.
        ago_ms: u64,
    },
    /// The caller fell silent.
    Ended {
        /// How long before the last sample pushed so far, milliseconds.
        ago_ms: u64,
    },
}

/// The detector of one stream of 16 kHz samples.
pub struct Vad {
    detector: Box<Detector>,
    /// Samples that do not fill a hop yet.
    pending: Vec<i16>,
    speaking: bool,
    /// The last hops, the newest in the lowest bit; 1 = voiced.
    recent: u32,
    /// Unvoiced hops in a row while speaking.
    unvoiced: u32,
    score: f32,
}

impl std::fmt::Debug for Vad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vad")
            .field("speaking", &self.speaking)
            .field("score", &self.score)
            .finish_non_exhaustive()
    }
}

impl Default for Vad {
    fn default() -> Self {
        Self::new()
    }
}

impl Vad {
    /// A detector that has heard nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            detector: Detector::default_boxed(),
            pending: Vec::with_capacity(HOP),
            speaking: false,
            recent: 0,
            unvoiced: 0,
            score: 0.0,
        }
    }

    /// Listens to more samples, any number of them, at [`VAD_RATE`]. Returns what changed, in
    /// order; usually nothing, which allocates nothing.
    pub fn push(&mut self, samples_16k: &[i16]) -> Vec<VadEvent> {
        let mut events = Vec::new();
        let mut rest = samples_16k;
        while !rest.is_empty() {
            let (head, tail) = rest.split_at((HOP - self.pending.len()).min(rest.len()));
            self.pending.extend_from_slice(head);
            rest = tail;
            if self.pending.len() == HOP {
                let voiced = self.hear_hop();
                self.pending.clear();
                let lag_ms = rest.len() as u64 * 1000 / u64::from(VAD_RATE);
                events.extend(self.judge(voiced, lag_ms));
            }
        }
        events
    }

    /// True between [`VadEvent::Started`] and [`VadEvent::Ended`].
    pub fn is_speaking(&self) -> bool {
        self.speaking
    }

    /// The score of the last hop, 0 to 1.
    pub fn score(&self) -> f32 {
        self.score
    }

    /// Forgets everything heard.
    pub fn reset(&mut self) {
        self.detector.reset();
        self.pending.clear();
        self.speaking = false;
        self.recent = 0;
        self.unvoiced = 0;
        self.score = 0.0;
    }

    /// Scores the hop in `pending`.
    fn hear_hop(&mut self) -> bool {
        self.score = self.detector.predict_i16(&self.pending);
        let energy: f32 = self.pending.iter().map(|s| f32::from(*s) * f32::from(*s)).sum();
        let loud = energy >= RMS_MIN * RMS_MIN * HOP as f32;
        // A pause inside a word is quiet while the detector still sees the sound before it, so
        // the level only guards the beginning.
        if self.speaking {
            self.score >= SCORE_UNVOICED
        } else {
            loud && self.score >= SCORE_VOICED
        }
    }

    /// `lag_ms`: how much was pushed after this hop.
    fn judge(&mut self, voiced: bool, lag_ms: u64) -> Option<VadEvent> {
        self.recent = self.recent << 1 | u32::from(voiced);
        if self.speaking {
            self.unvoiced = if voiced { 0 } else { self.unvoiced + 1 };
            if self.unvoiced < END_HOPS {
                return None;
            }
            self.speaking = false;
            self.recent = 0;
            let ago_ms = u64::from(self.unvoiced) * HOP_MS + VIEW_MS + lag_ms;
            return Some(VadEvent::Ended { ago_ms });
        }
        let window = self.recent & ((1 << START_HOPS) - 1);
        if window.count_ones() < START_HOPS_VOICED {
            return None;
        }
        self.speaking = true;
        self.unvoiced = 0;
        let hops = u64::from(u32::BITS - window.leading_zeros());
        Some(VadEvent::Started { ago_ms: hops * HOP_MS + lag_ms })
    }
}

#[cfg(test)]
#[path = "vad_tests.rs"]
mod tests;
