//! Voice activity: when the caller begins and stops to make speech sounds.
//!
//! `earshot` scores hops of 16 ms. A start needs most of a few hops with a good score, an end
//! needs several in a row that fail on score or level. Each event tells how long ago that
//! happened, because the endpointing clock runs from the true end of speech.

use earshot::Detector;

/// The rate that [`Vad::push`] takes, samples a second.
pub const VAD_RATE: u32 = 16_000;
/// Samples in a hop.
const HOP: usize = 256;
/// The length of a hop, milliseconds.
const HOP_MS: u64 = 16;
/// A hop with at least this score may be the beginning of speech. Scores are 0 to 1; on telephone
/// speech the first syllable is above 0.6 within 50 ms, while noise reaches 0.55 at times.
const SCORE_START: f32 = 0.57;
/// While the caller speaks a hop is unvoiced below this, whatever its level.
const SCORE_GOES_ON: f32 = 0.5;
/// A start needs this many voiced hops …
const START_HOPS_VOICED: u32 = 3;
/// … among this many.
const START_HOPS: u32 = 4;
/// An end needs this many unvoiced hops in a row: 128 ms, longer than the stop of a consonant.
const END_HOPS: u32 = 8;
/// Nothing starts in the first hops of a stream (256 ms): the detector takes the edge from nothing
/// to any sound for speech. They teach the noise instead; pre-roll keeps what is said then.
const WARM_HOPS: u32 = 16;
/// Sound below this level is never speech, whatever its shape: root mean square, about -60 dB of
/// full scale. Line noise and comfort noise lie below, whispering on a phone well above.
const RMS_MIN: f32 = 32.0;
/// Speech begins this far above the line's noise (6 dB) …
const OVER_NOISE_START: f32 = 2.0;
/// … and goes on while it is this far above (3.5 dB). The score alone falls too slowly after the
/// last sound, 100 ms in silence and 200 ms in noise; the level falls at once.
const OVER_NOISE_GOES_ON: f32 = 1.5;
/// What the noise is taken to be at first, and at least: root mean square.
const NOISE_RMS_FIRST: f32 = 16.0;
/// How fast a falling noise is followed, share a hop.
const NOISE_FALLS: f32 = 0.3;
/// How fast it is followed upwards while there is no speech, share a hop: half a second.
const NOISE_RISES: f32 = 0.03;
/// The same in the first hops of a stream.
const NOISE_RISES_WARM: f32 = 0.1;
/// How much it creeps up in any other hop, about 2 dB a second, so that a noise that began during
/// speech is understood in the end.
const NOISE_CREEPS: f32 = 1.004;

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
    /// The level of the line's noise, root mean square.
    noise_rms: f32,
    /// Hops heard, as far as that matters.
    hops: u32,
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
            noise_rms: NOISE_RMS_FIRST,
            hops: 0,
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
        self.noise_rms = NOISE_RMS_FIRST;
        self.hops = 0;
    }

    /// Scores the hop in `pending`.
    fn hear_hop(&mut self) -> bool {
        self.score = self.detector.predict_i16(&self.pending);
        let rms = rms(&self.pending);
        let (score_min, over_noise) = if self.speaking {
            (SCORE_GOES_ON, OVER_NOISE_GOES_ON)
        } else {
            (SCORE_START, OVER_NOISE_START)
        };
        let stands_out = rms >= RMS_MIN && rms >= over_noise * self.noise_rms;
        self.follow_noise(rms);
        self.hops = self.hops.saturating_add(1);
        stands_out && self.score >= score_min && self.hops > WARM_HOPS
    }

    fn follow_noise(&mut self, rms: f32) {
        let rise = rms - self.noise_rms;
        let noise = if rise < 0.0 {
            self.noise_rms + NOISE_FALLS * rise
        } else if self.hops < WARM_HOPS {
            self.noise_rms + NOISE_RISES_WARM * rise
        } else if !self.speaking && self.score < SCORE_GOES_ON {
            self.noise_rms + NOISE_RISES * rise
        } else {
            self.noise_rms * NOISE_CREEPS
        };
        self.noise_rms = noise.max(NOISE_RMS_FIRST);
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
            let ago_ms = u64::from(self.unvoiced) * HOP_MS + lag_ms;
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

/// The root mean square of a hop, in eight sums side by side, which the processor adds at once.
fn rms(hop: &[i16]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for eight in hop.as_chunks::<8>().0 {
        for (sum, sample) in sums.iter_mut().zip(eight) {
            *sum += f32::from(*sample) * f32::from(*sample);
        }
    }
    (sums.iter().sum::<f32>() / HOP as f32).sqrt()
}

#[cfg(test)]
#[path = "vad_tests.rs"]
mod tests;
