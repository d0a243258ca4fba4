//! Faults on the way: a connection that breaks at the worst moment, a disk that refuses, a
//! Postgres that forgets.

use crate::log::database::fresh_database;
use crate::log::proxy::Proxy;
use crate::log::teller::{Folder, PATIENCE, Teller, count, noon, start, until};
use sqlx::AssertSqlSafe;
use std::time::Duration;
use treadline::clock::WallClock;
use treadline::jobs::log_writer::LogHandle;
use treadline::spool::Kept;
use treadline::turn::{Outcome, Speaker};

const DENSE: &str = "select coalesce(max(seq) - count(*), -1) from call_journal";

/// The answer to the commit is lost each time: the records are there, and the log applies them
/// again without knowing.
#[tokio::test]
async fn records_whose_commit_was_never_heard_of_are_rows_once() {
    let Some(db) = fresh_database().await else { return };
    let proxy = Proxy::before(&db.url);
    let pool = treadline::db::connect(&proxy.url, 2).await.unwrap();
    let folder = Folder::new();
    let (log, _) = LogHandle::start(&folder.0, pool, WallClock::system()).unwrap();
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    assert!(log.flush(PATIENCE).await);
    proxy.swallow_commits(3);
    for number in 1..=40 {
        assert_eq!(log.record(call.turn(number, Speaker::Customer, "Hello")), Kept::File);
    }
    log.record(call.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);
    assert_eq!(proxy.swallowed(), 3);
    assert_eq!(count(&db, "select count(*) from call_turns").await, 40);
    assert_eq!(count(&db, DENSE).await, 0);
    assert_eq!(count(&db, "select total_calls::int8 from customers").await, 1);
}

/// F2: away again and again, in the middle of transactions too.
#[tokio::test]
async fn a_database_that_comes_and_goes_gets_every_record_once_and_in_order() {
    let Some(db) = fresh_database().await else { return };
    let proxy = Proxy::before(&db.url);
    let pool = treadline::db::connect(&proxy.url, 2).await.unwrap();
    let folder = Folder::new();
    let (log, _) = LogHandle::start(&folder.0, pool, WallClock::system()).unwrap();
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    for round in 0..5 {
        for number in 1..=20 {
            log.record(call.turn(round * 20 + number, Speaker::Customer, "Hello"));
        }
        proxy.take_away();
        log.record(call.turn(1_000 + round, Speaker::Bot, "Nobody writes this now"));
        assert!(!log.flush(Duration::from_millis(50)).await);
        assert!(log.is_healthy(), "the journal takes it");
        proxy.bring_back();
    }
    log.record(call.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from call_turns").await, 105);
    assert_eq!(count(&db, DENSE).await, 0);
    // Rows that came later have later numbers: the order is the order of writing.
    let swapped = "select count(*) from (select seq, lag(seq) over (order by created_at, seq) as before \
                   from call_journal) j where before > seq";
    assert_eq!(count(&db, swapped).await, 0);
}

/// The log does not wait for the disk of Postgres, so its records stay in the file until they are
/// on it; what Postgres forgot by then is applied again.
#[tokio::test]
async fn what_postgres_forgot_after_it_said_yes_comes_again() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    let mut may_wait_for_the_disk = async |verb: &str, direction: &str| {
        let sql = format!(
            "do $$ declare f regprocedure; begin \
                 for f in select oid::regprocedure from pg_proc \
                     where proname = 'pg_logical_emit_message' loop \
                     execute format('{verb} execute on function %s {direction} public', f); \
                 end loop; end $$"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
    };
    may_wait_for_the_disk("revoke", "from").await;
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let bytes = || {
        let files = std::fs::read_dir(&folder.0).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    log.record(call.turn(1, Speaker::Bot, "Hello"));
    assert!(log.flush(PATIENCE).await);
    assert!(bytes() > 0, "Postgres has them, but perhaps not on its disk");
    let mut owner = db.owner().await;
    for table in ["delete from call_turns", "delete from call_journal"] {
        sqlx::query(table).execute(&mut owner).await.unwrap();
    }
    may_wait_for_the_disk("grant", "to").await;
    until(&db, "select count(*) from call_journal", 2).await;
    assert_eq!(count(&db, "select count(*) from call_turns").await, 1);
    assert!(log.stop(PATIENCE).await);
    assert_eq!(folder.files(), 0, "now it is on the disk of Postgres, and nowhere else");
}

/// The log's transactions do not wait for a disk; orders, bookings and everything else do.
#[tokio::test]
async fn the_log_alone_does_not_wait_for_the_disk_of_postgres() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    sqlx::raw_sql(
        "create table seen (setting text not null); grant insert on seen to treadline_app; \
         create function see() returns trigger language plpgsql as $$ begin \
             insert into seen values (current_setting('synchronous_commit')); return null; end $$; \
         create trigger see after insert on call_turns for each row execute function see();",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    log.record(call.turn(1, Speaker::Bot, "Hello"));
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from seen where setting = 'off'").await, 1);
    for _ in 0..8 {
        // Every connection of the pool, also the one that the log has used.
        let setting: String =
            sqlx::query_scalar("show synchronous_commit").fetch_one(&db.pool).await.unwrap();
        assert_eq!(setting, "on", "what callers are promised stands on a disk");
    }
}

/// F7: the folder of the journal cannot be used at all.
#[tokio::test]
async fn without_a_usable_folder_the_log_goes_through_memory_and_the_operator_is_told() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    std::fs::write(&folder.0, "a file where a folder should be").unwrap();
    let (log, _) = LogHandle::start_anyway(&folder.0, 7, db.pool.clone(), WallClock::system());
    assert!(!log.is_healthy(), "the program says that it is not ready");
    let mut call = Teller::new(1, noon());
    assert_eq!(log.record(call.opened("live")), Kept::Memory);
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from calls").await, 1);
    std::fs::remove_file(&folder.0).unwrap();
    assert_eq!(log.record(call.ended(Outcome::Resolved)), Kept::File, "the disk is there again");
    assert!(log.is_healthy());
    assert!(log.stop(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from calls where ended_at is not null").await, 1);
    let _ = std::fs::create_dir_all(&folder.0);
}
