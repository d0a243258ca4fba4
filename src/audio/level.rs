//! Level control: voices of different makers come at different loudness; each is led slowly to one,
//! and a limiter sees to it that no peak is cut off flat.

/// What is a full-scale sample.
const FULL: f32 = 32_768.0;
/// Blocks in a second: the gain is decided every 5 ms and moves in a straight line between.
const BLOCKS_PER_S: u32 = 200;
/// Blocks below this are pauses and say nothing about the voice: -45 dB of full scale.
const SPEECH_DB_MIN: f32 = -45.0;
/// The loudness is the mean of about so many blocks of speech: 0.6 s.
const BLOCKS_REMEMBERED: f32 = 120.0;
/// Nothing is changed before so many blocks of speech were heard (100 ms): one consonant is no voice.
const BLOCKS_FIRST: f32 = 20.0;
/// A voice is not made louder or quieter by more than this: what needs more is not speech.
const GAIN_DB_MAX: f32 = 12.0;
/// How fast the gain follows, decibels a block: 8 dB a second, which nobody notices.
const GAIN_DB_PER_BLOCK: f32 = 0.04;
/// After a peak the limiter lets go by so much a block: 60 dB a second.
const RELEASE_DB_PER_BLOCK: f32 = 0.3;
/// No sample goes above this: -1 dB of full scale.
const CEILING: f32 = 29_204.0;

/// The level control of one voice, over all that it says.
#[derive(Debug, Clone)]
pub struct Leveller {
    /// The loudness aimed at, root mean square.
    target: f32,
    /// Mean square of the speech heard, and of how many blocks.
    power: f32,
    blocks: f32,
    /// What the loudness asks for, decibels.
    gain_db: f32,
    /// What the last sample got.
    gain: f32,
}

impl Leveller {
    /// Leads to so many decibels of full scale, root mean square while there is speech (sensible:
    /// -26 to -16).
    #[must_use]
    pub fn new(target_db: i32) -> Self {
        let target = FULL * super::ratio_of_db(target_db as f32);
        Self { target, power: 0.0, blocks: 0.0, gain_db: 0.0, gain: 1.0 }
    }

    /// Changes the next samples of the voice in place; `rate`: samples a second.
    pub fn apply(&mut self, rate: u32, samples: &mut [i16]) {
        let length = (rate / BLOCKS_PER_S).max(1) as usize;
        let mut rest = samples;
        while !rest.is_empty() {
            let (block, after) = rest.split_at_mut(length.min(rest.len()));
            let ahead = &after[..length.min(after.len())];
            self.follow(block);
            self.shape(block, ahead);
            rest = after;
        }
    }

    /// Learns the loudness, and moves the gain towards what it asks for.
    fn follow(&mut self, block: &[i16]) {
        let sum: f32 = block.iter().map(|sample| f32::from(*sample).powi(2)).sum();
        let power = sum / block.len() as f32;
        let speech_min = (FULL * super::ratio_of_db(SPEECH_DB_MIN)).powi(2);
        if power < speech_min {
            return;
        }
        self.blocks = (self.blocks + 1.0).min(BLOCKS_REMEMBERED);
        self.power += (power - self.power) / self.blocks;
        if self.blocks < BLOCKS_FIRST {
            return;
        }
        let wanted_db = 20.0 * (self.target / self.power.sqrt()).log10();
        let step = wanted_db.clamp(-GAIN_DB_MAX, GAIN_DB_MAX) - self.gain_db;
        self.gain_db += step.clamp(-GAIN_DB_PER_BLOCK, GAIN_DB_PER_BLOCK);
    }

    /// Applies the gain, lowered where a peak of this block or the next would go too high.
    fn shape(&mut self, block: &mut [i16], ahead: &[i16]) {
        let wanted = super::ratio_of_db(self.gain_db);
        let release = super::ratio_of_db(RELEASE_DB_PER_BLOCK);
        let here = wanted.min(ceiling_over(block));
        let from = self.gain.min(here);
        let to = (from * release).min(here).min(ceiling_over(ahead));
        self.gain = to;
        if (from - 1.0).abs() < f32::EPSILON && (to - 1.0).abs() < f32::EPSILON {
            return;
        }
        let step = (to - from) / block.len() as f32;
        let mut gain = from;
        for sample in block {
            gain += step;
            *sample = (f32::from(*sample) * gain).round().clamp(-CEILING, CEILING) as i16;
        }
    }
}

/// The gain that brings the highest peak of a block to the ceiling.
fn ceiling_over(block: &[i16]) -> f32 {
    let peak = block.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    CEILING / f32::from(peak.max(1))
}

#[cfg(test)]
#[path = "level_tests.rs"]
mod tests;
