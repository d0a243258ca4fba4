//! What all calls of all processes have spent in the present hour.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use rust_decimal::Decimal;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// The hour on the wall, in UTC, that holds `at`.
#[must_use]
pub fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

#[derive(Debug, Default, Clone, Copy)]
struct Hour {
    begins: Option<DateTime<Utc>>,
    ours: Decimal,
    /// Of other processes, when it was last known. While Postgres is away it stays.
    others: Decimal,
}

/// The purse of this process. What it spends itself it knows at once; what others spend is told
/// to it, a few seconds late.
#[derive(Debug, Default)]
pub struct Purse {
    hour: Mutex<Hour>,
    /// What was used though nobody knows its price; few, each named once.
    unpriced: Mutex<HashSet<String>>,
}

impl Purse {
    /// Takes `usd` out at `at`; answers what the hour has cost everybody so far.
    pub fn spend(&self, at: DateTime<Utc>, usd: Decimal) -> Decimal {
        self.in_hour(at, |hour| {
            hour.ours += usd;
            hour.ours + hour.others
        })
    }

    /// What the hour of `at` has cost everybody so far.
    pub fn spent(&self, at: DateTime<Utc>) -> Decimal {
        self.in_hour(at, |hour| hour.ours + hour.others)
    }

    /// What this process has spent in the hour of `at`.
    pub fn ours(&self, at: DateTime<Utc>) -> Decimal {
        self.in_hour(at, |hour| hour.ours)
    }

    /// Others spent `usd` in the hour of `at`.
    pub fn others_spent(&self, at: DateTime<Utc>, usd: Decimal) {
        self.in_hour(at, |hour| hour.others = usd);
    }

    /// Something was used whose price nobody knows. True the first time for this name.
    pub fn is_news(&self, unpriced: &str) -> bool {
        let mut known = self.unpriced.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(unpriced.to_owned())
    }

    /// A step of the clock back into an hour that is over begins that hour anew: the sum can then
    /// only be too small, by what this process had spent in it.
    fn in_hour<T>(&self, at: DateTime<Utc>, work: impl FnOnce(&mut Hour) -> T) -> T {
        let mut hour = self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = Some(hour_of(at));
        if hour.begins != begins {
            *hour = Hour { begins, ..Hour::default() };
        }
        work(&mut hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn ours_and_theirs_are_one_sum_and_a_new_hour_is_empty() {
        let purse = Purse::default();
        let noon = at("2026-11-23T12:00:00Z");
        assert_eq!(purse.spend(noon, Decimal::new(25, 2)), Decimal::new(25, 2));
        purse.others_spent(at("2026-11-23T12:30:00Z"), Decimal::ONE);
        assert_eq!(purse.spend(at("2026-11-23T12:59:59Z"), Decimal::ONE), Decimal::new(225, 2));
        assert_eq!(purse.ours(noon), Decimal::new(125, 2));
        assert_eq!(purse.spent(at("2026-11-23T13:00:00Z")), Decimal::ZERO);
    }
}
