//! The core: one call as a pure state machine.
//!
//! It reads no clock, opens no socket, knows no provider. The law for whoever drives it:
//! one [`Call::handle`], then [`Call::poll`] until `None`, then wait for the next event or for
//! [`Call::deadline`] (and report that as [`Event::Deadline`]).
//!
//! Every question carries an id (a [`Generation`] for the model, a [`TranscriptId`] for the
//! recogniser, a [`SpeechId`] for the voice); an answer to a dead id is counted and dropped.

mod ahead;
mod asking;
mod barge_in;
mod call;
mod caller_line;
mod cards;
mod claims;
mod closing;
mod consent;
mod cut;
mod effect;
mod endpointing;
mod event;
mod history;
mod journal;
mod keys;
mod limits;
mod message;
mod mood;
mod pace;
mod patience;
mod questions;
mod rating;
mod repair;
mod saying;
mod shape;
mod silence;
mod speech;
mod spread_card;
mod taking;
mod tooling;
mod transfer;

pub use call::Call;
pub use cards::mask_cards;
pub use claims::{Evidence, Verdict};
pub use effect::{
    Approval, AskModel, Effect, HangUpReason, Note, Outcome, Speaker, Stage, SwitchKind, TurnNote,
};
pub use event::{CallFacts, Caller, Event, Failure, Proposal, ToolOutcome};
pub use journal::{
    CORE, Counts, Difference, Fixture, FixtureError, JournalEntry, JournalLine, Lines, Recorder,
    Scene, Setup, Tape, TapeEnd, TapeError, TapeStep, screened, stands_alone,
};
pub use limits::{Limits, ToolRule};
pub use message::Message;
pub use taking::TurnTaking;
pub use transfer::TransferOutcome;

use serde::{Deserialize, Serialize};

macro_rules! counter_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub u32);
    };
}
counter_id!(/// One attempt of the model to answer. One may be asked ahead, beside none that counts.
    Generation);
counter_id!(/// One request to turn the utterance so far into text.
    TranscriptId);
counter_id!(/// One thing that we say: one sentence, one handle.
    SpeechId);
counter_id!(/// One tool call of this call.
    ToolCallId);
