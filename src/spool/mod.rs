//! The journal: an append-only local file that carries the call log to Postgres, across a crash
//! and across an outage of the database.

mod record;

pub use record::{CallOpened, LogEntry, Record};
