//! The caller's rating of the call, 1 to 5, asked for once before the goodbye.
//!
//! Asked only if the shop wants it and the caller takes leave; whoever hangs up, is handed over or
//! says something else is not asked again.

use super::call::Call;
use super::cards::number;
use super::speech::Kind;
use super::{Effect, Note};
use crate::clock::CallTime;
use crate::language::keypad::ask_rating;
use crate::language::words::tokens;

/// How long we wait for the key after the question was heard, milliseconds.
const RATING_WAIT_MS: u64 = 6_000;
/// Words of an answer that is a rating: "a five", "five, please".
const RATING_WORDS_MAX: usize = 3;

/// Where the rating stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rating {
    #[default]
    NotAsked,
    /// The question sounds, or was heard; then there is time until.
    Asked { until: Option<CallTime> },
    /// Given, or given up.
    Done,
}

impl Call {
    /// The caller has taken leave: asks, if that is wanted. True if it was asked.
    pub(super) fn rating_asked(&mut self) -> bool {
        let wanted = self.facts.as_ref().is_some_and(|facts| facts.ask_rating);
        if !wanted || self.rating != Rating::NotAsked || !self.is_open() {
            return false;
        }
        self.rating = Rating::Asked { until: None };
        self.turn.owed = false;
        // A prompt: the model has nothing to do with it.
        self.say(Kind::Prompt, ask_rating(self.language));
        true
    }

    fn rating_waits(&self) -> bool {
        matches!(self.rating, Rating::Asked { .. }) && self.is_open()
    }

    /// A key while we wait for the rating. True if it was meant for it.
    pub(super) fn rating_takes_key(&mut self, key: char) -> bool {
        if !self.rating_waits() {
            return false;
        }
        match key {
            '1'..='5' => {
                self.log_key(key);
                self.rated(key as u8 - b'0');
            }
            '#' => self.rating_over(),
            // Anything else is no rating, and is taken as what it is.
            _ => {
                self.rating = Rating::Done;
                return false;
            }
        }
        true
    }

    /// Words while we wait for the rating. True if they are one.
    pub(super) fn rating_takes_words(&mut self, text: &str) -> bool {
        if !self.rating_waits() {
            return false;
        }
        let words = tokens(text);
        let score = (0..words.len()).find_map(|at| number(&words, at)).map(|(digits, _)| digits);
        let score = score.and_then(|digits| digits.parse().ok()).filter(|n| (1..=5).contains(n));
        match score {
            Some(score) if words.len() <= RATING_WORDS_MAX => self.rated(score),
            _ => {
                self.rating = Rating::Done;
                return false;
            }
        }
        true
    }

    fn rated(&mut self, score: u8) {
        self.mood.rated(score);
        self.emit(Effect::Note(Note::Rating { score }));
        self.rating_over();
    }

    /// Given or given up: now comes the answer to the goodbye.
    pub(super) fn rating_over(&mut self) {
        self.rating = Rating::Done;
        self.hush();
        self.speech.forget_taken();
        self.waiting.since = self.now;
        self.turn.owed = true;
    }

    pub(super) fn rating_due(&self) -> Option<CallTime> {
        match self.rating {
            Rating::Asked { until } if self.is_open() && self.ear.is_quiet() => until,
            _ => None,
        }
    }

    /// The time for the rating begins when the question was heard; called after every event.
    pub(super) fn watch_rating(&mut self) {
        if !matches!(self.rating, Rating::Asked { .. }) {
            return;
        }
        if !self.is_open() {
            self.rating = Rating::Done;
        } else if self.speech.is_busy() || self.speech.is_hushing() {
            self.rating = Rating::Asked { until: None };
        } else if self.rating == (Rating::Asked { until: None }) {
            self.rating = Rating::Asked { until: Some(self.now.plus_ms(RATING_WAIT_MS)) };
        }
    }
}
