//! The program's own Postgres: a child process on a private socket.
//!
//! Whoever needs it first starts it, in a process group of its own, under a lock file. Everyone
//! who uses it holds a shared lock on another file, which the kernel takes back even after a
//! kill -9. A small supervisor (this same program) starts a server again that falls while it
//! is used, and stops it a minute after the last user and the last client have gone. The next start adopts a server that still runs and recovers one
//! that was killed.
//!
//! Who may connect: the socket lies in a folder that only the server's user (and root) can enter,
//! and the server asks the kernel who calls (`peer`): only the user who started it is let in.

mod cluster;
mod place;
mod supervisor;

pub use place::{Place, reachable_by_others, spool_dir, state_dir};
pub use supervisor::supervise;

use crate::config::Config;
use crate::parts;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name of the database, and of the role that owns it.
pub const DATABASE: &str = "treadline";
/// The role that the URL logs in as.
pub const OWNER: &str = "treadline_owner";
/// How long the server stays up after its last user.
pub const IDLE_MAX: Duration = Duration::from_mins(1);

/// Why the program's own Postgres is not there.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The set-up did not run, or put the programs elsewhere.
    #[error(
        "there is no Postgres in {}: run `make setup`, or set DATABASE_URL to a Postgres of yours",
        .0.display()
    )]
    NotInstalled(PathBuf),
    /// A folder or file could not be used.
    #[error("{}: {what}: {source}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What was tried, and what would help.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The place cannot be used as it is.
    #[error("{0}")]
    Place(String),
    /// There is no home folder.
    #[error(transparent)]
    Homeless(#[from] parts::Homeless),
    /// One of Postgres' programs failed.
    #[error("{program} failed: {said}")]
    Failed {
        /// Which.
        program: &'static str,
        /// The last lines that it wrote.
        said: String,
    },
    /// The server runs but does not answer as it should.
    #[error("the program's own Postgres: {0}")]
    Database(#[from] sqlx::Error),
}

pub(crate) fn io_error(path: &Path, what: &str) -> impl FnOnce(std::io::Error) -> EmbeddedError {
    let (path, what) = (path.to_owned(), what.to_owned());
    move |source| EmbeddedError::Io { path, what, source }
}

/// How to run the server; [`ensure_running`] takes it from the configuration.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where Postgres' programs lie (`bin`, `lib`, `share`).
    pub postgres_dir: PathBuf,
    /// Where the data lies.
    pub data_dir: PathBuf,
    /// Write through to the disk. Only tests, whose data is worth nothing, say no.
    pub durable: bool,
    /// How long it stays up after its last user.
    pub idle_max: Duration,
    /// The `treadline` program, which is run again as the supervisor.
    pub program: PathBuf,
}

impl Options {
    /// As the configuration and the environment say.
    ///
    /// # Errors
    /// The current folder or the home folder cannot be found.
    pub fn from_config(config: &Config) -> Result<Self, EmbeddedError> {
        let or = |given: &Path, otherwise: PathBuf| {
            if given.as_os_str().is_empty() { otherwise } else { given.to_owned() }
        };
        Ok(Self {
            postgres_dir: or(&config.database.postgres_dir, parts::dir()?.join("postgres")),
            data_dir: or(&config.database.data_dir, place::default_data_dir()?),
            durable: true,
            idle_max: IDLE_MAX,
            // Not `current_exe`: that is gone when the program was built anew under us.
            program: PathBuf::from("/proc/self/exe"),
        })
    }
}

/// Whether the program's own database of this folder was ever made.
///
/// # Errors
/// The current folder or the home folder cannot be found.
pub fn is_made(config: &Config) -> Result<bool, EmbeddedError> {
    Ok(Options::from_config(config)?.data_dir.join("cluster/PG_VERSION").exists())
}

/// The program's own database was made.
///
/// # Errors
/// It was not, with what to do.
pub(super) fn must_be_made(config: &Config) -> Result<(), EmbeddedError> {
    if is_made(config)? {
        return Ok(());
    }
    let place = Options::from_config(config)?.data_dir;
    Err(EmbeddedError::Place(format!(
        "there is no database in {} yet: run this in the shop's folder, set DATABASE_URL to its \
         database, or make one with `treadline migrate`",
        place.display()
    )))
}

/// The current folder is a shop's, and its database was made.
///
/// # Errors
/// It is not, with what to do.
pub(super) fn must_be_known(config: &Config) -> Result<(), EmbeddedError> {
    const TO_DO: &str = "run this in the shop's folder, or set DATABASE_URL to its database";
    let says_so = !config.database.data_dir.as_os_str().is_empty()
        || ["config.toml", "config.local.toml"].iter().any(|name| Path::new(name).exists());
    if !says_so {
        return Err(EmbeddedError::Place(format!(
            "there is no config.toml here, so nothing says that this is a shop's folder: {TO_DO}"
        )));
    }
    if !is_made(config)? {
        return Err(EmbeddedError::Place(format!("this folder has no database yet: {TO_DO}")));
    }
    Ok(())
}

/// A running server and this process' claim on it.
#[derive(Debug)]
pub struct Handle {
    /// A libpq URL of the owner.
    pub url: String,
    /// The shared lock that keeps the server up while this lives.
    _user: File,
}

/// Starts the program's own Postgres, or joins the one that runs, and waits until it is ready.
///
/// # Errors
/// What is missing or wrong, and what to do.
pub async fn ensure_running(config: &Config) -> Result<Handle, EmbeddedError> {
    ensure_running_with(&Options::from_config(config)?).await
}

/// The same with everything said. Two at once share one server.
///
/// # Errors
/// What is missing or wrong, and what to do.
pub async fn ensure_running_with(options: &Options) -> Result<Handle, EmbeddedError> {
    let place = Place::prepare(options)?;
    // Locks block, so they are taken where blocking is allowed.
    let (start_lock, users_lock) = (place.start_lock(), place.users_lock());
    let (starting, user) = tokio::task::spawn_blocking(move || {
        let starting = lock(&start_lock, File::lock)?;
        let user = lock(&users_lock, File::lock_shared)?;
        Ok::<_, EmbeddedError>((starting, user))
    })
    .await
    .map_err(|_| EmbeddedError::Place("the program is stopping".into()))??;

    cluster::bring_up(&place, options).await?;
    supervisor::ensure(&place, options)?;
    drop(starting);
    Ok(Handle { url: place.url(OWNER, DATABASE), _user: user })
}

/// Opens (or makes) a lock file and locks it; the lock ends with the file or the process.
fn lock(
    path: &Path,
    how: impl FnOnce(&File) -> std::io::Result<()>,
) -> Result<File, EmbeddedError> {
    let file = open_lock(path)?;
    how(&file).map_err(io_error(path, "cannot lock it"))?;
    Ok(file)
}

fn open_lock(path: &Path) -> Result<File, EmbeddedError> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        // Nobody else may hold up our starts by locking it.
        .mode(0o600)
        .open(path)
        .map_err(io_error(path, "cannot open it"))
}
