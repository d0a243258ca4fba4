//! What runs beside the calls: the log writer, partitions, daily statistics, retention.

pub mod daily_stats;
pub mod log_writer;
pub mod partitions;
pub mod registrations;
pub mod retention;

use crate::spool::{Journal, LogEntry};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// How long a call waits for its log to be in the database before it goes on without.
const STORED_MAX: Duration = Duration::from_millis(800);

impl Journal for log_writer::LogHandle {
    fn record(&self, entry: LogEntry) {
        // What the disk refuses is kept in memory and counted by the spool itself.
        let _ = Self::record(self, entry);
    }

    fn stored(&self) -> BoxFuture<'static, bool> {
        let log = self.clone();
        Box::pin(async move { log.flush(STORED_MAX).await })
    }
}
