//! The log's way into Postgres: calls write to the journal and go on; one task reads the journal
//! and applies it, in order, for as long as it takes.

use crate::clock::WallClock;
use crate::db::{calls, log, partitions, with_tenant};
use crate::ids::TenantId;
use crate::spool::{Batch, Kept, Leftovers, LogEntry, Record, Spool, put_aside};
use chrono::{Datelike as _, NaiveDate};
use sqlx::PgPool;
use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Records of one transaction.
const BATCH_MAX: usize = 200;

/// Pause after the first failure, doubled up to [`RETRY_MAX`].
const RETRY_MIN: Duration = Duration::from_millis(100);

/// Longest pause between tries while Postgres is away.
const RETRY_MAX: Duration = Duration::from_secs(5);

/// How much of the log a power failure may take, in time; a killed process loses nothing.
const SYNC_PERIOD: Duration = Duration::from_millis(200);

/// What calls hold of the log: cheap to clone, never waits for the database.
#[derive(Debug, Clone)]
pub struct LogHandle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    spool: Spool,
    node: String,
    /// Records of this process that are in Postgres.
    applied: watch::Sender<u64>,
    stop: CancellationToken,
}

impl LogHandle {
    /// Opens the journal in `dir` and starts the tasks that carry it to Postgres.
    ///
    /// # Errors
    /// The folder cannot be made, read or written.
    pub fn start(dir: &Path, pool: PgPool, clock: WallClock) -> io::Result<(Self, JoinHandle<()>)> {
        let (spool, leftovers) = Spool::open(dir)?;
        if leftovers.records() > 0 {
            tracing::info!(records = leftovers.records(), "an earlier run left log records");
        }
        let node = format!("{}/{}", host(), spool.instance());
        let (applied, _) = watch::channel(0);
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared { spool, node, applied, stop });
        let writer = Writer {
            shared: Arc::clone(&shared),
            pool,
            clock,
            dir: dir.to_owned(),
            months: HashSet::new(),
        };
        tokio::spawn(keep_on_disk(Arc::clone(&shared)));
        let task = tokio::spawn(writer.run(leftovers));
        Ok((Self { shared }, task))
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

struct Writer {
    shared: Arc<Shared>,
    pool: PgPool,
    clock: WallClock,
    dir: std::path::PathBuf,
    /// Months that are known to exist.
    months: HashSet<(i32, u32)>,
}

impl Writer {
    async fn run(mut self, leftovers: Leftovers) {
        let stop = self.shared.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = async {
                self.replay(leftovers).await;
                self.follow().await;
            } => {}
        }
    }

