//! The feed: the calls in progress of every shop, on this process and on the others, and what
//! happens to them, in order.

use super::event::{Event, LiveCall, Said, What};
use crate::db::live::{News, Told};
use crate::ids::TenantId;
use crate::spool::LogEntry;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Events that a reader may be behind before it is cut off and begins anew.
const BEHIND_MAX: usize = 256;
/// Lines of a call in progress that are kept; more than a call may have turns.
const LINES_MAX: usize = 200;

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

impl Shop {
    fn send(&mut self, call: Option<LiveCall>, what: What) {
        self.seq += 1;
        let event = Arc::new(Event { seq: self.seq, call, what });
        if event.what == What::Anew {
            // Who missed this may not go on from before it.
            self.recent.clear();
        } else {
            self.recent.push_back(Arc::clone(&event));
        }
        if self.recent.len() > BEHIND_MAX {
            self.recent.pop_front();
        }
        // Nobody may be reading.
        let _ = self.readers.send(event);
    }

    /// Something happened to a call; what is known of it already is passed over.
    fn happened(&mut self, id: Uuid, what: What) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        match &what {
            What::Said(said) if call.lines.iter().any(|line| line.turn == said.turn) => return,
            What::Said(said) if call.lines.len() < LINES_MAX => call.lines.push(said.clone()),
            What::Moves { target, .. } => call.moves_to = Some(target.clone()),
            What::Moved { .. } => call.moves_to = None,
            _ => {}
        }
        let told = LiveCall { lines: Vec::new(), ..call.clone() };
        if matches!(what, What::Ended { .. }) {
            self.calls.remove(&id);
        }
        self.send(Some(told), what);
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

/// The feed of every shop.
#[derive(Clone)]
pub struct Feed {
    shops: Arc<Mutex<HashMap<TenantId, Shop>>>,
    /// This process, as in `calls.node`.
    node: Arc<str>,
    /// Tells this process's sequences from those of the one before.
    pub(super) epoch: u32,
}

impl Default for Feed {
    fn default() -> Self {
        Self::of("")
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl Feed {
    /// The feed of the process `node`.
    #[must_use]
    pub fn of(node: &str) -> Self {
        Self { shops: Arc::default(), node: node.into(), epoch: Uuid::new_v4().as_fields().0 }
    }

    /// This process, as in `calls.node`.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.node
    }

    fn shops(&self) -> MutexGuard<'_, HashMap<TenantId, Shop>> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls in progress of a shop, the oldest first.
    #[must_use]
    pub fn calls(&self, tenant: TenantId) -> Vec<LiveCall> {
        let shops = self.shops();
        let calls = shops.get(&tenant).map(|shop| shop.calls.values().cloned().collect());
        in_order(calls.unwrap_or_default())
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
        let snapshot = in_order(shop.calls.values().cloned().collect());
        let snapshot = known.is_none().then_some(snapshot);
        Start { snapshot, seq: known.unwrap_or(shop.seq), missed, coming }
    }

    /// Tells the feed what a call of this process wrote into its journal.
    pub fn tell(&self, entry: &LogEntry) {
        if let Some(told) = Told::of(entry, &self.node) {
            self.take(told);
        }
    }

    /// Takes what a process tells of one of its calls.
    pub fn take(&self, told: Told) {
        let at_s = (told.at - told.began_at).num_seconds();
        let what = match told.news {
            News::Began { caller, origin, channel } => {
                let call = LiveCall {
                    id: told.call.0,
                    began_at: told.began_at,
                    caller,
                    origin,
                    channel,
                    node: told.node,
                    moves_to: None,
                    lines: Vec::new(),
                };
                return self.begins(told.tenant, call);
            }
            News::Said(turn) => What::Said(Said::of_turn(&turn, at_s)),
            // Whoever reads the row says it by `said`.
            News::SaidAtLength(_) => return,
            News::Tool { name, success, took_ms } => What::Tool { name, success, took_ms },
            News::Moves { attempt, target, reason, summary } => {
                What::Moves { attempt, target, reason, summary }
            }
            News::Moved { outcome, .. } => What::Moved { outcome: outcome.label() },
            News::Ended { outcome } => What::Ended { outcome },
        };
        self.happened(told.tenant, told.call.0, what);
    }

    fn begins(&self, tenant: TenantId, call: LiveCall) {
        let mut shops = self.shops();
        let shop = shops.entry(tenant).or_default();
        let id = call.id;
        if shop.calls.contains_key(&id) {
            return;
        }
        shop.calls.insert(id, call);
        shop.happened(id, What::Began);
    }

    fn happened(&self, tenant: TenantId, call: Uuid, what: What) {
        self.shops().entry(tenant).or_default().happened(call, what);
    }

    /// A line of another process's call, read from the log.
    pub(super) fn said(&self, tenant: TenantId, call: Uuid, said: Said) {
        self.happened(tenant, call, What::Said(said));
    }

    /// Who is there, or who has which call, has changed.
    pub fn board(&self, tenant: TenantId) {
        self.shops().entry(tenant).or_default().send(None, What::Board);
    }

    /// What the log knows of the calls of other processes, after their news were missed. Everybody
    /// who reads begins anew, where that changes anything.
    pub(super) fn catch_up(&self, mut found: HashMap<TenantId, Vec<LiveCall>>) {
        let mut shops = self.shops();
        for tenant in found.keys() {
            shops.entry(*tenant).or_default();
        }
        for (tenant, shop) in shops.iter_mut() {
            let mut calls: BTreeMap<Uuid, LiveCall> = found
                .remove(tenant)
                .unwrap_or_default()
                .into_iter()
                .map(|call| (call.id, call))
                .collect();
            let own = shop.calls.values().filter(|call| *call.node == *self.node);
            calls.extend(own.map(|call| (call.id, call.clone())));
            if calls != shop.calls {
                shop.calls = calls;
                shop.send(None, What::Anew);
            }
        }
    }

    /// The other processes that have calls.
    pub(super) fn others(&self) -> BTreeSet<String> {
        let shops = self.shops();
        let nodes = shops.values().flat_map(|shop| shop.calls.values().map(|call| &call.node));
        nodes.filter(|node| ***node != *self.node).cloned().collect()
    }

    /// A process is silent: nobody knows how its calls go on.
    pub(super) fn lose(&self, node: &str) {
        for shop in self.shops().values_mut() {
            let lost: Vec<Uuid> =
                shop.calls.values().filter(|call| call.node == node).map(|call| call.id).collect();
            for call in lost {
                shop.happened(call, What::Ended { outcome: "lost_process".to_owned() });
            }
        }
    }
}

fn in_order(mut calls: Vec<LiveCall>) -> Vec<LiveCall> {
    calls.sort_by_key(|call| (call.began_at, call.id));
    calls
}
