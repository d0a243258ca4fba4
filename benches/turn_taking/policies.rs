//! The policies that are compared.

use treadline::turn::{Limits, TurnTaking};

/// A way to decide that a turn is over, and what is done when that was wrong.
#[derive(Debug, Clone)]
pub struct Policy {
    pub name: String,
    pub limits: Limits,
    pub turn: TurnTaking,
}

impl Policy {
    /// One silence for everything.
    pub fn fixed(ms: u64) -> Self {
        let limits = Limits { endpointing_ms: ms, endpointing_slow_ms: ms, ..of_the_bench() };
        Self { name: format!("fixed, {ms} ms"), limits, turn: TurnTaking::fixed() }
    }

    /// All that stand in the table.
    pub fn all() -> Vec<Self> {
        let named = |name: &str, turn| Self { name: name.into(), limits: of_the_bench(), turn };
        let usual = TurnTaking::default().with_brain("none");
        vec![
            Self::fixed(300),
            Self::fixed(500),
            Self::fixed(800),
            Self::fixed(1_200),
            named("two silences, 500 and 900 ms", TurnTaking::fixed()),
            named("adaptive, nothing repaired", TurnTaking { continuation_ms: 0, ..usual.clone() }),
            named("adaptive", usual),
            named(
                "adaptive, asked ahead",
                TurnTaking { ask_ahead: vec!["bench".into()], ..TurnTaking::default() },
            ),
        ]
    }
}

/// A bench talks longer than a caller does, and has no filler: it is the answer that is waited for.
fn of_the_bench() -> Limits {
    Limits {
        turns_max: u32::MAX,
        call_s_max: 1_000_000,
        filler_ms: 20_000,
        quiet_ms_max: 20_000,
        bad_turns_max: u32::MAX,
        ..Limits::default()
    }
}
