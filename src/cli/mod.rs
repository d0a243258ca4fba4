//! Commands: one file each.

pub mod call;
pub mod load;
