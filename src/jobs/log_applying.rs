//! From the journal's files to Postgres: in order, in batches, for as long as it takes.

use super::log_settling::Settling;
use super::log_writer::Shared;
use crate::clock::WallClock;
use crate::db::journal::JournalKey;
use crate::db::{calls, log, partitions, with_tenant};
use crate::ids::TenantId;
use crate::spool::{Batch, Leftovers, LogEntry, put_aside};
use chrono::{Datelike as _, NaiveDate};
use sqlx::{Executor as _, PgPool};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Records of one transaction.
const BATCH_MAX: usize = 200;

/// What the log's transactions are. They need not wait for the disk of Postgres: the journal has
/// the records until it is known that they are there.
const OF_THE_LOG: &str = "set local statement_timeout = '10s'; set local synchronous_commit = off";

/// Pause after the first failure, doubled up to [`RETRY_MAX`].
const RETRY_MIN: Duration = Duration::from_millis(100);

/// Longest pause between tries while Postgres is away.
const RETRY_MAX: Duration = Duration::from_secs(5);

/// Reads the journal and applies it.
pub(super) struct Writer {
    shared: Arc<Shared>,
    pool: PgPool,
    clock: WallClock,
    dir: PathBuf,
    /// Months that are known to exist.
    months: HashSet<(i32, u32)>,
    settling: Settling,
    /// What an earlier run left is no news to anybody.
    telling: bool,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, pool: PgPool, clock: WallClock, dir: PathBuf) -> Self {
        let (months, settling) = (HashSet::new(), Settling::default());
        Self { shared, pool, clock, dir, months, settling, telling: false }
    }

    pub(super) async fn run(mut self, leftovers: Leftovers) {
        let stop = self.shared.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = async {
                self.replay(leftovers).await;
                self.follow().await;
            } => {}
        }
    }

    /// First what dead processes left, and the end of their calls. Their files go one by one: a
    /// start that is cut off must not begin anew.
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
            if self.settling.is_due() && !self.settle_left(&mut leftovers).await {
                return;
            }
        }
        self.settle_left(&mut leftovers).await;
    }

    /// Postgres must have the records on its disk, and calls that were cut off must be closed,
    /// before their only other copy goes. False: Postgres lost something.
    async fn settle_left(&mut self, leftovers: &mut Leftovers) -> bool {
        let over: Vec<String> = leftovers.over().into_iter().collect();
        let mut pause = RETRY_MIN;
        while !over.is_empty() {
            match calls::close_lost(&self.pool, over.clone()).await {
                Ok(closed) => {
                    if closed > 0 {
                        tracing::warn!(closed, "calls were cut off when an earlier run died");
                    }
                    break;
                }
                Err(error) => self.wait(&error, &mut pause).await,
            }
        }
        let mut pause = RETRY_MIN;
        loop {
            match self.settling.check(&self.pool).await {
                Ok(true) => {
                    leftovers.let_go();
                    return true;
                }
                Ok(false) => {
                    tracing::error!(
                        "Postgres lost log records that it had taken; they stay for the next start"
                    );
                    return false;
                }
                Err(error) => self.wait(&error, &mut pause).await,
            }
        }
    }

    /// Then our own records as they come.
    async fn follow(&mut self) {
        self.telling = true;
        loop {
            if self.settling.is_due() {
                self.settle().await;
            }
            let batch = match self.shared.spool.peek(BATCH_MAX) {
                Ok(Some(batch)) => batch,
                Ok(None) => {
                    metrics::gauge!("treadline_spool_oldest_seconds").set(0.0);
                    tokio::select! {
                        () = self.shared.spool.written() => {}
                        () = self.shared.settle_now.notified() => self.settle().await,
                        () = self.settling.due() => self.settle().await,
                    }
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
        self.shared.spool.commit(batch);
        self.report_applied();
    }

    /// The journal's file forgets what Postgres has on its disk; what Postgres has lost, because it
    /// broke down after it took it, is applied again.
    async fn settle(&mut self) {
        let spool = &self.shared.spool;
        match self.settling.check(&self.pool).await {
            Ok(true) => {
                if let Err(error) = spool.settle() {
                    tracing::warn!(%error, "applied records stay in the journal; the next start skips them");
                }
            }
            Ok(false) => {
                tracing::error!(
                    "Postgres lost log records that it had taken; they are applied again"
                );
                spool.rewind();
            }
            Err(error) => tracing::debug!(%error, "the log cannot be settled yet"),
        }
        self.report_applied();
    }

    fn report_applied(&self) {
        let spool = &self.shared.spool;
        self.shared.unsettled.send_replace(spool.unsettled());
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
        let keys: Vec<_> = entries.iter().map(JournalKey::of).collect();
        let node = self.telling.then(|| self.shared.node.clone());
        with_tenant(&self.pool, tenant, move |conn| {
            Box::pin(async move {
                conn.execute(OF_THE_LOG).await?;
                log::apply_telling(conn, tenant, &entries, node.as_deref()).await
            })
        })
        .await?;
        if self.shared.full.swap(false, Ordering::Relaxed) {
            tracing::info!("Postgres has room again; the log goes on");
        }
        self.settling.applied(tenant, keys);
        Ok(())
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
        if is_full(error) {
            if !self.shared.full.swap(true, Ordering::Relaxed) {
                tracing::error!(%error,
                    "the disk of Postgres is full; calls go on, the log waits in the journal");
            }
        } else if *pause == RETRY_MIN {
            tracing::warn!(%error, "the log cannot reach Postgres; it waits in the journal");
        }
        tokio::time::sleep(*pause).await;
        *pause = (*pause * 2).min(RETRY_MAX);
    }
}

/// `disk_full`: Postgres answers, but can write nothing.
fn is_full(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "53100")
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
