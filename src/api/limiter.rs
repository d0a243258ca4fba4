//! So many requests a minute, each by its own bucket.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Buckets that are remembered; full ones are forgotten beyond that.
const BUCKETS_MAX: usize = 10_000;
const MINUTE_S: f64 = 60.0;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Counts requests. Of this process alone: two processes let twice as many through.
#[derive(Debug)]
pub(super) struct Limiter {
    per_minute: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Limiter {
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute: f64::from(per_minute.max(1)), buckets: Mutex::default() }
    }

    /// Takes one request of `who`; otherwise the seconds until there is room for one.
    pub(super) fn take(&self, who: &str, now: Instant) -> Result<(), u64> {
        self.take_within(who, self.per_minute, now)
    }

    /// The same for somebody who has a limit of their own, where that is the lower one.
    pub(super) fn take_limited(
        &self,
        who: &str,
        own: Option<i32>,
        now: Instant,
    ) -> Result<(), u64> {
        let own = own.map_or(self.per_minute, |own| f64::from(own.max(1)));
        self.take_within(who, own.min(self.per_minute), now)
    }

    fn take_within(&self, who: &str, per_minute: f64, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, bucket| left(*bucket, self.per_minute, now) < self.per_minute);
        }
        let known = buckets.get(who).copied();
        let left = known.map_or(per_minute, |bucket| left(bucket, per_minute, now));
        if left < 1.0 {
            let wait_s = (1.0 - left) * MINUTE_S / per_minute;
            return Err((wait_s.ceil() as u64).max(1));
        }
        buckets.insert(who.to_owned(), Bucket { left: left - 1.0, at: now });
        Ok(())
    }
}

/// What is in a bucket by now.
fn left(bucket: Bucket, per_minute: f64, now: Instant) -> f64 {
    let gained = now.duration_since(bucket.at).as_secs_f64() * per_minute / MINUTE_S;
    (bucket.left + gained).min(per_minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn so_many_pass_and_then_one_as_each_share_of_a_minute_goes_by() {
        let (limiter, start) = (Limiter::new(6), Instant::now());
        for _ in 0..6 {
            assert_eq!(limiter.take("a", start), Ok(()));
        }
        assert_eq!(limiter.take("a", start), Err(10));
        assert_eq!(limiter.take("b", start), Ok(()), "another one's bucket is its own");
        let later = start + Duration::from_secs(10);
        assert_eq!(limiter.take("a", later), Ok(()));
        assert_eq!(limiter.take("a", later), Err(10));
        let much_later = later + Duration::from_hours(1);
        for _ in 0..6 {
            assert_eq!(limiter.take("a", much_later), Ok(()));
        }
        assert!(limiter.take("a", much_later).is_err(), "a bucket holds a minute's worth");
    }

    #[test]
    fn a_limit_of_ones_own_is_lower_never_higher() {
        let (limiter, now) = (Limiter::new(6), Instant::now());
        let passed = |who: &str, own| {
            (0..20).take_while(|_| limiter.take_limited(who, own, now).is_ok()).count()
        };
        assert_eq!(passed("a", Some(2)), 2);
        assert_eq!(passed("b", Some(100)), 6);
        assert_eq!(passed("c", None), 6);
    }
}
