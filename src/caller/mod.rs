//! The virtual caller: a strict peer that behaves as Asterisk does, over AudioSocket or as
//! `chan_websocket`.
//!
//! It is what `treadline call` and the demo speak through, what the tests hold the server
//! against, and what the load generator multiplies. It sends one frame every 20 ms, judges every
//! byte that comes back, and measures what a caller would hear by its own clock.

pub mod decisions;
pub mod hearing;
mod held;
pub mod load;
pub mod register;
pub mod report;
pub mod script;
pub mod signal;
pub mod wav;
mod wire;

pub use held::Login;
pub use report::{CallEnd, Report, Turn};

use crate::asterisk::audiosocket::frame::{encode_id, kind_of_rate};
use anyhow::{Context as _, ensure};
use decisions::{SentFrame, Trace};
use hearing::Hearing;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// Time for the TCP connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Speech that lasts so long after ours has taken no notice of it.
const TALKED_DOWN: Duration = Duration::from_secs(1);

/// What carries a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Over {
    /// AudioSocket: what arrives is heard when it arrives.
    #[default]
    AudioSocket,
    /// `chan_websocket`: Asterisk's queue and Asterisk's clock.
    WebSocket(Login),
}

/// How a caller behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server's address.
    pub to: SocketAddr,
    /// What is spoken there.
    pub over: Over,
    /// The UUID to give.
    pub id: Uuid,
    /// Samples a second to speak in; one that AudioSocket has a kind for.
    pub rate: u32,
    /// Silence after which the other side counts as finished, milliseconds.
    pub quiet_ms: u64,
    /// Keep what was heard for [`Call::heard`].
    pub record: bool,
    /// Keep all that was sent and when, for [`Report::trace`].
    pub trace: bool,
}

impl Options {
    /// A caller at 8 kHz with a fresh UUID, as the `AudioSocket()` application makes it.
    #[must_use]
    pub fn new(to: SocketAddr) -> Self {
        Self {
            to,
            over: Over::AudioSocket,
            id: Uuid::new_v4(),
            rate: 8_000,
            quiet_ms: 700,
            record: false,
            trace: false,
        }
    }
}

/// Places calls.
#[derive(Debug)]
pub struct Caller;

impl Caller {
    /// Connects, gives the UUID and begins to send silence.
    ///
    /// # Errors
    /// The rate has no kind, or nobody answers.
    pub async fn dial(options: Options) -> anyhow::Result<Call> {
        ensure!(
            kind_of_rate(options.rate).is_some(),
            "neither AudioSocket nor chan_websocket carries {} samples a second",
            options.rate
        );
        let connecting = timeout(CONNECT_MAX, TcpStream::connect(options.to)).await;
        let mut socket = connecting
            .context("the server does not answer")
            .and_then(|result| result.map_err(Into::into))
            .with_context(|| format!("cannot connect to {}; is the server running?", options.to))?;
        socket.set_nodelay(true)?;
        let held = match &options.over {
            Over::AudioSocket => {
                let id = encode_id(options.id);
                socket.write_all(&id).await.context("cannot give the UUID")?;
                Err(socket)
            }
            Over::WebSocket(login) => Ok(held::open(socket, &options, login).await?),
        };
        let shared = Arc::new(Shared {
            began: Instant::now(),
            state: Mutex::new(State::new(&options)),
            changed: Notify::new(),
        });
        let stop = CancellationToken::new();
        let (there, rate) = (Arc::clone(&shared), options.rate);
        match held {
            Ok(held) => tokio::spawn(held::run(held, there, rate, stop.clone())),
            Err(socket) => tokio::spawn(wire::run(socket, there, rate, stop.clone())),
        };
        Ok(Call { shared, options, stop: stop.drop_guard() })
    }
}

/// What the caller and its wire share.
#[derive(Debug)]
struct Shared {
    /// When the UUID was sent: zero of all times.
    began: Instant,
    state: Mutex<State>,
    /// Told of every frame and of the end.
    changed: Notify,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }
}

#[derive(Debug)]
struct State {
    rate: u32,
    /// Samples still to be sent.
    outgoing: VecDeque<i16>,
    keys: VecDeque<char>,
    hearing: Hearing,
    recording: Option<Vec<i16>>,
    sent: Option<Vec<SentFrame>>,
    turns: Vec<Turn>,
    end: Option<CallEnd>,
    /// How late our own frames left at worst.
    own_late_max: Duration,
}

impl State {
    fn new(options: &Options) -> Self {
        Self {
            rate: options.rate,
            outgoing: VecDeque::new(),
            keys: VecDeque::new(),
            hearing: Hearing::new(options.rate),
            recording: options.record.then(Vec::new),
            sent: options.trace.then(Vec::new),
            turns: vec![Turn::opening()],
            end: None,
            own_late_max: Duration::ZERO,
        }
    }

