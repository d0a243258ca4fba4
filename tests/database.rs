//! The database: tenants, roles, months, search.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;

use chrono::{DateTime, NaiveDate, Utc};
use database::{TestDb, fresh_database};
use sqlx::PgConnection;
use treadline::db;
use treadline::ids::TenantId;
use uuid::Uuid;

const PARTITIONED: [&str; 8] = [
    "calls",
    "call_turns",
    "call_tool_calls",
    "call_journal",
    "eval_results",
    "call_transfers",
    "call_traces",
    "call_scenario_switches",
];

async fn other_tenant(db: &TestDb) -> TenantId {
    let id = Uuid::new_v4();
    sqlx::query("insert into tenants (id, name, slug) values ($1, 'Second shop', 'second')")
        .bind(id)
        .execute(&mut db.owner().await)
        .await
        .unwrap();
    TenantId(id)
}

async fn insert_call(db: &TestDb, tenant: TenantId, at: DateTime<Utc>) -> Uuid {
    let id = Uuid::new_v4();
    db::with_tenant(&db.pool, tenant, move |tx| {
        Box::pin(async move {
            sqlx::query("insert into calls (id, tenant_id, started_at) values ($1, $2, $3)")
                .bind(id)
                .bind(tenant.0)
                .bind(at)
                .execute(tx)
                .await
                .map(|_| ())
        })
    })
    .await
    .unwrap();
    id
}

async fn calls_seen(db: &TestDb, tenant: TenantId) -> Vec<Uuid> {
    db::with_tenant(&db.pool, tenant, |tx| {
        Box::pin(async move { sqlx::query_scalar("select id from calls").fetch_all(tx).await })
    })
    .await
    .map_err(|error: sqlx::Error| error)
    .unwrap()
}

