//! What runs beside the calls. What has to be done again and again by one process of all that are
//! there is a [`Job`]; the log writer, the spending and the copies of registrations are each
//! process' own.

pub mod daily_stats;
mod log_applying;
mod log_settling;
pub mod log_writer;
pub mod partitions;
pub mod registrations;
pub mod scheduler;
pub mod spending;

use crate::clock::WallClock;
use crate::spool::{Journal, LogEntry};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;

/// How long a call waits for its log to be in the database before it goes on without.
const STORED_MAX: Duration = Duration::from_millis(800);

/// What a job is given.
#[derive(Debug, Clone)]
pub struct JobContext {
    /// Connections as the program's own role.
    pub pool: PgPool,
    /// The wall clock: which day it is, never how long something lasts.
    pub clock: WallClock,
    /// When the last run that went well began, by the database's clock: what has changed before
    /// that is done.
    pub last_ok_began_at: Option<DateTime<Utc>>,
}

/// What came of a run, in a few words for `treadline jobs`; or why nothing did.
pub type JobResult = anyhow::Result<String>;

type Work = dyn for<'c> Fn(&'c JobContext) -> BoxFuture<'c, JobResult> + Send + Sync;

/// Something that one process of all that are there does now and then. It takes no input, and
/// doing it twice, or in two processes at once, does no harm.
#[derive(Clone)]
pub struct Job {
    /// Its name in the registry.
    pub name: &'static str,
    /// From the end of one run to the next.
    pub every: Duration,
    work: Arc<Work>,
}

impl Job {
    /// A job.
    pub fn new(
        name: &'static str,
        every: Duration,
        work: impl for<'c> Fn(&'c JobContext) -> BoxFuture<'c, JobResult> + Send + Sync + 'static,
    ) -> Self {
        Self { name, every, work: Arc::new(work) }
    }

    /// Does it once.
    ///
    /// # Errors
    /// What the job says.
    pub async fn run(&self, context: &JobContext) -> JobResult {
        (self.work)(context).await
    }
}

/// Every job of the program. To add one, add a line.
#[must_use]
pub fn all() -> Vec<Job> {
    vec![daily_stats::job(), partitions::job(), registrations::job()]
}
/// How long an effect waits for its cause to be on this machine's disk. A disk takes 3 to 8 ms.
const SYNCED_MAX: Duration = Duration::from_millis(200);

impl Journal for log_writer::LogHandle {
    fn record(&self, entry: LogEntry) {
        // What the disk refuses is kept in memory and counted by the spool itself.
        let _ = Self::record(self, entry);
    }

    fn stored(&self) -> BoxFuture<'static, bool> {
        let log = self.clone();
        Box::pin(async move { log.flush(STORED_MAX).await })
    }

    fn synced(&self) -> BoxFuture<'static, ()> {
        let log = self.clone();
        Box::pin(async move {
            match tokio::time::timeout(SYNCED_MAX, log.sync()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "an effect goes ahead of its journal"),
                Err(_) => tracing::warn!("the disk is slow; an effect goes ahead of its journal"),
            }
        })
    }
}
