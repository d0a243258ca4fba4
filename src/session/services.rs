//! What every call shares: made once at start, so that a call that arrives never disturbs the
//! ones that talk.

use super::prompt::PromptBook;
use crate::clock::WallClock;
use crate::config::Config;
use crate::llm::LanguageModel;
use crate::spool::Journal;
use crate::store::{FrontDesk, Store};
use crate::stt::SpeechToText;
use crate::tools::Guards;
use crate::tts::TextToSpeech;
use crate::turn::ToolRule;
use std::sync::Arc;

/// The shared parts.
#[derive(Clone)]
pub struct Services {
    /// The configuration.
    pub config: Arc<Config>,
    /// The wall clock.
    pub clock: WallClock,
    /// The recogniser.
    pub stt: Arc<dyn SpeechToText>,
    /// The brain, with its fallbacks.
    pub llm: Arc<dyn LanguageModel>,
    /// The voice, with its fallbacks.
    pub tts: Arc<dyn TextToSpeech>,
    /// The shop.
    pub store: Arc<dyn Store>,
    /// Profiles, callbacks and wishes: always ours.
    pub front: Arc<dyn FrontDesk>,
    /// The standing instructions that calls choose from.
    pub prompts: Arc<PromptBook>,
    /// What the core must know of the tools.
    pub tool_rules: Arc<Vec<ToolRule>>,
    /// What the tools refuse: everything, unless a test takes a guard away.
    pub guards: Guards,
    /// The call log.
    pub log: Arc<dyn Journal>,
    /// This machine and process, as in `calls.node`.
    pub node: Arc<str>,
}
