//! The log's way into Postgres: calls write to the journal and go on; one task reads the journal
//! and applies it, in order, for as long as it takes.

use super::log_applying::Writer;
use crate::clock::WallClock;
use crate::spool::{Kept, Leftovers, LogEntry, Record, Spool, forget_refused};
use chrono::TimeDelta;
use sqlx::PgPool;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How much of the log a power failure may take, in time; a killed process loses nothing.
const SYNC_PERIOD: Duration = Duration::from_millis(200);

/// How long a record that Postgres refused is kept for a person to look at, unless the
/// configuration says otherwise.
const KEEP_DAYS: u64 = 7;

/// How often refused records are looked through for those that are too old.
const SWEEP_PERIOD: Duration = Duration::from_hours(1);

/// How long a stop waits for Postgres to have the log on its disk; what is not stays in the file.
const SETTLE_MAX: Duration = Duration::from_secs(2);

/// What calls hold of the log: cheap to clone, never waits for the database.
#[derive(Debug, Clone)]
pub struct LogHandle {
    shared: Arc<Shared>,
}

/// What the handle and the writer share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) spool: Spool,
    pub(super) node: String,
    /// Records of this process that are in Postgres.
    pub(super) applied: watch::Sender<u64>,
    /// Those of them that Postgres may not have on its disk.
    pub(super) unsettled: watch::Sender<u64>,
    /// Somebody waits for that to be none.
    pub(super) settle_now: Notify,
    pub(super) stop: CancellationToken,
    /// Postgres answers that its disk is full.
    pub(super) full: AtomicBool,
}

impl LogHandle {
    /// Opens the journal in `dir` and starts the tasks that carry it to Postgres.
    ///
    /// # Errors
    /// The folder cannot be made, read or written.
    pub fn start(dir: &Path, pool: PgPool, clock: WallClock) -> io::Result<(Self, JoinHandle<()>)> {
        let opened = Spool::open(dir)?;
        Ok(Self::with(dir, opened, KEEP_DAYS, pool, clock))
    }

    /// The same for a line that must be answered: a folder that cannot be used is one line in the
    /// program's log, and records wait in memory. Refused records are kept for `keep_days`.
    pub fn start_anyway(
        dir: &Path,
        keep_days: u64,
        pool: PgPool,
        clock: WallClock,
    ) -> (Self, JoinHandle<()>) {
        let opened = Spool::open(dir).unwrap_or_else(|error| {
            tracing::error!(dir = %dir.display(), %error,
                "the journal's folder cannot be used; records wait in memory and go with the process");
            (Spool::in_memory(dir), Leftovers::default())
        });
        Self::with(dir, opened, keep_days, pool, clock)
    }

    fn with(
        dir: &Path,
        (spool, leftovers): (Spool, Leftovers),
        keep_days: u64,
        pool: PgPool,
        clock: WallClock,
    ) -> (Self, JoinHandle<()>) {
        if leftovers.records() > 0 {
            tracing::info!(records = leftovers.records(), "an earlier run left log records");
        }
        let node = format!("{}/{}", host(), spool.instance());
        let (applied, unsettled) = (watch::channel(0).0, watch::channel(0).0);
        let (settle_now, stop) = (Notify::new(), CancellationToken::new());
        let full = AtomicBool::new(false);
        let shared = Arc::new(Shared { spool, node, applied, unsettled, settle_now, stop, full });
        let writer = Writer::new(Arc::clone(&shared), pool, clock.clone(), dir.to_owned());
        tokio::spawn(keep_on_disk(Arc::clone(&shared)));
        tokio::spawn(sweep(dir.to_owned(), keep_days, clock, shared.stop.clone()));
        let task = tokio::spawn(writer.run(leftovers));
        (Self { shared }, task)
    }

    /// The machine and process, as in `calls.node`.
    pub fn node(&self) -> &str {
        &self.shared.node
    }

    /// Writes a record to the journal file; it is in Postgres soon after. An opened call gets
    /// this process as its node, whatever it said: its file is the proof that the process lives.
    pub fn record(&self, mut entry: LogEntry) -> Kept {
        if let Record::Opened(opened) = &mut entry.record {
            opened.node.clone_from(&self.shared.node);
        }
        self.shared.spool.append(&entry)
    }

    /// Forces everything recorded so far to the disk; to be awaited before an effect.
    ///
    /// # Errors
    /// The disk refuses it: what follows would not survive a power failure.
    pub async fn sync(&self) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.spool.sync_now())
            .await
            .unwrap_or_else(|panic| Err(io::Error::other(panic)))
    }

    /// False while the disk refuses the journal: no new calls should be taken.
    pub fn is_healthy(&self) -> bool {
        self.shared.spool.is_healthy()
    }

    /// False while Postgres answers that its disk is full: calls go on, the log waits here.
    pub fn database_has_room(&self) -> bool {
        !self.shared.full.load(Ordering::Relaxed)
    }

    /// Waits until everything recorded before this is in Postgres; false if that took longer than
    /// `timeout`.
    pub async fn flush(&self, timeout: Duration) -> bool {
        let target = self.shared.spool.appended();
        let mut applied = self.shared.applied.subscribe();
        let reached = applied.wait_for(|applied| *applied >= target);
        tokio::time::timeout(timeout, reached).await.is_ok_and(|result| result.is_ok())
    }

    /// Flushes, stops the tasks and removes the journal if all of it is applied; what is not
    /// stays for the next start. False if something stayed.
    pub async fn stop(&self, timeout: Duration) -> bool {
        let flushed = self.flush(timeout).await;
        if flushed {
            self.shared.settle_now.notify_one();
            let mut unsettled = self.shared.unsettled.subscribe();
            let settled = unsettled.wait_for(|unsettled| *unsettled == 0);
            let _ = tokio::time::timeout(SETTLE_MAX.min(timeout), settled).await;
        }
        let _ = self.sync().await;
        self.shared.stop.cancel();
        self.shared.spool.close();
        flushed
    }
}

/// Forces the file to the disk a few times a second while there is something new.
async fn keep_on_disk(shared: Arc<Shared>) {
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(SYNC_PERIOD) => {}
        }
        if !shared.spool.is_dirty() {
            continue;
        }
        let spool = Arc::clone(&shared);
        match tokio::task::spawn_blocking(move || spool.spool.sync_now()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the journal is not safe on the disk"),
            Err(panic) => tracing::error!(%panic, "the journal's sync broke"),
        }
    }
}

/// Removes refused records that are too old, now and then.
async fn sweep(dir: PathBuf, keep_days: u64, clock: WallClock, stop: CancellationToken) {
    loop {
        let before = clock.now() - TimeDelta::days(keep_days.min(36_500).cast_signed());
        let place = dir.clone();
        match tokio::task::spawn_blocking(move || forget_refused(&place, before)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(records)) => tracing::info!(records, "refused log records were too old to keep"),
            Ok(Err(error)) => {
                tracing::warn!(%error, "refused log records cannot be looked through");
            }
            Err(panic) => tracing::error!(%panic, "the look through refused log records broke"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_PERIOD) => {}
        }
    }
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !matches!(c, '/' | '\0')).take(64).collect();
    if name.is_empty() { "localhost".into() } else { name }
}
