//! Months by `pg_partman`: a real one (Debian's SQL) in the tests' Postgres.
//!
//! `TREADLINE_SKIP=partman` skips these, loudly; with `CI=true` that is an error.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database::{TestDb, fresh_database};
use crate::support::program::Folder;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, Utc};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use treadline::db::partitions::{self, MONTHS_AHEAD, Made, TEMPLATES};
use treadline::db::partman;
use treadline::ids::TenantId;

/// A database that has `pg_partman`, made as an administrator makes it.
async fn with_partman() -> Option<TestDb> {
    let skip = std::env::var("TREADLINE_SKIP").unwrap_or_default();
    if skip.split(',').any(|what| what.trim() == "partman") {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TREADLINE_SKIP=partman is refused when CI=true"
        );
        eprintln!("SKIPPED: THIS TEST NEEDS PG_PARTMAN AND TREADLINE_SKIP NAMES IT");
        return None;
    }
    let db = fresh_database().await?;
    let part = treadline::parts::dir().unwrap().join("partman");
    assert!(part.join("version").exists(), "pg_partman is missing: run `make setup-browser`");
    // Only a superuser may make it: it is not a trusted extension.
    let administrator = db.url.replacen("//treadline_owner@", "//postgres@", 1);
    let mut administrator = PgConnection::connect(&administrator).await.unwrap();
    let make = format!(
        "set extension_control_path = '{}:$system'; \
         create schema partman authorization treadline_owner; \
         create extension pg_partman schema partman; \
         grant all on all tables in schema partman to treadline_owner",
        part.display()
    );
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut administrator).await.unwrap();
    administrator.close().await.unwrap();
    Some(db)
}

async fn names(db: &TestDb, table: &str) -> Vec<String> {
    let sql = "select inhrelid::regclass::text from pg_inherits \
               where inhparent = to_regclass($1) order by 1";
    sqlx::query_scalar(sql).bind(table).fetch_all(&mut db.owner().await).await.unwrap()
}

async fn execute(db: &TestDb, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db.owner().await).await.unwrap();
}

fn month(ahead: u32) -> NaiveDate {
    Utc::now().date_naive().with_day(1).unwrap() + Months::new(ahead)
}

/// A call at noon of the month's second day; the partition in which it lies.
async fn call_in(db: &TestDb, month: NaiveDate) -> String {
    let at: DateTime<Utc> =
        month.with_day(2).unwrap().and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap()).and_utc();
    sqlx::query_scalar(
        "insert into calls (id, tenant_id, started_at) values (gen_random_uuid(), $1, $2) \
         returning tableoid::regclass::text",
    )
    .bind(TenantId::DEFAULT.0)
    .bind(at)
    .fetch_one(&mut db.owner().await)
    .await
    .unwrap()
}

/// As `pg_partman` is asked by the hourly job, in the program's own role.
async fn maintained(db: &TestDb, table: &str) -> Option<Vec<NaiveDate>> {
    let sql = "select housekeeping.partman_maintain($1)";
    sqlx::query_scalar(sql).bind(table).fetch_one(&db.pool).await.unwrap()
}

#[tokio::test]
async fn it_takes_the_tables_over_with_their_rows_and_makes_the_months_ahead() {
    let Some(db) = with_partman().await else { return };
    partitions::ensure_ahead(&db.pool, Utc::now(), MONTHS_AHEAD).await.unwrap();
    let native = month(0).format("calls_%Y_%m").to_string();
    assert_eq!(call_in(&db, month(0)).await, native);
    assert_eq!(call_in(&db, month(9)).await, "calls_default");
    let before = partitions::months(&db.pool).await.unwrap();
    assert_eq!(maintained(&db, "calls").await, None, "nothing is its own before");

    let mut owner = db.owner().await;
    let all: Vec<&str> = TEMPLATES.iter().map(|(table, _)| *table).collect();
    assert_eq!(partman::adopt(&mut owner).await.unwrap(), all);
    assert!(partman::adopt(&mut owner).await.unwrap().is_empty(), "a second time is nothing");
    let state = partman::state(&mut owner).await.unwrap();
    assert!(state.version.is_some() && state.tables == all);
    let after = partitions::months(&db.pool).await.unwrap();
    for (before, after) in before.iter().zip(&after) {
        assert!(
            before.months.iter().all(|month| after.months.contains(month)),
            "the months stay, in UTC: {before:?} {after:?}"
        );
    }
    let theirs = month(0).format("calls_p%Y_%m").to_string();
    assert_eq!(call_in(&db, month(0)).await, theirs);
    assert_eq!(partitions::rows_in_default(&db.pool).await.unwrap(), 1);

    // The row that waits gets its month, under a name that pg_partman reads.
    partitions::ensure_ahead(&db.pool, Utc::now(), MONTHS_AHEAD).await.unwrap();
    assert_eq!(partitions::rows_in_default(&db.pool).await.unwrap(), 0);
    let far = month(9).format("calls_p%Y_%m").to_string();
    assert!(names(&db, "calls").await.contains(&far));
    assert_eq!(maintained(&db, "calls").await, Some(vec![]), "and it goes on with that");

    // A month that is missing ahead is its to make.
    for (table, _) in TEMPLATES {
        let ahead = names(&db, table).await;
        let newest = ahead.iter().filter(|name| name.contains("_p")).max().unwrap();
        execute(&db, format!("drop table {newest}")).await;
    }
    let last = names(&db, "call_turns").await;
    let made = maintained(&db, "call_turns").await.unwrap();
    assert!(!made.is_empty(), "made by pg_partman: {last:?}");
    assert!(names(&db, "call_turns").await.len() > last.len());
    let made: Vec<Made> =
        partitions::ensure_ahead(&db.pool, Utc::now(), MONTHS_AHEAD).await.unwrap();
    assert!(made.iter().all(|made| made.table != "call_turns"), "{made:?}");
    assert!(partitions::months_ahead(&db.pool, Utc::now()).await.unwrap() >= Some(MONTHS_AHEAD));

    // Nobody reads a month but by way of its table, as before.
    let granted: i64 = sqlx::query_scalar(
        "select count(*) from information_schema.role_table_grants \
         where grantee in ('treadline_app', 'dashboard_reader') and table_name like '%\\_p20%'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(granted, 0);
}

#[tokio::test]
async fn the_command_hands_the_tables_over_and_takes_them_back() {
    let Some(db) = with_partman().await else { return };
    let folder = Folder::with_database(&db.url);
    let said = folder.run(&["partitions"]).await.succeeded();
    assert!(said.contains("--adopt-pg-partman lets it make the months"), "{said}");
    let said = folder.run(&["partitions", "--adopt-pg-partman"]).await.succeeded();
    assert!(said.contains("calls: pg_partman has it now"), "{said}");
    assert!(said.contains("makes the months of 8 tables"), "{said}");
    let said = folder.run(&["partitions", "--leave-pg-partman"]).await.succeeded();
    assert!(said.contains("calls: taken back from pg_partman"), "{said}");
    assert_eq!(maintained(&db, "calls").await, None);
    partitions::ensure_month(&db.pool, month(7)).await.unwrap();
    let native = month(7).format("calls_%Y_%m").to_string();
    assert_eq!(call_in(&db, month(7)).await, native, "native again");

    let Some(without) = fresh_database().await else { return };
    let folder = Folder::with_database(&without.url);
    let (_, error) = folder.run(&["partitions", "--adopt-pg-partman"]).await.failed();
    assert!(error.contains("this server has no pg_partman"), "{error}");
    let said = folder.run(&["partitions"]).await.succeeded();
    assert!(!said.contains("partman"), "{said}");
}