    /// Whether the other side has spoken since we last did, and been quiet for `quiet`.
    fn is_quiet(&self, now: Duration, quiet: Duration) -> bool {
        let since = self.turns.last().and_then(|turn| turn.voiced_until).unwrap_or_default();
        self.outgoing.is_empty()
            && self.hearing.runs().last().is_some_and(|run| {
                // Speech that began before our last word is no answer to it, unless it goes on so
                // long that the other side must have talked us down.
                let answers = run.began_at >= since || run.last_at >= since + TALKED_DOWN;
                answers && now >= run.last_at + quiet
            })
    }
}

/// A call that is under way. Dropping it hangs up.
#[derive(Debug)]
pub struct Call {
    shared: Arc<Shared>,
    options: Options,
    stop: DropGuard,
}

impl Call {
    /// The UUID of the call.
    pub const fn id(&self) -> Uuid {
        self.options.id
    }

    /// The zero of all times of the report.
    pub fn began(&self) -> Instant {
        self.shared.began
    }

    /// Begins to say `samples` (at the call's rate) and returns at once; a turn of the report.
    pub fn say(&self, name: &str, samples: &[i16]) {
        let now = self.shared.now();
        let mut state = self.shared.state();
        let interrupts = state.hearing.speaks_at(now);
        state.outgoing.extend(samples);
        state.turns.push(Turn::saying(name, now, interrupts));
    }

    /// Presses a key; sent as Asterisk does when it is released.
    pub fn press(&self, key: char) {
        self.shared.state().keys.push_back(key);
    }

    /// Waits until everything said has been sent. `false`: not in time, or the call ended.
    pub async fn said(&self, patience: Duration) -> bool {
        self.wait(patience, |state, _| state.outgoing.is_empty()).await
    }

    /// Waits until the other side is audible after our last utterance.
    pub async fn wait_until_speaks(&self, patience: Duration) -> bool {
        self.wait(patience, |state, _| {
            let since = state.turns.last().and_then(|turn| turn.voiced_until).unwrap_or_default();
            state.outgoing.is_empty()
                && state.hearing.runs().last().is_some_and(|run| run.began_at >= since)
        })
        .await
    }

    /// Waits until the other side has begun and finished to speak after our last utterance.
    pub async fn wait_until_quiet(&self, patience: Duration) -> bool {
        let quiet = Duration::from_millis(self.options.quiet_ms);
        self.wait(patience, |state, now| state.is_quiet(now, quiet)).await
    }

    /// Waits until the call has ended.
    pub async fn wait_for_end(&self, patience: Duration) -> Option<CallEnd> {
        let until = Instant::now() + patience;
        loop {
            let changed = self.shared.changed.notified();
            if let Some(end) = self.shared.state().end.clone() {
                return Some(end);
            }
            timeout_at(until, changed).await.ok()?;
        }
    }

    /// Waits until the first frame came, and says how long after the UUID.
    pub async fn first_frame(&self, patience: Duration) -> Option<Duration> {
        self.wait(patience, |state, _| state.hearing.first_frame_at().is_some()).await;
        self.shared.state().hearing.first_frame_at()
    }

    /// Hangs up as Asterisk does, by closing, and tells what happened.
    pub async fn hang_up(self) -> Report {
        drop(self.stop);
        let until = Instant::now() + Duration::from_secs(2);
        loop {
            let changed = self.shared.changed.notified();
            if self.shared.state().end.is_some() || timeout_at(until, changed).await.is_err() {
                break;
            }
        }
        let mut state = self.shared.state();
        let mut report = Report::of(&self.options, &state);
        let runs = state.hearing.runs().to_vec();
        report.trace = state.sent.take().map(|sent| Trace { sent, runs });
        report
    }

    /// What happened so far.
    pub fn report(&self) -> Report {
        Report::of(&self.options, &self.shared.state())
    }

    /// What was heard so far, at the call's rate; empty unless [`Options::record`].
    pub fn heard(&self) -> Vec<i16> {
        self.shared.state().recording.clone().unwrap_or_default()
    }

    async fn wait(&self, patience: Duration, done: impl Fn(&State, Duration) -> bool) -> bool {
        let until = Instant::now() + patience;
        loop {
            let changed = self.shared.changed.notified();
            {
                let state = self.shared.state();
                if done(&state, self.shared.now()) {
                    return true;
                }
                if state.end.is_some() {
                    return false;
                }
            }
            if timeout_at(until, changed).await.is_err() {
                return false;
            }
        }
    }
}
