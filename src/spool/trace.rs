//! A step of a turn, as `call_traces` keeps it.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What kind of step, in the words of `call_traces.step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Waiting for the end of the caller's turn.
    Endpoint,
    /// Speech into text.
    Stt,
    /// Choosing who answers.
    Route,
    /// A brain's answer.
    Llm,
    /// A tool.
    Tool,
    /// The claim guard over one sentence.
    Guard,
    /// Text into speech.
    Tts,
    /// One sentence as the caller heard it.
    Play,
    /// Judging a call that is over.
    Quality,
    /// Text into a vector.
    Embed,
}

/// How a step went, in the words of `call_traces.status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Well.
    Success,
    /// It failed.
    Error,
    /// It did not come in its time.
    Timeout,
    /// Nobody wanted it any more.
    Cancelled,
}

/// What is counted when it is not tokens, in the words of `call_traces.unit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A second of sound.
    Second,
    /// A character of text.
    Character,
}

/// One step of one turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceStep {
    /// The line of the caller that led to it; 0 before the first.
    pub turn_number: u32,
    /// What kind.
    pub step: StepKind,
    /// Who did it: `local`, `claim_guard`, …
    pub agent_name: String,
    /// Whose service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Which of its models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_input: Option<u32>,
    /// Of these, how many were known from before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_cached: Option<u32>,
    /// Tokens written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_output: Option<u32>,
    /// Seconds or characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<(Decimal, Unit)>,
    /// US dollars at the price of that day; `None` if nobody knows the price.
    pub cost_usd: Option<Decimal>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long, milliseconds.
    pub duration_ms: u64,
    /// How it went.
    pub status: StepStatus,
    /// Why not well; holds no secret and no words of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Counts and codes of what went in, never words.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub input: Value,
    /// Counts and codes of what came out, never words.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub output: Value,
}

impl TraceStep {
    /// A step that went well and cost nothing, with nothing said of what went in or came out.
    pub fn free(
        turn_number: u32,
        (step, agent): (StepKind, &str),
        started_at: DateTime<Utc>,
        duration_ms: u64,
    ) -> Self {
        Self {
            turn_number,
            step,
            agent_name: agent.to_owned(),
            provider: None,
            model: None,
            tokens_input: None,
            tokens_cached: None,
            tokens_output: None,
            units: None,
            cost_usd: Some(Decimal::ZERO),
            started_at,
            duration_ms,
            status: StepStatus::Success,
            error_message: None,
            input: Value::Null,
            output: Value::Null,
        }
    }
}
