//! Whatever fails between a call and its rows: nothing is lost, nothing doubles.

use crate::log::database::fresh_database;
use crate::log::teller::{Folder, PATIENCE, Teller, count, noon, start, until, until_files};
use chrono::{TimeZone as _, Utc};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::time::Duration;
use treadline::db::calls;
use treadline::ids::TenantId;
use treadline::spool::{Kept, Record, Spool};
use treadline::turn::{Outcome, Speaker};

/// F1: what a killed process had written is replayed, and its calls are closed.
#[tokio::test]
async fn the_next_start_replays_a_dead_process_and_closes_its_calls() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let mut cut_off = Teller::new(1, noon());
    let mut finished = Teller::new(2, noon());
    let (spool, _) = Spool::open(&folder.0).unwrap();
    let node = format!("some-machine/{}", spool.instance());
    for mut entry in [
        cut_off.opened("live"),
        finished.opened("live"),
        cut_off.turn(1, Speaker::Bot, "Hello"),
        finished.ended(Outcome::Resolved),
    ] {
        if let Record::Opened(opened) = &mut entry.record {
            opened.node.clone_from(&node);
        }
        assert_eq!(spool.append(&entry), Kept::File);
    }
    drop(spool); // As the kernel does for a killed process.

    // A call of another living process in the same folder is not touched.
    let other = Folder::new();
    let living = start(&other.0, &db);
    living.record(Teller::new(3, noon()).opened("live"));
    assert!(living.flush(PATIENCE).await);

    let log = start(&folder.0, &db);
    until(&db, "select count(*) from calls where outcome = 'lost_process'", 1).await;
    let lost = calls::load(&db.pool, TenantId::DEFAULT, cut_off.call).await.unwrap().unwrap();
    assert_eq!(lost.call.outcome.as_deref(), Some("lost_process"));
    assert_eq!(lost.call.duration_seconds, Some(2), "it ended with its last record");
    assert_eq!(count(&db, "select count(*) from calls where outcome = 'resolved'").await, 1);
    assert_eq!(count(&db, "select count(*) from calls where ended_at is null").await, 1);
    until_files(&folder, 1).await;
    assert!(log.stop(PATIENCE).await);
    assert_eq!(folder.files(), 0);
}

/// F2: records wait while Postgres refuses, and come in order and once when it is back.
#[tokio::test]
async fn the_log_waits_for_a_database_that_is_away() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let mut owner = db.owner().await;
    sqlx::query("alter table call_journal rename to call_journal_away")
        .execute(&mut owner)
        .await
        .unwrap();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    for number in 1..=300 {
        assert_eq!(log.record(call.turn(number, Speaker::Customer, "Hello")), Kept::File);
    }
    assert!(!log.flush(Duration::from_millis(300)).await, "it cannot be there yet");
    sqlx::query("alter table call_journal_away rename to call_journal")
        .execute(&mut owner)
        .await
        .unwrap();
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from call_journal").await, 301);
    assert_eq!(count(&db, "select max(seq) - min(seq) + 1 from call_journal").await, 301);
    assert_eq!(count(&db, "select max(turn_number)::int8 from call_turns").await, 300);
}

/// Postgres is gone for a while in the middle of a call: connections are cut and refused.
#[tokio::test]
async fn a_call_goes_on_while_postgres_is_cut_off() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let (server, name) = db.url.rsplit_once('/').unwrap();
    let mut keeper = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let mut command = async |sql: String| {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut keeper).await.unwrap();
    };
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    assert!(log.flush(PATIENCE).await);
    command(format!("alter database {name} allow_connections false")).await;
    command(format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
    ))
    .await;
    for number in 1..=50 {
        assert_eq!(log.record(call.turn(number, Speaker::Customer, "Hello")), Kept::File);
    }
    assert!(!log.flush(Duration::from_millis(500)).await, "nobody could write it");
    assert!(log.is_healthy(), "the journal takes it");
    command(format!("alter database {name} allow_connections true")).await;
    log.record(call.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from call_turns").await, 50);
    assert_eq!(count(&db, "select max(seq) - count(*) from call_journal").await, 0);
}

#[tokio::test]
async fn a_record_that_postgres_refuses_for_ever_does_not_stop_the_others() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("no such origin"));
    log.record(Teller::new(2, noon()).opened("test"));
    log.record(call.turn(1, Speaker::Bot, "Hello"));
    assert!(log.flush(PATIENCE).await);
    assert_eq!(count(&db, "select count(*) from calls").await, 1);
    assert_eq!(count(&db, "select count(*) from call_turns").await, 1);
    let aside = std::fs::read_to_string(folder.0.join("refused.jsonl")).unwrap();
    assert_eq!(aside.lines().count(), 1);
    assert!(aside.contains("no such origin"));
}

/// F11: a month that nobody made is made by the writer.
#[tokio::test]
async fn a_call_in_a_month_that_nobody_made_gets_its_month() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let far = Utc.with_ymd_and_hms(2031, 7, 31, 23, 59, 59).unwrap();
    let mut call = Teller::new(1, far);
    log.record(call.opened("live"));
    log.record(call.turn(1, Speaker::Bot, "Hello"));
    assert!(log.flush(PATIENCE).await);
    let where_it_lies =
        "select count(*) from calls where tableoid::regclass::text <> 'calls_default'";
    assert_eq!(count(&db, where_it_lies).await, 1);
}
