//! The caller speaks while an answer is due or sounds.
//!
//! Before anything of the answer sounded the caller simply goes on: the answer is dropped at once
//! and what comes next is added to their words. While we sound, only a voice that lasts stops us;
//! what it took away is said again if it turns out to have been no words.

use super::call::Call;
use super::endpointing::{Ear, Utterance};
use super::speech::Kind;
use super::{Effect, Note};
use crate::clock::CallTime;
use crate::language::answer::is_backchannel;

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
                Some(u.voiced_at.plus_ms(self.limits.barge_in_ms))
            }
            _ => None,
        }
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

    /// Is this only "uh-huh" while we speak?
    pub(super) fn is_backchannel(&self, utterance: &Utterance, text: &str) -> bool {
        utterance.over_us && !self.consent.waits_for_answer() && is_backchannel(text, self.language)
    }
}
