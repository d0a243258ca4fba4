//! Ears: speech into text. A provider is one file; all are made once and shared.

pub mod local;
pub mod openai;
pub mod realtime;
pub mod utterance;

use crate::language::Language;
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

/// What a recogniser is told of a call.
#[derive(Debug, Clone, Default)]
pub struct ListenOptions {
    /// The expected language.
    pub language: Language,
    /// Words that are likely (brands, sizes, stations).
    pub hints: Vec<String>,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// The words; empty if there were none.
    pub text: String,
    /// 0 to 1, if known.
    pub confidence: Option<f32>,
}

/// Why there is no transcript.
#[derive(Debug, thiserror::Error)]
#[error("{provider}: {detail}")]
pub struct SttError {
    /// Who.
    pub provider: &'static str,
    /// The class, for the metric and the core.
    pub failure: Failure,
    /// What happened; holds no secret and no words of the caller.
    pub detail: String,
}

/// The sample rate of all audio given to a recogniser, Hz.
pub const LISTEN_RATE: u32 = 16_000;

/// One call's recogniser.
pub trait Listener: Send {
    /// Begins a new utterance: everything pushed before is forgotten.
    fn begin(&mut self);

    /// Takes audio of the utterance in progress: mono, 16 kHz. Never blocks.
    fn push(&mut self, samples: &[i16]);

    /// The text of everything pushed since [`Listener::begin`]. The future is detached: audio may
    /// be pushed, and the question asked again, while it runs. Dropping it cancels it.
    fn transcribe(&mut self) -> BoxFuture<'static, Result<Transcript, SttError>>;

    /// Interim texts, for providers that have them. Taken once.
    fn partials(&mut self) -> Option<mpsc::Receiver<String>> {
        None
    }
}

/// A recogniser that serves many calls.
#[async_trait]
pub trait SpeechToText: Send + Sync {
    /// Its name in logs and metrics: `openai`, `openai-realtime`, `local`.
    fn name(&self) -> &'static str;

    /// Opens it for one call.
    ///
    /// # Errors
    /// When it cannot be opened now.
    async fn open(&self, options: ListenOptions) -> Result<Box<dyn Listener>, SttError>;
}
