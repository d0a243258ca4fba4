//! What can happen to a call.

use super::{Generation, SpeechId, ToolCallId, TranscriptId, TransferOutcome};
use crate::ids::CallId;
use crate::language::Language;
use crate::language::keypad::MenuItem;
use crate::pii::{Personal, Phone};
use crate::shop::Agreement;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// Who phones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// The network gave a number of the shop's country; identity rests on it.
    Known(Phone),
    /// A number from elsewhere: usable for contact, not for identity.
    Foreign(Phone),
    /// No number.
    Withheld,
}

/// What is known when the call begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallFacts {
    /// The call.
    pub call: CallId,
    /// Who phones.
    pub caller: Caller,
    /// The language to greet in.
    pub language: Language,
    /// The shop's name, for the greeting.
    pub shop_name: String,
    /// The caller's name, if an earlier call left it.
    pub customer_name: Option<Personal>,
    /// Today in the shop's time zone.
    pub today: NaiveDate,
    /// Hour of the day in the shop's time zone, 0 to 23, for the greeting.
    pub hour: u32,
    /// What keys stand for at the beginning, from key 1 on; announced after the greeting.
    #[serde(default)]
    pub keypad_menu: Vec<MenuItem>,
    /// The caller is asked for a rating before the goodbye.
    #[serde(default)]
    pub ask_rating: bool,
    /// The line tells how a transfer went and brings the caller back when nobody came. Without
    /// it a transfer is the end of the call.
    #[serde(default)]
    pub transfers_return: bool,
}

/// Why an outside part could not do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It did not answer in its time.
    Timeout,
    /// It could not be reached, or the line broke.
    Unreachable,
    /// It refused (401, 403, 429 and the like).
    Refused,
    /// It answered something that makes no sense, or nothing.
    Nonsense,
}

impl Failure {
    /// The word in logs and metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Nonsense => "nonsense",
        }
    }
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolOutcome {
    /// Did it do what was asked? A refusal with a corrective message is `false`.
    pub ok: bool,
    /// The result for the model; for a refusal `{"error": code, "message": next step}`.
    pub result: serde_json::Value,
    /// How long it took, milliseconds.
    pub duration_ms: u64,
}

/// A tool with an effect has checked its arguments and says what it would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// What the caller is asked to agree to; the core reads it back.
    pub agreement: Agreement,
    /// The arguments in canonical form; what the tool is run with after the yes.
    pub args: serde_json::Value,
}

/// Everything that can reach the core.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The leg is up. Always the first event.
    Begin {
        /// What is known.
        facts: Box<CallFacts>,
    },
    /// Voice activity: the caller began to make speech sounds.
    VoiceStarted,
    /// Voice activity: the caller fell silent. The core decides whether the turn is over.
    VoiceEnded {
        /// How long ago the last voiced sound was, milliseconds (detection lags behind it).
        ended_ago_ms: u64,
    },
    /// An interim text of the utterance in progress.
    Partial {
        /// The text so far.
        text: String,
    },
    /// The recogniser's answer to [`super::Effect::Transcribe`]. Empty text: no words in it.
    Transcript {
        /// Which request.
        transcript: TranscriptId,
        /// The words.
        text: String,
        /// 0 to 1, if the recogniser says.
        confidence: Option<f32>,
        /// From the request to this answer, milliseconds.
        latency_ms: u64,
    },
    /// The recogniser could not answer.
    TranscriptFailed {
        /// Which request.
        transcript: TranscriptId,
        /// Why.
        failure: Failure,
    },
    /// A key was pressed: `0-9`, `*`, `#`, `A-D`.
    Digit {
        /// The key.
        digit: char,
    },
    /// A piece of the model's text.
    ModelText {
        /// Which attempt.
        generation: Generation,
        /// The piece, as it came.
        text: String,
    },
    /// The model wants a tool.
    ModelToolCall {
        /// Which attempt.
        generation: Generation,
        /// The tool's name, as the model wrote it.
        name: String,
        /// The arguments, as the model wrote them.
        args: serde_json::Value,
    },
    /// The model has finished this answer.
    ModelDone {
        /// Which attempt.
        generation: Generation,
    },
    /// No provider could answer (the shell has tried its fallbacks).
    ModelFailed {
        /// Which attempt.
        generation: Generation,
        /// Why.
        failure: Failure,
    },
    /// The first audible frame of a speech has been handed to the leg.
    SpeechStarted {
        /// Which speech.
        speech: SpeechId,
        /// From [`super::Effect::Say`] to the first audio from the voice, milliseconds.
        tts_latency_ms: u64,
    },
    /// All frames of a speech have been played.
    SpeechFinished {
        /// Which speech.
        speech: SpeechId,
    },
    /// The answer to [`super::Effect::Hush`], for each speech that was playing or waiting.
    SpeechCut {
        /// Which speech.
        speech: SpeechId,
        /// The share of it that was heard, 0 to 1.
        heard: f32,
    },
    /// A speech could not be made by any voice.
    SpeechFailed {
        /// Which speech.
        speech: SpeechId,
        /// Why.
        failure: Failure,
    },
    /// The answer to [`super::Effect::PrepareTool`] when the arguments are good.
    ToolPrepared {
        /// Which tool call.
        call: ToolCallId,
        /// What it would do.
        proposal: Box<Proposal>,
    },
    /// A tool has answered (or refused, also instead of [`Event::ToolPrepared`]).
    ToolFinished {
        /// Which tool call.
        call: ToolCallId,
        /// What it answered.
        outcome: ToolOutcome,
    },
    /// A person has picked up and hears us, not the caller.
    OperatorAnswered {
        /// Of which [`super::Effect::Transfer`].
        attempt: u32,
    },
    /// How a transfer went. Comes only on lines that bring callers back.
    TransferEnded {
        /// Which [`super::Effect::Transfer`].
        attempt: u32,
        /// How.
        outcome: TransferOutcome,
        /// When nobody came: by when somebody can call back, on the shop's wall.
        #[serde(default)]
        call_back_by: Option<NaiveDateTime>,
    },
    /// Whether a person could take a call now has changed. Comes only where people say so.
    Operators {
        /// Is anybody free?
        free: bool,
        /// When nobody is: by when somebody can call back, on the shop's wall.
        #[serde(default)]
        call_back_by: Option<NaiveDateTime>,
    },
    /// A person takes the call over, unasked.
    TakenOver {
        /// To whom it goes: a name of the allow-list.
        target: String,
    },
    /// The caller's leg is gone.
    LegLost {
        /// True for an ordinary hang-up, false for a broken connection.
        orderly: bool,
    },
    /// Another brain answers than before.
    BrainChanged {
        /// The one before.
        from: String,
        /// The one now.
        to: String,
        /// Why: what the one before did wrong, `cost_ceiling`, `recovered`.
        reason: String,
    },
    /// The call must cost nothing more, and cannot go on without costs: it is for a person.
    BudgetSpent,
    /// The program is stopping: say goodbye and end.
    Shutdown,
    /// The time asked for by [`super::Call::deadline`] has come.
    Deadline,
}
