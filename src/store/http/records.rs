//! What stays ours of an effect in a shop's own back office: the caller's yes, which must stand
//! before anything is asked for, and the row that ties the effect to the back office's own id.

use crate::ids::sha256_hex;
use crate::pii::Phone;
use crate::store::{Scope, StoreError};
use crate::turn::Approval;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// The back office in `external_refs.system`.
pub(super) const SYSTEM: &str = "store_api";
/// A caller waits for our own database this long at most.
const ANSWER_MS_MAX: u64 = 800;

/// `state` of what was asked for and has no answer yet.
pub(super) const UNDER_WAY: &str = "under_way";
/// So long it counts as if it were done: the back office may have done it, minutes.
const UNDER_WAY_MINUTES: i64 = 10;
/// Things of one number that are listed.
const OWN_MAX: i64 = 10;

/// How many of a kind a number may have from a day on.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) phone_sha256: String,
    pub(super) from: NaiveDate,
    pub(super) max: u32,
}

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

    /// Begins an effect of which a number has only so many: counted, agreed and noted under one
    /// lock, so that of two at once the second one sees the first. False if there are as many.
    pub(super) async fn begin(
        &self,
        scope: &Scope,
        approval: &Approval,
        known: &Known,
        limit: &Limit,
    ) -> Result<bool, StoreError> {
        let (whose, approval) = (scope.clone(), approval.clone());
        let (mut known, limit) = (known.clone(), limit.clone());
        known.note(json!({ "state": UNDER_WAY, "since": scope.now }));
        self.in_tenant(scope, move |conn| {
            Box::pin(async move {
                if count_others(conn, &whose, &known, &limit).await? >= i64::from(limit.max) {
                    return Ok(false);
                }
                approve(conn, &whose, &approval).await?;
                remember(conn, &whose, &known).await?;
                Ok(true)
            })
        })
        .await
    }

    /// What was begun will not be: the back office has refused it.
    pub(super) async fn give_up(&self, scope: &Scope, known: &Known) {
        let (kind, id) = (known.kind, known.local_id);
        let gone = self.in_tenant(scope, move |conn| {
            Box::pin(async move {
                sqlx::query(
                    "delete from external_refs where system = $1 and kind = $2 and local_id = $3",
                )
                .bind(SYSTEM)
                .bind(kind)
                .bind(id)
                .execute(conn)
                .await?;
                Ok(())
            })
        });
        if let Err(error) = gone.await {
            // It counts for a few minutes more; nothing else comes of it.
            tracing::warn!(%error, kind, "what was refused could not be struck out");
        }
    }

    /// Things of `kind` that stand under the caller's own number with a `day` not before `from`.
    pub(super) async fn own(
        &self,
        scope: &Scope,
        kind: &'static str,
        phone: &Phone,
        from: NaiveDate,
    ) -> Result<Vec<Known>, StoreError> {
        let wanted = json!({
            "phone_sha256": phone_hash(phone), "phone_verified": true, "state": "confirmed",
        });
        let rows: Vec<(Uuid, String, Value)> = self
            .in_tenant(scope, move |conn| {
                Box::pin(async move {
                    Ok(sqlx::query_as(
                        "select local_id, external_id, metadata from external_refs \
                         where system = $1 and kind = $2 and metadata @> $3 \
                           and metadata ->> 'day' >= $4 \
                         order by metadata ->> 'day', metadata ->> 'time' limit $5",
                    )
                    .bind(SYSTEM)
                    .bind(kind)
                    .bind(wanted)
                    .bind(from.to_string())
                    .bind(OWN_MAX)
                    .fetch_all(conn)
                    .await?)
                })
            })
            .await?;
        let known =
            |(local_id, external_id, metadata)| Known { kind, local_id, external_id, metadata };
        Ok(rows.into_iter().map(known).collect())
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

/// What this number has of the kind besides the thing itself, under the number's lock.
async fn count_others(
    conn: &mut PgConnection,
    scope: &Scope,
    known: &Known,
    limit: &Limit,
) -> Result<i64, sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("{}{}{}", scope.tenant.0, known.kind, limit.phone_sha256))
        .execute(&mut *conn)
        .await?;
    sqlx::query_scalar(
        "select count(*) from external_refs \
         where system = $1 and kind = $2 and local_id <> $3 \
           and metadata ->> 'phone_sha256' = $4 and metadata ->> 'day' >= $5 \
           and (metadata ->> 'state' = 'confirmed' or metadata ->> 'state' = $6 \
                and (metadata ->> 'since')::timestamptz > $7)",
    )
    .bind(SYSTEM)
    .bind(known.kind)
    .bind(known.local_id)
    .bind(&limit.phone_sha256)
    // Days as ISO text sort as days do.
    .bind(limit.from.to_string())
    .bind(UNDER_WAY)
    .bind(scope.now - TimeDelta::minutes(UNDER_WAY_MINUTES))
    .fetch_one(conn)
    .await
}

async fn remember(
    conn: &mut PgConnection,
    scope: &Scope,
    known: &Known,
) -> Result<(), sqlx::Error> {
    // What was begun had no id of the back office yet.
    sqlx::query(
        "delete from external_refs \
         where system = $1 and kind = $2 and local_id = $3 and external_id <> $4",
    )
    .bind(SYSTEM)
    .bind(known.kind)
    .bind(known.local_id)
    .bind(&known.external_id)
    .execute(&mut *conn)
    .await?;
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
