//! What is said on an open connection.

use crate::websocket::line::{PATIENCE, Rules, line};
use crate::websocket::raw::{end_of, open, start};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use treadline::asterisk::leg::{Leg, LegEnd, LegEvent};
use treadline::audio::playout::News;
use treadline::turn::SpeechId;

const A: SpeechId = SpeechId(1);
const B: SpeechId = SpeechId(2);

fn play(leg: &Leg, id: SpeechId, ms: usize) {
    leg.voice.begin(id, 8_000, 0);
    leg.voice.push(id, &vec![9_000; ms * 8]);
    leg.voice.finish(id);
}

fn processed(mark: &serde_json::Value) -> serde_json::Value {
    json!({ "event": "MEDIA_MARK_PROCESSED", "channel_id": "1.1",
        "correlation_id": mark["correlation_id"] })
}

async fn news_until(leg: &Leg, last: News) -> Vec<News> {
    let mut told = Vec::new();
    let news = leg.voice.news();
    let all = async {
        loop {
            told.extend(leg.voice.take_news());
            if told.contains(&last) {
                return;
            }
            news.notified().await;
        }
    };
    assert!(timeout(PATIENCE, all).await.is_ok(), "in vain: {last:?}");
    told
}

#[tokio::test]
async fn a_message_that_breaks_the_protocol_ends_the_call_with_a_goodbye() {
    let mut line = line(&Rules::default());
    let cases = [
        (vec![Message::Binary(vec![0; 321].into())], "audio_odd"),
        (vec![Message::Binary(vec![0; 1_922].into())], "audio_too_long"),
        (vec![Message::Binary(vec![0; 70_000].into())], "message_too_long"),
        (vec![Message::text(start("slin", 320).to_string())], "second_start"),
        (vec![Message::text("nonsense"); 10], "bad_text"),
    ];
    for (messages, reason) in cases {
        let (mut raw, mut leg) = open(&mut line).await;
        for message in messages {
            raw.send(message).await;
        }
        assert_eq!(end_of(&mut leg).await, LegEnd::Violation(reason));
        // Whoever breaks the protocol in the middle of a frame may miss the goodbye.
        if reason != "message_too_long" {
            assert_eq!(raw.rest().await.0.last().map(String::as_str), Some("HANGUP"), "{reason}");
        }
    }
    line.nobody_is_left().await;
}

#[tokio::test]
async fn strangers_among_the_events_change_nothing() {
    let mut line = line(&Rules::default());
    let (mut raw, mut leg) = open(&mut line).await;
    for _ in 0..50 {
        raw.tell(&json!({ "event": "SOMETHING_NEW", "x": [1, 2] })).await;
        raw.tell(&json!({ "event": "QUEUE_DRAINED" })).await;
        raw.tell(&json!({ "event": "ERROR", "error_text": "no" })).await;
    }
    raw.send(Message::text("nonsense")).await;
    raw.send(Message::Ping(vec![1, 2].into())).await;
    raw.tell(&json!({ "event": "DTMF_END", "digit": "#", "duration_ms": 100 })).await;
    let event = timeout(PATIENCE, leg.events.recv()).await.unwrap();
    assert_eq!(event, Some(LegEvent::Digit('#')));
    loop {
        if let Message::Pong(bytes) = raw.next().await.expect("it goes on") {
            assert_eq!(bytes.as_ref(), [1, 2]);
            break;
        }
    }
}

#[tokio::test]
async fn a_close_is_a_hang_up_and_so_is_an_end_without_a_word() {
    let mut line = line(&Rules::default());
    let (mut raw, mut leg) = open(&mut line).await;
    raw.send(Message::Close(None)).await;
    assert_eq!(end_of(&mut leg).await, LegEnd::HungUp);
    let (raw, mut leg) = open(&mut line).await;
    drop(raw);
    let end = end_of(&mut leg).await;
    // Unread frames make a reset of it.
    assert!(matches!(end, LegEnd::HungUp | LegEnd::Broken), "{end:?}");
    line.nobody_is_left().await;
}

