//! The caller speaks while an answer is due or sounds.
//!
//! Before anything of the answer sounded the caller simply goes on: the answer is dropped at once
//! and what comes next is added to their words. While we sound, only a voice that lasts stops us;
//! what it took away is said if it turns out to have been no words, or only "uh-huh". A sound that
//! the recogniser already knows for one does not even stop us.

use super::call::Call;
use super::endpointing::{Ear, Utterance};
use super::shape::Shape;
use super::speech::Kind;
use super::{Effect, Note};
use crate::clock::CallTime;
use crate::language::answer::{classify, is_backchannel};

impl Call {
    /// The caller goes on before our answer sounded: drop it, it will be asked for again.
    pub(super) fn hold_answer(&mut self) {
        let unheard = !self.turn.answer_sounded && !self.speech.is_sounding();
        if !unheard {
            return;
        }
        let unsaid = self.speech.has(Kind::Answer);
        if self.drop_generation() || unsaid {
            self.turn.owed = true;
            self.hush();
        }
    }

    /// When the caller's voice will have lasted long enough to stop us.
    pub(super) fn barge_in_due(&self) -> Option<CallTime> {
        match &self.ear {
            Ear::Voicing(u) if self.can_be_stopped() => {
                let ms = self.limits.barge_in_ms;
                let ms = if self.sounds_like_listening(u) {
                    self.taking.backchannel_ms.max(ms)
                } else {
                    ms
                };
                Some(u.voiced_at.plus_ms(ms))
            }
            _ => None,
        }
    }

    /// So far it is only "uh-huh", and not the answer to a question.
    fn sounds_like_listening(&self, utterance: &Utterance) -> bool {
        self.taking.backchannel_ms > 0
            && utterance.shape == Shape::Listening
            && utterance.over_us
            && !utterance.over_question
            && !self.consent.waits_for_answer()
    }

    pub(super) fn can_be_stopped(&self) -> bool {
        self.speech.is_busy() || self.asking.is_alive()
    }

    /// The time of [`Call::barge_in_due`] has come.
    pub(super) fn barge_in(&mut self) {
        if let Ear::Voicing(utterance) = &mut self.ear {
            utterance.barged_in = true;
        }
        self.stop_talking();
    }

    /// Stops our talk for a voice or a key.
    pub(super) fn stop_talking(&mut self) {
        self.emit(Effect::Note(Note::BargeIn));
        self.speech.forget_taken();
        self.hush();
        if self.drop_generation() {
            self.turn.cut_short = true;
        }
    }

    /// Sounds without meaning. What they stopped is said again.
    pub(super) fn resume_after_nothing(&mut self) {
        self.say_taken();
        if std::mem::take(&mut self.turn.cut_short) {
            self.turn.owed = true;
        }
        self.reread_if_cut();
    }

    /// Is this only "uh-huh" while we speak? Over a question a "yes" is its answer.
    pub(super) fn is_backchannel(&self, utterance: &Utterance, text: &str) -> bool {
        let answers = self.taking.backchannel_ms > 0
            && utterance.over_question
            && classify(text, self.language).is_some();
        utterance.over_us
            && !answers
            && !self.consent.waits_for_answer()
            && is_backchannel(text, self.language)
    }
}
