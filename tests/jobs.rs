//! Jobs that several processes share: each run happens once, a dead process holds nothing up, and
//! what went wrong can be seen.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;
use crate::support::program;

use database::{TestDb, fresh_database};
use program::Folder;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use treadline::clock::WallClock;
use treadline::db::jobs::{self as registry, JobRow};
use treadline::jobs::scheduler::{RunError, Scheduler};
use treadline::jobs::{self, Job};

const PATIENCE: Duration = Duration::from_mins(1);
const TICK: Duration = Duration::from_millis(50);
/// Longer than a busy machine keeps a heartbeat waiting.
const LEASE: Duration = Duration::from_secs(20);

fn scheduler(db: &TestDb, node: &str, jobs: Vec<Job>) -> Scheduler {
    Scheduler::new(db.pool.clone(), WallClock::system(), node, jobs).with_times(TICK, LEASE)
}

async fn row(db: &TestDb, name: &str) -> Option<JobRow> {
    let rows = registry::list(&db.pool).await.unwrap();
    rows.into_iter().find(|row| row.name == name)
}

async fn until<F: Future<Output = bool>>(what: &str, mut done: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !done().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_a_job_and_each_run_happens_once() {
    let Some(db) = fresh_database().await else { return };
    let (busy, runs) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
    let overlaps = Arc::<AtomicU64>::default();
    let job = {
        let (busy, runs, overlaps) = (busy.clone(), runs.clone(), overlaps.clone());
        Job::new("count", Duration::from_secs(1), move |_| {
            let (busy, runs, overlaps) = (busy.clone(), runs.clone(), overlaps.clone());
            Box::pin(async move {
                if busy.swap(true, Ordering::SeqCst) {
                    overlaps.fetch_add(1, Ordering::SeqCst);
                }
                let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
                sleep(Duration::from_millis(100)).await;
                busy.store(false, Ordering::SeqCst);
                Ok(format!("run {run}"))
            })
        })
    };
    let stop = CancellationToken::new();
    let nodes: Vec<_> = ["one", "two", "three"]
        .map(|node| tokio::spawn(scheduler(&db, node, vec![job.clone()]).run(stop.clone())))
        .into_iter()
        .collect();
    until("four runs", || async { row(&db, "count").await.is_some_and(|row| row.runs >= 4) }).await;
    until("a moment of rest", || async {
        row(&db, "count").await.is_some_and(|row| row.locked_by.is_none())
    })
    .await;
    stop.cancel();
    for node in nodes {
        node.await.unwrap();
    }
    let row = row(&db, "count").await.unwrap();
    assert_eq!(overlaps.load(Ordering::SeqCst), 0);
    let begun = runs.load(Ordering::SeqCst) as i64;
    // A run may have begun between the look and the stop; it is then neither good nor bad yet.
    assert_eq!(row.runs + i64::from(row.locked_by.is_some()), begun, "{row:?}");
    assert_eq!(row.failures, 0, "{row:?}");
}

#[tokio::test]
async fn the_job_of_a_process_that_died_is_taken_over_when_its_lease_runs_out() {
    let Some(db) = fresh_database().await else { return };
    registry::register(&db.pool, "count", Duration::from_hours(1)).await.unwrap();
    let lease = Duration::from_millis(1_500);
    let dead = registry::claim(&db.pool, "dead", &["count"], lease).await.unwrap().unwrap();
    let early = registry::claim(&db.pool, "heir", &["count"], LEASE).await.unwrap();
    assert_eq!(early, None, "its lease still holds");

    let job = Job::new("count", Duration::from_hours(1), |_| Box::pin(async { Ok("done".into()) }));
    let stop = CancellationToken::new();
    let heir = tokio::spawn(scheduler(&db, "heir", vec![job]).run(stop.clone()));
    until("the heir has done it", || async {
        row(&db, "count").await.is_some_and(|row| row.runs == 1)
    })
    .await;
    stop.cancel();
    heir.await.unwrap();
    let left = row(&db, "count").await.unwrap();
    assert_eq!((left.failures, left.last_ok_by.as_deref()), (1, Some("heir")));
    assert_eq!(left.last_error.as_deref(), Some("the lease of dead ran out"));
    assert!(!registry::extend(&db.pool, &dead, LEASE).await.unwrap(), "the dead cannot hold on");
    assert!(!registry::finish(&db.pool, &dead, Ok("late")).await.unwrap());
    assert_eq!(row(&db, "count").await.unwrap().last_result.as_deref(), Some("done"));
}

#[tokio::test]
async fn a_long_run_keeps_its_lease() {
    let Some(db) = fresh_database().await else { return };
    let lease = Duration::from_secs(3);
    let finish = Arc::new(tokio::sync::Notify::new());
    let waiting = finish.clone();
    let job = Job::new("slow", Duration::from_hours(1), move |_| {
        let waiting = waiting.clone();
        Box::pin(async move {
            waiting.notified().await;
            Ok("done".into())
        })
    });
    let stop = CancellationToken::new();
    let own = scheduler(&db, "slow one", vec![job]).with_times(TICK, lease);
    let task = tokio::spawn(own.run(stop.clone()));
    until("it runs", || async {
        row(&db, "slow").await.is_some_and(|row| row.locked_by.is_some())
    })
    .await;
    let first = row(&db, "slow").await.unwrap().lease_until.unwrap();
    until("the lease was extended", || async {
        row(&db, "slow").await.is_some_and(|row| row.lease_until > Some(first))
    })
    .await;
    let other = registry::claim_now(&db.pool, "other", "slow", LEASE).await.unwrap();
    assert_eq!(other, None);
    finish.notify_one();
    until("it is done", || async { row(&db, "slow").await.is_some_and(|row| row.runs == 1) }).await;
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test]
async fn a_failure_and_a_panic_are_seen_and_tried_again() {
    let Some(db) = fresh_database().await else { return };
    let fates = Arc::new(Mutex::new(vec!["ok", "panic", "error"]));
    let job = {
        let fates = fates.clone();
        Job::new("shaky", Duration::from_hours(1), move |_| {
            let fate = fates.lock().unwrap().pop();
            Box::pin(async move {
                match fate {
                    Some("error") => anyhow::bail!("no luck"),
                    Some("panic") => panic!("as scripted"),
                    _ => Ok("fine".into()),
                }
            })
        })
    };
    let own = scheduler(&db, "one", vec![job.clone()]);
    let first = own.run_now(&job).await.unwrap_err();
    assert_eq!(first.to_string(), "no luck");
    let after = row(&db, "shaky").await.unwrap();
    assert_eq!((after.runs, after.failures), (0, 1));
    assert_eq!(after.last_error.as_deref(), Some("no luck"));
    let wait = after.next_run_at - after.last_error_at.unwrap();
    assert!((25..=35).contains(&wait.num_seconds()), "sooner than in an hour: {wait}");
    assert_eq!(own.run_now(&job).await.unwrap_err().to_string(), "it panicked");
    assert_eq!(own.run_now(&job).await.unwrap(), "fine");
    let after = row(&db, "shaky").await.unwrap();
    assert_eq!((after.runs, after.failures), (1, 2));
    assert!(after.last_ok_at > after.last_error_at);
    let wait = after.next_run_at - after.last_ok_at.unwrap();
    assert!((3_590..=3_600).contains(&wait.num_seconds()), "in an hour: {wait}");
}

#[tokio::test]
async fn a_job_that_is_being_done_is_not_done_again_by_hand() {
    let Some(db) = fresh_database().await else { return };
    registry::register(&db.pool, "count", Duration::from_hours(1)).await.unwrap();
    registry::claim(&db.pool, "busy one", &["count"], LEASE).await.unwrap().unwrap();
    let job = Job::new("count", Duration::from_hours(1), |_| Box::pin(async { Ok(String::new()) }));
    let refused = scheduler(&db, "me", vec![job.clone()]).run_now(&job).await.unwrap_err();
    assert!(matches!(&refused, RunError::Taken { by, .. } if by == "busy one"), "{refused}");
}

#[tokio::test]
async fn a_job_that_nobody_does_is_missed_twice_and_then_no_more() {
    let Some(db) = fresh_database().await else { return };
    let job = Job::new("count", Duration::from_mins(10), |_| Box::pin(async { Ok(String::new()) }));
    registry::register(&db.pool, "count", job.every).await.unwrap();
    let missed = async |age_min: i32| {
        sqlx::query("update housekeeping.jobs set created_at = now() - $1 * interval '1 minute'")
            .bind(age_min)
            .execute(&mut db.owner().await)
            .await
            .unwrap();
        row(&db, "count").await.unwrap().missed_twice
    };
    assert!(!missed(24).await);
    assert!(missed(26).await);
    scheduler(&db, "me", vec![job.clone()]).run_now(&job).await.unwrap();
    assert!(!missed(26).await, "it was done just now");
}

/// No input, and a second time does no harm.
#[tokio::test]
async fn every_job_of_the_program_can_be_done_twice() {
    let Some(db) = fresh_database().await else { return };
    let known = jobs::all();
    let own = scheduler(&db, "me", known.clone());
    for job in known.iter().chain(&known) {
        let result = own.run_now(job).await;
        assert!(result.as_ref().is_ok_and(|text| !text.is_empty()), "{}: {result:?}", job.name);
    }
    let days: i64 = sqlx::query_scalar("select count(*) from daily_stats")
        .fetch_one(&mut db.owner().await)
        .await
        .unwrap();
    assert_eq!(days, 61, "two months back, each day once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_sees_the_jobs_and_does_one_by_hand() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::with_database(&db.url);
    let before = folder.run(&["jobs"]).await.succeeded();
    assert!(before.contains("daily_stats") && before.contains("never"), "{before}");
    let done = folder.run(&["jobs", "run", "partitions"]).await.succeeded();
    assert!(done.starts_with("partitions: 0 months made, "), "{done}");
    let after = folder.run(&["jobs", "--json"]).await.succeeded();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&after).unwrap();
    let partitions = rows.iter().find(|row| row["name"] == "partitions").unwrap();
    assert_eq!((&partitions["runs"], &partitions["failures"]), (&1.into(), &0.into()));
    let (code, error) = folder.run(&["jobs", "run", "nothing"]).await.failed();
    assert_eq!(code, Some(1));
    assert!(error.contains("there is no job `nothing`; there are daily_stats"), "{error}");
}
