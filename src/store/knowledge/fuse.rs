//! From hits by words and by meaning to one list of articles. Pure.

use super::{FOUND_MAX, Found, KnowledgeQuery};
use crate::language::Language;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The share of a question's words from which on a text answers it. Measured on
/// `tests/fixtures/knowledge`: questions that the articles answer lie above, small talk and other
/// trades below.
pub(super) const WORDS_MIN: f64 = 0.40;
/// Reciprocal rank fusion: how much the first places differ from the next.
const FUSION: f64 = 20.0;
/// What standing in title or heading, and lying on the shelf that was named, add to a share of
/// words when hits are ordered.
const HEADING_BONUS: f64 = 0.5;
const SHELF_BONUS: f64 = 0.15;

/// A chunk that was found.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(super) struct Hit {
    pub(super) id: Uuid,
    slug: String,
    language: String,
    title: String,
    category: String,
    chunk_index: i32,
    heading: String,
    text: String,
    words: Option<f64>,
    heading_words: Option<f64>,
    /// More than one word of the question was found, or it has only one. One rare word alone
    /// proves little: "weather" stands in an article about winter tyres, too.
    several: bool,
    #[sqlx(rename = "cosine")]
    pub(super) by_meaning: Option<f64>,
}

/// An article and which chunk of it answers.
pub(super) struct Ranked {
    pub(super) found: Found,
    pub(super) chunk_index: i32,
}

impl Hit {
    fn order_by_words(&self, query: &KnowledgeQuery) -> Option<f64> {
        let hinted = query.category.is_some_and(|one| one.as_str() == self.category);
        let bonus = if hinted { SHELF_BONUS } else { 0.0 };
        self.words.map(|words| words + HEADING_BONUS * self.heading_words.unwrap_or(0.0) + bonus)
    }
}

/// Orders the articles: each list gives a chunk 1 / (20 + its rank), and the best chunk stands
/// for its article. At most `query.limit` articles; only those with an answer in one of the two
/// measures count as certain.
pub(super) fn fuse(hits: Vec<Hit>, query: &KnowledgeQuery, cosine_min: Option<f64>) -> Vec<Ranked> {
    let words = ranks(&hits, |hit| hit.order_by_words(query));
    let meaning = ranks(&hits, |hit| hit.by_meaning);
    let mut scored: Vec<(f64, Hit)> = hits
        .into_iter()
        .map(|hit| {
            let places = [words.get(&hit.id), meaning.get(&hit.id)];
            let own = f64::from(u8::from(hit.language == query.language.code())) * 1e-6;
            let score: f64 = places.into_iter().flatten().map(|rank| 1.0 / (FUSION + rank)).sum();
            // Of parts that say as much, the first one in its article.
            let later = f64::from(hit.chunk_index) * 1e-8;
            (score + own - later, hit)
        })
        .collect();
    scored.sort_by(|a, b| order(b.0, a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    let mut articles: Vec<Ranked> = Vec::new();
    for (_, hit) in scored {
        let certain = hit.words.is_some_and(|share| hit.several && share >= WORDS_MIN)
            || hit.by_meaning.zip(cosine_min).is_some_and(|(cosine, min)| cosine >= min);
        if let Some(known) = articles.iter_mut().find(|known| known.found.slug == hit.slug) {
            // Another language or part of the same article may be what makes it certain.
            known.found.certain |= certain;
        } else if articles.len() < query.limit.clamp(1, FOUND_MAX) {
            articles.push(ranked(hit, certain));
        }
    }
    articles
}

fn ranked(hit: Hit, certain: bool) -> Ranked {
    let found = Found {
        slug: hit.slug,
        language: Language::from_code(&hit.language).unwrap_or_default(),
        title: hit.title,
        category: hit.category,
        heading: hit.heading,
        text: hit.text,
        words: hit.words.unwrap_or(0.0),
        cosine: hit.by_meaning,
        certain,
    };
    Ranked { found, chunk_index: hit.chunk_index }
}

fn order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// The rank of each hit in one list, from 1; equal scores have equal ranks.
fn ranks(hits: &[Hit], score: impl Fn(&Hit) -> Option<f64>) -> BTreeMap<Uuid, f64> {
    let mut listed: Vec<(f64, Uuid)> =
        hits.iter().filter_map(|hit| Some((score(hit)?, hit.id))).collect();
    listed.sort_by(|a, b| order(b.0, a.0));
    let mut ranks = BTreeMap::new();
    let (mut rank, mut last) = (0.0, f64::INFINITY);
    for (at, (score, id)) in listed.into_iter().enumerate() {
        if score < last {
            (rank, last) = ((at + 1) as f64, score);
        }
        ranks.insert(id, rank);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(id: u128, slug: &str, words: Option<f64>, cosine: Option<f64>) -> Hit {
        Hit {
            id: Uuid::from_u128(id),
            slug: slug.into(),
            language: "uk".into(),
            title: slug.into(),
            category: "tyres".into(),
            chunk_index: 0,
            heading: String::new(),
            text: "text".into(),
            words,
            heading_words: None,
            several: true,
            by_meaning: cosine,
        }
    }

    fn query() -> KnowledgeQuery {
        let language = Language::Uk;
        KnowledgeQuery { text: "?".into(), category: None, language, limit: 3 }
    }

    fn slugs(hits: Vec<Hit>, min: Option<f64>) -> Vec<(String, bool)> {
        let fused = fuse(hits, &query(), min);
        fused.into_iter().map(|one| (one.found.slug, one.found.certain)).collect()
    }

    #[test]
    fn what_both_lists_name_comes_first() {
        let hits = vec![
            hit(1, "words", Some(0.9), None),
            hit(2, "both", Some(0.8), Some(0.6)),
            hit(3, "meaning", None, Some(0.7)),
        ];
        let found = slugs(hits, Some(0.5));
        assert_eq!(found[0], ("both".into(), true));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn certainty_rests_on_a_score_of_its_own_never_on_the_rank() {
        // The first of a list, but far from an answer.
        assert_eq!(
            slugs(vec![hit(1, "far", Some(0.1), Some(0.1))], Some(0.5)),
            [("far".into(), false)]
        );
        assert_eq!(
            slugs(vec![hit(1, "near", None, Some(0.6))], Some(0.5)),
            [("near".into(), true)]
        );
        assert_eq!(
            slugs(vec![hit(1, "words", Some(WORDS_MIN), None)], None),
            [("words".into(), true)]
        );
    }

    #[test]
    fn one_word_of_several_proves_nothing() {
        let one = Hit { several: false, ..hit(1, "weather", Some(0.6), None) };
        assert_eq!(slugs(vec![one], None), [("weather".into(), false)]);
    }

    #[test]
    fn an_article_comes_once_by_its_best_part() {
        let hits = vec![hit(1, "a", Some(0.3), None), hit(2, "a", Some(0.9), None)];
        let fused = fuse(hits, &query(), None);
        assert_eq!(fused.len(), 1);
        assert!((fused[0].found.words - 0.9).abs() < 1e-9 && fused[0].found.certain);
    }
}
