//! Questions to the model. Every question has a generation; what comes for a dead one is dropped.

use super::call::Call;
use super::saying::Guarded;
use super::speech::Kind;
use super::{AskModel, Effect, Generation};
use crate::clock::CallTime;
use crate::language::Language;
use crate::language::phrases::{Phrase, phrase};
use crate::language::sentences::Splitter;
use serde_json::Value;

/// Characters of one answer that are spoken; a model that rambles is cut here (about two minutes).
const ANSWER_CHARS_MAX: usize = 2_000;
/// Questions to the model in one turn beyond its tool budget, against a model that goes in circles.
const ASKS_BEYOND_TOOLS: u32 = 4;

/// A question under way.
#[derive(Debug)]
pub(super) struct Ask {
    generation: Generation,
    asked_at: CallTime,
    words_only: bool,
    splitter: Splitter,
    /// The line that the answer's words go to.
    pub(super) line: Option<u32>,
    pub(super) llm_latency_ms: Option<u64>,
    chars: usize,
    called_tools: bool,
    pub(super) spoke: bool,
    /// What the claim guard did to it.
    pub(super) guarded: Guarded,
}

impl Ask {
    fn new(
        generation: Generation,
        asked_at: CallTime,
        words_only: bool,
        language: Language,
    ) -> Self {
        Self {
            generation,
            asked_at,
            words_only,
            splitter: Splitter::new(language),
            line: None,
            llm_latency_ms: None,
            chars: 0,
            called_tools: false,
            spoke: false,
            guarded: Guarded::default(),
        }
    }
}

/// Whether a question is under way.
#[derive(Debug, Default)]
pub(super) enum Asking {
    #[default]
    Idle,
    Alive(Box<Ask>),
}

impl Asking {
    pub(super) fn is_alive(&self) -> bool {
        matches!(self, Self::Alive(_))
    }

    fn of(&mut self, generation: Generation) -> Option<&mut Ask> {
        match self {
            Self::Alive(ask) if ask.generation == generation => Some(ask),
            _ => None,
        }
    }

    /// When the answer is given up.
    pub(super) fn due(&self, llm_ms_max: u64) -> Option<CallTime> {
        match self {
            Self::Alive(ask) => Some(ask.asked_at.plus_ms(llm_ms_max)),
            Self::Idle => None,
        }
    }
}

impl Call {
    /// Asks, if a question is owed and nothing stands in its way: the caller is not speaking, no
    /// tool of this turn is open, no read-back waits.
    pub(super) fn ask_if_owed(&mut self) {
        let free = self.is_open()
            && self.turn.owed
            && !self.asking.is_alive()
            && self.ear.is_quiet()
            && !self.keys_wait()
            && !self.speech.is_hushing()
            && !self.tools.is_waited_for(self.turn.serial)
            && self.consent.is_none();
        if !free {
            return;
        }
        self.turn.owed = false;
        self.turn.asks += 1;
        if self.turn.asks > self.limits.tools_per_turn_max + ASKS_BEYOND_TOOLS {
            return self.bad_turn();
        }
        let words_only = self.tool_budget_left() == 0;
        let tools = if words_only { Vec::new() } else { self.tools_shown() };
        let nudge = std::mem::take(&mut self.turn.nudge_owed);
        let history = self.history.messages(&self.speech);
        let (language, ahead) = (self.language, false);
        let generation = Generation(self.last_generation + 1);
        let ask = AskModel { generation, language, history, tools, words_only, nudge, ahead };
        if self.ahead.as_ref().is_some_and(|ahead| ahead.is(&ask)) {
            return self.keep_ahead();
        }
        self.drop_ahead();
        self.last_generation += 1;
        self.asking = Asking::Alive(Box::new(Ask::new(generation, self.now, words_only, language)));
        self.emit(Effect::AskModel(ask));
    }

