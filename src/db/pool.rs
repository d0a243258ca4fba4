//! Connections of the program at work.
//!
//! The pool logs in as the owner of the URL and becomes `treadline_app` at once: that role owns
//! nothing and bypasses nothing, so row security binds every query. A transaction names its
//! tenant; without one it sees no rows.

use crate::ids::TenantId;
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection as _, Executor as _, PgConnection};
use std::str::FromStr as _;
use std::time::Duration;

/// How long a call waits for a connection before it goes on without the database.
const ACQUIRE_MAX: Duration = Duration::from_millis(500);
/// The same for somebody who looks at a page.
const UNHURRIED_ACQUIRE_MAX: Duration = Duration::from_secs(5);
/// How long [`connect`] waits for a server that is coming up.
const CONNECT_MAX: Duration = Duration::from_secs(10);

// One statement has 800 ms, because a caller waits for it; longer work (a new month, statistics)
// raises it with `set local`. A transaction that was forgotten halfway frees its locks after 5 s.
// What a caller was promised outlives a power failure, whatever the server's own setting is; the
// log, which its journal can bring again, turns this off for itself.
const BECOME_APP: &str = "set role treadline_app; \
     select set_config('synchronous_commit', 'on', false) \
         where current_setting('synchronous_commit') = 'off'; \
     set statement_timeout = '800ms'; \
     set idle_in_transaction_session_timeout = '5s'; \
     set timezone = 'UTC'";

/// Makes a pool without touching the server, so that the program can start while Postgres is away.
///
/// # Errors
/// The URL cannot be read.
pub fn lazy(url: &str, connections_max: u32) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("treadline");
    Ok(PgPoolOptions::new()
        .max_connections(connections_max.max(1))
        .acquire_timeout(ACQUIRE_MAX)
        .max_lifetime(Duration::from_mins(30))
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(BECOME_APP).await.map(|_| ()) })
        })
        .connect_lazy_with(options))
}

/// A pool of its own on the same server for those who wait without hurry, so that a crowd of them
/// takes no connection from a call. Does not touch the server.
#[must_use]
pub fn beside(of: &PgPool, connections_max: u32) -> PgPool {
    let options = of.connect_options().as_ref().clone().application_name("treadline-desk");
    PgPoolOptions::new()
        .max_connections(connections_max.max(1))
        .acquire_timeout(UNHURRIED_ACQUIRE_MAX)
        .max_lifetime(Duration::from_mins(30))
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(BECOME_APP).await.map(|_| ()) })
        })
        .connect_lazy_with(options)
}

/// Makes a pool and waits, at most 10 s, until the server answers.
///
/// # Errors
/// The URL cannot be read, or the server does not answer or refuses; the last reason is given.
pub async fn connect(url: &str, connections_max: u32) -> Result<PgPool, sqlx::Error> {
    let pool = lazy(url, connections_max)?;
    let deadline = tokio::time::Instant::now() + CONNECT_MAX;
    loop {
        let Err(error) = pool.acquire().await else { return Ok(pool) };
        let hopeless = matches!(error, sqlx::Error::Database(_) | sqlx::Error::Configuration(_));
        if hopeless || tokio::time::Instant::now() >= deadline {
            pool.close().await;
            // The pool says only "timed out"; the reason comes from trying by hand.
            return Err(match PgConnection::connect(url).await {
                Err(reason) => reason,
                Ok(_) => error,
            });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A connection of the owner, for migrations.
///
/// # Errors
/// The URL cannot be read, or the server does not answer or refuses.
pub async fn connect_owner(url: &str) -> Result<PgConnection, sqlx::Error> {
    PgConnection::connect(url).await
}

/// Runs `work` in one transaction in which `tenant` is set, and commits it if it succeeds.
///
/// The transaction lives in a task of its own: a caller who gives up waiting (a barge-in, a
/// timeout) drops only the wait. A connection dropped halfway through `begin` would go back to
/// the pool with its protocol out of step.
///
/// # Errors
/// Whatever `work` returned (the transaction is then rolled back), or the database's own error.
pub async fn with_tenant<T, E, F>(pool: &PgPool, tenant: TenantId, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<sqlx::Error> + Send + 'static,
{
    let pool = pool.clone();
    let task = tokio::spawn(async move {
        let mut transaction = pool.begin().await?;
        sqlx::query("select set_config('app.tenant_id', $1, true)")
            .bind(tenant.0.to_string())
            .execute(&mut *transaction)
            .await?;
        let value = work(&mut transaction).await?;
        transaction.commit().await?;
        Ok(value)
    });
    match task.await {
        Ok(result) => result,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going down.
            Err(_) => Err(sqlx::Error::PoolClosed.into()),
        },
    }
}
