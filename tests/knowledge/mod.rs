//! The knowledge base: what is imported and what is left alone, what questions find, what a caller
//! hears of it, and that an article orders nothing.
#![allow(clippy::unwrap_used, reason = "a test: what is missing shall fail it")]

use crate::support::database;
use crate::support::typed_shop;

mod finding;
mod importing;
mod meaning;
mod telling;

use chrono::Utc;
use database::TestDb;
use treadline::ids::{CallId, TenantId};
use treadline::language::Language;
use treadline::store::knowledge::{Article, Found, KnowledgeQuery};
use treadline::store::{FrontDesk as _, PostgresStore, Scope};
use uuid::Uuid;

const SHOP: TenantId = TenantId::DEFAULT;

fn scope(language: Language) -> Scope {
    let now = Utc::now();
    let call = CallId(Uuid::from_u128(7));
    Scope { tenant: SHOP, call, call_started_at: now, caller: None, now, language }
}

fn query(text: &str, language: Language) -> KnowledgeQuery {
    KnowledgeQuery { text: text.into(), category: None, language, limit: 3 }
}

/// A database with the sample shop and its starting articles.
async fn shelf() -> Option<TestDb> {
    let db = database::fresh_database().await?;
    treadline::store::sample::load_if_empty(&db.pool, SHOP).await.unwrap();
    Some(db)
}

async fn find(store: &PostgresStore, text: &str, language: Language) -> Vec<Found> {
    store.search_knowledge(&scope(language), &query(text, language)).await.unwrap()
}

fn article(name: &str, text: &str) -> Article {
    Article::read(name, text).unwrap()
}

/// A figure, as the owner sees it.
async fn one(db: &TestDb, sql: &'static str) -> i64 {
    let mut owner = db.owner().await;
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(SHOP.0.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut owner).await.unwrap()
}
