//! Commands: one file each.

<<<<<<< Updated upstream
pub mod db;
pub mod migrate;
pub mod partitions;
=======
pub mod stats;
>>>>>>> Stashed changes
