//! What each process has spent in an hour, so that a ceiling holds for all of them together.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgPool;

/// Hours that are kept: for a look back; nothing is decided by them.
const KEPT_DAYS: i32 = 7;

/// Tells that `node` has spent `ours` in the hour that begins at `hour`, all in all; answers what
/// all others have spent in it, US dollars.
///
/// # Errors
/// What Postgres says.
pub async fn share(
    pool: &PgPool,
    hour: DateTime<Utc>,
    node: &str,
    ours: Decimal,
) -> Result<Decimal, sqlx::Error> {
    if !ours.is_zero() {
        sqlx::query(
            "insert into housekeeping.spent_hours as known (hour, node, spent_usd) \
             values ($1, $2, $3) on conflict (hour, node) do update \
             set spent_usd = excluded.spent_usd, updated_at = now() \
             where excluded.spent_usd > known.spent_usd",
        )
        .bind(hour)
        .bind(node)
        .bind(ours)
        .execute(pool)
        .await?;
    }
    sqlx::query_scalar(
        "select coalesce(sum(spent_usd), 0) from housekeeping.spent_hours \
         where hour = $1 and node <> $2",
    )
    .bind(hour)
    .bind(node)
    .fetch_one(pool)
    .await
}

/// Forgets hours of long ago; answers how many rows went.
///
/// # Errors
/// What Postgres says.
pub async fn forget_old(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "delete from housekeeping.spent_hours where hour < now() - $1 * interval '1 day'",
    )
    .bind(KEPT_DAYS)
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
