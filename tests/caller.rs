//! The virtual caller, the scripts and the load generator against a small agent that greets,
//! answers every utterance and stops when it is interrupted.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::asterisk::audiosocket::server::{Server, ServerOptions};
use treadline::asterisk::leg::{Leg, LegEvent};
use treadline::asterisk::registry::{Registry, RegistryOptions};
use treadline::caller::hearing::rms;
use treadline::caller::load::{Plan, run as run_load};
use treadline::caller::{CallEnd, Caller, Options, signal, wav};
use treadline::cli::call::{CallArgs, run as run_call};
use treadline::turn::SpeechId;

const PATIENCE: Duration = Duration::from_secs(10);
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Silent frames after speech that end an utterance: 300 ms.
const ENDPOINT_FRAMES: u32 = 15;

fn server() -> (SocketAddr, DropGuard) {
    let registry = Registry::new(RegistryOptions {
        trusted_peers: vec![LOCAL],
        calls_max: 50,
        registration_lives: Duration::from_mins(2),
        overflow_next: "operator".into(),
    });
    let server = Server::bind(&ServerOptions {
        listen: SocketAddr::new(LOCAL, 0),
        lead_ms: 40,
        connections_max: 200,
        connections_per_address_max: 64,
        uuid_ms_max: 1_000,
    })
    .unwrap();
    let address = server.local_addr().unwrap();
    let (legs_in, mut legs) = mpsc::channel(64);
    let stop = CancellationToken::new();
    tokio::spawn(server.run(Arc::clone(&registry), legs_in, stop.clone()));
    tokio::spawn(async move {
        while let Some(leg) = legs.recv().await {
            tokio::spawn(agent(leg));
        }
    });
    (address, stop.drop_guard())
}

async fn agent(mut leg: Leg) {
    let mut speech = 0;
    say(&leg, &mut speech, 600);
    let (mut voiced, mut silent) = (0u32, 0u32);
    while let Some(LegEvent::Audio { samples, .. }) = leg.events.recv().await {
        if rms(&samples) > 160.0 {
            voiced += 1;
            silent = 0;
            if voiced == 5 {
                leg.voice.hush();
            }
        } else {
            silent += 1;
        }
        if voiced > 5 && silent == ENDPOINT_FRAMES {
            voiced = 0;
            say(&leg, &mut speech, 1_200);
        }
    }
}

fn say(leg: &Leg, speech: &mut u32, ms: u32) {
    *speech += 1;
    let id = SpeechId(*speech);
    leg.voice.begin(id, 16_000, u64::from(ms));
    leg.voice.push(id, &signal::speech_like(16_000, ms));
    leg.voice.finish(id);
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("treadline-caller-{}-{name}", std::process::id()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_call_command_says_files_and_records_what_it_hears() {
    let (address, _stop) = server();
    let (said, heard) = (file("said.wav"), file("heard.wav"));
    wav::write(&said, 16_000, &signal::speech_like(16_000, 700)).unwrap();
    let args = CallArgs {
        to: address.to_string(),
        say: vec![said.clone(), said.clone()],
        record: Some(heard.clone()),
        barge_in_ms: None,
        register: None,
        from: None,
        called: None,
        rate: 8_000,
        quiet_ms: 500,
        uuid: None,
        json: true,
    };
    run_call(args.clone()).await.unwrap();
    let recording = wav::read(&heard, 8_000).unwrap();
    let audible = recording.chunks(160).filter(|frame| rms(frame) > 160.0).count();
    assert!((90..170).contains(&audible), "a greeting and two answers, not {audible} frames");
    let missing = CallArgs { say: vec![file("none.wav")], ..args };
    let error = format!("{:#}", run_call(missing).await.unwrap_err());
    assert!(error.contains("none.wav") && error.contains("no such file"), "{error}");
    std::fs::remove_file(said).unwrap();
    std::fs::remove_file(heard).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_is_measured_from_the_last_voiced_frame() {
    let (address, _stop) = server();
    let call = Caller::dial(Options::new(address)).await.unwrap();
    assert!(call.wait_until_quiet(PATIENCE).await);
    // A second of silence behind the words must not count.
    let mut words = signal::speech_like(8_000, 500);
    words.resize(words.len() + 1_600, 0);
    call.say("words", &words);
    assert!(call.wait_until_quiet(PATIENCE).await);
    let report = call.hang_up().await;
    assert!(report.was_served());
    let turn = &report.turns[1];
    let first = turn.first_audio_ms.unwrap();
    assert!((280..900).contains(&first), "endpoint at 300 ms: {report:?}");
    assert!((1_000..1_300).contains(&turn.agent_ms), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_generator_serves_every_caller_and_measures_interruptions() {
    let (address, _stop) = server();
    let plan = Plan {
        to: address,
        calls: 8,
        per_second: 10.0,
        stays: Duration::from_secs(9),
        rate: 8_000,
        says: vec![signal::speech_like(8_000, 600).into()],
        dialplan: None,
        mixed: false,
        waits: None,
    };
    let (told, mut progress) = mpsc::unbounded_channel();
    let report = run_load(plan, told).await;
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
    assert_eq!((report.calls_ok, report.calls_failed), (8, 0), "{report:?}");
    assert_eq!(report.unanswered, 0, "{report:?}");
    assert!(report.barge_in_to_last_frame_ms.count > 0);
    assert!(report.first_audio_ms.p50 >= 280);
    let mut done = 0;
    while let Ok(told) = progress.try_recv() {
        done += usize::from(told == treadline::caller::load::Progress::Done(true));
    }
    assert_eq!(done, 8);
}

/// A server that does one thing wrong.
async fn wrong(bytes: &'static [&'static [u8]]) -> Option<CallEnd> {
    let listener = TcpListener::bind((LOCAL, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.set_nodelay(true);
        for piece in bytes {
            let _ = socket.write_all(piece).await;
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        let mut sink = [0; 4096];
        while socket.read(&mut sink).await.is_ok_and(|bytes| bytes > 0) {}
    });
    let call = Caller::dial(Options::new(address)).await.unwrap();
    call.wait_for_end(PATIENCE).await
}

#[tokio::test]
async fn the_caller_is_as_strict_as_asterisk() {
    let cases: [(&'static [&'static [u8]], &str); 6] = [
        (&[&[0x03, 0, 1, b'1']], "does not take"),
        (&[&[0x10, 0, 0]], "without samples"),
        (&[&[0x12, 0, 2, 0, 0]], "not 20 ms"),
        (&[&[0x10, 1, 0x40], &[0; 320]], "more than 5 ms"),
        (&[&[0x10, 0, 2, 0, 0]], "not 20 ms"),
        (&[], "no frame for 2 seconds"),
    ];
    for (bytes, words) in cases {
        match wrong(bytes).await {
            Some(CallEnd::Fault(what)) => assert!(what.contains(words), "{what}"),
            other => panic!("{words}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_clear_error() {
    let listener = TcpListener::bind((LOCAL, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = Caller::dial(Options::new(address)).await.unwrap_err();
    assert!(format!("{error:#}").contains("is the server running?"), "{error:#}");
}
