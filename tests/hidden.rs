//! What is deleted softly: out of sight at once, back within thirty days, purged without a trace.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;
use crate::support::program;

use chrono::{DateTime, TimeDelta, Utc};
use database::{TestDb, fresh_database};
use program::Folder;
use treadline::db::soft_delete::{self, Change, NotDone};
use treadline::db::{calls, journal, retention, stats, transfers};
use treadline::ids::{CallId, TenantId};
use treadline::spool::Record;
use treadline::turn::Note;
use uuid::Uuid;

const TENANT: TenantId = TenantId::DEFAULT;
const CALL: CallId = CallId(Uuid::from_u128(0xca11));

/// A call of two days ago with a line, a record, an attempt to hand it over, a ticket, a wish and
/// an order; another of the same day stands beside it.
async fn a_call(db: &TestDb) -> DateTime<Utc> {
    let started_at = Utc::now() - TimeDelta::days(2);
    let record = serde_json::to_value(Record::Note(Box::new(Note::BargeIn))).unwrap();
    let mut owner = db.owner().await;
    sqlx::query(
        "with said as (insert into call_turns (id, tenant_id, call_id, call_started_at, \
             turn_number, speaker, first_audio_ms) values ($1, $2, $1, $3, 1, 'bot', 700)), \
         written as (insert into call_journal (tenant_id, call_id, call_started_at, seq, at, \
             record) values ($2, $1, $3, 1, $3, $4)), \
         tried as (insert into call_transfers (id, tenant_id, call_id, call_started_at, attempt, \
             kind, target, reason, requested_at, ended_at, outcome) \
             values ($1, $2, $1, $3, 1, 'bridge', 'operator', 'customer_request', $3, $3, 'busy')), \
         asked as (insert into tickets (tenant_id, title, call_id, call_started_at) \
             values ($2, 'Call back', $1, $3)), \
         wished as (insert into wishlist (tenant_id, phone, item_type, item_id, call_id) \
             values ($2, '+380671234567', 'size', '205/55 R16', $1)), \
         sold as (insert into orders (id, tenant_id, phone, source_call_id) \
             values ($1, $2, '+380671234567', $1)) \
         insert into calls (id, tenant_id, origin, started_at, ended_at, outcome, \
             duration_seconds) \
         values ($1, $2, 'live', $3, $3, 'resolved', 60), \
                (gen_random_uuid(), $2, 'live', $3, $3, 'abandoned', 60)",
    )
    .bind(CALL.0)
    .bind(TENANT.0)
    .bind(started_at)
    .bind(record)
    .execute(&mut owner)
    .await
    .unwrap();
    started_at
}

/// In how many of the places where people look the call can be seen.
async fn seen(db: &TestDb) -> Vec<&'static str> {
    let mut places = Vec::new();
    if calls::load(&db.pool, TENANT, CALL).await.unwrap().is_some() {
        places.push("the call itself");
    }
    if !journal::load(&db.pool, TENANT, CALL).await.unwrap().is_empty() {
        places.push("its journal");
    }
    if !transfers::of_call(&db.pool, TENANT, CALL).await.unwrap().is_empty() {
        places.push("its transfers");
    }
    for (place, query) in [
        ("the day", "select coalesce(sum(total_calls), 0) - 1 from daily_stats"),
        ("sessions", "select coalesce(sum(total_sessions), 0)::int8 - 1 from v_session_stats"),
        (
            "the funnel",
            "select coalesce(sum(total_sessions), 0)::int8 - 1 from dashboard.v_conversion_funnel",
        ),
        ("conversations", "select count(*) - 1 from dashboard.conversations"),
    ] {
        let more: i64 = sqlx::query_scalar(query).fetch_one(&mut db.owner().await).await.unwrap();
        assert!((0..=1).contains(&more), "{place}: {more}");
        if more == 1 {
            places.push(place);
        }
    }
    places
}