    /// The question was asked ahead: what has come of it comes now. Its time counts from here, as
    /// nobody waited for it before.
    fn keep_ahead(&mut self) {
        let Some(ahead) = self.ahead.take() else { return };
        let (generation, language) = (ahead.generation(), self.language);
        self.asking = Asking::Alive(Box::new(Ask::new(generation, self.now, false, language)));
        self.emit(Effect::KeepGeneration { generation });
        for event in ahead.came {
            // A tool call may have led out of the conversation.
            if !self.asking.is_alive() {
                break;
            }
            self.dispatch(event);
        }
        // A refused tool call may have left the next question owed at once.
        self.ask_if_owed();
    }

    /// Lets the answer under way die, if there is one.
    pub(super) fn drop_generation(&mut self) -> bool {
        let Asking::Alive(ask) = std::mem::take(&mut self.asking) else { return false };
        self.emit(Effect::DropGeneration { generation: ask.generation });
        if let Some(line) = ask.line {
            self.close_line(line);
        }
        true
    }

    pub(super) fn model_text(&mut self, generation: Generation, text: &str) {
        let now = self.now;
        let Some(ask) = self.asking.of(generation) else { return self.stale("model") };
        ask.llm_latency_ms = ask.llm_latency_ms.or(Some(now.ms_since(ask.asked_at)));
        let room = ANSWER_CHARS_MAX.saturating_sub(ask.chars);
        let piece: String = text.chars().filter(|c| *c != '\0').take(room).collect();
        ask.chars += piece.chars().count();
        let sentences = ask.splitter.push(&piece);
        self.say_answer(sentences);
    }

    pub(super) fn model_tool_call(&mut self, generation: Generation, name: String, args: Value) {
        let Some(ask) = self.asking.of(generation) else { return self.stale("model") };
        ask.called_tools = true;
        let words_only = ask.words_only;
        // What stands before a tool call is complete: "Let me look." must not wait for more.
        let rest = ask.splitter.finish();
        self.say_answer(rest);
        self.turn.owed = true;
        self.call_tool(name, args, words_only);
    }

    pub(super) fn model_done(&mut self, generation: Generation) {
        let Some(ask) = self.asking.of(generation) else { return self.stale("model") };
        let rest = ask.splitter.finish();
        self.say_answer(rest);
        let Asking::Alive(ask) = std::mem::take(&mut self.asking) else { return };
        if let Some(line) = ask.line {
            self.close_line(line);
        }
        let ends = !ask.called_tools || ask.words_only;
        if ends && self.make_good(&ask.guarded, ask.spoke) {
            return;
        }
        if ends && !ask.words_only && self.nudges(&ask.guarded) {
            return;
        }
        if !ask.spoke && ends && self.is_open() {
            self.answer_failed();
        } else if ask.words_only {
            // Its tool calls were refused and it has spoken: that is the answer.
            self.turn.owed = false;
            self.turn_answered();
        } else if !self.turn.owed {
            self.turn_answered();
        }
    }

    pub(super) fn model_failed(&mut self, generation: Generation) {
        if self.asking.of(generation).is_none() {
            return self.stale("model");
        }
        if let Asking::Alive(ask) = std::mem::take(&mut self.asking)
            && let Some(line) = ask.line
        {
            self.close_line(line);
        }
        self.answer_failed();
    }

    /// The answer did not come in its time.
    pub(super) fn model_timed_out(&mut self) {
        if self.drop_generation() {
            self.answer_failed();
        }
    }

    /// The model had its say, and wants nothing more.
    pub(super) fn turn_answered(&mut self) {
        self.bad_turns = 0;
        if self.turn.goodbye && self.is_open() {
            self.leave_after_goodbye();
        }
    }

    /// There will be no answer. The turn must not end in silence.
    pub(super) fn answer_failed(&mut self) {
        self.turn.owed = false;
        if !self.is_open() {
        } else if self.turn.goodbye {
            let farewell = phrase(Phrase::Farewell, self.language);
            self.say(Kind::Script, farewell);
            self.leave_after_goodbye();
        } else if self.turn.wants_operator {
            self.hand_over("customer_request", String::new(), Phrase::TransferNow);
        } else if self.turn.effect_done {
            let done = phrase(Phrase::Done, self.language);
            self.say(Kind::Script, done);
        } else {
            self.bad_turn();
        }
    }
}
