//! The schedule's properties, in virtual time.

use super::*;
use proptest::prelude::*;

/// Runs an ideal writer until `end_ms`; `speech_frames[i]` speech frames become ready at
/// `at_ms[i]`. Returns each frame's time and whether it was speech.
fn run(pacer: &mut Pacer, speech: &[(u64, u32)], end_ms: u64) -> Vec<(u64, bool)> {
    let mut sent = Vec::new();
    let mut ready = 0_u32;
    let mut arrivals = speech.iter().copied().peekable();
    let mut now = CallTime(0);
    while now.as_ms() < end_ms {
        while let Some((_, frames)) = arrivals.next_if(|(at, _)| CallTime::from_ms(*at) <= now) {
            ready += frames;
        }
        while pacer.frames_due(now, ready > 0) > 0 {
            let speech = ready > 0;
            ready = ready.saturating_sub(1);
            pacer.sent(now, speech);
            sent.push((now.0, speech));
        }
        let wake = pacer.next_due(now, ready > 0);
        now = arrivals.peek().map_or(wake, |(at, _)| wake.min(CallTime::from_ms(*at)));
    }
    sent
}

fn gap_us_max(sent: &[(u64, bool)]) -> u64 {
    sent.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap_or(0)
}

#[test]
fn silence_leaves_one_frame_every_20_ms_from_the_start() {
    let sent = run(&mut Pacer::new(40), &[], 1_000);
    let times: Vec<u64> = sent.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, (0..50).map(|k| k * 20_000).collect::<Vec<_>>());
}

#[test]
fn the_first_frame_of_speech_does_not_wait_for_a_tick() {
    let sent = run(&mut Pacer::new(40), &[(105, 10)], 1_000);
    let first = sent.iter().find(|(_, speech)| *speech).unwrap();
    assert_eq!(first.0, 105_000);
}

#[test]
fn without_a_lead_speech_waits_for_its_tick() {
    let sent = run(&mut Pacer::new(0), &[(105, 10)], 1_000);
    let first = sent.iter().find(|(_, speech)| *speech).unwrap();
    assert_eq!(first.0, 120_000);
}

#[test]
fn the_lead_is_given_back_by_one_skipped_frame_in_four() {
    let sent = run(&mut Pacer::new(40), &[(100, 5)], 1_000);
    let silence: Vec<u64> = sent.iter().filter(|s| !s.1 && s.0 > 100_000).map(|s| s.0).collect();
    let gaps: Vec<u64> = silence.windows(2).map(|pair| (pair[1] - pair[0]) / 1000).collect();
    assert_eq!(&gaps[..8], &[20, 20, 40, 20, 20, 40, 20, 20]);
    assert_eq!(silence.last().unwrap() % 20_000, 0, "back on the base schedule");
}

#[test]
fn a_single_short_speech_does_not_pull_silence_ahead_of_its_own_cadence() {
    let sent = run(&mut Pacer::new(40), &[(105, 1)], 300);
    let at = sent.iter().position(|s| s.1).unwrap();
    assert_eq!(sent[at + 1].0 - sent[at].0, 20_000);
}

#[test]
fn a_short_stall_is_caught_up_and_a_long_one_is_not() {
    let mut short = Pacer::new(40);
    assert_eq!(short.frames_due(CallTime(0), false), 1);
    short.sent(CallTime(0), false);
    assert_eq!(short.frames_due(CallTime::from_ms(100), false), 5);
    assert_eq!(short.resets(), 0);

    let mut long = Pacer::new(40);
    long.sent(CallTime(0), false);
    assert_eq!(long.frames_due(CallTime::from_ms(60_000), false), 1);
    long.sent(CallTime::from_ms(60_000), false);
    assert_eq!(long.frames_due(CallTime::from_ms(60_000), false), 0);
    assert_eq!(long.resets(), 1);
}

proptest! {
    #[test]
    fn the_rate_is_exact_the_lead_bounded_and_no_gap_longer_than_40_ms(
        lead_ms in 0_u64..=100,
        speech in prop::collection::vec((0_u64..600, 0_u32..60), 0..12),
    ) {
        let mut at = 0;
        let speech: Vec<(u64, u32)> = speech
            .into_iter()
            .map(|(pause, frames)| { at += pause; (at, frames) })
            .collect();
        let mut pacer = Pacer::new(lead_ms);
        let sent = run(&mut pacer, &speech, 30_000);
        prop_assert_eq!(pacer.resets(), 0);
        prop_assert!(gap_us_max(&sent) <= 40_000, "gap {}", gap_us_max(&sent));
        for (k, (at, _)) in sent.iter().enumerate() {
            let base = k as u64 * 20_000;
            prop_assert!(*at <= base, "frame {} late: {}", k, at);
            prop_assert!(base - at <= lead_ms * 1000, "frame {} {} us ahead", k, base - at);
        }
        let spoken: u32 = speech.iter().map(|(_, frames)| frames).sum();
        prop_assert_eq!(sent.iter().filter(|s| s.1).count() as u32, spoken);
        // All speech is over by 21.6 s at the latest, and the lead is given back soon after.
        prop_assert_eq!(sent.len(), 1_500);
    }

    #[test]
    fn a_late_writer_never_floods(
        waits in prop::collection::vec(0_u64..3_000, 1..60),
        lead_ms in 0_u64..=60,
        speaking in any::<bool>(),
    ) {
        let mut pacer = Pacer::new(lead_ms);
        let mut now = CallTime(0);
        for wait in waits {
            now = now.plus_ms(wait);
            let mut burst = 0;
            while pacer.frames_due(now, speaking) > 0 {
                pacer.sent(now, speaking);
                burst += 1;
            }
            prop_assert!(burst <= STALL_MS_MAX / FRAME_MS + 1 + lead_ms / FRAME_MS, "{} frames", burst);
            prop_assert!(pacer.next_due(now, speaking) > now);
        }
    }
}
