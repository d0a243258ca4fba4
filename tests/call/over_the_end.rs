//! Callers who begin to speak over the last words of the greeting.

use crate::call::agent::{Agent, Guest, PATIENCE, Setup, says, test, until};
use crate::call::served::without_fillers;
use std::sync::Arc;
use treadline::audio::resample::Resampler;
use treadline::audio::vad::{Vad, VadEvent};
use treadline::caller::signal::speech_like;

const WISH: &str = "I want to talk to an operator, please.";
const MS_PER_CHAR: usize = 20;
/// Callers, one every so many milliseconds of the greeting's end. Few: they share the processors with
/// whom they call, and every moment in between is the simulation's to try.
const CALLERS: usize = 4;
const STEP_MS: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_over_the_end_of_the_greeting_is_heard() {
    let setup = Setup {
        scripts: vec![says(&[WISH]); CALLERS],
        ms_per_char: MS_PER_CHAR,
        configure: without_fillers,
        ..Setup::default()
    };
    let Some(agent) = Agent::start(setup).await else { return };
    let agent = Arc::new(agent);
    let calls = (0..CALLERS as u64).map(|nth| {
        let agent = Arc::clone(&agent);
        tokio::spawn(async move {
            let guest = agent.call(test()).await;
            assert!(guest.call.wait_until_speaks(PATIENCE).await);
            let words = agent.voice.asked.lock().expect("no panic")[0].chars().count();
            let whole_ms = (words * MS_PER_CHAR) as u64;
            // The last begins as the last sound fades, the first some words before.
            let at_ms = whole_ms.saturating_sub(STEP_MS * (CALLERS as u64 - 1 - nth));
            speaks_at(&guest, at_ms).await;
            guest.is_handed_back().await;
            (at_ms, whole_ms, agent.next(guest.id()).await, guest.call.report())
        })
    });
    for call in futures_util::future::join_all(calls).await {
        let (at_ms, whole_ms, next, report) = call.expect("no panic");
        assert_eq!(next, "operator", "who spoke at {at_ms} of {whole_ms} ms: {report:?}");
    }
}

async fn speaks_at(guest: &Guest, at_ms: u64) {
    until("so much of the greeting", || async {
        guest.call.report().turns[0].agent_ms + 40 >= at_ms
    })
    .await;
    guest.speak("operator");
}

/// Through G.711 and back, as on a telephone line.
fn as_on_the_line(samples: &[i16]) -> Vec<i16> {
    let step = |sample: i16| {
        // 13 bits near silence, 8 for what is loud: what the companding leaves.
        let size = i32::from(sample).abs().max(1);
        let bits = (31 - size.leading_zeros() as i32 - 4).max(1);
        (i32::from(sample) >> bits << bits) as i16
    };
    samples.iter().map(|sample| step(*sample)).collect()
}

#[test]
fn a_voice_is_noticed_wherever_in_a_frame_it_begins_and_however_long_it_was_quiet_before() {
    let voice = as_on_the_line(&speech_like(8_000, 900));
    for quiet_ms in [400, 1_500, 6_000] {
        for offset in (0..320).step_by(13) {
            let quiet = quiet_ms * 8 + offset;
            let mut line = vec![0; quiet];
            line.extend(&voice);
            line.extend(vec![0; 8_000]);
            let (mut vad, mut resampler) = (Vad::new(), Resampler::new(8_000, 16_000));
            let (mut started_ms, mut ended) = (None, 0);
            for (nth, frame) in line.chunks(160).enumerate() {
                let mut wide = Vec::new();
                resampler.process(frame, &mut wide);
                for event in vad.push(&wide) {
                    match event {
                        VadEvent::Started { .. } => started_ms = started_ms.or(Some(nth * 20)),
                        VadEvent::Ended { .. } => ended += 1,
                    }
                }
            }
            let begins_ms = quiet / 8;
            let late = started_ms.map(|at| at as i64 - begins_ms as i64);
            assert!(
                late.is_some_and(|late| (-20..=250).contains(&late)),
                "{quiet} samples of silence, then a voice: noticed after {late:?} ms"
            );
            assert_eq!(ended, 1, "{quiet} samples of silence: one utterance");
        }
    }
}
