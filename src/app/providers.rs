//! Which ears, brain and voice the configuration means. A provider without its key falls back to
//! `local` with one clear line.

use super::Voices;
use crate::config::{
    Config, EmbedProvider, LlmProvider, QualityProvider, Secrets, SttProvider, TtsProvider,
};
use crate::embed::Budgets;
use crate::embed::openai::OpenAiEmbedder;
use crate::language::Language;
use crate::llm::local::{Lexicon, LocalBrain};
use crate::llm::{self, LanguageModel};
use crate::parts;
use crate::session::Frugal;
use crate::store::knowledge::Meaning;
use crate::stt::{self, ListenOptions, Listener, SpeechToText, SttError};
use crate::tts::{self, TextToSpeech, TtsError, Voiced};
use crate::turn::Failure;
use async_trait::async_trait;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What listens, thinks and speaks for all calls.
pub struct Providers {
    /// The recogniser.
    pub stt: Arc<dyn SpeechToText>,
    /// The brain, with its fallbacks.
    pub llm: Arc<dyn LanguageModel>,
    /// The voice, with its fallbacks.
    pub tts: Arc<dyn TextToSpeech>,
}

/// Words for the recogniser's prompt.
const HINTS_MAX: usize = 40;

/// The key that an OpenAI-compatible endpoint wants; a line if it is missing.
pub(super) fn key(section: &str, base_url: &str, secrets: &Secrets) -> Option<SecretString> {
    let key = endpoint_key(base_url, secrets);
    if key.is_none() {
        tracing::warn!("{section}.provider = openai needs OPENAI_API_KEY: local is used instead");
    }
    key
}

fn endpoint_key(base_url: &str, secrets: &Secrets) -> Option<SecretString> {
    if let Some(key) = &secrets.openai_api_key {
        return Some(key.clone());
    }
    // An endpoint in one's own network often wants none.
    let own = !base_url.is_empty() && !base_url.contains("api.openai.com");
    own.then(|| SecretString::from("none"))
}

/// The brain, with the local one behind it: the line never goes dumb.
pub(super) fn brain(
    config: &Config,
    secrets: &Secrets,
    local: Arc<LocalBrain>,
) -> anyhow::Result<Arc<dyn LanguageModel>> {
    let section = &config.llm;
    if section.provider == LlmProvider::Openai
        && let Some(key) = key("llm", &section.base_url, secrets)
    {
        let model = llm::openai::OpenAiModel::new(&section.base_url, &section.model, &key)?;
        model.warm();
        return Ok(Arc::new(llm::fallback::Chain::new(vec![Arc::new(model), local])));
    }
    Ok(local)
}

/// The model file of the local recogniser: the configured one, else the set-up's.
///
/// # Errors
/// None is configured, and the environment names no home in which the set-up's could lie.
pub fn model_file(configured: &Path) -> Result<PathBuf, parts::Homeless> {
    if configured.as_os_str().is_empty() {
        return parts::whisper_model();
    }
    Ok(configured.to_owned())
}

/// The model that judges ended calls, where one is configured.
pub(super) fn judge(
    config: &Config,
    secrets: &Secrets,
) -> anyhow::Result<Option<Arc<dyn LanguageModel>>> {
    let section = &config.quality;
    if section.provider == QualityProvider::Rules {
        return Ok(None);
    }
    let Some(key) = endpoint_key(&section.base_url, secrets) else {
        tracing::warn!("quality.provider = openai needs OPENAI_API_KEY: the rules judge alone");
        return Ok(None);
    };
    let model = llm::openai::OpenAiModel::new(&section.base_url, &section.model, &key)?;
    Ok(Some(Arc::new(model)))
}

/// The search by meaning, where it is configured; `budgets` say whether a caller waits.
///
/// # Errors
/// When no HTTP client can be made.
pub fn meaning(
    config: &Config,
    secrets: &Secrets,
    budgets: Budgets,
) -> anyhow::Result<Option<Meaning>> {
    let section = &config.embed;
    if section.provider == EmbedProvider::None {
        return Ok(None);
    }
    let Some(key) = endpoint_key(&section.base_url, secrets) else {
        tracing::warn!(
            "embed.provider = openai needs OPENAI_API_KEY: articles are found by their words"
        );
        return Ok(None);
    };
    let embedder = OpenAiEmbedder::new(&section.base_url, &section.model, &key, budgets)?;
    embedder.warm();
    Ok(Some(Meaning { embedder: Arc::new(embedder), score_min: section.score_min }))
}

/// The recogniser and the voice.
pub(super) fn ears_and_voice(
    config: &Config,
    secrets: &Secrets,
    voices: Voices,
) -> anyhow::Result<(Arc<dyn SpeechToText>, Arc<dyn TextToSpeech>)> {
    if voices == Voices::Silent {
        return Ok((Arc::new(Nothing), Arc::new(Nothing)));
    }
    Ok((ears(config, secrets)?, voice(config, secrets)?))
}

