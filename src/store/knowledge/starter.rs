//! The articles with which a shop begins: about tyres, fitting, storage, delivery and warranty, in
//! Ukrainian, Russian and English. No prices: those come from the tools.

use super::Article;
use super::write::insert_chunks;
use crate::ids::TenantId;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::sync::LazyLock;

/// Where they come from, in `knowledge_articles.source`.
pub const SOURCE: &str = "starter";

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../sample/knowledge/", $name)))),+]
    };
}

const FILES: &[(&str, &str)] = &files![
    "all-season.en.md",
    "all-season.ru.md",
    "all-season.uk.md",
    "balancing.en.md",
    "balancing.ru.md",
    "balancing.uk.md",
    "choosing.en.md",
    "choosing.ru.md",
    "choosing.uk.md",
    "delivery.en.md",
    "delivery.ru.md",
    "delivery.uk.md",
    "fitting-prepare.en.md",
    "fitting-prepare.ru.md",
    "fitting-prepare.uk.md",
    "fitting-process.en.md",
    "fitting-process.ru.md",
    "fitting-process.uk.md",
    "hours.en.md",
    "hours.ru.md",
    "hours.uk.md",
    "mixing.en.md",
    "mixing.ru.md",
    "mixing.uk.md",
    "payment.en.md",
    "payment.ru.md",
    "payment.uk.md",
    "pressure.en.md",
    "pressure.ru.md",
    "pressure.uk.md",
    "puncture.en.md",
    "puncture.ru.md",
    "puncture.uk.md",
    "returns.en.md",
    "returns.ru.md",
    "returns.uk.md",
    "rotation.en.md",
    "rotation.ru.md",
    "rotation.uk.md",
    "storage-home.en.md",
    "storage-home.ru.md",
    "storage-home.uk.md",
    "storage-service.en.md",
    "storage-service.ru.md",
    "storage-service.uk.md",
    "studs.en.md",
    "studs.ru.md",
    "studs.uk.md",
    "tread.en.md",
    "tread.ru.md",
    "tread.uk.md",
    "tyre-age.en.md",
    "tyre-age.ru.md",
    "tyre-age.uk.md",
    "tyre-size.en.md",
    "tyre-size.ru.md",
    "tyre-size.uk.md",
    "warranty.en.md",
    "warranty.ru.md",
    "warranty.uk.md",
    "when-to-change.en.md",
    "when-to-change.ru.md",
    "when-to-change.uk.md",
];

/// The articles. A test reads every one of them.
static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
    let read = FILES.iter().filter_map(|(name, text)| Article::read(name, text).ok());
    read.map(|article| Article { source: SOURCE.into(), ..article }).collect()
});

/// Both tables' rows of all articles; cutting them takes longer than inserting them.
static ROWS: LazyLock<(Value, Vec<Value>)> = LazyLock::new(|| {
    let articles = ARTICLES.iter().map(|article| {
        json!({
            "slug": article.slug, "language": article.language.code(), "title": article.title,
            "category": article.category.as_str(), "content": article.content,
            "content_hash": article.hash(), "source": article.source,
        })
    });
    (articles.collect(), ARTICLES.iter().flat_map(Article::chunk_rows).collect())
});

/// The articles.
#[must_use]
pub fn articles() -> &'static [Article] {
    &ARTICLES
}

/// Puts them into an empty knowledge base, in two statements; the transaction names the tenant.
///
/// # Errors
/// What Postgres says.
pub(in crate::store) async fn load(
    conn: &mut PgConnection,
    tenant: TenantId,
) -> Result<(), sqlx::Error> {
    let written = sqlx::query(
        "insert into knowledge_articles (tenant_id, slug, language, title, category, content, \
             content_hash, source, review_state) \
         select $1, r.slug, r.language, r.title, r.category, r.content, r.content_hash, \
             r.source, 'approved' \
         from jsonb_to_recordset($2) as r(slug text, language text, title text, category text, \
             content text, content_hash text, source text) \
         where not exists (select from knowledge_articles)",
    )
    .bind(tenant.0)
    .bind(&ROWS.0)
    .execute(&mut *conn)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(());
    }
    insert_chunks(conn, ROWS.1.clone()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use std::collections::BTreeSet;

    #[test]
    fn every_starting_article_is_readable_and_told_in_three_languages() {
        for (name, text) in FILES {
            let read = Article::read(name, text);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
        let of = |language: Language| -> BTreeSet<&str> {
            let mine = articles().iter().filter(|article| article.language == language);
            mine.map(|article| article.slug.as_str()).collect()
        };
        assert!(of(Language::Uk).len() >= 20, "{:?}", of(Language::Uk));
        assert_eq!(of(Language::Uk), of(Language::Ru));
        assert_eq!(of(Language::Uk), of(Language::En));
        assert_eq!(articles().len(), FILES.len());
    }

    #[test]
    fn no_starting_article_names_a_price() {
        for article in articles() {
            let text = article.content.to_lowercase();
            for word in [
                "грн",
                "гривень",
                "гривен",
                "uah",
                "hryvn",
                "безкоштовн",
                "бесплатн",
                "free of charge",
            ] {
                assert!(!text.contains(word), "{} {:?}: {word}", article.slug, article.language);
            }
        }
    }
}
