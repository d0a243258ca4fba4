//! The day's figures.

use crate::log::database::fresh_database;
use crate::log::teller::{Folder, PATIENCE, Teller, as_shop, count, noon, start};
use chrono::{NaiveDate, TimeDelta, TimeZone as _, Utc};
use serde_json::json;
use treadline::clock::WallClock;
use treadline::db::stats;
use treadline::ids::TenantId;
use treadline::jobs::daily_stats;
use treadline::turn::{Outcome, Speaker};

#[tokio::test]
async fn a_day_counts_live_calls_of_the_shops_own_day_the_same_each_time() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let at = |day, hour, minute| Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap();
    // In Kyiv the 23rd runs from 22:00 UTC of the 22nd to 22:00 UTC of the 23rd.
    for (number, started_at, origin, outcome) in [
        (1, at(22, 21, 59), "live", Outcome::Resolved),
        (2, at(22, 22, 0), "live", Outcome::Resolved),
        (3, at(23, 7, 30), "live", Outcome::Transferred),
        (4, at(23, 21, 59), "live", Outcome::Abandoned),
        (5, at(23, 22, 0), "live", Outcome::Resolved),
        (6, at(23, 8, 0), "demo", Outcome::Resolved),
        (7, at(23, 8, 0), "test", Outcome::Resolved),
    ] {
        let mut call = Teller::new(number, started_at);
        log.record(call.opened(origin));
        log.record(call.turn(1, Speaker::Bot, "Hello"));
        log.record(call.ended(outcome));
    }
    assert!(log.flush(PATIENCE).await);
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    let first = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!((first.total_calls, first.resolved_by_bot, first.transferred), (3, 1, 1));
    assert_eq!(first.hourly_distribution, json!({"00": 1, "09": 1, "23": 1}));
    assert_eq!(first.transfer_reasons, json!({"customer_request": 1}));
    assert_eq!(first.scenario_breakdown, json!({"fitting_booking": 3}));
    assert_eq!(first.channel_breakdown, json!({"phone": 3}));
    assert_eq!(first.avg_response_ms, Some(800.0));
    assert_eq!(first.avg_duration_seconds, Some(3.0));
    assert_eq!(first.conversion, Some(0.0));
    let mut again = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    again.computed_at = first.computed_at;
    assert_eq!(again, first);
    let empty: NaiveDate = "2026-11-01".parse().unwrap();
    let empty = stats::compute_day(&db.pool, TenantId::DEFAULT, empty).await.unwrap();
    assert_eq!((empty.total_calls, empty.conversion), (0, None));
}

#[tokio::test]
async fn a_sealed_day_is_not_counted_again() {
    let Some(db) = fresh_database().await else { return };
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    sqlx::query("update daily_stats set total_calls = 42, sealed_at = now()")
        .execute(&mut as_shop(&db).await)
        .await
        .unwrap();
    let day = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!(day.total_calls, 42);
}

/// F6: whatever the clock does, every civil day is counted.
#[tokio::test]
async fn every_day_is_counted_however_the_clock_steps() {
    let Some(db) = fresh_database().await else { return };
    let clock = WallClock::starting_at(noon());
    daily_stats::run_once(&db.pool, &clock).await.unwrap();
    for hours in [1, -2, 26, 75, -30, 24] {
        clock.set(clock.now() + TimeDelta::hours(hours));
        daily_stats::run_once(&db.pool, &clock).await.unwrap();
    }
    let gaps = "select max(stat_date) - min(stat_date) + 1 - count(*) from daily_stats";
    assert_eq!(count(&db, gaps).await, 0);
}
