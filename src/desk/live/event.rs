//! What happens on the line, as pages hear of it.

use crate::db::live::Line;
use crate::language::Language;
use crate::turn::{Speaker, TurnNote};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A line that was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// Dense from 1.
    pub turn: u32,
    /// `customer` or `bot`.
    pub speaker: &'static str,
    /// What; for the agent what was heard.
    pub text: String,
    /// The language of the line.
    pub language: &'static str,
    /// Since the call began, seconds.
    pub at_s: i64,
    /// Did the caller cut it short?
    pub interrupted: bool,
    /// From the caller's last sound to the agent's first, milliseconds.
    #[serde(skip)]
    pub first_audio_ms: Option<u64>,
    /// What of that went where: `call_traces.step`, milliseconds.
    #[serde(skip)]
    pub parts: Vec<(&'static str, u64)>,
}

impl Said {
    /// A line as a call tells it, so long after its beginning.
    pub(super) fn of_turn(turn: &TurnNote, at_s: i64) -> Self {
        Self {
            turn: turn.turn_number,
            speaker: match turn.speaker {
                Speaker::Customer => "customer",
                Speaker::Bot => "bot",
            },
            text: turn.content.clone(),
            language: turn.language.code(),
            at_s,
            interrupted: turn.interrupted,
            first_audio_ms: turn.first_audio_ms,
            parts: [
                ("endpoint", turn.endpointing_ms),
                ("stt", turn.stt_latency_ms),
                ("llm", turn.llm_latency_ms),
                ("tts", turn.tts_latency_ms),
            ]
            .into_iter()
            .filter_map(|(name, took)| took.map(|took| (name, took)))
            .collect(),
        }
    }

    /// A line as the log has it.
    pub(super) fn of_row(row: &Line) -> Self {
        let language = row.language.as_deref().and_then(Language::from_code).unwrap_or_default();
        Self {
            turn: u32::try_from(row.turn_number).unwrap_or_default(),
            speaker: if row.speaker == "customer" { "customer" } else { "bot" },
            text: row.content.clone(),
            language: language.code(),
            at_s: (row.created_at - row.call_started_at).num_seconds(),
            interrupted: row.interrupted,
            first_audio_ms: row.first_audio_ms.and_then(|ms| u64::try_from(ms).ok()),
            parts: Vec::new(),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A call began.
    Began,
    /// Somebody said something.
    Said(Said),
    /// A tool was used.
    Tool {
        /// Which.
        name: String,
        /// Did it do what was asked?
        success: bool,
        /// How long, milliseconds.
        took_ms: u64,
    },
    /// A person is being brought.
    Moves {
        /// Within the call, from 1.
        attempt: u32,
        /// A name of the allow-list.
        target: String,
        /// Why.
        reason: String,
        /// What the person should know.
        summary: String,
    },
    /// What became of it.
    Moved {
        /// In the words of `call_transfers.outcome`.
        outcome: &'static str,
    },
    /// The call is over.
    Ended {
        /// How, in the words of `calls.outcome`.
        outcome: String,
    },
    /// Who is there, or who has which call, has changed: what pages show of it is out of date.
    Board,
    /// What was told before is not whole: everybody begins anew.
    Anew,
}

impl What {
    /// The name of the event in the stream.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Said(_) => "said",
            Self::Tool { .. } => "tool",
            Self::Moves { .. } => "moves",
            Self::Moved { .. } => "moved",
            Self::Ended { .. } => "ended",
            Self::Board => "board",
            Self::Anew => "reset",
        }
    }
}

/// An event of a shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Dense from 1 within the shop.
    pub seq: u64,
    /// The call as it is after the event, without its earlier lines; none if it is about no call.
    pub call: Option<LiveCall>,
    /// What happened.
    pub what: What,
}

/// A process as people may see it: its machine, and enough of the rest to tell two apart.
pub(in crate::desk) fn short_node(node: &str) -> String {
    let (host, instance) = node.split_once('/').unwrap_or((node, ""));
    let instance: String = instance.chars().take(8).collect();
    if instance.is_empty() { host.to_owned() } else { format!("{host}/{instance}") }
}

/// A call in progress.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveCall {
    /// The call.
    pub id: Uuid,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// The caller's number, if given.
    #[serde(skip)]
    pub caller: Option<String>,
    /// `live`, `demo`, `test`.
    pub origin: String,
    /// `phone`, `chat`, …
    pub channel: String,
    /// The process that has it, as in `calls.node`.
    pub node: String,
    /// Where a person is being looked for.
    pub moves_to: Option<String>,
    /// What was said so far.
    #[serde(skip)]
    pub lines: Vec<Said>,
}
