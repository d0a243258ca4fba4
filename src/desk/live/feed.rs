//! The feed: the calls in progress of every shop, and what happens to them, in order.

use crate::ids::TenantId;
use crate::spool::{Journal, LogEntry, Record};
use crate::turn::{Note, Speaker, TurnNote};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Events that a reader may be behind before it is cut off and begins anew.
const BEHIND_MAX: usize = 256;
/// Lines of a call in progress that are kept; more than a call may have turns.
const LINES_MAX: usize = 200;

/// A line that was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// Dense from 1.
    pub turn: u32,
    /// `customer` or `bot`.
    pub speaker: &'static str,
    /// What; for the agent what was heard.
    pub text: String,
    /// The language of the line.
    pub language: &'static str,
    /// Since the call began, seconds.
    pub at_s: i64,
    /// Did the caller cut it short?
    pub interrupted: bool,
    /// From the caller's last sound to the agent's first, milliseconds.
    #[serde(skip)]
    pub first_audio_ms: Option<u64>,
    /// What of that went where: `call_traces.step`, milliseconds.
    #[serde(skip)]
    pub parts: Vec<(&'static str, u64)>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A call began.
    Began,
    /// Somebody said something.
    Said(Said),
    /// A tool was used.
    Tool {
        /// Which.
        name: String,
        /// Did it do what was asked?
        success: bool,
        /// How long, milliseconds.
        took_ms: u64,
    },
    /// A person is being brought.
    Moves {
        /// A name of the allow-list.
        target: String,
    },
    /// The call is over.
    Ended {
        /// How, in the words of `calls.outcome`.
        outcome: String,
    },
}

impl What {
    /// The name of the event in the stream.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Said(_) => "said",
            Self::Tool { .. } => "tool",
            Self::Moves { .. } => "moves",
            Self::Ended { .. } => "ended",
        }
    }
}

/// An event of a shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Dense from 1 within the shop.
    pub seq: u64,
    /// The call as it is after the event; without its earlier lines.
    pub call: LiveCall,
    /// What happened.
    pub what: What,
}

/// A call in progress.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveCall {
    /// The call.
    pub id: Uuid,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// The caller's number, if given.
    #[serde(skip)]
    pub caller: Option<String>,
    /// `live`, `demo`, `test`.
    pub origin: String,
    /// `phone`, `chat`, …
    pub channel: String,
    /// Where a person is being looked for.
    pub moves_to: Option<String>,
    /// What was said so far.
    #[serde(skip)]
    pub lines: Vec<Said>,
}

/// The feed of one shop.
struct Shop {
    seq: u64,
    calls: BTreeMap<Uuid, LiveCall>,
    recent: VecDeque<Arc<Event>>,
    readers: broadcast::Sender<Arc<Event>>,
}

impl Default for Shop {
    fn default() -> Self {
        let (readers, _) = broadcast::channel(BEHIND_MAX);
        Self { seq: 0, calls: BTreeMap::new(), recent: VecDeque::new(), readers }
    }
}

/// What somebody begins with who follows the feed.
pub struct Start {
    /// The calls in progress; none if `missed` is enough to go on from what the reader has.
    pub snapshot: Option<Vec<LiveCall>>,
    /// The last event that the snapshot holds.
    pub seq: u64,
    /// What the reader has missed.
    pub missed: Vec<Arc<Event>>,
    /// What comes.
    pub coming: broadcast::Receiver<Arc<Event>>,
}

/// The feed of every shop of this process.
#[derive(Clone)]
pub struct Feed {
    shops: Arc<Mutex<HashMap<TenantId, Shop>>>,
    /// Tells this process's sequences from those of the one before.
    pub(super) epoch: u32,
}

