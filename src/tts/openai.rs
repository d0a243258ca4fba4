//! `/audio/speech` of any OpenAI-compatible endpoint: PCM, played while it arrives.

use super::{TextToSpeech, TtsError, Voiced, attempt, metered};
use crate::breaker::Breaker;
use crate::language::Language;
use crate::provider::{self, Body, Budgets, Endpoint, Trouble};
use crate::turn::Failure;
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;
use tokio::task::JoinHandle;

const PROVIDER: &str = "openai";
const DEFAULT_MODEL: &str = "gpt-4o-mini-tts";
const DEFAULT_VOICE: &str = "alloy";
/// The rate of `response_format: pcm`, Hz.
const RATE: u32 = 24_000;
/// 1 s to connect, 1.5 s to the first sound, 2 s between two pieces, 10 s of waiting in all.
const BUDGETS: Budgets = Budgets::from_ms(1_000, 1_500, 2_000, 10_000);
/// Samples of one sentence's audio: a minute. A stream that does not end is cut.
const SAMPLES_MAX: usize = 60 * RATE as usize;
/// Samples that count as a sound: 20 ms. Less than that in its time is a stalled voice.
const PIECE_SAMPLES_MIN: usize = RATE as usize / 50;
/// Kinds of an answer that is no sound.
const OTHER_KINDS: [&str; 2] = ["application/json", "text/"];
/// How other formats begin; played as PCM they would be a loud noise.
const OTHER_FORMATS: [&[u8]; 6] = [b"RIFF", b"OggS", b"fLaC", b"ID3", b"\xff\xfb", b"\xff\xf3"];

/// An OpenAI-compatible voice.
pub struct OpenAiSpeech {
    endpoint: Arc<Endpoint>,
    model: String,
    voice: String,
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
        Self::with_budgets(base_url, model, voice, key, BUDGETS)
    }

    /// The same with other times; for tests.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn with_budgets(
        base_url: &str,
        model: &str,
        voice: &str,
        key: &SecretString,
        budgets: Budgets,
    ) -> reqwest::Result<Self> {
        let breaker = Breaker::new(PROVIDER);
        let endpoint = Endpoint::new(base_url, "/audio/speech", key, breaker, budgets)?;
        Ok(Self {
            endpoint,
            model: provider::or_default(model, DEFAULT_MODEL),
            voice: provider::or_default(voice, DEFAULT_VOICE),
        })
    }

    /// Opens a connection in the background, before the first caller needs it.
    pub fn warm(&self) -> JoinHandle<()> {
        self.endpoint.warm()
    }

    async fn begin(&self, text: &str) -> Result<Reading, Trouble> {
        let question = json!({
            "model": self.model, "voice": self.voice, "input": text, "response_format": "pcm" });
        let post = self.endpoint.post().json(&question);
        let body = Body::begin(&self.endpoint, post, "audio", &OTHER_KINDS).await?;
        Ok(Reading { body, decoder: Decoder::default(), sounded: 0 })
    }
}

fn translate(trouble: Trouble) -> TtsError {
    TtsError { provider: PROVIDER, failure: trouble.failure, detail: trouble.detail }
}

#[async_trait]
impl TextToSpeech for OpenAiSpeech {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    fn breaker(&self) -> Option<&Breaker> {
        Some(&self.endpoint.breaker)
    }

    async fn speak(&self, text: &str, _language: Language) -> Result<Voiced, TtsError> {
        let attempt = attempt(PROVIDER, &self.model, text);
        match self.begin(text).await {
            Ok(reading) => {
                let audio = futures_util::stream::unfold(reading, Reading::next);
                Ok(metered(attempt, Voiced { rate: RATE, audio: Box::pin(audio) }))
            }
            Err(trouble) => {
                attempt.failed(trouble.failure);
                trouble.report(&self.endpoint.breaker);
                Err(translate(trouble))
            }
        }
    }
}

/// A sentence that is being read. Dropping it closes the connection.
struct Reading {
    /// Closed once the sentence is over.
    body: Body,
    decoder: Decoder,
    /// Samples given away so far.
    sounded: usize,
}

impl Reading {
    async fn next(mut self) -> Option<(Result<Vec<i16>, TtsError>, Self)> {
        if !self.body.is_open() {
            return None;
        }
        match self.next_samples().await {
            Ok(samples) => {
                if !self.body.is_open() {
                    self.body.endpoint().breaker.succeeded();
                }
                (!samples.is_empty()).then_some((Ok(samples), self))
            }
            Err(trouble) => {
                self.body.close();
                trouble.report(&self.body.endpoint().breaker);
                Some((Err(translate(trouble)), self))
            }
        }
    }

    /// The next samples: at least [`PIECE_SAMPLES_MIN`], except at the end.
    async fn next_samples(&mut self) -> Result<Vec<i16>, Trouble> {
        let mut samples = Vec::new();
        while samples.len() < PIECE_SAMPLES_MIN {
            let Some(bytes) = self.body.next("sound").await? else {
                self.body.close();
                break;
            };
            self.decoder.decode(&bytes, &mut samples);
        }
        if self.sounded == 0 {
            check_beginning(&samples)?;
        }
        self.sounded += samples.len();
        if self.sounded > SAMPLES_MAX {
            return Err(Trouble::new(Failure::Nonsense, "the audio does not end"));
        }
        self.body.progressed();
        Ok(samples)
    }
}

fn check_beginning(samples: &[i16]) -> Result<(), Trouble> {
    if samples.is_empty() {
        return Err(Trouble::new(Failure::Nonsense, "no audio in the answer"));
    }
    let bytes: Vec<u8> = samples.iter().take(2).flat_map(|sample| sample.to_le_bytes()).collect();
    if OTHER_FORMATS.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Trouble::new(Failure::Nonsense, "pcm was asked for, another format came"));
    }
    Ok(())
}

/// Bytes into samples; a sample may be torn between two pieces.
#[derive(Default)]
struct Decoder {
    odd: Option<u8>,
}

impl Decoder {
    fn decode(&mut self, bytes: &[u8], out: &mut Vec<i16>) {
        let mut rest = bytes;
        if let (Some(low), Some((high, others))) = (self.odd, bytes.split_first()) {
            out.push(i16::from_le_bytes([low, *high]));
            self.odd = None;
            rest = others;
        }
        let (pairs, last) = rest.as_chunks::<2>();
        out.extend(pairs.iter().map(|pair| i16::from_le_bytes(*pair)));
        self.odd = last.first().copied().or(self.odd);
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
            let mut read = Vec::new();
            for piece in bytes.chunks(cut) {
                decoder.decode(piece, &mut read);
            }
            assert_eq!(read, samples, "pieces of {cut} bytes");
        }
    }
}
