//! What the desk reads and writes: its own tables in the schema `dashboard`, and the log, which
//! it reads as a role that cannot write there.

pub mod attempts;
pub mod audit;
pub mod calls;
pub mod corrections;
pub mod customers;
pub mod day;
pub mod expire;
pub mod orders;
pub mod pops;
pub mod presence;
pub mod quality;
pub mod sessions;
pub mod settings;
pub mod shops;
pub mod staff;
pub mod stock;
pub mod takeovers;
pub mod tickets;
pub mod tokens;
pub mod users;
pub mod webhooks;

use super::with_tenant;
use crate::ids::TenantId;
use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};

/// Runs `work` in a transaction that may look a person up whatever the shop, and commits it if it
/// succeeds. Only what decides who somebody is belongs here.
pub(super) async fn at_the_door<T, F>(pool: &PgPool, work: F) -> Result<T, sqlx::Error>
where
    F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, sqlx::Error>>
        + Send
        + 'static,
    T: Send + 'static,
{
    // No shop has this id: a transaction at the door sees no shop's rows.
    with_tenant(pool, TenantId(uuid::Uuid::nil()), move |conn| {
        Box::pin(async move {
            sqlx::query("select set_config('app.desk', 'door', true)").execute(&mut *conn).await?;
            work(conn).await
        })
    })
    .await
}

/// Runs `work` as `dashboard_reader`, which sees the rows of `tenant` and can write none of the
/// log.
///
/// # Errors
/// What Postgres says.
pub async fn reading<T, F>(pool: &PgPool, tenant: TenantId, work: F) -> Result<T, sqlx::Error>
where
    F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, sqlx::Error>>
        + Send
        + 'static,
    T: Send + 'static,
{
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            // A person waits for a page longer than a caller waits for an answer. A plan that is
            // made for what is asked opens only the months that it needs.
            sqlx::query(
                "select set_config('statement_timeout', '5s', true), \
                        set_config('plan_cache_mode', 'force_custom_plan', true), \
                        set_config('role', 'dashboard_reader', true)",
            )
            .execute(&mut *conn)
            .await?;
            work(conn).await
        })
    })
    .await
}
