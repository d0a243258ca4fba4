//! Deciding that the caller's turn is over.
//!
//! The recogniser is asked early, inside the wait; if the caller goes on before the decision, that
//! request dies and a new one covers the whole utterance. Whatever comes first, decision or text,
//! the turn is taken when both are there.

use super::call::Call;
use super::cards::mask_cards;
use super::shape::Shape;
use super::{Effect, Note, TranscriptId};
use crate::clock::CallTime;

/// Voice without a pause for this long, milliseconds, is taken as a turn: a radio in the
/// background must not hold the call.
pub(super) const VOICE_MS_MAX: u64 = 30_000;

/// The recogniser's part in an utterance.
#[derive(Debug, Default)]
pub(super) enum Request {
    #[default]
    None,
    Asked {
        transcript: TranscriptId,
        at: CallTime,
    },
    Heard {
        text: String,
        confidence: Option<f32>,
        latency_ms: u64,
    },
    Failed,
}

/// A stretch of caller speech.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not one state")]
pub(super) struct Utterance {
    /// Its first sound.
    pub(super) began_at: CallTime,
    /// Its latest stretch of voice began.
    pub(super) voiced_at: CallTime,
    /// Its latest stretch of voice ended.
    pub(super) ended_at: CallTime,
    /// When the end-of-turn decision fell.
    pub(super) decided_at: CallTime,
    /// It began while we sounded.
    pub(super) over_us: bool,
    /// It began over a question of ours.
    pub(super) over_question: bool,
    /// It stopped us.
    pub(super) barged_in: bool,
    /// The longest pause inside it so far.
    pub(super) pause_ms: u64,
    pub(super) request: Request,
    /// The last interim text, and when it came.
    pub(super) partial: String,
    pub(super) partial_at: CallTime,
    /// The shape of the latest text.
    pub(super) shape: Shape,
    /// It was looked whether the model can be asked ahead with the interim text.
    pub(super) looked_ahead: bool,
    /// Questions that were asked ahead for it.
    pub(super) aheads: u32,
}

/// What the caller is doing.
#[derive(Debug, Default)]
pub(super) enum Ear {
    #[default]
    Quiet,
    /// The caller makes speech sounds.
    Voicing(Utterance),
    /// A pause: their turn may be over.
    Pausing(Utterance),
    /// The turn is over, its text is not there yet.
    Decided(Utterance),
}

impl Ear {
    pub(super) fn is_quiet(&self) -> bool {
        matches!(self, Self::Quiet)
    }

    pub(super) fn is_decided(&self) -> bool {
        matches!(self, Self::Decided(_))
    }

    pub(super) fn utterance(&mut self) -> Option<&mut Utterance> {
        match self {
            Self::Quiet => None,
            Self::Voicing(u) | Self::Pausing(u) | Self::Decided(u) => Some(u),
        }
    }
}

impl Call {
    pub(super) fn voice_started(&mut self) {
        if !self.listens() {
            return;
        }
        let now = self.now;
        let over_us = self.speech.is_sounding();
        let over_question = self.speech.sounds_as_question();
        self.ear = match std::mem::take(&mut self.ear) {
            Ear::Quiet => Ear::Voicing(Utterance::begun(now, over_us, over_question)),
            Ear::Pausing(mut utterance) | Ear::Decided(mut utterance) => {
                utterance.request = Request::None;
                utterance.looked_ahead = false;
                utterance.shape = Shape::Unknown;
                utterance.pause_ms = utterance.pause_ms.max(now.ms_since(utterance.ended_at));
                utterance.voiced_at = now;
                Ear::Voicing(utterance)
            }
            voicing @ Ear::Voicing(_) => voicing,
        };
        self.hold_answer();
    }

    pub(super) fn voice_ended(&mut self, ended_ago_ms: u64) {
        self.ear = match std::mem::take(&mut self.ear) {
            Ear::Voicing(mut utterance) => {
                // Detection lags behind the last sound; the pause is counted from the sound.
                let ended_at = CallTime(self.now.0.saturating_sub(ended_ago_ms * 1_000));
                utterance.ended_at = ended_at.max(utterance.voiced_at);
                self.waiting.since = self.now;
                Ear::Pausing(utterance)
            }
            other => other,
        };
    }

    pub(super) fn partial(&mut self, text: &str) {
        let (chars_max, now, language) = (self.limits.utterance_chars_max, self.now, self.language);
        let judges = self.taking.judges_words();
        if let Some(utterance) = self.ear.utterance() {
            let text: String = text.chars().take(chars_max).collect();
            if utterance.partial != text {
                utterance.partial_at = now;
                utterance.looked_ahead = false;
            }
            utterance.partial = text;
            // A final text, once there is one, knows better.
            if judges && !matches!(utterance.request, Request::Heard { .. }) {
                utterance.shape = Shape::of(&utterance.partial, language);
            }
        }
    }

