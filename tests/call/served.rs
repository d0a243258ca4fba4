//! Calls in which everything works.

use crate::call::agent::{Agent, PATIENCE, Setup, says, test};
use crate::call::fakes::BargeInWatch;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use treadline::caller::CallEnd;
use treadline::caller::signal::speech_like;
use treadline::config::Config;
use treadline::db::stats;
use treadline::ids::TenantId;
use treadline::session::Services;
use treadline::turn::Message;
use uuid::Uuid;

/// What a caller says who finds tyres, books the earliest time and leaves.
pub const BOOKING: &[&str] = &[
    "Hello, I need winter tires, two hundred five, fifty five, R sixteen.",
    "I would like to book a tire fitting.",
    "The first one, please.",
    "The earliest time you have, please.",
    "My name is John Smith.",
    "It is a white Toyota.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

/// What separates "at once" from "when the sentence is over" on a machine however busy; the
/// milliseconds are the benchmarks' affair.
const SOON: Duration = Duration::from_millis(1_500);

/// A busy machine must not put a "one moment" between a question and its answer.
pub fn without_fillers(config: &mut Config) {
    config.limits.call.filler_ms = 8_000;
    config.limits.call.quiet_ms_max = 9_000;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_books_and_says_goodbye_leaves_one_booking_and_a_resolved_call() {
    let scripts = vec![says(BOOKING)];
    let setup = Setup { scripts, configure: without_fillers, ..Setup::default() };
    let Some(agent) = Agent::start(setup).await else { return };
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    for line in BOOKING {
        guest.say(line).await;
    }
    guest.is_handed_back().await;
    assert_eq!(agent.next(guest.id()).await, "hangup");

    let (record, agreed) = agent.rows(guest.id()).await;
    assert_eq!(record.call.outcome.as_deref(), Some("resolved"), "{record:#?}");
    assert_eq!(record.call.origin, "test");
    assert_eq!(record.call.scenario.as_deref(), Some("fitting_booking"));
    assert_eq!(record.call.drop_off_stage, None);
    assert_eq!(agreed.bookings.len(), 1, "{agreed:?}");
    assert_eq!(record.call.fitting_booking_id, Some(agreed.bookings[0].id));
    assert_eq!(agreed.bookings[0].customer_name, "John Smith");
    assert_eq!(agreed.bookings[0].status, "confirmed");
    assert_eq!(agreed.approvals.len(), 1);
    assert_eq!(agreed.approvals[0].status, "approved");
    assert_eq!(agreed.approvals[0].approved_by.as_deref(), Some("customer"));
    let numbers: Vec<i32> = record.turns.iter().map(|turn| turn.turn_number).collect();
    assert_eq!(numbers, (1..=record.turns.len() as i32).collect::<Vec<_>>());
    let heard: Vec<&str> = record
        .turns
        .iter()
        .filter(|turn| turn.speaker == "customer")
        .map(|turn| turn.content.as_str())
        .collect();
    assert_eq!(heard, BOOKING);
    let used: Vec<&str> =
        record.tool_calls.iter().filter(|t| t.success).map(|t| t.tool_name.as_str()).collect();
    for tool in ["search_tires", "get_fitting_stations", "get_fitting_slots", "book_fitting"] {
        assert!(used.contains(&tool), "{tool} is not among {used:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_asks_for_an_operator_is_handed_to_one() {
    let scripts = vec![says(&["I want to talk to an operator, please."])];
    let Some(agent) = Agent::start(Setup { scripts, ..Setup::default() }).await else { return };
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    guest.say("operator").await;
    guest.is_handed_back().await;
    assert_eq!(agent.next(guest.id()).await, "operator");
    let (record, _) = agent.rows(guest.id()).await;
    assert_eq!(record.call.outcome.as_deref(), Some("transferred"));
    assert!(record.call.transferred_to_operator);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_agent_falls_silent_and_only_what_was_heard_is_kept() {
    let scripts = vec![says(&["I need winter tires, 205 55 R16."])];
    let setup = Setup { scripts, ms_per_char: 60, ..Setup::default() };
    let decided_at = Arc::new(Mutex::new(None));
    let watch = Arc::clone(&decided_at);
    let agent = Agent::start_with(setup, |parts| {
        let inner = Arc::clone(&parts.services.log);
        let log = Arc::new(BargeInWatch { inner, decided_at: watch });
        parts.services = Arc::new(Services { log, ..(*parts.services).clone() });
    });
    let Some(agent) = agent.await else { return };
    let guest = agent.call(test()).await;
    let answered_at = Instant::now();
    assert!(guest.call.wait_until_speaks(PATIENCE).await);
    let heard_before = guest.call.report().frames + 50;
    crate::call::agent::until("a second of the greeting", || async {
        guest.call.report().frames >= heard_before
    })
    .await;
    guest.call.say("interruption", &speech_like(8_000, 900));
    assert!(guest.call.wait_until_speaks(PATIENCE).await, "{:?}", guest.call.report());
    let report = guest.call.report();
    let turn = &report.turns[1];
    let decided_at = decided_at.lock().expect("no panic").expect("a barge-in was decided");
    // The call's own clock began at most a moment before `answered_at`.
    let voice_began = turn.voiced_from.expect("the caller spoke");
    let silent_at = voice_began + Duration::from_millis(turn.barge_in_stop_ms.expect("cut"));
    let most = decided_at - answered_at + SOON;
    assert!(silent_at <= most, "silent at {silent_at:?}, allowed until {most:?}");

    drop(guest.call.hang_up().await);
    let id = report.id;
    crate::call::agent::until("the call's end", || async { agent.line.live() == 0 }).await;
    crate::call::agent::until("the end in the log", || async {
        agent.rows(id).await.0.call.ended_at.is_some()
    })
    .await;
    let (record, _) = agent.rows(id).await;
    let greeting = &record.turns[0];
    let whole = agent.voice.asked.lock().expect("no panic").join(" ");
    assert!(greeting.interrupted, "{record:#?}");
    assert!(whole.starts_with(&greeting.content) && greeting.content.len() < whole.len());
    assert!(!greeting.content.is_empty(), "a second of it was heard");
    let history = agent.history.lock().expect("no panic").clone();
    let told = history.iter().find_map(|message| match message {
        Message::Agent { text } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(told, Some(greeting.content.as_str()), "{history:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_frame_does_not_wait_for_the_greeting() {
    let Some(agent) = Agent::start(Setup::default()).await else { return };
    let call = agent.dial(Uuid::new_v4()).await;
    let first = call.first_frame(PATIENCE).await.expect("a frame");
    assert!(call.wait_until_speaks(PATIENCE).await);
    let greeted = call.report().turns[0].first_audio_ms.expect("a greeting");
    assert!(first.as_millis() <= u128::from(greeted), "{first:?}, greeted after {greeted} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_live_calls_count_for_the_day() {
    let Some(agent) = Agent::start(Setup::default()).await else { return };
    for origin in ["demo", "test", "live", "live", "demo"] {
        let guest = agent.call(json!({ "origin": origin })).await;
        assert!(guest.call.wait_until_speaks(PATIENCE).await);
        let id = guest.id();
        guest.call.hang_up().await;
        crate::call::agent::until("the end in the log", || async {
            agent.rows(id).await.0.call.ended_at.is_some()
        })
        .await;
        assert_eq!(agent.rows(id).await.0.call.origin, origin);
    }
    let day = "2026-11-23".parse().expect("a date");
    let counted = stats::compute_day(&agent.parts.pool, TenantId::DEFAULT, day).await;
    assert_eq!(counted.expect("it is counted").total_calls, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unannounced_call_from_a_stranger_is_closed_and_leaves_no_row() {
    let setup =
        Setup { configure: |config| config.audiosocket.trusted_peers.clear(), ..Setup::default() };
    let Some(agent) = Agent::start(setup).await else { return };
    let call = agent.dial(Uuid::new_v4()).await;
    let end = call.wait_for_end(PATIENCE).await.expect("it is closed");
    assert!(matches!(end, CallEnd::HandedBack | CallEnd::Closed), "{end:?}");
    assert_eq!(call.report().frames, 0);
    assert!(agent.parts.flush_log().await);
    let rows: i64 = sqlx::query_scalar("select count(*) from calls")
        .fetch_one(&mut agent.db.owner().await)
        .await
        .expect("counted");
    assert_eq!((rows, agent.line.live()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_call_above_the_limit_goes_to_the_operator_at_once_and_the_first_goes_on() {
    let setup = Setup {
        scripts: vec![says(&["I need winter tires, 205 55 R16."])],
        configure: |config| config.limits.calls_max = 1,
        ..Setup::default()
    };
    let Some(agent) = Agent::start(setup).await else { return };
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    let second = agent.call(test()).await;
    second.is_handed_back().await;
    assert_eq!(agent.next(second.id()).await, "operator");
    guest.say("tires").await;
    assert_eq!(guest.call.report().end, None);
}
