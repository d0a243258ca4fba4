//! `dashboard.api_answers`: a request that is repeated under the same key gets the answer that it
//! got, and is not done again.

use super::{Fault, on_rows};
use crate::ids::TenantId;
use futures_util::future::BoxFuture;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// The key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Whose request.
    pub token: Uuid,
    /// The program's own word for it.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub request_hash: String,
}

/// What is answered: status and body.
pub type Answer = (u16, Value);

/// Does `work`, or answers what was answered to the same request. Work, key and answer stand in one
/// transaction; of two at once the second waits for the first.
///
/// # Errors
/// [`Fault::OtherRequest`] for the same key with another request; what `work` says, and then the
/// key is as good as unused.
pub async fn once<F>(
    pool: &PgPool,
    tenant: TenantId,
    once: Option<Once>,
    work: F,
) -> Result<Answer, Fault>
where
    F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<Answer, Fault>>
        + Send
        + 'static,
{
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let Some(once) = once else { return work(conn).await };
            if let Some(known) = begin(conn, tenant, &once).await? {
                return Ok(known);
            }
            let (status, answer) = work(&mut *conn).await?;
            sqlx::query(
                "update dashboard.api_answers set status = $3, answer = $4 \
                 where token_id = $1 and key = $2",
            )
            .bind(once.token)
            .bind(once.key)
            .bind(i16::try_from(status).unwrap_or(i16::MAX))
            .bind(&answer)
            .execute(conn)
            .await?;
            Ok((status, answer))
        })
    })
    .await
}

/// Takes the key; the answer that stands under it, if it was taken before.
async fn begin(
    conn: &mut PgConnection,
    tenant: TenantId,
    once: &Once,
) -> Result<Option<Answer>, Fault> {
    let taken = sqlx::query(
        "insert into dashboard.api_answers (tenant_id, token_id, key, request_hash) \
         values ($1, $2, $3, $4) on conflict (token_id, key) do nothing",
    )
    .bind(tenant.0)
    .bind(once.token)
    .bind(&once.key)
    .bind(&once.request_hash)
    .execute(&mut *conn)
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(None);
    }
    let (hash, status, answer): (String, i16, Value) = sqlx::query_as(
        "select request_hash, status, answer from dashboard.api_answers \
         where token_id = $1 and key = $2",
    )
    .bind(once.token)
    .bind(&once.key)
    .fetch_one(conn)
    .await?;
    if hash != once.request_hash {
        return Err(Fault::OtherRequest);
    }
    Ok(Some((u16::try_from(status).unwrap_or_default(), answer)))
}
