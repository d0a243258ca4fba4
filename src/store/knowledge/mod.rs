//! The knowledge base: articles in, answers out. It is ours whatever back office the shop has.

mod article;
mod fuse;
mod read;
mod search;
pub mod starter;
mod write;

pub use article::{ARTICLE_CHARS_MAX, Article};
pub use read::{Revision, Stored, by_id, revisions};
pub use write::{Change, VectorError, Vectors, embed_missing, import, revise, switch};

pub(super) use search::{Asked, search};

use crate::db::with_tenant;
use crate::embed::Embedder;
use crate::ids::TenantId;
use crate::language::Language;
use crate::shop::Category;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use std::sync::Arc;
use uuid::Uuid;

/// Articles that one question is answered from.
pub const FOUND_MAX: usize = 5;

/// A question to the knowledge base.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeQuery {
    /// In the caller's words.
    pub text: String,
    /// What it is about, if that is known: a hint, not a fence.
    pub category: Option<Category>,
    /// The language in which an article is wanted where it exists in several.
    pub language: Language,
    /// Articles at most, 1 to [`FOUND_MAX`].
    pub limit: usize,
}

/// The part of an article that answers best.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The article.
    pub slug: String,
    /// The language of what follows.
    pub language: Language,
    /// The article's title.
    pub title: String,
    /// What it is about, as in `knowledge_articles.category`.
    pub category: String,
    /// The heading inside the article; empty if there is none.
    pub heading: String,
    /// The text.
    pub text: String,
    /// The share of the question's words, by their weight, that the text holds: 0 to 1.
    pub words: f64,
    /// The cosine between question and text in the space of the model; none without one.
    pub cosine: Option<f64>,
    /// True if one of the two is high enough to answer from.
    pub certain: bool,
}

/// Search by meaning.
#[derive(Debug, Clone)]
pub struct Meaning {
    /// What makes the vectors.
    pub embedder: Arc<dyn Embedder>,
    /// The cosine from which on a text answers a question, for this model.
    pub score_min: f64,
}

/// An article as the list shows it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Listed {
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
    /// `draft`, `approved`, `rejected`.
    pub review_state: String,
    /// Told to callers at all.
    pub active: bool,
    /// From 1.
    pub version: i32,
    /// Chunks of the current version.
    pub chunks: i64,
    /// Those of them that have a vector.
    pub vectors: i64,
    /// Chunks of older versions.
    pub archived: i64,
    /// Where it comes from.
    pub source: String,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// All articles of a shop, by matter and language.
///
/// # Errors
/// What Postgres says.
pub async fn list(pool: &PgPool, tenant: TenantId) -> Result<Vec<Listed>, sqlx::Error> {
    with_tenant(pool, tenant, |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select a.id, a.slug, a.language, a.title, a.category, a.review_state, a.active, \
                     a.version, a.source, a.updated_at, \
                     count(k.id) filter (where k.is_current) as chunks, \
                     count(k.model) filter (where k.is_current) as vectors, \
                     count(k.id) filter (where not k.is_current) as archived \
                 from knowledge_articles a \
                 left join knowledge_embeddings k on k.article_id = a.id \
                 group by a.id order by a.slug, a.language",
            )
            .fetch_all(conn)
            .await
        })
    })
    .await
}
