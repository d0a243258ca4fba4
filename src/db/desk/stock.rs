//! The catalogue and its stock, and what files brought into it.

use super::reading;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgPool;

/// Articles on a page.
pub const PAGE_ARTICLES: usize = 50;
/// Imports that are shown.
const IMPORTS_MAX: i64 = 10;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of article number, maker or model.
    pub text: Option<String>,
    /// A size: `205/55 R16`.
    pub size: Option<String>,
    /// `winter`, `summer`, `all_season`.
    pub season: Option<String>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// Its number.
    pub sku: String,
    /// Maker and model.
    pub name: String,
    /// `205/55 R16`
    pub size: String,
    /// `winter`, …
    pub season: String,
    /// UAH.
    pub price: Decimal,
    /// Pieces in stock.
    pub quantity: i32,
    /// Is it sold?
    pub active: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A file that was brought in, or was not.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Import {
    /// `success`, `failed`.
    pub status: String,
    /// Rows that were loaded.
    pub records_processed: i32,
    /// Why not.
    pub error_message: Option<String>,
    /// When.
    pub started_at: DateTime<Utc>,
    /// Its kind and name, and counts.
    pub metadata_json: Value,
}

/// One more than [`PAGE_ARTICLES`] lines at most, by article number, after `after`.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    filter: Filter,
    after: Option<String>,
) -> Result<Vec<Line>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select sku, brand || ' ' || model as name, \
                        tire_size(width, profile, rim_tenths, commercial) as size, season, price, \
                        quantity, active, updated_at \
                 from products where ($1::text is null or strpos(search_text, lower($1)) > 0) \
                   and ($2::text is null \
                        or tire_size(width, profile, rim_tenths, commercial) = $2) \
                   and ($3::text is null or season = $3) and ($4::text is null or sku > $4) \
                 order by sku limit $5",
            )
            .bind(filter.text)
            .bind(filter.size)
            .bind(filter.season)
            .bind(after)
            .bind(PAGE_ARTICLES as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// The latest imports.
///
/// # Errors
/// What Postgres says.
pub async fn imports(pool: &PgPool, tenant: TenantId) -> Result<Vec<Import>, sqlx::Error> {
    reading(pool, tenant, |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select status, records_processed, error_message, started_at, metadata_json \
                 from integration_sync_logs where direction = 'inbound' \
                 order by started_at desc, id limit $1",
            )
            .bind(IMPORTS_MAX)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
