//! The AudioSocket server over real TCP: every rule that Asterisk and its dialplans rely on.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use crate::support::line;

use line::{Line, PATIENCE, Rules, line};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use treadline::asterisk::audiosocket::frame::{encode_audio, encode_digit, encode_id};
use treadline::asterisk::leg::{Leg, LegCommand, LegEnd, LegEvent};
use treadline::asterisk::registry::Registration;
use treadline::caller::{CallEnd, Caller, Options, signal};
use treadline::turn::SpeechId;
use uuid::Uuid;

fn silence(rate: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    assert!(encode_audio(rate, &vec![0; rate as usize / 50], &mut bytes));
    bytes
}

/// Everything up to the end of the stream.
async fn read_to_end(socket: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut bytes)).await.expect("not closed in time")?;
    Ok(bytes)
}

/// Whole frames: kind and payload.
fn frames(mut bytes: &[u8]) -> Vec<(u8, usize)> {
    let mut frames = Vec::new();
    while let [kind, high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        assert!(rest.len() >= length, "the stream ends inside a frame");
        frames.push((*kind, length));
        bytes = &rest[length..];
    }
    assert!(bytes.is_empty(), "the stream ends inside a header");
    frames
}

async fn end_of(leg: &mut Leg) -> LegEnd {
    let end = async {
        loop {
            match leg.events.recv().await.expect("no last event") {
                LegEvent::Gone(end) => return end,
                LegEvent::Audio { .. } | LegEvent::Digit(_) => {}
            }
        }
    };
    timeout(PATIENCE, end).await.expect("the leg did not end")
}

/// Plays `samples` on a leg as one speech.
fn play(leg: &Leg, speech: u32, rate: u32, samples: &[i16]) {
    let id = SpeechId(speech);
    leg.voice.begin(id, rate, 0);
    leg.voice.push(id, samples);
    leg.voice.finish(id);
}

/// The server's goodbye after `bytes`: frames of silence, the hang-up message, the end.
async fn goodbye(line: &mut Line, bytes: &[u8]) -> LegEnd {
    let (mut socket, mut leg) = line.open().await;
    socket.write_all(bytes).await.unwrap();
    let received = frames(&read_to_end(&mut socket).await.expect("a reset, not a goodbye"));
    assert_eq!(received.last(), Some(&(0x00, 0)), "no hang-up message");
    assert!(received.iter().rev().skip(1).all(|frame| *frame == (0x10, 320)));
    end_of(&mut leg).await
}

