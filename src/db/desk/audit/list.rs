//! The audit log as it is looked through.

use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

/// Lines on a page.
pub const PAGE_DEEDS: usize = 50;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of who did it.
    pub person: Option<String>,
    /// To what kind of thing.
    pub kind: Option<String>,
    /// To which.
    pub object: Option<String>,
    /// At or after.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// Which.
    pub id: Uuid,
    /// By whom, in words.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what kind of thing.
    pub object_kind: String,
    /// To which.
    pub object_id: String,
    /// As it was.
    pub before: Option<Value>,
    /// As it is.
    pub after: Option<Value>,
    /// From where.
    pub address: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// One more than [`PAGE_DEEDS`] at most, newest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    filter: Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Line>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            // Somebody who did little in a long time is looked for among many.
            sqlx::query("set local statement_timeout = '5s'").execute(&mut *conn).await?;
            sqlx::query_as(
                "select id, actor, action, object_kind, object_id, before, after, address, at \
                 from dashboard.audit_log \
                 where ($1::text is null or strpos(lower(actor), lower($1)) > 0) \
                   and ($2::text is null or object_kind = $2) \
                   and ($3::text is null or object_id = $3) \
                   and ($4::timestamptz is null or at >= $4) \
                   and ($5::timestamptz is null or at < $5) \
                   and ($6::timestamptz is null or (at, id) < ($6, $7)) \
                 order by at desc, id desc limit $8",
            )
            .bind(filter.person)
            .bind(filter.kind)
            .bind(filter.object)
            .bind(filter.from)
            .bind(filter.to)
            .bind(after.map(|(at, _)| at))
            .bind(after.map(|(_, id)| id))
            .bind(PAGE_DEEDS as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
