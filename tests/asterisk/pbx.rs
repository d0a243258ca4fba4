//! A real Asterisk of the test's own: `asterisk/up` on ports that nobody else has.

use crate::phone::PATIENCE;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::time::{Instant, sleep, timeout};

/// Below the ports that the system gives away by itself.
const PORTS_FROM: u16 = 10_000;
const BLOCKS: u16 = 900;
/// Blocks that this process has asked for.
static BLOCKS_TAKEN: AtomicU16 = AtomicU16::new(0);

/// True if the tests that need Asterisk are to be skipped; says so.
pub fn skipped() -> bool {
    let skip = std::env::var("TREADLINE_SKIP").unwrap_or_default();
    if !skip.split(',').any(|what| what.trim() == "asterisk") {
        return false;
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "TREADLINE_SKIP=asterisk is refused when CI=true"
    );
    eprintln!("SKIPPED: THIS TEST NEEDS ASTERISK AND TREADLINE_SKIP NAMES IT");
    true
}

/// Where everything of one test listens.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub sip: u16,
    pub ari: u16,
    pub operator: u16,
    pub audio: u16,
    pub server: u16,
    pub media: u16,
}

impl Ports {
    pub fn free() -> Self {
        let start = (std::process::id() as u16).wrapping_mul(37);
        loop {
            let block = start.wrapping_add(BLOCKS_TAKEN.fetch_add(1, Ordering::Relaxed)) % BLOCKS;
            let first = PORTS_FROM + block * 10;
            let ports = Self {
                sip: first,
                ari: first + 1,
                operator: first + 2,
                audio: first + 3,
                server: first + 4,
                media: first + 5,
            };
            if (first..first + 6).all(is_free) {
                return ports;
            }
        }
    }

    /// A hundred ports, for fifty calls; Asterisk looks further if one is taken.
    fn rtp(self) -> String {
        let first = 20_000 + (self.sip - PORTS_FROM);
        format!("{first}-{}", first + 99)
    }
}

fn is_free(port: u16) -> bool {
    let address = (Ipv4Addr::LOCALHOST, port);
    UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok()
}

pub struct Pbx {
    pub ports: Ports,
    run: PathBuf,
}

impl Drop for Pbx {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the program's log ---\n{}", tail(&self.program_log(), 60));
            eprintln!("--- Asterisk's log ---\n{}", tail(&self.run.join("var/log/full"), 150));
        }
        let _ = script(&self.run, self.ports, "down", &[]).output();
        let _ = std::fs::remove_dir_all(&self.run);
    }
}

/// The last lines of a file.
fn tail(path: &Path, lines: usize) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let all: Vec<&str> = text.lines().filter(|line| !line.contains("periodic_hook")).collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn script(run: &Path, ports: Ports, name: &str, args: &[&str]) -> Command {
    let mut command =
        Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("asterisk").join(name));
    command
        .args(args)
        .env("TREADLINE_ASTERISK_RUN", run)
        .env("TREADLINE_ASTERISK_SIP_PORT", ports.sip.to_string())
        .env("TREADLINE_ASTERISK_HTTP_PORT", ports.ari.to_string())
        .env("TREADLINE_ASTERISK_RTP_PORTS", ports.rtp())
        .env("TREADLINE_ASTERISK_OPERATOR_PORT", ports.operator.to_string())
        .env("TREADLINE_ASTERISK_AUDIO_PORT", ports.audio.to_string())
        .env("TREADLINE_ASTERISK_SERVER_PORT", ports.server.to_string())
        .env("TREADLINE_ASTERISK_MEDIA_PORT", ports.media.to_string())
        .env_remove("TREADLINE_ASTERISK_ARI_OUT_PORT")
        .env("TREADLINE_ASTERISK_PID", std::process::id().to_string());
    command
}

impl Pbx {
    pub async fn start(ports: Ports) -> Self {
        let name = format!("treadline-asterisk-{}", uuid::Uuid::new_v4().simple());
        let pbx = Self { ports, run: std::env::temp_dir().join(name) };
        pbx.up().await;
        pbx
    }

    async fn script(&self, name: &str, args: &[&str]) -> Output {
        let mut command = tokio::process::Command::from(script(&self.run, self.ports, name, args));
        let output = timeout(PATIENCE, command.output()).await;
        output.unwrap_or_else(|_| panic!("asterisk/{name} does not end")).expect("it runs")
    }

    /// Starts it, also again after it was killed.
    pub async fn up(&self) {
        let output = self.script("up", &[]).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "asterisk/up: {said}");
    }

    /// A command at its console.
    pub async fn cli(&self, command: &str) -> String {
        let output = self.script("cli", &[command]).await;
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub async fn kill(&self) {
        let pid = std::fs::read_to_string(self.run.join("var/run/asterisk.pid")).expect("it runs");
        let killed =
            tokio::process::Command::new("kill").args(["-KILL", pid.trim()]).status().await;
        assert!(killed.expect("kill runs").success());
        let process = Path::new("/proc").join(pid.trim());
        until("Asterisk is gone", async || !process.exists()).await;
    }

    /// Its secrets, as `treadline serve` gets them.
    pub fn secrets(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.run.join("treadline.env")).expect("secrets");
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Where the program writes its log during the test.
    pub fn program_log(&self) -> PathBuf {
        self.run.join("program.log")
    }

    /// A folder of its spool: voicemail, recordings.
    pub fn spool(&self, path: &str) -> PathBuf {
        self.run.join("var/spool").join(path)
    }

    /// Warnings and errors since it was made.
    pub fn warnings(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.run.join("var/log/messages")).unwrap_or_default();
        let ours = |line: &&str| line.contains("WARNING[") || line.contains("ERROR[");
        text.lines().filter(ours).map(str::to_owned).collect()
    }

    pub async fn has_no_calls(&self) {
        let none = async || {
            self.cli("core show channels count").await.contains("0 active channels")
                && self
                    .cli("bridge show all")
                    .await
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .count()
                    <= 1
        };
        until("Asterisk has no channels and no bridges", none).await;
    }
}

/// Waits until `done`; a bounded wait on a condition.
pub async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(std::time::Duration::from_millis(100)).await;
    }
}
