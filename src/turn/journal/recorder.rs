//! Takes down a live call: each step becomes a line, lines go out before an effect runs.
//!
//! Two things wait in memory until the core has judged them: what a caller is just saying (it may
//! ask not to be recorded, or be a part of a card number) and keys that may be a card's. Steps
//! without an effect wait for the next one that has one.

use super::written::{LastAsked, Lines, Written, WrittenEffect};
use crate::clock::CallTime;
use crate::language::Language;
use crate::language::answer::refuses_recording;
use crate::turn::cards::CARD;
use crate::turn::keys::HIDDEN_KEY;
use crate::turn::shape::Shape;
use crate::turn::spread_card::only_digits;
use crate::turn::{Effect, Event, Note, Speaker};

/// Steps without an effect of their own that may wait; a process that is killed loses them.
const WAITING_MAX: usize = 64;

/// Steps that may wait for the end of what a caller says, pieces of a model's text not counted.
const HELD_MAX: usize = 512;

/// Why a journal ends early.
const REFUSED: &str = "the caller asked not to be recorded";
const UNJUDGED: &str = "the call ended while the caller was speaking";
const DELICATE: &str = "something happened in the middle of what may be a card number";

/// How the core stands after a step.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// Keys wait to become a line: [`crate::turn::Call::keys_wait`].
    pub typing: bool,
    /// The call's language.
    pub language: Language,
}

/// Takes down one call.
#[derive(Debug, Default)]
pub struct Recorder {
    lines: Vec<Written>,
    /// The event that the core is handling.
    pending: Option<(CallTime, Event)>,
    asked: LastAsked,
    /// The first waiting line with words that the core has not judged yet.
    words_from: Option<usize>,
    /// The first waiting line with a key of a line that is not complete.
    keys_from: Option<usize>,
    /// The call's language after the step before: in it the words that wait were judged.
    language: Language,
    closed: Option<&'static str>,
}

impl Recorder {
    /// The core is about to handle a [screened](super::screened) event.
    pub fn happened(&mut self, at: CallTime, event: &Event) {
        self.pending = Some((at, event.clone()));
    }

    /// What it led to. The lines that come back must be written before any of the effects runs.
    pub fn wanted(&mut self, effects: &[Effect], scene: Scene) -> Option<Lines> {
        let (at, event) = self.pending.take()?;
        let over = effects.iter().any(|effect| matches!(effect, Effect::Note(Note::Ended { .. })));
        if self.closed.is_some() {
            let led_to = effects.iter().map(|effect| super::label(effect, "effect")).collect();
            self.lines.push(Written::bare(at, super::label(&event, "event"), led_to));
        } else {
            self.take(at, event, effects, scene);
        }
        self.language = scene.language;
        if over {
            return self.rest();
        }
        let holds = self.words_from.is_some() || self.keys_from.is_some();
        if holds && (self.lines.len() >= HELD_MAX || effects.iter().any(has_consequences)) {
            self.let_go(scene);
        } else if holds {
            return None;
        }
        let due = effects.iter().any(|effect| !matches!(effect, Effect::Note(_)));
        if due || self.lines.len() >= WAITING_MAX { self.out() } else { None }
    }

    /// What still waits; for the end of a call, also one that broke off in the middle of a step.
    pub fn rest(&mut self) -> Option<Lines> {
        if let Some((at, event)) = self.pending.take() {
            self.take(at, event, &[], Scene { typing: true, language: Language::default() });
            if let Some(last) = self.lines.last_mut() {
                last.broke = true;
            }
        }
        // The core took neither: without them everything went the same way, but for when.
        if let Some(from) = self.keys_from.take() {
            self.hide_keys(from);
        }
        if let Some(from) = self.words_from.take() {
            let held = &mut self.lines[from..];
            if held.iter().any(asks_ahead) {
                self.close(from, UNJUDGED);
            } else {
                let language = self.language;
                held.iter_mut().filter_map(words_of).for_each(|words| shade(words, language));
            }
        }
        self.out()
    }

    fn take(&mut self, at: CallTime, mut event: Event, effects: &[Effect], scene: Scene) {
        if is_stale(effects)
            && let Event::Transcript { text, .. } = &mut event
        {
            text.clear();
        }
        let speaks = matches!(&event, Event::Partial { text } | Event::Transcript { text, .. }
            if !text.is_empty());
        let presses = matches!(&event, Event::Digit { digit } if digit.is_ascii_digit());
        let line = self.add(at, event, effects);
        if speaks {
            self.words_from.get_or_insert(line);
        }
        if presses {
            self.keys_from.get_or_insert(line);
        }
        let refused = |effect: &Effect| matches!(effect, Effect::Note(Note::TranscriptOff));
        if effects.iter().any(refused) {
            let held = [self.words_from, self.keys_from].into_iter().flatten().min();
            return self.close(held.unwrap_or(line), REFUSED);
        }
        let said = lines_of_the_caller(effects);
        if !scene.typing
            && let Some(from) = self.keys_from.take()
        {
            self.judge_keys(from, &said);
        }
        let taken = effects.iter().any(|effect| matches!(effect, Effect::ForgetUtterance));
        if taken && let Some(from) = self.words_from.take() {
            self.judge_words(from, &said, scene.language);
        }
    }

