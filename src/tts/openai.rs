//! `/audio/speech` of any OpenAI-compatible endpoint: PCM, played while it arrives.

use super::{TextToSpeech, TtsError, Voiced};
use crate::language::Language;
use crate::provider;
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

const PROVIDER: &str = "openai";
const DEFAULT_BASE: &str = "https://api.openai.com/v1";
const DEFAULT_MODEL: &str = "gpt-4o-mini-tts";
const DEFAULT_VOICE: &str = "alloy";
/// The rate of `response_format: pcm`, Hz.
const RATE: u32 = 24_000;
/// Bytes of one sentence's audio: a minute. A stream that does not end is cut.
const AUDIO_BYTES_MAX: usize = 60 * RATE as usize * 2;
/// Bytes of an error message that are read.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// An OpenAI-compatible voice.
pub struct OpenAiSpeech {
    http: reqwest::Client,
    url: String,
    model: String,
    voice: String,
    key: SecretString,
}

impl OpenAiSpeech {
    /// A voice at `base_url` (empty: the provider's own).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(
        base_url: &str,
        model: &str,
        voice: &str,
        key: &SecretString,
    ) -> reqwest::Result<Self> {
        let or = |given: &str, default: &str| {
            if given.is_empty() { default.to_owned() } else { given.to_owned() }
        };
        Ok(Self {
            http: provider::client()?,
            url: format!("{}/audio/speech", or(base_url, DEFAULT_BASE).trim_end_matches('/')),
            model: or(model, DEFAULT_MODEL),
            voice: or(voice, DEFAULT_VOICE),
            key: key.clone(),
        })
    }
}

fn error(failure: Failure, detail: impl Into<String>) -> TtsError {
    TtsError { provider: PROVIDER, failure, detail: detail.into() }
}

#[async_trait]
impl TextToSpeech for OpenAiSpeech {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    async fn speak(&self, text: &str, _language: Language) -> Result<Voiced, TtsError> {
        let body = json!({
            "model": self.model, "voice": self.voice, "input": text, "response_format": "pcm" });
        let request = self.http.post(&self.url).bearer_auth(self.key.expose_secret()).json(&body);
        let response = request.send().await.map_err(|http| {
            let (failure, detail) = provider::describe(&http);
            error(failure, detail)
        })?;
        let status = response.status();
        if !status.is_success() {
            let body = provider::read_limited(response, MESSAGE_BYTES_MAX).await.unwrap_or_default();
            let detail = provider::shorten(&String::from_utf8_lossy(&body));
            return Err(error(provider::failure_of(status), format!("status {status}: {detail}")));
        }
        let kind = response.headers().get(reqwest::header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/") || kind.starts_with("application/json") {
            return Err(error(Failure::Nonsense, format!("audio was asked for, {kind} came")));
        }
        let mut decoder = Decoder::default();
        let pieces = response.bytes_stream().map(move |piece| match piece {
            Ok(bytes) => decoder.decode(&bytes),
            Err(http) => {
                let (failure, detail) = provider::describe(&http);
                Err(error(failure, detail))
            }
        });
        Ok(Voiced { rate: RATE, audio: Box::pin(pieces) })
    }
}

/// Bytes into samples; a sample may be torn between two pieces.
#[derive(Default)]
struct Decoder {
    odd: Option<u8>,
    bytes: usize,
}

impl Decoder {
    fn decode(&mut self, bytes: &[u8]) -> Result<Vec<i16>, TtsError> {
        self.bytes += bytes.len();
        if self.bytes > AUDIO_BYTES_MAX {
            return Err(error(Failure::Nonsense, "the audio does not end"));
        }
        let mut whole = Vec::with_capacity(bytes.len() + 1);
        whole.extend(self.odd.take());
        whole.extend_from_slice(bytes);
        let (pairs, rest) = whole.as_chunks::<2>();
        self.odd = rest.first().copied();
        Ok(pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_whole_however_the_bytes_are_cut() {
        let samples: Vec<i16> = (-50..50).map(|n| n * 300).collect();
        let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        for cut in 1..9 {
            let mut decoder = Decoder::default();
            let read: Vec<i16> =
                bytes.chunks(cut).flat_map(|piece| decoder.decode(piece).unwrap()).collect();
            assert_eq!(read, samples, "pieces of {cut} bytes");
        }
    }
}
