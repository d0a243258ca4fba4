//! Commands: one file each.

pub mod db;
pub mod migrate;
pub mod partitions;
pub mod stats;
