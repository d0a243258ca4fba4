//! Articles into the tables: the same text again changes nothing, another one is a new version
//! whose old chunks stay, archived. And the vectors that are still missing.

use super::Article;
use crate::db::with_tenant;
use crate::embed::{BATCH_MAX, EmbedError, Embedder};
use crate::ids::TenantId;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// What an import did to one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    New,
    /// Its text has changed; the version that it has now.
    Version(i32),
    /// It was there as it is.
    Same,
}

/// Writes an article; the review is the importing person's, so it is approved.
///
/// # Errors
/// What Postgres says; then nothing has changed.
pub async fn import(
    pool: &PgPool,
    tenant: TenantId,
    article: Article,
) -> Result<Change, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            alone(conn, tenant).await?;
            write(conn, tenant, &article).await
        })
    })
    .await
}

/// Writes a version of an article if it still is the version that the writer `saw`; `None`: somebody
/// was faster, and nothing has changed.
///
/// # Errors
/// What Postgres says; then nothing has changed.
pub async fn revise(
    pool: &PgPool,
    tenant: TenantId,
    article: Article,
    saw: Option<i32>,
) -> Result<Option<Change>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            alone(conn, tenant).await?;
            let version: Option<i32> = sqlx::query_scalar(
                "select version from knowledge_articles where slug = $1 and language = $2",
            )
            .bind(&article.slug)
            .bind(article.language.code())
            .fetch_optional(&mut *conn)
            .await?;
            if version != saw {
                return Ok(None);
            }
            write(conn, tenant, &article).await.map(Some)
        })
    })
    .await
}

/// Has an article told to callers, or not any more; false if there is none.
///
/// # Errors
/// What Postgres says.
pub async fn switch(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
    told: bool,
) -> Result<bool, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let done = sqlx::query(
                "update knowledge_articles set active = $2, updated_at = now() where id = $1",
            )
            .bind(id)
            .bind(told)
            .execute(conn)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    })
    .await
}

/// Two writers at once are one after the other.
async fn alone(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('knowledge ' || $1, 0))")
        .bind(tenant.0.to_string())
        .execute(conn)
        .await
        .map(drop)
}

async fn write(
    conn: &mut PgConnection,
    tenant: TenantId,
    article: &Article,
) -> Result<Change, sqlx::Error> {
    let hash = article.hash();
    let known: Option<(String, bool)> = sqlx::query_as(
        "select content_hash, active and review_state = 'approved' from knowledge_articles \
         where slug = $1 and language = $2",
    )
    .bind(&article.slug)
    .bind(article.language.code())
    .fetch_optional(&mut *conn)
    .await?;
    if known.as_ref().is_some_and(|(old, told)| *old == hash && *told) {
        return Ok(Change::Same);
    }
    let (id, version): (Uuid, i32) = sqlx::query_as(
        "insert into knowledge_articles as known (tenant_id, slug, language, title, category, \
             content, content_hash, source, review_state) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'approved') \
         on conflict (tenant_id, slug, language) do update set title = excluded.title, \
             category = excluded.category, content = excluded.content, \
             content_hash = excluded.content_hash, source = excluded.source, \
             review_state = 'approved', active = true, updated_at = now(), \
             version = known.version + (known.content_hash <> excluded.content_hash)::int \
         returning id, version",
    )
    .bind(tenant.0)
    .bind(&article.slug)
    .bind(article.language.code())
    .bind(&article.title)
    .bind(article.category.as_str())
    .bind(&article.content)
    .bind(&hash)
    .bind(&article.source)
    .fetch_one(&mut *conn)
    .await?;
    let rows = article.chunk_rows();
    let hashes: Vec<&str> = rows.iter().filter_map(|row| row["chunk_hash"].as_str()).collect();
    sqlx::query(
        "update knowledge_embeddings set is_current = false, archived_at = now(), \
             updated_at = now() \
         where article_id = $1 and is_current and not chunk_hash = any($2)",
    )
    .bind(id)
    .bind(&hashes)
    .execute(&mut *conn)
    .await?;
    insert_chunks(conn, rows).await?;
    Ok(if known.is_none() { Change::New } else { Change::Version(version) })
}

