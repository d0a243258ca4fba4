//! What stays ours of an effect in a shop's own back office: the caller's yes, which must stand
//! before anything is asked for, and the row that ties the effect to the back office's own id.

use crate::ids::sha256_hex;
use crate::pii::Phone;
use crate::store::{Scope, StoreError};
use crate::turn::Approval;
use chrono::NaiveDate;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// The back office in `external_refs.system`.
pub(super) const SYSTEM: &str = "store_api";
/// A caller waits for our own database this long at most.
const ANSWER_MS_MAX: u64 = 800;

/// A thing of the back office that we know.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    /// `order` or `booking`.
    pub(super) kind: &'static str,
    /// Our id of it.
    pub(super) local_id: Uuid,
    /// Its own.
    pub(super) external_id: String,
    /// What we must know of it without asking.
    pub(super) metadata: Value,
}

impl Known {
    /// A field of what we know, as text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).and_then(Value::as_str)
    }

    /// Adds to what we know.
    pub(super) fn note(&mut self, more: Value) {
        if let (Value::Object(here), Value::Object(more)) = (&mut self.metadata, more) {
            here.extend(more);
        }
    }

    /// True if it belongs to this number. A number that was only spoken owns nothing.
    pub(super) fn belongs_to(&self, phone: &Phone) -> bool {
        self.metadata.get("phone_verified") == Some(&Value::Bool(true))
            && self.text("phone_sha256") == Some(phone_hash(phone).as_str())
    }
}

/// A number as it stands in `external_refs.metadata`: only to be compared.
pub(super) fn phone_hash(phone: &Phone) -> String {
    sha256_hex(phone.reveal())
}

/// Our rows.
#[derive(Debug, Clone)]
pub(super) struct Records {
    pool: PgPool,
}

impl Records {
    pub(super) const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Writes the caller's yes, or finds it: an effect key belongs to one content for ever. A
    /// thing that is noted with it stands or falls with it.
    pub(super) async fn approve(
        &self,
        scope: &Scope,
        approval: &Approval,
        noted: Option<&Known>,
    ) -> Result<(), StoreError> {
        let (whose, approval, noted) = (scope.clone(), approval.clone(), noted.cloned());
        self.in_tenant(scope, move |conn| {
            Box::pin(async move {
                approve(conn, &whose, &approval).await?;
                match noted {
                    Some(known) => Ok(remember(conn, &whose, &known).await?),
                    None => Ok(()),
                }
            })
        })
        .await
    }

    /// Ties a thing of the back office to ours.
    pub(super) async fn remember(&self, scope: &Scope, known: &Known) -> Result<(), StoreError> {
        let (whose, known) = (scope.clone(), known.clone());
        self.in_tenant(scope, move |conn| {
            Box::pin(async move { Ok(remember(conn, &whose, &known).await?) })
        })
        .await
    }

    /// A thing by our id.
    pub(super) async fn find(
        &self,
        scope: &Scope,
        kind: &'static str,
        local_id: Uuid,
    ) -> Result<Option<Known>, StoreError> {
        let found: Option<(String, Value)> = self
            .in_tenant(scope, move |conn| {
                Box::pin(async move {
                    Ok(sqlx::query_as(
                        "select external_id, metadata from external_refs \
                         where system = $1 and kind = $2 and local_id = $3",
                    )
                    .bind(SYSTEM)
                    .bind(kind)
                    .bind(local_id)
                    .fetch_optional(conn)
                    .await?)
                })
            })
            .await?;
        Ok(found.map(|(external_id, metadata)| Known { kind, local_id, external_id, metadata }))
    }

    /// How many things of `kind` this number has that stand (`state` is `confirmed`) with a `day`
    /// not before `from`.
    pub(super) async fn standing(
        &self,
        scope: &Scope,
        kind: &'static str,
        phone: &Phone,
        from: NaiveDate,
    ) -> Result<i64, StoreError> {
        let wanted = json!({ "phone_sha256": phone_hash(phone), "state": "confirmed" });
        self.in_tenant(scope, move |conn| {
            Box::pin(async move {
                Ok(sqlx::query_scalar(
                    "select count(*) from external_refs \
                     where system = $1 and kind = $2 and metadata @> $3 \
                       and metadata ->> 'day' >= $4",
                )
                .bind(SYSTEM)
                .bind(kind)
                .bind(wanted)
                // Days as ISO text sort as days do.
                .bind(from.to_string())
                .fetch_one(conn)
                .await?)
            })
        })
        .await
    }

    async fn in_tenant<T, W>(&self, scope: &Scope, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(
                &'t mut PgConnection,
            ) -> futures_util::future::BoxFuture<'t, Result<T, Ours>>
            + Send
            + 'static,
    {
        let asked = crate::db::with_tenant(&self.pool, scope.tenant, work);
        match tokio::time::timeout(Duration::from_millis(ANSWER_MS_MAX), asked).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Ours(error))) => Err(error),
            Err(_) => Err(StoreError::Away(format!("no answer within {ANSWER_MS_MAX} ms"))),
        }
    }
}

/// An error of our own tables.
struct Ours(StoreError);

impl From<sqlx::Error> for Ours {
    fn from(error: sqlx::Error) -> Self {
        tracing::warn!(%error, "our own tables cannot be asked");
        Self(StoreError::Away(error.to_string()))
    }
}

async fn approve(conn: &mut PgConnection, scope: &Scope, approval: &Approval) -> Result<(), Ours> {
    let (tool, args): (String, Value) = sqlx::query_as(
        "insert into approvals (id, tenant_id, call_id, call_started_at, tool_name, args, \
             effect_key, readback_hash, status, approved_by, approved_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'approved', 'customer', $9) \
         on conflict (effect_key) do update set status = 'approved', \
             approved_by = coalesce(approvals.approved_by, excluded.approved_by), \
             approved_at = coalesce(approvals.approved_at, excluded.approved_at), \
             updated_at = now() \
         returning tool_name, args",
    )
    .bind(approval.id)
    .bind(scope.tenant.0)
    .bind(scope.call.0)
    .bind(scope.call_started_at)
    .bind(&approval.tool)
    .bind(&approval.args)
    .bind(&approval.effect_key)
    .bind(&approval.readback_hash)
    .bind(scope.now)
    .fetch_one(conn)
    .await?;
    if tool == approval.tool && args == approval.args {
        Ok(())
    } else {
        Err(Ours(StoreError::EffectMismatch))
    }
}

async fn remember(
    conn: &mut PgConnection,
    scope: &Scope,
    known: &Known,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into external_refs (tenant_id, kind, local_id, system, external_id, metadata) \
         values ($1, $2, $3, $4, $5, $6) \
         on conflict (tenant_id, system, kind, external_id) do update \
         set local_id = excluded.local_id, metadata = excluded.metadata",
    )
    .bind(scope.tenant.0)
    .bind(known.kind)
    .bind(known.local_id)
    .bind(SYSTEM)
    .bind(&known.external_id)
    .bind(&known.metadata)
    .execute(conn)
    .await?;
    Ok(())
}
