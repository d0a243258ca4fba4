//! Several programs on one database: each answers for its own calls, and none for another's.

use super::{PATIENCE, greeted, number, outcome, until_refused};
use crate::support::database::fresh_database;
use crate::support::program::{Folder, Server, until};
use treadline::caller::CallEnd;
use treadline::caller::register::Dialplan;

#[tokio::test]
async fn of_two_nodes_one_is_killed_and_the_calls_of_the_other_go_on() {
    let Some(db) = fresh_database().await else { return };
    let (here, there) = (Folder::with_database(&db.url), Folder::with_database(&db.url));
    let (mut one, mut two) = tokio::join!(Server::start(&here), Server::start(&there));
    let (lost, kept) = tokio::join!(greeted(&one), greeted(&two));
    let rows = "select count(*) from calls where ended_at is null";
    until("both calls stand in the database", || async { number(&db.url, rows).await == 2 }).await;
    let nodes = "select count(distinct node) from calls";
    assert_eq!(number(&db.url, nodes).await, 2, "each call tells who answers it");

    one.child.kill().await.expect("it is killed");
    let end = lost.wait_for_end(PATIENCE).await;
    assert!(matches!(end, Some(CallEnd::Closed | CallEnd::Reset | CallEnd::Fault(_))), "{end:?}");
    let new = greeted(&two).await;
    assert_eq!((kept.report().end, new.report().end), (None, None), "its calls go on");

    // Only the node itself closes what it lost: another cannot know whether it is only slow.
    let mut one = Server::start(&here).await;
    until("the lost call is closed", || async {
        outcome(&db, lost.id()).await.as_deref() == Some("lost_process")
    })
    .await;
    for call in [&kept, &new] {
        assert_eq!(outcome(&db, call.id()).await, None, "it lasts");
        assert_eq!(call.report().end, None);
    }
    let (kept, new) = (kept.hang_up().await, new.hang_up().await);
    for report in [&kept, &new] {
        assert!(report.was_served(), "{report:?}");
        until("the call is told to its end", || async {
            outcome(&db, report.id).await.is_some_and(|outcome| outcome != "lost_process")
        })
        .await;
    }
    one.terminate().await;
    two.terminate().await;
}

#[tokio::test]
async fn a_rolling_restart_of_two_nodes_drops_no_call_and_refuses_no_caller() {
    let Some(db) = fresh_database().await else { return };
    let (here, there) = (Folder::with_database(&db.url), Folder::with_database(&db.url));
    let (mut one, mut two) = tokio::join!(Server::start(&here), Server::start(&there));
    for _ in 0..2 {
        // As the dialplan does: a node that hands the call back is passed over for the next.
        let before = greeted(&one).await;
        one.signal("TERM").await;
        let refused = until_refused(&one).await;
        let dialplan = Dialplan::new(&format!("http://{}", one.http), None).expect("a client");
        assert_eq!(dialplan.next(refused).await.expect("answered"), "operator");
        let passed_on = greeted(&two).await;
        assert_eq!(before.report().end, None, "who was there before is not sent away");
        let before = before.hang_up().await;
        assert!(before.was_served() && before.end == Some(CallEnd::HungUp), "{before:?}");
        assert_eq!(one.exit_code().await, Some(0), "it ends when its last caller has gone");
        assert!(outcome(&db, before.id).await.is_some(), "with its log in the database");
        one = Server::start(&here).await;
        assert!(greeted(&one).await.hang_up().await.was_served(), "the new one answers");
        assert!(passed_on.hang_up().await.was_served());
        std::mem::swap(&mut one, &mut two);
    }
    one.terminate().await;
    two.terminate().await;
}
