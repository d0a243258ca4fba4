//! The database at start: found, brought up to date, filled with the sample shop if it is empty.
//! A Postgres that is away does not keep the line from being answered.

use crate::clock::WallClock;
use crate::config::{Config, Retention, Secrets, StoreKind};
use crate::db;
use crate::ids::{CallId, TenantId};
use crate::language::Language;
use crate::llm::local::Lexicon;
use crate::store::tenants::Tenants;
use crate::store::{Scope, Store, sample};
use sqlx::PgPool;
use std::collections::HashSet;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Duration;

/// Pause between two tries to reach a database that is away.
const RETRY_S: u64 = 2;

/// What keeps the database in use: the claim on the program's own server, and the task that
/// waits for one that is away.
pub(super) struct Database {
    _server: db::Server,
    waiting: Option<JoinHandle<()>>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(task) = &self.waiting {
            task.abort();
        }
    }
}

/// Finds the database and brings it up to date. One that is away is waited for in the
/// background: calls are answered meanwhile, tools say that they cannot look right now, and the
/// log stays in the spool.
pub(super) async fn open(
    config: &Config,
    secrets: &Secrets,
    clock: &WallClock,
) -> anyhow::Result<(Database, PgPool)> {
    let server = db::open(config, secrets).await?;
    let url = server.reveal_url().to_owned();
    let pool = db::pool::lazy(&url, config.database.connections_max)?;
    // A shop with a back office of its own has its catalogue there.
    let sample = config.shop.sample_data && config.store.kind == StoreKind::Postgres;
    let wanted = Wanted { sample, retention: config.retention.clone() };
    let waiting = match prepare(&url, &pool, &wanted, clock).await {
        Ok(()) => None,
        // A newer or damaged database is for a person; one that is away is for time.
        Err(Trouble::Lasting(error)) => return Err(error),
        Err(Trouble::Away(error)) => {
            tracing::error!(%error, "the database is away; calls are answered, the log waits");
            let (pool, clock) = (pool.clone(), clock.clone());
            Some(tokio::spawn(async move { wait_for(&url, &pool, &wanted, &clock).await }))
        }
    };
    Ok((Database { _server: server, waiting }, pool))
}

/// What the configuration wants of the database.
struct Wanted {
    /// The sample shop, if the catalogue is empty.
    sample: bool,
    retention: Retention,
}

enum Trouble {
    Away(anyhow::Error),
    Lasting(anyhow::Error),
}

async fn prepare(
    url: &str,
    pool: &PgPool,
    wanted: &Wanted,
    clock: &WallClock,
) -> Result<(), Trouble> {
    use crate::db::migrate::MigrateError;
    // On a thread of its own: sqlx's migrator is not `Send` in the compiler's eyes.
    let (owner, runtime) = (url.to_owned(), Handle::current());
    let migrating = spawn_blocking(move || runtime.block_on(db::migrate::run(&owner)));
    let migrated = migrating.await.map_err(|error| Trouble::Lasting(error.into()))?;
    let migrated = migrated.map_err(|error| match &error {
        MigrateError::Database(cause) if is_away(cause) => Trouble::Away(error.into()),
        _ => Trouble::Lasting(error.into()),
    })?;
    if !migrated.applied.is_empty() {
        tracing::info!(version = migrated.version, "the database is up to date");
    }
    db::retention::set(pool, &wanted.retention)
        .await
        .map_err(|error| Trouble::Away(error.into()))?;
    if wanted.sample {
        let loaded = sample::load_if_empty(pool, TenantId::DEFAULT).await;
        if let Some(loaded) = loaded.map_err(|error| Trouble::Away(error.into()))? {
            let (products, stations) = (loaded.products, loaded.stations);
            tracing::warn!(
                products,
                stations,
                "the catalogue was empty: the sample shop is in it (shop.sample_data)"
            );
        }
    }
    db::partitions::ensure_ahead(pool, clock.now(), db::partitions::MONTHS_AHEAD)
        .await
        .map_err(|error| Trouble::Away(error.into()))?;
    Ok(())
}

/// Not there, or not yet: starting (57P03), stopping (57P01), without a free connection (53300).
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        // The last: a proxy or load balancer whose server is away takes the connection and closes
        // it in the middle of the greeting.
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(answer) => {
            answer.code().is_some_and(|code| ["57P01", "57P03", "53300"].contains(&code.as_ref()))
        }
        _ => false,
    }
}

async fn wait_for(url: &str, pool: &PgPool, wanted: &Wanted, clock: &WallClock) {
    loop {
        tokio::time::sleep(Duration::from_secs(RETRY_S)).await;
        match prepare(url, pool, wanted, clock).await {
            Ok(()) => return tracing::info!("the database is there"),
            Err(Trouble::Away(error)) => tracing::debug!(%error, "the database is still away"),
            Err(Trouble::Lasting(error)) => {
                tracing::error!(%error, "the database cannot be used");
            }
        }
    }
}

/// The words of the catalogues, for the recogniser and the local brain. Without a database the
/// grammar knows no sizes; it still reads those that are clearly said.
pub(super) async fn lexicon(clock: &WallClock, store: &dyn Store, tenants: &Tenants) -> Lexicon {
    let mut all = words_of(clock, store, TenantId::DEFAULT).await;
    for tenant in tenants.all().await.into_iter().filter(|id| *id != TenantId::DEFAULT) {
        let more = words_of(clock, store, tenant).await;
        all.sizes.extend(more.sizes);
        all.brands.extend(more.brands);
    }
    let mut seen = HashSet::new();
    all.sizes.retain(|size| seen.insert(*size));
    let mut seen = HashSet::new();
    all.brands.retain(|brand| seen.insert(brand.clone()));
    all
}

async fn words_of(clock: &WallClock, store: &dyn Store, tenant: TenantId) -> Lexicon {
    let scope = Scope {
        tenant,
        call: CallId(uuid::Uuid::nil()),
        call_started_at: clock.now(),
        caller: None,
        now: clock.now(),
        language: Language::En,
    };
    let sizes = store.known_sizes(&scope).await.unwrap_or_default();
    let brands = store.known_brands(&scope).await.unwrap_or_default();
    Lexicon { sizes, brands }
}
