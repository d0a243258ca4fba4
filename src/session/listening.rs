//! Knows when a typed conversation waits for the caller: nothing is being thought, done or said.

use crate::turn::{Effect, Event};
use std::collections::HashSet;

/// One thing that must come before the agent listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Awaited {
    Speech(u32),
    Answer(u32),
    Tool(u32),
    Utterance,
}

/// What is still under way in a call.
#[derive(Debug, Default)]
pub struct Listening {
    awaited: HashSet<Awaited>,
}

impl Listening {
    /// Takes notice of an effect.
    pub fn effect(&mut self, effect: &Effect) {
        match effect {
            Effect::Say { speech, .. } => drop(self.awaited.insert(Awaited::Speech(speech.0))),
            Effect::AskModel(question) => {
                self.awaited.insert(Awaited::Answer(question.generation.0));
            }
            Effect::DropGeneration { generation } => {
                self.awaited.remove(&Awaited::Answer(generation.0));
            }
            Effect::PrepareTool { call, .. } | Effect::RunTool { call, .. } => {
                self.awaited.insert(Awaited::Tool(call.0));
            }
            Effect::ForgetUtterance => drop(self.awaited.remove(&Awaited::Utterance)),
            _ => {}
        }
    }

    /// Takes notice of an event.
    pub fn event(&mut self, event: &Event) {
        let done = match event {
            Event::VoiceStarted => {
                self.awaited.insert(Awaited::Utterance);
                return;
            }
            Event::ModelDone { generation } | Event::ModelFailed { generation, .. } => {
                Awaited::Answer(generation.0)
            }
            Event::ToolPrepared { call, .. } | Event::ToolFinished { call, .. } => {
                Awaited::Tool(call.0)
            }
            Event::SpeechFinished { speech }
            | Event::SpeechCut { speech, .. }
            | Event::SpeechFailed { speech, .. } => Awaited::Speech(speech.0),
            _ => return,
        };
        self.awaited.remove(&done);
    }

    /// True if it is the caller's turn.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.awaited.is_empty()
    }
}
