//! Two programs on one database: the pages of each show the calls of both.

use crate::call::agent::{Agent, PATIENCE, Setup, says, test, until};
use treadline::desk::live::{LiveCall, What};
use treadline::ids::TenantId;
use uuid::Uuid;

/// Another program on the same database.
async fn beside(agent: &Agent) -> Agent {
    let database_url = Some(agent.db.url.clone());
    Agent::start(Setup { database_url, ..Setup::default() }).await.expect("Postgres is there")
}

fn shown(agent: &Agent, call: Uuid) -> Option<LiveCall> {
    agent.parts.feed.calls(TenantId::DEFAULT).into_iter().find(|live| live.id == call)
}

fn has_line(agent: &Agent, call: Uuid, text: &str) -> bool {
    shown(agent, call).is_some_and(|live| live.lines.iter().any(|line| line.text == text))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_in_the_calls_of_one_is_on_the_pages_of_the_other() {
    // Longer than a message may be: it is read from its row.
    let long: &'static str = Box::leak("слово ".repeat(660).trim().to_owned().into_boxed_str());
    let heard: &'static [&'static str] =
        Box::leak(vec!["I need winter tires, 205 55 R16.", long].into_boxed_slice());
    let Some(a) = Agent::start(Setup { scripts: vec![says(heard)], ..Setup::default() }).await
    else {
        return;
    };
    let b = beside(&a).await;
    let mut coming = b.parts.feed.follow(TenantId::DEFAULT, None).coming;
    let guest = a.call(test()).await;
    guest.is_greeted().await;
    let id = guest.id();
    until("it began there, too", || async { shown(&b, id).is_some() }).await;
    assert_eq!(shown(&b, id).unwrap().node, a.parts.feed.node());
    assert_ne!(a.parts.feed.node(), b.parts.feed.node());
    guest.say("tyres").await;
    until("what was said", || async { has_line(&b, id, heard[0]) }).await;
    // A third one comes when the call has long begun.
    let c = beside(&a).await;
    until("what was said before", || async { has_line(&c, id, heard[0]) }).await;
    guest.say("a long story").await;
    for other in [&b, &c] {
        until("the long line", || async { has_line(other, id, long) }).await;
    }
    guest.call.hang_up().await;
    for one in [&a, &b, &c] {
        until("it is over", || async { shown(one, id).is_none() }).await;
    }
    let mut last = None;
    while let Ok(Ok(event)) = tokio::time::timeout(PATIENCE, coming.recv()).await {
        if event.call.as_ref().is_some_and(|call| call.id == id) {
            let over = matches!(event.what, What::Ended { .. });
            last = Some(event);
            if over {
                break;
            }
        }
    }
    assert!(matches!(last.unwrap().what, What::Ended { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_cut_off_from_the_database_catches_up() {
    let heard: &'static [&'static str] = &["I need winter tires, 205 55 R16.", "The first one."];
    let Some(a) = Agent::start(Setup { scripts: vec![says(heard)], ..Setup::default() }).await
    else {
        return;
    };
    let b = beside(&a).await;
    let guest = a.call(test()).await;
    guest.is_greeted().await;
    let id = guest.id();
    until("it began there, too", || async { shown(&b, id).is_some() }).await;
    let before = b.parts.feed.follow(TenantId::DEFAULT, None).seq;
    // Both listen on connections of their own, which go.
    let gone: Vec<bool> = sqlx::query_scalar(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and query like 'LISTEN%'",
    )
    .fetch_all(&mut a.db.owner().await)
    .await
    .unwrap();
    assert!(gone.len() >= 2, "nobody listens: {gone:?}");
    guest.say("tyres").await;
    guest.say("the first").await;
    for line in heard {
        until("what was missed", || async { has_line(&b, id, line) }).await;
    }
    // And hears again.
    guest.call.hang_up().await;
    until("it is over", || async { shown(&b, id).is_none() }).await;
    assert!(b.parts.feed.follow(TenantId::DEFAULT, None).seq > before);
}
