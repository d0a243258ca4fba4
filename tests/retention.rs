//! What is too old goes, what is younger stays.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;

use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use database::{TestDb, fresh_database};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use treadline::config::Retention;
use treadline::db::{self, retention::Deed};
use treadline::ids::TenantId;
use uuid::Uuid;

/// Moments at which a sum over days likes to go wrong: leap days and the day after, both nights of
/// the clock change in Kyiv, ends of months and of the year.
const MOMENTS: [&str; 10] = [
    "2020-02-29T12:00:00Z",
    "2021-03-01T00:00:00Z",
    "2022-03-27T00:59:59.999Z",
    "2022-10-30T01:00:00Z",
    "2023-12-31T23:59:59.999Z",
    "2024-01-01T00:00:00Z",
    "2024-02-29T23:30:00Z",
    "2024-05-30T00:00:00Z",
    "2025-05-29T23:59:59.999Z",
    "2026-03-29T01:00:00Z",
];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The first moment of the month after the one that holds `moment`, in UTC.
fn month_end(moment: DateTime<Utc>) -> DateTime<Utc> {
    let first = NaiveDate::from_ymd_opt(moment.year(), moment.month(), 1).unwrap();
    (first + Months::new(1)).and_time(NaiveTime::MIN).and_utc()
}

/// Ages around every edge that matters for `keep_days`, and others between.
fn births(now: DateTime<Utc>, keep_days: i64) -> Vec<DateTime<Utc>> {
    let cutoff = now - TimeDelta::hours(24 * keep_days);
    let mut edges = vec![now, cutoff, month_end(cutoff), month_end(now - TimeDelta::days(31))];
    edges.push(month_end(cutoff - TimeDelta::days(40)));
    edges.push(month_end(cutoff - TimeDelta::days(70)));
    let mut births: Vec<_> = edges
        .into_iter()
        .flat_map(|edge| [-1, 0, 1].map(|ms| edge + TimeDelta::milliseconds(ms)))
        .filter(|birth| *birth <= now)
        .collect();
    births.extend((0..40).map(|n| now - TimeDelta::hours(n * 24 * (keep_days + 60) / 40)));
    births
}

/// Writes a row a birth; every second month is a month of its own, the rest waits in the default
/// partition.
async fn write(db: &TestDb, table: &str, births: &[DateTime<Utc>]) {
    let months: BTreeSet<(i32, u32)> = births.iter().map(|b| (b.year(), b.month())).collect();
    let by_months = table != "wishlist";
    let mut owner = db.owner().await;
    for (year, month) in months.into_iter().filter(|(_, month)| by_months && month % 2 == 0) {
        let day = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
        sqlx::query("select housekeeping.ensure_month($1, $2)")
            .bind(table)
            .bind(day)
            .execute(&mut owner)
            .await
            .unwrap();
    }
    let insert = match table {
        "calls" => {
            "insert into calls (id, tenant_id, started_at, caller_id, summary, meta, total_cost_usd) \
             select gen_random_uuid(), $1, birth, '+380671234567', 'Olena asked', \
                    '{\"name\": \"Olena\", \"lines\": 4, \"transcript_off\": true}', 0.5 \
             from unnest($2::timestamptz[]) birth"
        }
        "call_turns" => {
            "insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, speaker) \
             select gen_random_uuid(), $1, gen_random_uuid(), birth, 1, 'bot' \
             from unnest($2::timestamptz[]) birth"
        }
        _ => {
            "insert into wishlist (tenant_id, phone, item_type, item_id, created_at) \
             select $1, '+380671234567', 'size', gen_random_uuid()::text, birth \
             from unnest($2::timestamptz[]) birth"
        }
    };
    sqlx::query(insert).bind(TenantId::DEFAULT.0).bind(births).execute(&mut owner).await.unwrap();
}

async fn moments(owner: &mut PgConnection, query: &'static str) -> Vec<DateTime<Utc>> {
    sqlx::query_scalar(query).fetch_all(owner).await.unwrap()
}

