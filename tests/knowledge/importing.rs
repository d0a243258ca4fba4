//! What an import writes, and what it leaves alone.

use super::{SHOP, article, find, one};
use crate::knowledge::database;
use treadline::language::Language;
use treadline::store::PostgresStore;
use treadline::store::knowledge::{Change, import, list, starter};

const FIRST: &str = "# Підкачка коліс\n\n## Де\n\nКомпресор стоїть біля воріт.\n\n\
                     ## Коли\n\nПідкачати можна цілодобово.";
const SECOND: &str = "# Підкачка коліс\n\n## Де\n\nКомпресор стоїть біля воріт.\n\n\
                      ## Коли\n\nПідкачати можна від восьмої ранку.";

#[tokio::test]
async fn the_same_article_again_changes_nothing() {
    let Some(db) = database::fresh_database().await else { return };
    for article in starter::articles() {
        assert_eq!(import(&db.pool, SHOP, article.clone()).await.unwrap(), Change::New);
    }
    let before = one(&db, "select count(*) from knowledge_embeddings").await;
    for article in starter::articles() {
        assert_eq!(import(&db.pool, SHOP, article.clone()).await.unwrap(), Change::Same);
    }
    assert_eq!(one(&db, "select count(*) from knowledge_embeddings").await, before);
    assert_eq!(one(&db, "select max(version)::int8 from knowledge_articles").await, 1);
}

#[tokio::test]
async fn another_text_is_another_version_and_the_old_one_stays_archived() {
    let Some(db) = database::fresh_database().await else { return };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let first = article("air.uk.md", FIRST);
    assert_eq!(import(&db.pool, SHOP, first.clone()).await.unwrap(), Change::New);
    let second = article("air.uk.md", SECOND);
    assert_eq!(import(&db.pool, SHOP, second).await.unwrap(), Change::Version(2));
    let listed = &list(&db.pool, SHOP).await.unwrap()[0];
    assert_eq!((listed.version, listed.chunks, listed.archived), (2, 2, 1));
    let unchanged = "select count(*) from knowledge_embeddings where version = 1 and is_current";
    assert_eq!(one(&db, unchanged).await, 1, "the paragraph that did not change is the same row");
    let found = find(&store, "коли можна підкачати", Language::Uk).await;
    assert!(found[0].text.contains("восьмої"), "{found:?}");
    // Back again: the archived row stays what it was, a current one stands beside it.
    assert_eq!(import(&db.pool, SHOP, first).await.unwrap(), Change::Version(3));
    let listed = &list(&db.pool, SHOP).await.unwrap()[0];
    assert_eq!((listed.chunks, listed.archived), (2, 2));
    let found = find(&store, "коли можна підкачати", Language::Uk).await;
    assert!(found[0].text.contains("цілодобово"), "{found:?}");
}

#[tokio::test]
async fn an_article_that_was_taken_back_is_told_again_when_it_is_imported() {
    let Some(db) = database::fresh_database().await else { return };
    import(&db.pool, SHOP, article("air.uk.md", FIRST)).await.unwrap();
    let hide = "with changed as (update knowledge_articles set active = false returning 1) \
                select count(*) from changed";
    one(&db, hide).await;
    let change = import(&db.pool, SHOP, article("air.uk.md", FIRST)).await.unwrap();
    assert_eq!(change, Change::Version(1), "the same text is no new version");
    assert!(list(&db.pool, SHOP).await.unwrap()[0].active);
}

#[tokio::test]
async fn two_imports_at_once_leave_one_version() {
    let Some(db) = database::fresh_database().await else { return };
    let runs = (0..4).map(|_| import(&db.pool, SHOP, article("air.uk.md", FIRST)));
    let done = futures_util::future::join_all(runs).await;
    let new = done.iter().filter(|change| matches!(change, Ok(Change::New))).count();
    assert_eq!(new, 1, "{done:?}");
    assert_eq!(one(&db, "select count(*) from knowledge_embeddings").await, 2);
}

#[tokio::test]
async fn the_sample_shop_has_the_starting_articles() {
    let Some(db) = database::fresh_database().await else { return };
    treadline::store::sample::load_if_empty(&db.pool, SHOP).await.unwrap();
    let rows = list(&db.pool, SHOP).await.unwrap();
    assert_eq!(rows.len(), starter::articles().len());
    assert!(rows.iter().all(|row| row.chunks > 0 && row.review_state == "approved"));
    for article in starter::articles() {
        let change = import(&db.pool, SHOP, article.clone()).await.unwrap();
        assert_eq!(change, Change::Same, "{}", article.slug);
    }
}
