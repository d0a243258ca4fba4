//! Whoever watches sees how old the oldest rows are that should go by themselves.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;

use chrono::{TimeDelta, Utc};
use database::{TestDb, fresh_database};
use std::collections::BTreeMap;
use treadline::clock::WallClock;
use treadline::db::{retention, retention_age};
use treadline::http::metrics;
use treadline::ids::TenantId;
use treadline::jobs::{self, JobContext};

/// Whole days of each table that has any row.
async fn ages(db: &TestDb) -> BTreeMap<String, i64> {
    let lines = retention_age::oldest(&db.pool).await.unwrap();
    let age = |line: retention_age::Oldest| Some((line.table, (Utc::now() - line.at?).num_days()));
    lines.into_iter().filter_map(age).collect()
}

async fn write(db: &TestDb, days_ago: i64) {
    sqlx::query(
        "with said as (insert into call_turns (id, tenant_id, call_id, call_started_at, \
             turn_number, speaker) values (gen_random_uuid(), $1, gen_random_uuid(), $2, 1, 'bot')), \
         wished as (insert into wishlist (tenant_id, phone, item_type, item_id, created_at) \
             values ($1, '+380671234567', 'size', gen_random_uuid()::text, $2)) \
         insert into calls (id, tenant_id, started_at, caller_id) \
         values (gen_random_uuid(), $1, $2, '+380671234567')",
    )
    .bind(TenantId::DEFAULT.0)
    .bind(Utc::now() - TimeDelta::days(days_ago))
    .execute(&mut db.owner().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn the_oldest_row_counts_and_of_calls_the_oldest_with_people() {
    let Some(db) = fresh_database().await else { return };
    assert_eq!(ages(&db).await, BTreeMap::new(), "an empty log is not old");
    let now = Utc::now();
    for days_ago in [3, 50, 450] {
        // One waits in the default partition, the others lie in months.
        if days_ago != 50 {
            let day = (now - TimeDelta::days(days_ago)).date_naive();
            treadline::db::partitions::ensure_month(&db.pool, day).await.unwrap();
        }
        write(&db, days_ago).await;
    }
    let before = ages(&db).await;
    for table in ["calls", "call_turns", "wishlist"] {
        assert_eq!(before.get(table), Some(&450), "{table}: {before:?}");
    }
    retention::run(&db.pool, now).await.unwrap();
    let after = ages(&db).await;
    for table in ["calls", "call_turns", "wishlist"] {
        assert_eq!(after.get(table), Some(&50), "{table}: {after:?}");
    }
    sqlx::query("update calls set deleted_at = now() - interval '20 days'")
        .execute(&mut db.owner().await)
        .await
        .unwrap();
    assert_eq!(ages(&db).await.get("(soft deleted)"), Some(&20));
}

#[tokio::test]
async fn every_line_by_which_rows_go_is_watched() {
    let Some(db) = fresh_database().await else { return };
    let watched: Vec<String> =
        retention_age::oldest(&db.pool).await.unwrap().into_iter().map(|line| line.table).collect();
    let lines: Vec<String> = sqlx::query_scalar(
        "select table_name from housekeeping.retention \
         where keep_days is not null and goes_with is null order by 1",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap();
    assert_eq!(watched, lines);
}

#[tokio::test]
async fn the_retention_job_puts_the_ages_on_the_metrics_page() {
    let Some(db) = fresh_database().await else { return };
    let page = metrics::install().unwrap();
    write(&db, 40).await;
    let job = jobs::all().into_iter().find(|job| job.name == "retention").unwrap();
    let clock = WallClock::system();
    let context = JobContext { pool: db.pool.clone(), clock, last_ok_began_at: None };
    job.run(&context).await.unwrap();
    let text = page.render();
    for table in ["calls", "call_turns", "orders", "(soft deleted)"] {
        let line = format!("treadline_retention_oldest_days{{table=\"{table}\"}} ");
        assert!(text.contains(&line), "{line}: {text}");
    }
}
