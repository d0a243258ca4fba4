//! A whole agent in the test's process: real Postgres, real sockets, the program's own wiring;
//! only ears, brain faults and voice are scripted.

use super::database::{TestDb, fresh_database};
use super::fakes::{FakeBrain, FakeEars, FakeVoice, Fate, Speaking};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use treadline::app::{self, Line, Parts, Providers};
use treadline::caller::register::Dialplan;
use treadline::caller::signal::speech_like;
use treadline::caller::{Call, CallEnd, Caller, Login, Options, Over};
use treadline::clock::WallClock;
use treadline::config::{Config, Secrets};
use treadline::db::agreements::{self, Agreements};
use treadline::db::calls::{self, CallRecord};
use treadline::db::journal;
use treadline::ids::{CallId, TenantId};
use treadline::spool::tape_of;
use treadline::turn::{Fixture, Message};
use uuid::Uuid;

/// No wait is longer.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// The caller's voice in these tests, milliseconds an utterance.
const UTTERANCE_MS: u32 = 500;
/// A Monday at ten in Kyiv, when all stations are open.
pub const NOW: &str = "2026-11-23T08:00:00Z";
/// Of the ARI user, for agents that have an Asterisk.
pub const ARI_PASSWORD: &str = "an-ari-password";
pub const NUMBER: &str = "+380671234500";

/// What is special about an agent.
pub struct Setup {
    pub scripts: Vec<Vec<Fate>>,
    pub brain: Vec<Fate>,
    pub voice: Vec<Speaking>,
    pub ms_per_char: usize,
    pub configure: fn(&mut Config),
    /// Instead of the test's database.
    pub database_url: Option<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            scripts: Vec::new(),
            brain: Vec::new(),
            voice: Vec::new(),
            ms_per_char: 4,
            configure: |_| {},
            database_url: None,
        }
    }
}

