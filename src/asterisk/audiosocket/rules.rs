//! The rules of a conversation after its UUID: what a frame means where it stands. Pure; time is
//! an argument.

use super::frame::Frame;
use std::time::Duration;

/// Unknown kinds that end a call: one or two are a newer Asterisk, ten are another protocol.
const UNKNOWN_MAX: u32 = 10;
/// Bytes of 20 ms of G.711; as linear audio it would be 10 ms.
const DISGUISED_SAMPLES: usize = 80;
/// Linear frames of 10 ms come every 10 ms; G.711 of the same size every 20. The middle tells.
const DISGUISED_GAP_MIN: Duration = Duration::from_millis(15);
/// Evidence that is enough: ten gaps of 20 ms.
const DISGUISED_SCORE: u32 = 10;

/// What to do with a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Audio or a digit for the session.
    Pass(Frame),
    /// Nothing.
    Skip,
    /// The other side ends the call.
    HangUp,
    /// The other side reports an error.
    Error(u8),
    /// The protocol is broken; the reason is the metric's label.
    Violation(&'static str),
    /// Raw G.711 under the name of linear audio.
    Disguised,
}

/// The rules of one connection whose UUID is known.
#[derive(Debug, Default)]
pub struct Rules {
    unknown: u32,
    disguised_score: u32,
    small_before: Option<Duration>,
}

impl Rules {
    /// Judges a frame that arrived at `now`, a time on any clock that only goes forward.
    pub fn judge(&mut self, frame: Frame, now: Duration) -> Verdict {
        match frame {
            Frame::HangUp => Verdict::HangUp,
            Frame::Id(_) => Verdict::Violation("second_uuid"),
            Frame::Error(code) => Verdict::Error(code),
            Frame::Unknown(_) => {
                self.unknown += 1;
                if self.unknown >= UNKNOWN_MAX {
                    Verdict::Violation("unknown_kinds")
                } else {
                    Verdict::Skip
                }
            }
            Frame::Audio { rate, ref samples } => {
                if self.is_disguised(rate, samples.len(), now) {
                    Verdict::Disguised
                } else {
                    Verdict::Pass(frame)
                }
            }
            Frame::Digit(_) => Verdict::Pass(frame),
        }
    }

    /// Gathers evidence: a gap of 20 ms speaks for G.711, a shorter one twice as loud against it,
    /// so that a stalled network cannot make honest 10 ms frames look like it.
    fn is_disguised(&mut self, rate: u32, samples: usize, now: Duration) -> bool {
        if rate != 8_000 || samples != DISGUISED_SAMPLES {
            self.small_before = None;
            self.disguised_score = 0;
            return false;
        }
        if let Some(before) = self.small_before.replace(now) {
            if now.saturating_sub(before) >= DISGUISED_GAP_MIN {
                self.disguised_score += 1;
            } else {
                self.disguised_score = self.disguised_score.saturating_sub(2);
            }
        }
        self.disguised_score >= DISGUISED_SCORE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn small() -> Frame {
        Frame::Audio { rate: 8_000, samples: vec![0; 80] }
    }

    #[test]
    fn the_tenth_unknown_kind_ends_the_call() {
        let mut rules = Rules::default();
        for _ in 0..9 {
            assert_eq!(rules.judge(Frame::Unknown(0x55), Duration::ZERO), Verdict::Skip);
        }
        let tenth = rules.judge(Frame::Unknown(0x55), Duration::ZERO);
        assert_eq!(tenth, Verdict::Violation("unknown_kinds"));
    }

    #[test]
    fn a_second_uuid_is_a_violation() {
        let verdict = Rules::default().judge(Frame::Id(Uuid::nil()), Duration::ZERO);
        assert_eq!(verdict, Verdict::Violation("second_uuid"));
    }

    #[test]
    fn small_frames_every_20_ms_are_g711_in_disguise() {
        let mut rules = Rules::default();
        let found = (0..50)
            .find(|n| rules.judge(small(), Duration::from_millis(n * 20)) == Verdict::Disguised);
        assert_eq!(found, Some(10));
    }

    #[test]
    fn honest_10_ms_frames_are_not_taken_for_g711_even_in_bursts() {
        let mut rules = Rules::default();
        let mut late_ms = 0;
        for n in 0..1000u64 {
            if n % 10 == 0 {
                late_ms = 90; // a stall; the frames behind it come at once
            }
            late_ms = u64::saturating_sub(late_ms, 10);
            let now = Duration::from_millis(n * 10 + late_ms);
            assert_ne!(rules.judge(small(), now), Verdict::Disguised, "frame {n}");
        }
    }

    #[test]
    fn a_normal_frame_between_clears_the_suspicion() {
        let mut rules = Rules::default();
        for n in 0..100u64 {
            let frame = if n % 10 == 9 {
                Frame::Audio { rate: 8_000, samples: vec![0; 160] }
            } else {
                small()
            };
            assert_ne!(rules.judge(frame, Duration::from_millis(n * 20)), Verdict::Disguised);
        }
    }
}
