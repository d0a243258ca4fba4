//! What is heard on a leg, and what the leg tells of it.

use crate::legs::line::{PATIENCE, Rules, line};
use crate::legs::{LEGS, end_of, news_until, play, strength, tone};
use tokio::time::timeout;
use treadline::asterisk::leg::{LegEnd, LegEvent};
use treadline::audio::playout::News;
use treadline::caller::hearing::rms;
use treadline::caller::signal::speech_like;
use treadline::caller::{CallEnd, Options};
use treadline::turn::SpeechId;

const A: SpeechId = SpeechId(1);
const B: SpeechId = SpeechId(2);

#[tokio::test(flavor = "multi_thread")]
async fn silence_flows_before_anything_is_said() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, _leg) = leg.dial(&mut line).await;
        assert!(call.first_frame(PATIENCE).await.is_some(), "{leg:?}: no silence");
        let report = call.hang_up().await;
        assert_eq!(report.end, Some(CallEnd::HungUp), "{leg:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rate_is_heard_and_answered() {
    for leg in LEGS {
        for rate in [8_000, 16_000, 24_000, 44_100, 48_000, 192_000] {
            let mut line = line(&Rules::default());
            let (call, mut held) = leg.dial_as(&mut line, |o| Options { rate, ..o }).await;
            let event = timeout(PATIENCE, held.events.recv()).await.unwrap().unwrap();
            let LegEvent::Audio { rate: heard, samples } = event else { panic!("{event:?}") };
            assert_eq!((heard, samples.len()), (rate, rate as usize / 50), "{leg:?}");
            play(&held, 1, 24_000, &speech_like(24_000, 600));
            assert!(call.wait_until_quiet(PATIENCE).await, "{leg:?} {rate}: {:?}", call.report());
            let report = call.hang_up().await;
            assert_eq!(report.end, Some(CallEnd::HungUp), "{leg:?} {rate}");
            assert!((300..800).contains(&report.turns[0].agent_ms), "{leg:?} {rate}: {report:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tone_comes_out_as_it_went_in_and_not_a_frame_of_it_is_lost() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial_as(&mut line, |o| Options { rate: 16_000, ..o }).await;
        assert!(call.first_frame(PATIENCE).await.is_some());
        // The server speaks at the caller's rate once it has heard the caller.
        let mut events = held.events;
        timeout(PATIENCE, events.recv()).await.unwrap();
        let drained = tokio::spawn(async move { while events.recv().await.is_some() {} });
        let voice = held.voice;
        for id in [A, B] {
            voice.begin(id, 16_000, 0);
            voice.push(id, &tone(6_000.0, 16_000, 1_000));
            voice.finish(id);
        }
        assert!(call.wait_until_quiet(PATIENCE).await, "{leg:?}: {:?}", call.report());
        let heard = call.heard();
        let loud = heard.chunks(320).filter(|frame| rms(frame) > 1_000.0);
        let whole = loud.clone().filter(|frame| strength(frame, 6_000.0, 16_000) > 0.9).count();
        // But for the soft edges of the two sentences, which begin and end in full voice.
        assert!((96..=100).contains(&whole), "{leg:?}: two seconds of 6 kHz, {whole} frames");
        assert_eq!(loud.count(), 100, "{leg:?}: and nothing else");
        drop((call, held.control));
        drained.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_told_what_was_heard_in_order() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial(&mut line).await;
        play(&held, 1, 8_000, &tone(440.0, 8_000, 700));
        play(&held, 2, 8_000, &tone(880.0, 8_000, 500));
        play(&held, 3, 8_000, &[]);
        let told = news_until(&held, News::Finished(SpeechId(3))).await;
        let order = [
            News::Started(A),
            News::Finished(A),
            News::Started(B),
            News::Finished(B),
            News::Finished(SpeechId(3)),
        ];
        assert_eq!(told, order, "{leg:?}");
        // What was told has been heard, but for what is on its way.
        let audible = call.heard().chunks(160).filter(|frame| rms(frame) > 1_000.0).count();
        assert!(audible >= 60 - 10, "{leg:?}: {audible} frames of 60 when all was told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_not_a_frame_of_the_old_speech_follows_the_new_one() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial(&mut line).await;
        play(&held, 1, 8_000, &tone(440.0, 8_000, 20_000));
        play(&held, 2, 8_000, &tone(440.0, 8_000, 5_000));
        news_until(&held, News::Started(A)).await;
        assert!(call.wait_until_speaks(PATIENCE).await, "{leg:?}");
        let cut = held.voice.hush();
        assert_eq!(cut.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [A, B], "{leg:?}");
        play(&held, 3, 8_000, &tone(1_000.0, 8_000, 600));
        let told = news_until(&held, News::Finished(SpeechId(3))).await;
        assert!(told.iter().all(|news| *news != News::Finished(A)), "{leg:?}: {told:?}");
        assert!(call.wait_until_quiet(PATIENCE).await, "{leg:?}");
        let heard = call.heard();
        let sounds = |frequency: f32| {
            let loud = move |frame: &&[i16]| strength(frame, frequency, 8_000) > 0.3;
            heard.chunks(160).enumerate().filter(move |(_, frame)| loud(frame)).map(|(at, _)| at)
        };
        let (old, new): (Vec<_>, Vec<_>) = (sounds(440.0).collect(), sounds(1_000.0).collect());
        assert!(old.last() < new.first(), "{leg:?}: old {old:?}, new {new:?}");
        assert!(old.len() < 900, "{leg:?}: twenty seconds were cut at once");
        assert_eq!(new.len(), 30, "{leg:?}: the new speech is whole");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_share_heard_of_a_cut_speech_is_what_the_caller_heard_of_it() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial(&mut line).await;
        play(&held, 1, 8_000, &tone(440.0, 8_000, 10_000));
        let audible = || call.heard().chunks(160).filter(|frame| rms(frame) > 1_000.0).count();
        let patience = tokio::time::Instant::now() + PATIENCE;
        while audible() < 100 {
            assert!(tokio::time::Instant::now() < patience, "{leg:?}: two seconds of it");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let before = audible();
        let cut = held.voice.hush();
        let [(A, share)] = cut[..] else { panic!("{leg:?}: {cut:?}") };
        let told = (share * 500.0).round() as usize;
        // The lead of our own clock, and what a busy machine does between two lines.
        assert!(
            (before.saturating_sub(60)..before + 60).contains(&told),
            "{leg:?}: {told}, {before}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_speech_that_comes_in_pieces_is_heard_whole() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial(&mut line).await;
        held.voice.begin(A, 8_000, 0);
        let speech = tone(500.0, 8_000, 1_500);
        for piece in speech.chunks(1_111) {
            held.voice.push(A, piece);
            tokio::task::yield_now().await;
        }
        news_until(&held, News::Started(A)).await;
        held.voice.finish(A);
        news_until(&held, News::Finished(A)).await;
        assert!(call.wait_until_quiet(PATIENCE).await, "{leg:?}");
        let heard = call.heard();
        let loud = heard.chunks(160).filter(|frame| strength(frame, 500.0, 8_000) > 0.5).count();
        assert_eq!(loud, 75, "{leg:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_arrive_in_order_also_while_speech_sounds() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, mut held) = leg.dial(&mut line).await;
        play(&held, 1, 8_000, &tone(440.0, 8_000, 3_000));
        news_until(&held, News::Started(A)).await;
        let typed = "2055516#*0";
        typed.chars().for_each(|key| call.press(key));
        let mut heard = String::new();
        while heard.len() < typed.len() {
            match timeout(PATIENCE, held.events.recv()).await.unwrap().unwrap() {
                LegEvent::Digit(key) => heard.push(key),
                LegEvent::Audio { .. } => {}
                LegEvent::Gone(end) => panic!("{leg:?}: {end:?}"),
            }
        }
        assert_eq!(heard, typed, "{leg:?}");
        call.hang_up().await;
        assert_eq!(end_of(&mut held).await, LegEnd::HungUp, "{leg:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_does_not_read_loses_audio_but_never_a_key() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, mut held) = leg.dial(&mut line).await;
        // Far more audio than waits for a session.
        play(&held, 1, 8_000, &tone(440.0, 8_000, 4_000));
        news_until(&held, News::Finished(A)).await;
        call.press('7');
        play(&held, 2, 8_000, &tone(440.0, 8_000, 200));
        news_until(&held, News::Finished(B)).await;
        let found = async {
            while let Some(event) = held.events.recv().await {
                if event == LegEvent::Digit('7') {
                    return true;
                }
            }
            false
        };
        assert!(timeout(PATIENCE, found).await.unwrap(), "{leg:?}");
    }
}