/// Writes chunks of articles that are there; one that stands is only put in its place.
pub(super) async fn insert_chunks(
    conn: &mut PgConnection,
    rows: Vec<Value>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into knowledge_embeddings (tenant_id, article_id, chunk_index, chunk_text, \
             chunk_hash, stems, heading_stems, stem_text, source, version, metadata) \
         select a.tenant_id, a.id, r.chunk_index, r.chunk_text, r.chunk_hash, r.stems, \
             r.heading_stems, r.stem_text, a.source, a.version, \
             jsonb_build_object('heading', r.heading) \
         from jsonb_to_recordset($1) as r(slug text, language text, chunk_index int, \
             chunk_text text, chunk_hash text, heading text, stems text[], \
             heading_stems text[], stem_text text) \
         join knowledge_articles a on a.slug = r.slug and a.language = r.language \
         on conflict (tenant_id, article_id, chunk_hash) where is_current do update set \
             chunk_index = excluded.chunk_index, stems = excluded.stems, \
             heading_stems = excluded.heading_stems, stem_text = excluded.stem_text, \
             updated_at = now()",
    )
    .bind(Value::Array(rows))
    .execute(conn)
    .await?;
    Ok(())
}

/// What became of the vectors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vectors {
    /// Made now.
    pub made: u64,
    /// Chunks that have none of this model yet.
    pub missing: u64,
}

/// Why vectors are missing.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// The database has no type for them.
    #[error("pgvector is not installed in this database; articles are found by their words only")]
    NoPgvector,
    /// The endpoint.
    #[error("no vectors: {0}")]
    Embed(#[from] EmbedError),
    /// Postgres.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Makes the vectors that current chunks lack, or have of another model, batch by batch. `told`
/// hears how many are missing at first, then how many were made, after each batch. What was made
/// stays when a later batch fails.
///
/// # Errors
/// No pgvector, an endpoint that fails, a database that is away.
pub async fn embed_missing(
    pool: &PgPool,
    tenant: TenantId,
    embedder: &dyn Embedder,
    told: impl Fn(Vectors) + Send + Sync,
) -> Result<Vectors, VectorError> {
    let ready: bool =
        sqlx::query_scalar("select to_regtype('vector') is not null").fetch_one(pool).await?;
    if !ready {
        return Err(VectorError::NoPgvector);
    }
    let model = embedder.model().to_owned();
    let mut state = Vectors { made: 0, missing: count_missing(pool, tenant, &model).await? };
    told(state);
    loop {
        let batch = next_batch(pool, tenant, &model).await?;
        if batch.is_empty() {
            return Ok(state);
        }
        let (ids, texts): (Vec<Uuid>, Vec<String>) = batch.into_iter().unzip();
        let vectors = embedder.embed(&texts).await?;
        let vectors: Vec<String> = vectors.iter().map(crate::embed::Vector::to_sql).collect();
        state.made += ids.len() as u64;
        state.missing = state.missing.saturating_sub(ids.len() as u64);
        store(pool, tenant, &model, ids, vectors).await?;
        told(state);
    }
}

async fn count_missing(pool: &PgPool, tenant: TenantId, model: &str) -> Result<u64, sqlx::Error> {
    let model = model.to_owned();
    let count: i64 = with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar(
                "select count(*) from knowledge_embeddings \
                 where is_current and model is distinct from $1",
            )
            .bind(model)
            .fetch_one(conn)
            .await
        })
    })
    .await?;
    Ok(count.unsigned_abs())
}

async fn next_batch(
    pool: &PgPool,
    tenant: TenantId,
    model: &str,
) -> Result<Vec<(Uuid, String)>, sqlx::Error> {
    let model = model.to_owned();
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select k.id, concat_ws(E'\\n', a.title, k.metadata ->> 'heading', k.chunk_text) \
                 from knowledge_embeddings k join knowledge_articles a on a.id = k.article_id \
                 where k.is_current and k.model is distinct from $1 order by k.id limit $2",
            )
            .bind(model)
            .bind(BATCH_MAX as i64)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

async fn store(
    pool: &PgPool,
    tenant: TenantId,
    model: &str,
    ids: Vec<Uuid>,
    vectors: Vec<String>,
) -> Result<(), sqlx::Error> {
    let model = model.to_owned();
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            // An index over 1536 dimensions takes longer than a caller would wait.
            sqlx::query("set local statement_timeout = '30s'").execute(&mut *conn).await?;
            sqlx::query(
                "update knowledge_embeddings k set embedding = r.vector::vector, model = $1, \
                     updated_at = now() \
                 from unnest($2::uuid[], $3::text[]) as r(id, vector) where k.id = r.id",
            )
            .bind(model)
            .bind(ids)
            .bind(vectors)
            .execute(conn)
            .await?;
            Ok(())
        })
    })
    .await
}