#[tokio::test]
async fn speech_goes_ahead_in_whole_frames_and_never_further_than_it_may() {
    let mut line = line(&Rules::default());
    let (mut raw, leg) = open(&mut line).await;
    play(&leg, A, 30_000);
    // Nothing is ever reported as played: only the clock says how much is still there.
    let until = Instant::now() + Duration::from_secs(3);
    let (mut bytes, mut first_second, began) = (0, 0, Instant::now());
    while Instant::now() < until {
        if let Ok(Some(Message::Binary(audio))) = timeout(PATIENCE, raw.next()).await {
            assert!(audio.len().is_multiple_of(320) && audio.len() < 65_500);
            bytes += audio.len();
            if began.elapsed() < Duration::from_secs(1) {
                first_second = bytes;
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let most = ((seconds + 2.5) * 16_000.0) as usize;
    assert!(bytes <= most, "{bytes} bytes in {seconds} s; two seconds ahead are {most}");
    assert!(first_second >= 16_000, "a second ahead at once, not {first_second} bytes");
}

#[tokio::test]
async fn a_queue_that_is_full_gets_nothing_until_it_has_room() {
    let mut line = line(&Rules::default());
    let (mut raw, leg) = open(&mut line).await;
    raw.tell(&json!({ "event": "MEDIA_XOFF", "channel_id": "1.1" })).await;
    // What was under way has come when the answer to the ping has.
    raw.send(Message::Ping(vec![7].into())).await;
    while !matches!(raw.next().await.expect("it goes on"), Message::Pong(_)) {}
    play(&leg, A, 1_000);
    let quiet = timeout(Duration::from_millis(1_200), raw.0.get_mut().readable()).await;
    assert!(quiet.is_err(), "something was sent to a full queue");
    raw.tell(&json!({ "event": "MEDIA_XON", "channel_id": "1.1" })).await;
    let mut bytes = 0;
    while bytes < 16_000 {
        if let Message::Binary(audio) = raw.next().await.expect("it goes on") {
            bytes += audio.len();
        }
    }
}

#[tokio::test]
async fn a_hush_flushes_and_marks_of_what_was_flushed_mean_nothing() {
    let mut line = line(&Rules::default());
    let (mut raw, leg) = open(&mut line).await;
    play(&leg, A, 5_000);
    let first = raw.until("MARK_MEDIA").await;
    raw.tell(&processed(&first)).await;
    news_until(&leg, News::Started(A)).await;
    let old = raw.until("MARK_MEDIA").await;
    assert_eq!(leg.voice.hush().len(), 1);
    raw.until("FLUSH_MEDIA").await;
    play(&leg, B, 200);
    let mut new = raw.until("MARK_MEDIA").await;
    assert_ne!(old["correlation_id"], new["correlation_id"]);
    raw.tell(&processed(&old)).await;
    raw.tell(&processed(&old)).await;
    // The last mark of B tells all of it.
    let last = loop {
        raw.tell(&processed(&new)).await;
        let told = leg.voice.take_news();
        if told.contains(&News::Finished(B)) {
            break told;
        }
        new = match timeout(Duration::from_millis(200), raw.until("MARK_MEDIA")).await {
            Ok(mark) => mark,
            Err(_) => new,
        };
    };
    assert!(!last.contains(&News::Finished(A)));
    assert!(leg.voice.hush().is_empty(), "all was told");
}

#[tokio::test]
async fn silence_that_waits_never_delays_a_word() {
    let mut line = line(&Rules::default());
    let (mut raw, leg) = open(&mut line).await;
    loop {
        if let Message::Binary(audio) = raw.next().await.expect("silence flows") {
            assert!(audio.iter().all(|byte| *byte == 0));
            break;
        }
    }
    play(&leg, A, 500);
    raw.until("FLUSH_MEDIA").await;
    loop {
        if let Message::Binary(audio) = raw.next().await.expect("speech follows") {
            assert!(audio.iter().any(|byte| *byte != 0), "speech is the next that sounds");
            break;
        }
    }
}
