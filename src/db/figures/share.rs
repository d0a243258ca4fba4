//! Shares: always k of n, with the interval that so few or so many calls allow.

use super::filter::CallFilter;
use serde::Serialize;

/// With fewer calls a percentage says more than is known: only the counts are shown.
pub const ENOUGH_FOR_PERCENT: i64 = 20;

/// The normal distribution's 97.5 % point: an interval that holds the truth in 95 of 100 cases.
const Z: f64 = 1.959_963_985;

/// So many calls, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub calls: i64,
    /// The filter whose list has so many rows.
    pub filter: CallFilter,
}

/// So many of so many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Those that are meant.
    pub part: Tally,
    /// All that could have been.
    pub of: Tally,
}

/// What is known of a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Known {
    /// Per cent.
    pub percent: f64,
    /// The lower end of the interval, per cent.
    pub low: f64,
    /// The upper end of the interval, per cent.
    pub high: f64,
}

impl Share {
    /// Per cent and interval; `None` if there are too few calls to say.
    #[must_use]
    pub fn known(&self) -> Option<Known> {
        (self.of.calls >= ENOUGH_FOR_PERCENT).then(|| wilson(self.part.calls, self.of.calls))
    }
}

/// The share `part` of `of` with Wilson's score interval; `of` is more than 0.
#[must_use]
pub fn wilson(part: i64, of: i64) -> Known {
    let n = of as f64;
    let p = part as f64 / n;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let percent = |share: f64| (share * 100.0).clamp(0.0, 100.0);
    Known { percent: percent(p), low: percent(middle - half), high: percent(middle + half) }
}

/// Whether two shares differ by more than chance explains: their difference lies outside the
/// interval of Newcombe's method; `None` if one of them is of too few calls.
#[must_use]
pub fn differ(one: &Share, other: &Share) -> Option<bool> {
    let (a, b) = (one.known()?, other.known()?);
    let gap = a.percent - b.percent;
    let below = (a.percent - a.low).hypot(b.high - b.percent);
    let above = (a.high - a.percent).hypot(b.percent - b.low);
    Some(gap - below > 0.0 || gap + above < 0.0)
}

#[cfg(test)]
mod tests {
    use super::super::{Range, Span};
    use super::*;

    fn share(part: i64, of: i64) -> Share {
        let day = "2026-11-22".parse().unwrap();
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let filter = CallFilter::of(&Range::of(Span::Day, day, chrono_tz::UTC, now));
        let tally = |calls| Tally { calls, filter: filter.clone() };
        Share { part: tally(part), of: tally(of) }
    }

    #[test]
    fn intervals_are_those_of_the_table_that_the_rule_comes_from() {
        for (part, of, low, high) in
            [(7, 10, 40, 89), (35, 50, 56, 81), (140, 200, 63, 76), (350, 500, 66, 74)]
        {
            let known = wilson(part, of);
            assert_eq!((known.low.round() as i64, known.high.round() as i64), (low, high));
            assert!((known.percent - 70.0).abs() < 1e-9);
        }
        assert_eq!((wilson(0, 50).low, wilson(50, 50).high), (0.0, 100.0));
    }

    #[test]
    fn under_twenty_calls_there_is_no_percentage_and_no_difference() {
        assert_eq!(share(7, 10).known(), None);
        assert_eq!(share(0, 0).known(), None);
        assert!(share(14, 20).known().is_some());
        assert_eq!(differ(&share(7, 10), &share(140, 200)), None);
        assert_eq!(differ(&share(140, 200), &share(150, 200)), Some(false));
        assert_eq!(differ(&share(140, 200), &share(60, 200)), Some(true));
    }
}
