//! A whole line: Asterisk, the program as a shop runs it, Postgres, and scripted ears and voice.

use crate::database::{TestDb, fresh_database};
use crate::pbx::{Pbx, Ports, skipped, until};
use crate::phone::{Call, Codec, Manner, PATIENCE, Phone};
use crate::program::Folder;
use crate::studio::Studio;
use sqlx::AssertSqlSafe;
use std::fs::File;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::time::{Instant, sleep, timeout};

pub const NUMBER: &str = "+380671234500";

/// What is not about us: what Asterisk writes when a caller of `AudioSocket()` hangs up, by the moment
/// in which he does (callers have no other way to do it), and what it has to say about telephones
/// whose hanging up crosses its answer or its music, and about a machine that is busy.
const NOT_OURS: [&str; 9] = [
    "app_audiosocket.c: Failed to receive frame from channel",
    "app_audiosocket.c: Failed to forward frame from AudioSocket server",
    "res_audiosocket.c: Failed to start autoservice",
    "res_audiosocket.c: Failed to stop autoservice",
    " chan_pjsip.c: ",
    " res_pjsip",
    " res_rtp_asterisk.c: ",
    " taskprocessor.c: ",
    " res_musiconhold.c: Failed to write frame",
];

pub struct Line {
    pub pbx: Pbx,
    pub studio: Studio,
    pub db: TestDb,
    pub operator: Phone,
    folder: Folder,
    program: Option<Child>,
    /// Warnings of Asterisk that are expected: each holds one of these.
    expected: Vec<&'static str>,
}

impl Line {
    /// `None` only if the tests that need Asterisk or Postgres are skipped.
    pub async fn open(lowest_hz: u32, ms_per_char: u32) -> Option<Self> {
        Self::open_with(lowest_hz, ms_per_char, "").await
    }

    /// The same with settings of the test's own, as `config.local.toml` has them; `{ari}` is where
    /// Asterisk's HTTP server is, `{ari_out}` where Asterisk opens the ARI connection to instead.
    pub async fn open_with(lowest_hz: u32, ms_per_char: u32, settings: &str) -> Option<Self> {
        if skipped() {
            return None;
        }
        let db = fresh_database().await?;
        let ports = Ports::free();
        let ports = if settings.contains("{ari_out}") { ports.with_ari_out() } else { ports };
        let folder = Folder::with_database(&db.url);
        let ari = format!("http://127.0.0.1:{}", ports.ari);
        let ari_out = format!("127.0.0.1:{}", ports.ari_out.unwrap_or_default());
        let settings = settings.replace("{ari}", &ari).replace("{ari_out}", &ari_out);
        folder.write("config.local.toml", &settings);
        let studio = Studio::open(lowest_hz, ms_per_char).await;
        let pbx = Pbx::start(ports).await;
        let operator = Phone::operator(ports.operator, ports.sip, Manner::Answers).await;
        let mut line =
            Self { pbx, studio, db, operator, folder, program: None, expected: NOT_OURS.to_vec() };
        line.start_program().await;
        Some(line)
    }

    pub async fn start_program(&mut self) {
        let ports = self.pbx.ports;
        let here = |port: u16| format!("127.0.0.1:{port}");
        let log = File::options().create(true).append(true).open(self.pbx.program_log());
        let mut program = self.folder.program(&["serve"]);
        program
            .stderr(log.expect("a log"))
            .envs(self.pbx.secrets())
            .env("TREADLINE_ORIGIN", "test")
            .env("TREADLINE__SERVER__LISTEN", here(ports.server))
            .env("TREADLINE__AUDIOSOCKET__LISTEN", here(ports.audio))
            .env("TREADLINE__WEBSOCKET__LISTEN", here(ports.media))
            .env("TREADLINE__STT__PROVIDER", "openai")
            .env("TREADLINE__STT__BASE_URL", &self.studio.base)
            .env("TREADLINE__TTS__PROVIDER", "openai")
            .env("TREADLINE__TTS__PREPARE_PHRASES", "false")
            .env("TREADLINE__TTS__BASE_URL", &self.studio.base)
            .env("TREADLINE__SERVER__DRAIN_S", "5");
        let mut child = program.spawn().expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let line = timeout(PATIENCE, output.next_line()).await.expect("in time").expect("text");
        assert!(line.is_some_and(|line| line.starts_with("treadline: ")), "it does not start");
        self.program = Some(child);
        until("the program can serve calls", async || self.is_ready().await).await;
    }

    /// SIGKILL, as the kernel does when memory is out.
    pub async fn kill_program(&mut self) {
        self.program.take().expect("it runs").kill().await.expect("it is killed");
    }

    /// A signal, by its name for `kill`.
    pub async fn signal(&self, signal: &str) {
        let program = self.program.as_ref().expect("it runs");
        let pid = program.id().expect("it runs").to_string();
        let sent = tokio::process::Command::new("kill").args(["-s", signal, &pid]).status().await;
        assert!(sent.expect("kill runs").success());
    }

