//! Which calls may come, which are here, and what the dialplan shall do after them.
//!
//! AudioSocket knows no password: the UUID is the only secret. So a UUID must be announced over
//! HTTP before it is used, once, within two minutes, unless it comes from a trusted address.
//! Maps give out clones and `Arc`s only, never a guard.

use super::callers::{CallerLimits, Callers, LimitsNow, TooMany, counted};
pub use super::refusal::{Refusal, RegisterError};
pub use super::registration::Registration;
use super::registration::{Told, merged};
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long the word for the dialplan is kept after a call; Asterisk asks at once.
const NEXT_KEPT: Duration = Duration::from_mins(10);
/// Announced calls that wait at the same time. A shop has tens; this bounds memory.
const PENDING_MAX: usize = 10_000;

/// Takes note of registrations elsewhere (the database). Must not block: it is called on the way
/// of a call.
pub trait RegistrationSink: Send + Sync {
    /// A call was announced; the announcement ends after `lives`.
    fn registered(&self, registration: &Registration, lives: Duration);
    /// The call came.
    fn used(&self, id: Uuid);
    /// What the dialplan shall do after the call.
    fn next(&self, id: Uuid, word: &str);
}

/// Where a registry gets its limits from.
#[derive(Debug, Clone)]
pub struct RegistryOptions {
    /// Addresses whose UUIDs need no registration.
    pub trusted_peers: Vec<IpAddr>,
    /// Calls at the same time.
    pub calls_max: usize,
    /// Life of a registration.
    pub registration_lives: Duration,
    /// What the dialplan hears about a call that found no place: a transfer target's name.
    pub overflow_next: String,
}

struct Pending {
    registration: Arc<Registration>,
    expires_at: Instant,
    told: Told,
}

/// A call that came: live, or over and remembered for [`NEXT_KEPT`].
struct Came {
    registration: Option<Arc<Registration>>,
    told: Told,
    peer: IpAddr,
    ended_at: Option<Instant>,
    next: Option<String>,
}

