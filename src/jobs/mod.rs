//! What runs beside the calls: the log writer, partitions, daily statistics.
