//! The book of a language: what callers say, and how they know what they are asked.

use crate::conversations::rng::Rng;
use serde::Deserialize;
use std::collections::BTreeMap;
use treadline::language::Language;

pub const LANGUAGES: [Language; 3] = [Language::Uk, Language::Ru, Language::En];
/// Every so many lines of a list belong to the frozen callers.
const FROZEN_EVERY: usize = 5;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    slot: String,
    patterns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    pub hesitations: Vec<String>,
    pub corrections: Vec<String>,
    pub mishearings: Vec<[String; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    asked: Vec<Asked>,
    lines: BTreeMap<String, Vec<String>>,
    noise: Noise,
    values: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

pub struct Book {
    pub language: Language,
    file: File,
    heard: BTreeMap<String, Vec<String>>,
}

impl Book {
    pub fn load(language: Language) -> Self {
        let text = match language {
            Language::Uk => include_str!("callers/uk.toml"),
            Language::Ru => include_str!("callers/ru.toml"),
            Language::En => include_str!("callers/en.toml"),
        };
        let file = toml::from_str(text).unwrap_or_else(|error| panic!("{language:?}: {error}"));
        let heard = if language == Language::En {
            crate::conversations::recognised::heard()
        } else {
            BTreeMap::new()
        };
        Self { language, file, heard }
    }

    /// What the agent asks for in its last words; `None` if the caller cannot tell.
    pub fn asked(&self, agent: &str) -> Option<&str> {
        let all = agent.to_lowercase();
        let questions = questions(&all);
        let hit = |pattern: &String| match pattern.strip_prefix('*') {
            Some(anywhere) => all.contains(anywhere),
            None => pattern.split('+').all(|part| questions.contains(part)),
        };
        let asked = self.file.asked.iter().find(|asked| asked.patterns.iter().any(hit));
        asked.map(|asked| asked.slot.as_str())
    }

    /// A line for `key`, as it stands in the book.
    pub fn line(&self, key: &str, frozen: bool, rng: &mut Rng) -> String {
        let all = self.file.lines.get(key).unwrap_or_else(|| panic!("no lines for {key}"));
        let mine: Vec<&String> = all
            .iter()
            .enumerate()
            .filter(|(at, _)| (at % FROZEN_EVERY == FROZEN_EVERY - 1) == frozen)
            .map(|(_, line)| line)
            .collect();
        (*rng.pick(&mine)).clone()
    }

    /// What a recogniser heard of a spoken line for `key`.
    pub fn heard(&self, key: &str, rng: &mut Rng) -> String {
        let heard = self.heard.get(key).unwrap_or_else(|| panic!("nothing heard for {key}"));
        rng.pick(heard).clone()
    }

    /// A wording of a value.
    pub fn value(&self, slot: &str, value: &str, rng: &mut Rng) -> String {
        let wordings = self.file.values.get(slot).and_then(|values| values.get(value));
        let wordings = wordings.unwrap_or_else(|| panic!("no wording of {slot} {value}"));
        rng.pick(wordings).clone()
    }

    pub const fn noise(&self) -> &Noise {
        &self.file.noise
    }
}

/// The sentences that ask; all of them if none does.
fn questions(agent: &str) -> String {
    let mut asking = String::new();
    let mut sentence = String::new();
    for letter in agent.chars() {
        sentence.push(letter);
        if matches!(letter, '.' | '!' | '?') {
            if letter == '?' {
                asking.push_str(sentence.trim());
                asking.push(' ');
            }
            sentence.clear();
        }
    }
    if asking.is_empty() { agent.to_owned() } else { asking }
}
