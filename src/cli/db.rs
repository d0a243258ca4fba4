//! `treadline db url`, and the hidden `treadline db supervise`.

use super::out;
use crate::config;
use crate::db;
use anyhow::Context as _;
use std::path::PathBuf;
use std::time::Duration;

/// What `treadline db …` may be asked.
#[derive(Debug, Clone, PartialEq, Eq, clap::Subcommand)]
pub enum DbCommand {
    /// Start the database if needed, wait until it is ready, print its URL. It must have been made.
    Url,
    /// Watch the program's own Postgres and stop it when nobody uses it.
    #[command(hide = true)]
    Supervise {
        /// Where its data lies.
        #[arg(long)]
        data_dir: PathBuf,
        /// Where its programs lie.
        #[arg(long)]
        postgres_dir: PathBuf,
        /// Seconds without a user after which it is stopped.
        #[arg(long)]
        idle_s: u64,
        /// Its data is worth nothing (tests).
        #[arg(long)]
        not_durable: bool,
    },
}

/// Runs it. `url` prints exactly one line on standard output.
///
/// # Errors
/// The configuration is wrong, or the database cannot be started or reached.
pub async fn run(command: DbCommand) -> anyhow::Result<()> {
    match command {
        DbCommand::Url => {
            let (config, secrets) = config::load()?;
            let server = db::open_made(&config, &secrets).await?;
            // Ready means that a connection was made, whosever server it is.
            db::pool::connect_owner(server.reveal_url())
                .await
                .context("the database does not answer; check DATABASE_URL or database.url")?;
            out::line(server.reveal_url());
            Ok(())
        }
        DbCommand::Supervise { data_dir, postgres_dir, idle_s, not_durable } => {
            let options = db::embedded::Options {
                postgres_dir,
                data_dir,
                durable: !not_durable,
                idle_max: Duration::from_secs(idle_s),
                program: PathBuf::from("/proc/self/exe"),
            };
            Ok(db::embedded::supervise(&options).await?)
        }
    }
}
