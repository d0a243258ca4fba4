//! Months: what the log's queries touch, and months that somebody else made.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use database::{TestDb, fresh_database};
use sqlx::{AssertSqlSafe, PgPool};
use std::collections::BTreeSet;
use treadline::db::{self, calls, partitions, retention, stats};
use treadline::ids::{CallId, TenantId};
use uuid::Uuid;

/// Months of calls that are written; the queries ask for one of them.
const MONTHS: u32 = 14;
const FIRST: &str = "2025-01-01";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Six calls a day with four lines and a tool call each, and what the planner knows of them.
async fn fill(db: &TestDb) {
    for n in 0..MONTHS {
        partitions::ensure_month(&db.pool, day(FIRST) + Months::new(n)).await.unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(format!(
        "insert into calls (id, tenant_id, started_at, ended_at, outcome, scenario) \
         select gen_random_uuid(), '{tenant}', at, at, 'resolved', 'order_status' \
         from generate_series('{FIRST}'::timestamptz, \
             '{FIRST}'::timestamptz + interval '{MONTHS} months' - interval '1 hour', '4 hours') at; \
         insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, speaker, \
             first_audio_ms) \
         select gen_random_uuid(), '{tenant}', id, started_at, n, 'bot', 500 \
         from calls, generate_series(1, 4) n; \
         insert into call_tool_calls (id, tenant_id, call_id, call_started_at, tool_name, success) \
         select gen_random_uuid(), '{tenant}', id, started_at, 'get_order_status', true from calls; \
         analyze",
        tenant = TenantId::DEFAULT.0
    )))
    .execute(&mut db.owner().await)
    .await
    .unwrap();
}

/// How often each month of a table was read so far, by the server's own count. Exact once `pool`,
/// which has one connection, was told to hand in what it counted.
async fn reads(db: &TestDb, pool: &PgPool, table: &str) -> Vec<(String, i64)> {
    assert_eq!(pool.options().get_max_connections(), 1);
    sqlx::query("select pg_stat_force_next_flush()").execute(pool).await.unwrap();
    sqlx::query_as(
        "select months.relname::text, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) \
         from pg_stat_user_tables months join pg_inherits link on link.inhrelid = months.relid \
         where link.inhparent = to_regclass($1) order by 1",
    )
    .bind(table)
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap()
}

/// The months of a table that are read by what happens in `doing`.
async fn touched(
    db: &TestDb,
    pool: &PgPool,
    table: &str,
    doing: impl AsyncFnOnce(),
) -> BTreeSet<String> {
    let before = reads(db, pool, table).await;
    doing().await;
    let after = reads(db, pool, table).await;
    assert!(after.len() > MONTHS as usize, "{after:?}");
    after
        .into_iter()
        .zip(before)
        .filter(|((_, after), (_, before))| after > before)
        .map(|((name, _), _)| name)
        .collect()
}

fn only(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn the_figures_of_a_day_are_counted_from_one_month() {
    let Some(db) = fresh_database().await else { return };
    fill(&db).await;
    let one = db::connect(&db.url, 1).await.unwrap();
    for (table, month) in [("calls", "calls_2025_07"), ("call_turns", "call_turns_2025_07")] {
        let read = touched(&db, &one, table, async || {
            let counted =
                stats::compute_day(&one, TenantId::DEFAULT, day("2025-07-10")).await.unwrap();
            assert_eq!((counted.total_calls, counted.avg_response_ms), (6, Some(500.0)));
        })
        .await;
        assert_eq!(read, only(&[month]), "{table}");
    }
    // Six calls of the first day lie on both sides of the month's end in UTC.
    let read = touched(&db, &one, "calls", async || {
        stats::compute_day(&one, TenantId::DEFAULT, day("2025-08-01")).await.unwrap();
    })
    .await;
    assert_eq!(read, only(&["calls_2025_07", "calls_2025_08"]));
}

#[tokio::test]
async fn the_lines_and_tools_of_a_call_are_read_from_its_own_month() {
    let Some(db) = fresh_database().await else { return };
    fill(&db).await;
    let (call, at): (Uuid, DateTime<Utc>) =
        sqlx::query_as("select id, started_at from calls order by started_at offset 1000 limit 1")
            .fetch_one(&mut db.owner().await)
            .await
            .unwrap();
    let one = db::connect(&db.url, 1).await.unwrap();
    for table in ["call_turns", "call_tool_calls"] {
        let read = touched(&db, &one, table, async || {
            let record = calls::load(&one, TenantId::DEFAULT, CallId(call)).await.unwrap().unwrap();
            assert_eq!((record.turns.len(), record.tool_calls.len()), (4, 1));
        })
        .await;
        assert_eq!(read, only(&[&format!("{table}_{}", at.format("%Y_%m"))]));
    }
}

#[tokio::test]
async fn months_that_another_tool_named_are_known_by_their_bounds() {
    let Some(db) = fresh_database().await else { return };
    // As pg_partman 4 and 5 name them.
    sqlx::raw_sql(
        "create table call_turns_p2021_05 partition of call_turns \
             for values from ('2021-05-01 00:00:00+00') to ('2021-06-01 00:00:00+00'); \
         create table call_turns_p20210601 partition of call_turns \
             for values from ('2021-06-01 00:00:00+00') to ('2021-07-01 00:00:00+00')",
    )
    .execute(&mut db.owner().await)
    .await
    .unwrap();
    for month in ["2021-05-31", "2021-06-01"] {
        let made = partitions::ensure_month(&db.pool, day(month)).await.unwrap();
        assert!(made.iter().all(|made| made.table != "call_turns"), "{made:?}");
    }
    let now = "2021-09-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let done = retention::run(&db.pool, now - TimeDelta::days(1)).await.unwrap();
    let turns: Vec<String> =
        done.iter().filter(|step| step.table == "call_turns").map(ToString::to_string).collect();
    assert_eq!(turns, ["dropped call_turns 2021-05 (0 rows)"]);
    let shown = partitions::months(&db.pool).await.unwrap();
    let turns = shown.iter().find(|of| of.table == "call_turns").unwrap();
    assert_eq!(turns.months[0], "2021-06-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap());
}
