//! `/audio/transcriptions` of any OpenAI-compatible endpoint: one request an utterance.

use super::utterance::{Recognizer, Utterance, UtteranceListener};
use super::{LISTEN_RATE, ListenOptions, Listener, SpeechToText, SttError, Transcript};
use crate::provider;
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use reqwest::multipart::{Form, Part};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

pub(super) const PROVIDER: &str = "openai";
/// The provider's own address.
pub(super) const DEFAULT_BASE: &str = "https://api.openai.com/v1";
const DEFAULT_MODEL: &str = "gpt-4o-mini-transcribe";
/// The whole time of one request; the core gives up soon after.
const ANSWER_MS_MAX: u64 = 5_000;
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// An OpenAI-compatible recogniser.
pub struct OpenAiTranscriptions {
    shared: Arc<Endpoint>,
}

struct Endpoint {
    http: reqwest::Client,
    url: String,
    model: String,
    key: SecretString,
}

impl OpenAiTranscriptions {
    /// A recogniser at `base_url` (empty: the provider's own).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(base_url: &str, model: &str, key: &SecretString) -> reqwest::Result<Self> {
        let base = if base_url.is_empty() { DEFAULT_BASE } else { base_url };
        let model = if model.is_empty() { DEFAULT_MODEL } else { model };
        let shared = Endpoint {
            http: provider::client()?,
            url: format!("{}/audio/transcriptions", base.trim_end_matches('/')),
            model: model.to_owned(),
            key: key.clone(),
        };
        Ok(Self { shared: Arc::new(shared) })
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

struct Requests(Arc<Endpoint>);

impl Recognizer for Requests {
    fn recognize(&self, utterance: Utterance) -> BoxFuture<'static, Result<Transcript, SttError>> {
        let endpoint = Arc::clone(&self.0);
        Box::pin(async move {
            let asking = endpoint.ask(&utterance);
            match timeout(Duration::from_millis(ANSWER_MS_MAX), asking).await {
                Ok(answer) => answer,
                Err(_) => Err(error(Failure::Timeout, "no answer in time")),
            }
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    text: Option<String>,
}

impl Endpoint {
    async fn ask(&self, utterance: &Utterance) -> Result<Transcript, SttError> {
        let wav = wav(&utterance.audio);
        let file = Part::bytes(wav)
            .file_name("utterance.wav")
            .mime_str("audio/wav")
            .map_err(|_| error(Failure::Nonsense, "the request cannot be built"))?;
        let mut form = Form::new()
            .text("model", self.model.clone())
            .text("response_format", "json")
            .text("language", utterance.options.language.code())
            .part("file", file);
        if !utterance.options.hints.is_empty() {
            form = form.text("prompt", utterance.options.hints.join(", "));
        }
        let request = self.http.post(&self.url).bearer_auth(self.key.expose_secret());
        let response = request.multipart(form).send().await.map_err(|e| from_http(&e))?;
        let status = response.status();
        let body = provider::read_limited(response, ANSWER_BYTES_MAX)
            .await
            .map_err(|(failure, detail)| error(failure, detail))?;
        if !status.is_success() {
            let detail = provider::shorten(&String::from_utf8_lossy(&body));
            return Err(error(provider::failure_of(status), format!("status {status}: {detail}")));
        }
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| error(Failure::Nonsense, "the answer is not the JSON that was asked for"))?;
        let text = answer.text.ok_or_else(|| error(Failure::Nonsense, "an answer without text"))?;
        Ok(Transcript { text: text.trim().to_owned(), confidence: None })
    }
}

pub(super) fn error(failure: Failure, detail: impl Into<String>) -> SttError {
    SttError { provider: PROVIDER, failure, detail: detail.into() }
}

fn from_http(http: &reqwest::Error) -> SttError {
    let (failure, detail) = provider::describe(http);
    error(failure, detail)
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