pub(super) fn ears(config: &Config, secrets: &Secrets) -> anyhow::Result<Arc<dyn SpeechToText>> {
    let section = &config.stt;
    let remote = match section.provider {
        SttProvider::Local => None,
        SttProvider::Openai | SttProvider::OpenaiRealtime => key("stt", &section.base_url, secrets),
    };
    match (section.provider, remote) {
        (SttProvider::Openai, Some(key)) => {
            let remote =
                stt::openai::OpenAiTranscriptions::new(&section.base_url, &section.model, &key)?;
            remote.warm();
            Ok(Arc::new(remote))
        }
        (SttProvider::OpenaiRealtime, Some(key)) => Ok(Arc::new(
            stt::realtime::OpenAiRealtime::new(&section.base_url, &section.model, &key),
        )),
        _ => {
            let path = model_file(&section.model_path)?;
            let local = stt::local::LocalStt::load(&path, section.local_workers)?;
            if !stt::local::LANGUAGES.contains(&config.shop.language) {
                tracing::warn!(
                    "stt.provider = local hears English only; {} is served by text (`treadline \
                     chat`) until stt.provider names an endpoint",
                    config.shop.language.code()
                );
            }
            Ok(Arc::new(local))
        }
    }
}

fn voice(config: &Config, secrets: &Secrets) -> anyhow::Result<Arc<dyn TextToSpeech>> {
    let section = &config.tts;
    let voice = if section.provider == TtsProvider::Local { section.voice.as_str() } else { "" };
    let local: Arc<dyn TextToSpeech> = Arc::new(tts::local::LocalTts::new(voice)?);
    if section.provider == TtsProvider::Openai
        && let Some(key) = key("tts", &section.base_url, secrets)
    {
        let remote = tts::openai::OpenAiSpeech::new(
            &section.base_url,
            &section.model,
            &section.voice,
            &key,
        )?;
        remote.warm();
        if !section.prepare_phrases {
            return Ok(Arc::new(tts::fallback::Chain::new(vec![Arc::new(remote), local])));
        }
        // The local one needs no memory: it makes a sentence in some 20 ms.
        let phrases = tts::remembered::own_phrases(&config.shop.name);
        let remote = Arc::new(tts::remembered::Remembered::new(Arc::new(remote), phrases));
        remote.prepare(config.shop.language);
        return Ok(Arc::new(tts::fallback::Chain::new(vec![remote, local])));
    }
    Ok(local)
}

/// Ears and a voice for calls that may cost nothing more, where the configured ones have a price.
/// What cannot be made is left out: such calls go to an operator instead.
pub(super) fn frugal(config: &Config, frugal: &mut Frugal) {
    let cost = &config.limits.cost;
    if cost.call_usd_max.is_zero() && cost.hour_usd_max.is_zero() {
        return;
    }
    if config.tts.provider != TtsProvider::Local {
        match tts::local::LocalTts::new("") {
            Ok(voice) => frugal.tts = Some(Arc::new(voice)),
            Err(error) => tracing::warn!(%error, "there is no local voice for a cost ceiling"),
        }
    }
    // The model costs memory: it is loaded only where it would understand anybody.
    let languages = stt::local::LANGUAGES;
    let understands = languages.contains(&config.shop.language);
    if config.stt.provider == SttProvider::Local || !understands {
        return;
    }
    let loaded = model_file(&config.stt.model_path)
        .map_err(anyhow::Error::from)
        .and_then(|path| Ok(stt::local::LocalStt::load(&path, config.stt.local_workers)?));
    match loaded {
        Ok(ears) => frugal.stt = Some((Arc::new(ears), languages)),
        Err(error) => tracing::info!(%error, "there is no local recogniser for a cost ceiling"),
    }
}

/// Words that callers are likely to say.
pub(super) fn hints(lexicon: &Lexicon) -> Vec<String> {
    let sizes = lexicon.sizes.iter().map(ToString::to_string);
    lexicon.brands.iter().cloned().chain(sizes).take(HINTS_MAX).collect()
}

/// Neither ear nor voice: for typed conversations.
struct Nothing;

#[async_trait]
impl SpeechToText for Nothing {
    fn name(&self) -> &'static str {
        "none"
    }

    async fn open(&self, _options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        Err(SttError { provider: "none", failure: Failure::Refused, detail: "text only".into() })
    }
}

#[async_trait]
impl TextToSpeech for Nothing {
    fn name(&self) -> &'static str {
        "none"
    }

    async fn speak(&self, _text: &str, _language: Language) -> Result<Voiced, TtsError> {
        Err(TtsError { provider: "none", failure: Failure::Refused, detail: "text only".into() })
    }
}