/// At each moment what is left is exactly what should be: computed here from the calendar alone.
async fn check(
    db: &TestDb,
    table: &str,
    keep_days: i64,
    left: &'static str,
    stays: impl Fn(DateTime<Utc>, DateTime<Utc>) -> bool,
) {
    let mut owner = db.owner().await;
    let mut all: Vec<DateTime<Utc>> = Vec::new();
    for now in MOMENTS.map(at) {
        let fresh = births(now, keep_days);
        write(db, table, &fresh).await;
        all.extend(fresh);
        db::retention::run(&db.pool, now).await.unwrap();
        let cutoff = now - TimeDelta::hours(24 * keep_days);
        all.retain(|birth| stays(*birth, cutoff));
        all.sort_unstable();
        assert_eq!(moments(&mut owner, left).await, all, "{table} at {now}");
        let again = db::retention::run(&db.pool, now).await.unwrap();
        assert_eq!(again, [], "a second run has nothing to do");
    }
}

#[tokio::test]
async fn lines_go_with_their_month_once_its_last_moment_is_too_old_and_never_before() {
    let Some(db) = fresh_database().await else { return };
    let left = "select call_started_at from call_turns order by 1";
    check(&db, "call_turns", 90, left, |birth, cutoff| month_end(birth) > cutoff).await;
}

#[tokio::test]
async fn calls_lose_their_people_with_their_month_and_stay_as_numbers() {
    let Some(db) = fresh_database().await else { return };
    let left = "select started_at from calls where caller_id = '+380671234567' order by 1";
    check(&db, "calls", 365, left, |birth, cutoff| month_end(birth) > cutoff).await;
    let mut owner = db.owner().await;
    let (calls, bare): (i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where caller_id = 'DELETED' and summary is null \
             and customer_id is null and meta = '{\"lines\": 4, \"transcript_off\": true}') \
         from calls",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let known = moments(&mut owner, left).await.len() as i64;
    assert!(bare > 400 && known > 10, "{bare} {known}");
    assert_eq!(bare + known, calls, "a call has its people or none of them");
    let cost: i64 = sqlx::query_scalar("select (sum(total_cost_usd) * 2)::bigint from calls")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(cost, calls, "what it cost is still known");
}

#[tokio::test]
async fn a_wish_goes_to_the_moment() {
    let Some(db) = fresh_database().await else { return };
    let left = "select created_at from wishlist order by 1";
    check(&db, "wishlist", 365, left, |birth, cutoff| birth >= cutoff).await;
}

#[tokio::test]
async fn a_clock_that_runs_years_ahead_throws_nothing_away() {
    let Some(db) = fresh_database().await else { return };
    let now = Utc::now();
    write(&db, "call_turns", &[now, now - TimeDelta::days(60)]).await;
    write(&db, "calls", &[now - TimeDelta::days(300)]).await;
    let done = db::retention::run(&db.pool, now + TimeDelta::days(3_650)).await.unwrap();
    assert_eq!(done, []);
}

#[tokio::test]
async fn the_configuration_decides_how_long() {
    let Some(db) = fresh_database().await else { return };
    let now = Utc::now();
    let long_ago = now - TimeDelta::days(200);
    write(&db, "call_turns", &[now, long_ago]).await;
    db::retention::set(&db.pool, &Retention { turns_days: 300, ..Retention::default() })
        .await
        .unwrap();
    assert_eq!(db::retention::run(&db.pool, now).await.unwrap(), []);
    db::retention::set(&db.pool, &Retention::default()).await.unwrap();
    let done = db::retention::run(&db.pool, now).await.unwrap();
    assert_eq!(done.len(), 1, "{done:?}");
    assert_eq!((done[0].deed, done[0].rows), (Deed::Dropped, 1));
}

#[tokio::test]
async fn the_databases_own_days_are_those_of_the_configurations_defaults() {
    let Some(db) = fresh_database().await else { return };
    let lines = "select table_name || ' ' || keep_days from housekeeping.retention \
                 where keep_days is not null order by 1";
    let read = async || -> Vec<String> {
        sqlx::query_scalar(lines).fetch_all(&mut db.owner().await).await.unwrap()
    };
    let before = read().await;
    db::retention::set(&db.pool, &Retention::default()).await.unwrap();
    assert_eq!(read().await, before);
}

