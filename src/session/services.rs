//! What every call shares: made once at start, so that a call that arrives never disturbs the
//! ones that talk.

use super::prompt::PromptBook;
use crate::clock::WallClock;
use crate::config::Config;
use crate::config::settings::{Book, InForce};
use crate::language::Language;
use crate::llm::LanguageModel;
use crate::metering::Purse;
use crate::spool::Journal;
use crate::store::tenants::Tenants;
use crate::store::{FrontDesk, Store};
use crate::stt::SpeechToText;
use crate::tools::Guards;
use crate::tts::TextToSpeech;
use crate::turn::ToolRule;
use std::sync::Arc;

/// What serves a call that may cost nothing more.
#[derive(Clone)]
pub struct Frugal {
    /// The brain that costs nothing.
    pub llm: Arc<dyn LanguageModel>,
    /// A recogniser that costs nothing, and the languages that it knows.
    pub stt: Option<(Arc<dyn SpeechToText>, &'static [Language])>,
    /// A voice that costs nothing.
    pub tts: Option<Arc<dyn TextToSpeech>>,
}

/// The shared parts.
#[derive(Clone)]
pub struct Services {
    /// The configuration; for a call, as narrow as its shop wants it.
    pub config: Arc<Config>,
    /// What the shops have chosen.
    pub settings: Arc<Book>,
    /// What the shop of a call has chosen; none before it is known whose call it is.
    pub in_force: Option<Arc<InForce>>,
    /// The wall clock.
    pub clock: WallClock,
    /// Whose line was called.
    pub tenants: Arc<Tenants>,
    /// The recogniser.
    pub stt: Arc<dyn SpeechToText>,
    /// The brain, with its fallbacks.
    pub llm: Arc<dyn LanguageModel>,
    /// The voice, with its fallbacks.
    pub tts: Arc<dyn TextToSpeech>,
    /// What takes over when a call or the hour has cost enough.
    pub frugal: Frugal,
    /// What all calls have spent in this hour.
    pub purse: Arc<Purse>,
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