    pub(super) fn transcript(
        &mut self,
        transcript: TranscriptId,
        text: &str,
        confidence: Option<f32>,
        latency_ms: u64,
    ) {
        let text = self.clean(text);
        self.transcript_is(transcript, Request::Heard { text, confidence, latency_ms });
    }

    pub(super) fn transcript_failed(&mut self, transcript: TranscriptId) {
        self.transcript_is(transcript, Request::Failed);
    }

    fn transcript_is(&mut self, transcript: TranscriptId, answer: Request) {
        let (judges, language) = (self.taking.judges_words(), self.language);
        let wanted = self.ear.utterance().filter(
            |u| matches!(u.request, Request::Asked { transcript: asked, .. } if asked == transcript),
        );
        let Some(utterance) = wanted else { return self.stale("transcript") };
        if judges && let Request::Heard { text, .. } = &answer {
            utterance.shape = Shape::of(text, language);
        }
        utterance.request = answer;
        self.ear = match std::mem::take(&mut self.ear) {
            Ear::Decided(utterance) => return self.take_utterance(utterance),
            other => other,
        };
    }

    /// When the ear wants to be looked at.
    pub(super) fn ear_due(&self) -> Option<CallTime> {
        let stt_due = |request: &Request| match request {
            Request::Asked { at, .. } => Some(at.plus_ms(self.limits.stt_ms_max)),
            _ => None,
        };
        match &self.ear {
            Ear::Quiet => None,
            Ear::Voicing(u) => Some(u.voiced_at.plus_ms(VOICE_MS_MAX)),
            Ear::Pausing(u) if matches!(u.request, Request::None) => {
                Some(u.ended_at.plus_ms(self.transcribe_early_ms(u)))
            }
            Ear::Pausing(u) => Some(u.ended_at.plus_ms(self.endpointing_ms(u))),
            Ear::Decided(u) => stt_due(&u.request),
        }
    }

    /// The time of [`Call::ear_due`] has come.
    pub(super) fn ear_fires(&mut self) {
        match &mut self.ear {
            Ear::Quiet => {}
            Ear::Voicing(_) => self.voice_ended(0),
            Ear::Pausing(utterance) if matches!(utterance.request, Request::None) => {
                self.last_transcript += 1;
                let transcript = TranscriptId(self.last_transcript);
                utterance.request = Request::Asked { transcript, at: self.now };
                self.emit(Effect::Transcribe { transcript });
            }
            Ear::Pausing(_) => self.decide(),
            Ear::Decided(utterance) => {
                utterance.request = Request::Failed;
                if let Ear::Decided(utterance) = std::mem::take(&mut self.ear) {
                    self.take_utterance(utterance);
                }
            }
        }
    }

    fn decide(&mut self) {
        let Ear::Pausing(mut utterance) = std::mem::take(&mut self.ear) else { return };
        utterance.decided_at = self.now;
        let endpointing_ms = self.now.ms_since(utterance.ended_at);
        self.emit(Effect::Note(Note::Endpointed { endpointing_ms }));
        self.await_first_audio(utterance.ended_at, self.now);
        if matches!(utterance.request, Request::Asked { .. }) {
            self.ear = Ear::Decided(utterance);
        } else {
            self.take_utterance(utterance);
        }
    }

    /// Both are there, the decision and the recogniser's answer.
    fn take_utterance(&mut self, mut utterance: Utterance) {
        self.ear = Ear::Quiet;
        self.emit(Effect::ForgetUtterance);
        match std::mem::take(&mut utterance.request) {
            Request::Heard { text, confidence, latency_ms } => {
                self.take_text(&utterance, text, confidence, Some(latency_ms));
            }
            // The recogniser broke, but had already told what it had understood.
            _ if !utterance.partial.trim().is_empty() => {
                let text = self.clean(&utterance.partial);
                self.take_text(&utterance, text, None, None);
            }
            _ => self.take_failure(&utterance),
        }
    }

    /// A text from outside: no control characters, no card number, not longer than the limit.
    pub(super) fn clean(&self, text: &str) -> String {
        let legal = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let text: String = legal.take(self.limits.utterance_chars_max).collect();
        mask_cards(text.trim())
    }
}

impl Utterance {
    fn begun(now: CallTime, over_us: bool, over_question: bool) -> Self {
        Self {
            began_at: now,
            voiced_at: now,
            ended_at: now,
            decided_at: now,
            over_us,
            over_question,
            barged_in: false,
            pause_ms: 0,
            request: Request::None,
            partial: String::new(),
            partial_at: now,
            shape: Shape::Unknown,
            looked_ahead: false,
            aheads: 0,
        }
    }
}
