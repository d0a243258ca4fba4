//! Postgres away: at the start, and in the middle of a call.

use crate::call::agent::{Agent, PATIENCE, Setup, says, test, until};
use crate::call::database::fresh_database;
use crate::call::proxy::Proxy;
use crate::call::served::without_fillers;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_goes_on_while_postgres_is_away_and_its_log_arrives_once() {
    let lines = [
        "I need winter tires, 205 55 R16.",
        "And winter tires, 195 65 R15?",
        "I need summer tires, 205 55 R16.",
        "No, thank you. Goodbye.",
    ];
    let Some(behind) = fresh_database().await else { return };
    let proxy = Proxy::before(&behind.url);
    let setup = Setup {
        scripts: vec![says(&lines)],
        database_url: Some(proxy.url.clone()),
        configure: without_fillers,
        ..Setup::default()
    };
    let Some(mut agent) = Agent::start(setup).await else { return };
    // What the agent writes stands behind the proxy.
    agent.db = behind;
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    guest.say(lines[0]).await;
    proxy.take_away();
    guest.say(lines[1]).await;
    assert!(!agent.parts.database_answers().await);
    assert!(guest.call.report().end.is_none(), "the call goes on");
    proxy.bring_back();
    until("the database is there again", || agent.parts.database_answers()).await;
    guest.say(lines[2]).await;
    guest.say(lines[3]).await;
    guest.is_handed_back().await;
    assert_eq!(agent.next(guest.id()).await, "hangup");

    let (record, _) = agent.rows(guest.id()).await;
    let searches: Vec<_> =
        record.tool_calls.iter().filter(|tool| tool.tool_name == "search_tires").collect();
    let success: Vec<bool> = searches.iter().map(|search| search.success).collect();
    assert_eq!(success, [true, false, true], "{record:#?}");
    let refusal = searches[1].tool_result.as_ref().expect("a result");
    assert_eq!(refusal["error"], "store_away");
    let numbers: Vec<i32> = record.turns.iter().map(|turn| turn.turn_number).collect();
    assert_eq!(numbers, (1..=record.turns.len() as i32).collect::<Vec<_>>(), "each line once");
    let heard: Vec<&str> = record
        .turns
        .iter()
        .filter(|turn| turn.speaker == "customer")
        .map(|turn| turn.content.as_str())
        .collect();
    assert_eq!(heard, lines);
    assert!(record.call.ended_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_postgres_at_start_the_line_is_answered_all_the_same() {
    let Some(behind) = fresh_database().await else { return };
    let proxy = Proxy::before(&behind.url);
    proxy.take_away();
    let setup = Setup {
        scripts: vec![says(&["I need winter tires, 205 55 R16."])],
        database_url: Some(proxy.url.clone()),
        ..Setup::default()
    };
    let Some(mut agent) = Agent::start(setup).await else { return };
    agent.db = behind;
    let guest = agent.call(test()).await;
    assert!(guest.call.first_frame(PATIENCE).await.is_some());
    guest.is_greeted().await;
    guest.say("tires").await;
    let ready = reqwest::get(format!("http://{}/ready", agent.line.http)).await.expect("answers");
    assert_eq!(ready.status().as_u16(), 503);
    let id = guest.id();
    guest.call.hang_up().await;
    proxy.bring_back();
    until("the database is found", || agent.parts.database_answers()).await;
    until("the call is in the database", || async {
        agent.parts.flush_log().await && agent.rows(id).await.0.call.ended_at.is_some()
    })
    .await;
    tokio::time::timeout(Duration::from_secs(1), agent.rows(id)).await.expect("at once");
}

/// Postgres is away for whole calls: they are answered, go on, and end; all of them are rows once it
/// is back, in the order in which they were written.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_begin_and_end_while_postgres_is_away_are_all_there_afterwards() {
    const CALLERS: usize = 4;
    const LINES: [&str; 3] =
        ["I need winter tires, 205 55 R16.", "Until when are you open?", "No, thank you. Goodbye."];
    let Some(behind) = fresh_database().await else { return };
    let proxy = Proxy::before(&behind.url);
    let setup = Setup {
        scripts: vec![says(&LINES); CALLERS],
        database_url: Some(proxy.url.clone()),
        configure: without_fillers,
        ..Setup::default()
    };
    let Some(mut agent) = Agent::start(setup).await else { return };
    agent.db = behind;
    proxy.take_away();
    let mut ids = Vec::new();
    for _ in 0..CALLERS {
        // One after the other: the scripts are handed out in the order of the calls.
        let guest = agent.call(test()).await;
        guest.is_greeted().await;
        for line in LINES {
            guest.say(line).await;
        }
        guest.is_handed_back().await;
        ids.push(guest.id());
    }
    assert!(!agent.parts.database_answers().await);
    proxy.bring_back();
    until("the log is in the database", || agent.parts.flush_log()).await;
    for id in ids {
        let (record, agreed) = agent.rows(id).await;
        assert!(record.call.ended_at.is_some() && record.call.outcome.is_some(), "{record:#?}");
        let heard = record.turns.iter().filter(|turn| turn.speaker == "customer");
        assert_eq!(heard.map(|turn| turn.content.as_str()).collect::<Vec<_>>(), LINES);
        let numbers: Vec<i32> = record.turns.iter().map(|turn| turn.turn_number).collect();
        assert_eq!(numbers, (1..=record.turns.len() as i32).collect::<Vec<_>>(), "each line once");
        assert!(agreed.bookings.is_empty());
    }
}
