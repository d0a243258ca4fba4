//! Where sound begins and ends in the middle of a wave: what the caller hears is recorded, and has no
//! clicks in it.

use crate::legs::line::{PATIENCE, Rules, line};
use crate::legs::{Kind, LEGS, news_until, play, tone};
use std::time::Duration;
use tokio::time::Instant;
use treadline::asterisk::leg::Leg;
use treadline::audio::playout::News;
use treadline::audio::sound::Sound;
use treadline::caller::Call;
use treadline::caller::hearing::rms;
use treadline::turn::SpeechId;

const A: SpeechId = SpeechId(1);

/// The largest second difference of a sound: a tone of 440 Hz and 12,000 has less than 1,500, a cut
/// at its crest 12,000.
fn roughness(sound: &[i16]) -> i32 {
    let bend = |three: &[i16]| i32::from(three[0]) - 2 * i32::from(three[1]) + i32::from(three[2]);
    sound.windows(3).map(|three| bend(three).abs()).max().unwrap_or(0)
}

/// No worse than a fade of 5 ms leaves it.
const SMOOTH: i32 = 4_500;

fn loud_frames(call: &Call) -> usize {
    call.heard().chunks(160).filter(|frame| rms(frame) > 1_000.0).count()
}

async fn until_loud(call: &Call, frames: usize) {
    let patience = Instant::now() + PATIENCE;
    while loud_frames(call) < frames {
        assert!(Instant::now() < patience, "{frames} frames of sound");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn the_measure_hears_a_cut() {
    let mut cut = tone(440.0, 8_000, 1_000);
    assert!(roughness(&cut) < 1_500);
    cut.truncate(5_005);
    cut.resize(6_000, 0);
    assert!(roughness(&cut) > 8_000, "{}", roughness(&cut));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_fades_within_a_frame() {
    // Where the other side owns the clock, it is the other side that cuts.
    let mut line = line(&Rules::default());
    let (call, leg) = Kind::AudioSocket.dial(&mut line).await;
    play(&leg, 1, 8_000, &tone(450.0, 8_000, 20_000));
    news_until(&leg, News::Started(A)).await;
    until_loud(&call, 25).await;
    assert_eq!(leg.voice.hush().len(), 1);
    assert!(call.wait_until_quiet(PATIENCE).await);
    let heard = call.heard();
    assert!(roughness(&heard) < SMOOTH, "a click of {}", roughness(&heard));
    // The frames of the lead are on their way; after them no more than the fade.
    let last = heard.iter().rposition(|sample| sample.unsigned_abs() > 256).unwrap();
    assert!(last % 160 < 40, "it fades at the head of a frame, not through it: {}", last % 160);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_that_runs_dry_stops_and_goes_on_softly() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial(&mut line).await;
        // Ends and begins at a crest: a quarter of a wave is 4.54 samples.
        let speech = tone(440.0, 8_000, 2_000);
        held.voice.begin(A, 8_000, 2_000);
        held.voice.push(A, &speech[5..4_965]);
        until_loud(&call, 31).await;
        assert!(call.wait_until_quiet(PATIENCE).await, "{leg:?}");
        held.voice.push(A, &speech[4_965..]);
        held.voice.finish(A);
        news_until(&held, News::Finished(A)).await;
        until_loud(&call, 95).await;
        let heard = call.heard();
        assert!(roughness(&heard) < SMOOTH, "{leg:?}: a click of {}", roughness(&heard));
    }
}

/// A leg that is dressed, and what one hears on it for a while.
async fn silence_of(kind: Kind, sound: Sound, awaits: bool) -> Vec<i16> {
    let mut line = line(&Rules::default());
    let (call, leg): (Call, Leg) = kind.dial(&mut line).await;
    leg.voice.dress(&sound);
    leg.voice.await_answer(awaits);
    let patience = Instant::now() + PATIENCE;
    while call.heard().len() < 3 * 8_000 {
        assert!(Instant::now() < patience, "three seconds");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // What left before it was dressed is no part of it.
    call.heard().split_off(8_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn comfort_noise_is_heard_under_silence_if_the_shop_wishes_it() {
    for leg in LEGS {
        let noisy = Sound { comfort_noise_db: Some(-60), ..Sound::default() };
        let heard = silence_of(leg, noisy, false).await;
        let db = 20.0 * (rms(&heard) / 32_768.0).log10();
        assert!((db + 60.0).abs() < 1.5, "{leg:?}: {db} dB");
        let heard = silence_of(leg, Sound::default(), false).await;
        assert!(heard.iter().all(|sample| *sample == 0), "{leg:?}: pure silence by default");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_waits_for_an_answer_hears_notes() {
    for leg in LEGS {
        let waiting = Sound { waiting_ms: Some(500), ..Sound::default() };
        let heard = silence_of(leg, waiting, true).await;
        let peak = heard.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((600..3_000).contains(&peak), "{leg:?}: {peak}");
        assert!(roughness(&heard) < 800, "{leg:?}: {}", roughness(&heard));
        let heard = silence_of(leg, waiting, false).await;
        assert!(heard.iter().all(|sample| *sample == 0), "{leg:?}: nothing is awaited");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_voice_is_heard_at_the_loudness_wished() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial(&mut line).await;
        held.voice.dress(&Sound { loudness_db: Some(-22), ..Sound::default() });
        let quiet: Vec<i16> = tone(440.0, 8_000, 3_000).iter().map(|s| s / 9).collect();
        play(&held, 1, 8_000, &quiet);
        assert!(call.wait_until_quiet(PATIENCE).await, "{leg:?}");
        let heard = call.heard();
        let end = heard.iter().rposition(|sample| *sample != 0).unwrap();
        let db = 20.0 * (rms(&heard[end - 4_000..end - 100]) / 32_768.0).log10();
        assert!((db + 22.0).abs() < 1.0, "{leg:?}: {db} dB at its end");
    }
}
