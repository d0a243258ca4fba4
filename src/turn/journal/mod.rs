//! The journal of a call: every event and effect with its call time. It is the log, the test
//! fixture and the debugger: replaying its events gives its effects again, byte for byte.
//!
//! A live call's [`Recorder`] makes [`Lines`] of its steps; they travel with the other records of
//! the call. [`Tape`] reads them again and checks them against the core of today; [`Fixture`] is
//! the form of a tape that stands in a file, its personal data masked.

mod fixture;
mod masking;
mod people;
mod recorder;
mod screen;
mod tape;
mod written;

pub use fixture::{Fixture, FixtureError};
pub use recorder::{Recorder, Scene};
pub use screen::screened;
pub use tape::{Counts, Difference, Tape, TapeEnd, TapeError, TapeStep};
pub use written::{Lines, stands_alone};

use super::{Call, Effect, Event, Limits, ToolRule, TurnTaking};
use crate::clock::CallTime;
use serde::{Deserialize, Serialize};

/// This program's core: its version and a hash of the sources that decide how a call goes.
pub const CORE: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("TREADLINE_CORE"));

/// What a call's core is made from; the first line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The core that made the journal: [`CORE`] of that program.
    pub core: String,
    /// The limits of the call.
    pub limits: Limits,
    /// What it knew of the tools.
    pub rules: Vec<ToolRule>,
    /// How turns were taken. Journals from before there was a choice have fixed silences.
    #[serde(default = "TurnTaking::fixed")]
    pub turn: TurnTaking,
}

impl Setup {
    /// The set-up of a call that this program's core makes.
    #[must_use]
    pub fn of_this_core(limits: Limits, rules: Vec<ToolRule>) -> Self {
        Self { core: CORE.to_owned(), limits, rules, turn: TurnTaking::default() }
    }

    /// The same with other bounds for taking turns.
    #[must_use]
    pub fn taking_turns(self, turn: TurnTaking) -> Self {
        Self { turn, ..self }
    }

    /// A core like that, before its first event.
    #[must_use]
    pub fn call(&self) -> Call {
        Call::new(self.limits.clone(), self.rules.clone()).taking_turns(self.turn.clone())
    }
}

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalLine {
    /// When, since the call was set up.
    pub at: CallTime,
    /// What.
    pub entry: JournalEntry,
}

/// What a line of a journal holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalEntry {
    /// Something happened to the call.
    Happened(Event),
    /// The call wanted something done.
    Wanted(Effect),
}

impl JournalLine {
    /// A line for an event.
    pub fn happened(at: CallTime, event: Event) -> Self {
        Self { at, entry: JournalEntry::Happened(event) }
    }

    /// A line for an effect.
    pub fn wanted(at: CallTime, effect: Effect) -> Self {
        Self { at, entry: JournalEntry::Wanted(effect) }
    }
}

/// The name of an event or an effect, as the journal writes it.
fn label(tagged: &impl Serialize, tag: &str) -> String {
    let value = serde_json::to_value(tagged).unwrap_or_default();
    value[tag].as_str().unwrap_or_default().to_owned()
}
