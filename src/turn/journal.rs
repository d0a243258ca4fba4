//! The journal of a call: every event and effect with its call time. It is the log, the test
//! fixture and the debugger: replaying its events gives its effects again, byte for byte.

use super::{Call, Effect, Event, Limits, ToolRule};
use crate::clock::CallTime;
use serde::{Deserialize, Serialize};

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

/// Runs the events of a journal through a new call; gives its effects in order. Effects in the
/// journal are ignored, so that a journal can be checked against its own replay.
pub fn replay(limits: Limits, rules: Vec<ToolRule>, journal: &[JournalLine]) -> Vec<Effect> {
    let mut call = Call::new(limits, rules);
    let mut effects = Vec::new();
    for line in journal {
        if let JournalEntry::Happened(event) = &line.entry {
            call.handle(line.at, event.clone());
            effects.extend(std::iter::from_fn(|| call.poll()));
        }
    }
    effects
}
