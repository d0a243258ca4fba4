//! Caps on connections, in all and of each address.
//!
//! A connection that has not given its UUID yet is only waiting. When there are too many, the one
//! that waits longest goes, not the newcomer: Asterisk gives its UUID within a millisecond, so a
//! crowd of silent sockets can never lock a real call out. Calls of a trusted address do not count
//! against its cap, because a whole PBX is one address; `calls_max` bounds them.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// The caps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caps {
    pub(super) connections_max: usize,
    pub(super) per_address_max: usize,
}

#[derive(Debug, Default)]
struct Inner {
    /// Connections, waiting or not.
    all: usize,
    /// Those of each address that count against its cap.
    by_address: HashMap<IpAddr, usize>,
    /// Those without a UUID, oldest first.
    waiting: VecDeque<Waiting>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    address: IpAddr,
    leave: CancellationToken,
}

/// Counts who is inside.
#[derive(Debug, Clone)]
pub(super) struct Doors {
    caps: Caps,
    gauge: &'static str,
    inner: Arc<Mutex<Inner>>,
}

/// One connection's place; dropping it frees the place.
#[derive(Debug)]
pub(super) struct Inside {
    doors: Doors,
    ticket: u64,
    address: IpAddr,
    counts: bool,
    /// Cancelled when this connection must go for a newer one; never after [`Inside::settle`].
    pub(super) leave: CancellationToken,
}

impl Doors {
    /// `gauge`: the metric that shows how many are inside.
    pub(super) fn new(caps: Caps, gauge: &'static str) -> Self {
        Self { caps, gauge, inner: Arc::default() }
    }

    /// Lets a connection in; `None` if there is no room and nobody who waits.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Inside> {
        let mut inner = self.lock();
        let of_address = inner.by_address.get(&address).copied().unwrap_or(0);
        if of_address >= self.caps.per_address_max {
            let oldest = inner.waiting.iter().position(|waiting| waiting.address == address)?;
            inner.evict(oldest);
        } else if inner.all >= self.caps.connections_max {
            if inner.waiting.is_empty() {
                return None;
            }
            inner.evict(0);
        }
        let ticket = inner.next_ticket;
        inner.next_ticket += 1;
        let leave = CancellationToken::new();
        inner.waiting.push_back(Waiting { ticket, address, leave: leave.clone() });
        inner.all += 1;
        *inner.by_address.entry(address).or_default() += 1;
        metrics::gauge!(self.gauge).set(inner.all as f64);
        Some(Inside { doors: self.clone(), ticket, address, counts: true, leave })
    }

    /// Connections that are inside.
    #[cfg(test)]
    fn all(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Sends the waiting connection at `index` away. Its place counts as free at once; its task
    /// sees `leave` and ends.
    fn evict(&mut self, index: usize) {
        if let Some(gone) = self.waiting.remove(index) {
            self.forget(gone.address);
            self.all -= 1;
            gone.leave.cancel();
        }
    }

    fn forget(&mut self, address: IpAddr) {
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

impl Inside {
    /// The connection has given a UUID that was admitted. From now on it is not sent away for
    /// others, and if `trusted`, it does not count against its address. `false`: too late.
    pub(super) fn settle(&mut self, trusted: bool) -> bool {
        let mut inner = self.doors.lock();
        let Some(at) = inner.waiting.iter().position(|waiting| waiting.ticket == self.ticket)
        else {
            return false;
        };
        inner.waiting.remove(at);
        if trusted {
            inner.forget(self.address);
            self.counts = false;
        }
        true
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        if self.leave.is_cancelled() {
            return; // counted out when it was sent away
        }
        let mut inner = self.doors.lock();
        if let Some(at) = inner.waiting.iter().position(|waiting| waiting.ticket == self.ticket) {
            inner.waiting.remove(at);
        }
        inner.all -= 1;
        if self.counts {
            inner.forget(self.address);
        }
        metrics::gauge!(self.doors.gauge).set(inner.all as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(connections_max: usize, per_address_max: usize) -> Doors {
        Doors::new(Caps { connections_max, per_address_max }, "treadline_test_connections")
    }

    fn address(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    #[test]
    fn a_newcomer_takes_the_place_of_the_one_that_waits_longest() {
        let doors = doors(10, 2);
        let first = doors.enter(address(1)).unwrap();
        let second = doors.enter(address(1)).unwrap();
        let third = doors.enter(address(1)).unwrap();
        assert!(first.leave.is_cancelled());
        assert!(!second.leave.is_cancelled() && !third.leave.is_cancelled());
        assert_eq!(doors.all(), 2);
        drop(first);
        assert_eq!(doors.all(), 2);
        drop((second, third));
        assert_eq!(doors.all(), 0);
    }

    #[test]
    fn settled_connections_of_a_stranger_are_refused_above_the_cap() {
        let doors = doors(10, 2);
        let mut inside: Vec<_> = (0..2).map(|_| doors.enter(address(1)).unwrap()).collect();
        assert!(inside.iter_mut().all(|one| one.settle(false)));
        assert!(doors.enter(address(1)).is_none());
        assert!(doors.enter(address(2)).is_some());
        inside.pop();
        assert!(doors.enter(address(1)).is_some());
    }

    #[test]
    fn calls_of_a_trusted_address_do_not_count_against_it() {
        let doors = doors(10, 2);
        let inside: Vec<_> = (0..8)
            .map(|_| {
                let mut one = doors.enter(address(1)).unwrap();
                assert!(one.settle(true));
                one
            })
            .collect();
        assert_eq!(doors.all(), 8);
        drop(inside);
        assert_eq!(doors.all(), 0);
    }

    #[test]
    fn the_total_is_capped_whatever_the_addresses() {
        let doors = doors(3, 2);
        let mut inside: Vec<_> = (1..=3).map(|n| doors.enter(address(n)).unwrap()).collect();
        for one in &mut inside[1..] {
            assert!(one.settle(false));
        }
        let mut newcomer = doors.enter(address(9)).unwrap();
        assert!(inside[0].leave.is_cancelled());
        assert!(!inside[0].settle(true), "too late");
        assert!(newcomer.settle(false));
        assert!(doors.enter(address(10)).is_none());
    }
}