    /// Adds a line; the number of the line that it is in.
    fn add(&mut self, at: CallTime, event: Event, effects: &[Effect]) -> usize {
        if let Event::ModelText { generation, text } = &event
            && effects.is_empty()
            && let Some(before) = self.lines.last_mut()
            && matches!(before.event, Some(Event::ModelText { generation: g, .. }) if g == *generation)
        {
            before.then.push((at, text.clone()));
            return self.lines.len() - 1;
        }
        let effects = effects.iter().map(|effect| self.asked.shorten(effect)).collect();
        self.lines.push(Written::step(at, event, effects));
        self.lines.len() - 1
    }

    /// The core has made a line of the keys, or has forgotten them. Only what stands in the log
    /// as the caller's line may stand in the journal.
    fn judge_keys(&mut self, from: usize, said: &[&str]) {
        let typed: String = self.lines[from..].iter().filter_map(key_of).collect();
        // A key by itself may stand for a word.
        let lone = typed.len() <= 1 && !said.is_empty();
        let kept =
            said.iter().any(|line| line.chars().filter(char::is_ascii_digit).eq(typed.chars()));
        if !lone && !kept {
            self.hide_keys(from);
        }
    }

    fn hide_keys(&mut self, from: usize) {
        for line in &mut self.lines[from..] {
            if let Some(Event::Digit { digit }) = &mut line.event
                && digit.is_ascii_digit()
            {
                *digit = HIDDEN_KEY;
            }
        }
    }

    /// The core has taken the caller's words. A part of a card number, said over several
    /// utterances, it knows only now: the journal gets what it made of it.
    fn judge_words(&mut self, from: usize, said: &[&str], language: Language) {
        let refuses = |line: &mut Written| {
            words_of(line).is_some_and(|words| refuses_recording(words, language))
        };
        if self.lines[from..].iter_mut().any(refuses) {
            return self.close(from, REFUSED);
        }
        let Some(masked) = said.iter().find(|line| line.contains(CARD)) else { return };
        if self.lines[from..].iter().any(asks_ahead) {
            return self.close(from, DELICATE);
        }
        let judged_in = self.language;
        let is_final = |line: &Written| matches!(&line.event, Some(Event::Transcript { text, .. }) if !text.is_empty());
        let held = &mut self.lines[from..];
        let counts = held.iter().rposition(is_final);
        let counts = counts.or_else(|| held.iter_mut().rposition(|line| words_of(line).is_some()));
        for (at, line) in held.iter_mut().enumerate() {
            if let Some(words) = words_of(line) {
                if Some(at) == counts {
                    (*masked).clone_into(words);
                } else {
                    shade(words, judged_in);
                }
            }
        }
    }

    /// An effect with consequences will not wait for the caller to finish.
    fn let_go(&mut self, scene: Scene) {
        let from = [self.words_from, self.keys_from].into_iter().flatten().min().unwrap_or(0);
        let keys = self.lines[from..].iter().filter_map(key_of).count();
        let delicate = |line: &mut Written| {
            words_of(line).is_some_and(|words| {
                refuses_recording(words, scene.language) || only_digits(words).is_some()
            })
        };
        if keys > 1 || self.lines[from..].iter_mut().any(delicate) {
            self.close(from, DELICATE);
        }
        (self.words_from, self.keys_from) = (None, None);
    }

    /// From here on nothing is kept that was said or done.
    fn close(&mut self, from: usize, why: &'static str) {
        for line in &mut self.lines[from..] {
            *line = line.stripped();
        }
        (self.words_from, self.keys_from) = (None, None);
        self.closed = Some(why);
    }

    fn out(&mut self) -> Option<Lines> {
        if self.lines.is_empty() {
            return None;
        }
        let closed = self.closed.map(str::to_owned);
        Some(Lines { steps: std::mem::take(&mut self.lines), closed })
    }
}

/// In the place of words that are not kept: others of the same shape, on which hangs when things
/// are done.
fn shade(words: &mut String, language: Language) {
    Shape::of(words, language).example(language).clone_into(words);
}

/// It holds words of the caller in a question that was asked ahead.
fn asks_ahead(line: &Written) -> bool {
    line.effects.iter().any(WrittenEffect::is_ahead)
}

/// An effect on the world, which must find its cause in the journal.
fn has_consequences(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::RunTool { approval: Some(_), .. } | Effect::Transfer { .. } | Effect::HangUp { .. }
    )
}

fn is_stale(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Note(Note::Stale { what }) if what == "transcript"))
}

fn lines_of_the_caller(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Note(Note::Turn(turn)) if turn.speaker == Speaker::Customer => {
                Some(turn.content.as_str())
            }
            _ => None,
        })
        .collect()
}

/// The caller's words in a line, if there are any.
fn words_of(line: &mut Written) -> Option<&mut String> {
    match &mut line.event {
        Some(Event::Partial { text } | Event::Transcript { text, .. }) => {
            Some(text).filter(|text| !text.is_empty())
        }
        _ => None,
    }
}

fn key_of(line: &Written) -> Option<char> {
    match line.event {
        Some(Event::Digit { digit }) if digit.is_ascii_digit() => Some(digit),
        _ => None,
    }
}