    /// Warnings with this in them are what the test wants to see.
    pub fn expects_warnings(&mut self, part: &'static str) {
        self.expected.push(part);
    }

    pub async fn caller(&self, codec: Codec) -> Phone {
        Phone::caller(self.pbx.ports.sip, codec).await
    }

    async fn page(&self, path: &str) -> Option<String> {
        let url = format!("http://127.0.0.1:{}{path}", self.pbx.ports.server);
        let answer = reqwest::get(url).await.ok()?.error_for_status().ok()?;
        answer.text().await.ok()
    }

    /// The program has no call.
    pub async fn is_idle(&self) -> bool {
        let metrics = self.page("/metrics").await.unwrap_or_default();
        metrics.lines().any(|line| line == "treadline_active_calls 0")
    }

    /// The program can serve a call, by every way that it is told to.
    pub async fn is_ready(&self) -> bool {
        let Some(text) = self.page("/ready").await else { return false };
        // Asterisk is missed only after a while: for a call it must be there.
        !text.contains("connecting")
    }

    /// How the log has the call of `called`; waits for it.
    pub async fn outcome(&self, called: &str) -> String {
        let sql = format!(
            "select outcome from calls where outcome is not null and called_number = '{called}'"
        );
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut owner = self.db.owner().await;
            let found: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql.clone()))
                .fetch_optional(&mut owner)
                .await
                .expect("asked");
            if let Some(outcome) = found {
                return outcome;
            }
            assert!(Instant::now() < deadline, "no call to {called} is in the log");
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// The log says that the caller of `called` hung up. Without ARI nobody says so: Asterisk closes
    /// the connection, and if it had not read all of it that looks like a broken one.
    pub async fn caller_left(&self, called: &str) {
        let outcome = self.outcome(called).await;
        let told = ["1003", "1004"].contains(&called);
        assert!(outcome == "abandoned" || !told && outcome == "leg_lost", "{outcome}");
    }

    /// Every call that the log has ended so.
    pub async fn all_ended(&self, outcome: &str) {
        let sql = "select count(*) filter (where outcome = $1), count(*) from calls";
        until("every call is in the log", async || {
            let mut owner = self.db.owner().await;
            let counted: (i64, i64) =
                sqlx::query_as(sql).bind(outcome).fetch_one(&mut owner).await.expect("asked");
            counted.0 > 0 && counted.0 == counted.1
        })
        .await;
    }

    /// Nothing is left of any call, on either side.
    pub async fn is_clean(&self) {
        self.pbx.has_no_calls().await;
        if self.program.is_some() {
            until("no call is live", async || self.is_idle().await).await;
            assert!(self.page("/ready").await.is_some(), "it is ready");
        }
        until("no connection of a call is left", async || {
            !connected(self.pbx.ports.audio) && !connected(self.pbx.ports.media)
        })
        .await;
    }

    /// The end of a test: nothing left, no warning of ours, and the program ends well.
    pub async fn close(mut self) {
        self.is_clean().await;
        let warnings = self.pbx.warnings();
        let ours =
            warnings.iter().filter(|line| !self.expected.iter().any(|part| line.contains(part)));
        assert_eq!(ours.collect::<Vec<_>>(), Vec::<&String>::new(), "Asterisk's log");
        if self.program.is_some() {
            self.signal("TERM").await;
        }
        if let Some(mut program) = self.program.take() {
            let ended = timeout(PATIENCE, program.wait()).await.expect("in time").expect("it ends");
            assert_eq!(ended.code(), Some(0));
        }
    }
}

/// Whether a connection to this port of ours is established, by the kernel's own list.
fn connected(port: u16) -> bool {
    const ESTABLISHED: &str = "01";
    let table = std::fs::read_to_string("/proc/net/tcp").expect("Linux");
    let here = format!("{:08X}:{port:04X}", u32::from(Ipv4Addr::LOCALHOST).swap_bytes());
    table.lines().skip(1).any(|line| {
        let mut fields = line.split_whitespace().skip(1);
        fields.next() == Some(&here) && fields.nth(1) == Some(ESTABLISHED)
    })
}

/// Silence that tells a caller that the agent waits for him.
const PAUSE_MS: usize = 300;

/// Waits until a caller has heard the greeting to its end. It is not the same for everybody.
pub async fn greeted(line: &Line, call: &Call) {
    call.answered().await;
    let whole = || {
        let heard = call.heard();
        line.studio.sentences().into_iter().any(|(text, hz)| {
            // Its beginning may pass before the sound has its way; tests of the ways judge that.
            let least = u128::from(line.studio.ms_of(&text) / 10 * 9);
            // And it is over: who speaks at once would speak over its end.
            let over = heard.runs(hz).last().is_some_and(|run| run.end + PAUSE_MS <= heard.ms());
            text.contains("How can I help") && heard.sounds(hz).as_millis() >= least && over
        })
    };
    let story = || line.studio.story(&call.heard());
    call.eventually_or("the greeting is heard", whole, story).await;
}

/// Whether anybody listens there.
pub async fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok()
}
