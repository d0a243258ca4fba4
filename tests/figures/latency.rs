//! Latencies: histograms that are added up, never averaged percentiles.

use crate::figures::database::fresh_database;
use crate::figures::model::{Call, Shop};
use crate::figures::{KYIV, at, day};
use chrono::TimeDelta;
use treadline::clock::WallClock;
use treadline::db::figures::{self, BUCKETS, Histogram, Range, Span};
use treadline::ids::TenantId;
use treadline::jobs::daily_stats;

/// The database puts every time into the bucket into which the program puts it.
#[tokio::test]
async fn a_time_falls_into_the_same_bucket_here_and_in_the_database() {
    let Some(db) = fresh_database().await else { return };
    let mut times: Vec<i32> = vec![-1, 0, 1, 9, 10, 11, 25_000, i32::MAX];
    for bucket in 0..BUCKETS {
        let (from, to) = Histogram::edges(bucket);
        times.extend([from.ceil() as i32, from.floor() as i32, to.floor() as i32]);
    }
    let found: Vec<i32> = sqlx::query_scalar(
        "select dashboard.latency_bucket(ms) from unnest($1::int[]) with ordinality as t (ms, n) \
         order by n",
    )
    .bind(&times)
    .fetch_all(&db.pool)
    .await
    .unwrap();
    let ours: Vec<i32> = times.iter().map(|ms| Histogram::bucket(*ms) as i32).collect();
    assert_eq!(found, ours);
}

/// The job keeps each day's times; a week's percentiles come from their sum. The busy day decides:
/// a mean of the days' percentiles would say something else.
#[tokio::test]
async fn percentiles_of_a_week_come_from_all_its_answers_together() {
    let Some(db) = fresh_database().await else { return };
    let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
    let monday = at("2026-11-16T09:00:00Z");
    // Monday: 300 quick answers in calls of a line of the caller and one answer each; then every
    // day 20 slow ones.
    for number in 0..300 {
        let call = Call::at(monday + TimeDelta::seconds(number));
        shop.add(Call { words: 1, replies_ms: vec![500], ..call }).await;
    }
    for later in 1..6 {
        for number in 0..20 {
            let call = Call::at(monday + TimeDelta::days(later) + TimeDelta::seconds(number));
            shop.add(Call { words: 1, replies_ms: vec![3_000], ..call }).await;
        }
    }
    let now = at("2026-11-23T09:00:00Z");
    daily_stats::run_once(&db.pool, &WallClock::starting_at(now)).await.unwrap();
    let range = Range::of(Span::Week, day("2026-11-18"), KYIV, now);
    let found = figures::load_latency(&db.pool, shop.tenant, range).await.unwrap();
    let reply = found.stage("reply").unwrap();
    assert_eq!(reply.values(), 400);
    let near = |ms: Option<f64>, wanted: f64| (ms.unwrap() / wanted - 1.0).abs() < 0.026;
    assert!(near(reply.percentile(0.5), 500.0), "{:?}", reply.percentile(0.5));
    assert!(near(reply.percentile(0.95), 3_000.0), "{:?}", reply.percentile(0.95));
    assert_eq!((found.slow.part.calls, found.slow.of.calls), (100, 400));
    assert_eq!(found.slowest.len(), 20);
    assert!(found.slowest.iter().all(|turn| turn.reply_ms == 3_000));
    // A day of twenty answers has a median and nothing more.
    let tuesday = &found.days.iter().find(|(date, _)| *date == day("2026-11-17")).unwrap().1;
    assert!(tuesday.percentile(0.5).is_some() && tuesday.percentile(0.95).is_none());
    assert_eq!(found.hours.iter().map(Histogram::values).sum::<u64>(), 400);
}

/// A later line of the same answer repeats the wait of the first: it is one wait.
#[tokio::test]
async fn an_answer_of_several_lines_is_one_wait() {
    let Some(db) = fresh_database().await else { return };
    let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
    let call = Call::at(at("2026-11-20T10:00:00Z"));
    shop.add(Call { words: 1, replies_ms: vec![700, 700, 700], ..call }).await;
    let now = at("2026-11-20T12:00:00Z");
    daily_stats::run_once(&db.pool, &WallClock::starting_at(now)).await.unwrap();
    let range = Range::of(Span::Day, day("2026-11-20"), KYIV, now);
    let found = figures::load_latency(&db.pool, shop.tenant, range).await.unwrap();
    assert_eq!(found.stage("reply").unwrap().values(), 1);
    assert_eq!(found.slowest.len(), 1);
}

/// Counting a day again changes nothing, and a day whose lines are gone keeps what was counted.
#[tokio::test]
async fn a_sealed_day_keeps_its_times_when_its_lines_are_gone() {
    let Some(db) = fresh_database().await else { return };
    let mut shop = Shop::new(&db, TenantId::DEFAULT).await;
    let call = Call::at(at("2026-08-20T10:00:00Z"));
    shop.add(Call { words: 1, replies_ms: vec![700], ..call }).await;
    let now = at("2026-11-23T10:00:00Z");
    let clock = WallClock::starting_at(now);
    let range = Range::of(Span::Day, day("2026-08-20"), KYIV, now);
    let replies = async || {
        let found = figures::load_latency(&db.pool, shop.tenant, range).await.unwrap();
        found.stage("reply").unwrap().values()
    };
    for _ in 0..2 {
        daily_stats::run_once(&db.pool, &clock).await.unwrap();
        assert_eq!(replies().await, 1);
    }
    sqlx::query("delete from call_turns").execute(&mut db.owner().await).await.unwrap();
    daily_stats::run_once(&db.pool, &clock).await.unwrap();
    assert_eq!(replies().await, 1);
}
