//! The sections about what the agent knows and how its calls are judged.

use serde::{Deserialize, Serialize};

/// Which vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum EmbedProvider {
    /// None: articles are found by their words.
    #[default]
    None,
    /// OpenAI-compatible `/embeddings`.
    Openai,
}

/// `[embed]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Embed {
    /// Which vectors.
    pub provider: EmbedProvider,
    /// Base of the endpoint; empty: the provider's own.
    pub base_url: String,
    /// Model name; empty: a good default.
    pub model: String,
    /// The cosine from which on an article answers a question, 0 to 1.
    pub score_min: f64,
}

impl Default for Embed {
    fn default() -> Self {
        Self {
            provider: EmbedProvider::None,
            base_url: String::new(),
            model: String::new(),
            score_min: 0.4,
        }
    }
}

/// Who judges ended calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum QualityProvider {
    /// Rules over what the log holds.
    #[default]
    Rules,
    /// The rules, then an OpenAI-compatible model over the transcript.
    Openai,
}

/// `[quality]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quality {
    /// Who judges.
    pub provider: QualityProvider,
    /// Base of the endpoint; empty: the provider's own.
    pub base_url: String,
    /// Model name; empty: a good default.
    pub model: String,
}
