//! `treadline partitions`: makes the months ahead and moves what waited for a missing one.

use crate::config;
use crate::db;
use anyhow::Context as _;
use std::io::Write as _;

/// Makes this month and three more, wherever one is missing, and says how far the tables reach.
///
/// # Errors
/// The configuration is wrong, the database is away or not migrated, or a month cannot be made.
pub async fn run() -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    let server = db::open(&config, &secrets).await?;
    let pool = db::connect(server.reveal_url(), 1)
        .await
        .context("cannot work with the database; if it is new, run `treadline migrate` first")?;
    let now = chrono::Utc::now();
    let waiting = db::partitions::rows_in_default(&pool)
        .await
        .context("cannot look at the partitions (run `treadline migrate` first)")?;
    let made = db::partitions::ensure_ahead(&pool, now, db::partitions::MONTHS_AHEAD).await?;
    let ahead = db::partitions::months_ahead(&pool, now).await?;
    pool.close().await;
    let mut out = std::io::stdout();
    for month in &made {
        writeln!(out, "made {month}")?;
    }
    if waiting > 0 {
        writeln!(out, "moved {waiting} rows that had come while their month was missing")?;
    }
    let ahead = ahead.context("the present month is still missing")?;
    writeln!(out, "the tables reach {ahead} months ahead")?;
    Ok(())
}
