//! All SQL of the log side, one file a table family, and the program's own Postgres.

pub mod agreements;
pub mod alerts;
pub mod api;
pub mod approvals;
pub mod backup;
pub mod calls;
pub mod desk;
pub mod embedded;
pub mod evals;
pub mod figures;
pub mod forget;
pub mod generate;
pub mod health;
pub mod intervals;
pub mod jobs;
pub mod journal;
pub mod live;
pub mod log;
pub mod migrate;
pub mod partitions;
pub mod partman;
pub mod pool;
pub mod prompts;
pub mod quality;
pub mod registrations;
pub mod retention;
pub mod retention_age;
pub mod schema_picture;
pub mod settings;
pub mod soft_delete;
pub mod spending;
pub mod stats;
pub mod tokens;
pub mod traces;
pub mod transfers;
pub mod webhooks;

use crate::config::{Config, Secrets};
use crate::ids::TenantId;
use secrecy::ExposeSecret as _;
use sqlx::PgPool;
use uuid::Uuid;

pub use pool::{connect, with_tenant};

/// Every shop, also those that are not active any more, in one order.
///
/// # Errors
/// What Postgres says.
pub(crate) async fn all_tenants(pool: &PgPool) -> Result<Vec<TenantId>, sqlx::Error> {
    let ids: Vec<Uuid> =
        sqlx::query_scalar("select id from tenants order by id").fetch_all(pool).await?;
    Ok(ids.into_iter().map(TenantId).collect())
}

/// The shops that are served now, in one order.
///
/// # Errors
/// What Postgres says.
pub(crate) async fn active_tenants(pool: &PgPool) -> Result<Vec<TenantId>, sqlx::Error> {
    let sql = "select id from tenants where is_active order by id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(pool).await?;
    Ok(ids.into_iter().map(TenantId).collect())
}

/// A Postgres to work with. While this lives, the program's own server stays up.
#[derive(Debug)]
pub struct Server {
    /// A libpq URL of the owner of the tables. Secret if it came from the environment.
    pub url: secrecy::SecretString,
    /// Set when the server is the program's own.
    pub embedded: Option<embedded::Handle>,
}

/// Finds the Postgres that the configuration means: `DATABASE_URL`, then `database.url`, then the
/// program's own, which is started if it is not running.
///
/// # Errors
/// The program's own Postgres cannot be started. A given URL is not tried here.
pub async fn open(config: &Config, secrets: &Secrets) -> Result<Server, embedded::EmbeddedError> {
    if let Some(url) = &secrets.database_url {
        return Ok(Server { url: url.clone(), embedded: None });
    }
    if !config.database.url.is_empty() {
        return Ok(Server { url: config.database.url.clone().into(), embedded: None });
    }
    let handle = embedded::ensure_running(config).await?;
    Ok(Server { url: handle.url.clone().into(), embedded: Some(handle) })
}

/// The same for what is asked of a shop that is there already: its past, a person in it. An empty
/// database that was made just now would answer everything with a falsehood.
///
/// # Errors
/// Nothing says that the current folder is the shop's, its database was never made, or
/// [`open`] failed.
pub async fn open_known(
    config: &Config,
    secrets: &Secrets,
) -> Result<Server, embedded::EmbeddedError> {
    if secrets.database_url.is_none() && config.database.url.is_empty() {
        embedded::must_be_known(config)?;
    }
    open(config, secrets).await
}

/// The same for what works with a database that is there: a folder that has none does not get one
/// by the way. (`treadline migrate`, `serve`, `demo`, `chat` and `import` make it.)
///
/// # Errors
/// There is none, with what to do; or [`open`] failed.
pub async fn open_made(
    config: &Config,
    secrets: &Secrets,
) -> Result<Server, embedded::EmbeddedError> {
    if secrets.database_url.is_none() && config.database.url.is_empty() {
        embedded::must_be_made(config)?;
    }
    open(config, secrets).await
}

impl Server {
    /// The URL as text. Never put it in a log line.
    #[must_use]
    pub fn reveal_url(&self) -> &str {
        self.url.expose_secret()
    }
}
