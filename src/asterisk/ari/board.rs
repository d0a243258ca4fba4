//! The switchboard: takes Asterisk's events from the queue and brings each to the call that it
//! concerns; after a connection was lost, asks what there is and sets it right.

use super::Options;
use super::arrival::Arrival;
use super::call::CallTask;
use super::client::{AriError, Client};
use super::event::{Channel, Event, Version};
use super::link::Heard;
use super::names::{Names, Ours};
use super::note::Note;
use super::plan::{HAPPENINGS_MAX, Happening, LiveCall};
use super::sync::{Found, arguments};
use super::verb::Verb;
use crate::asterisk::registry::Registry;
use dashmap::DashMap;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};
use tokio::time::{Duration, Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Notes that wait for a call's task: a call has a handful of channels.
const NOTES_MAX: usize = 64;
/// Questions about the state are repeated until they are answered, with this pause.
const SYNC_PAUSE: Duration = Duration::from_millis(500);
/// News of a caller who is in Asterisk's list may still be on its way for so long.
const NEWS_MAX: Duration = Duration::from_secs(1);
/// How long a call waits for Asterisk's version.
const VERSION_MAX: Duration = Duration::from_millis(500);

/// All calls that came over ARI.
pub(super) struct Board {
    pub(super) client: Arc<Client>,
    pub(super) names: Names,
    pub(super) options: Options,
    pub(super) registry: Arc<Registry>,
    calls: DashMap<Uuid, LiveCall>,
    channels: DashMap<String, Uuid>,
    tasks: TaskTracker,
    /// What there was when this process came has been seen to.
    settled: AtomicBool,
    /// Which Asterisk this is, once it has told.
    version: watch::Sender<Option<Version>>,
    /// Since when no events come; none while they do.
    down_since: Mutex<Option<Instant>>,
}

impl Board {
    pub(super) fn new(options: Options, client: Arc<Client>, registry: Arc<Registry>) -> Arc<Self> {
        Arc::new(Self {
            client,
            names: Names::new(&options.app),
            options,
            registry,
            calls: DashMap::new(),
            channels: DashMap::new(),
            tasks: TaskTracker::new(),
            settled: AtomicBool::new(false),
            version: watch::channel(None).0,
            down_since: Mutex::new(Some(Instant::now())),
        })
    }

    pub(super) async fn ask(&self, verb: &Verb) -> Result<Value, AriError> {
        let result = self.client.ask(verb).await;
        if let Err(error) = &result
            && !error.is_missing()
        {
            tracing::debug!(verb = verb.name(), %error, "a request to Asterisk failed");
        }
        result
    }

    /// A call's hand, for its session.
    pub(super) fn live(&self, id: Uuid) -> Option<LiveCall> {
        self.calls.get(&id).map(|call| LiveCall::clone(&call))
    }

    /// Calls at this moment.
    pub(super) fn count(&self) -> usize {
        self.calls.len()
    }

    pub(super) fn own(&self, channel: &str, call: Uuid) {
        self.channels.insert(channel.to_owned(), call);
    }

    pub(super) fn forget(&self, call: Uuid) {
        self.calls.remove(&call);
        self.channels.retain(|_, owner| *owner != call);
    }

    /// Acts upon what is heard, until `stop`.
    pub(super) async fn run(
        self: Arc<Self>,
        mut queue: mpsc::Receiver<Heard>,
        stop: CancellationToken,
    ) {
        while let Some(Some(heard)) = stop.run_until_cancelled(queue.recv()).await {
            match heard {
                Heard::Up => {
                    self.set_down(None);
                    self.tasks.spawn(Arc::clone(&self).look_around());
                }
                Heard::Down => self.set_down(Some(Instant::now())),
                Heard::Event(event) => self.route(event),
            }
        }
    }

    /// Which Asterisk this is, if it tells. A call that comes with the connection waits a moment
    /// for it.
    pub(super) async fn version(&self) -> Option<Version> {
        let mut version = self.version.subscribe();
        let known = timeout(VERSION_MAX, version.wait_for(Option::is_some)).await;
        *known.ok()?.ok()?
    }

    fn set_down(&self, since: Option<Instant>) {
        if let Ok(mut down_since) = self.down_since.lock() {
            *down_since = since;
        }
    }

    /// How long no events have come; `None` while they do.
    pub(super) fn away_for(&self) -> Option<Duration> {
        self.down_since.lock().ok()?.map(|since| since.elapsed())
    }

    /// Waits until all calls are over.
    pub(super) async fn drained(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn route(self: &Arc<Self>, event: Box<Event>) {
        match &*event {
            Event::StasisStart { application, args, channel } => {
                if !application.is_empty() && *application != self.options.app {
                    return;
                }
                if self.names.read(&channel.id).is_none() {
                    return self.arrives(channel, args);
                }
                if !self.channels.contains_key(&channel.id) {
                    // Made by a process that is no more, or for a call that is over.
                    return self.hang_up(channel.id.clone());
                }
            }
            Event::ApplicationReplaced { application } => {
                tracing::error!(application, "another program answers this ARI application now");
            }
            _ => {}
        }
        let Some(id) = event.channel().map(|channel| channel.id.as_str()) else { return };
        let owner = self.channels.get(id).map(|owner| *owner);
        if let Some(owner) = owner {
            self.tell(owner, Note::Event(event));
        }
    }

    fn tell(&self, call: Uuid, note: Note) {
        let mailbox = self.calls.get(&call).map(|call| call.mailbox().clone());
        if mailbox.is_some_and(|mailbox| mailbox.try_send(note).is_err()) {
            tracing::warn!(%call, "a call does not take notice of its events");
        }
    }

    /// A caller. The same channel again is the same caller.
    fn arrives(self: &Arc<Self>, channel: &Channel, args: &[String]) {
        if self.channels.contains_key(&channel.id) {
            return;
        }
        let arrival = Arrival::read(channel, args, self.options.media);
        let id = arrival.registration.uuid;
        if self.calls.contains_key(&id) {
            tracing::error!(call = %id, "a second caller came with the uuid of another");
            return self.send_away(channel.id.clone());
        }
        let inbox = self.open(id, &channel.id);
        let task = CallTask::new(Arc::clone(self), id, channel.id.clone(), inbox);
        self.tasks.spawn(task.serve(arrival));
    }

    fn open(&self, id: Uuid, channel: &str) -> (mpsc::Receiver<Note>, mpsc::Sender<Happening>) {
        let (mailbox, inbox) = mpsc::channel(NOTES_MAX);
        let (session, happenings) = mpsc::channel(HAPPENINGS_MAX);
        self.calls.insert(id, LiveCall::new(mailbox, happenings));
        self.own(channel, id);
        (inbox, session)
    }

    fn hang_up(self: &Arc<Self>, channel: String) {
        let board = Arc::clone(self);
        self.tasks.spawn(async move { board.ask(&Verb::HangUp { channel }).await });
    }

    /// Somebody whom we cannot serve: the dialplan knows better.
    fn send_away(self: &Arc<Self>, channel: String) {
        let board = Arc::clone(self);
        let context = self.options.fallback_context.clone();
        self.tasks.spawn(async move {
            let verb = Verb::Continue { channel, context, extension: "s".into() };
            board.ask(&verb).await
        });
    }

    /// Somebody who was there when this process came. Their agent died with the process before us,
    /// unless they have come with our connection and the news of it is still on its way.
    fn send_away_unless_told(self: &Arc<Self>, channel: String) {
        let board = Arc::clone(self);
        self.tasks.spawn(async move {
            sleep(NEWS_MAX).await;
            if !board.channels.contains_key(&channel) {
                tracing::warn!(channel, "a caller of a dead process goes on");
                board.send_away(channel);
            }
        });
    }

    /// State is the truth, not the events that one has seen: which channels and bridges are there?
    async fn look_around(self: Arc<Self>) {
        while self.away_for().is_none() {
            self.learn_version().await;
            let asked_at = Instant::now();
            if let Some(found) = Found::ask(&self).await {
                self.settle(&found, asked_at);
                return;
            }
            sleep(SYNC_PAUSE).await;
        }
    }

    async fn learn_version(&self) {
        let Ok(info) = self.ask(&Verb::Info).await else { return };
        let version = info.pointer("/system/version").and_then(Value::as_str).unwrap_or_default();
        tracing::info!(version, "Asterisk");
        let version = Version::parse(version);
        // A build without a number is taken for an old one.
        self.version.send_replace(Some(version.unwrap_or(Version { major: 0, minor: 0 })));
        if version.is_some_and(Version::has_rest_over_websocket) && self.away_for().is_none() {
            self.client.travel_over_websocket();
        }
    }

    fn settle(self: &Arc<Self>, found: &Found, asked_at: Instant) {
        let first = !self.settled.swap(true, Ordering::Relaxed);
        let present = Arc::new(found.ids());
        let known: Vec<Uuid> = self.calls.iter().map(|call| *call.key()).collect();
        for call in known {
            self.tell(call, Note::Present(Arc::clone(&present), asked_at));
        }
        for bridge in &found.bridges {
            let Some(Ours::Talk(call)) = self.names.read(&bridge.id) else { continue };
            if self.calls.contains_key(&call) {
                continue;
            }
            // Two people in a bridge of ours: an earlier process has joined them.
            let is_operator = |id: &&String| matches!(self.names.read(id), Some(Ours::Operator(_)));
            let operator = bridge.channels.iter().find(is_operator);
            let caller = bridge.channels.iter().find(|id| self.names.read(id).is_none());
            if let (Some(operator), Some(caller)) = (operator, caller) {
                tracing::info!(%call, "a conversation that an earlier process joined goes on");
                let inbox = self.open(call, caller);
                self.own(operator, call);
                let task = CallTask::new(Arc::clone(self), call, caller.clone(), inbox);
                self.tasks.spawn(task.adopt(operator.clone()));
            } else {
                let (board, bridge) = (Arc::clone(self), bridge.id.clone());
                self.tasks.spawn(async move { board.ask(&Verb::EndBridge { bridge }).await });
            }
        }
        for channel in &found.channels {
            let orphan = !self.channels.contains_key(&channel.id);
            if orphan && self.names.read(&channel.id).is_some() {
                tracing::warn!(channel = channel.id, "a channel of a dead process is hung up");
                self.hang_up(channel.id.clone());
            } else if let Some(args) = arguments(channel, &self.options.app)
                && orphan
            {
                if first {
                    self.send_away_unless_told(channel.id.clone());
                } else {
                    self.arrives(channel, &args);
                }
            }
        }
    }
}
