//! Voices: text into speech. A provider is one file; all are made once and shared.

pub mod fallback;
pub mod local;
pub mod openai;

use crate::breaker::Breaker;
use crate::language::Language;
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::stream::BoxStream;

/// Why there is no speech.
#[derive(Debug, thiserror::Error)]
#[error("{provider}: {detail}")]
pub struct TtsError {
    /// Who.
    pub provider: &'static str,
    /// The class, for the metric and the core.
    pub failure: Failure,
    /// What happened; holds no secret.
    pub detail: String,
}

/// A sentence on its way: mono 16-bit samples at `rate`, as they arrive. Dropping it cancels it.
pub struct Voiced {
    /// Samples a second.
    pub rate: u32,
    /// Pieces of any length; an error ends it.
    pub audio: BoxStream<'static, Result<Vec<i16>, TtsError>>,
}

/// A voice that serves many calls.
#[async_trait]
pub trait TextToSpeech: Send + Sync {
    /// Its name in logs and metrics: `openai`, `local`.
    fn name(&self) -> &'static str;

    /// Its breaker, for voices that may be away: while it is open, nobody need ask. The voice
    /// reports to it; a [`fallback::Chain`] asks it.
    fn breaker(&self) -> Option<&Breaker> {
        None
    }

    /// Begins to speak a sentence, which has its figures in words already.
    ///
    /// # Errors
    /// When it cannot be begun; errors on the way come in the stream.
    async fn speak(&self, text: &str, language: Language) -> Result<Voiced, TtsError>;
}
