//! Debian's Chromium, started for one test and driven over its own debugging protocol. Plain JSON
//! over a WebSocket: messages that a newer version invents are passed over, not tripped over.

use super::page::Page;
use reqwest::Client;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// No wait is longer, on a machine however busy.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// What every picture and measure depends on is said here; what a browser does in the background
/// is turned off, and no name is looked up: a request to elsewhere fails and is seen.
const FLAGS: &[&str] = &[
    "--headless=new",
    // Chromium refuses to run as root with its sandbox; it sees pages of ours only.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
];

/// A running browser with a profile of its own; both are gone at the end of the test.
pub struct Chromium {
    child: Child,
    profile: PathBuf,
    port: u16,
    client: Client,
}

/// True if the tests that need a browser are to be skipped; says so.
pub fn skipped() -> bool {
    let skip = std::env::var("TREADLINE_SKIP").unwrap_or_default();
    if !skip.split(',').any(|what| what.trim() == "browser") {
        return false;
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "TREADLINE_SKIP=browser is refused when CI=true"
    );
    eprintln!("SKIPPED: THIS TEST NEEDS A BROWSER AND TREADLINE_SKIP NAMES IT");
    true
}

impl Chromium {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Somebody with a microphone that hears `recording` once, from its first use on.
    pub async fn with_microphone(recording: &Path) -> Self {
        let file =
            format!("--use-file-for-fake-audio-capture={}%noloop", recording.to_string_lossy());
        Self::start_with(&[
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            &file,
        ])
        .await
    }

    async fn start_with(more: &[&str]) -> Self {
        let profile = std::env::temp_dir().join(format!("treadline-browser-{}", Uuid::new_v4()));
        std::fs::create_dir_all(&profile).expect("a folder");
        let errors = std::fs::File::create(profile.join("errors.txt")).expect("a file");
        let child = Command::new("chromium")
            .args(FLAGS)
            .args(more)
            .arg(format!("--user-data-dir={}", profile.to_string_lossy()))
            .arg("about:blank")
            .env("HOME", &profile)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "no chromium here ({error}): `make test` installs it, or leave these tests \
                     out with TREADLINE_SKIP=browser"
                )
            });
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        let mut browser = Self { child, profile, port: 0, client };
        browser.port = browser.its_port().await;
        browser
    }

    /// It chooses a free port and writes it into its profile.
    async fn its_port(&mut self) -> u16 {
        let file = self.profile.join("DevToolsActivePort");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            // The second line is written after the first.
            if let Some((port, _)) = text.split_once('\n') {
                return port.parse().expect("a port");
            }
            let over = self.child.try_wait().expect("its state");
            assert!(over.is_none() && Instant::now() < deadline, "{over:?}: {}", self.errors());
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn errors(&self) -> String {
        std::fs::read_to_string(self.profile.join("errors.txt")).unwrap_or_default()
    }

    /// A new tab, on pages of `base` (`http://127.0.0.1:8080`).
    pub async fn page(&self, base: &str) -> Page {
        let made = format!("http://127.0.0.1:{}/json/new?about:blank", self.port);
        let answer = self.client.put(made).send().await.expect("the browser answers");
        let made: Value = answer.json().await.expect("JSON");
        let address = made["webSocketDebuggerUrl"].as_str().expect("an address");
        Page::connect(address, base).await
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
