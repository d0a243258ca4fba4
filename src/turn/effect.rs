//! What the core wants done.

use super::{Evidence, Generation, Message, SpeechId, ToolCallId, TranscriptId, Verdict};
use crate::language::Language;
use crate::language::sentiment::Sentiment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A question to the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskModel {
    /// The id that every piece of the answer must carry.
    pub generation: Generation,
    /// The language to answer in.
    pub language: Language,
    /// The conversation as the caller heard it.
    pub history: Vec<Message>,
    /// The tools that may be used in this state.
    pub tools: Vec<String>,
    /// True if the turn's tool budget is used up: answer in words.
    pub words_only: bool,
    /// True if the last answer promised to look and called nothing: tell the model to call now.
    #[serde(default)]
    pub nudge: bool,
    /// True if the caller's turn may not be over: nothing of the answer counts before
    /// [`Effect::KeepGeneration`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ahead: bool,
}

/// The caller's agreement to an effect; a row in `approvals`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// The row's id.
    pub id: Uuid,
    /// The tool that it allows.
    pub tool: String,
    /// The canonical arguments that it allows.
    pub args: serde_json::Value,
    /// [`crate::ids::effect_key`] of call, tool and arguments.
    pub effect_key: String,
    /// SHA-256 of the read-back that the caller heard.
    pub readback_hash: String,
}

/// Why we end the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangUpReason {
    /// The caller said goodbye.
    Goodbye,
    /// The caller said nothing for too long.
    Silence,
    /// The call, or its turns, reached a limit.
    Limit,
    /// Nothing worked any more.
    Error,
    /// The program is stopping.
    Shutdown,
}

/// How the call ended, in the words of `calls.outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The caller got what they phoned for from the agent.
    Resolved,
    /// Handed to an operator.
    Transferred,
    /// A callback was promised.
    Callback,
    /// The caller left before anything was settled.
    Abandoned,
    /// The connection broke.
    LegLost,
    /// The process died; written by the next start, never by the core.
    LostProcess,
    /// Not served (admission).
    Refused,
    /// We failed.
    Error,
}

/// Where in the shop's funnel the call stood when it ended, in the words of
/// `calls.drop_off_stage` (null when the caller got what they came for).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing asked yet.
    Greeting,
    /// Looking for tyres.
    TireSearch,
    /// Choosing a station.
    StationSelection,
    /// Choosing a day and time.
    TimeSelection,
    /// Giving name or car.
    Details,
    /// Putting an order together.
    OrderItems,
    /// Choosing how an order travels.
    Delivery,
    /// A read-back waited for a yes.
    Confirmation,
}

/// Who said a line, in the words of `call_turns.speaker`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The caller.
    Customer,
    /// The agent.
    Bot,
}

/// A line of the conversation for `call_turns`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnNote {
    /// Dense from 1.
    pub turn_number: u32,
    /// Who.
    pub speaker: Speaker,
    /// What; for the agent what was heard. Empty when the caller asked not to be recorded.
    pub content: String,
    /// The language of the line.
    pub language: Language,
    /// The recogniser's confidence (caller's lines).
    pub stt_confidence: Option<f32>,
    /// From asking the recogniser to its text (caller's lines).
    pub stt_latency_ms: Option<u64>,
    /// From asking the model to its first text (agent's lines).
    pub llm_latency_ms: Option<u64>,
    /// From asking the voice to its first audio (agent's lines).
    pub tts_latency_ms: Option<u64>,
    /// From the caller's last sound to the decision that the turn was over (agent's lines).
    pub endpointing_ms: Option<u64>,
    /// From the caller's last sound to our first frame, filler included (agent's lines).
    pub first_audio_ms: Option<u64>,
    /// True if the caller cut it short.
    pub interrupted: bool,
}

/// What changed hands, in the words of `call_scenario_switches.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchKind {
    /// The caller wants something else.
    Scenario,
    /// Another brain answers.
    Brain,
    /// To a person, or back from one.
    Operator,
}

