//! What the desk knows of shops.

use crate::ids::TenantId;
use sqlx::PgPool;

/// The first number of a shop, if it has any. Whose a number is, is no secret within the program:
/// a call is only then somebody's.
///
/// # Errors
/// What Postgres says.
pub async fn number(pool: &PgPool, tenant: TenantId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select called_numbers[1] from tenants where id = $1 and called_numbers <> '{}'",
    )
    .bind(tenant.0)
    .fetch_optional(pool)
    .await
}

/// The language in which a shop's calls begin, if its row says so.
///
/// # Errors
/// What Postgres says.
pub async fn language(pool: &PgPool, tenant: TenantId) -> Result<Option<String>, sqlx::Error> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("select metadata ->> 'language' from tenants where id = $1")
            .bind(tenant.0)
            .fetch_optional(pool)
            .await?;
    Ok(found.flatten())
}
