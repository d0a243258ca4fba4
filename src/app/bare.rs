//! The providers as they are configured, without anything behind them: for `treadline doctor`,
//! which wants to know what answers, not that something does.

use super::providers::{ears, key};
use crate::config::{Config, LlmProvider, Secrets, TtsProvider};
use crate::llm::local::{Lexicon, LocalBrain};
use crate::llm::{self, LanguageModel};
use crate::stt::SpeechToText;
use crate::tts::{self, TextToSpeech};
use std::sync::Arc;

/// The recogniser.
///
/// # Errors
/// It cannot be made: no model file, a bad address.
pub fn bare_ears(config: &Config, secrets: &Secrets) -> anyhow::Result<Arc<dyn SpeechToText>> {
    ears(config, secrets)
}

/// The brain alone.
///
/// # Errors
/// It cannot be made: a bad address.
pub fn bare_brain(config: &Config, secrets: &Secrets) -> anyhow::Result<Arc<dyn LanguageModel>> {
    let section = &config.llm;
    if section.provider == LlmProvider::Openai
        && let Some(key) = key("llm", &section.base_url, secrets)
    {
        let model = llm::openai::OpenAiModel::new(&section.base_url, &section.model, &key)?;
        return Ok(Arc::new(model));
    }
    Ok(Arc::new(LocalBrain::new(Lexicon { sizes: Vec::new(), brands: Vec::new() })))
}

/// The voice alone.
///
/// # Errors
/// It cannot be made: espeak-ng is missing, a bad address.
pub fn bare_voice(config: &Config, secrets: &Secrets) -> anyhow::Result<Arc<dyn TextToSpeech>> {
    let section = &config.tts;
    if section.provider == TtsProvider::Openai
        && let Some(key) = key("tts", &section.base_url, secrets)
    {
        let (base, model, voice) = (&section.base_url, &section.model, &section.voice);
        return Ok(Arc::new(tts::openai::OpenAiSpeech::new(base, model, voice, &key)?));
    }
    let voice = if section.provider == TtsProvider::Local { section.voice.as_str() } else { "" };
    Ok(Arc::new(tts::local::LocalTts::new(voice)?))
}