/// What the log is told. Survives everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// A line was said and heard.
    Turn(TurnNote),
    /// A tool call has its answer.
    ToolCall {
        /// Which.
        call: ToolCallId,
        /// The line of the caller that led to it.
        turn_number: u32,
        /// The tool.
        name: String,
        /// The arguments.
        args: serde_json::Value,
        /// The result.
        result: serde_json::Value,
        /// How long, milliseconds.
        duration_ms: u64,
        /// Did it do what was asked?
        success: bool,
        /// The approval that it ran under.
        approval: Option<Uuid>,
    },
    /// A read-back was issued, agreed to, refused or given up.
    Approval {
        /// The approval.
        approval: Approval,
        /// `pending`, `approved`, `rejected` or `expired`.
        status: String,
    },
    /// A caller's voice interrupted us.
    BargeIn,
    /// From the caller's last sound to the end-of-turn decision, milliseconds.
    Endpointed {
        /// Milliseconds.
        endpointing_ms: u64,
    },
    /// Our first frame after the caller's turn.
    FirstAudio {
        /// From the caller's last sound, milliseconds.
        first_audio_ms: u64,
        /// From the end-of-turn decision, milliseconds.
        since_decision_ms: u64,
    },
    /// The caller went on where we had taken a pause for the end: their next line belongs to this
    /// one, and the answer to it is withdrawn.
    Continued {
        /// The line of the caller that was not all.
        turn_number: u32,
    },
    /// An answer came for a dead id and was dropped.
    Stale {
        /// Of what: `model`, `transcript`, `speech`, `tool`.
        what: String,
    },
    /// The claim guard judged a sentence of the model that claims something; a row in
    /// `eval_results`.
    Claim {
        /// Dense from 1 within the call.
        number: u32,
        /// The line of the caller that led to it.
        turn_number: u32,
        /// What became of the sentence.
        verdict: Verdict,
        /// The sentence. Empty when the caller asked not to be recorded.
        sentence: String,
        /// Why: `traceable`, `untraceable money`, `leak`, …
        reason: String,
        /// Its claims and what each rests on.
        evidence: Vec<Evidence>,
    },
    /// The caller rated the call.
    Rating {
        /// 1 (bad) to 5 (good).
        score: u8,
    },
    /// The call changed hands; a row in `call_scenario_switches`.
    Switched {
        /// Dense from 1 within the call.
        number: u32,
        /// The line of the caller that led to it; 0 before the first.
        turn_number: u32,
        /// What changed.
        kind: SwitchKind,
        /// From whom or what; `None` at the first scenario.
        from: Option<String>,
        /// To whom or what.
        to: String,
        /// Why: the tool that was called, the error of the brain before, the reason of a transfer.
        reason: String,
    },
    /// How the caller sounded, told once, at the end.
    Sentiment {
        /// The verdict.
        sentiment: Sentiment,
        /// The sum of the lexicon's weights that it rests on, unless the caller gave a rating.
        score: i32,
    },
    /// From now on no transcript is kept (the caller asked).
    TranscriptOff,
    /// The call's language changed.
    LanguageChanged {
        /// To this.
        language: Language,
    },
    /// The call is over; the last note of a call.
    Ended {
        /// How it ended.
        outcome: Outcome,
        /// Where it stood, if nothing was settled.
        drop_off_stage: Option<Stage>,
        /// The language at the end.
        language: Language,
        /// The last intent that was not small talk, `tire_search`, `fitting_booking`, …
        scenario: Option<String>,
        /// All intents in order of appearance.
        intents: Vec<String>,
        /// Was a person wanted, and why? The last attempt's reason, whatever came of it.
        transfer_reason: Option<String>,
    },
}

/// Everything that the core can ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Turn all audio since the last [`Effect::ForgetUtterance`] into text. May be asked again
    /// for the same utterance when the caller goes on.
    Transcribe {
        /// The id of the answer.
        transcript: TranscriptId,
    },
    /// The turn is over, or was nothing: begin a new utterance (pre-roll included).
    ForgetUtterance,
    /// Ask the model. Does not survive a barge-in.
    AskModel(AskModel),
    /// The question that was asked ahead is the caller's turn: its answer counts.
    KeepGeneration {
        /// Which.
        generation: Generation,
    },
    /// Stop that answer; whatever still comes of it is dropped.
    DropGeneration {
        /// Which.
        generation: Generation,
    },
    /// Say this after whatever is being said. Does not survive a barge-in.
    Say {
        /// The handle.
        speech: SpeechId,
        /// The sentence, figures and all; the shell words it for the voice.
        text: String,
        /// The language to speak it in.
        language: Language,
    },
    /// Stop all speech at the next frame; answered by one [`super::Event::SpeechCut`] for each
    /// speech that has not finished.
    Hush,
    /// Check the arguments of a tool with an effect, change nothing.
    PrepareTool {
        /// The tool call.
        call: ToolCallId,
        /// The tool.
        name: String,
        /// The model's arguments.
        args: serde_json::Value,
    },
    /// Run a tool. Survives a barge-in.
    RunTool {
        /// The tool call.
        call: ToolCallId,
        /// The tool.
        name: String,
        /// The arguments; for a tool with an effect the canonical ones of its approval.
        args: serde_json::Value,
        /// The caller's agreement; always there for a tool with an effect.
        approval: Option<Approval>,
    },
    /// Hand the call over. Survives a barge-in. The last effect but notes, unless `returns`.
    Transfer {
        /// Dense from 1 within the call.
        #[serde(default)]
        attempt: u32,
        /// The caller comes back if nobody takes the call: answered by one
        /// [`super::Event::TransferEnded`].
        #[serde(default)]
        returns: bool,
        /// A name of the allow-list.
        target: String,
        /// `customer_request`, `cannot_help`, `complex_question`, `negative_emotion`, `provider_down`.
        reason: String,
        /// What the operator should know.
        summary: String,
    },
    /// End the call. Survives a barge-in. The last effect but notes.
    HangUp {
        /// Why.
        reason: HangUpReason,
    },
    /// For the log. Survives everything.
    Note(Note),
}
