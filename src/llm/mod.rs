//! Brains: what answers the caller. A provider is one file; all are made once and shared.

pub mod fallback;
pub mod local;
pub mod openai;
mod pieces;
mod request;
mod sse;

use crate::breaker::Breaker;
use crate::language::Language;
use crate::turn::{Failure, Message};
use async_trait::async_trait;
use chrono::DateTime;
use chrono_tz::Tz;
use futures_util::stream::BoxStream;
use serde_json::Value;

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// Canonical name.
    pub name: &'static str,
    /// What it does and when to use it.
    pub description: &'static str,
    /// JSON schema of the arguments; unknown fields refused.
    pub parameters: Value,
}

/// One question to a brain.
#[derive(Debug, Clone)]
pub struct ModelRequest {
    /// Standing instructions. Holds no secret.
    pub system: String,
    /// Where the call stands; goes last, so that what is before it stays the same and is cached.
    pub state: Option<String>,
    /// The language to answer in.
    pub language: Language,
    /// The conversation as the caller heard it.
    pub history: Vec<Message>,
    /// The tools that may be called now; empty means words only.
    pub tools: Vec<ToolSpec>,
    /// The shop's wall clock.
    pub now: DateTime<Tz>,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelChunk {
    /// Words, as they come.
    Text(String),
    /// A complete tool call.
    ToolCall {
        /// The tool's name as written.
        name: String,
        /// The arguments as written; `Value::Null` if they were not JSON.
        args: Value,
    },
}

/// Why a brain did not answer.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// No answer in time.
    #[error("{provider}: {detail}")]
    Timeout {
        /// Who.
        provider: &'static str,
        /// What was waited for, and how long.
        detail: String,
    },
    /// Not reachable, or the connection broke.
    #[error("{provider}: {detail}")]
    Unreachable {
        /// Who.
        provider: &'static str,
        /// What happened; holds no secret.
        detail: String,
    },
    /// It said no.
    #[error("{provider}: refused with {detail}")]
    Refused {
        /// Who.
        provider: &'static str,
        /// HTTP status.
        status: u16,
        /// The start of its message.
        detail: String,
    },
    /// It made no sense, or said nothing.
    #[error("{provider}: {detail}")]
    Nonsense {
        /// Who.
        provider: &'static str,
        /// What was wrong.
        detail: String,
    },
}

impl LlmError {
    /// The label for `treadline_provider_errors_total{kind}`.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.failure().label()
    }

    /// The class, for the core.
    #[must_use]
    pub const fn failure(&self) -> Failure {
        match self {
            Self::Timeout { .. } => Failure::Timeout,
            Self::Unreachable { .. } => Failure::Unreachable,
            Self::Refused { .. } => Failure::Refused,
            Self::Nonsense { .. } => Failure::Nonsense,
        }
    }
}

/// The pieces of one answer; ends with `None`. An error ends it too. Dropping it cancels it.
pub type Answer = BoxStream<'static, Result<ModelChunk, LlmError>>;

/// A brain.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Its name in logs and metrics: `openai`, `local`.
    fn name(&self) -> &'static str;

    /// Its breaker, for brains that may be away: while it is open, nobody need ask. The brain
    /// reports to it; a [`fallback::Chain`] asks it.
    fn breaker(&self) -> Option<&Breaker> {
        None
    }

    /// Begins an answer.
    ///
    /// # Errors
    /// When it cannot be begun; errors on the way come in the stream.
    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError>;
}
