//! Old rows of the desk go, after as many days as `housekeeping.retention` says.

use super::at_the_door;
use crate::db::{all_tenants, with_tenant};
use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// What goes in each shop.
const OF_SHOPS: [&str; 8] = [
    "delete from dashboard.alerts where triggered_at < \
         housekeeping.too_old_before('dashboard.alerts', $1)",
    "delete from dashboard.digests where day < \
         housekeeping.too_old_before('dashboard.digests', $1)::date",
    "delete from dashboard.audit_log where at < \
         housekeeping.too_old_before('dashboard.audit_log', $1)",
    "delete from dashboard.api_answers where created_at < \
         housekeeping.too_old_before('dashboard.api_answers', $1)",
    "delete from dashboard.webhook_deliveries where created_at < \
         housekeeping.too_old_before('dashboard.webhook_deliveries', $1)",
    "delete from dashboard.presence where seen_at < \
         housekeeping.too_old_before('dashboard.presence', $1)",
    // Refusals go with what was refused.
    "delete from dashboard.pops where asked_at < \
         housekeeping.too_old_before('dashboard.pops', $1)",
    "delete from dashboard.takeovers where asked_at < \
         housekeeping.too_old_before('dashboard.takeovers', $1)",
];

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
                let mut gone = 0;
                for sql in OF_SHOPS {
                    gone += sqlx::query(sql).bind(now).execute(&mut *conn).await?.rows_affected();
                }
                Ok::<u64, sqlx::Error>(gone)
            })
        })
        .await?;
    }
    Ok(gone)
}