#[tokio::test]
async fn a_hidden_call_is_out_of_sight_at_once_and_comes_back_whole() {
    let Some(db) = fresh_database().await else { return };
    let started_at = a_call(&db).await;
    let day = started_at.with_timezone(&chrono_tz::Europe::Kyiv).date_naive();
    stats::compute_day(&db.pool, TENANT, day).await.unwrap();
    let everywhere = seen(&db).await;
    assert_eq!(everywhere.len(), 7, "{everywhere:?}");

    let done = soft_delete::call(&db.pool, TENANT, CALL, Change::Hide).await.unwrap().unwrap();
    assert_eq!((done.day, done.counted_again), (Some(day), true));
    let days = (done.until.unwrap() - Utc::now()).num_hours();
    assert!((30 * 24 - 2..=30 * 24).contains(&days), "{days}");
    assert_eq!(seen(&db).await, Vec::<&str>::new());
    let again = soft_delete::call(&db.pool, TENANT, CALL, Change::Hide).await.unwrap();
    assert!(matches!(again, Err(NotDone::Hidden(_))), "{again:?}");

    soft_delete::call(&db.pool, TENANT, CALL, Change::Restore).await.unwrap().unwrap();
    assert_eq!(seen(&db).await, everywhere);
    let again = soft_delete::call(&db.pool, TENANT, CALL, Change::Restore).await.unwrap();
    assert_eq!(again, Err(NotDone::Shown));
    let other = CallId(Uuid::from_u128(1));
    let unknown = soft_delete::call(&db.pool, TENANT, other, Change::Hide).await.unwrap();
    assert_eq!(unknown, Err(NotDone::Unknown));
    let theirs = TenantId(Uuid::from_u128(2));
    let unknown = soft_delete::call(&db.pool, theirs, CALL, Change::Hide).await.unwrap();
    assert_eq!(unknown, Err(NotDone::Unknown), "of another shop");
}

#[tokio::test]
async fn the_figures_of_a_sealed_day_stay() {
    let Some(db) = fresh_database().await else { return };
    let started_at = a_call(&db).await;
    let day = started_at.with_timezone(&chrono_tz::Europe::Kyiv).date_naive();
    stats::compute_day(&db.pool, TENANT, day).await.unwrap();
    sqlx::query("update daily_stats set sealed_at = now()")
        .execute(&mut db.owner().await)
        .await
        .unwrap();
    let done = soft_delete::call(&db.pool, TENANT, CALL, Change::Hide).await.unwrap().unwrap();
    assert!(!done.counted_again);
    assert_eq!(seen(&db).await, ["the day"]);
}

#[tokio::test]
async fn after_thirty_days_it_is_too_late_and_the_purge_leaves_no_name_of_it() {
    let Some(db) = fresh_database().await else { return };
    a_call(&db).await;
    let mut owner = db.owner().await;
    sqlx::query("update calls set deleted_at = now() - interval '31 days' where id = $1")
        .bind(CALL.0)
        .execute(&mut owner)
        .await
        .unwrap();
    let late = soft_delete::call(&db.pool, TENANT, CALL, Change::Restore).await.unwrap();
    assert!(matches!(late, Err(NotDone::TooLate(_))), "{late:?}");
    retention::run(&db.pool, Utc::now()).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar(
        "select 'calls' from calls where id = $1 \
         union all select 'turns' from call_turns where call_id = $1 \
         union all select 'journal' from call_journal where call_id = $1 \
         union all select 'transfers' from call_transfers where call_id = $1 \
         union all select 'tickets' from tickets where call_id = $1 \
         union all select 'wishlist' from wishlist where call_id = $1 \
         union all select 'orders' from orders where source_call_id = $1",
    )
    .bind(CALL.0)
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert_eq!(left, Vec::<String>::new());
    let others: (i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from calls), (select count(*) from tickets), \
                (select count(*) from wishlist), (select count(*) from orders)",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(others, (1, 1, 1, 1), "what the call led to stays");
}

#[tokio::test]
async fn the_commands_hide_and_restore_calls_and_customers() {
    let Some(db) = fresh_database().await else { return };
    a_call(&db).await;
    let mut owner = db.owner().await;
    sqlx::query("insert into customers (tenant_id, phone) values ($1, '+380671234567')")
        .bind(TENANT.0)
        .execute(&mut owner)
        .await
        .unwrap();
    let folder = Folder::with_database(&db.url);
    let id = CALL.0.to_string();
    let mut hidden = async || -> (i64, i64) {
        sqlx::query_as(
            "select (select count(*) from calls where deleted_at is not null), \
                    (select count(*) from customers where deleted_at is not null)",
        )
        .fetch_one(&mut owner)
        .await
        .unwrap()
    };
    let said = folder.run(&["calls", "delete", &id]).await.succeeded();
    assert!(said.contains(&format!("treadline calls restore {id}")), "{said}");
    let said = folder.run(&["customers", "delete", "+380671234567"]).await.succeeded();
    assert!(said.contains("treadline customers restore +380671234567"), "{said}");
    assert_eq!(hidden().await, (1, 1));
    let (_, error) = folder.run(&["calls", "delete", &id]).await.failed();
    assert!(error.contains("hidden since"), "{error}");
    folder.run(&["calls", "restore", &id]).await.succeeded();
    folder.run(&["customers", "restore", "+380671234567"]).await.succeeded();
    assert_eq!(hidden().await, (0, 0));
    let (code, error) = folder.run(&["calls", "restore", "nonsense"]).await.failed();
    assert_eq!(code, Some(1));
    assert!(error.contains("no id of a call"), "{error}");
}
