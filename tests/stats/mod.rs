//! A day's figures: right at the shop's midnight, equal to a recount by other means whatever
//! happens to the calls, sealed before their rows go; and the views for dashboards.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;
use crate::support::rng;

mod model;
mod views;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use database::{TestDb, fresh_database};
use model::{Book, Row};
use rng::Rng;
use treadline::clock::WallClock;
use treadline::db::stats;
use treadline::ids::TenantId;
use treadline::jobs::daily_stats;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn other_tenant(db: &TestDb, zone: &str) -> TenantId {
    let id = Uuid::new_v4();
    sqlx::query(
        "insert into tenants (id, name, slug, timezone) values ($1, 'Second', 'second', $2)",
    )
    .bind(id)
    .bind(zone)
    .execute(&mut db.owner().await)
    .await
    .unwrap();
    TenantId(id)
}

/// The day when clocks go forward has 23 hours, the one when they go back has 25; no call is
/// counted twice or not at all, and another shop's midnight is another moment.
#[tokio::test]
async fn a_call_belongs_to_the_day_on_its_shops_wall_also_when_the_clocks_change() {
    let Some(db) = fresh_database().await else { return };
    let second = other_tenant(&db, "America/New_York").await;
    for (date, first, last, hours) in [
        ("2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T20:59:59.999999Z", 23),
        ("2026-10-25", "2026-10-24T21:00:00Z", "2026-10-25T21:59:59.999999Z", 25),
        ("2026-11-23", "2026-11-22T22:00:00Z", "2026-11-23T21:59:59.999999Z", 24),
    ] {
        let (first, last) = (at(first), at(last));
        assert_eq!((last - first).num_hours() + 1, hours);
        let mut book = Book::new(&db, TenantId::DEFAULT).await;
        let mut other = Book::new(&db, second).await;
        for moment in
            [first - TimeDelta::microseconds(1), first, last, last + TimeDelta::microseconds(1)]
        {
            book.add(Row::at(moment)).await;
            other.add(Row::at(moment)).await;
        }
        let ours = stats::compute_day(&db.pool, TenantId::DEFAULT, day(date)).await.unwrap();
        assert_eq!(ours.total_calls, 2, "{date}");
        for book in [&book, &other] {
            let (tenant, zone) = (book.tenant, book.zone);
            let mut days: Vec<NaiveDate> = book.rows.iter().map(|row| row.day(zone)).collect();
            days.dedup();
            let mut counted = 0;
            for date in days {
                counted += stats::compute_day(&db.pool, tenant, date).await.unwrap().total_calls;
            }
            assert_eq!(counted, 4, "{date} of {tenant:?}: each call once");
        }
        book.clear().await;
        other.clear().await;
    }
}

/// Whatever happens to the calls of three weeks around a change of the clocks, the figures that
/// follow the changes are those of a recount by other means.
#[tokio::test]
async fn the_figures_that_follow_changes_equal_a_recount_of_everything() {
    let Some(db) = fresh_database().await else { return };
    let mut book = Book::new(&db, TenantId::DEFAULT).await;
    for seed in 0..4 {
        let mut rng = Rng::new(seed);
        let clock = WallClock::starting_at(at("2026-11-05T10:00:00Z"));
        let mut since = None;
        for _ in 0..8 {
            for _ in 0..rng.within(1, 8) {
                book.change(&mut rng, at("2026-10-17T00:00:00Z"), 19 * 24 * 3_600).await;
            }
            let began: DateTime<Utc> =
                sqlx::query_scalar("select clock_timestamp()").fetch_one(&db.pool).await.unwrap();
            daily_stats::run_since(&db.pool, &clock, since).await.unwrap();
            since = Some(began);
            book.equals_the_figures(seed).await;
        }
        book.clear().await;
        daily_stats::run_since(&db.pool, &clock, since).await.unwrap();
        book.equals_the_figures(seed).await;
    }
}

#[tokio::test]
async fn a_day_is_sealed_before_its_rows_go_and_stays_when_they_are_gone() {
    let Some(db) = fresh_database().await else { return };
    let mut book = Book::new(&db, TenantId::DEFAULT).await;
    let (old, young) = (at("2026-08-20T10:00:00Z"), at("2026-11-20T10:00:00Z"));
    book.add(Row::at(old)).await;
    book.add(Row::at(young)).await;
    let clock = WallClock::starting_at(at("2026-11-23T10:00:00Z"));
    daily_stats::run_once(&db.pool, &clock).await.unwrap();
    let read =
        async |date| stats::load_day(&db.pool, TenantId::DEFAULT, date).await.unwrap().unwrap();
    assert!(read(day("2026-08-20")).await.sealed_at.is_some());
    assert!(read(day("2026-11-20")).await.sealed_at.is_none());
    book.clear().await;
    daily_stats::run_once(&db.pool, &clock).await.unwrap();
    assert_eq!(read(day("2026-08-20")).await.total_calls, 1, "what was counted stays");
    assert_eq!(read(day("2026-11-20")).await.total_calls, 0);
}