#[tokio::test]
async fn silence_flows_from_the_moment_of_the_uuid() {
    let mut line = line(&Rules::default());
    let (mut socket, _leg) = line.open().await;
    let began = Instant::now();
    let mut bytes = vec![0; 323 * 50];
    timeout(PATIENCE, socket.read_exact(&mut bytes)).await.unwrap().unwrap();
    let took = began.elapsed();
    assert!(frames(&bytes).iter().all(|frame| *frame == (0x10, 320)));
    assert!(took > Duration::from_millis(500), "50 frames are a second, not {took:?}");
    assert!(took < Duration::from_secs(5), "50 frames are a second, not {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rate_is_answered_in_its_own_kind() {
    for rate in [8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
        let mut line = line(&Rules::default());
        let options = Options { rate, record: true, ..Options::new(line.address) };
        let call = Caller::dial(options).await.unwrap();
        let mut leg = line.leg().await;
        let event = timeout(PATIENCE, leg.events.recv()).await.unwrap().unwrap();
        let LegEvent::Audio { rate: heard, samples } = event else { panic!("{event:?}") };
        assert_eq!((heard, samples.len()), (rate, rate as usize / 50));
        play(&leg, 1, 24_000, &signal::speech_like(24_000, 600));
        assert!(call.wait_until_quiet(PATIENCE).await, "{rate}: {:?}", call.report());
        let report = call.hang_up().await;
        assert_eq!(report.end, Some(CallEnd::HungUp), "{rate}");
        assert!((300..800).contains(&report.turns[0].agent_ms), "{rate}: {report:?}");
        assert_eq!(end_of(&mut leg).await, LegEnd::HungUp);
    }
}

#[tokio::test]
async fn a_second_uuid_closes_the_connection() {
    let bytes = encode_id(Uuid::new_v4());
    let end = goodbye(&mut line(&Rules::default()), &bytes).await;
    assert_eq!(end, LegEnd::Violation("second_uuid"));
}

#[tokio::test]
async fn an_illegal_length_closes_the_connection_after_a_goodbye() {
    let mut line = line(&Rules::default());
    let audio = |kind: u8, bytes: u16| {
        let mut frame = vec![kind];
        frame.extend_from_slice(&bytes.to_be_bytes());
        frame.resize(3 + usize::from(bytes), 0);
        frame
    };
    for (bytes, reason) in [
        (vec![0x01, 0, 4, 1, 2, 3, 4], "uuid_length"),
        (vec![0x03, 0, 2, b'1', b'2'], "digit_length"),
        (vec![0x03, 0, 1, b'x'], "digit_value"),
        (audio(0x10, 0), "audio_empty"),
        (audio(0x10, 321), "audio_odd"),
        (audio(0x10, 1_922), "audio_too_long"),
        (audio(0x12, 65_534), "audio_too_long"),
        (audio(0x77, 65_535), "unknown_too_long"),
    ] {
        assert_eq!(goodbye(&mut line, &bytes).await, LegEnd::Violation(reason), "{reason}");
    }
    line.nobody_is_left().await;
}

#[tokio::test]
async fn nine_unknown_kinds_are_skipped_and_the_tenth_ends_the_call() {
    let mut line = line(&Rules::default());
    let unknown = [0x42, 0, 2, 9, 9];
    let (mut socket, mut leg) = line.open().await;
    socket.write_all(&unknown.repeat(9)).await.unwrap();
    socket.write_all(&encode_digit(b'#')).await.unwrap();
    let event = timeout(PATIENCE, leg.events.recv()).await.unwrap();
    assert_eq!(event, Some(LegEvent::Digit('#')));
    socket.write_all(&unknown).await.unwrap();
    assert_eq!(end_of(&mut leg).await, LegEnd::Violation("unknown_kinds"));
}

#[tokio::test]
async fn raw_g711_in_disguise_is_handed_back() {
    let mut line = line(&Rules::default());
    let (mut socket, mut leg) = line.open().await;
    let mut disguised = vec![0x10, 0, 160];
    disguised.resize(163, 0xff);
    let sending = async {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..200 {
            tick.tick().await;
            if socket.write_all(&disguised).await.is_err() {
                break;
            }
        }
    };
    let end = tokio::select! { end = end_of(&mut leg) => end, () = sending => panic!("not seen") };
    assert_eq!(end, LegEnd::Violation("g711_disguised"));
    let received = frames(&read_to_end(&mut socket).await.unwrap());
    assert_eq!(received.last(), Some(&(0x00, 0)));
}

#[tokio::test]
async fn audio_before_the_uuid_is_refused_and_nothing_is_opened() {
    let mut line = line(&Rules::default());
    let mut socket = line.connect().await;
    socket.write_all(&silence(8_000)).await.unwrap();
    assert_eq!(read_to_end(&mut socket).await.unwrap(), [0, 0, 0]);
    assert!(line.legs.try_recv().is_err());
}

#[tokio::test]
async fn a_connection_without_a_uuid_ends_after_a_second() {
    let mut line = line(&Rules::default());
    let began = Instant::now();
    let mut socket = line.connect().await;
    socket.write_all(&[0x01, 0, 16, 1, 2]).await.unwrap();
    assert_eq!(read_to_end(&mut socket).await.unwrap(), [0, 0, 0]);
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(900) && took < Duration::from_secs(8), "{took:?}");
    assert!(line.legs.try_recv().is_err());
}

