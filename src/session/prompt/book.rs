//! Which instructions a call gets: the version in use, or one of two under test. The choice rests
//! on the call's id, so that whoever asks again gets the same.

use crate::ids::{CallId, sha256_hex};
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// A version of the instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// As in `calls.prompt_version`.
    pub version: String,
    /// The instructions, without the shop's name.
    pub system: String,
    /// Tools that a model is not told of.
    pub hidden_tools: Vec<String>,
}

/// A test of two versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The test: another one chooses anew.
    pub test: Uuid,
    /// Variant A.
    pub a: Arc<Prompt>,
    /// Variant B.
    pub b: Arc<Prompt>,
    /// The share of calls that get B, 0 to 1.
    pub share_b: f64,
}

/// What calls that begin now choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The version in use.
    pub active: Arc<Prompt>,
    /// The test that runs.
    pub trial: Option<Trial>,
}

impl Prompt {
    /// A version as it is stored: `metadata.hard_rules` and `metadata.scenarios` follow the text,
    /// always in the same order, so that a provider can cache the whole.
    #[must_use]
    pub fn stored(version: &str, text: &str, tools_config: &Value, metadata: &Value) -> Self {
        let mut system = text.trim_end().to_owned();
        let texts = |value: &Value| -> Vec<String> {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        for rule in texts(&metadata["hard_rules"]) {
            system.push_str("\nAlways: ");
            system.push_str(&rule);
        }
        if let Some(scenarios) = metadata["scenarios"].as_object() {
            for (scenario, text) in scenarios {
                let text = text.as_str().unwrap_or_default();
                let _ = write!(system, "\nFor {scenario}: {text}");
            }
        }
        Self { version: version.to_owned(), system, hidden_tools: texts(&tools_config["hide"]) }
    }
}

impl Choice {
    /// The version of a call: the same for the same call and test.
    #[must_use]
    pub fn of(&self, call: CallId) -> Arc<Prompt> {
        match &self.trial {
            None => Arc::clone(&self.active),
            Some(trial) if place(trial.test, call) < trial.share_b => Arc::clone(&trial.b),
            Some(trial) => Arc::clone(&trial.a),
        }
    }
}

/// Where a call lies between 0 and 1: even, and another order for each test.
fn place(test: Uuid, call: CallId) -> f64 {
    let digest = sha256_hex(&format!("{test} {}", call.0));
    let first = u32::from_str_radix(digest.get(..8).unwrap_or_default(), 16).unwrap_or_default();
    f64::from(first) / (f64::from(u32::MAX) + 1.0)
}

/// What all calls choose from, changed while they run: a call keeps what it began with.
#[derive(Debug)]
pub struct PromptBook(RwLock<Arc<Choice>>);

impl PromptBook {
    /// A book with the program's own instructions.
    #[must_use]
    pub fn builtin() -> Self {
        let active = Arc::new(super::builtin());
        Self(RwLock::new(Arc::new(Choice { active, trial: None })))
    }

    /// Calls choose from this from now on.
    pub fn set(&self, choice: Choice) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(choice);
    }

    /// The version for a call that begins.
    #[must_use]
    pub fn choose(&self, call: CallId) -> Arc<Prompt> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).of(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn prompt(version: &str) -> Arc<Prompt> {
        Arc::new(Prompt::stored(version, "Be kind.", &json!({}), &json!({})))
    }

    fn trial(test: u128, share_b: f64) -> Choice {
        let test = Uuid::from_u128(test);
        let trial = Trial { test, a: prompt("a"), b: prompt("b"), share_b };
        Choice { active: prompt("active"), trial: Some(trial) }
    }

    fn call(number: u128) -> CallId {
        CallId(Uuid::from_u128(number))
    }

    #[test]
    fn the_same_call_gets_the_same_version_and_the_shares_are_kept() {
        let choice = trial(1, 0.3);
        let b = (0..4_000).filter(|n| choice.of(call(*n)).version == "b").count();
        // 1200 expected, standard deviation 29.
        assert!((1_080..=1_320).contains(&b), "{b} of 4000");
        for n in 0..100 {
            assert_eq!(choice.of(call(n)), choice.of(call(n)));
        }
    }

    #[test]
    fn another_test_mixes_the_calls_anew() {
        let (one, two) = (trial(1, 0.5), trial(2, 0.5));
        let moved = (0..1_000).filter(|n| one.of(call(*n)) != two.of(call(*n))).count();
        assert!((400..=600).contains(&moved), "{moved} of 1000");
    }

    #[test]
    fn rules_and_scenarios_follow_the_text() {
        let metadata = json!({ "hard_rules": ["be short"], "scenarios": { "order": "ask twice" } });
        let stored =
            Prompt::stored("x", "Text.\n", &json!({ "hide": ["find_storage"] }), &metadata);
        assert_eq!(stored.system, "Text.\nAlways: be short\nFor order: ask twice");
        assert_eq!(stored.hidden_tools, ["find_storage"]);
    }
}
