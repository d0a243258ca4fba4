//! The whole record in one file, and back: a dump of the database, the journals that were on
//! their way to it, and a manifest that says what must be there.
//!
//! Journals are copied before the dump's snapshot is taken. A record leaves its journal only when
//! Postgres has it on its disk, so whatever is not in the copy any more is in the snapshot. The
//! other way round it could be in neither. What is in both is one row: records have a key.

mod archive;
mod make;
mod manifest;
mod programs;
mod restore;
mod tables;

pub use make::{Made, Order, backup};
pub use manifest::{FORMAT, Journal, Manifest, Member};
pub use programs::{Tool, choose, folders};
pub use restore::{Restored, Target, restore};
pub use tables::TableSum;

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Ending of the files that [`backup`] makes.
pub const EXTENSION: &str = "backup";

/// What is told while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Something new is begun; so many steps or bytes in all, 0 if nobody knows.
    Begun(Stage, u64),
    /// So many more of them are done.
    Done(u64),
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Journals are copied; in files.
    Journals,
    /// Tables are counted and their checksums made; in tables.
    Tables,
    /// The dump is written, or read into the database; in bytes.
    Dump,
    /// The archive is compared with its checksums; in bytes.
    Archive,
}

impl Stage {
    /// Are its steps bytes?
    #[must_use]
    pub const fn is_bytes(self) -> bool {
        matches!(self, Self::Dump | Self::Archive)
    }

    /// For the progress line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Journals => "journals",
            Self::Tables => "checksums",
            Self::Dump => "dump",
            Self::Archive => "archive",
        }
    }
}

/// Who is told.
pub type Watch = Arc<dyn Fn(Told) + Send + Sync>;

/// Why there is no backup, or why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder could not be used.
    #[error("{}: {what}: {source}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database could not be reached or refused something.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A program of Postgres is missing.
    #[error(
        "there is no {0}: run `make setup`, install Postgres' client programs, or set \
         database.postgres_dir"
    )]
    ProgramMissing(&'static str),
    /// All that were found are older than what they must work with.
    #[error("{name} must be of Postgres {wanted} or newer; there is only {found}")]
    ProgramTooOld {
        /// Which program.
        name: &'static str,
        /// The version of the server or of the dump.
        wanted: u32,
        /// What was found, and where.
        found: String,
    },
    /// It ran and failed.
    #[error("{program} failed: {said}")]
    ProgramFailed {
        /// Which.
        program: &'static str,
        /// The last lines that it wrote.
        said: String,
    },
    /// The role of the URL sees only a shop's rows.
    #[error(
        "the role {0} does not see every shop's rows; as a superuser run: alter role {0} bypassrls"
    )]
    RowsHidden(String),
    /// There are no tables of ours.
    #[error("the database has no tables of Treadline: there is nothing to back up")]
    NothingThere,
    /// Restoring goes into an empty database only.
    #[error(
        "the database is not empty (it has {0}); restore into an empty one: make it with \
         `createdb`, and name it with --into"
    )]
    NotEmpty(String),
    /// The server of the target is older than that of the backup.
    #[error("the backup is of Postgres {made} and the server is Postgres {server}: too old")]
    ServerTooOld {
        /// Of the backup.
        made: u32,
        /// Of the target.
        server: u32,
    },
    /// The archive is not what was written.
    #[error("{}: the archive is damaged: {what}; nothing was restored", .path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// How it shows.
        what: String,
    },
    /// The manifest is of another program.
    #[error("{}: {what}; nothing was restored", .path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// What was read back is not what was written.
    #[error("the restored database differs from the backup; do not use it: {0}")]
    Differs(String),
    /// The tables could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] super::migrate::MigrateError),
    /// The program is going down.
    #[error("the program is stopping")]
    Stopping,
}

fn io_error(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::Io { path, what, source }
}

/// Runs what blocks where blocking is allowed.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(BackupError::Stopping))
}