/// Words that one caller says.
pub fn says(lines: &[&'static str]) -> Vec<Fate> {
    lines.iter().map(|line| Fate::Heard(line)).collect()
}

pub struct Agent {
    pub db: TestDb,
    pub parts: Arc<Parts>,
    pub line: Line,
    pub voice: Arc<FakeVoice>,
    /// The conversation as the brain was told it last.
    pub history: Arc<Mutex<Vec<Message>>>,
    pub dialplan: Dialplan,
    folder: PathBuf,
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Agent {
    /// `None` only if tests that need Postgres are skipped.
    pub async fn start(setup: Setup) -> Option<Self> {
        Self::start_with(setup, |_| {}).await
    }

    /// `change` may exchange shared parts before the first call.
    pub async fn start_with(setup: Setup, change: impl FnOnce(&mut Parts)) -> Option<Self> {
        let db = fresh_database().await?;
        let folder = std::env::temp_dir().join(format!("treadline-call-{}", Uuid::new_v4()));
        let mut config = Config::default();
        config.server.listen = "127.0.0.1:0".parse().expect("an address");
        config.audiosocket.listen = "127.0.0.1:0".parse().expect("an address");
        config.websocket.listen = "127.0.0.1:0".parse().expect("an address");
        config.database.data_dir = folder.clone();
        // All guests have one number.
        config.limits.calls_per_number_max = 1_000;
        config.limits.calls_per_number_hour_max = 1_000;
        (setup.configure)(&mut config);
        let url = setup.database_url.clone().unwrap_or_else(|| db.url.clone());
        let secrets = Secrets {
            database_url: Some(SecretString::from(url)),
            ari_password: Some(SecretString::from(ARI_PASSWORD)),
            ..Secrets::default()
        };
        let voice = Arc::new(FakeVoice {
            ms_per_char: setup.ms_per_char,
            faults: Mutex::new(setup.voice.into()),
            breaks_off_at: Mutex::default(),
            asked: Mutex::default(),
        });
        let (ears, tts) = (FakeEars::new(setup.scripts), Arc::clone(&voice));
        let history = Arc::<Mutex<Vec<Message>>>::default();
        let told = Arc::clone(&history);
        let clock = WallClock::starting_at(NOW.parse().expect("a time"));
        let mut parts = app::assemble_with(config, secrets, clock, |_, _, local| {
            let fates = Mutex::new(setup.brain.into());
            Ok(Providers {
                stt: ears,
                llm: Arc::new(FakeBrain { local, fates, history: told }),
                tts,
            })
        })
        .await
        .expect("the agent is made");
        change(&mut parts);
        let parts = Arc::new(parts);
        let line = app::listen(&parts, None).await.expect("the line is open");
        let dialplan = Dialplan::new(&format!("http://{}", line.http), None).expect("a client");
        Some(Self { db, parts, line, voice, history, dialplan, folder })
    }

    /// A call that the dialplan announces.
    pub async fn call(&self, data: Value) -> Guest {
        self.call_as(Uuid::new_v4(), data).await
    }

    pub async fn call_as(&self, id: Uuid, data: Value) -> Guest {
        let registered = self.dialplan.register(id, Some(NUMBER), Some("0800"), &data).await;
        registered.expect("the call is announced");
        Guest { call: self.dial(id).await }
    }

    /// The same as Asterisk's `chan_websocket` brings it.
    pub async fn call_over_websocket(&self, data: Value) -> Guest {
        let id = Uuid::new_v4();
        let registered = self.dialplan.register(id, Some(NUMBER), Some("0800"), &data).await;
        registered.expect("the call is announced");
        let over = Over::WebSocket(Login::default());
        let options = Options { id, over, quiet_ms: 400, ..Options::new(self.line.websocket) };
        Guest { call: Caller::dial(options).await.expect("the line answers") }
    }

    /// The bare connection.
    pub async fn dial(&self, id: Uuid) -> Call {
        let options = Options { id, quiet_ms: 400, ..Options::new(self.line.audiosocket) };
        Caller::dial(options).await.expect("the line answers")
    }

    pub async fn next(&self, id: Uuid) -> String {
        self.dialplan.next(id).await.expect("the dialplan is answered")
    }

    /// A call as the database has it, once the log has arrived.
    pub async fn rows(&self, id: Uuid) -> (CallRecord, Agreements) {
        assert!(self.parts.flush_log().await, "the log does not reach the database");
        self.replays(CallId(id)).await;
        self.rows_of_broken(id).await
    }

    /// The same of a call that broke while its journal was written: a record is missing, so that it
    /// cannot be replayed.
    pub async fn rows_of_broken(&self, id: Uuid) -> (CallRecord, Agreements) {
        assert!(self.parts.flush_log().await, "the log does not reach the database");
        let call = CallId(id);
        let record = calls::load(&self.db.pool, TenantId::DEFAULT, call).await;
        let agreed = agreements::of_call(&self.db.pool, TenantId::DEFAULT, call).await;
        let record = record.expect("it can be read").expect("the call is in the database");
        (record, agreed.expect("they can be read"))
    }

    /// Whatever a test is about: the journal of its call replays to the same effects.
    /// `TREADLINE_KEEP_FIXTURES=DIR` keeps it as a fixture, named after the test.
    async fn replays(&self, call: CallId) {
        let entries = journal::load(&self.db.pool, TenantId::DEFAULT, call).await;
        let tape = tape_of(&entries.expect("it can be read")).expect("a journal");
        if let Err(difference) = tape.check() {
            panic!("the journal of the call does not replay: {difference}");
        }
        if let Ok(folder) = std::env::var("TREADLINE_KEEP_FIXTURES") {
            let name = std::thread::current().name().unwrap_or("call").replace("::", "-");
            let text = Fixture::of(&tape).and_then(|fixture| fixture.to_text()).expect("a fixture");
            std::fs::write(format!("{folder}/{name}.json"), text).expect("kept");
        }
    }

    /// The value of a metric, summed over its labels.
    pub fn metric(&self, name: &str) -> f64 {
        let page = self.parts.metrics.render();
        let lines = page.lines().filter(|line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']))
        });
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }
}

/// A caller on the line.
pub struct Guest {
    pub call: Call,
}

impl Guest {
    pub fn id(&self) -> Uuid {
        self.call.id()
    }

    /// Listens to the greeting.
    pub async fn is_greeted(&self) {
        assert!(
            self.call.wait_until_quiet(PATIENCE).await,
            "no greeting: {:?}",
            self.call.report()
        );
    }

    /// Presses keys, one after the other.
    pub fn types(&self, keys: &str) {
        keys.chars().for_each(|key| self.call.press(key));
    }

    pub fn speak(&self, name: &str) {
        self.call.say(name, &speech_like(8_000, UTTERANCE_MS));
    }

    /// Says something and listens to the answer; milliseconds to its first sound.
    pub async fn say(&self, name: &str) -> u64 {
        self.speak(name);
        let answered = self.call.wait_until_quiet(PATIENCE).await;
        let report = self.call.report();
        assert!(answered || report.end.is_some(), "no answer to {name:?}: {report:?}");
        let turn = report.turns.last().expect("a turn");
        turn.first_audio_ms.unwrap_or_else(|| panic!("no answer to {name:?}: {report:?}"))
    }

    /// Waits for the end, which must be a hand-back.
    pub async fn is_handed_back(&self) {
        let end = self.call.wait_for_end(PATIENCE).await;
        assert_eq!(end, Some(CallEnd::HandedBack), "{:?}", self.call.report());
    }
}

/// What marks a call as a test.
pub fn test() -> Value {
    json!({ "origin": "test" })
}

/// Waits until `done`; a bounded wait on a condition.
pub async fn until<F: Future<Output = bool>>(what: &str, mut done: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !done().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
