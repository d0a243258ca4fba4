//! The model is asked ahead: inside the silence that ends a turn, with what the caller has said so
//! far. Nothing of the answer counts before the turn is over: it is kept as it comes, and if the
//! question is then word for word the one that was asked, it is taken as if it came now. Any
//! difference (the caller went on, another language, a tool in between) lets it die.

use super::call::Call;
use super::endpointing::{Ear, Request, Utterance};
use super::shape::Shape;
use super::{AskModel, Effect, Event, Generation, Message};
use crate::clock::CallTime;

/// Questions that are asked ahead for one utterance: each costs.
const AHEADS_MAX: u32 = 3;
/// Pieces of an answer that are kept until the turn is over. One that has more by then is no answer
/// for the telephone.
const PIECES_MAX: usize = 1_000;

/// A question that was asked ahead, and what has come of it.
#[derive(Debug)]
pub(super) struct Ahead {
    ask: AskModel,
    /// The caller's words that it rests on.
    words: String,
    pub(super) came: Vec<Event>,
}

impl Ahead {
    pub(super) const fn generation(&self) -> Generation {
        self.ask.generation
    }

    /// Is this the very question, but for commas and capitals of the caller's last words?
    pub(super) fn is(&self, ask: &AskModel) -> bool {
        let same_words = match (self.ask.history.split_last(), ask.history.split_last()) {
            (Some((Message::Caller { text: one }, before)), Some((last, earlier))) => {
                matches!(last, Message::Caller { text } if same_words(one, text))
                    && before == earlier
            }
            _ => false,
        };
        same_words
            && self.ask.language == ask.language
            && self.ask.tools == ask.tools
            && self.ask.words_only == ask.words_only
            && self.ask.nudge == ask.nudge
    }
}

/// The same words, whatever stands between them.
fn same_words(one: &str, other: &str) -> bool {
    fn words(text: &str) -> impl Iterator<Item = String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase)
    }
    words(one).eq(words(other))
}

/// The words of an utterance as far as they are known, if they have stood still for long enough.
fn words_of(utterance: &Utterance) -> Option<&str> {
    match &utterance.request {
        Request::Heard { text, .. } => Some(text),
        _ => Some(utterance.partial.as_str()).filter(|_| utterance.looked_ahead),
    }
}

impl Call {
    /// Asks ahead when there is something to ask, and lets die what does not stand any more; after
    /// every event.
    pub(super) fn look_ahead(&mut self) {
        if self.ahead.as_ref().is_some_and(|ahead| !self.stands(ahead)) {
            self.drop_ahead();
        }
        if self.ahead.is_none()
            && let Some(words) = self.words_to_ask_ahead()
        {
            self.ask_ahead(words);
        }
    }

    /// When the interim text will have stood still for long enough.
    pub(super) fn ahead_due(&self) -> Option<CallTime> {
        match &self.ear {
            Ear::Pausing(u)
                if self.taking.asks_ahead()
                    && self.ahead.is_none()
                    && !u.looked_ahead
                    && !u.partial.is_empty()
                    && !matches!(u.request, Request::Heard { .. }) =>
            {
                Some(u.ended_at.max(u.partial_at).plus_ms(self.taking.stable_ms))
            }
            _ => None,
        }
    }

    /// The time of [`Call::ahead_due`] has come; the rest follows after every event.
    pub(super) fn ahead_fires(&mut self) {
        if let Ear::Pausing(utterance) = &mut self.ear {
            utterance.looked_ahead = true;
        }
    }

    /// Keeps what comes of a question that was asked ahead; anything else comes back.
    pub(super) fn answered_ahead(&mut self, event: Event) -> Option<Event> {
        let (Event::ModelText { generation, .. }
        | Event::ModelToolCall { generation, .. }
        | Event::ModelDone { generation }
        | Event::ModelFailed { generation, .. }) = &event
        else {
            return Some(event);
        };
        let ahead = self.ahead.as_mut().filter(|ahead| ahead.generation() == *generation);
        let Some(ahead) = ahead else { return Some(event) };
        if matches!(event, Event::ModelFailed { .. }) {
            // It is asked again in its time, as if nothing had been.
            self.ahead = None;
            if let Some(utterance) = self.ear.utterance() {
                utterance.aheads = AHEADS_MAX;
            }
        } else if ahead.came.len() < PIECES_MAX {
            ahead.came.push(event);
        } else {
            self.drop_ahead();
        }
        None
    }

    /// Lets the question that was asked ahead die, if there is one.
    pub(super) fn drop_ahead(&mut self) {
        if let Some(ahead) = self.ahead.take() {
            self.emit(Effect::DropGeneration { generation: ahead.generation() });
        }
    }

    /// May it still be the question of the caller's turn?
    fn stands(&self, ahead: &Ahead) -> bool {
        self.is_open()
            && match &self.ear {
                Ear::Voicing(_) => false,
                // The turn is taken; the question waits for something that must come before it.
                Ear::Quiet => self.turn.owed,
                Ear::Pausing(u) | Ear::Decided(u) => {
                    let text = match &u.request {
                        Request::Heard { text, .. } => text,
                        _ => &u.partial,
                    };
                    same_words(text, &ahead.words)
                }
            }
    }

    /// The words of the caller that are worth a question now.
    fn words_to_ask_ahead(&self) -> Option<String> {
        let Ear::Pausing(utterance) = &self.ear else { return None };
        let free = self.taking.asks_ahead()
            && utterance.aheads < AHEADS_MAX
            && self.is_open()
            && !self.asking.is_alive()
            && !self.turn.nudge_owed
            && !self.keys_wait()
            && !self.speech.is_busy()
            && !self.speech.is_hushing()
            && !self.tools.is_waited_for(self.turn.serial)
            && self.consent.is_none()
            && !self.asks_yes_or_no()
            && !matches!(utterance.shape, Shape::Unknown | Shape::Aside | Shape::Unfinished)
            && !(utterance.over_us && utterance.shape == Shape::Listening);
        if !free {
            return None;
        }
        let words = self.clean(words_of(utterance)?);
        (!words.is_empty()).then_some(words)
    }

    fn ask_ahead(&mut self, words: String) {
        let Ear::Pausing(utterance) = &mut self.ear else { return };
        utterance.aheads += 1;
        let began_at = utterance.began_at;
        let mut history = self.history.clone();
        let whole = match self.goes_on_since(began_at).then(|| history.withdraw()).flatten() {
            Some(before) => format!("{before} {words}"),
            None => words.clone(),
        };
        history.push_caller(&whole, self.limits.utterance_chars_max);
        self.last_generation += 1;
        let ask = AskModel {
            generation: Generation(self.last_generation),
            language: self.language,
            history: history.messages(&self.speech),
            tools: self.tools_shown(),
            words_only: false,
            nudge: false,
            ahead: true,
        };
        self.emit(Effect::AskModel(ask.clone()));
        self.ahead = Some(Box::new(Ahead { ask, words, came: Vec::new() }));
    }
}

#[cfg(test)]
mod tests {
    use super::same_words;

    #[test]
    fn commas_and_capitals_make_no_other_question() {
        assert!(same_words("Winter tyres, please.", "winter tyres please"));
        assert!(!same_words("winter tyres", "winter tyres please"));
        assert!(!same_words("R16", "R17"));
    }
}
