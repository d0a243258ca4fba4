use super::*;

const A: SpeechId = SpeechId(1);
const B: SpeechId = SpeechId(2);

/// Pulls frames until there is silence; the speech frames.
fn pull_all(playout: &mut Playout, rate: u32) -> Vec<Vec<i16>> {
    let mut frames = Vec::new();
    let mut frame = Vec::new();
    loop {
        let promised = playout.has_frame();
        let speech = playout.next_frame(rate, &mut frame);
        assert_eq!(frame.len(), frame_samples(rate), "always a whole frame");
        assert!(!promised || speech, "a promised frame comes");
        if !speech {
            // Speech that ran dry fades over the first quarter.
            let after = &frame[frame.len() / 4..];
            assert!(after.iter().all(|sample| *sample == 0), "silence is silent");
            return frames;
        }
        frames.push(frame.clone());
    }
}

#[test]
fn an_idle_playout_gives_silence_at_any_rate() {
    let mut playout = Playout::default();
    assert!(playout.is_idle());
    assert!(!playout.has_frame());
    assert!(pull_all(&mut playout, 44_100).is_empty());
    assert!(playout.take_news().is_empty());
}

#[test]
fn speech_of_the_legs_own_rate_is_untouched_and_its_last_frame_is_filled_with_silence() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 0);
    // As quiet at its end as speech is; a loud one would fade.
    let samples: Vec<i16> = (1..=400).map(|i| i / 2).collect();
    playout.push(A, &samples);
    playout.finish(A);
    let frames = pull_all(&mut playout, 8_000);
    let mut expected = samples;
    expected.resize(480, 0);
    assert_eq!(frames.concat(), expected);
    assert_eq!(playout.take_news(), [News::Started(A), News::Finished(A)]);
    assert!(playout.is_idle());
}

#[test]
fn part_of_a_frame_waits_for_the_rest() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 0);
    playout.push(A, &[7; 159]);
    assert!(!playout.has_frame());
    assert!(pull_all(&mut playout, 8_000).is_empty());
    playout.push(A, &[7; 1]);
    assert!(playout.has_frame());
    assert_eq!(pull_all(&mut playout, 8_000), [vec![7; 160]]);
    assert_eq!(playout.take_news(), [News::Started(A)]);
    playout.finish(A);
    assert_eq!(playout.take_news(), [News::Finished(A)], "nothing was left of it");
}

#[test]
fn every_voice_rate_gives_as_many_frames_as_its_length_on_every_leg() {
    for voice in [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
        for leg in [8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
            let mut playout = Playout::default();
            playout.begin(A, voice, 0);
            playout.push(A, &vec![1_000; voice as usize]);
            playout.finish(A);
            let frames = pull_all(&mut playout, leg);
            assert_eq!(frames.len(), 50, "{voice} -> {leg}");
            let middle = frames[25][0];
            assert!((990..=1_010).contains(&middle), "{voice} -> {leg}: {middle}");
            assert!(playout.is_idle());
        }
    }
}

#[test]
fn the_first_frame_of_a_24k_voice_needs_20_ms_of_it_and_no_more() {
    let mut playout = Playout::default();
    playout.begin(A, 24_000, 0);
    playout.push(A, &[500; 480]);
    assert!(playout.has_frame());
    assert_eq!(pull_all(&mut playout, 8_000).len(), 1);
}

#[test]
fn speeches_play_in_the_order_they_were_begun() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 0);
    playout.begin(B, 16_000, 0);
    playout.push(B, &[2; 320]);
    playout.finish(B);
    assert!(!playout.has_frame(), "the first has no audio yet and holds the second back");
    assert!(playout.take_news().is_empty());
    playout.push(A, &[1; 160]);
    playout.finish(A);
    let frames = pull_all(&mut playout, 8_000);
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[0], [1; 160]);
    assert_eq!(
        playout.take_news(),
        [News::Started(A), News::Finished(A), News::Started(B), News::Finished(B)]
    );
}

#[test]
fn a_speech_without_audio_is_finished_when_its_turn_comes() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 0);
    playout.begin(B, 8_000, 0);
    playout.finish(B);
    assert!(playout.take_news().is_empty(), "not before the first one");
    playout.finish(A);
    assert_eq!(playout.take_news(), [News::Finished(A), News::Finished(B)]);
    assert!(playout.is_idle());
}

#[test]
fn a_hush_silences_the_next_frame_and_tells_the_share_heard() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 1_000);
    playout.push(A, &[1; 1_600]);
    playout.begin(B, 8_000, 500);
    let mut frame = Vec::new();
    for _ in 0..5 {
        assert!(playout.next_frame(8_000, &mut frame));
    }
    assert_eq!(playout.hush(), [(A, 0.1), (B, 0.0)], "100 ms of an expected second");
    assert!(playout.is_idle());
    assert!(!playout.next_frame(8_000, &mut frame));
    playout.push(A, &[1; 160]);
    playout.finish(A);
    assert!(!playout.has_frame(), "late audio of a hushed speech is ignored");
    assert_eq!(playout.take_news(), [News::Started(A)]);
}

#[test]
fn the_share_heard_of_a_complete_speech_is_of_its_true_length() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 10_000);
    playout.push(A, &[1; 320]);
    playout.finish(A);
    let mut frame = Vec::new();
    playout.next_frame(8_000, &mut frame);
    assert_eq!(playout.hush(), [(A, 0.5)]);
}

#[test]
fn a_speech_longer_than_expected_is_never_more_than_wholly_heard() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 20);
    playout.push(A, &[1; 480]);
    assert_eq!(pull_all(&mut playout, 8_000).len(), 3);
    assert_eq!(playout.hush(), [(A, 1.0)]);
}

#[test]
fn a_failed_voice_is_heard_as_far_as_it_came() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 1_000);
    playout.begin(B, 8_000, 1_000);
    playout.push(A, &[1; 200]);
    assert!(playout.fail(A));
    assert!(!playout.fail(B), "nothing of it will be heard");
    assert_eq!(pull_all(&mut playout, 8_000).len(), 2);
    assert_eq!(playout.take_news(), [News::Started(A), News::Finished(A)]);
    assert!(playout.is_idle());
    assert!(!playout.fail(A), "not in the queue any more");
}

#[test]
fn audio_beyond_the_limit_of_a_speech_is_dropped_and_counted() {
    let mut playout = Playout::default();
    playout.begin(A, 8_000, 0);
    playout.push(A, &vec![1; 1_440_000]);
    assert_eq!(playout.dropped_samples(), 0);
    playout.push(A, &[1; 5]);
    assert_eq!(playout.dropped_samples(), 5);
    playout.finish(A);
    assert_eq!(pull_all(&mut playout, 8_000).len(), 9_000);
}

#[test]
fn a_leg_that_changes_its_rate_goes_on_where_it_was() {
    let mut playout = Playout::default();
    playout.begin(A, 16_000, 0);
    let ramp: Vec<i16> = (0..16_000).collect();
    playout.push(A, &ramp);
    playout.finish(A);
    let mut frame = Vec::new();
    for _ in 0..10 {
        assert!(playout.next_frame(8_000, &mut frame));
    }
    assert!(playout.next_frame(16_000, &mut frame));
    assert_eq!(frame, ramp[3_200..3_520], "the 11th frame, at the leg's new rate");
    assert_eq!(pull_all(&mut playout, 16_000).len(), 39);
    assert_eq!(playout.take_news(), [News::Started(A), News::Finished(A)]);
}
