//! Times in buckets that can be added up: percentiles of a month come from the sum of its days.

/// How many buckets there are; each is 5 % wider than the one before.
pub const BUCKETS: usize = 156;
/// The lower edge of the first bucket, milliseconds; what is shorter falls into it.
const FIRST_MS: f64 = 10.0;
/// The width of a bucket, as a factor.
const STEP: f64 = 1.05;

/// With fewer values a median is not shown.
pub const ENOUGH_FOR_MEDIAN: u64 = 20;
/// With fewer values even the largest one does not bound the 95th percentile (0.95⁵⁹ < 5 %).
pub const ENOUGH_FOR_P95: u64 = 59;
/// With fewer values even the largest one does not bound the 99th percentile.
pub const ENOUGH_FOR_P99: u64 = 299;

/// How many values lie in each bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    counts: [u64; BUCKETS],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; BUCKETS] }
    }
}

impl Histogram {
    /// The bucket of a time, milliseconds.
    #[must_use]
    pub fn bucket(ms: i32) -> usize {
        let place = (f64::from(ms.max(1)) / FIRST_MS).ln() / STEP.ln();
        (place.floor().max(0.0) as usize).min(BUCKETS - 1)
    }

    /// The edges of a bucket, milliseconds.
    #[must_use]
    pub fn edges(bucket: usize) -> (f64, f64) {
        let edge = |number: usize| FIRST_MS * STEP.powi(number as i32);
        (edge(bucket), edge(bucket + 1))
    }

    /// Counts `count` values more in a bucket; one that does not exist is the last.
    pub fn add(&mut self, bucket: usize, count: u64) {
        self.counts[bucket.min(BUCKETS - 1)] += count;
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    /// How many values there are.
    #[must_use]
    pub fn values(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The value under which `share` (0 to 1) of all lie, milliseconds, right to 2.5 %; `None` if
    /// there are too few to say.
    #[must_use]
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let enough = match share {
            share if share >= 0.99 => ENOUGH_FOR_P99,
            share if share >= 0.95 => ENOUGH_FOR_P95,
            _ => ENOUGH_FOR_MEDIAN,
        };
        let values = self.values();
        if values < enough {
            return None;
        }
        let wanted = ((values as f64 * share).ceil() as u64).clamp(1, values);
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        })?;
        let (from, to) = Self::edges(bucket);
        Some((from * to).sqrt())
    }

    /// Every bucket: its edges, milliseconds, and how many values lie in it.
    pub fn buckets(&self) -> impl Iterator<Item = ((f64, f64), u64)> {
        self.counts.iter().enumerate().map(|(at, count)| (Self::edges(at), *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[i32]) -> Histogram {
        let mut histogram = Histogram::default();
        for ms in values {
            histogram.add(Histogram::bucket(*ms), 1);
        }
        histogram
    }

    #[test]
    fn the_buckets_reach_from_ten_milliseconds_to_twenty_seconds() {
        assert_eq!([-5, 0, 1, 10].map(Histogram::bucket), [0; 4]);
        assert_eq!(Histogram::bucket(i32::MAX), BUCKETS - 1);
        let (from, to) = Histogram::edges(BUCKETS - 1);
        assert!(from < 20_000.0 && to > 20_000.0, "{from} {to}");
    }

    #[test]
    fn too_few_values_say_nothing() {
        let some = |count| of(&vec![700; count]);
        assert_eq!(some(19).percentile(0.5), None);
        assert!(some(20).percentile(0.5).is_some());
        assert_eq!(some(58).percentile(0.95), None);
        assert!(some(59).percentile(0.95).is_some());
        assert_eq!(some(298).percentile(0.99), None);
    }

    proptest! {
        #[test]
        fn percentiles_of_merged_days_are_those_of_all_values_together(
            days in prop::collection::vec(prop::collection::vec(10..19_000_i32, 20..200), 1..8)
        ) {
            let mut merged = Histogram::default();
            for day in &days {
                merged.merge(&of(day));
            }
            let mut all: Vec<i32> = days.concat();
            all.sort_unstable();
            for share in [0.5, 0.95] {
                let Some(found) = merged.percentile(share) else { continue };
                let rank = ((all.len() as f64 * share).ceil() as usize).clamp(1, all.len());
                let real = f64::from(all[rank - 1]);
                prop_assert!((found / real - 1.0).abs() <= 0.025_001, "{found} for {real}");
            }
        }
    }
}
