//! One shop's transaction: in a task of its own, bounded in time, errors by constraint name.

use crate::ids::TenantId;
use crate::store::StoreError;
use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
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

/// Whether a transaction may still be committed. The one who waits and the one who commits settle
/// it between them, so that "nothing was done" is never said of something that is done later.
#[derive(Debug, Default)]
struct Gate(AtomicU8);

impl Gate {
    const OPEN: u8 = 0;
    const COMMITTING: u8 = 1;
    const CLOSED: u8 = 2;

    /// The transaction is about to commit; false if nobody waits for it any more.
    fn pass(&self) -> bool {
        self.0.compare_exchange(Self::OPEN, Self::COMMITTING, AcqRel, Acquire) != Err(Self::CLOSED)
    }

    /// Nobody waits any more; false if a commit is on its way.
    fn close(&self) -> bool {
        self.0.compare_exchange(Self::OPEN, Self::CLOSED, AcqRel, Acquire) != Err(Self::COMMITTING)
    }
}

/// Runs `work` in one transaction that sees only the rows of `tenant`.
///
/// The transaction has a task of its own: a call that stops waiting never drops it half-way. After
/// [`ANSWER_MS_MAX`] it is not committed any more and the answer is [`StoreError::Away`]; or, if
/// the commit is on its way, [`StoreError::Unknown`]. Such a commit still holds the lock of its
/// effect, so that whoever asks under that lock what became of it has the last word.
pub(super) async fn in_tenant<T, W>(
    pool: &PgPool,
    tenant: TenantId,
    work: W,
) -> Result<T, StoreError>
where
    T: Send + 'static,
    W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync + 'static,
{
    let (pool, gate) = (pool.clone(), Arc::new(Gate::default()));
    let asked = Arc::clone(&gate);
    let task = tokio::spawn(async move {
        let mut tries = 1;
        loop {
            match once(&pool, tenant, &gate, &work).await {
                Err(Fault::Sql(error)) if tries < TRIES && asks_to_repeat(&error) => tries += 1,
                Err(Fault::Sql(error)) => return Err(named(&error)),
                Err(Fault::Refused(error)) => return Err(error),
                Ok(value) => return Ok(value),
            }
        }
    });
    let late = || {
        if asked.close() {
            StoreError::Away(format!("no answer within {ANSWER_MS_MAX} ms"))
        } else {
            StoreError::Unknown(format!("no word of the commit within {ANSWER_MS_MAX} ms"))
        }
    };
    match tokio::time::timeout(Duration::from_millis(ANSWER_MS_MAX), task).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(StoreError::Unknown(format!("the transaction broke: {panic}"))),
        Err(_) => Err(late()),
    }
}

async fn once<T, W>(pool: &PgPool, tenant: TenantId, gate: &Gate, work: &W) -> Result<T, Fault>
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
        Ok(_) if !gate.pass() => {
            let _ = transaction.rollback().await;
            Err(Fault::Refused(StoreError::Away("nobody waits for it any more".into())))
        }
        Ok(value) => match transaction.commit().await {
            Ok(()) => Ok(value),
            // Postgres itself said no: it is undone.
            Err(error) if error.as_database_error().is_some() => Err(Fault::Sql(error)),
            Err(error) => Err(Fault::Refused(StoreError::Unknown(error.to_string()))),
        },
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
