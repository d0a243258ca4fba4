//! When the other side must have decided, by the caller's clock.
//!
//! The server's voice detection is a pure function of the frames that it gets. Run over the same
//! frames again, it tells which frame brought the decision, and the caller knows when that frame
//! left. So the server's own part of an answer's delay is measured from outside, without trusting
//! a word of the server.

use super::hearing::Run;
use super::report::Turn;
use crate::audio::resample::Resampler;
use crate::audio::vad::{VAD_RATE, Vad, VadEvent};
use std::time::Duration;

/// How the server is configured: what it waits for on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// The silence that ends a turn.
    pub endpointing: Duration,
    /// How long a voice must last to stop the other side.
    pub barge_in: Duration,
}

/// A frame that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFrame {
    /// When, since the UUID.
    pub at: Duration,
    /// Its samples; empty for silence.
    pub samples: Vec<i16>,
}

/// All that went and came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Our frames.
    pub sent: Vec<SentFrame>,
    /// Their speech.
    pub runs: Vec<Run>,
}

/// What follows from a trace, each in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// From the decision that our turn is over to the first audible frame.
    pub own_overhead_us: Vec<u64>,
    /// From the decision to stop to the last audible frame that came.
    pub barge_in_stop_us: Vec<u64>,
}

/// A change of our voice as the server heard it.
#[derive(Debug, Clone, Copy)]
struct Change {
    /// When the frame left that told it.
    told_at: Duration,
    event: VadEvent,
}

/// Measures the answered turns of a call at `rate` samples a second.
#[must_use]
pub fn measure(trace: &Trace, turns: &[Turn], rate: u32, waits: Waits) -> Measured {
    let changes = changes(&trace.sent, rate);
    let mut measured = Measured::default();
    for (turn, until) in turns.iter().zip(Turn::ends(turns)).filter(|(turn, _)| turn.said.is_some())
    {
        if turn.interrupts {
            measured.barge_in_stop_us.extend(stop_of(turn, until, &changes, &trace.runs, waits));
        }
        measured.own_overhead_us.extend(overhead_of(turn, until, &changes, &trace.runs, waits));
    }
    measured
}

fn changes(sent: &[SentFrame], rate: u32) -> Vec<Change> {
    let silence = vec![0; (rate / 50) as usize];
    let (mut resampler, mut vad) = (Resampler::new(rate, VAD_RATE), Vad::new());
    let (mut changes, mut heard) = (Vec::new(), Vec::new());
    for frame in sent {
        heard.clear();
        let samples = if frame.samples.is_empty() { &silence } else { &frame.samples };
        resampler.process(samples, &mut heard);
        changes
            .extend(vad.push(&heard).into_iter().map(|event| Change { told_at: frame.at, event }));
    }
    changes
}

/// Only of turns whose answer began after the decision: whatever else sounds is no answer to it.
fn overhead_of(
    turn: &Turn,
    until: Duration,
    changes: &[Change],
    runs: &[Run],
    waits: Waits,
) -> Option<u64> {
    let spoke_until = turn.voiced_until?;
    let decided_at = changes.iter().rev().find_map(|change| match change.event {
        VadEvent::Ended { ago_ms } if change.told_at < until => {
            let ended_at = change.told_at.saturating_sub(Duration::from_millis(ago_ms));
            Some(change.told_at.max(ended_at + waits.endpointing))
        }
        _ => None,
    })?;
    let answer = runs.iter().find(|run| run.began_at >= spoke_until && run.began_at < until)?;
    answer.began_at.checked_sub(decided_at).map(micros)
}

fn stop_of(
    turn: &Turn,
    until: Duration,
    changes: &[Change],
    runs: &[Run],
    waits: Waits,
) -> Option<u64> {
    let spoke_from = turn.voiced_from?;
    let noticed_at = changes.iter().find_map(|change| {
        let ours = change.told_at >= spoke_from && change.told_at < until;
        (ours && matches!(change.event, VadEvent::Started { .. })).then_some(change.told_at)
    })?;
    let cut = runs.iter().rev().find(|run| run.began_at < spoke_from)?;
    let decided_at = noticed_at + waits.barge_in;
    // Speech that was over by itself before the decision was not stopped.
    (cut.last_at + Duration::from_millis(60) > decided_at)
        .then(|| micros(cut.last_at.saturating_sub(decided_at)))
}

fn micros(time: Duration) -> u64 {
    time.as_micros() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::signal::speech_like;

    const WAITS: Waits =
        Waits { endpointing: Duration::from_millis(500), barge_in: Duration::from_millis(200) };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn run(from: u64, to: u64) -> Run {
        Run { began_at: ms(from), last_at: ms(to), gap_max: ms(20), late: 0 }
    }

    /// A second of silence, a second of speech, two of silence.
    fn spoken(runs: Vec<Run>) -> (Trace, Turn) {
        let speech = speech_like(8_000, 1_000);
        let frame = |n: usize| {
            let samples = speech.chunks(160).nth(n.wrapping_sub(50)).unwrap_or_default();
            SentFrame { at: ms(n as u64 * 20), samples: samples.to_vec() }
        };
        let mut turn = Turn::saying("test", ms(1_000), false);
        turn.voiced_from = Some(ms(1_000));
        turn.voiced_until = Some(ms(1_960));
        (Trace { sent: (0..200).map(frame).collect(), runs }, turn)
    }

    #[test]
    fn what_comes_after_the_wait_is_overhead_and_the_wait_is_not() {
        let (trace, turn) = spoken(vec![run(2_520, 4_000)]);
        let measured = measure(&trace, &[turn], 8_000, WAITS);
        let [overhead] = measured.own_overhead_us[..] else { panic!("{measured:?}") };
        // The signal's last syllable fades, so its end is heard up to 80 ms before the last frame.
        assert!((20_000..=140_000).contains(&overhead), "{overhead}");
        assert!(measured.barge_in_stop_us.is_empty());
    }

    #[test]
    fn an_answer_later_by_a_time_has_that_much_more_overhead() {
        let of = |began| {
            let (trace, turn) = spoken(vec![run(began, 4_000)]);
            measure(&trace, &[turn], 8_000, WAITS).own_overhead_us[0]
        };
        assert_eq!(of(2_707) - of(2_600), 107_000);
    }

    #[test]
    fn an_interruption_is_measured_to_the_last_frame_of_the_old_speech() {
        let of = |last| {
            let (trace, mut turn) = spoken(vec![run(100, last), run(2_600, 3_000)]);
            turn.interrupts = true;
            measure(&trace, &[turn], 8_000, WAITS).barge_in_stop_us[0]
        };
        assert_eq!(of(1_500) - of(1_450), 50_000);
    }
}
