//! Search by words and by meaning. Each has a score of its own, on which the decision rests
//! whether an answer is certain; their ranks are only fused to order what is found.

use super::fuse::{Hit, Ranked, fuse};
use super::{Found, KnowledgeQuery, Meaning};
use crate::embed::Vector;
use crate::language::stems::distinct_stems;
use crate::store::postgres::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

/// Stems of a question that are looked for; a longer one is a story.
const STEMS_MAX: usize = 24;

/// A question that has been made a vector.
#[derive(Debug, Clone)]
pub(in crate::store) struct Asked {
    /// The question.
    query: KnowledgeQuery,
    /// Its direction, the model's name, and the cosine from which on a text answers.
    meaning: Option<(Vector, String, f64)>,
}

impl Asked {
    /// Makes the question a vector where that can be done; an endpoint that fails leaves the search by words.
    pub(in crate::store) async fn of(query: &KnowledgeQuery, meaning: Option<&Meaning>) -> Self {
        let query = query.clone();
        let Some(Meaning { embedder, score_min }) = meaning else {
            return Self { query, meaning: None };
        };
        let made = embedder.embed(std::slice::from_ref(&query.text)).await;
        let vector = made.inspect_err(|error| {
            tracing::warn!(%error, "a question is looked up by its words only");
        });
        let vector = vector.ok().and_then(|mut vectors| vectors.pop());
        let meaning = vector.map(|vector| (vector, embedder.model().to_owned(), *score_min));
        Self { query, meaning }
    }
}

/// Answers a question. Text without a word that says anything finds nothing.
pub(in crate::store) async fn search(
    conn: &mut PgConnection,
    asked: &Asked,
) -> Result<Vec<Found>, Fault> {
    let mut hits = by_words(conn, &asked.query).await?;
    if let Some((vector, model, _)) = &asked.meaning {
        for hit in by_meaning(conn, vector, model).await? {
            match hits.iter_mut().find(|known| known.id == hit.id) {
                Some(known) => known.by_meaning = hit.by_meaning,
                None => hits.push(hit),
            }
        }
    }
    let cosine_min = asked.meaning.as_ref().map(|(_, _, min)| *min);
    let mut found = Vec::new();
    for ranked in fuse(hits, &asked.query, cosine_min) {
        found.push(in_language(conn, ranked, &asked.query).await?);
    }
    Ok(found)
}

/// The share of the question's words, by their weight, that a chunk holds. A rare word weighs
/// more than one that stands everywhere. One that stands nowhere is looked for by its letters, for
/// recognisers mishear, and weighs no more than a common one: it may be a filler.
async fn by_words(
    conn: &mut PgConnection,
    query: &KnowledgeQuery,
) -> Result<Vec<Hit>, sqlx::Error> {
    let mut stems = distinct_stems(&query.text);
    stems.truncate(STEMS_MAX);
    if stems.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_as(
        "with shelf as ( \
             select count(*)::float8 as chunks from knowledge_embeddings where is_current \
         ), asked as ( \
             select word, held.chunks = 0 and length(word) > 3 as misheard, \
                 ln(1 + shelf.chunks / (case when held.chunks = 0 then shelf.chunks / 20 \
                     else held.chunks end + 0.5)) as weight \
             from unnest($1::text[]) as word, shelf, lateral ( \
                 select count(*)::float8 as chunks from knowledge_embeddings k \
                 where k.is_current and k.stems @> array[word]) as held \
         ), hits as ( \
             select k.id, k.heading_stems @> array[a.word] as in_heading, \
                 a.weight * case when a.misheard then word_similarity(a.word, k.stem_text) \
                     else 1 end as weight \
             from asked a join knowledge_embeddings k on k.is_current \
                 and (k.stems @> array[a.word] or (a.misheard and k.stem_text %> a.word)) \
         ), summed as ( \
             select id, sum(weight) as weight, count(*) as matched, \
                 coalesce(sum(weight) filter (where in_heading), 0) as heading \
             from hits group by id \
         ) \
         select k.id, r.slug, r.language, r.title, r.category, k.chunk_index, \
             coalesce(k.metadata ->> 'heading', '') as heading, k.chunk_text as text, \
             s.weight / whole.weight as words, s.heading / whole.weight as heading_words, \
             s.matched > 1 or whole.words = 1 as several, \
             null::float8 as cosine \
         from summed s join knowledge_embeddings k on k.id = s.id \
         join knowledge_articles r on r.id = k.article_id, \
         lateral (select sum(weight) as weight, count(*) as words from asked) as whole \
         where r.active and r.review_state = 'approved' \
         order by s.weight + s.heading / 2 desc, k.id limit 60",
    )
    .bind(stems)
    .fetch_all(conn)
    .await
}

async fn by_meaning(
    conn: &mut PgConnection,
    vector: &Vector,
    model: &str,
) -> Result<Vec<Hit>, sqlx::Error> {
    let ready: bool =
        sqlx::query_scalar("select to_regtype('vector') is not null").fetch_one(&mut *conn).await?;
    if !ready {
        return Ok(Vec::new());
    }
    sqlx::query_as(
        "select k.id, r.slug, r.language, r.title, r.category, k.chunk_index, \
             coalesce(k.metadata ->> 'heading', '') as heading, k.chunk_text as text, \
             null::float8 as words, null::float8 as heading_words, false as several, \
             1 - (k.embedding <=> $1::text::vector) as cosine \
         from knowledge_embeddings k join knowledge_articles r on r.id = k.article_id \
         where k.is_current and k.model = $2 and r.active and r.review_state = 'approved' \
         order by k.embedding <=> $1::text::vector limit 30",
    )
    .bind(vector.to_sql())
    .bind(model)
    .fetch_all(conn)
    .await
}

/// The same part of the article in the language that is wanted, where there is one.
async fn in_language(
    conn: &mut PgConnection,
    ranked: Ranked,
    query: &KnowledgeQuery,
) -> Result<Found, sqlx::Error> {
    let Ranked { mut found, chunk_index } = ranked;
    if found.language == query.language {
        return Ok(found);
    }
    let other: Option<(Uuid, String, String, String)> = sqlx::query_as(
        "select k.id, r.title, coalesce(k.metadata ->> 'heading', ''), k.chunk_text \
         from knowledge_embeddings k join knowledge_articles r on r.id = k.article_id \
         where k.is_current and r.active and r.review_state = 'approved' \
           and r.slug = $1 and r.language = $2 \
         order by abs(k.chunk_index - $3), k.chunk_index limit 1",
    )
    .bind(&found.slug)
    .bind(query.language.code())
    .bind(chunk_index)
    .fetch_optional(conn)
    .await?;
    if let Some((_, title, heading, text)) = other {
        found = Found { language: query.language, title, heading, text, ..found };
    }
    Ok(found)
}
