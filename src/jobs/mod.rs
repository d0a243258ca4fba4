//! What runs beside the calls: the log writer, partitions, daily statistics.

pub mod daily_stats;
mod log_applying;
mod log_settling;
pub mod log_writer;
pub mod partitions;
pub mod registrations;

use crate::spool::{Journal, LogEntry};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// How long a call waits for its log to be in the database before it goes on without.
const STORED_MAX: Duration = Duration::from_millis(800);

/// How long an effect waits for its cause to be on this machine's disk. A disk takes 3 to 8 ms.
const SYNCED_MAX: Duration = Duration::from_millis(200);

impl Journal for log_writer::LogHandle {
    fn record(&self, entry: LogEntry) {
        // What the disk refuses is kept in memory and counted by the spool itself.
        let _ = Self::record(self, entry);
    }

    fn stored(&self) -> BoxFuture<'static, bool> {
        let log = self.clone();
        Box::pin(async move { log.flush(STORED_MAX).await })
    }

    fn synced(&self) -> BoxFuture<'static, ()> {
        let log = self.clone();
        Box::pin(async move {
            match tokio::time::timeout(SYNCED_MAX, log.sync()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "an effect goes ahead of its journal"),
                Err(_) => tracing::warn!("the disk is slow; an effect goes ahead of its journal"),
            }
        })
    }
}
