//! The journal: an append-only local file that carries the call log to Postgres, across a crash
//! and across an outage of the database.

mod aside;
mod file;
mod forget;
mod leftovers;
mod record;
mod segment;

pub use aside::{REFUSED_BYTES_MAX, put_aside};
pub use file::{Batch, Kept, Spool};
pub use forget::{InFolder, forget};
pub use leftovers::Leftovers;
pub use record::{CallOpened, LogEntry, Record, TransferAsked, TransferDone};

use futures_util::future::BoxFuture;

/// Where a call's records go. Taking one never blocks on a database and never loses it.
pub trait Journal: Send + Sync {
    /// Takes a record.
    fn record(&self, entry: LogEntry);

    /// Waits a moment until everything that was taken so far stands in the database. False if it
    /// does not by then: it is safe in the journal and comes later.
    fn stored(&self) -> BoxFuture<'static, bool> {
        Box::pin(std::future::ready(false))
    }
}
