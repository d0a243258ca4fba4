//! One shop's transaction: in a task of its own, bounded in time, errors by constraint name.

use crate::ids::TenantId;
use crate::store::StoreError;
use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// How long a caller's question may wait for the database, milliseconds. Beyond it the agent says
/// that it cannot see the shop's books now.
const ANSWER_MS_MAX: u64 = 800;

/// Tries of a transaction that Postgres itself asked to repeat.
const TRIES: u32 = 5;

/// What a step inside a transaction can end with.
#[derive(Debug)]
pub(in crate::store) enum Fault {
    /// The database.
    Sql(sqlx::Error),
    /// An answer for the caller of the store; the transaction is rolled back.
    Refused(StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

/// Runs `work` in one transaction that sees only the rows of `tenant`.
///
/// The transaction has a task of its own: a call that stops waiting never drops it half-way.
/// After [`ANSWER_MS_MAX`] the answer is [`StoreError::Away`], and what happened is found out by
/// asking again with the same effect key.
pub(super) async fn in_tenant<T, W>(
    pool: &PgPool,
    tenant: TenantId,
    work: W,
) -> Result<T, StoreError>
where
    T: Send + 'static,
    W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync + 'static,
{
    let pool = pool.clone();
    let task = tokio::spawn(async move {
        let mut tries = 1;
        loop {
            match once(&pool, tenant, &work).await {
                Err(Fault::Sql(error)) if tries < TRIES && asks_to_repeat(&error) => tries += 1,
                Err(Fault::Sql(error)) => return Err(named(&error)),
                Err(Fault::Refused(error)) => return Err(error),
                Ok(value) => return Ok(value),
            }
        }
    });
    match tokio::time::timeout(Duration::from_millis(ANSWER_MS_MAX), task).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(StoreError::Away(format!("the transaction broke: {panic}"))),
        Err(_) => Err(StoreError::Away(format!("no answer within {ANSWER_MS_MAX} ms"))),
    }
}

async fn once<T, W>(pool: &PgPool, tenant: TenantId, work: &W) -> Result<T, Fault>
where
    W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Fault>>,
{
    let mut transaction = pool.begin().await?;
    sqlx::query(
        "select set_config('app.tenant_id', $1, true), \
                set_config('statement_timeout', $2, true), \
                set_config('pg_trgm.word_similarity_threshold', '0.5', true)",
    )
    .bind(tenant.0.to_string())
    .bind(ANSWER_MS_MAX.to_string())
    .execute(&mut *transaction)
    .await?;
    match work(&mut transaction).await {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(fault) => {
            // The first fault says why; a rollback that fails too adds nothing to it.
            let _ = transaction.rollback().await;
            Err(fault)
        }
    }
}

/// The name of the constraint that refused a statement.
pub(super) fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}

/// Serialisation failure and deadlock: Postgres undid the transaction so that another could end.
fn asks_to_repeat(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

fn named(error: &sqlx::Error) -> StoreError {
    match constraint(error) {
        Some("fitting_bookings_one_car_a_post") => StoreError::SlotTaken,
        Some("approvals_pkey" | "orders_effect_key_key") => StoreError::EffectMismatch,
        Some("fitting_bookings_one_a_contract") => StoreError::Rule {
            code: "contract_booked",
            message: "These stored tyres have a fitting already. Call get_customer_bookings and \
                      offer to move it."
                .into(),
        },
        Some("orders_amount_limit_check") => StoreError::Rule {
            code: "amount_too_high",
            message: "An order this dear is taken by an operator. Offer transfer_to_operator."
                .into(),
        },
        _ => {
            tracing::warn!(%error, "the store cannot be asked");
            StoreError::Away(error.to_string())
        }
    }
}
