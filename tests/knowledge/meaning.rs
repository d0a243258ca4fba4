//! The search by meaning beside the one by words, with an embedder whose space is known: one
//! direction for each of a few matters.

use super::{SHOP, article, find, one};
use crate::knowledge::database;
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use treadline::embed::{EmbedError, Embedder, Vector};
use treadline::language::Language;
use treadline::store::PostgresStore;
use treadline::store::knowledge::{Meaning, VectorError, embed_missing, import};
use treadline::turn::Failure;

/// Matters and words that mean them; a text points to each matter that it names.
const MATTERS: [&[&str]; 3] =
    [&["компресор", "повітря", "дихає"], &["кава", "напій", "горнятко"], &["дитяч", "малюк"]];

#[derive(Debug)]
struct Directions {
    model: &'static str,
    asked: AtomicUsize,
    away: AtomicBool,
}

impl Directions {
    fn of(model: &'static str) -> Arc<Self> {
        Arc::new(Self { model, asked: AtomicUsize::new(0), away: AtomicBool::new(false) })
    }
}

#[async_trait]
impl Embedder for Directions {
    fn model(&self) -> &str {
        self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vector>, EmbedError> {
        self.asked.fetch_add(texts.len(), Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            let detail = "away".to_owned();
            return Err(EmbedError { provider: "test", failure: Failure::Unreachable, detail });
        }
        let vectors = texts.iter().map(|text| {
            let text = text.to_lowercase();
            let points = |words: &&[&str]| words.iter().any(|word| text.contains(word));
            let mut components: Vec<f32> =
                MATTERS.iter().map(|words| f32::from(u8::from(points(words)))).collect();
            // Something of everything, so that nothing points nowhere.
            components.push(0.2);
            Vector::fill_up(components).unwrap()
        });
        Ok(vectors.collect())
    }
}

async fn shelf() -> Option<database::TestDb> {
    let db = database::fresh_database().await?;
    for (name, text) in [
        ("air.uk.md", "# Підкачка\n\nКомпресор стоїть біля воріт."),
        ("coffee.uk.md", "# Поки чекаєте\n\nКава є в автоматі."),
        ("children.uk.md", "# З малечею\n\nДитячий куточок на другому поверсі."),
    ] {
        import(&db.pool, SHOP, article(name, text)).await.unwrap();
    }
    Some(db)
}

fn with(db: &database::TestDb, embedder: &Arc<Directions>) -> PostgresStore {
    let embedder: Arc<dyn Embedder> = Arc::clone(embedder) as Arc<dyn Embedder>;
    let meaning = Meaning { embedder, score_min: 0.6 };
    PostgresStore::new(db.pool.clone(), 3).with_meaning(Some(meaning))
}

#[tokio::test]
async fn what_shares_no_word_is_found_by_its_meaning() {
    let Some(db) = shelf().await else { return };
    let words_only = PostgresStore::new(db.pool.clone(), 3);
    assert_eq!(find(&words_only, "хочу якийсь напій", Language::Uk).await, []);
    let embedder = Directions::of("one");
    let made = embed_missing(&db.pool, SHOP, embedder.as_ref(), |_| {}).await.unwrap();
    assert_eq!((made.made, made.missing), (3, 0));
    let found = find(&with(&db, &embedder), "хочу якийсь напій", Language::Uk).await;
    assert_eq!(found[0].slug, "coffee");
    assert!(found[0].certain && found[0].cosine.unwrap() > 0.9, "{found:?}");
    assert!(found.iter().skip(1).all(|one| !one.certain), "{found:?}");
}

#[tokio::test]
async fn vectors_are_made_once_and_anew_for_another_model() {
    let Some(db) = shelf().await else { return };
    let (first, second) = (Directions::of("one"), Directions::of("two"));
    embed_missing(&db.pool, SHOP, first.as_ref(), |_| {}).await.unwrap();
    embed_missing(&db.pool, SHOP, first.as_ref(), |_| {}).await.unwrap();
    assert_eq!(first.asked.load(Ordering::SeqCst), 3);
    // The space of another model holds nothing yet: no vector of the first is compared in it.
    let found = find(&with(&db, &second), "хочу якийсь напій", Language::Uk).await;
    assert_eq!(found, []);
    let made = embed_missing(&db.pool, SHOP, second.as_ref(), |_| {}).await.unwrap();
    assert_eq!(made.made, 3);
    assert_eq!(one(&db, "select count(distinct model) from knowledge_embeddings").await, 1);
    assert!(find(&with(&db, &second), "хочу якийсь напій", Language::Uk).await[0].certain);
}

#[tokio::test]
async fn an_endpoint_that_is_away_leaves_the_words() {
    let Some(db) = shelf().await else { return };
    let embedder = Directions::of("one");
    embedder.away.store(true, Ordering::SeqCst);
    let failed = embed_missing(&db.pool, SHOP, embedder.as_ref(), |_| {}).await;
    assert!(matches!(failed, Err(VectorError::Embed(_))), "{failed:?}");
    let found = find(&with(&db, &embedder), "біля яких воріт компресор", Language::Uk).await;
    assert_eq!((found[0].slug.as_str(), found[0].certain), ("air", true));
}

#[tokio::test]
async fn the_index_over_vectors_is_there_and_of_the_kind_that_needs_no_training() {
    let Some(db) = shelf().await else { return };
    let hnsw = "select count(*) from pg_indexes where tablename = 'knowledge_embeddings' \
                and indexdef like '%USING hnsw (embedding vector_cosine_ops)%'";
    assert_eq!(one(&db, hnsw).await, 1);
}
