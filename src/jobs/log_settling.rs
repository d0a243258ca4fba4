//! When a record that Postgres has taken may leave the journal's file.
//!
//! The log's transactions do not wait for the disk of Postgres, so one that breaks down may lose
//! what it took last. Now and then one transaction that does wait brings everything before it to
//! the disk, and looks whether all of it is still there.

use crate::db::journal::{JournalKey, settled};
use crate::ids::TenantId;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Records wait so long to be settled together: the most that is applied again after a breakdown,
/// and two waits for a disk a second.
const PERIOD: Duration = Duration::from_millis(500);

/// Records that are looked for at once.
const RECORDS_MAX: usize = 10_000;

/// Records that are applied and not settled.
#[derive(Debug, Default)]
pub(super) struct Settling {
    keys: BTreeMap<TenantId, Vec<JournalKey>>,
    records: usize,
    /// When the first of them was applied.
    since: Option<Instant>,
}

impl Settling {
    /// These are in Postgres, but not surely on its disk.
    pub(super) fn applied(&mut self, tenant: TenantId, keys: Vec<JournalKey>) {
        self.records += keys.len();
        self.since.get_or_insert_with(Instant::now);
        self.keys.entry(tenant).or_default().extend(keys);
    }

    /// It is time to look.
    pub(super) fn is_due(&self) -> bool {
        self.records >= RECORDS_MAX || self.since.is_some_and(|since| since.elapsed() >= PERIOD)
    }

    /// Completes when it is time to look; never while there is nothing to look for.
    pub(super) async fn due(&self) {
        match self.since {
            Some(since) => tokio::time::sleep_until(since + PERIOD).await,
            None => std::future::pending().await,
        }
    }

    /// Waits for the disk of Postgres. True if everything applied so far is on it; false if
    /// something is gone.
    ///
    /// # Errors
    /// What Postgres says; nothing is known then.
    pub(super) async fn check(&mut self, pool: &PgPool) -> Result<bool, sqlx::Error> {
        let mut all = true;
        // Should it fail, the next try is a period away.
        self.since = self.since.map(|_| Instant::now());
        for (tenant, keys) in &self.keys {
            all &= settled(pool, *tenant, keys.clone()).await?;
        }
        *self = Self::default();
        Ok(all)
    }
}
