//! Voices: text into speech. A provider is one file; all are made once and shared.

pub mod fallback;
pub mod local;
pub mod openai;
pub mod remembered;

use crate::breaker::Breaker;
use crate::language::Language;
use crate::metering::Attempt;
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::StreamExt as _;
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

/// The same sentence; what becomes of it is reported by `attempt`, which is over with the sound.
#[must_use]
pub fn metered(attempt: Attempt, voiced: Voiced) -> Voiced {
    let Voiced { rate, audio } = voiced;
    let counted = futures_util::stream::unfold(
        (Some(attempt), audio, 0_u64),
        move |(mut attempt, mut audio, mut samples)| async move {
            let piece = audio.next().await;
            match &piece {
                Some(Ok(sound)) => {
                    samples += sound.len() as u64;
                    if let Some(attempt) = &mut attempt {
                        attempt.used.audio_ms = Some(samples * 1_000 / u64::from(rate.max(1)));
                    }
                }
                Some(Err(error)) => {
                    if let Some(attempt) = attempt.take() {
                        attempt.failed(error.failure);
                    }
                }
                None => {
                    if let Some(attempt) = attempt.take() {
                        attempt.answered();
                    }
                }
            }
            piece.map(|piece| (piece, (attempt, audio, samples)))
        },
    );
    Voiced { rate, audio: counted.boxed() }
}

/// An attempt to speak `text`.
fn attempt(provider: &'static str, model: &str, text: &str) -> Attempt {
    let mut attempt = Attempt::begin(provider, model);
    attempt.used.characters = u32::try_from(text.chars().count()).ok();
    attempt
}
