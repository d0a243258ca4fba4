//! What a caller hears, measured by its own clock. Pure.

use std::time::Duration;

/// Loudness (root mean square of a frame, 16-bit units) above which a frame is audible: about
/// -46 dB of full scale, above line noise and below any voice.
pub const AUDIBLE_RMS: f64 = 160.0;
/// Silence that separates two runs of speech.
const RUN_SPLIT: Duration = Duration::from_millis(300);
/// A frame more than this after an audible one is late.
const LATE_GAP: Duration = Duration::from_millis(40);

/// A stretch of speech without a pause of 300 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When its first audible frame came.
    pub began_at: Duration,
    /// When its last audible frame came.
    pub last_at: Duration,
    /// The longest time between two neighbouring frames in it.
    pub gap_max: Duration,
    /// Frames that came more than 40 ms after the audible one before.
    pub late: u32,
}

/// Root mean square of a frame, in 16-bit units.
#[must_use]
pub fn rms(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

/// Collects frames as they arrive.
#[derive(Debug)]
pub struct Hearing {
    rate: u32,
    at_own_rate: bool,
    first_frame_at: Option<Duration>,
    last_frame: Option<(Duration, bool)>,
    frames: u64,
    /// The longest gap since the last audible frame.
    gap_open: Duration,
    runs: Vec<Run>,
}

impl Hearing {
    /// Of a caller that speaks at `rate` samples a second.
    #[must_use]
    pub const fn new(rate: u32) -> Self {
        Self {
            rate,
            at_own_rate: false,
            first_frame_at: None,
            last_frame: None,
            frames: 0,
            gap_open: Duration::ZERO,
            runs: Vec::new(),
        }
    }

    /// A frame arrived at `at`, a time since the UUID.
    ///
    /// # Errors
    /// What a strict peer objects to: not 20 ms long, or not in the kind that it was asked in.
    pub fn frame(&mut self, at: Duration, rate: u32, samples: &[i16]) -> Result<(), String> {
        if samples.len() != (rate / 50) as usize {
            return Err(format!("a frame of {} samples at {rate} is not 20 ms", samples.len()));
        }
        if rate == self.rate {
            self.at_own_rate = true;
        } else if self.at_own_rate || rate != 8_000 {
            return Err(format!("a frame at {rate} after we spoke at {}", self.rate));
        } else if at > self.first_frame_at.unwrap_or(at) + Duration::from_secs(1) {
            return Err(format!("still {rate} a second after we spoke at {}", self.rate));
        }
        self.first_frame_at.get_or_insert(at);
        self.frames += 1;
        let audible = rms(samples) >= AUDIBLE_RMS;
        let before = self.last_frame.replace((at, audible));
        self.count(at, audible, before);
        Ok(())
    }

    fn count(&mut self, at: Duration, audible: bool, before: Option<(Duration, bool)>) {
        if let (Some(run), Some((before_at, was_audible))) = (self.runs.last_mut(), before) {
            let gap = at.saturating_sub(before_at);
            if was_audible && gap > LATE_GAP {
                run.late += 1;
            }
            if at.saturating_sub(run.last_at) < RUN_SPLIT || was_audible {
                // A gap counts once speech goes on after it: behind the last word the server may
                // take back its lead.
                self.gap_open = self.gap_open.max(gap);
                if audible {
                    run.last_at = at;
                    run.gap_max = run.gap_max.max(std::mem::take(&mut self.gap_open));
                }
                return;
            }
        }
        self.gap_open = Duration::ZERO;
        if audible {
            let run = Run { began_at: at, last_at: at, gap_max: Duration::ZERO, late: 0 };
            self.runs.push(run);
        }
    }

    /// All runs so far, in order.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// When the first frame came, audible or not.
    #[must_use]
    pub const fn first_frame_at(&self) -> Option<Duration> {
        self.first_frame_at
    }

    /// Frames in all.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Whether the other side is in the middle of speech.
    #[must_use]
    pub fn speaks_at(&self, now: Duration) -> bool {
        self.runs.last().is_some_and(|run| now.saturating_sub(run.last_at) < RUN_SPLIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: [i16; 160] = [3000; 160];
    const SILENT: [i16; 160] = [0; 160];

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_pause_of_300_ms_separates_two_runs() {
        let mut hearing = Hearing::new(8_000);
        for n in 0..60u64 {
            let frame =
                if (10..20).contains(&n) || (40..60).contains(&n) { &LOUD } else { &SILENT };
            hearing.frame(ms(n * 20), 8_000, frame).unwrap();
        }
        let runs = hearing.runs();
        assert_eq!(runs.len(), 2);
        assert_eq!((runs[0].began_at, runs[0].last_at), (ms(200), ms(380)));
        assert_eq!(runs[1].began_at, ms(800));
        assert_eq!(runs[0].late + runs[1].late, 0);
    }

    #[test]
    fn a_frame_more_than_40_ms_after_an_audible_one_is_late() {
        let mut hearing = Hearing::new(8_000);
        for at in [0, 20, 61, 81, 121] {
            hearing.frame(ms(at), 8_000, &LOUD).unwrap();
        }
        assert_eq!(hearing.runs()[0].late, 1);
        assert_eq!(hearing.runs()[0].gap_max, ms(41));
    }

    #[test]
    fn a_late_frame_in_silence_is_not_counted() {
        let mut hearing = Hearing::new(8_000);
        hearing.frame(ms(0), 8_000, &LOUD).unwrap();
        hearing.frame(ms(20), 8_000, &SILENT).unwrap();
        hearing.frame(ms(90), 8_000, &LOUD).unwrap();
        assert_eq!(hearing.runs()[0].late, 0);
    }

    #[test]
    fn a_gap_counts_only_if_speech_goes_on_after_it() {
        let mut hearing = Hearing::new(8_000);
        hearing.frame(ms(0), 8_000, &LOUD).unwrap();
        hearing.frame(ms(20), 8_000, &SILENT).unwrap();
        hearing.frame(ms(60), 8_000, &SILENT).unwrap();
        assert_eq!(hearing.runs()[0].gap_max, ms(0));
        hearing.frame(ms(80), 8_000, &LOUD).unwrap();
        assert_eq!(hearing.runs()[0].gap_max, ms(40));
    }

    #[test]
    fn a_wrong_length_or_kind_is_an_objection() {
        let mut hearing = Hearing::new(16_000);
        hearing.frame(ms(0), 8_000, &SILENT).unwrap();
        assert!(hearing.frame(ms(20), 16_000, &SILENT).is_err());
        hearing.frame(ms(40), 16_000, &[0; 320]).unwrap();
        assert!(hearing.frame(ms(60), 8_000, &SILENT).is_err());
    }
}
