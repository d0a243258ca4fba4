//! `treadline migrate`: brings the database up to date.

use crate::config;
use crate::db;
use std::io::Write as _;

/// Applies what is missing and says what it did.
///
/// # Errors
/// The configuration is wrong, the database is away, or a migration failed.
pub async fn run() -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    let server = db::open(&config, &secrets).await?;
    let done = db::migrate::run(server.reveal_url()).await?;
    let mut out = std::io::stdout();
    for version in &done.applied {
        writeln!(out, "applied migration {version}")?;
    }
    for month in &done.months {
        writeln!(out, "made {month}")?;
    }
    if done.applied.is_empty() && done.months.is_empty() {
        writeln!(out, "nothing to do")?;
    }
    writeln!(out, "the database is at version {}", done.version)?;
    Ok(())
}
