//! One voice after the other: when the first fails before a sound has come, the next is asked.
//! Each voice keeps its own time to the first sound.

use super::{TextToSpeech, TtsError, Voiced};
use crate::breaker::Breaker;
use crate::language::Language;
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use std::sync::Arc;

/// A chain of voices.
pub struct Chain {
    voices: Vec<Arc<dyn TextToSpeech>>,
}

impl Chain {
    /// Voices in the order in which they are asked.
    #[must_use]
    pub const fn new(voices: Vec<Arc<dyn TextToSpeech>>) -> Self {
        Self { voices }
    }
}

#[async_trait]
impl TextToSpeech for Chain {
    fn name(&self) -> &'static str {
        self.voices.first().map_or("none", |voice| voice.name())
    }

    async fn speak(&self, text: &str, language: Language) -> Result<Voiced, TtsError> {
        let Some((last, others)) = self.voices.split_last() else {
            let detail = "no voice is set up".to_owned();
            return Err(TtsError { provider: "none", failure: Failure::Refused, detail });
        };
        for voice in others {
            if !voice.breaker().is_none_or(Breaker::allows) {
                continue;
            }
            match first_sound(voice.as_ref(), text, language).await {
                Ok(voiced) => return Ok(voiced),
                Err(error) => {
                    tracing::warn!(%error, "the next voice is asked");
                    metrics::counter!("treadline_provider_errors_total", "provider" => voice.name(), "kind" => error.failure.label()).increment(1);
                }
            }
        }
        // Whatever its breaker says: nobody else is left to ask.
        last.speak(text, language).await
    }
}

/// A sentence of which the first sound has come.
async fn first_sound(
    voice: &dyn TextToSpeech,
    text: &str,
    language: Language,
) -> Result<Voiced, TtsError> {
    let mut voiced = voice.speak(text, language).await?;
    let first = voiced.audio.next().await.unwrap_or_else(|| {
        let detail = "no audio in the answer".to_owned();
        Err(TtsError { provider: voice.name(), failure: Failure::Nonsense, detail })
    })?;
    let first = futures_util::stream::once(async move { Ok(first) });
    Ok(Voiced { rate: voiced.rate, audio: Box::pin(first.chain(voiced.audio)) })
}
