//! Words: what callers say into values ([`heard`]), values into what is said ([`spoken`],
//! [`phrases`]), and text into sentences ([`sentences`]). Pure; English, Ukrainian and Russian.

pub mod answer;
pub(crate) mod calendar;
pub mod chunks;
pub(crate) mod colours;
pub mod corrections;
pub mod detect;
pub mod escalation;
pub mod heard;
pub mod keypad;
pub mod phrases;
pub mod readback;
pub mod sentences;
pub mod sentiment;
pub mod spoken;
pub mod stems;
pub mod unfinished;
pub(crate) mod words;

use serde::{Deserialize, Serialize};

/// A language that the agent speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Ukrainian.
    Uk,
    /// Russian, as it is spoken in Ukraine.
    Ru,
}

impl Language {
    /// The two-letter code, as in `calls.language`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Uk => "uk",
            Self::Ru => "ru",
        }
    }

    /// From a two-letter code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "en" => Some(Self::En),
            "uk" => Some(Self::Uk),
            "ru" => Some(Self::Ru),
            _ => None,
        }
    }
}
