//! Recogniser, voice and brain: each is asked once, as a call would, and its time is taken.

use super::report::Report;
use crate::app::{bare_brain, bare_ears, bare_voice};
use crate::audio::resample::Resampler;
use crate::config::{Config, LlmProvider, Secrets, SttProvider, TtsProvider};
use crate::language::Language;
use crate::llm::ModelRequest;
use crate::stt::{LISTEN_RATE, ListenOptions};
use crate::turn::Message;
use futures_util::StreamExt as _;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// No provider gets longer: a caller would have hung up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Milliseconds to a first answer that a caller notices.
const SLOW_MS: u128 = 3_000;

/// Asks all three.
pub(super) async fn check(config: &Config, secrets: &Secrets, report: &mut Report) {
    keys(config, secrets, report);
    let said = voice(config, secrets, report).await;
    recogniser(config, secrets, said, report).await;
    brain(config, secrets, report).await;
}

/// A provider that wants a key and has none is replaced; that is told here once.
fn keys(config: &Config, secrets: &Secrets, report: &mut Report) {
    if secrets.openai_api_key.is_some() {
        return;
    }
    let wants = |base: &str| base.is_empty() || base.contains("api.openai.com");
    let without: Vec<&str> = [
        ("stt", config.stt.provider != SttProvider::Local && wants(&config.stt.base_url)),
        ("llm", config.llm.provider != LlmProvider::Local && wants(&config.llm.base_url)),
        ("tts", config.tts.provider != TtsProvider::Local && wants(&config.tts.base_url)),
    ]
    .into_iter()
    .filter_map(|(name, without)| without.then_some(name))
    .collect();
    if !without.is_empty() {
        let found = format!("{} use local instead of openai", without.join(", "));
        report.broken("OPENAI_API_KEY", &found, "set OPENAI_API_KEY, or provider = \"local\"");
    }
}

const fn test_sentence(language: Language) -> &'static str {
    match language {
        Language::En => "Hello, I need winter tyres.",
        Language::Uk => "Добрий день, мені потрібні зимові шини.",
        Language::Ru => "Добрый день, мне нужны зимние шины.",
    }
}

/// The sentence as it was spoken, at the recogniser's rate.
async fn voice(config: &Config, secrets: &Secrets, report: &mut Report) -> Vec<i16> {
    const TO_DO: &str = "for local: install espeak-ng; else check tts.base_url, model, voice, key";
    let voice = match bare_voice(config, secrets) {
        Ok(voice) => voice,
        Err(error) => {
            report.broken("voice", &format!("{error:#}"), TO_DO);
            return Vec::new();
        }
    };
    let language = config.shop.language;
    let asked = Instant::now();
    let speaking = async {
        let mut voiced = voice.speak(test_sentence(language), language).await?;
        let mut samples = Vec::new();
        let mut first_ms = 0;
        while let Some(piece) = voiced.audio.next().await {
            if samples.is_empty() {
                first_ms = asked.elapsed().as_millis();
            }
            samples.extend(piece?);
        }
        Ok::<_, crate::tts::TtsError>((voiced.rate, samples, first_ms))
    };
    match timeout(PATIENCE, speaking).await {
        Ok(Ok((rate, samples, first_ms))) if !samples.is_empty() => {
            timed(report, "voice", voice.name(), "first audio", first_ms);
            let mut heard = Vec::new();
            Resampler::new(rate, LISTEN_RATE).process(&samples, &mut heard);
            heard
        }
        Ok(Ok(_)) => {
            report.broken("voice", "an answer without sound", TO_DO);
            Vec::new()
        }
        Ok(Err(error)) => {
            report.broken("voice", &error.to_string(), TO_DO);
            Vec::new()
        }
        Err(_) => {
            report.broken("voice", "no answer in 20 s", TO_DO);
            Vec::new()
        }
    }
}

async fn recogniser(config: &Config, secrets: &Secrets, said: Vec<i16>, report: &mut Report) {
    const TO_DO: &str =
        "for local: run `make setup` (model file), or check stt.base_url, stt.model and the key";
    let stt = match bare_ears(config, secrets) {
        Ok(stt) => stt,
        Err(error) => return report.broken("recogniser", &format!("{error:#}"), TO_DO),
    };
    let told = Language::from_code(&config.stt.language).unwrap_or(config.shop.language);
    if stt.name() == "local" && !crate::stt::local::LANGUAGES.contains(&told) {
        let to_do = "set stt.provider to an endpoint that hears it; by text all languages work";
        let found = format!("local hears English only, the shop's language is {}", told.code());
        return report.broken("recogniser", &found, to_do);
    }
    let asked = Instant::now();
    let listening = async {
        let options = ListenOptions { language: told, hints: Vec::new() };
        let mut listener = stt.open(options).await?;
        listener.begin();
        listener.push(&said);
        listener.transcribe().await
    };
    match timeout(PATIENCE, listening).await {
        Ok(Ok(_)) => {
            timed(report, "recogniser", stt.name(), "a sentence", asked.elapsed().as_millis());
        }
        Ok(Err(error)) => report.broken("recogniser", &error.to_string(), TO_DO),
        Err(_) => report.broken("recogniser", "no answer in 20 s", TO_DO),
    }
}

async fn brain(config: &Config, secrets: &Secrets, report: &mut Report) {
    const TO_DO: &str =
        "check llm.base_url, llm.model and the key; until then the local brain answers";
    let brain = match bare_brain(config, secrets) {
        Ok(brain) => brain,
        Err(error) => return report.broken("brain", &format!("{error:#}"), TO_DO),
    };
    let language = config.shop.language;
    let request = ModelRequest {
        system: "Answer in one short sentence.".into(),
        state: None,
        language,
        history: vec![Message::Caller { text: test_sentence(language).into() }],
        tools: Vec::new(),
        now: chrono::Utc::now().with_timezone(&config.shop.timezone),
    };
    let asked = Instant::now();
    let thinking = async {
        let mut answer = brain.answer(request).await?;
        answer.next().await.transpose()
    };
    match timeout(PATIENCE, thinking).await {
        Ok(Ok(Some(_))) => {
            timed(report, "brain", brain.name(), "first words", asked.elapsed().as_millis());
        }
        Ok(Ok(None)) => report.broken("brain", "an answer without words", TO_DO),
        Ok(Err(error)) => report.broken("brain", &error.to_string(), TO_DO),
        Err(_) => report.broken("brain", "no answer in 20 s", TO_DO),
    }
}

fn timed(report: &mut Report, what: &str, name: &str, of: &str, ms: u128) {
    let found = format!("{name}, {of} in {ms} ms");
    if ms > SLOW_MS {
        report.note(what, &format!("{found}: callers will hear fillers"));
    } else {
        report.ok(what, &found);
    }
}
