//! What runs beside the calls: the log writer, partitions, daily statistics.

pub mod daily_stats;
pub mod log_writer;
