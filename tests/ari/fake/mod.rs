//! An Asterisk of the test's own: REST and WebSocket, over real sockets, with its races. Media
//! channels are real AudioSocket callers.
#![allow(dead_code, reason = "not every test uses all of it")]

mod shapes;
mod socket;
pub mod state;

use state::{Chan, Phone, State};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::caller::{Call, Caller, Options};
use uuid::Uuid;

/// No wait is longer.
pub const PATIENCE: Duration = Duration::from_mins(1);
pub const PASSWORD: &str = "an-ari-password";

pub struct Shared {
    pub state: Mutex<State>,
    pub version: &'static str,
    /// From a request to the event that follows from it.
    pub stasis_delay: Duration,
    events: broadcast::Sender<String>,
    /// Each with the end of its watcher. A call ends when nobody holds it any more.
    media: Mutex<HashMap<String, (Arc<Call>, DropGuard)>>,
    /// Media channels connect to the product.
    has_media: bool,
    /// Connections with this number or a lower one are cut.
    cut: watch::Sender<usize>,
    connections: AtomicUsize,
    /// Connections that are open now.
    open: AtomicUsize,
    /// Nobody is let in.
    away: AtomicBool,
    /// How many came.
    callers: AtomicUsize,
}

pub struct Fake {
    pub address: SocketAddr,
    pub shared: Arc<Shared>,
    _stop: DropGuard,
}

pub struct Setup {
    pub version: &'static str,
    pub stasis_delay: Duration,
    pub has_media: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { version: "22.10.1~dfsg", stasis_delay: Duration::from_millis(5), has_media: false }
    }
}

impl Fake {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            version: setup.version,
            stasis_delay: setup.stasis_delay,
            events: broadcast::channel(1024).0,
            media: Mutex::default(),
            has_media: setup.has_media,
            cut: watch::channel(0).0,
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            away: AtomicBool::new(false),
            callers: AtomicUsize::new(0),
        });
        let address = socket::serve(Arc::clone(&shared), stop.clone()).await;
        Self { address, shared, _stop: stop.drop_guard() }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("no panic under the lock")
    }

    /// A caller comes into Stasis(treadline,…); their channel's id.
    pub fn caller_comes(&self, args: &[&str]) -> String {
        let id = format!("1732262400.{}", self.shared.callers.fetch_add(1, Ordering::Relaxed));
        self.caller_comes_as(&id, args);
        id
    }

    pub fn caller_comes_as(&self, id: &str, args: &[&str]) {
        let chan = Chan {
            name: "PJSIP/trunk-00000001".into(),
            state: "Up",
            number: "+380671234500".into(),
            ..Chan::default()
        };
        self.state().channels.insert(id.to_owned(), chan);
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        self.shared.enters(id, args);
    }

    /// The same event again.
    pub fn stasis_start_again(&self, id: &str) {
        let told = shapes::stasis_start(id, &self.state().channels[id]);
        self.shared.tell(&told);
    }

    pub fn hangs_up(&self, id: &str) {
        self.shared.destroy(&mut self.state(), id, 16);
    }

    pub fn presses(&self, id: &str, key: char) {
        let told = shapes::digit(id, &self.state().channels[id], key);
        self.shared.tell(&told);
    }

    pub fn phone(&self, endpoint: &str, does: Phone) {
        self.state().phones.insert(endpoint.into(), does);
    }

    /// The voice of a call, where media connect.
    pub fn media(&self, channel: &str) -> Arc<Call> {
        let media = self.shared.media.lock().expect("no panic under the lock");
        Arc::clone(&media.get(channel).expect("a media channel").0)
    }

    /// The media channel has connected to the product.
    pub fn has_media(&self, channel: &str) -> bool {
        self.shared.media.lock().expect("no panic under the lock").contains_key(channel)
    }

    /// A media channel that was stuck comes into Stasis.
    pub fn media_comes(&self, channel: &str) {
        self.shared.enters(channel, Vec::new());
    }

    /// Ends all connections that are open.
    pub fn cut(&self) {
        self.shared.cut.send_replace(self.shared.connections.load(Ordering::Relaxed));
    }

    /// Lets nobody in from now on, or does again.
    pub fn set_away(&self, away: bool) {
        self.shared.away.store(away, Ordering::Relaxed);
        if away {
            self.cut();
        }
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    pub fn is_connected(&self) -> bool {
        self.shared.open.load(Ordering::Relaxed) > 0
    }

    /// Requests whose path ends so.
    pub fn asked(&self, method: &str, end: &str) -> usize {
        let state = self.state();
        state.asked.iter().filter(|(how, path, _)| how == method && path.ends_with(end)).count()
    }

    /// The channel whose id begins so.
    pub fn channel(&self, begins: &str) -> Option<String> {
        self.state().channels.keys().find(|id| id.starts_with(begins)).cloned()
    }

    /// Caller and media, or whoever it is, are together.
    pub fn talk_together(&self, members: &[&str]) -> bool {
        self.state().bridges.values().any(|inside| {
            inside.len() == members.len()
                && members.iter().all(|member| inside.iter().any(|id| id.starts_with(member)))
        })
    }

    /// Nothing is left, and nothing was asked that is not the product's to ask.
    pub async fn is_clean(&self) {
        until("nothing is left in Asterisk", || {
            let state = self.state();
            state.bridges.is_empty()
                && state.channels.iter().all(|(id, chan)| {
                    chan.stasis.is_none() && !id.starts_with("treadline-") && !chan.music
                })
        })
        .await;
        assert_eq!(self.state().forbidden, Vec::<String>::new());
    }
}

impl Shared {
    pub fn subscribe(&self) -> broadcast::Receiver<String> {
        self.events.subscribe()
    }

    /// A request over a WebSocket, answered; `None` if it never is.
    pub fn answer(self: &Arc<Self>, text: &str) -> Option<String> {
        socket::answer(self, text)
    }

    pub fn tell(&self, event: &str) {
        // Nobody listens while the connection is cut: such events are lost, as with a real one.
        let _ = self.events.send(event.to_owned());
    }

    /// A media channel connects to the product; false if it cannot.
    pub async fn connect_media(self: &Arc<Self>, id: &str, host: &str, uuid: &str) -> bool {
        if !self.has_media {
            return true;
        }
        let (Ok(to), Ok(uuid)) = (host.parse(), Uuid::parse_str(uuid)) else { return false };
        let options = Options { id: uuid, quiet_ms: 400, ..Options::new(to) };
        let Ok(call) = Caller::dial(options).await else { return false };
        let call = Arc::new(call);
        let (watched, end) = (Arc::clone(&call), CancellationToken::new());
        let place = (call, end.clone().drop_guard());
        self.media.lock().expect("no panic under the lock").insert(id.to_owned(), place);
        let (shared, id) = (Arc::clone(self), id.to_owned());
        tokio::spawn(async move {
            let ended = end.run_until_cancelled(watched.wait_for_end(PATIENCE * 5)).await;
            if ended.flatten().is_some() {
                let mut state = shared.state.lock().expect("no panic under the lock");
                shared.destroy(&mut state, &id, 16);
            }
        });
        true
    }

    /// The channel is gone: its connection ends.
    pub fn drop_media(&self, id: &str) {
        self.media.lock().expect("no panic under the lock").remove(id);
    }
}

/// Waits until `done`; a bounded wait on a condition.
pub async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}
