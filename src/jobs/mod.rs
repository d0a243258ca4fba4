//! What runs beside the calls: the log writer, partitions, daily statistics.

pub mod daily_stats;
pub mod log_writer;
pub mod partitions;
pub mod registrations;

use crate::spool::{Journal, LogEntry};

impl Journal for log_writer::LogHandle {
    fn record(&self, entry: LogEntry) {
        // What the disk refuses is kept in memory and counted by the spool itself.
        let _ = Self::record(self, entry);
    }
}
