//! Runs jobs as they come due, shared with every other process on the same database.
//!
//! A job is claimed for the length of a lease, which is extended while it runs. A process that
//! dies extends nothing, and another one takes over. How it went stands in the registry
//! ([`crate::db::jobs`]); `treadline jobs` shows it.

use super::{Job, JobContext, JobResult};
use crate::clock::WallClock;
use crate::db::jobs::{self as registry, Claim, JobRow};
use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use sqlx::PgPool;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How often a process looks for jobs that are due.
pub const TICK: Duration = Duration::from_secs(5);
/// How long a claim holds without a sign of life.
pub const LEASE: Duration = Duration::from_mins(1);
/// The longest run of any job.
const RUN_MAX: Duration = Duration::from_mins(30);

/// The share of one process in the jobs of all.
#[derive(Clone)]
pub struct Scheduler {
    pool: PgPool,
    clock: WallClock,
    node: String,
    jobs: Vec<Job>,
    tick: Duration,
    lease: Duration,
}

/// Why a job was not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Another process does it.
    #[error("{name} is being done by {by}")]
    Taken {
        /// The job.
        name: &'static str,
        /// Who.
        by: String,
    },
    /// The registry cannot be reached.
    #[error("the registry of jobs: {0}")]
    Registry(#[from] sqlx::Error),
    /// The job failed.
    #[error("{0:#}")]
    Failed(anyhow::Error),
}

impl Scheduler {
    /// A share for the process `node`.
    #[must_use]
    pub fn new(pool: PgPool, clock: WallClock, node: impl Into<String>, jobs: Vec<Job>) -> Self {
        Self { pool, clock, node: node.into(), jobs, tick: TICK, lease: LEASE }
    }

    /// The same with other times; for tests.
    #[must_use]
    pub const fn with_times(mut self, tick: Duration, lease: Duration) -> Self {
        self.tick = tick;
        self.lease = lease;
        self
    }

    /// Runs what is due until `stop`; jobs under way are then dropped, and their leases run out.
    pub async fn run(self, stop: CancellationToken) {
        let mut running = JoinSet::new();
        let mut warned = HashSet::new();
        let mut away = false;
        loop {
            match self.round(&mut running, &mut warned).await {
                Ok(()) => away = false,
                Err(error) if !away => {
                    tracing::warn!(%error, "jobs wait for the database");
                    away = true;
                }
                Err(_) => {}
            }
            while running.try_join_next().is_some() {}
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.tick) => {}
            }
        }
    }

    /// Claims and starts everything that is due.
    async fn round(
        &self,
        running: &mut JoinSet<()>,
        warned: &mut HashSet<String>,
    ) -> Result<(), sqlx::Error> {
        self.register().await?;
        let names: Vec<&str> = self.jobs.iter().map(|job| job.name).collect();
        while let Some(claim) = registry::claim(&self.pool, &self.node, &names, self.lease).await? {
            let Some(job) = self.jobs.iter().find(|job| job.name == claim.name).cloned() else {
                continue;
            };
            let own = self.clone();
            running.spawn(async move {
                let _ = own.do_claimed(&job, &claim).await;
            });
        }
        report(&registry::list(&self.pool).await?, self.clock.now(), warned);
        Ok(())
    }

    async fn register(&self) -> Result<(), sqlx::Error> {
        for job in &self.jobs {
            registry::register(&self.pool, job.name, job.every).await?;
        }
        Ok(())
    }

    /// Runs a job now, whether it is due or not.
    ///
    /// # Errors
    /// Another process does it, the database is away, or the job failed.
    pub async fn run_now(&self, job: &Job) -> Result<String, RunError> {
        self.register().await?;
        let claimed = registry::claim_now(&self.pool, &self.node, job.name, self.lease).await?;
        if let Some(claim) = claimed {
            return self.do_claimed(job, &claim).await.map_err(RunError::Failed);
        }
        let rows = registry::list(&self.pool).await?;
        let row = rows.into_iter().find(|row| row.name == job.name);
        let by = row.and_then(|row| row.locked_by).unwrap_or_else(|| "nobody".into());
        Err(RunError::Taken { name: job.name, by })
    }

    async fn do_claimed(&self, job: &Job, claim: &Claim) -> JobResult {
        let context = JobContext {
            pool: self.pool.clone(),
            clock: self.clock.clone(),
            last_ok_began_at: claim.last_ok_began_at,
        };
        let work = AssertUnwindSafe(job.run(&context)).catch_unwind();
        let outcome = tokio::select! {
            outcome = timeout(RUN_MAX, work) => match outcome {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(anyhow::anyhow!("it panicked")),
                Err(_) => Err(anyhow::anyhow!("it took more than {} minutes", RUN_MAX.as_secs() / 60)),
            },
            () = self.stay_alive(claim) => Err(anyhow::anyhow!("another process took it over")),
        };
        let told = match &outcome {
            Ok(text) => {
                tracing::debug!(job = job.name, result = text, "a job is done");
                registry::finish(&self.pool, claim, Ok(text)).await
            }
            Err(error) => {
                let text = format!("{error:#}");
                tracing::warn!(job = job.name, error = text, "a job failed");
                metrics::counter!("treadline_job_failures_total", "job" => job.name).increment(1);
                registry::finish(&self.pool, claim, Err(&text)).await
            }
        };
        if let Err(error) = told {
            // The lease runs out and the job is done again: that does no harm.
            tracing::warn!(job = job.name, %error, "how a job went could not be written");
        }
        outcome
    }

    /// Extends the lease; ends only when the job belongs to another process.
    async fn stay_alive(&self, claim: &Claim) {
        loop {
            tokio::time::sleep(self.lease / 3).await;
            match registry::extend(&self.pool, claim, self.lease).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::debug!(%error, "a lease could not be extended yet"),
            }
        }
    }
}

/// The metrics, and one line for each job that was missed twice.
///
/// One that is being done right now is not: after a night without a process, or before the very
/// first one, every job is late, and the first look does them all.
fn report(rows: &[JobRow], now: DateTime<Utc>, warned: &mut HashSet<String>) {
    for row in rows {
        if let Some(at) = row.last_ok_at {
            metrics::gauge!("treadline_job_last_success_timestamp", "job" => row.name.clone())
                .set(at.timestamp() as f64);
        }
        let in_hand = row.lease_until.is_some_and(|until| until > now);
        if !row.missed_twice || (in_hand && row.last_error.is_none()) {
            warned.remove(&row.name);
        } else if warned.insert(row.name.clone()) {
            let error = row.last_error.as_deref().unwrap_or("nobody did it");
            tracing::warn!(job = row.name, error, "a job was missed twice");
        }
    }
}
