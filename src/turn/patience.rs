//! How long a pause may be before it is the end of the caller's turn.

use super::call::Call;
use super::endpointing::{Request, Utterance};
use super::questions::{Awaited, awaited, expects_slow_answer};
use super::shape::Shape;

impl Call {
    /// The silence that ends this turn, milliseconds.
    pub(super) fn endpointing_ms(&self, utterance: &Utterance) -> u64 {
        if self.is_only_listening(utterance) {
            return 0;
        }
        if self.taking.adaptive {
            return self.patience_ms(utterance.shape);
        }
        if expects_slow_answer(&self.speech.last_heard) {
            self.limits.endpointing_slow_ms
        } else {
            self.limits.endpointing_ms
        }
    }

    /// The silence after which the recogniser is asked. A short sound over our talk is asked about
    /// at once: if it was nothing, we go on.
    pub(super) fn transcribe_early_ms(&self, utterance: &Utterance) -> u64 {
        if self.may_be_listening(utterance) {
            return 0;
        }
        self.limits.transcribe_early_ms.min(self.endpointing_ms(utterance))
    }

    /// By what is awaited, by what was said so far, and by how this caller pauses.
    fn patience_ms(&self, shape: Shape) -> u64 {
        let (limits, taking) = (&self.limits, &self.taking);
        let (usual_ms, slow_ms) = (limits.endpointing_ms, limits.endpointing_slow_ms);
        let base_ms = match (self.awaits(), shape) {
            // A whole story in the place of a yes; a size or a plate that is all there.
            (Awaited::Answer, Shape::Long | Shape::Aside)
            | (Awaited::Figures | Awaited::Spelled, Shape::Whole)
            | (Awaited::Speech, _) => usual_ms,
            (Awaited::Answer, _) => taking.answer_ms.min(usual_ms),
            (Awaited::Figures, _) => slow_ms,
            (Awaited::Spelled, _) => taking.spelled_ms.max(slow_ms),
        };
        let fitted_ms = self.pace.fitted(base_ms, taking);
        let more_ms = if shape == Shape::Unfinished { taking.unfinished_ms } else { 0 };
        let most_ms = taking.wait_ms_max.max(base_ms);
        (fitted_ms + more_ms).clamp(taking.wait_ms_min.min(base_ms), most_ms)
    }

    fn awaits(&self) -> Awaited {
        if self.consent.waits_for_answer() {
            // "Yes, …" may end in "but on Friday", and a yes has consequences.
            Awaited::Speech
        } else if self.asks_yes_or_no() {
            Awaited::Answer
        } else {
            awaited(&self.speech.last_heard)
        }
    }

    /// A short sound over our talk: perhaps only "uh-huh", or no words at all.
    fn may_be_listening(&self, utterance: &Utterance) -> bool {
        let lasted_ms = utterance.ended_at.ms_since(utterance.began_at);
        utterance.over_us
            && lasted_ms <= self.taking.backchannel_ms
            && self.taking.backchannel_ms > 0
            && !self.consent.waits_for_answer()
    }

    /// Its text is there, and it asks for nothing: no reason to wait for more.
    fn is_only_listening(&self, utterance: &Utterance) -> bool {
        let Request::Heard { text, .. } = &utterance.request else { return false };
        let nothing = text.is_empty() || self.is_backchannel(utterance, text);
        nothing && self.may_be_listening(utterance)
    }
}
