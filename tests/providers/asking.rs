//! One question to each kind of provider, with short budgets.

use chrono::TimeZone as _;
use futures_util::StreamExt as _;
use secrecy::SecretString;
use std::sync::Arc;
use treadline::embed::Embedder as _;
use treadline::embed::openai::OpenAiEmbedder;
use treadline::language::Language;
use treadline::llm::openai::OpenAiModel;
use treadline::llm::{LanguageModel, LlmError, ModelChunk, ModelRequest};
use treadline::provider::Budgets;
use treadline::stt::openai::OpenAiTranscriptions;
use treadline::stt::realtime::OpenAiRealtime;
use treadline::stt::{ListenOptions, SpeechToText};
use treadline::tts::openai::OpenAiSpeech;
use treadline::tts::{TextToSpeech, TtsError};
use treadline::turn::{Failure, Message};

pub const KEY: &str = "sk-test-4f9d2c7b18e6a350";

/// Short, but long enough for a busy machine: connect, first, gap, total.
pub const LIMITS: Budgets = Budgets::from_ms(500, 1_000, 800, 2_500);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    SttUtterance,
    SttRealtime,
    Llm,
    Tts,
    Embed,
}

impl Kind {
    pub const ALL: [Self; 5] =
        [Self::SttUtterance, Self::SttRealtime, Self::Llm, Self::Tts, Self::Embed];
}

/// What came of a question: the words (or the count of samples), or the class and the message.
pub type Outcome = Result<String, (Failure, String)>;

pub fn listen_options() -> ListenOptions {
    let hints = vec!["Michelin".to_owned(), "205/55 R16".to_owned()];
    ListenOptions { language: Language::Uk, hints }
}

/// A second of a tone of 440 Hz at 16 kHz.
pub fn said() -> Vec<i16> {
    let sample = |n: i32| f64::from(n) * 440.0 * std::f64::consts::TAU / 16_000.0;
    (0..16_000).map(|n| (sample(n).sin() * 8_000.0) as i16).collect()
}

pub fn request() -> ModelRequest {
    ModelRequest {
        system: "You answer a phone.".into(),
        state: None,
        language: Language::En,
        history: vec![Message::Caller { text: "Hello".into() }],
        tools: Vec::new(),
        now: chrono_tz::Europe::Kyiv.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap(),
    }
}

/// A provider of a kind, as all calls share it.
pub enum Provider {
    Stt(Arc<dyn SpeechToText>),
    Llm(Arc<dyn LanguageModel>),
    Tts(Arc<dyn TextToSpeech>),
    Embed(OpenAiEmbedder),
}

pub fn provider(kind: Kind, base: &str, limits: Budgets) -> Provider {
    let key = SecretString::from(KEY);
    match kind {
        Kind::SttUtterance => Provider::Stt(Arc::new(
            OpenAiTranscriptions::with_budgets(base, "", &key, limits).unwrap(),
        )),
        Kind::SttRealtime => {
            Provider::Stt(Arc::new(OpenAiRealtime::with_budgets(base, "", &key, limits)))
        }
        Kind::Llm => {
            Provider::Llm(Arc::new(OpenAiModel::with_budgets(base, "", &key, limits).unwrap()))
        }
        Kind::Tts => {
            Provider::Tts(Arc::new(OpenAiSpeech::with_budgets(base, "", "", &key, limits).unwrap()))
        }
        Kind::Embed => Provider::Embed(OpenAiEmbedder::new(base, "", &key, limits).unwrap()),
    }
}

impl Provider {
    pub async fn ask(&self) -> Outcome {
        match self {
            Self::Stt(stt) => {
                let mut ears = stt.open(listen_options()).await.unwrap();
                ears.begin();
                ears.push(&said());
                let heard = ears.transcribe().await;
                heard.map(|heard| heard.text).map_err(|error| (error.failure, error.to_string()))
            }
            Self::Llm(brain) => think(brain.as_ref()).await,
            Self::Tts(voice) => speak(voice.as_ref()).await,
            Self::Embed(embedder) => embed(embedder).await,
        }
    }
}

pub async fn think(brain: &dyn LanguageModel) -> Outcome {
    let failed = |error: LlmError| (error.failure(), error.to_string());
    let mut answer = brain.answer(request()).await.map_err(failed)?;
    let mut words = String::new();
    while let Some(piece) = answer.next().await {
        match piece.map_err(failed)? {
            ModelChunk::Text(text) => words.push_str(&text),
            ModelChunk::ToolCall { name, args } => words = format!("{words} {name} {args}"),
        }
    }
    Ok(words)
}

pub async fn speak(voice: &dyn TextToSpeech) -> Outcome {
    let failed = |error: TtsError| (error.failure, error.to_string());
    let mut voiced = voice.speak("Two tires.", Language::En).await.map_err(failed)?;
    let mut samples = 0;
    while let Some(piece) = voiced.audio.next().await {
        samples += piece.map_err(failed)?.len();
    }
    Ok(samples.to_string())
}

/// Two texts; the first two components of each vector.
pub async fn embed(embedder: &OpenAiEmbedder) -> Outcome {
    let texts = ["winter tyres".to_owned(), "summer tyres".to_owned()];
    let vectors = embedder.embed(&texts).await;
    let vectors = vectors.map_err(|error| (error.failure, error.to_string()))?;
    let begin = |text: String| text.split(',').take(2).collect::<Vec<_>>().join(",");
    Ok(vectors.iter().map(|vector| begin(vector.to_sql())).collect::<Vec<_>>().join(" "))
}

/// One question to a new provider.
pub async fn ask(kind: Kind, base: &str, limits: Budgets) -> Outcome {
    provider(kind, base, limits).ask().await
}
