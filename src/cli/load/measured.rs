//! The product under load: `treadline serve` with a database of its own, and the providers that
//! it talks to, each a process of its own.

use super::providers::Pace;
use super::watch::Look;
use crate::cli::soak::child::is_ours;
use crate::cli::soak::shop::Shop;
use crate::config;
use crate::db;
use anyhow::{Context as _, bail};
use serde_json::Value;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A start on an empty database.
const START_MAX: Duration = Duration::from_mins(2);
/// The farewells and the log's last way.
const STOP_MAX: Duration = Duration::from_mins(1);
/// The silence that ends a turn, one for all, so that the callers know it.
pub(super) const ENDPOINTING_MS: u64 = 500;
/// How long a caller must speak over the agent to stop it.
pub(super) const BARGE_IN_MS: u64 = 200;

/// Both processes and their database.
pub(super) struct Measured {
    server: Child,
    providers: Child,
    shop: Shop,
    work: PathBuf,
    _postgres: db::Server,
    /// Where calls go.
    pub audiosocket: SocketAddr,
}

impl Measured {
    /// Starts them; `calls_max` is the server's limit.
    pub(super) async fn start(pace: Pace, calls_max: usize) -> anyhow::Result<Self> {
        let (config, secrets) = config::load()?;
        let postgres = db::open(&config, &secrets).await?;
        let shop = Shop::make(postgres.reveal_url(), "load").await?;
        let work = std::env::temp_dir().join(format!("treadline-load-{}", std::process::id()));
        fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
        let mut providers = ours(&work, "providers.log")?;
        providers.args(["load-providers", "--pace", pace.name()]);
        let (providers, told) = started(providers).await?;
        let told: Value = serde_json::from_str(&told)?;
        let base = format!("http://{}/v1", told["providers"].as_str().context("no address")?);
        let mut server = ours(&work, "serve.log")?;
        server.arg("serve").env("DATABASE_URL", &shop.url);
        for (name, value) in settings(&base, calls_max, &work) {
            server.env(format!("TREADLINE__{name}"), value);
        }
        let (server, told) = started(server).await?;
        // "treadline: AudioSocket on 127.0.0.1:40001, HTTP on http://127.0.0.1:40002"
        let address = told.split("AudioSocket on ").nth(1).and_then(|rest| rest.split(',').next());
        let audiosocket = address.context("the server tells no address")?.parse()?;
        Ok(Self { server, providers, shop, work, _postgres: postgres, audiosocket })
    }

    /// The server now.
    pub(super) fn server(&self) -> anyhow::Result<Look> {
        Look::at(self.server.id().context("the server is gone")?)
    }

    /// The providers now.
    pub(super) fn providers(&self) -> anyhow::Result<Look> {
        Look::at(self.providers.id().context("the providers are gone")?)
    }

    /// Ends them and drops the database.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.server.id().context("the server is gone")?.to_string();
        Command::new("kill").args(["-s", "TERM", &pid]).status().await?;
        let ended = timeout(STOP_MAX, self.server.wait()).await;
        let status = ended.context("the server does not end after SIGTERM")??;
        self.providers.kill().await?;
        if !status.success() {
            bail!("the server ended with {status}; see {}", self.work.display());
        }
        self.shop.drop_it().await?;
        Ok(fs::remove_dir_all(&self.work)?)
    }
}

/// What the measured server is told.
fn settings(base: &str, calls_max: usize, work: &Path) -> Vec<(&'static str, String)> {
    let wait = ENDPOINTING_MS.to_string();
    let many = "1000000".to_owned();
    let here = "127.0.0.1:0".to_owned();
    vec![
        ("DATABASE__DATA_DIR", work.join("data").display().to_string()),
        ("SERVER__LISTEN", here.clone()),
        ("SERVER__DRAIN_S", "5".into()),
        ("AUDIOSOCKET__LISTEN", here.clone()),
        ("WEBSOCKET__LISTEN", here),
        ("LOG__FILTER", "warn".into()),
        ("STT__PROVIDER", "openai".into()),
        ("STT__BASE_URL", base.into()),
        ("LLM__PROVIDER", "openai".into()),
        ("LLM__BASE_URL", base.into()),
        ("TTS__PROVIDER", "openai".into()),
        ("TTS__BASE_URL", base.into()),
        ("LIMITS__CALLS_MAX", calls_max.to_string()),
        ("LIMITS__CONNECTIONS_PER_ADDRESS_MAX", "2000".into()),
        ("LIMITS__COST__CALL_USD_MAX", "0".into()),
        ("LIMITS__COST__HOUR_USD_MAX", "0".into()),
        ("LIMITS__CALL__ENDPOINTING_MS", wait.clone()),
        ("LIMITS__CALL__ENDPOINTING_SLOW_MS", wait),
        ("TURN__ADAPTIVE", "false".into()),
        ("TURN__CONTINUATION_MS", "0".into()),
        ("LIMITS__CALL__BARGE_IN_MS", BARGE_IN_MS.to_string()),
        ("LIMITS__CALL__BAD_TURNS_MAX", many.clone()),
        ("LIMITS__CALL__TURNS_MAX", many),
    ]
}

fn ours(work: &Path, log: &str) -> anyhow::Result<Command> {
    let mut program = Command::new("/proc/self/exe");
    for (name, _) in std::env::vars_os() {
        // The shop's own configuration and secrets are not the measurement's.
        if is_ours(&name.to_string_lossy()) {
            program.env_remove(name);
        }
    }
    program
        .current_dir(work)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(work.join(log))?)
        .kill_on_drop(true);
    Ok(program)
}

/// Starts it and waits for its first line.
async fn started(mut program: Command) -> anyhow::Result<(Child, String)> {
    let mut child = program.spawn().context("the program cannot be started")?;
    let output = child.stdout.take().context("the program has no output")?;
    let mut lines = BufReader::new(output).lines();
    let first = timeout(START_MAX, lines.next_line()).await.context("it does not start")??;
    let first = first.context("it ended at its start")?;
    // A program whose reader is gone would end at its next line.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, first))
}
