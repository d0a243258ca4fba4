//! The form in which steps of a call are stored: a question to the model names only what the
//! history has gained since the one before, a note that is a record of its own is only pointed
//! at, and pieces of a model's text without an effect of their own share a line.

use crate::clock::CallTime;
use crate::language::Language;
use crate::turn::{AskModel, Effect, Event, Generation, Message, Note};
use serde::{Deserialize, Serialize};

/// Some steps of a call, in order: one record of its journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// The steps.
    pub(super) steps: Vec<Written>,
    /// Why from the first bare step on nothing is kept that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closed: Option<String>,
}

/// One step: an event and the effects that it led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Written {
    /// When, since the call was set up, in microseconds.
    pub(super) at: CallTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<Event>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) effects: Vec<WrittenEffect>,
    /// More pieces of the same answer of the model, none of which had an effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) then: Vec<(CallTime, String)>,
    /// Of a bare step: the kind of its event, and the kinds of its effects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) was: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) led_to: Vec<String>,
    /// The core panicked over it: its effects are not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) broke: bool,
}

impl Written {
    pub(super) fn step(at: CallTime, event: Event, effects: Vec<WrittenEffect>) -> Self {
        let (then, led_to) = (Vec::new(), Vec::new());
        Self { at, event: Some(event), effects, then, was: None, led_to, broke: false }
    }

    pub(super) fn bare(at: CallTime, was: String, led_to: Vec<String>) -> Self {
        let (effects, then, broke) = (Vec::new(), Vec::new(), false);
        Self { at, event: None, effects, then, was: Some(was), led_to, broke }
    }

    /// The same with nothing of what was said.
    pub(super) fn stripped(&self) -> Self {
        let was = self.event.as_ref().map(|event| super::label(event, "event"));
        let led_to = self.effects.iter().map(|effect| super::label(effect, "effect")).collect();
        Self::bare(self.at, was.unwrap_or_default(), led_to)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum WrittenEffect {
    Short(Short),
    Whole(Effect),
}

impl WrittenEffect {
    /// A question with words that nobody has judged yet.
    pub(super) const fn is_ahead(&self) -> bool {
        matches!(self, Self::Short(Short::Asked { ahead: true, .. }))
    }

    /// It only points to a note.
    pub(super) const fn is_noted(&self) -> bool {
        matches!(self, Self::Short(Short::Noted))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub(super) enum Short {
    /// A question to the model.
    Asked {
        generation: Generation,
        language: Language,
        /// So many messages stand as they stood in the question before.
        kept: usize,
        /// What follows them.
        added: Vec<Message>,
        /// None: as in the question before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tools: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        words_only: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        nudge: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ahead: bool,
    },
    /// The next note among the call's records.
    Noted,
}

/// True if a note is a record of its own. The others are measurements: the turn's row carries
/// them.
#[must_use]
pub const fn stands_alone(note: &Note) -> bool {
    !matches!(note, Note::Endpointed { .. } | Note::FirstAudio { .. } | Note::Continued { .. })
}

/// The last question to the model, as writer and reader know it.
#[derive(Debug, Default)]
pub(super) struct LastAsked {
    history: Vec<Message>,
    tools: Vec<String>,
}

impl LastAsked {
    pub(super) fn shorten(&mut self, effect: &Effect) -> WrittenEffect {
        match effect {
            Effect::AskModel(ask) => WrittenEffect::Short(self.difference(ask)),
            Effect::Note(note) if stands_alone(note) => WrittenEffect::Short(Short::Noted),
            other => WrittenEffect::Whole(other.clone()),
        }
    }

    fn difference(&mut self, ask: &AskModel) -> Short {
        let pairs = self.history.iter().zip(&ask.history);
        let kept = pairs.take_while(|(before, now)| before == now).count();
        let added = ask.history[kept..].to_vec();
        self.history.truncate(kept);
        self.history.extend_from_slice(&added);
        let tools = (self.tools != ask.tools).then(|| ask.tools.clone());
        if let Some(tools) = &tools {
            self.tools.clone_from(tools);
        }
        Short::Asked {
            generation: ask.generation,
            language: ask.language,
            kept,
            added,
            tools,
            words_only: ask.words_only,
            nudge: ask.nudge,
            ahead: ask.ahead,
        }
    }

    /// The effect again; `notes` are the call's notes that no effect has taken yet. `None` for a
    /// note that is not there, or a question to a history that is not.
    pub(super) fn lengthen(
        &mut self,
        written: &WrittenEffect,
        notes: &mut impl Iterator<Item = Note>,
    ) -> Option<Effect> {
        match written {
            WrittenEffect::Whole(effect) => Some(effect.clone()),
            WrittenEffect::Short(Short::Noted) => notes.next().map(Effect::Note),
            WrittenEffect::Short(Short::Asked {
                generation,
                language,
                kept,
                added,
                tools,
                words_only,
                nudge,
                ahead,
            }) => {
                if *kept > self.history.len() {
                    return None;
                }
                self.history.truncate(*kept);
                self.history.extend_from_slice(added);
                if let Some(tools) = tools {
                    self.tools.clone_from(tools);
                }
                Some(Effect::AskModel(AskModel {
                    generation: *generation,
                    language: *language,
                    history: self.history.clone(),
                    tools: self.tools.clone(),
                    words_only: *words_only,
                    nudge: *nudge,
                    ahead: *ahead,
                }))
            }
        }
    }
}
