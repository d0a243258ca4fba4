//! Whoever reads a call's rows by its id reads one month, however many there are.

use super::{filled, plan};
use crate::generate::database::{TestDb, fresh_database};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use std::collections::BTreeSet;
use treadline::db::generate::Plan;
use treadline::db::traces::{self, OfCall};
use treadline::db::{self, journal, transfers};
use treadline::ids::{CallId, TenantId};
use treadline::spool::Record;
use treadline::turn::Note;
use uuid::Uuid;

/// How often each month of a table was read so far. Exact once `one`, which has one connection,
/// was told to hand in what it counted.
async fn reads(db: &TestDb, one: &PgPool, table: &str) -> Vec<(String, i64)> {
    sqlx::query("select pg_stat_force_next_flush()").execute(one).await.unwrap();
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

/// The months of `table` that are read by what happens in `doing`.
async fn touched(
    db: &TestDb,
    one: &PgPool,
    table: &str,
    doing: impl AsyncFnOnce(),
) -> BTreeSet<String> {
    let before = reads(db, one, table).await;
    doing().await;
    let after = reads(db, one, table).await;
    assert!(after.len() > 5, "{after:?}");
    let more = after.into_iter().zip(before).filter(|((_, after), (_, before))| after > before);
    more.map(|((name, _), _)| name).collect()
}

/// A call in the middle that was handed over, with a journal of two records; every other call has
/// one, too, so that every month has rows.
async fn a_call(db: &TestDb) -> (CallId, DateTime<Utc>) {
    filled(db, Plan { months: 4, per_day: 4, ..plan() }).await;
    let mut owner = db.owner().await;
    let record = serde_json::to_value(Record::Note(Box::new(Note::BargeIn))).unwrap();
    sqlx::query(
        "insert into call_journal (tenant_id, call_id, call_started_at, seq, at, record) \
         select tenant_id, id, started_at, seq, started_at, $1 \
         from calls, generate_series(1, 2) seq",
    )
    .bind(record)
    .execute(&mut owner)
    .await
    .unwrap();
    sqlx::query("analyze").execute(&mut owner).await.unwrap();
    let (call, at): (Uuid, DateTime<Utc>) = sqlx::query_as(
        "select id, started_at from calls where outcome = 'transferred' \
           and started_at > '2025-12-01' order by started_at limit 1",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    (CallId(call), at)
}

#[tokio::test]
async fn journal_steps_and_transfers_of_a_call_are_read_from_its_own_month() {
    let Some(db) = fresh_database().await else { return };
    let (call, at) = a_call(&db).await;
    let one = db::connect(&db.url, 1).await.unwrap();
    let tenant = TenantId::DEFAULT;
    let month = |table: &str| BTreeSet::from([format!("{table}_{}", at.format("%Y_%m"))]);

    let read = touched(&db, &one, "call_journal", async || {
        assert_eq!(journal::load(&one, tenant, call).await.unwrap().len(), 2);
    })
    .await;
    assert_eq!(read, month("call_journal"));

    let read = touched(&db, &one, "call_transfers", async || {
        assert_eq!(transfers::of_call(&one, tenant, call).await.unwrap().len(), 1);
    })
    .await;
    assert_eq!(read, month("call_transfers"));

    for table in ["call_traces", "calls"] {
        let read = touched(&db, &one, table, async || {
            let of = OfCall { tenant, call, call_started_at: at };
            let settled = db::with_tenant(&one, tenant, move |conn| {
                Box::pin(async move { traces::settle(conn, of).await })
            });
            settled.await.unwrap();
        })
        .await;
        assert_eq!(read, month(table));
    }
}