impl Default for Feed {
    fn default() -> Self {
        Self { shops: Arc::default(), epoch: Uuid::new_v4().as_fields().0 }
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl Feed {
    fn shops(&self) -> MutexGuard<'_, HashMap<TenantId, Shop>> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls in progress of a shop, the oldest first.
    #[must_use]
    pub fn calls(&self, tenant: TenantId) -> Vec<LiveCall> {
        let shops = self.shops();
        let mut calls: Vec<_> = shops
            .get(&tenant)
            .map(|shop| shop.calls.values().cloned().collect())
            .unwrap_or_default();
        calls.sort_by_key(|call: &LiveCall| (call.began_at, call.id));
        calls
    }

    /// Follows a shop, from the event after `after` if that is still known, else from a snapshot.
    pub fn follow(&self, tenant: TenantId, after: Option<u64>) -> Start {
        let mut shops = self.shops();
        let shop = shops.entry(tenant).or_default();
        let coming = shop.readers.subscribe();
        let oldest = shop.recent.front().map_or(shop.seq + 1, |event| event.seq);
        let known = after.filter(|after| *after <= shop.seq && after + 1 >= oldest);
        let missed = known.map_or_else(Vec::new, |after| {
            shop.recent.iter().filter(|event| event.seq > after).cloned().collect()
        });
        let mut snapshot: Vec<_> = shop.calls.values().cloned().collect();
        snapshot.sort_by_key(|call| (call.began_at, call.id));
        let snapshot = known.is_none().then_some(snapshot);
        Start { snapshot, seq: known.unwrap_or(shop.seq), missed, coming }
    }

    /// Tells the feed what a call wrote into its journal.
    pub fn tell(&self, entry: &LogEntry) {
        let Some(what) = what(entry) else { return };
        let mut shops = self.shops();
        let shop = shops.entry(entry.tenant).or_default();
        if let Record::Opened(opened) = &entry.record {
            let call = LiveCall {
                id: entry.call.0,
                began_at: entry.call_started_at,
                caller: opened.caller.as_ref().map(|phone| phone.reveal().to_owned()),
                origin: opened.origin.clone(),
                channel: opened.channel.clone(),
                moves_to: None,
                lines: Vec::new(),
            };
            shop.calls.insert(entry.call.0, call);
        }
        let Some(call) = shop.calls.get_mut(&entry.call.0) else { return };
        match &what {
            What::Said(said) if call.lines.len() < LINES_MAX => call.lines.push(said.clone()),
            What::Moves { target } => call.moves_to = Some(target.clone()),
            _ => {}
        }
        let told = LiveCall { lines: Vec::new(), ..call.clone() };
        if matches!(what, What::Ended { .. }) {
            shop.calls.remove(&entry.call.0);
        }
        shop.seq += 1;
        let event = Arc::new(Event { seq: shop.seq, call: told, what });
        shop.recent.push_back(Arc::clone(&event));
        if shop.recent.len() > BEHIND_MAX {
            shop.recent.pop_front();
        }
        // Nobody may be reading.
        let _ = shop.readers.send(event);
    }
}

/// What of a record people see live.
fn what(entry: &LogEntry) -> Option<What> {
    match &entry.record {
        Record::Opened(_) => Some(What::Began),
        Record::TransferAsked(asked) => Some(What::Moves { target: asked.target.clone() }),
        Record::Note(note) => match note.as_ref() {
            Note::Turn(turn) => Some(What::Said(said(entry, turn))),
            Note::ToolCall { name, success, duration_ms, .. } => {
                Some(What::Tool { name: name.clone(), success: *success, took_ms: *duration_ms })
            }
            Note::Ended { outcome, .. } => {
                let outcome = serde_json::to_value(outcome).ok();
                let outcome = outcome.as_ref().and_then(|word| word.as_str()).unwrap_or("error");
                Some(What::Ended { outcome: outcome.to_owned() })
            }
            _ => None,
        },
        _ => None,
    }
}

fn said(entry: &LogEntry, turn: &TurnNote) -> Said {
    Said {
        turn: turn.turn_number,
        speaker: match turn.speaker {
            Speaker::Customer => "customer",
            Speaker::Bot => "bot",
        },
        text: turn.content.clone(),
        language: turn.language.code(),
        at_s: (entry.at - entry.call_started_at).num_seconds(),
        interrupted: turn.interrupted,
        first_audio_ms: turn.first_audio_ms,
        parts: [
            ("endpoint", turn.endpointing_ms),
            ("stt", turn.stt_latency_ms),
            ("llm", turn.llm_latency_ms),
            ("tts", turn.tts_latency_ms),
        ]
        .into_iter()
        .filter_map(|(name, took)| took.map(|took| (name, took)))
        .collect(),
    }
}

/// A journal that tells the feed, too. What is written comes first: a feed that is slow or broken
/// loses nothing.
pub struct Tee {
    journal: Arc<dyn Journal>,
    feed: Feed,
}

impl Tee {
    /// A journal whose records the feed hears of.
    #[must_use]
    pub fn new(journal: Arc<dyn Journal>, feed: Feed) -> Self {
        Self { journal, feed }
    }
}

impl Journal for Tee {
    fn record(&self, entry: LogEntry) {
        // The core's own steps are most of a journal, and nobody watches them.
        let watched = what(&entry).is_some().then(|| entry.clone());
        self.journal.record(entry);
        if let Some(entry) = watched {
            self.feed.tell(&entry);
        }
    }

    fn stored(&self) -> BoxFuture<'static, bool> {
        self.journal.stored()
    }

    fn synced(&self) -> BoxFuture<'static, ()> {
        self.journal.synced()
    }
}
