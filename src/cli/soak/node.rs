//! The program that a soak runs: everything that `treadline serve` is (line, log, jobs, HTTP,
//! drain), with a door for typed calls beside the telephone's, and a clock that can be set.

use crate::app::{self, Parts, Voices};
use crate::cli::out;
use crate::clock::WallClock;
use crate::config::{Config, Secrets};
use crate::ids::CallId;
use crate::language::Language;
use crate::session::{EventSender, Listening, Opening, Session, TextMedium, Watcher, type_line};
use crate::turn::{Effect, Event};
use chrono::TimeDelta;
use dashmap::DashMap;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Time for farewells when the drain is over, as on the telephone.
const FAREWELL: Duration = Duration::from_secs(8);

/// `treadline soak-node`
#[derive(Debug, Clone, clap::Args)]
pub struct NodeArgs {
    /// Where typed calls come in.
    #[arg(long, default_value = "127.0.0.1:0")]
    door: SocketAddr,
}

/// The first line of a connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wish {
    /// A typed call.
    Call { id: Uuid, caller: String },
    /// How the program is.
    Status,
    /// The wall clock jumps, seconds.
    Clock(i64),
}

struct Door {
    parts: Arc<Parts>,
    clock: WallClock,
    calls: TaskTracker,
    talks: DashMap<Uuid, EventSender>,
}

/// Serves until SIGTERM, as `treadline serve` does.
///
/// # Errors
/// What cannot be started.
pub async fn run(mut config: Config, secrets: Secrets, args: NodeArgs) -> anyhow::Result<()> {
    let mut stop = signal(SignalKind::terminate())?;
    let call = &mut config.limits.call;
    // A typed line is a finished turn: there is no pause to wait for.
    (call.endpointing_ms, call.endpointing_slow_ms, call.transcribe_early_ms) = (1, 1, 0);
    let drain = Duration::from_secs(config.server.drain_s);
    let call_secret = secrets.call_secret.clone();
    let clock = WallClock::system();
    let parts = app::assemble_at(config, secrets, Voices::Silent, clock.clone()).await?;
    let parts = Arc::new(parts);
    let line = app::listen(&parts, call_secret).await?;
    let listener = TcpListener::bind(args.door).await?;
    let (calls, talks) = (TaskTracker::new(), DashMap::new());
    let door = Arc::new(Door { parts: Arc::clone(&parts), clock, calls, talks });
    out::line(json!({ "door": listener.local_addr()? }));
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((socket, _)) = accepted else { continue };
                let door = Arc::clone(&door);
                tokio::spawn(async move {
                    if let Err(error) = door.open(socket).await {
                        tracing::debug!(%error, "a typed connection broke");
                    }
                });
            }
            _ = stop.recv() => break,
        }
    }
    drop(listener);
    door.drain(drain).await;
    line.stop_unless(drain, async { stop.recv().await.unwrap_or_default() }).await;
    parts.close().await;
    Ok(())
}

impl Door {
    async fn open(self: Arc<Self>, socket: TcpStream) -> anyhow::Result<()> {
        socket.set_nodelay(true)?;
        let (from, mut to) = socket.into_split();
        let mut lines = BufReader::new(from).lines();
        let Some(wish) = lines.next_line().await? else { return Ok(()) };
        match serde_json::from_str(&wish)? {
            Wish::Status => write(&mut to, &self.status()).await?,
            Wish::Clock(seconds) => {
                self.clock.set(self.clock.now() + TimeDelta::seconds(seconds));
                write(&mut to, &self.status()).await?;
            }
            Wish::Call { id, caller } => {
                let door = Arc::clone(&self);
                let talk = async move { door.talk(id, caller, lines, to).await };
                self.calls.spawn(talk).await?;
            }
        }
        Ok(())
    }

    fn status(&self) -> Value {
        json!({
            "calls": self.talks.len(),
            "tasks": Handle::current().metrics().num_alive_tasks(),
            "clock": self.clock.now(),
        })
    }

    /// One call, from the first word to the last note. A caller who is gone has hung up.
    async fn talk(
        &self,
        id: Uuid,
        caller: String,
        lines: Lines<BufReader<OwnedReadHalf>>,
        to: OwnedWriteHalf,
    ) {
        let opening = Opening {
            call: CallId(id),
            channel: "chat",
            origin: "live".into(),
            caller: Some(caller),
            called: None,
            asterisk_channel: None,
            language: Some(Language::En),
            data: Value::Null,
            line: None,
        };
        let (said, mut heard) = mpsc::unbounded_channel();
        let typed = Arc::new(Mutex::new(String::new()));
        let place = Arc::clone(&typed);
        let session = Session::open(Arc::clone(&self.parts.services), &opening, |events, _| {
            TextMedium::new(events, said, place)
        })
        .await;
        self.talks.insert(id, session.sender());
        // What is said comes from the watcher, in order with everything else.
        let unread = tokio::spawn(async move { while heard.recv().await.is_some() {} });
        let reader = tokio::spawn(read(session.sender(), typed, lines));
        let (tell, told) = mpsc::unbounded_channel();
        let writer = tokio::spawn(carry(told, to));
        let mut teller = Teller { tell, listening: Listening::default(), told: false };
        let (ending, medium) = session.run(&mut teller, |_| {}).await;
        self.talks.remove(&id);
        teller.say(json!({ "end": ending.outcome }));
        drop((teller, medium));
        let _ = writer.await;
        reader.abort();
        let _ = unread.await;
    }

    /// Calls may end by themselves for so long; then they hear a farewell.
    async fn drain(&self, drain: Duration) {
        self.calls.close();
        if timeout(drain, self.calls.wait()).await.is_err() {
            let talks: Vec<EventSender> = self.talks.iter().map(|t| t.value().clone()).collect();
            for talk in talks {
                let _ = talk.send(Event::Shutdown).await;
            }
            let _ = timeout(FAREWELL, self.calls.wait()).await;
        }
    }
}

async fn read(
    events: EventSender,
    typed: Arc<Mutex<String>>,
    mut lines: Lines<BufReader<OwnedReadHalf>>,
) {
    while let Ok(Some(line)) = lines.next_line().await {
        if type_line(&events, &typed, line).await.is_err() {
            return;
        }
    }
    let _ = events.send(Event::LegLost { orderly: true }).await;
}

async fn carry(mut told: mpsc::UnboundedReceiver<Value>, mut to: OwnedWriteHalf) {
    while let Some(value) = told.recv().await {
        if write(&mut to, &value).await.is_err() {
            return;
        }
    }
}

async fn write(to: &mut OwnedWriteHalf, value: &Value) -> std::io::Result<()> {
    to.write_all(format!("{value}\n").as_bytes()).await
}

/// Tells the caller what the agent says, and when it listens.
struct Teller {
    tell: mpsc::UnboundedSender<Value>,
    listening: Listening,
    told: bool,
}

impl Teller {
    fn say(&self, value: Value) {
        // A caller who has gone hears nothing.
        let _ = self.tell.send(value);
    }
}

impl Watcher for Teller {
    fn effect(&mut self, effect: &Effect) {
        self.told = false;
        self.listening.effect(effect);
        if let Effect::Say { text, .. } = effect {
            self.say(json!({ "agent": text }));
        }
    }

    fn event(&mut self, event: &Event) {
        self.told = false;
        self.listening.event(event);
    }

    fn waiting(&mut self) {
        if self.listening.is_idle() && !self.told {
            self.told = true;
            self.say(json!({ "listening": true }));
        }
    }
}
