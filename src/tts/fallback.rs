//! One voice after the other: when the first fails before a sound has come, the next is asked.

use super::{TextToSpeech, TtsError, Voiced};
use crate::breaker::Breaker;
use crate::language::Language;
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Time to the first sound of a voice that has another behind it.
const FIRST_AUDIO_MS_MAX: u64 = 1_500;

/// A chain of voices.
pub struct Chain {
    links: Vec<(Arc<dyn TextToSpeech>, Breaker)>,
}

impl Chain {
    /// Voices in the order in which they are asked.
    #[must_use]
    pub fn new(voices: Vec<Arc<dyn TextToSpeech>>) -> Self {
        let links = voices.into_iter().map(|voice| {
            let breaker = Breaker::new(voice.name());
            (voice, breaker)
        });
        Self { links: links.collect() }
    }
}

#[async_trait]
impl TextToSpeech for Chain {
    fn name(&self) -> &'static str {
        self.links.first().map_or("none", |(voice, _)| voice.name())
    }

    async fn speak(&self, text: &str, language: Language) -> Result<Voiced, TtsError> {
        let nobody = "no voice is set up".to_owned();
        let mut last = TtsError { provider: "none", failure: Failure::Refused, detail: nobody };
        for (index, (voice, breaker)) in self.links.iter().enumerate() {
            let is_last = index + 1 == self.links.len();
            if is_last {
                return voice.speak(text, language).await;
            }
            if !breaker.allows() {
                continue;
            }
            match first_sound(voice.as_ref(), text, language).await {
                Ok(voiced) => {
                    breaker.succeeded();
                    return Ok(voiced);
                }
                Err(error) => {
                    breaker.failed(error.detail.contains("status 429"));
                    tracing::warn!(%error, "the next voice is asked");
                    metrics::counter!("treadline_provider_errors_total", "provider" => voice.name(), "kind" => error.failure.label()).increment(1);
                    last = error;
                }
            }
        }
        Err(last)
    }
}

/// A sentence of which the first sound has come.
async fn first_sound(
    voice: &dyn TextToSpeech,
    text: &str,
    language: Language,
) -> Result<Voiced, TtsError> {
    let beginning = async {
        let mut voiced = voice.speak(text, language).await?;
        let first = voiced.audio.next().await;
        let first = first.unwrap_or_else(|| {
            Err(TtsError {
                provider: voice.name(),
                failure: Failure::Nonsense,
                detail: "no audio in the answer".into(),
            })
        })?;
        let first = futures_util::stream::once(async move { Ok(first) });
        Ok(Voiced { rate: voiced.rate, audio: Box::pin(first.chain(voiced.audio)) })
    };
    match timeout(Duration::from_millis(FIRST_AUDIO_MS_MAX), beginning).await {
        Ok(result) => result,
        Err(_) => Err(TtsError {
            provider: voice.name(),
            failure: Failure::Timeout,
            detail: format!("no sound within {FIRST_AUDIO_MS_MAX} ms"),
        }),
    }
}