#[tokio::test]
async fn an_end_of_stream_is_a_hang_up_and_a_reset_is_not() {
    let mut line = line(&Rules::default());
    let (mut socket, mut leg) = line.open().await;
    socket.shutdown().await.unwrap();
    assert_eq!(end_of(&mut leg).await, LegEnd::HungUp);
    let (socket, mut leg) = line.open().await;
    socket.set_zero_linger().unwrap();
    drop(socket);
    assert_eq!(end_of(&mut leg).await, LegEnd::Broken);
}

#[tokio::test]
async fn a_hand_back_sends_the_hang_up_message_and_leaves_the_word_for_the_dialplan() {
    let mut line = line(&Rules::default());
    let call = Caller::dial(Options::new(line.address)).await.unwrap();
    let mut leg = line.leg().await;
    line.registry.set_next(leg.id, "operator");
    leg.control.send(LegCommand::HandBack).await.unwrap();
    assert_eq!(call.wait_for_end(PATIENCE).await, Some(CallEnd::HandedBack));
    assert_eq!(end_of(&mut leg).await, LegEnd::Ours);
    assert_eq!(line.registry.next(call.id()).as_deref(), Some("operator"));
}

#[tokio::test]
async fn a_dropped_leg_closes_the_connection_without_a_hand_back() {
    let mut line = line(&Rules::default());
    let call = Caller::dial(Options::new(line.address)).await.unwrap();
    drop(line.leg().await);
    assert_eq!(call.wait_for_end(PATIENCE).await, Some(CallEnd::Closed));
}

#[tokio::test]
async fn an_unregistered_uuid_from_a_stranger_is_closed_at_once() {
    let mut line = line(&Rules { trusted: false, uuid_ms_max: 60_000, ..Rules::default() });
    for _ in 0..5 {
        let mut socket = line.connect().await;
        socket.write_all(&encode_id(Uuid::new_v4())).await.unwrap();
        assert_eq!(read_to_end(&mut socket).await.unwrap(), [0, 0, 0]);
    }
    assert!(line.legs.try_recv().is_err(), "something was opened");
}

#[tokio::test]
async fn a_registered_uuid_of_a_stranger_is_good_for_one_call() {
    let mut line = line(&Rules { trusted: false, ..Rules::default() });
    let id = Uuid::new_v4();
    let registration =
        Registration { uuid: id, caller: Some("+380671234567".into()), ..Default::default() };
    line.registry.register(registration).unwrap();
    let mut first = line.connect().await;
    first.write_all(&encode_id(id)).await.unwrap();
    let mut leg = line.leg().await;
    let known = line.registry.registration(leg.id).unwrap();
    assert_eq!(known.caller.as_deref(), Some("+380671234567"));
    let mut second = line.connect().await;
    second.write_all(&encode_id(id)).await.unwrap();
    assert_eq!(read_to_end(&mut second).await.unwrap(), [0, 0, 0]);
    first.shutdown().await.unwrap();
    assert_eq!(end_of(&mut leg).await, LegEnd::HungUp);
    let mut third = line.connect().await;
    third.write_all(&encode_id(id)).await.unwrap();
    assert_eq!(read_to_end(&mut third).await.unwrap(), [0, 0, 0]);
    assert!(line.legs.try_recv().is_err());
}

#[tokio::test]
async fn a_call_above_the_limit_goes_to_the_operator() {
    let mut line = line(&Rules { calls_max: 1, ..Rules::default() });
    let (_socket, _leg) = line.open().await;
    let id = Uuid::new_v4();
    let mut second = line.connect().await;
    second.write_all(&encode_id(id)).await.unwrap();
    assert_eq!(read_to_end(&mut second).await.unwrap(), [0, 0, 0]);
    assert_eq!(line.registry.next(id).as_deref(), Some("operator"));
}

