//! Long outages by their volume: what ten minutes of a full line leave behind arrives whole, in order
//! and once. And a Postgres whose disk is full.

use crate::log::database::fresh_database;
use crate::log::proxy::Proxy;
use crate::log::teller::{Folder, PATIENCE, Teller, count, noon, start, until_files};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::time::Duration;
use treadline::clock::WallClock;
use treadline::jobs::log_writer::LogHandle;
use treadline::spool::{Kept, LogEntry, Spool};
use treadline::turn::{Note, Outcome, Speaker};

/// Calls at once, and what each says in ten minutes: a line every five seconds, and as many records
/// beside each line as a call of the telephone has.
const CALLS: u128 = 50;
const LINES: u32 = 120;
const NOTES_A_LINE: usize = 3;
/// What that leaves in the journal; of each call also its beginning.
const RECORDS: i64 = CALLS as i64 * (1 + LINES as i64 * (1 + NOTES_A_LINE as i64));

/// Calls whose numbers are not those of their writing order.
const SWAPPED: &str = "select count(*) from (select seq, lag(seq) over ( \
     partition by call_id order by created_at, seq) as before from call_journal) j \
     where before > seq";
const GAPS: &str = "select count(*) from (select call_id from call_journal group by call_id \
     having min(seq) <> 1 or max(seq) <> count(*)) gaps";

/// Lines of every call, all calls side by side, as they come to the journal.
fn talk(
    calls: &mut [Teller],
    lines: std::ops::RangeInclusive<u32>,
    write: impl Fn(&LogEntry) -> Kept,
) {
    for line in lines {
        for call in calls.iter_mut() {
            let said = call.turn(line, Speaker::Customer, "I need winter tyres");
            assert_eq!(write(&said), Kept::File, "nobody waits, nothing is lost");
            for _ in 0..NOTES_A_LINE {
                let note = call.note(Note::BargeIn);
                assert_eq!(write(&note), Kept::File);
            }
        }
    }
}

/// F2, ten minutes of it: the process that began the calls dies in the outage, the next one goes on
/// with them, and Postgres comes back only then.
#[tokio::test(flavor = "multi_thread")]
async fn ten_minutes_of_a_full_line_wait_in_the_journal_and_arrive_whole_and_in_order() {
    let Some(db) = fresh_database().await else { return };
    let proxy = Proxy::before(&db.url);
    let pool = treadline::db::connect(&proxy.url, 4).await.unwrap();
    proxy.take_away();
    let folder = Folder::new();
    let mut calls: Vec<Teller> = (1..=CALLS).map(|call| Teller::new(call, noon())).collect();
    let (dead, _) = Spool::open(&folder.0).unwrap();
    for call in &mut calls {
        assert_eq!(dead.append(&call.opened("live")), Kept::File);
    }
    talk(&mut calls, 1..=LINES / 2, |entry| dead.append(entry));
    drop(dead); // As the kernel does for a killed process.

    let (log, _) = LogHandle::start(&folder.0, pool, WallClock::system()).unwrap();
    talk(&mut calls, LINES / 2 + 1..=LINES, |entry| log.record(entry.clone()));
    assert!(!log.flush(Duration::from_millis(300)).await, "nothing can be there yet");
    assert!(log.is_healthy() && log.database_has_room());
    assert_eq!(count(&db, "select count(*) from call_journal").await, 0);

    proxy.bring_back();
    assert!(log.flush(PATIENCE).await, "all of it arrives");
    assert_eq!(count(&db, "select count(*) from call_journal").await, RECORDS);
    assert_eq!(
        count(&db, "select count(*) from call_turns").await,
        CALLS as i64 * i64::from(LINES)
    );
    assert_eq!(count(&db, GAPS).await, 0, "each record once");
    assert_eq!(count(&db, SWAPPED).await, 0, "in the order of writing");
    assert!(log.stop(PATIENCE).await);
    until_files(&folder, 0).await;
}

/// Postgres answers every insert as it does when its disk is full.
async fn fill_the_disk(url: &str, full: bool) {
    let mut owner = PgConnection::connect(url).await.unwrap();
    let sql = if full {
        "create function no_room() returns trigger language plpgsql as $$ begin \
             raise exception 'could not extend file \"base/1/2\": No space left on device' \
             using errcode = '53100'; end $$; \
         create trigger no_room before insert on call_journal \
             for each statement execute function no_room(); \
         create trigger no_room before insert on calls \
             for each statement execute function no_room()"
    } else {
        "drop function no_room() cascade"
    };
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut owner).await.unwrap();
    owner.close().await.unwrap();
}

#[tokio::test]
async fn a_postgres_without_room_loses_nothing_and_is_told_of() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    assert!(log.flush(PATIENCE).await);
    fill_the_disk(&db.url, true).await;
    for line in 1..=300 {
        assert_eq!(log.record(call.turn(line, Speaker::Customer, "Hello")), Kept::File);
    }
    let mut other = Teller::new(2, noon());
    assert_eq!(log.record(other.opened("live")), Kept::File, "new calls are taken, too");
    assert!(!log.flush(Duration::from_millis(500)).await, "nobody could write it");
    assert!(log.is_healthy(), "the journal's own disk is another");
    assert!(!log.database_has_room(), "the operator is told");
    assert!(!folder.0.join("refused.jsonl").exists(), "full is not wrong");

    fill_the_disk(&db.url, false).await;
    log.record(call.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);
    assert!(log.database_has_room());
    assert_eq!(count(&db, "select count(*) from call_turns").await, 300);
    assert_eq!(count(&db, GAPS).await, 0);
    assert_eq!(count(&db, SWAPPED).await, 0);
    assert_eq!(count(&db, "select count(*) from calls").await, 2);
}
