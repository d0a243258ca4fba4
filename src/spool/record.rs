//! What the journal holds.

use crate::ids::{CallId, TenantId};
use crate::language::Language;
use crate::pii::Phone;
use crate::turn::{Lines, Note, Setup, TransferOutcome};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One record of one call. `(call_started_at, call, seq)` is unique, so that a record applied
/// twice is one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The shop.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// The partition column: the same in every record of a call.
    pub call_started_at: DateTime<Utc>,
    /// Dense from 1 within the call.
    pub seq: u64,
    /// When it happened, by the wall clock.
    pub at: DateTime<Utc>,
    /// What.
    pub record: Record,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// A call began.
    Opened(Box<CallOpened>),
    /// A person is about to be brought to the call. Written before any phone rings.
    TransferAsked(Box<TransferAsked>),
    /// What became of that.
    TransferDone(TransferDone),
    /// The core said something for the log; [`Note::Ended`] closes the call.
    Note(Box<Note>),
    /// A step of a turn was done. The last ones may come after [`Note::Ended`]: a provider tells
    /// what it used when its answer is over.
    Trace(Box<super::TraceStep>),
    /// What the call's core is made from: its journal begins.
    Core(Box<Setup>),
    /// What happened to the call's core and what it wanted. Written before any of it is done.
    Steps(Lines),
}

impl Record {
    /// A part of the call's journal alone: no row of any other table rests on it.
    #[must_use]
    pub const fn is_journal(&self) -> bool {
        matches!(self, Self::Core(_) | Self::Steps(_))
    }
}

/// The beginning of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallOpened {
    /// `phone`, `chat`.
    pub channel: String,
    /// `live`, `demo`, `test`: only `live` counts.
    pub origin: String,
    /// The caller's number, if given.
    pub caller: Option<Phone>,
    /// The number that was called.
    pub called: Option<String>,
    /// Asterisk's channel, if told.
    pub asterisk_channel: Option<String>,
    /// The language at the start.
    pub language: Language,
    /// The machine and process that serve the call.
    pub node: String,
    /// The prompt in force.
    pub prompt_version: String,
    /// What else the registration said.
    pub data: serde_json::Value,
}

/// An attempt to bring a person to a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferAsked {
    /// Within the call, from 1.
    pub attempt: u32,
    /// `blind`, `bridge`, `warm` or `hand_back`.
    pub kind: String,
    /// A name of the allow-list.
    pub target: String,
    /// Why.
    pub reason: String,
    /// What the operator should know. Empty when the caller asked not to be recorded.
    pub summary: String,
    /// The caller's number, if given.
    pub caller: Option<Phone>,
    /// What the caller was about to order or to book.
    pub cart: serde_json::Value,
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferDone {
    /// Which attempt.
    pub attempt: u32,
    /// What became of it.
    pub outcome: TransferOutcome,
    /// When a person picked up.
    pub answered_at: Option<DateTime<Utc>>,
}
