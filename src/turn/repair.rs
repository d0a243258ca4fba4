//! The caller goes on after we took their pause for the end.
//!
//! Before anything sounded [`super::barge_in`] has dropped the answer at once. Here the pieces
//! become one turn again, also when a tool answered in between or the first syllables of the answer
//! were heard: those are withdrawn, as nobody can have answered to them. What a tool has done stays
//! done and is told to the model, before the caller's whole words.

use super::call::Call;
use super::caller_line::CallerLine;
use super::{Effect, Note};
use crate::clock::CallTime;

impl Call {
    /// A voice that began at `began_at` goes on with the turn before it.
    pub(super) fn goes_on_since(&self, began_at: CallTime) -> bool {
        let ms = self.taking.continuation_ms;
        ms > 0
            && self.is_open()
            && !self.consent.waits_for_answer()
            && !self.asks_yes_or_no()
            && self.turn.spoken.is_some_and(|(_, decided)| began_at <= decided.plus_ms(ms))
    }

    /// Takes the turn before back, if this line goes on with it: the words that both are.
    pub(super) fn taken_back(&mut self, line: &CallerLine) -> Option<String> {
        let began_at = line.began_at.filter(|at| self.goes_on_since(*at))?;
        let before = self.history.withdraw()?;
        let number = self.turn.number;
        if let Some((ended, _)) = self.turn.spoken {
            self.pace.mistaken(began_at.ms_since(ended));
        }
        self.emit(Effect::Note(Note::Continued { turn_number: number }));
        let room = self.limits.utterance_chars_max;
        Some(format!("{before} {}", line.text).chars().take(room).collect())
    }
}
