//! What goes wrong, and when.

use super::chance::Chance;
use std::fmt;
use std::time::Duration;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// SIGKILL in the middle of calls, and the next start.
    Kill,
    /// The same while the database is away for so long.
    KillWhileAway(Duration),
    /// SIGTERM: calls may end, then the next start.
    Drain,
    /// The database refuses every connection for so long.
    Refuse(Duration),
    /// It takes connections and bytes and never answers, for so long.
    Silence(Duration),
    /// Every connection to it breaks at this moment.
    Cut,
    /// The wall clock of the program jumps by so many seconds.
    Clock(i64),
}

impl Fault {
    /// The word of the summary.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Kill => "kill -9",
            Self::KillWhileAway(_) => "kill -9 in an outage",
            Self::Drain => "graceful drain",
            Self::Refuse(_) => "database refuses",
            Self::Silence(_) => "database silent",
            Self::Cut => "connections cut",
            Self::Clock(_) => "clock step",
        }
    }

    /// Does the program end by it?
    pub(super) const fn ends_program(self) -> bool {
        matches!(self, Self::Kill | Self::KillWhileAway(_) | Self::Drain)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::KillWhileAway(long) | Self::Refuse(long) | Self::Silence(long) => {
                write!(f, ", {:.1} s", long.as_secs_f64())
            }
            Self::Clock(seconds) => write!(f, ", {seconds:+} s"),
            Self::Kill | Self::Drain | Self::Cut => Ok(()),
        }
    }
}

/// When each fault begins, counted from the start of its part of the run.
pub(super) type Timeline = Vec<(Duration, Fault)>;

/// The run: faults of every kind, then a last part in which the program is not ended any more, so
/// that its memory can be compared over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// How long the first part is.
    pub rough: Duration,
    /// How long the last part is.
    pub long: Duration,
    /// Faults of the first part.
    pub in_rough: Timeline,
    /// Faults of the last part.
    pub in_long: Timeline,
}

impl Plan {
    /// For a run of `whole` with a fault about every `every`.
    pub(super) fn new(seed: u64, whole: Duration, every: Duration) -> Self {
        let mut chance = Chance::new(seed);
        let long = whole / 3;
        let rough = whole.saturating_sub(long);
        let in_rough = timeline(&mut chance, rough, every, true);
        let in_long = timeline(&mut chance, long, every, false);
        Self { rough, long, in_rough, in_long }
    }

    /// Faults in all.
    pub(super) fn faults(&self) -> usize {
        self.in_rough.len() + self.in_long.len()
    }
}

fn timeline(chance: &mut Chance, whole: Duration, every: Duration, may_end: bool) -> Timeline {
    let every = every.as_millis() as u64;
    // What begins later would not be over in time.
    let last = (whole.as_millis() as u64).saturating_sub(every);
    let (mut at, mut faults) = (0, Vec::new());
    // Every kind in turn, so that a short run has them too; within a round in any order.
    let mut round: Vec<u8> = Vec::new();
    loop {
        at += chance.within(every / 2, every * 3 / 2);
        if at >= last {
            return faults;
        }
        if round.is_empty() {
            round = if may_end { vec![0, 1, 2, 3, 4, 5, 6] } else { vec![3, 4, 5, 6] };
        }
        let kind = round.swap_remove(chance.within(0, round.len() as u64) as usize);
        faults.push((Duration::from_millis(at), fault(chance, kind, every)));
    }
}

fn fault(chance: &mut Chance, kind: u8, every: u64) -> Fault {
    let mut long = || Duration::from_millis(chance.within(every / 8, every / 2));
    match kind {
        0 => Fault::Kill,
        1 => Fault::KillWhileAway(long()),
        2 => Fault::Drain,
        3 => Fault::Refuse(long()),
        4 => Fault::Silence(long()),
        5 => Fault::Cut,
        // An hour, as in a night of daylight saving; and less.
        _ => Fault::Clock([3_600, -3_600, 90, -90][chance.within(0, 4) as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_seed_is_a_plan_and_the_last_part_ends_no_program() {
        let plan = |seed| Plan::new(seed, Duration::from_mins(20), Duration::from_secs(15));
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        for seed in 0..50 {
            let plan = plan(seed);
            assert_eq!(plan.rough + plan.long, Duration::from_mins(20));
            assert!(plan.in_long.iter().all(|(_, fault)| !fault.ends_program()));
            let kinds: HashSet<_> = plan.in_rough.iter().map(|(_, fault)| fault.kind()).collect();
            assert_eq!(kinds.len(), 7, "every kind: {kinds:?}");
            assert!(plan.in_rough.is_sorted_by_key(|(at, _)| *at));
            assert!(plan.in_rough.iter().all(|(at, _)| *at < plan.rough));
        }
    }

    #[test]
    fn a_short_run_has_faults_too() {
        let plan = Plan::new(7, Duration::from_secs(45), Duration::from_secs(4));
        assert!(plan.in_rough.len() >= 4 && !plan.in_long.is_empty(), "{plan:?}");
    }
}
