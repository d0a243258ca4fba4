//! A backup of a shop in the middle of its calls.

use crate::restore::database::fresh_database;
use crate::restore::{Empty, Shelf, number, order, target, unwatched};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use treadline::clock::WallClock;
use treadline::db;
use treadline::db::backup::{backup, restore};
use treadline::ids::{CallId, TenantId};
use treadline::jobs::log_writer::LogHandle;
use treadline::language::Language;
use treadline::spool::{CallOpened, Kept, LogEntry, Record};
use treadline::turn::Note;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(1);

fn entry(call: CallId, call_started_at: DateTime<Utc>, seq: u64) -> LogEntry {
    let record = if seq == 1 {
        Record::Opened(Box::new(CallOpened {
            channel: "phone".into(),
            origin: "live".into(),
            caller: None,
            called: None,
            asterisk_channel: None,
            language: Language::En,
            node: String::new(),
            prompt_version: "1".into(),
            data: Value::Null,
        }))
    } else {
        Record::Note(Box::new(Note::Stale { what: "on its way".into() }))
    };
    let (tenant, at) = (TenantId::DEFAULT, call_started_at);
    LogEntry { tenant, call, call_started_at, seq, at, record }
}

/// Records go through the journal into Postgres and leave the journal all the time while the
/// backup is made: whatever was written before it began must be in one of the two.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_a_backup_began_is_in_it_while_calls_go_on() {
    let Some(db) = fresh_database().await else { return };
    let shelf = Shelf::new();
    let (here, there) = (shelf.0.join("here"), shelf.0.join("there"));
    let (log, _) = LogHandle::start(&here, db.pool.clone(), WallClock::system()).unwrap();
    let call = CallId(Uuid::new_v4());
    let started_at = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
    let (written, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let talking = tokio::spawn({
        let (log, written, over) = (log.clone(), Arc::clone(&written), Arc::clone(&over));
        async move {
            let mut seq = 0;
            while !over.load(Ordering::SeqCst) {
                seq += 1;
                assert_eq!(log.record(entry(call, started_at, seq)), Kept::File);
                written.store(seq, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    let deadline = Instant::now() + PATIENCE;
    while written.load(Ordering::SeqCst) < 100 {
        assert!(Instant::now() < deadline, "nothing is written");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut kept = Vec::new();
    for round in 0..3 {
        let before = written.load(Ordering::SeqCst);
        let path = shelf.0.join(format!("{round}.backup"));
        let made = backup(&order(&db, &here, &path), &unwatched()).await.unwrap();
        assert!(!made.manifest.journals.is_empty(), "a living process has a journal");
        kept.push((path, before));
    }
    over.store(true, Ordering::SeqCst);
    talking.await.unwrap();
    assert!(log.stop(PATIENCE).await);

    for (path, before) in kept {
        let empty = Empty::beside(&db).await;
        let _ = std::fs::remove_dir_all(&there);
        restore(&target(&path, &empty.url, &there), &unwatched()).await.unwrap();
        let pool = db::connect(&empty.url, 2).await.unwrap();
        let (log, _) = LogHandle::start(&there, pool.clone(), WallClock::system()).unwrap();
        let closed = "select count(*) from calls where outcome = 'lost_process'";
        let deadline = Instant::now() + PATIENCE;
        while number(&empty.url, closed).await == 0 {
            assert!(Instant::now() < deadline, "the call is not closed: its process is gone");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let found = number(&empty.url, "select count(*) from call_journal").await;
        let last = number(&empty.url, "select coalesce(max(seq), 0) from call_journal").await;
        assert!(found.unsigned_abs() >= before, "{found} of {before}");
        assert_eq!(found, last, "dense from 1");
        assert!(log.stop(PATIENCE).await);
        pool.close().await;
        empty.gone().await;
    }
}