/// All calls of the process.
pub struct Registry {
    options: RegistryOptions,
    pending: DashMap<Uuid, Pending>,
    came: DashMap<Uuid, Came>,
    live: AtomicUsize,
    draining: AtomicBool,
    sink: OnceLock<Arc<dyn RegistrationSink>>,
    callers: OnceLock<Callers>,
    /// What the line allows at a moment; without it what it allowed at the start.
    limits: OnceLock<LimitsNow>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry")
            .field("pending", &self.pending.len())
            .field("live", &self.live())
            .finish_non_exhaustive()
    }
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new(options: RegistryOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            pending: DashMap::new(),
            came: DashMap::new(),
            live: AtomicUsize::new(0),
            draining: AtomicBool::new(false),
            sink: OnceLock::new(),
            callers: OnceLock::new(),
            limits: OnceLock::new(),
        })
    }

    /// Sends a copy of every registration to `sink` from now on. The first one stays.
    pub fn write_through(&self, sink: Arc<dyn RegistrationSink>) {
        let _ = self.sink.set(sink);
    }

    /// From now on one number may call only so often. The first limits stay.
    pub fn limit_callers(&self, limits: CallerLimits) {
        let _ = self.callers.set(Callers::new(limits));
    }

    /// From now on `limits` is asked for each call. The first one stays.
    pub fn follow(&self, limits: LimitsNow) {
        let _ = self.limits.set(limits);
    }

    fn calls_max(&self) -> usize {
        self.limits.get().map_or(self.options.calls_max, |now| now().calls_max)
    }

    /// Whether this address needs neither secret nor registration.
    #[must_use]
    pub fn is_trusted(&self, address: IpAddr) -> bool {
        self.options.trusted_peers.contains(&address.to_canonical())
    }

    /// Announces a call, as a dialplan does over HTTP.
    ///
    /// # Errors
    /// The UUID is known already, or too many wait.
    pub fn register(&self, registration: Registration) -> Result<(), RegisterError> {
        self.take_note(registration, Told::HTTP)
    }

    /// Announces a call that came over ARI. Its dialplan may register it too, before or after;
    /// what the network said counts more than what the dialplan said.
    ///
    /// # Errors
    /// The UUID came over ARI before, or is over, or too many wait.
    pub fn announce(&self, registration: Registration) -> Result<(), RegisterError> {
        self.take_note(registration, Told::ARI)
    }

    fn take_note(&self, registration: Registration, by: Told) -> Result<(), RegisterError> {
        let id = registration.uuid;
        if let Some(mut came) = self.came.get_mut(&id) {
            // Too late for its greeting, but the other half of what is known of it.
            let Some(known) = came.registration.clone() else { return Err(RegisterError::Known) };
            if came.told.overlaps(by) || came.ended_at.is_some() {
                return Err(RegisterError::Known);
            }
            came.told = came.told.and(by);
            came.registration = Some(Arc::new(merged(&known, registration, by)));
            return Ok(());
        }
        if self.pending.len() >= PENDING_MAX {
            self.sweep();
            if self.pending.len() >= PENDING_MAX {
                return Err(RegisterError::Full);
            }
        }
        let lives = self.options.registration_lives;
        let expires_at = Instant::now() + lives;
        let pending = match self.pending.entry(id) {
            Entry::Occupied(mut old) => {
                let known = old.get();
                let fresh = known.expires_at > Instant::now();
                if fresh && known.told.overlaps(by) {
                    return Err(RegisterError::Known);
                }
                let (registration, told) = if fresh {
                    (merged(&known.registration, registration, by), known.told.and(by))
                } else {
                    (registration, by)
                };
                let registration = Arc::new(registration);
                old.insert(Pending { registration: Arc::clone(&registration), expires_at, told });
                registration
            }
            Entry::Vacant(place) => {
                let registration = Arc::new(registration);
                let pending =
                    Pending { registration: Arc::clone(&registration), expires_at, told: by };
                place.insert(pending);
                registration
            }
        };
        if let Some(sink) = self.sink.get() {
            sink.registered(&pending, lives);
        }
        Ok(())
    }

    /// Lets a connection in, or not. The call is live until the [`Admission`] is dropped.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(self: &Arc<Self>, peer: SocketAddr, id: Uuid) -> Result<Admission, Refusal> {
        let result = self.admit_inner(peer, id);
        if let Err(
            refusal @ (Refusal::CallsMax
            | Refusal::NumberLive
            | Refusal::NumberHour
            | Refusal::Draining),
        ) = result
        {
            // The caller is a real one: the dialplan must find something better than silence.
            tracing::warn!(%id, %peer, why = refusal.why(), "a call found no place");
            let word = Some(self.options.overflow_next.clone());
            self.came.entry(id).or_insert_with(|| Came {
                registration: None,
                told: Told::default(),
                peer: peer.ip(),
                ended_at: Some(Instant::now()),
                next: word,
            });
        }
        result
    }

    fn admit_inner(self: &Arc<Self>, peer: SocketAddr, id: Uuid) -> Result<Admission, Refusal> {
        if let Some(came) = self.came.get(&id) {
            return Err(if came.ended_at.is_none() { Refusal::Live } else { Refusal::Ended });
        }
        let registered = self.pending.remove(&id).map(|(_, pending)| pending);
        let registered = registered.filter(|pending| pending.expires_at > Instant::now());
        let told = registered.as_ref().map(|pending| pending.told).unwrap_or_default();
        let registration = registered.map(|pending| pending.registration);
        if registration.is_none() && !self.is_trusted(peer.ip()) {
            return Err(Refusal::Unregistered);
        }
        if self.draining.load(Ordering::Relaxed) {
            return Err(Refusal::Draining);
        }
        let calls_max = self.calls_max();
        let place = self.live.fetch_update(Ordering::AcqRel, Ordering::Acquire, |live| {
            (live < calls_max).then_some(live + 1)
        });
        if place.is_err() {
            return Err(Refusal::CallsMax);
        }
        self.show_live();
        let number = counted(registration.as_ref().and_then(|known| known.caller.as_deref()));
        if let Err(refusal) = self.number_begins(number.as_deref()) {
            self.leave();
            return Err(refusal);
        }
        // Two connections may have come this far with one UUID: the first into the map wins.
        match self.came.entry(id) {
            Entry::Occupied(_) => {
                self.number_ends(number.as_deref());
                self.leave();
                return Err(Refusal::Live);
            }
            Entry::Vacant(place) => {
                let peer = peer.ip();
                place.insert(Came {
                    registration: registration.clone(),
                    told,
                    peer,
                    ended_at: None,
                    next: None,
                });
            }
        }
        if let (Some(sink), Some(_)) = (self.sink.get(), &registration) {
            sink.used(id);
        }
        Ok(Admission { registry: Arc::clone(self), id, registration, number })
    }

    fn number_begins(&self, number: Option<&str>) -> Result<(), Refusal> {
        let (Some(callers), Some(number)) = (self.callers.get(), number) else { return Ok(()) };
        let now = Instant::now();
        let begun = match self.limits.get() {
            Some(limits) => callers.begin_within(number, now, limits().callers),
            None => callers.begin(number, now),
        };
        begun.map_err(|too_many| match too_many {
            TooMany::Live => Refusal::NumberLive,
            TooMany::Hour => Refusal::NumberHour,
        })
    }

    fn number_ends(&self, number: Option<&str>) {
        if let (Some(callers), Some(number)) = (self.callers.get(), number) {
            callers.end(number);
        }
    }

    /// What the dialplan said about a call that came, while it is live and some minutes after.
    #[must_use]
    pub fn registration(&self, id: Uuid) -> Option<Arc<Registration>> {
        self.came.get(&id).and_then(|came| came.registration.clone())
    }

    /// Says what the dialplan shall do when the call is back there: `hangup`, a transfer target's
    /// name or `voicemail`. Say it before the hand-back.
    pub fn set_next(&self, id: Uuid, word: &str) {
        if let Some(mut came) = self.came.get_mut(&id) {
            came.next = Some(word.to_owned());
        }
        if let Some(sink) = self.sink.get() {
            sink.next(id, word);
        }
    }

    /// What the dialplan shall do; `None` for a call that never came.
    #[must_use]
    pub fn next(&self, id: Uuid) -> Option<String> {
        let came = self.came.get(&id)?;
        Some(came.next.clone().unwrap_or_else(|| "hangup".to_owned()))
    }

    /// Calls that are live.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.load(Ordering::Acquire)
    }

    /// Whether this call is live.
    #[must_use]
    pub fn is_live(&self, id: Uuid) -> bool {
        self.came.get(&id).is_some_and(|came| came.ended_at.is_none())
    }

    /// The ids and addresses of the calls that are live.
    #[must_use]
    pub fn live_calls(&self) -> Vec<(Uuid, IpAddr)> {
        let live = self.came.iter().filter(|came| came.ended_at.is_none());
        live.map(|came| (*came.key(), came.peer)).collect()
    }

    /// From now on no call is admitted.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Forgets what is too old. Cheap; called every few seconds.
    pub fn sweep(&self) {
        self.sweep_at(Instant::now());
    }

    fn sweep_at(&self, now: Instant) {
        if let Some(callers) = self.callers.get() {
            callers.sweep(now);
        }
        self.pending.retain(|_, pending| pending.expires_at > now);
        self.came.retain(|_, came| {
            came.ended_at.is_none_or(|ended| now.saturating_duration_since(ended) < NEXT_KEPT)
        });
    }

    fn end(&self, id: Uuid) {
        if let Some(mut came) = self.came.get_mut(&id) {
            came.ended_at = Some(Instant::now());
        }
        self.leave();
    }

    fn leave(&self) {
        self.live.fetch_sub(1, Ordering::AcqRel);
        self.show_live();
    }

    fn show_live(&self) {
        metrics::gauge!("treadline_active_calls").set(self.live() as f64);
    }
}

/// A call's place. Dropping it frees the place; the UUID stays used.
#[derive(Debug)]
pub struct Admission {
    registry: Arc<Registry>,
    id: Uuid,
    /// What the dialplan said, if it did.
    pub registration: Option<Arc<Registration>>,
    /// The number that the call is counted under.
    number: Option<String>,
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.registry.number_ends(self.number.as_deref());
        self.registry.end(self.id);
    }
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
