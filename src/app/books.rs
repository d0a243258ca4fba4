//! Whose books the agent looks into: the product's own tables, or the shop's back office.

use crate::config::{Config, Secrets, StoreKind};
use crate::store::{HttpStore, HttpStoreOptions, Patience, PostgresStore, Store};
use anyhow::Context as _;
use sqlx::PgPool;
use std::sync::Arc;

/// The back office that the configuration means. `own` are the product's own tables, which stay
/// the front desk either way.
///
/// # Errors
/// What is missing to reach a shop's back office. There is no falling back to other books: they
/// would promise tyres that the shop does not have.
pub(super) fn open(
    config: &Config,
    secrets: &Secrets,
    pool: &PgPool,
    own: &Arc<PostgresStore>,
) -> anyhow::Result<Arc<dyn Store>> {
    if config.store.kind == StoreKind::Postgres {
        return Ok(Arc::clone(own) as Arc<dyn Store>);
    }
    let key = secrets
        .store_key
        .clone()
        .context("store.kind = \"http\" needs the key of the back office in TREADLINE_STORE_KEY")?;
    let base_url = config.store.base_url.clone();
    let host = base_url.strip_prefix("http://").unwrap_or_default();
    if !host.is_empty() && !["127.", "localhost", "[::1]"].iter().any(|own| host.starts_with(own)) {
        tracing::warn!("store.base_url is not https: the key and the orders travel unencrypted");
    }
    let options = HttpStoreOptions {
        base_url,
        key,
        endpoints: config.store.endpoints.clone(),
        patience: Patience::within_tool(config.limits.call.tool_ms_max),
        zone: config.shop.timezone,
        bookings_per_number_max: config.limits.bookings_per_number_max,
    };
    let store = HttpStore::new(options, pool.clone()).context("store.base_url")?;
    Ok(Arc::new(store))
}