async fn where_it_lies(owner: &mut PgConnection, call: Uuid) -> String {
    sqlx::query_scalar("select tableoid::regclass::text from calls where id = $1")
        .bind(call)
        .fetch_one(owner)
        .await
        .unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn cyrillic_words_are_similar_and_have_a_lower_case() {
    let Some(db) = fresh_database().await else { return };
    let (similarity, lower): (f32, String) = sqlx::query_as(
        "select similarity('Шиномонтаж на Подолі', 'шиномонтаж подол'), lower('ЗИМА')",
    )
    .fetch_one(&db.pool)
    .await
    .unwrap();
    assert!(similarity > 0.5, "{similarity}");
    assert_eq!(lower, "зима");
}

#[tokio::test]
async fn the_program_sees_no_row_without_a_tenant() {
    let Some(db) = fresh_database().await else { return };
    insert_call(&db, TenantId::DEFAULT, Utc::now()).await;
    let role: String =
        sqlx::query_scalar("select current_user::text").fetch_one(&db.pool).await.unwrap();
    assert_eq!(role, "treadline_app");
    let seen: i64 =
        sqlx::query_scalar("select count(*) from calls").fetch_one(&db.pool).await.unwrap();
    assert_eq!(seen, 0);
    let as_owner: i64 = sqlx::query_scalar("select count(*) from calls")
        .fetch_one(&mut db.owner().await)
        .await
        .unwrap();
    assert_eq!(as_owner, 1, "a person with psql sees the row");
    let tenants: i64 =
        sqlx::query_scalar("select count(*) from tenants").fetch_one(&db.pool).await.unwrap();
    assert_eq!(tenants, 1, "the program can find the tenant of a number");
}

#[tokio::test]
async fn two_tenants_see_only_their_own_calls_and_cannot_write_for_each_other() {
    let Some(db) = fresh_database().await else { return };
    let second = other_tenant(&db).await;
    let ours = insert_call(&db, TenantId::DEFAULT, Utc::now()).await;
    let theirs = insert_call(&db, second, Utc::now()).await;
    assert_eq!(calls_seen(&db, TenantId::DEFAULT).await, [ours]);
    assert_eq!(calls_seen(&db, second).await, [theirs]);

    let across: Result<(), sqlx::Error> = db::with_tenant(&db.pool, second, |tx| {
        Box::pin(async move {
            sqlx::query("insert into calls (id, tenant_id, started_at) values ($1, $2, now())")
                .bind(Uuid::new_v4())
                .bind(TenantId::DEFAULT.0)
                .execute(tx)
                .await
                .map(|_| ())
        })
    })
    .await;
    assert!(across.unwrap_err().to_string().contains("row-level security"));
}

#[tokio::test]
async fn the_tenant_of_one_transaction_does_not_leak_into_the_next() {
    let Some(db) = fresh_database().await else { return };
    insert_call(&db, TenantId::DEFAULT, Utc::now()).await;
    let one = db::connect(&db.url, 1).await.unwrap();
    let mine: i64 = db::with_tenant(&one, TenantId::DEFAULT, |tx| {
        Box::pin(
            async move { sqlx::query_scalar("select count(*) from calls").fetch_one(tx).await },
        )
    })
    .await
    .map_err(|error: sqlx::Error| error)
    .unwrap();
    let after: i64 =
        sqlx::query_scalar("select count(*) from calls").fetch_one(&one).await.unwrap();
    assert_eq!((mine, after), (1, 0));
}

#[tokio::test]
async fn every_table_has_a_tenant_forced_row_security_and_a_line_in_the_retention_table() {
    let Some(db) = fresh_database().await else { return };
    let tables: Vec<(String, bool, bool, bool, bool)> = sqlx::query_as(
        "select c.relname::text, c.relrowsecurity, c.relforcerowsecurity, \
                exists (select from pg_attribute a where a.attrelid = c.oid \
                        and a.attname = 'tenant_id' and a.attnotnull), \
                exists (select from housekeeping.retention r where r.table_name = c.relname) \
         from pg_class c \
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') \
           and not c.relispartition and c.relname <> '_sqlx_migrations'",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap();
    assert!(tables.len() >= 30, "{tables:?}");
    for (name, secured, forced, has_tenant, kept) in tables {
        assert!(secured && forced, "{name} has no forced row security");
        assert!(has_tenant || name == "tenants", "{name} has no tenant_id");
        assert!(kept, "{name} has no line in housekeeping.retention");
    }
}

#[tokio::test]
async fn nobody_but_the_owner_may_touch_a_month_directly() {
    let Some(db) = fresh_database().await else { return };
    let granted: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relispartition \
         and (has_table_privilege('treadline_app', c.oid, 'select') \
              or has_table_privilege('dashboard_reader', c.oid, 'select'))",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap();
    assert!(granted.is_empty(), "{granted:?}");
    let reader: (bool, bool) = sqlx::query_as(
        "select has_table_privilege('dashboard_reader', 'calls', 'select'), \
                has_table_privilege('dashboard_reader', 'calls', 'insert, update, delete')",
    )
    .fetch_one(&db.pool)
    .await
    .unwrap();
    assert_eq!(reader, (true, false));
}

#[tokio::test]
async fn a_call_of_a_missing_month_is_kept_and_moves_when_the_month_is_made() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    // The month's last and first moments in UTC, which are other days in Kyiv.
    let inside = insert_call(&db, TenantId::DEFAULT, at("2031-03-31T23:59:59.999Z")).await;
    let outside = insert_call(&db, TenantId::DEFAULT, at("2031-04-01T00:00:00Z")).await;
    assert_eq!(where_it_lies(&mut owner, inside).await, "calls_default");
    assert_eq!(db::partitions::rows_in_default(&db.pool).await.unwrap(), 2);

    let made = db::partitions::ensure_month(&db.pool, day("2031-03-15")).await.unwrap();
    assert_eq!(made.len(), PARTITIONED.len(), "every table gets the month");
    assert_eq!(where_it_lies(&mut owner, inside).await, "calls_2031_03");
    assert_eq!(where_it_lies(&mut owner, outside).await, "calls_default");
    let again = db::partitions::ensure_month(&db.pool, day("2031-03-01")).await.unwrap();
    assert_eq!(again, []);

    let repaired = db::partitions::ensure_ahead(&db.pool, Utc::now(), 3).await.unwrap();
    assert_eq!(repaired.iter().map(ToString::to_string).collect::<Vec<_>>(), ["calls 2031-04"]);
    assert_eq!(db::partitions::rows_in_default(&db.pool).await.unwrap(), 0);
    assert_eq!(calls_seen(&db, TenantId::DEFAULT).await.len(), 2);
}

#[tokio::test]
async fn a_migrated_database_has_three_months_ahead() {
    let Some(db) = fresh_database().await else { return };
    let ahead = db::partitions::months_ahead(&db.pool, Utc::now()).await.unwrap();
    // The template may have been made last month.
    assert!(ahead == Some(3) || ahead == Some(2), "{ahead:?}");
    let never = db::partitions::months_ahead(&db.pool, at("2040-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(never, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_make_the_same_month_under_load_make_it_once_and_lose_no_row() {
    let Some(db) = fresh_database().await else { return };
    let month = day("2032-07-01");
    let writers = (0..4).map(|writer| {
        let pool = db.pool.clone();
        tokio::spawn(async move {
            for n in 0..25 {
                let started = at("2032-07-10T10:00:00Z") + chrono::Duration::seconds(writer * 100 + n);
                db::with_tenant(&pool, TenantId::DEFAULT, move |tx| {
                    Box::pin(async move {
                        let call = Uuid::new_v4();
                        sqlx::query("insert into calls (id, tenant_id, started_at) values ($1, $2, $3)")
                            .bind(call)
                            .bind(TenantId::DEFAULT.0)
                            .bind(started)
                            .execute(&mut *tx)
                            .await?;
                        sqlx::query(
                            "insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, speaker) \
                             values ($1, $2, $3, $4, 1, 'bot')",
                        )
                        .bind(Uuid::new_v4())
                        .bind(TenantId::DEFAULT.0)
                        .bind(call)
                        .bind(started)
                        .execute(tx)
                        .await
                        .map(|_| ())
                    })
                })
                .await
                .map_err(|error: sqlx::Error| error)
                .expect("no insert fails while a month is made");
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let makers: Vec<_> = (0..3)
        .map(|_| {
            let url = db.url.clone();
            tokio::spawn(async move {
                let pool = db::connect(&url, 1).await.unwrap();
                db::partitions::ensure_month(&pool, month).await.unwrap().len()
            })
        })
        .collect();
    let mut made = 0;
    for maker in makers {
        made += maker.await.unwrap();
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(made, PARTITIONED.len(), "each table's month was made by exactly one");
    assert_eq!(calls_seen(&db, TenantId::DEFAULT).await.len(), 100);
    assert_eq!(db::partitions::rows_in_default(&db.pool).await.unwrap(), 0);
}

#[tokio::test]
async fn a_second_migration_changes_nothing() {
    let Some(db) = fresh_database().await else { return };
    let first = schema(&db).await;
    let (one, two) = tokio::join!(db::migrate::run(&db.url), db::migrate::run(&db.url));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.applied.len(), two.applied.len()), (0, 0));
    assert_eq!(schema(&db).await, first);
}

async fn schema(db: &TestDb) -> Vec<String> {
    sqlx::query_scalar(
        "select table_schema || '.' || table_name || '.' || column_name || ' ' || data_type \
         from information_schema.columns \
         where table_schema in ('public', 'housekeeping') and table_name !~ '_[0-9]{4}_[0-9]{2}$' \
         order by 1",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn one_post_takes_one_car_at_a_time() {
    let Some(db) = fresh_database().await else { return };
    let mut owner = db.owner().await;
    let station = Uuid::new_v4();
    sqlx::query("insert into fitting_stations (id, tenant_id, external_code, name, city, posts) values ($1, $2, '000101', 'Podil', 'Kyiv', 2)")
        .bind(station)
        .bind(TenantId::DEFAULT.0)
        .execute(&mut owner)
        .await
        .unwrap();
    let mut book = async |post: i16, time: &str, status: &str| {
        sqlx::query(
            "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, post, status, hold_expires_at) \
             values ($1, $2, '2026-12-01', $3::text::time, $4, $5, now())",
        )
        .bind(TenantId::DEFAULT.0)
        .bind(station)
        .bind(time)
        .bind(post)
        .bind(status)
        .execute(&mut owner)
        .await
        .map_err(|error| error.as_database_error().and_then(|e| e.constraint().map(str::to_owned)))
    };
    assert!(book(1, "10:00", "confirmed").await.is_ok());
    let taken = Some("fitting_bookings_one_car_a_post".to_owned());
    assert_eq!(book(1, "10:30", "held").await.unwrap_err(), taken, "an overlap is taken too");
    assert!(book(1, "11:00", "held").await.is_ok(), "the next hour begins where this one ends");
    assert!(book(2, "10:00", "confirmed").await.is_ok(), "the other post is free");
    assert!(book(1, "10:00", "cancelled").await.is_ok(), "a cancelled booking takes nothing");
}
