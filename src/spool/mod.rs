//! The journal: an append-only local file that carries the call log to Postgres, across a crash
//! and across an outage of the database.

mod aside;
mod file;
mod forget;
mod leftovers;
mod look;
mod memory;
mod record;
mod segment;
mod tape;
mod trace;

pub use aside::{REFUSED_BYTES_MAX, forget_refused, put_aside};
pub use file::{Batch, Kept, Spool};
pub use forget::{InFolder, OnItsWay, forget, on_their_way};
pub use leftovers::Leftovers;
pub use look::{records_of, whole_records};
pub use record::{CallOpened, LogEntry, Record, TransferAsked, TransferDone};
pub use tape::tape_of;
pub use trace::{StepKind, StepStatus, TraceStep, Unit};

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

    /// Waits a moment until everything that was taken so far is on this machine's disk: before an
    /// effect that a caller agreed to. Goes on without, should the disk be slow or full.
    fn synced(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}
