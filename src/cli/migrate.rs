//! `treadline migrate`: brings the database up to date.

use super::out;
use crate::config;
use crate::db;

/// Applies what is missing and says what it did.
///
/// # Errors
/// The configuration is wrong, the database is away, or a migration failed.
pub async fn run() -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    let server = db::open(&config, &secrets).await?;
    let done = db::migrate::run(server.reveal_url()).await?;
    for version in &done.applied {
        out::line(format!("applied migration {version}"));
    }
    for month in &done.months {
        out::line(format!("made {month}"));
    }
    if done.applied.is_empty() && done.months.is_empty() {
        out::line("nothing to do");
    }
    out::line(format!("the database is at version {}", done.version));
    Ok(())
}
