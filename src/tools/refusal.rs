//! A tool's no, which always says what to do instead.

use crate::store::StoreError;
use serde_json::{Map, Value, json};

/// The word for an effect whose answer never came.
pub(super) const UNKNOWN_OUTCOME: &str = "unknown_outcome";

/// A tool's refusal: a word for the log and the corrective next step for the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// A word.
    pub code: &'static str,
    /// The next step.
    pub message: String,
    /// Figures that belong to it (`available`, `earliest`), beside code and message.
    pub details: Map<String, Value>,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(code: &'static str, message: String) -> Self {
        Self { code, message, details: Map::new() }
    }

    /// The same with a figure.
    #[must_use]
    pub(super) fn with(mut self, key: &str, value: Value) -> Self {
        self.details.insert(key.to_owned(), value);
        self
    }

    /// As the model reads it: `{"error": code, "message": next step}` and the figures.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = json!({ "error": self.code, "message": self.message });
        for (key, detail) in &self.details {
            value[key] = detail.clone();
        }
        value
    }

    /// No such tool.
    pub(super) fn unknown_tool(name: &str) -> Self {
        let name: String = name.chars().take(40).collect();
        let known: Vec<&str> = super::registry::names().collect();
        Self::new(
            "unknown_tool",
            format!("There is no tool {name:?}. The tools are: {}.", known.join(", ")),
        )
    }

    /// An effect whose answer never came.
    pub(crate) fn unknown_outcome() -> Self {
        Self::new(
            UNKNOWN_OUTCOME,
            "It is not known whether this was done. Do not say that it was; say that the answer is \
             still missing, and offer an operator."
                .into(),
        )
    }

    /// What a failing store means for the model.
    pub(super) fn from_store(error: StoreError) -> Self {
        match error {
            StoreError::Rule { code, message } => Self::new(code, message),
            StoreError::SlotTaken => Self::new(
                "slot_taken",
                "That time has just been taken. Call get_fitting_slots again and offer another."
                    .into(),
            ),
            StoreError::EffectMismatch => Self::new(
                "agreement_changed",
                "The caller agreed to something else. Call the tool again, so that the new \
                 content is read back."
                    .into(),
            ),
            StoreError::NotOffered => Self::new(
                "not_offered",
                "The shop's system cannot do this. Say so, and offer an operator.".into(),
            ),
            StoreError::Unknown(detail) => {
                tracing::warn!(%detail, "it is not known what became of an effect");
                Self::unknown_outcome()
            }
            StoreError::Away(detail) => {
                tracing::warn!(%detail, "the store is away");
                Self::new(
                    "store_away",
                    "The shop's system does not answer now. Say so, and offer an operator.".into(),
                )
            }
        }
    }
}
