//! The ways in: sound in both directions, whole, in the promised width.

use crate::line::{Line, NUMBER, greeted};
use crate::phone::tone::{level, mix, tone};
use crate::phone::{Call, Codec, Recording};
use std::time::Duration;
use treadline::caller::signal::speech_like;

/// An utterance with a tone of `hz` in it, as loud as a voice.
pub fn utterance(rate: u32, hz: u32) -> Vec<i16> {
    let quiet: Vec<i16> = tone(rate, hz, 900).iter().map(|sample| sample / 4).collect();
    mix(&speech_like(rate, 900), &quiet)
}

/// Every sentence is heard once, in one piece, in its whole length, one after the other.
pub fn are_whole(line: &Line, sentences: &[(String, u32)], heard: &Recording) {
    heard.assert_whole();
    let mut after = 0;
    for (text, hz) in sentences {
        let ms = line.studio.ms_of(text) as usize;
        let runs: Vec<_> = heard.runs(*hz).into_iter().filter(|run| run.len() >= 100).collect();
        assert_eq!(runs.len(), 1, "{text:?} of {ms} ms sounds at {runs:?}");
        let run = &runs[0];
        assert!(run.len() + 40 >= ms && run.len() <= ms + 60, "{text:?} of {ms} ms: {run:?}");
        assert!(run.start + 40 >= after, "{text:?} comes too early: {run:?}, not after {after}");
        after = run.end;
    }
}

/// Asks something, and hears the answer: the sound that came to the recogniser.
pub async fn asks(line: &Line, call: &Call, hz: u32) -> Vec<i16> {
    line.studio.will_hear(&["What are your opening hours?"]);
    let known = line.studio.sentences().len();
    call.say(&utterance(call.rate(), hz));
    call.eventually("the agent answers", || line.studio.sentences().len() > known).await;
    let answer = line.studio.sentences()[known].1;
    call.hears(answer).await;
    line.studio.utterances().pop().expect("an utterance")
}

/// The mean level of a tone in the utterance's loud middle.
pub fn strength(utterance: &[i16], hz: u32) -> f64 {
    let middle = &utterance[utterance.len() / 4..utterance.len() / 2];
    level(&middle[..middle.len() / 320 * 320], 16_000, hz)
}

#[tokio::test]
async fn a_caller_of_audiosocket_is_heard_and_hears_every_sentence_whole() {
    let Some(line) = Line::open(500, 20).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", "1000").await;
    greeted(&line, &call).await;
    let greeting = line.studio.sentences();
    let utterance = asks(&line, &call, 3_000).await;
    assert!(strength(&utterance, 3_000) > 1_000.0, "the caller's tone arrives");
    are_whole(&line, &greeting, &call.heard());
    call.hang_up().await;
    line.caller_left("1000").await;
    line.close().await;
}

#[tokio::test]
async fn a_wideband_caller_of_the_channel_speaks_and_hears_in_16_khz() {
    speaks_and_hears_wide("1001", "").await;
}

/// Both ways in 16 kHz: every sentence is a tone that a line of 8 kHz cannot carry, and so is what
/// the caller says.
pub async fn speaks_and_hears_wide(extension: &str, settings: &str) {
    let Some(line) = Line::open_with(4_500, 20, settings).await else { return };
    let phone = line.caller(Codec::L16).await;
    let call = phone.dial(NUMBER, "Jane", extension).await;
    greeted(&line, &call).await;
    let greeting = line.studio.sentences();
    let utterance = asks(&line, &call, 6_000).await;
    assert!(strength(&utterance, 6_000) > 1_000.0, "6 kHz of the caller's arrive");
    are_whole(&line, &greeting, &call.heard());
    call.hang_up().await;
    line.caller_left(extension).await;
    line.close().await;
}

#[tokio::test]
async fn after_a_barge_in_nothing_old_is_heard() {
    nothing_old_is_heard("1001").await;
}

pub async fn nothing_old_is_heard(extension: &str) {
    nothing_old_is_heard_with(extension, "").await;
}

/// The caller speaks into a long sentence of the agent.
pub async fn nothing_old_is_heard_with(extension: &str, settings: &str) {
    let Some(line) = Line::open_with(500, 100, settings).await else { return };
    let phone = line.caller(Codec::Pcmu).await;
    let call = phone.dial(NUMBER, "Jane", extension).await;
    call.answered().await;
    call.eventually("the assistant speaks", || line.studio.says("automatic assistant")).await;
    let old = line.studio.tone_of("automatic assistant");
    call.hears(old).await;
    let all = line.studio.ms_of("automatic assistant") as usize;
    line.studio.will_hear(&["What are your opening hours?"]);
    let known = line.studio.tones();
    call.say(&utterance(call.rate(), 3_000));
    call.eventually("the agent answers", || line.studio.tones().len() > known.len()).await;
    let new = line.studio.tones()[known.len()];
    call.hears(new).await;
    let heard = call.heard();
    heard.assert_whole();
    let sounded: usize = heard.runs(old).iter().map(ExactSizeIterator::len).sum();
    assert!(sounded < all - 500, "the sentence was cut: {sounded} of {all} ms");
    let cut = heard.runs(old).last().expect("it sounded").end;
    for hz in known {
        for run in heard.runs(hz) {
            assert!(run.start < cut, "{hz} Hz of before the cut at {cut} sounds at {run:?}");
        }
    }
    assert!(heard.sounds(new) > Duration::ZERO);
    call.hang_up().await;
    line.close().await;
}
