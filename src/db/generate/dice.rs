//! Chance that can be had again: splitmix64, a stream for each thing that is drawn.

use uuid::{Builder, Uuid};

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The stream of `what` under a seed: the same two give the same numbers, whatever else is
    /// drawn.
    pub(super) fn of(seed: u64, what: &[u64]) -> Self {
        let mut dice = Self(seed ^ 0x7265_6164_6c69_6e65);
        for part in what {
            dice.0 = dice.next() ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `from..=to`.
    pub(super) fn within(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to.saturating_sub(from) + 1)
    }

    /// A share of one, 0 inclusive to 1 exclusive.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in `per_mille` of cases.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.next() % 1_000 < per_mille
    }

    /// One of them, each as likely; there must be one.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[(self.next() % of.len() as u64) as usize]
    }

    /// One of them, as likely as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(T, u64)]) -> T {
        let all: u64 = of.iter().map(|(_, weight)| weight).sum();
        let mut left = self.next() % all.max(1);
        for (value, weight) in of {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        of[of.len() - 1].0
    }

    /// A time that is mostly near `usual_ms`, never under half of it and now and then much longer,
    /// as times over a network are.
    pub(super) fn around(&mut self, usual_ms: u64) -> u64 {
        let bell = (self.share() + self.share() + self.share()) / 3.0;
        let tail = if self.chance(20) { 1.0 + 3.0 * self.share() } else { 1.0 };
        (usual_ms as f64 * (0.5 + bell) * tail) as u64
    }

    /// An id of version 4.
    pub(super) fn uuid(&mut self) -> Uuid {
        let wide = (u128::from(self.next()) << 64) | u128::from(self.next());
        Builder::from_random_bytes(wide.to_be_bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stream_gives_the_same_numbers_and_another_one_others() {
        let ids = |seed, what: &[u64]| -> Vec<Uuid> {
            let mut dice = Dice::of(seed, what);
            (0..100).map(|_| dice.uuid()).collect()
        };
        assert_eq!(ids(1, &[2, 3]), ids(1, &[2, 3]));
        for other in [ids(2, &[2, 3]), ids(1, &[3, 2]), ids(1, &[2])] {
            assert!(ids(1, &[2, 3]).iter().all(|id| !other.contains(id)));
        }
    }

    #[test]
    fn weights_are_kept_to() {
        let mut dice = Dice::of(7, &[]);
        let often = (0..10_000).filter(|_| dice.weighted(&[(true, 9), (false, 1)])).count();
        assert!((8_700..9_300).contains(&often), "{often}");
        let times: Vec<u64> = (0..1_000).map(|_| dice.around(800)).collect();
        let mean = times.iter().sum::<u64>() / 1_000;
        assert!(times.iter().all(|ms| *ms >= 400) && (780..900).contains(&mean), "{mean}");
    }
}
