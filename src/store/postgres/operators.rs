//! Who is free to take a call, asked once for all calls of a moment.

use crate::db::desk::presence;
use crate::ids::TenantId;
use crate::store::{Scope, StoreError};
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So long an answer serves; a promise to a caller is no older than this and the period of asking.
const SERVES: Duration = Duration::from_secs(2);

/// What was answered when.
type Answers = HashMap<TenantId, (Instant, Option<u32>)>;

/// The answers of a moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Operators(Arc<Mutex<Answers>>);

impl Operators {
    fn answers(&self) -> std::sync::MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn free(
        &self,
        pool: &PgPool,
        scope: &Scope,
    ) -> Result<Option<u32>, StoreError> {
        let known = self.answers().get(&scope.tenant).copied();
        if let Some((at, free)) = known
            && at.elapsed() < SERVES
        {
            return Ok(free);
        }
        let free = presence::free(pool, scope.tenant, scope.now).await;
        let free = free.map_err(|error| {
            tracing::debug!(%error, "who is there cannot be read");
            StoreError::Away(error.to_string())
        })?;
        let free = free.map(|free| u32::try_from(free).unwrap_or(u32::MAX));
        self.answers().insert(scope.tenant, (Instant::now(), free));
        Ok(free)
    }
}
