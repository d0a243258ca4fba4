//! One article and its versions, for whoever edits it.

use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// Versions that are shown; an article that changes more often is a price list.
const REVISIONS_MAX: i64 = 100;

/// An article as it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// The article in its language.
    pub id: Uuid,
    /// The matter.
    pub slug: String,
    /// The language.
    pub language: String,
    /// The title.
    pub title: String,
    /// What it is about.
    pub category: String,
    /// The text.
    pub content: String,
    /// From 1.
    pub version: i32,
    /// `draft`, `approved`, `rejected`.
    pub review_state: String,
    /// Told to callers at all.
    pub active: bool,
    /// Where it comes from.
    pub source: String,
}

/// A version of an article.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Revision {
    /// From 1.
    pub version: i32,
    /// The title.
    pub title: String,
    /// What it is about.
    pub category: String,
    /// The text.
    pub content: String,
    /// Where it comes from.
    pub source: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// An article, if there is one.
///
/// # Errors
/// What Postgres says.
pub async fn by_id(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Stored>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, slug, language, title, category, content, version, review_state, \
                     active, source from knowledge_articles where id = $1",
            )
            .bind(id)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// The versions of an article, the last first.
///
/// # Errors
/// What Postgres says.
pub async fn revisions(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
) -> Result<Vec<Revision>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select version, title, category, content, source, created_at \
                 from knowledge_versions where article_id = $1 order by version desc limit $2",
            )
            .bind(id)
            .bind(REVISIONS_MAX)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