    /// First what dead processes left, then the end of their calls; only then their files go.
    async fn replay(&mut self, mut leftovers: Leftovers) {
        loop {
            match leftovers.peek(BATCH_MAX) {
                Ok(Some(batch)) => {
                    self.apply_until_done(&batch.entries).await;
                    leftovers.commit(&batch);
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "what an earlier run left cannot be read; it stays for the next start");
                    return;
                }
            }
        }
        let instances: Vec<String> = leftovers.instances().into_iter().collect();
        if !instances.is_empty() {
            let mut pause = RETRY_MIN;
            loop {
                match calls::close_lost(&self.pool, instances.clone()).await {
                    Ok(0) => break,
                    Ok(closed) => {
                        tracing::warn!(closed, "calls were cut off when an earlier run died");
                        break;
                    }
                    Err(error) => self.wait(&error, &mut pause).await,
                }
            }
        }
        leftovers.finish();
    }

    /// Then our own records as they come.
    async fn follow(&mut self) {
        loop {
            let batch = match self.shared.spool.peek(BATCH_MAX) {
                Ok(Some(batch)) => batch,
                Ok(None) => {
                    metrics::gauge!("treadline_spool_oldest_seconds").set(0.0);
                    self.shared.spool.written().await;
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "the journal cannot be read");
                    tokio::time::sleep(RETRY_MAX).await;
                    continue;
                }
            };
            self.apply_until_done(&batch.entries).await;
            self.commit(&batch);
        }
    }

    fn commit(&self, batch: &Batch) {
        if let Err(error) = self.shared.spool.commit(batch) {
            tracing::warn!(%error, "applied records stay in the journal; the next start skips them");
        }
        let spool = &self.shared.spool;
        self.shared.applied.send_replace(spool.appended() - spool.waiting());
    }

    /// Applies records in order and returns only when each is in Postgres or put aside.
    async fn apply_until_done(&mut self, entries: &[LogEntry]) {
        for of_tenant in entries.chunk_by(|a, b| a.tenant == b.tenant) {
            let tenant = of_tenant[0].tenant;
            let mut pause = RETRY_MIN;
            loop {
                self.report_age(entries);
                match self.apply(tenant, of_tenant.to_vec()).await {
                    Ok(()) => break,
                    Err(error) if is_refusal(&error) => {
                        self.apply_one_by_one(tenant, of_tenant).await;
                        break;
                    }
                    Err(error) => self.wait(&error, &mut pause).await,
                }
            }
        }
    }

    /// One record that Postgres will never take must not stop those behind it.
    async fn apply_one_by_one(&mut self, tenant: TenantId, entries: &[LogEntry]) {
        for entry in entries {
            let mut pause = RETRY_MIN;
            loop {
                match self.apply(tenant, vec![entry.clone()]).await {
                    Ok(()) => break,
                    Err(error) if is_refusal(&error) => {
                        self.put_aside(entry, &error);
                        break;
                    }
                    Err(error) => self.wait(&error, &mut pause).await,
                }
            }
        }
    }

    /// A refused record goes to a file of its own, for a person to look at.
    fn put_aside(&self, entry: &LogEntry, error: &sqlx::Error) {
        metrics::counter!("treadline_spool_refused_total").increment(1);
        match put_aside(&self.dir, entry) {
            Ok(path) => tracing::error!(call = %entry.call, seq = entry.seq, %error,
                path = %path.display(), "Postgres refuses a log record; it is put aside"),
            Err(disk) => tracing::error!(call = %entry.call, seq = entry.seq, %error, %disk,
                "Postgres refuses a log record, and it cannot be put aside: it is lost"),
        }
    }

    async fn apply(&mut self, tenant: TenantId, entries: Vec<LogEntry>) -> Result<(), sqlx::Error> {
        self.ensure_months(&entries).await;
        with_tenant(&self.pool, tenant, move |conn| {
            Box::pin(async move {
                sqlx::query("set local statement_timeout = '10s'").execute(&mut *conn).await?;
                for entry in &entries {
                    log::apply(conn, entry).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Makes a month that is missing. If that fails the default partition takes the rows.
    async fn ensure_months(&mut self, entries: &[LogEntry]) {
        for entry in entries {
            let day: NaiveDate = entry.call_started_at.date_naive();
            let month = (day.year(), day.month());
            if self.months.contains(&month) {
                continue;
            }
            match partitions::ensure_month(&self.pool, day).await {
                Ok(_) => {
                    self.months.insert(month);
                }
                Err(error) => {
                    tracing::warn!(%error, "a month is missing; its rows wait in the default partition");
                    return;
                }
            }
        }
    }

    fn report_age(&self, entries: &[LogEntry]) {
        if let Some(oldest) = entries.first() {
            let age = self.clock.now() - oldest.at;
            metrics::gauge!("treadline_spool_oldest_seconds")
                .set(age.num_milliseconds().max(0) as f64 / 1000.0);
        }
    }

    async fn wait(&self, error: &sqlx::Error, pause: &mut Duration) {
        if *pause == RETRY_MIN {
            tracing::warn!(%error, "the log cannot reach Postgres; it waits in the journal");
        }
        tokio::time::sleep(*pause).await;
        *pause = (*pause * 2).min(RETRY_MAX);
    }
}

/// True if Postgres will refuse this record each time: bad data (class 22) or a broken rule
/// (class 23). Everything else may pass: an outage, a lock, a migration that is still to come.
fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    match error {
        sqlx::Error::Encode(_) => true,
        _ => code.is_some_and(|code| code.starts_with("22") || code.starts_with("23")),
    }
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !matches!(c, '/' | '\0')).take(64).collect();
    if name.is_empty() { "localhost".into() } else { name }
}
