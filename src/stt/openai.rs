//! `/audio/transcriptions` of any OpenAI-compatible endpoint: one request an utterance.

use super::utterance::{Recognizer, Utterance, UtteranceListener};
use super::{LISTEN_RATE, ListenOptions, Listener, SpeechToText, SttError, Transcript};
use crate::breaker::Breaker;
use crate::metering::Attempt;
use crate::provider::{self, Budgets, Endpoint, Trouble};
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use reqwest::multipart::{Form, Part};
use secrecy::SecretString;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

const PROVIDER: &str = "openai";
const DEFAULT_MODEL: &str = "gpt-4o-mini-transcribe";
/// 1 s to connect, 5 s for the answer, which comes at once; the core gives up soon after.
const BUDGETS: Budgets = Budgets::from_ms(1_000, 5_000, 5_000, 5_000);
/// How long a failing recogniser is left alone, seconds. Short: there is no other ear behind it,
/// and a caller who is not heard is handed to an operator.
pub(super) const REST_S: u64 = 5;
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// An OpenAI-compatible recogniser.
pub struct OpenAiTranscriptions {
    shared: Arc<Shared>,
}

struct Shared {
    endpoint: Arc<Endpoint>,
    model: String,
}

impl OpenAiTranscriptions {
    /// A recogniser at `base_url` (empty: the provider's own).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(base_url: &str, model: &str, key: &SecretString) -> reqwest::Result<Self> {
        Self::with_budgets(base_url, model, key, BUDGETS)
    }

    /// The same with other times; for tests.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn with_budgets(
        base_url: &str,
        model: &str,
        key: &SecretString,
        budgets: Budgets,
    ) -> reqwest::Result<Self> {
        let breaker = Breaker::with_rest(PROVIDER, Duration::from_secs(REST_S));
        let endpoint = Endpoint::new(base_url, "/audio/transcriptions", key, breaker, budgets)?;
        let model = provider::or_default(model, DEFAULT_MODEL);
        Ok(Self { shared: Arc::new(Shared { endpoint, model }) })
    }

    /// Opens a connection in the background, before the first caller needs it.
    pub fn warm(&self) -> JoinHandle<()> {
        self.shared.endpoint.warm()
    }
}

#[async_trait]
impl SpeechToText for OpenAiTranscriptions {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    async fn open(&self, options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        let recognizer: Arc<dyn Recognizer> = Arc::new(Requests(Arc::clone(&self.shared)));
        Ok(Box::new(UtteranceListener::new(recognizer, options)))
    }
}

struct Requests(Arc<Shared>);

impl Recognizer for Requests {
    fn recognize(&self, utterance: Utterance) -> BoxFuture<'static, Result<Transcript, SttError>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            let breaker = &shared.endpoint.breaker;
            let mut attempt = Attempt::begin(PROVIDER, &shared.model);
            if !breaker.allows() {
                attempt.failed(Failure::Unreachable);
                let detail = "left alone for a while after its failures".to_owned();
                return Err(SttError { provider: PROVIDER, failure: Failure::Unreachable, detail });
            }
            // Also if nobody waits for the answer any more: it was sent.
            attempt.used.audio_ms = Some(utterance.audio_ms());
            match shared.ask(&utterance).await {
                Ok(transcript) => {
                    attempt.answered();
                    breaker.succeeded();
                    Ok(transcript)
                }
                Err(trouble) => {
                    attempt.failed(trouble.failure);
                    trouble.report(breaker);
                    let (failure, detail) = (trouble.failure, trouble.detail);
                    Err(SttError { provider: PROVIDER, failure, detail })
                }
            }
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    text: Option<String>,
}

impl Shared {
    async fn ask(&self, utterance: &Utterance) -> Result<Transcript, Trouble> {
        let nonsense = |detail: &str| Trouble::new(Failure::Nonsense, detail);
        let total = self.endpoint.budgets.total;
        let deadline = Instant::now() + total;
        let file = Part::bytes(wav(&utterance.audio))
            .file_name("utterance.wav")
            .mime_str("audio/wav")
            .map_err(|_| nonsense("the request cannot be built"))?;
        let mut form = Form::new()
            .text("model", self.model.clone())
            .text("response_format", "json")
            .text("language", utterance.options.language.code())
            .part("file", file);
        if !utterance.options.hints.is_empty() {
            form = form.text("prompt", utterance.options.hints.join(", "));
        }
        let response = self.endpoint.send(self.endpoint.post().multipart(form), deadline).await?;
        let body = timeout_at(deadline, provider::read_limited(response, ANSWER_BYTES_MAX)).await;
        let body = body.map_err(|_| Trouble::late("whole answer", total))??;
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| nonsense("the answer is not the JSON that was asked for"))?;
        let text = answer.text.ok_or_else(|| nonsense("an answer without text"))?;
        Ok(Transcript { text: text.trim().to_owned(), confidence: None })
    }
}

/// The utterance as a WAV file in memory.
fn wav(samples: &[i16]) -> Vec<u8> {
    let data_bytes = (samples.len() * 2) as u32;
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data_bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&LISTEN_RATE.to_le_bytes());
    file.extend_from_slice(&(LISTEN_RATE * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data_bytes.to_le_bytes());
    for sample in samples {
        file.extend_from_slice(&sample.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_is_sent_as_a_wav_file_that_others_can_read() {
        let samples: Vec<i16> = (0..320).map(|n| n * 100 - 16_000).collect();
        let mut reader = hound::WavReader::new(std::io::Cursor::new(wav(&samples))).unwrap();
        assert_eq!(reader.spec().sample_rate, 16_000);
        assert_eq!(reader.spec().channels, 1);
        let read: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(read, samples);
    }
}
