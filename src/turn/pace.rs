//! How this caller pauses inside a turn, from what they did so far.

use super::TurnTaking;

/// A turn shorter than this, milliseconds, tells nothing about pauses: a "yes" has none.
const TURN_MS_MIN: u64 = 1_000;
/// What a turn without any pause counts as, milliseconds: the gap between two words.
const PAUSE_MS_MIN: u64 = 150;
/// After so many turns the estimate counts.
const TURNS_MIN: u32 = 2;
/// Each turn moves the estimate by one part in so many.
const PARTS: u64 = 4;
/// A pause that we took for the end moves it by one part in so many: it was a mistake.
const PARTS_AFTER_MISTAKE: u64 = 2;

/// A running estimate of the longest pause inside a turn, and of how far turns differ in it.
#[derive(Debug, Default)]
pub(super) struct Pace {
    turns: u32,
    mean_ms: u64,
    deviation_ms: u64,
}

impl Pace {
    /// A turn is over that took `turn_ms` from its first sound to its last.
    pub(super) fn turn(&mut self, turn_ms: u64, longest_pause_ms: u64) {
        if turn_ms >= TURN_MS_MIN {
            self.observe(longest_pause_ms.max(PAUSE_MS_MIN), PARTS);
        }
    }

    /// The caller went on after a pause that we had taken for the end.
    pub(super) fn mistaken(&mut self, pause_ms: u64) {
        self.observe(pause_ms, PARTS_AFTER_MISTAKE);
        self.turns = self.turns.max(TURNS_MIN);
    }

    fn observe(&mut self, pause_ms: u64, parts: u64) {
        if self.turns == 0 {
            (self.mean_ms, self.deviation_ms) = (pause_ms, pause_ms / PARTS);
        } else {
            let off = pause_ms.abs_diff(self.mean_ms);
            self.mean_ms = (self.mean_ms * (parts - 1) + pause_ms) / parts;
            self.deviation_ms = (self.deviation_ms * (parts - 1) + off) / parts;
        }
        self.turns = self.turns.saturating_add(1);
    }

    /// `ms` of silence as this caller needs it, between the bounds.
    pub(super) fn fitted(&self, ms: u64, bounds: &TurnTaking) -> u64 {
        if self.turns < TURNS_MIN {
            return ms;
        }
        let least = ms * bounds.brisk_percent / 100;
        let most = (ms * bounds.slow_percent / 100).max(least);
        (self.mean_ms + 2 * self.deviation_ms + bounds.pause_margin_ms).clamp(least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pauses: &[u64]) -> u64 {
        let mut pace = Pace::default();
        for ms in pauses {
            pace.turn(2_000, *ms);
        }
        pace.fitted(500, &TurnTaking::default())
    }

    #[test]
    fn one_turn_is_no_habit() {
        assert_eq!(after(&[]), 500);
        assert_eq!(after(&[900]), 500);
    }

    #[test]
    fn who_hardly_pauses_waits_less_and_who_pauses_long_is_waited_for_within_the_bounds() {
        assert_eq!(after(&[0; 8]), 350, "70 % of the silence is the least");
        assert_eq!(after(&[900; 3]), 800, "160 % is the most");
        assert!((400..=500).contains(&after(&[250; 8])), "{}", after(&[250; 8]));
    }

    #[test]
    fn a_short_answer_tells_nothing_and_a_mistake_tells_at_once() {
        let mut pace = Pace::default();
        (0..5).for_each(|_| pace.turn(400, 0));
        assert_eq!(pace.fitted(500, &TurnTaking::default()), 500);
        pace.mistaken(600);
        assert_eq!(pace.fitted(500, &TurnTaking::default()), 800);
    }

    #[test]
    fn a_habit_is_forgotten_again() {
        let mut pauses = vec![900; 4];
        pauses.extend([150; 16]);
        assert!(after(&pauses) <= 400, "{}", after(&pauses));
    }
}
