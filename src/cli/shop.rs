//! Whose things a command is about.

use crate::db::desk::users;
use crate::ids::TenantId;
use anyhow::Context as _;
use sqlx::PgPool;

/// `--shop NAME`, also before or behind a subcommand.
#[derive(Debug, Clone, clap::Args)]
pub struct Shop {
    /// The shop's short name.
    #[arg(
        long,
        visible_alias = "tenant",
        value_name = "NAME",
        default_value = "default",
        global = true
    )]
    pub shop: String,
}

impl Shop {
    /// Its id.
    ///
    /// # Errors
    /// There is no such shop, or the database is away.
    pub async fn tenant(&self, pool: &PgPool) -> anyhow::Result<TenantId> {
        let found = users::shop(pool, &self.shop).await?;
        found.with_context(|| {
            format!("there is no shop {}; `tenants.slug` has the short names", self.shop)
        })
    }
}
