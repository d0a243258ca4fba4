//! The program as a child: started, killed, drained, looked at from outside.

use super::bounded::within;
use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A start with a database that is away waits for it a few times before it goes on without.
const START_MAX: Duration = Duration::from_mins(2);
/// The drain, the farewells, and the log's last way.
const STOP_MAX: Duration = Duration::from_mins(1);
/// A word with a program that lives.
const ANSWER_MAX: Duration = Duration::from_mins(1);
/// Lines of its log that are shown when it hangs.
const LAST_WORDS: usize = 12;
/// How long calls may go on after SIGTERM.
const DRAIN_S: u64 = 5;

/// What the child needs.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its working folder: data, journals and log lines lie there.
    pub work: PathBuf,
    /// The database, by way of the proxy.
    pub url: String,
}

impl Place {
    /// The folder of its journals.
    pub(super) fn spool(&self) -> PathBuf {
        self.work.join("data/spool")
    }

    /// Its log lines, over all starts.
    pub(super) fn log(&self) -> PathBuf {
        self.work.join("node.log")
    }

    /// The last lines of its log.
    pub(super) fn last_words(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().rev().take(LAST_WORDS).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Journals that still wait.
    pub(super) fn journals(&self) -> usize {
        fs::read_dir(self.spool()).map_or(0, Iterator::count)
    }
}

/// A program that runs.
pub(super) struct Node {
    child: Child,
    /// Where typed calls go.
    pub door: SocketAddr,
}

/// How a program is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Health {
    /// Resident memory, bytes.
    pub memory: u64,
    /// Open files and sockets.
    pub files: u64,
    /// Tasks of its runtime.
    pub tasks: u64,
    /// Calls under way.
    pub calls: u64,
}

#[derive(Deserialize)]
struct Status {
    tasks: u64,
    calls: u64,
}

impl Node {
    /// Starts the program and waits until its door is open.
    pub(super) async fn start(place: &Place) -> anyhow::Result<Self> {
        let log = File::options().create(true).append(true).open(place.log())?;
        // Not the path: that is another file when the program was built anew under us.
        let mut program = Command::new("/proc/self/exe");
        for (name, _) in std::env::vars_os() {
            // The shop's own configuration and secrets are not the soak's.
            if is_ours(&name.to_string_lossy()) {
                program.env_remove(name);
            }
        }
        program
            .arg("soak-node")
            .current_dir(&place.work)
            .env("DATABASE_URL", &place.url)
            .env("TREADLINE__DATABASE__DATA_DIR", place.work.join("data"))
            .env("TREADLINE__SERVER__LISTEN", "127.0.0.1:0")
            .env("TREADLINE__SERVER__DRAIN_S", DRAIN_S.to_string())
            .env("TREADLINE__AUDIOSOCKET__LISTEN", "127.0.0.1:0")
            .env("TREADLINE__WEBSOCKET__LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = program.spawn().context("the program cannot be started")?;
        let output = child.stdout.take().context("the program has no output")?;
        let mut lines = BufReader::new(output).lines();
        let first = within(START_MAX, "the program to open its door", lines.next_line()).await;
        let Some(first) = first?? else {
            bail!("the program ended at its start; see {}", place.log().display());
        };
        let told: Value = serde_json::from_str(&first)?;
        let door = told["door"].as_str().context("the program tells no door")?.parse()?;
        Ok(Self { child, door })
    }

    /// SIGKILL.
    pub(super) async fn kill(mut self) -> anyhow::Result<()> {
        Ok(within(STOP_MAX, "the program to end after SIGKILL", self.child.kill()).await??)
    }

    /// SIGTERM; waits until it has gone.
    pub(super) async fn drain(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().context("the program is gone")?.to_string();
        let sent = Command::new("kill").args(["-s", "TERM", &pid]).status().await?;
        ensure!(sent.success(), "the program is gone");
        let ended = within(STOP_MAX, "the program to end after SIGTERM", self.child.wait()).await;
        let status = ended??;
        ensure!(status.success(), "the program ended with {status} after SIGTERM");
        Ok(())
    }

    /// How it is, from outside and by its own word. An error if it is gone.
    pub(super) async fn health(&self) -> anyhow::Result<Health> {
        let proc = PathBuf::from(format!("/proc/{}", self.child.id().context("it is gone")?));
        let status: Status = serde_json::from_value(ask(self.door, &json!("status")).await?)?;
        let files = fs::read_dir(proc.join("fd"))?.count() as u64;
        let memory = memory(&proc)?;
        Ok(Health { memory, files, tasks: status.tasks, calls: status.calls })
    }

    /// Its wall clock jumps.
    pub(super) async fn step_clock(&self, seconds: i64) -> anyhow::Result<()> {
        ask(self.door, &json!({ "clock": seconds })).await.map(|_| ())
    }
}

/// Is it a variable of the program's configuration, or one of its secrets?
pub(in crate::cli) fn is_ours(name: &str) -> bool {
    const SECRETS: [&str; 6] = [
        "OPENAI_API_KEY",
        "DATABASE_URL",
        "TREADLINE_CALL_SECRET",
        "TREADLINE_STORE_KEY",
        "TREADLINE_ARI_PASSWORD",
        "TREADLINE_ORIGIN",
    ];
    name.starts_with("TREADLINE__") || SECRETS.contains(&name)
}

async fn ask(door: SocketAddr, wish: &Value) -> anyhow::Result<Value> {
    let asking = async {
        let mut socket = TcpStream::connect(door).await?;
        socket.write_all(format!("{wish}\n").as_bytes()).await?;
        let mut answer = String::new();
        BufReader::new(socket).read_line(&mut answer).await?;
        Ok::<String, std::io::Error>(answer)
    };
    let answer = within(ANSWER_MAX, "a word of the program", asking).await??;
    Ok(serde_json::from_str(&answer)?)
}

fn memory(proc: &Path) -> anyhow::Result<u64> {
    let text = fs::read_to_string(proc.join("status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
    Ok(kib.parse::<u64>()? * 1024)
}
