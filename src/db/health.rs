//! What `treadline doctor` asks a Postgres.

use sqlx::PgPool;

/// Extensions that the tables need.
const EXTENSIONS: [&str; 2] = ["btree_gist", "pg_trgm"];

/// A Postgres as it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Its version, `17.2`.
    pub version: String,
    /// Extensions that the tables need and that are not there.
    pub missing: Vec<&'static str>,
    /// The extension for knowledge by meaning can be had.
    pub has_vectors: bool,
}

/// Looks at version and extensions.
///
/// # Errors
/// What Postgres says.
pub async fn look(pool: &PgPool) -> Result<Health, sqlx::Error> {
    let version: String =
        sqlx::query_scalar("select split_part(version(), ' ', 2)").fetch_one(pool).await?;
    let there: Vec<String> =
        sqlx::query_scalar("select extname::text from pg_extension").fetch_all(pool).await?;
    let has_vectors: bool = sqlx::query_scalar(
        "select exists (select from pg_available_extensions where name = 'vector')",
    )
    .fetch_one(pool)
    .await?;
    let missing =
        EXTENSIONS.into_iter().filter(|name| !there.iter().any(|known| known == name)).collect();
    Ok(Health { version, missing, has_vectors })
}
