//! Questions as callers put them against the starting articles, by words alone.

use super::{SHOP, article, find, one, shelf};
use treadline::language::Language;
use treadline::store::FrontDesk as _;
use treadline::store::PostgresStore;
use treadline::store::knowledge::{Change, import};

const QUESTIONS: &str = include_str!("../fixtures/knowledge/questions.tsv");
/// The share of questions whose article is among the first three.
const RECALL_MIN: f64 = 0.90;
/// The share of questions of other trades on which nothing certain is found.
const REFUSED_MIN: f64 = 0.85;

#[derive(Clone, Copy)]
struct Question {
    language: Language,
    text: &'static str,
    /// The article that answers it; none of ours if there is none.
    slug: Option<&'static str>,
}

fn questions() -> Vec<Question> {
    let rows = QUESTIONS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap();
        let language = Language::from_code(field()).unwrap();
        let text = field();
        Question { language, text, slug: Some(field()).filter(|slug| *slug != "-") }
    })
    .collect()
}

fn share(good: usize, all: usize) -> f64 {
    good as f64 / all.max(1) as f64
}

#[tokio::test]
async fn nine_of_ten_questions_find_their_article_by_words_alone() {
    let Some(db) = shelf().await else { return };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let asked: Vec<Question> = questions().into_iter().filter(|one| one.slug.is_some()).collect();
    assert!(asked.iter().filter(|one| one.language == Language::Uk).count() >= 60);
    let (mut first, mut third, mut certain) = (0, 0, 0);
    let mut lost = Vec::new();
    for question in &asked {
        let found = find(&store, question.text, question.language).await;
        let place = found.iter().position(|one| Some(one.slug.as_str()) == question.slug);
        first += usize::from(place == Some(0));
        third += usize::from(place.is_some());
        certain += usize::from(place.is_some_and(|place| found[place].certain));
        if place.is_none() {
            let slugs: Vec<String> =
                found.iter().map(|one| format!("{} {:.2}", one.slug, one.words)).collect();
            lost.push(format!("{} -> {} ({slugs:?})", question.text, question.slug.unwrap()));
        }
        assert!(found.iter().all(|one| one.language == question.language), "{}", question.text);
    }
    let all = asked.len();
    println!(
        "knowledge: {all} questions by words: recall@1 {:.2}, recall@3 {:.2}, of them certain {:.2}",
        share(first, all),
        share(third, all),
        share(certain, all)
    );
    println!("  lost: {lost:#?}");
    assert!(share(third, all) >= RECALL_MIN, "recall@3 {:.3}", share(third, all));
    assert!(share(certain, all) >= 0.8, "certain {:.3}", share(certain, all));
}

#[tokio::test]
async fn questions_of_other_trades_find_nothing_certain() {
    let Some(db) = shelf().await else { return };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let asked: Vec<Question> = questions().into_iter().filter(|one| one.slug.is_none()).collect();
    let mut taken = Vec::new();
    for question in &asked {
        let found = find(&store, question.text, question.language).await;
        if let Some(one) = found.iter().find(|one| one.certain) {
            taken.push(format!("{} -> {} {:.2}", question.text, one.slug, one.words));
        }
    }
    let refused = share(asked.len() - taken.len(), asked.len());
    println!(
        "knowledge: {} questions of other trades, refused {refused:.2}: {taken:#?}",
        asked.len()
    );
    assert!(refused >= REFUSED_MIN, "{taken:#?}");
}

#[tokio::test]
async fn a_misheard_word_still_finds_its_article() {
    let Some(db) = shelf().await else { return };
    let store = PostgresStore::new(db.pool.clone(), 3);
    for (text, slug) in [
        ("что такое ассиметричные шины", "rotation"),
        ("як читати еропейську етикетку шини", "choosing"),
    ] {
        let found = find(&store, text, Language::Uk).await;
        assert!(found.iter().any(|one| one.slug == slug), "{text}: {found:?}");
    }
}

#[tokio::test]
async fn an_answer_comes_in_the_callers_language_where_there_is_one() {
    let Some(db) = shelf().await else { return };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let only = article("winter-wash.uk.md", "# Мийка коліс\n\nКолеса миємо щіткою і шампунем.");
    assert_eq!(import(&db.pool, SHOP, only).await.unwrap(), Change::New);
    // A Ukrainian question of an English call, and an article that is told in one language only.
    let found = find(&store, "яка гарантія на шини", Language::En).await;
    assert_eq!((found[0].slug.as_str(), found[0].language), ("warranty", Language::En));
    let found = find(&store, "чи миєте щіткою і шампунем", Language::En).await;
    assert_eq!((found[0].slug.as_str(), found[0].language), ("winter-wash", Language::Uk));
}

#[tokio::test]
async fn a_draft_is_told_to_nobody_and_another_shop_sees_nothing() {
    let Some(db) = shelf().await else { return };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let set = "with changed as (update knowledge_articles set review_state = 'draft' \
               where slug = 'warranty' returning 1) select count(*) from changed";
    assert_eq!(one(&db, set).await, 3);
    let found = find(&store, "яка гарантія на шини", Language::Uk).await;
    assert!(found.iter().all(|one| one.slug != "warranty"), "{found:?}");
    let mut other = super::scope(Language::Uk);
    other.tenant = treadline::ids::TenantId(uuid::Uuid::from_u128(99));
    let asked = super::query("яка гарантія на шини", Language::Uk);
    assert_eq!(store.search_knowledge(&other, &asked).await.unwrap(), []);
}

#[tokio::test]
async fn nothing_that_a_caller_says_breaks_the_search() {
    let Some(db) = shelf().await else { return };
    let store = PostgresStore::new(db.pool.clone(), 3);
    for text in [
        "",
        "   ",
        "'; drop table knowledge_articles; --",
        "%%%___\\",
        "а що це",
        &"шини ".repeat(2_000),
        "\u{0}шини",
        "🛞 ☃",
    ] {
        let _ = find(&store, text, Language::Uk).await;
    }
    assert_eq!(one(&db, "select count(*) from knowledge_articles").await, 63);
}
