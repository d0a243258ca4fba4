//! Old rows of the desk go, after as many days as `housekeeping.retention` says.

use super::at_the_door;
use crate::db::{all_tenants, with_tenant};
use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// Lets go what is past its days as of `now`; how many rows went.
///
/// # Errors
/// What Postgres says.
pub async fn run(pool: &PgPool, now: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let mut gone = at_the_door(pool, move |conn| {
        Box::pin(async move {
            let mut gone = 0;
            for sql in [
                "delete from dashboard.sessions where expires_at < $1",
                "delete from dashboard.one_time_tokens where created_at < \
                     housekeeping.too_old_before('dashboard.one_time_tokens', $1)",
                "delete from dashboard.login_attempts where at < \
                     housekeeping.too_old_before('dashboard.login_attempts', $1)",
            ] {
                gone += sqlx::query(sql).bind(now).execute(&mut *conn).await?.rows_affected();
            }
            Ok(gone)
        })
    })
    .await?;
    for tenant in all_tenants(pool).await? {
        gone += with_tenant(pool, tenant, move |conn| {
            Box::pin(async move {
                let done = sqlx::query(
                    "delete from dashboard.audit_log where at < \
                         housekeeping.too_old_before('dashboard.audit_log', $1)",
                )
                .bind(now)
                .execute(conn)
                .await?;
                Ok::<u64, sqlx::Error>(done.rows_affected())
            })
        })
        .await?;
    }
    Ok(gone)
}
