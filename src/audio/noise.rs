//! Comfort noise: a faint, even hiss under silence, so that the caller does not take a line that
//! waits for one that is dead.

/// What is a full-scale sample.
const FULL: f32 = 32_768.0;
/// The share of the new in each sample: takes the sharpness off white noise.
const SHARE_NEW: f32 = 0.5;

/// A source of noise of one level.
#[derive(Debug, Clone)]
pub struct Noise {
    seed: u32,
    amplitude: f32,
    last: f32,
}

impl Noise {
    /// Noise of so many decibels of full scale, root mean square (sensible: -70 to -55).
    #[must_use]
    pub fn new(level_db: i32) -> Self {
        // Even noise of amplitude a has a root mean square of a / sqrt(3); one half of the last
        // sample and one half of the new take another sqrt(3).
        let amplitude = 3.0 * FULL * super::ratio_of_db(level_db as f32);
        Self { seed: 0x9e37_79b9, amplitude, last: 0.0 }
    }

    /// Adds noise to these samples.
    pub fn add(&mut self, samples: &mut [i16]) {
        for sample in samples {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let even = (self.seed >> 8) as f32 / (1_u32 << 23) as f32 - 1.0;
            self.last += SHARE_NEW * (even * self.amplitude - self.last);
            *sample = sample.saturating_add(self.last.round() as i16);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_the_one_asked_for() {
        for level_db in [-70, -60, -50] {
            let mut samples = vec![0_i16; 16_000];
            Noise::new(level_db).add(&mut samples);
            let power: f32 = samples.iter().map(|s| (f32::from(*s) / FULL).powi(2)).sum();
            let measured = 10.0 * (power / samples.len() as f32).log10();
            assert!((measured - level_db as f32).abs() < 0.7, "{level_db}: {measured}");
        }
    }

    #[test]
    fn it_does_not_repeat_itself_within_a_second() {
        let mut samples = vec![0_i16; 16_000];
        Noise::new(-45).add(&mut samples);
        let (first, rest) = samples.split_at(160);
        assert!(rest.windows(160).all(|window| window != first));
    }
}
