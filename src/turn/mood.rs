//! What a call leaves behind besides its outcome: how the caller sounded, and each time that it
//! changed hands.

use super::call::Call;
use super::{Effect, Note, SwitchKind};
use crate::language::Language;
use crate::language::sentiment::{Sentiment, score};

/// Changes of hands that are kept of one call. A call has a few; this bounds a loop.
const SWITCHES_MAX: u32 = 100;

/// How the caller sounds. Their own rating decides; without one the words do, an annoyed last line
/// twice: who leaves angry was angry.
#[derive(Debug, Default)]
pub(super) struct Mood {
    sum: i32,
    last: i32,
    rating: Option<u8>,
}

impl Mood {
    pub(super) fn hear(&mut self, text: &str, language: Language) {
        self.last = score(text, language);
        self.sum = self.sum.saturating_add(self.last);
    }

    pub(super) fn rated(&mut self, score: u8) {
        self.rating = Some(score);
    }

    /// The verdict, and the sum that it rests on.
    fn verdict(&self) -> (Sentiment, i32) {
        let sum = self.sum.saturating_add(self.last.min(0));
        (self.rating.map_or(Sentiment::of(sum), Sentiment::of_rating), sum)
    }
}

/// Who has the call.
#[derive(Debug, Default)]
pub(super) struct Hands {
    switches: u32,
    scenario: Option<String>,
}

impl Call {
    /// The caller wants something else than before.
    pub(super) fn scenario_is(&mut self, intent: &str, tool: &str) {
        if self.hands.scenario.as_deref() == Some(intent) {
            return;
        }
        let from = self.hands.scenario.replace(intent.to_owned());
        self.switch(SwitchKind::Scenario, from, intent, tool);
    }

    /// Another brain answers from now on.
    pub(super) fn brain_changed(&mut self, from: String, to: &str, reason: &str) {
        self.switch(SwitchKind::Brain, Some(from), to, reason);
    }

    /// A person is brought to the call.
    pub(super) fn goes_to_operator(&mut self, reason: &str) {
        let from = self.hands.scenario.clone();
        self.switch(SwitchKind::Operator, from, "operator", reason);
    }

    /// Nobody took the call; the agent has it again.
    pub(super) fn back_from_operator(&mut self, reason: &str) {
        let to = self.hands.scenario.clone().unwrap_or_else(|| "agent".into());
        self.switch(SwitchKind::Operator, Some("operator".into()), &to, reason);
    }

    fn switch(&mut self, kind: SwitchKind, from: Option<String>, to: &str, reason: &str) {
        if self.hands.switches >= SWITCHES_MAX {
            return;
        }
        self.hands.switches += 1;
        self.emit(Effect::Note(Note::Switched {
            number: self.hands.switches,
            turn_number: self.turn.number,
            kind,
            from,
            to: to.to_owned(),
            reason: reason.to_owned(),
        }));
    }

    /// For the log, before the last note.
    pub(super) fn note_mood(&mut self) {
        let (sentiment, score) = self.mood.verdict();
        self.emit(Effect::Note(Note::Sentiment { sentiment, score }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leaves_angry_was_angry_and_a_rating_outweighs_all_words() {
        let mut mood = Mood::default();
        mood.hear("That is great", Language::En);
        assert_eq!(mood.verdict().0, Sentiment::Positive);
        mood.hear("This is ridiculous", Language::En);
        assert_eq!(mood.verdict(), (Sentiment::Negative, -2));
        mood.rated(5);
        assert_eq!(mood.verdict().0, Sentiment::Positive);
    }

    #[test]
    fn a_call_without_words_is_neutral() {
        assert_eq!(Mood::default().verdict(), (Sentiment::Neutral, 0));
    }
}