#[tokio::test]
async fn a_peer_that_stops_reading_is_given_up() {
    let mut line = line(&Rules::default());
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(line.address).await.unwrap();
    socket.write_all(&encode_id(Uuid::new_v4())).await.unwrap();
    // 384 kB a second fill the buffers soon.
    socket.write_all(&silence(192_000)).await.unwrap();
    let mut leg = line.leg().await;
    assert_eq!(end_of(&mut leg).await, LegEnd::Broken);
    line.nobody_is_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_barge_in_is_silent_within_the_lead() {
    let mut line = line(&Rules::default());
    let call = Caller::dial(Options::new(line.address)).await.unwrap();
    let leg = line.leg().await;
    play(&leg, 1, 8_000, &signal::speech_like(8_000, 5_000));
    assert!(call.wait_until_speaks(PATIENCE).await);
    call.say("interruption", &signal::speech_like(8_000, 400));
    assert!(call.said(PATIENCE).await);
    let cut = leg.voice.hush();
    assert_eq!(cut.len(), 1);
    // The agent thinks before it answers.
    tokio::time::sleep(Duration::from_millis(500)).await;
    play(&leg, 2, 8_000, &signal::speech_like(8_000, 300));
    assert!(call.wait_until_quiet(PATIENCE).await);
    let report = call.hang_up().await;
    assert!(report.turns[1].interrupts);
    let stop = report.turns[1].barge_in_stop_ms.unwrap();
    assert!((300..3_000).contains(&stop), "5 seconds of speech were cut at 400 ms, not {stop}");
}

/// Many bad peers at once; a call that is placed meanwhile is heard whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_among_idle_garbage_and_half_open_connections_is_heard_whole() {
    let mut line = line(&Rules::default());
    let crowd = tokio::spawn(crowd(line.address));
    let call = Caller::dial(Options::new(line.address)).await.unwrap();
    let leg = line.leg().await;
    play(&leg, 1, 8_000, &signal::speech_like(8_000, 2_000));
    assert!(call.wait_until_quiet(PATIENCE).await, "{:?}", call.report());
    drop(crowd.await.unwrap());
    let report = call.hang_up().await;
    assert!(line.legs.try_recv().is_err(), "a bad peer was taken for a call");
    assert!(report.turns[0].agent_ms >= 1_800, "two seconds were spoken: {report:?}");
}

/// Two thousand connections that say nothing, too little or nonsense, four hundred at a time.
async fn crowd(address: SocketAddr) -> Vec<TcpStream> {
    let mut held = Vec::new();
    for n in 0..2_000u32 {
        let Ok(mut socket) = TcpStream::connect(address).await else { continue };
        let bytes: &[u8] = match n % 4 {
            0 => &[],
            1 => &[0x01],
            2 => &[0x10, 0xff, 0xff, 1, 2, 3],
            _ => b"GET / HTTP/1.1\r\n\r\n",
        };
        let _ = socket.write_all(bytes).await;
        held.push(socket);
        if held.len() > 400 {
            held.remove(0);
        }
        if n % 20 == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    held
}

/// The cap holds for silent connections, and the newest of them still gets through.
#[tokio::test]
async fn silent_connections_are_capped_and_a_real_call_takes_the_oldest_place() {
    let mut line = line(&Rules { per_address_max: 8, uuid_ms_max: 60_000, ..Rules::default() });
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(line.connect().await);
    }
    let (_socket, _leg) = line.open().await;
    let goodbye = read_to_end(&mut silent[0]).await.unwrap();
    assert_eq!(goodbye, [0, 0, 0], "sent away, not timed out");
}

/// Calls of one stranger are capped; the one too many is told politely.
#[tokio::test]
async fn a_stranger_has_no_more_calls_than_connections_allowed() {
    let mut line = line(&Rules { trusted: false, per_address_max: 3, ..Rules::default() });
    let mut calls = Vec::new();
    for _ in 0..3 {
        let id = Uuid::new_v4();
        line.registry.register(Registration { uuid: id, ..Default::default() }).unwrap();
        let mut socket = line.connect().await;
        socket.write_all(&encode_id(id)).await.unwrap();
        calls.push((socket, line.leg().await));
    }
    let mut fourth = line.connect().await;
    assert_eq!(read_to_end(&mut fourth).await.unwrap(), [0, 0, 0]);
}
