//! Profiles, callbacks and wishes in our own tables.

use super::agreed::{clean, customer_if};
use super::transaction::Fault;
use super::{PostgresStore, memory, wishes};
use crate::ids::{TenantId, row_id};
use crate::store::knowledge::{self, Found, KnowledgeQuery};
use crate::store::{FrontDesk, NewCallback, NewWish, Profile, Scope, StoreError};
use async_trait::async_trait;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

#[async_trait]
impl FrontDesk for PostgresStore {
    async fn profile(&self, scope: &Scope) -> Result<Option<Profile>, StoreError> {
        self.ask(scope, (), |conn, asked| Box::pin(memory::profile(conn, &asked.scope))).await
    }

    async fn update_profile(&self, scope: &Scope, change: &Profile) -> Result<(), StoreError> {
        self.ask(scope, change.clone(), |conn, asked| {
            Box::pin(memory::update(conn, &asked.scope, &asked.input))
        })
        .await
    }

    async fn request_callback(
        &self,
        scope: &Scope,
        callback: &NewCallback,
    ) -> Result<Uuid, StoreError> {
        self.ask(scope, callback.clone(), |conn, asked| {
            Box::pin(request_callback(conn, &asked.scope, &asked.input))
        })
        .await
    }

    async fn add_wish(&self, scope: &Scope, wish: &NewWish) -> Result<Uuid, StoreError> {
        self.ask(scope, wish.clone(), |conn, asked| {
            Box::pin(wishes::add(conn, &asked.scope, &asked.input))
        })
        .await
    }

    async fn free_operators(&self, scope: &Scope) -> Result<Option<u32>, StoreError> {
        self.operators.free(&self.pool, scope).await
    }

    async fn search_knowledge(
        &self,
        scope: &Scope,
        query: &KnowledgeQuery,
    ) -> Result<Vec<Found>, StoreError> {
        let asked = knowledge::Asked::of(query, self.meaning.as_ref()).await;
        self.ask(scope, asked, |conn, asked| Box::pin(knowledge::search(conn, &asked.input))).await
    }
}

impl PostgresStore {
    /// Adds `pieces` (1 or more) of an article to the stock and turns the wishes that this meets
    /// into tickets; how many tickets. `None` if the catalogue has no such article.
    ///
    /// # Errors
    /// [`StoreError::Away`].
    pub async fn restock(
        &self,
        tenant: TenantId,
        sku: &str,
        pieces: u16,
    ) -> Result<Option<u64>, StoreError> {
        let sku = sku.to_owned();
        super::transaction::in_tenant(&self.pool, tenant, move |conn| {
            let sku = sku.clone();
            Box::pin(async move {
                let found = sqlx::query(
                    "update products set quantity = quantity + $2, updated_at = now() \
                     where sku = $1",
                )
                .bind(&sku)
                .bind(i32::from(pieces))
                .execute(&mut *conn)
                .await?;
                if found.rows_affected() == 0 {
                    return Ok(None);
                }
                Ok(Some(wishes::convert_wishes(conn, tenant).await?))
            })
        })
        .await
    }
}

/// A ticket for someone to phone back; the same key again is the same ticket.
async fn request_callback(
    conn: &mut PgConnection,
    scope: &Scope,
    callback: &NewCallback,
) -> Result<Uuid, Fault> {
    let phone = callback.phone.reveal();
    let customer = customer_if(callback.phone_verified, conn, scope.tenant, phone, "").await?;
    let id = sqlx::query_scalar(
        "insert into tickets (id, tenant_id, title, description, ticket_type, source, \
             customer_id, phone, phone_verified, call_id, call_started_at, effect_key, \
             metadata_json, due_at) \
         values ($1, $2, 'Call back', $3, 'callback', 'ai_agent', $4, $5, $6, $7, $8, $9, $10, \
             $11) \
         on conflict (tenant_id, effect_key) do update set \
             metadata_json = tickets.metadata_json || jsonb_strip_nulls(excluded.metadata_json), \
             description = coalesce(excluded.description, tickets.description) \
         returning id",
    )
    .bind(row_id(scope.call, &format!("ticket {}", callback.key)))
    .bind(scope.tenant.0)
    .bind(callback.note.as_deref().map(clean))
    .bind(customer)
    .bind(phone)
    .bind(callback.phone_verified)
    .bind(scope.call.0)
    .bind(scope.call_started_at)
    .bind(&callback.key)
    .bind(json!({ "preferred_time": callback.preferred_time.as_deref().map(clean) }))
    .bind(callback.due_at)
    .fetch_one(conn)
    .await?;
    Ok(id)
}
