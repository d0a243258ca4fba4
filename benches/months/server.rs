//! The Postgres of this bench, and how it forgets.

use anyhow::{Context as _, ensure};
use sqlx::{Connection as _, PgConnection};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use treadline::db::embedded::{self, Handle, Options};

/// The largest file that may stay in the system's memory: catalogues, not data.
const SMALL_BYTES: u64 = 64 * 1024;
/// How long it may take to stop and to come again.
const PATIENCE: Duration = Duration::from_mins(2);

/// The program's own Postgres with data of its own.
pub struct Server {
    data_dir: PathBuf,
    handle: Handle,
}

impl Server {
    pub async fn start() -> anyhow::Result<Self> {
        let data_dir = data_dir();
        let handle = embedded::ensure_running_with(&Options {
            postgres_dir: treadline::parts::dir()?.join("postgres"),
            data_dir: data_dir.clone(),
            durable: true,
            idle_max: embedded::IDLE_MAX,
            program: PathBuf::from(env!("CARGO_BIN_EXE_treadline")),
        })
        .await?;
        Ok(Self { data_dir, handle })
    }

    /// The owner's URL.
    pub fn url(&self) -> &str {
        &self.handle.url
    }

    /// Stops the server in order, everything written to the disk, and waits until its supervisor
    /// has started it again: its buffers are empty then. No connection outlives it.
    pub async fn restart(&self) -> anyhow::Result<()> {
        let pid = self.pid().context("the server does not run")?;
        let told = Command::new("kill").args(["-s", "INT", &pid]).status()?;
        ensure!(told.success(), "the server cannot be stopped");
        let began = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let again = self.pid().is_some_and(|now| now != pid);
            if again && let Ok(connection) = PgConnection::connect(self.url()).await {
                connection.close().await?;
                return Ok(());
            }
            ensure!(began.elapsed() < PATIENCE, "the server did not come back");
        }
    }

    /// The same, and the system forgets the files as well.
    pub async fn forget(&self) -> anyhow::Result<()> {
        self.restart().await?;
        forget_files(&self.cluster().join("base"))
    }

    fn cluster(&self) -> PathBuf {
        self.data_dir.join("cluster")
    }

    fn pid(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.cluster().join("postmaster.pid")).ok()?;
        text.lines().next().map(|line| line.trim().to_owned())
    }
}

/// `dd` is the one way to have a file forgotten that needs no rights over the machine.
fn forget_files(folder: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            forget_files(&entry.path())?;
        } else if about.len() > SMALL_BYTES {
            let mut file = OsString::from("if=");
            file.push(entry.path());
            Command::new("dd")
                .arg(file)
                .args(["iflag=nocache", "count=0", "of=/dev/null"])
                .stderr(Stdio::null())
                .status()?;
        }
    }
    Ok(())
}

/// Under the target folder, unless the unprivileged user that runs Postgres for root cannot get
/// there.
fn data_dir() -> PathBuf {
    let under_target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-months");
    if embedded::reachable_by_others(&under_target) {
        return under_target;
    }
    std::env::temp_dir().join("treadline-bench-months")
}
