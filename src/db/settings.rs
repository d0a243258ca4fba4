//! `settings` and `learning_records` as every process keeps them in its memory.

use super::with_tenant;
use crate::config::settings::{Applied, Book, Learnt, Stored};
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use std::collections::HashMap;
use uuid::Uuid;

/// What changes whenever something is chosen: versions are only added, and every change of a
/// correction counts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Mark {
    settings: i64,
    learnt: i64,
}

/// In a transaction that sees what is in force for every shop, and nothing else of any.
async fn as_keeper(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "select set_config('app.desk', 'settings', true), \
                set_config('statement_timeout', '5s', true)",
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Whether anything was chosen since a mark, cheaply.
///
/// # Errors
/// What Postgres says.
pub async fn mark(pool: &PgPool) -> Result<Mark, sqlx::Error> {
    with_tenant(pool, TenantId(Uuid::nil()), |conn| {
        Box::pin(async move {
            as_keeper(conn).await?;
            sqlx::query_as(
                "select (select count(*) from settings) as settings, \
                        (select coalesce(sum(version), 0)::bigint from learning_records) as learnt",
            )
            .fetch_one(conn)
            .await
        })
    })
    .await
}

type Chosen = (Uuid, String, Value);
type Words = (Uuid, Uuid, String, String);

/// Puts what is in force for every shop into `book`.
///
/// # Errors
/// What Postgres says; what was in force before stays.
pub async fn refresh(pool: &PgPool, book: &Book) -> Result<(), sqlx::Error> {
    let read = with_tenant(pool, TenantId(Uuid::nil()), |conn| {
        Box::pin(async move {
            as_keeper(conn).await?;
            let chosen: Vec<Chosen> = sqlx::query_as(
                "select distinct on (tenant_id, key) tenant_id, key, value from settings \
                 order by tenant_id, key, version desc",
            )
            .fetch_all(&mut *conn)
            .await?;
            let words: Vec<Words> = sqlx::query_as(
                "select tenant_id, id, trigger_description, learned_pattern from learning_records \
                 where status = 'active' and learning_type = 'heard_as' order by tenant_id, created_at, id",
            )
            .fetch_all(conn)
            .await?;
            Ok::<_, sqlx::Error>((chosen, words))
        })
    });
    let (chosen, words) = read.await?;
    let stored = chosen.into_iter().map(|(tenant, key, value)| {
        let tenant = TenantId(tenant);
        Stored { tenant, key, value }
    });
    let learnt = words.into_iter().map(|(tenant, id, heard, meant)| {
        let tenant = TenantId(tenant);
        Learnt { tenant, id, heard, meant }
    });
    book.set(stored.collect(), learnt.collect());
    Ok(())
}

/// Writes down how often corrections changed something and helped.
///
/// # Errors
/// What Postgres says; what was not written is in the book again.
pub async fn write_applied(
    pool: &PgPool,
    book: &Book,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let mut by_shop: HashMap<TenantId, Vec<(Uuid, Applied)>> = HashMap::new();
    for (tenant, id, count) in book.take_applied() {
        by_shop.entry(tenant).or_default().push((id, count));
    }
    let mut outcome = Ok(());
    for (tenant, counts) in by_shop {
        let (ids, counted): (Vec<Uuid>, Vec<Applied>) = counts.iter().copied().unzip();
        let times: Vec<i64> = counted.iter().map(|count| count.times.into()).collect();
        let helped: Vec<i64> = counted.iter().map(|count| count.helped.into()).collect();
        let written = with_tenant(pool, tenant, move |conn| {
            Box::pin(async move {
                sqlx::query(
                    "update learning_records l set \
                         times_applied = l.times_applied + n.times, \
                         times_helped = least(l.times_helped + n.helped, l.times_applied + n.times), \
                         last_applied_at = greatest(l.last_applied_at, $4) \
                     from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as n(id, times, helped) \
                     where l.id = n.id",
                )
                .bind(ids)
                .bind(times)
                .bind(helped)
                .bind(now)
                .execute(conn)
                .await
                .map(drop)
            })
        });
        if let Err(error) = written.await {
            let counts = counts.into_iter().map(|(id, count)| (tenant, id, count));
            book.keep_applied(counts.collect());
            outcome = Err(error);
        }
    }
    outcome
}