#[tokio::test]
async fn every_line_can_be_acted_on() {
    let Some(db) = fresh_database().await else { return };
    let broken: Vec<String> = sqlx::query_scalar(
        "select line.table_name from housekeeping.retention line \
         where line.action = 'delete' and line.goes_with is null and not exists ( \
                 select from information_schema.columns col where col.table_schema = 'public' \
                   and col.table_name = line.table_name \
                   and col.column_name = coalesce(line.age_column, 'created_at')) \
            or line.goes_with is not null and not exists ( \
                 select from pg_constraint tie where tie.conrelid = to_regclass(line.table_name) \
                   and tie.confrelid = to_regclass(line.goes_with) and tie.confdeltype = 'c') \
            or line.action in ('drop_month', 'anonymise') and not exists ( \
                 select from housekeeping.partition_templates t where t.parent = line.table_name) \
            or line.action = 'anonymise' and line.table_name <> 'calls'",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap();
    assert_eq!(broken, Vec::<String>::new());
}

#[tokio::test]
async fn every_column_of_a_call_is_either_a_number_a_word_of_ours_or_taken_out() {
    let Some(db) = fresh_database().await else { return };
    let texts: Vec<String> = sqlx::query_scalar(
        "select column_name::text from information_schema.columns where table_name = 'calls' \
         and table_schema = 'public' and data_type in ('text', 'jsonb', 'json', 'ARRAY') order by 1",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap();
    let taken_out = ["asterisk_channel_id", "caller_id", "csat_comment", "meta", "summary"];
    let ours = [
        "called_number",
        "channel",
        "cost_breakdown",
        "drop_off_stage",
        "intents",
        "language",
        "node",
        "origin",
        "outcome",
        "prompt_version",
        "scenario",
        "sentiment",
        "transfer_reason",
    ];
    let mut known: Vec<&str> = taken_out.into_iter().chain(ours).collect();
    known.sort_unstable();
    assert_eq!(texts, known, "say what happens to a new column after a year");
}

#[tokio::test]
async fn what_was_hidden_comes_back_for_thirty_days_and_then_goes_with_all_that_is_its_own() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    let now = Utc::now();
    for (n, hidden_days) in [29, 31].into_iter().enumerate() {
        let call = Uuid::from_u128(n as u128 + 1);
        sqlx::query(
            "with hidden as (insert into calls (id, tenant_id, started_at, deleted_at) \
                 values ($1, $2, $3, $4)), \
             said as (insert into call_turns (id, tenant_id, call_id, call_started_at, \
                 turn_number, speaker) values (gen_random_uuid(), $2, $1, $3, 1, 'bot')) \
             insert into customers (tenant_id, phone, deleted_at) values ($2, $1::text, $4)",
        )
        .bind(call)
        .bind(TenantId::DEFAULT.0)
        .bind(now - TimeDelta::days(40))
        .bind(now - TimeDelta::days(hidden_days))
        .execute(&mut owner)
        .await
        .unwrap();
    }
    let done = db::retention::run(&db.pool, now).await.unwrap();
    assert_eq!((done.len(), done[0].deed, done[0].rows), (1, Deed::Purged, 2), "{done:?}");
    let left: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from calls), (select count(*) from call_turns), \
                (select count(*) from customers)",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(left, (1, 1, 1));
}

#[tokio::test]
async fn an_agreement_goes_with_the_order_that_rests_on_it_and_not_before() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    let now = Utc::now();
    let agreed = now - TimeDelta::hours(24 * 1_095) - TimeDelta::seconds(30);
    sqlx::query(
        "with agreement as (insert into approvals (id, tenant_id, call_id, call_started_at, \
             tool_name, args, effect_key, readback_hash, created_at) \
             values ($1, $2, $1, $3, 'confirm_order', '{}', 'key', 'hash', $3)) \
         insert into orders (id, tenant_id, phone, approval_id, created_at) \
         values ($1, $2, '+380671234567', $1, $4)",
    )
    .bind(Uuid::from_u128(5))
    .bind(TenantId::DEFAULT.0)
    .bind(agreed)
    .bind(agreed + TimeDelta::seconds(20))
    .execute(&mut owner)
    .await
    .unwrap();
    let count = "select (select count(*) from approvals) * 10 + (select count(*) from orders)";
    let mut left =
        async || -> i64 { sqlx::query_scalar(count).fetch_one(&mut owner).await.unwrap() };
    db::retention::run(&db.pool, now - TimeDelta::seconds(15)).await.unwrap();
    assert_eq!(left().await, 11, "the agreement is old, the order is not");
    db::retention::run(&db.pool, now).await.unwrap();
    assert_eq!(left().await, 0);
}
