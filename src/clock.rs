//! Two clocks that never mix: the monotonic time of a call ([`CallTime`]), which the core lives
//! by, and the wall clock ([`WallClock`]), which only stamps `…_at` columns and answers "what day
//! is it in the shop".

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Time since the call was set up, in microseconds. The core's only clock.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct CallTime(pub u64);

impl CallTime {
    /// From whole milliseconds.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms * 1000)
    }

    /// Whole milliseconds, rounded down.
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        self.0 / 1000
    }

    /// This time and `ms` milliseconds more.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms.saturating_mul(1000)))
    }

    /// Milliseconds since `earlier`; 0 if `earlier` is later.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0) / 1000
    }
}

/// The wall clock, which a test or a rehearsal may set.
#[derive(Debug, Clone, Default)]
pub struct WallClock {
    /// Added to the machine's clock, in microseconds.
    offset_us: Arc<AtomicI64>,
}

impl WallClock {
    /// The machine's clock as it is.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that reads `at` now and runs on from there.
    #[must_use]
    pub fn starting_at(at: DateTime<Utc>) -> Self {
        let clock = Self::default();
        clock.set(at);
        clock
    }

    /// Sets the clock to `at`; it runs on from there.
    pub fn set(&self, at: DateTime<Utc>) {
        let offset = at - Utc::now();
        self.offset_us.store(offset.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }

    /// Now, in UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + chrono::Duration::microseconds(self.offset_us.load(Ordering::Relaxed))
    }

    /// Now, on the shop's wall.
    #[must_use]
    pub fn now_in(&self, zone: Tz) -> DateTime<Tz> {
        zone.from_utc_datetime(&self.now().naive_utc())
    }

    /// Today's date in the shop's time zone.
    #[must_use]
    pub fn today_in(&self, zone: Tz) -> NaiveDate {
        self.now_in(zone).date_naive()
    }
}
