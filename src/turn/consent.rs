//! The caller's spoken yes.
//!
//! Prepare, read back, ask, and only after the read-back was heard count a yes. The core issues the
//! read-back itself, and its hash goes with the approval, so that a model cannot agree in the
//! caller's place.
//!
//! A number that is only spoken is read back in the same way before a tool gets it.

use super::call::Call;
use super::speech::Kind;
use super::tooling::{OpenCall, refusal};
use super::{Approval, Caller, Effect, Note, Proposal, SpeechId, ToolCallId};
use crate::clock::CallTime;
use crate::ids::{effect_key, row_id, sha256_hex};
use crate::language::answer::Answer;
use crate::language::phrases::{Phrase, phrase};
use crate::language::readback::read_back;
use crate::pii::Phone;

/// A read-back is given this often before it is dropped.
const READ_BACKS_MAX: u32 = 3;

/// Arguments that are a telephone number to reach the caller by.
const PHONE_ARGS: [&str; 2] = ["customer_phone", "phone"];

/// What a yes allows.
#[derive(Debug)]
enum Subject {
    /// An effect.
    Effect(Box<Approval>),
    /// To be reached under this number, which the network did not give. It proves nobody.
    Contact(Phone),
}

/// A read-back that waits for an answer.
#[derive(Debug)]
pub(super) struct Pending {
    call: OpenCall,
    subject: Subject,
    /// All that is agreed to.
    text: String,
    /// The closed question after it. A yes into the question is a yes.
    question: String,
    /// The speech that carries the read-back; none before it is said.
    speech: Option<SpeechId>,
    /// When it had been heard in full.
    heard_at: Option<CallTime>,
    reads: u32,
}

/// Where an agreement stands.
#[derive(Debug, Default)]
pub(super) enum Consent {
    #[default]
    None,
    /// The tool checks its arguments.
    Preparing { call: OpenCall, since: CallTime },
    /// The read-back is to be heard, or answered.
    Waiting(Box<Pending>),
}

/// The statement of a read-back, and the question at its end.
fn split_question(text: &str) -> (&str, &str) {
    text.rsplit_once(". ").map_or((text, ""), |(body, question)| (&text[..=body.len()], question))
}

impl Consent {
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(super) fn is_preparing(&self) -> bool {
        matches!(self, Self::Preparing { .. })
    }

    /// The tool that checks its arguments.
    pub(super) fn preparing(&self) -> Option<&str> {
        match self {
            Self::Preparing { call, .. } => Some(&call.name),
            _ => None,
        }
    }

    /// A read-back waits for the caller's yes or no.
    pub(super) fn waits_for_answer(&self) -> bool {
        matches!(self, Self::Waiting(_))
    }

    pub(super) fn due(&self, tool_ms_max: u64) -> Option<CallTime> {
        match self {
            Self::Preparing { since, .. } => Some(since.plus_ms(tool_ms_max)),
            _ => None,
        }
    }
}

impl Call {
    pub(super) fn consent_prepares(&mut self, call: OpenCall) {
        self.consent = Consent::Preparing { call, since: self.now };
    }

    /// The tool refused its arguments: there is nothing to agree to.
    pub(super) fn consent_preparation_refused(&mut self, id: ToolCallId) -> Option<OpenCall> {
        match std::mem::take(&mut self.consent) {
            Consent::Preparing { call, .. } if call.id == id => Some(call),
            other => {
                self.consent = other;
                None
            }
        }
    }

    pub(super) fn consent_timed_out(&mut self) {
        if let Consent::Preparing { call, since } = std::mem::take(&mut self.consent) {
            let duration_ms = self.now.ms_since(since);
            let result = refusal("timeout", "No answer in time. Nothing was done; say so.");
            self.resolve(&call, result, false, duration_ms);
            self.turn.owed = true;
        }
    }

    pub(super) fn tool_prepared(&mut self, id: ToolCallId, proposal: &Proposal) {
        let Some(call) = self.consent_preparation_refused(id) else { return self.stale("tool") };
        let Some(of) = self.facts.as_ref().map(|facts| facts.call) else { return };
        let text = read_back(&proposal.agreement, self.language);
        self.read_back_facts(&text);
        let (text, question) = split_question(&text);
        let approval = Approval {
            id: row_id(of, &format!("approval {}", id.0)),
            tool: call.name.clone(),
            args: proposal.args.clone(),
            effect_key: effect_key(of, &call.name, &proposal.args),
            readback_hash: sha256_hex(text),
        };
        self.note_approval(&approval, "pending");
        let (text, question) = (text.to_owned(), question.to_owned());
        self.await_answer(call, Subject::Effect(Box::new(approval)), text, question);
    }

    fn await_answer(&mut self, call: OpenCall, subject: Subject, text: String, question: String) {
        let pending =
            Pending { call, subject, text, question, speech: None, heard_at: None, reads: 0 };
        self.consent = Consent::Waiting(Box::new(pending));
    }

    /// The number to reach the caller by that a tool is about to get, if the caller has said it but
    /// has not heard it back yet. One that the caller never said is the tool's to refuse.
    pub(super) fn unheard_contact(&self, args: &serde_json::Value) -> Option<Phone> {
        let known = matches!(self.facts.as_ref()?.caller, Caller::Known(_));
        let given = PHONE_ARGS.iter().find_map(|field| args.get(field)?.as_str())?;
        let compact: String = given.chars().filter(|c| !" -().".contains(*c)).collect();
        let phone = Phone::parse(&compact)?;
        let said = self.has_said_phone(&phone);
        (!known && said && self.contact.as_ref() != Some(&phone)).then_some(phone)
    }

    /// Reads a spoken number back; the tool runs after the caller's yes to it.
    pub(super) fn read_contact_back(&mut self, call: OpenCall, phone: Phone) {
        if !self.consent.is_none() {
            let message = "Another read-back waits. One agreement at a time.";
            return self.refuse(&call, refusal("one_at_a_time", message));
        }
        let text = phrase(Phrase::ContactRight(phone.reveal()), self.language);
        let (text, question) = split_question(&text);
        let (text, question) = (text.to_owned(), question.to_owned());
        self.await_answer(call, Subject::Contact(phone), text, question);
    }

    fn note_approval(&mut self, approval: &Approval, status: &str) {
        let note = Note::Approval { approval: approval.clone(), status: status.to_owned() };
        self.emit(Effect::Note(note));
    }

    /// Says the read-back once the caller is quiet.
    pub(super) fn read_back_if_due(&mut self) {
        let Consent::Waiting(pending) = &mut self.consent else { return };
        let typing = !self.ear.is_quiet() || self.keys.are_typed();
        if pending.speech.is_some() || pending.heard_at.is_some() || typing {
            return;
        }
        if pending.reads >= READ_BACKS_MAX {
            let message =
                "The caller could not be brought to hear the read-back. Ask what they want.";
            self.give_up_consent("expired", refusal("not_confirmed", message));
            self.turn.owed = true;
            return;
        }
        pending.reads += 1;
        let (text, question) = (pending.text.clone(), pending.question.clone());
        let line = self.open_line(Kind::ReadBack, None);
        let speech = self.say_in(line, text);
        if !question.is_empty() {
            self.say_in(line, question);
        }
        self.close_line(line);
        if let Consent::Waiting(pending) = &mut self.consent {
            pending.speech = speech;
        }
    }

    /// A speech has ended; was it the read-back?
    pub(super) fn consent_heard(&mut self, speech: SpeechId, in_full: bool) {
        if let Consent::Waiting(pending) = &mut self.consent
            && pending.speech == Some(speech)
        {
            pending.heard_at = in_full.then_some(self.now);
            if !in_full {
                // Cut or never made. It is said again when the caller's words do not settle it.
                pending.speech = Some(SpeechId(0));
            }
        }
    }

    /// The read-back was cut off by nothing: say it again.
    pub(super) fn reread_if_cut(&mut self) {
        if let Consent::Waiting(pending) = &mut self.consent
            && pending.heard_at.is_none()
            && pending.speech == Some(SpeechId(0))
        {
            pending.speech = None;
        }
    }

    fn reread(&mut self) {
        if let Consent::Waiting(pending) = &mut self.consent {
            pending.speech = None;
            pending.heard_at = None;
        }
    }

    /// The caller has said something while an agreement is under way. True if that was all.
    pub(super) fn consent_takes(&mut self, answer: Option<Answer>, text: &str) -> bool {
        let Consent::Waiting(pending) = &self.consent else {
            if self.consent.is_preparing() {
                self.not_confirmed();
            }
            return false;
        };
        // A yes that began before the read-back had been heard agrees to something else.
        let spoke_at = self.voice_of_answer.plus_ms(self.limits.barge_in_ms);
        let heard = pending.heard_at.is_some_and(|heard_at| heard_at <= spoke_at);
        let chars_max = self.limits.utterance_chars_max;
        match answer {
            Some(Answer::Yes) if heard => {
                self.history.push_caller(text, chars_max);
                self.approve();
                true
            }
            Some(Answer::Yes | Answer::NotHeard | Answer::Repeat) => {
                self.history.push_caller(text, chars_max);
                self.reread();
                true
            }
            Some(Answer::Wait) => {
                self.history.push_caller(text, chars_max);
                self.say(Kind::Script, phrase(Phrase::TakeYourTime, self.language));
                if !heard {
                    self.reread();
                }
                true
            }
            Some(Answer::No | Answer::Cancel) => {
                let message = "The caller said no. Nothing was done. Ask what to change.";
                self.give_up_consent("rejected", refusal("rejected", message));
                false
            }
            _ => {
                self.not_confirmed();
                false
            }
        }
    }

    fn not_confirmed(&mut self) {
        let message = "The caller did not say yes; nothing was done. Answer their words.";
        self.give_up_consent("expired", refusal("not_confirmed", message));
    }

    fn approve(&mut self) {
        let Consent::Waiting(pending) = std::mem::take(&mut self.consent) else { return };
        let Pending { call, subject, .. } = *pending;
        self.turn.owed = true;
        match subject {
            Subject::Effect(approval) => {
                self.note_approval(&approval, "approved");
                let agreed = approval.args.clone();
                self.run(call, Some(*approval), Some(agreed));
            }
            Subject::Contact(phone) => {
                self.contact = Some(phone);
                self.go_on(call);
            }
        }
    }

    /// Nothing will come of this agreement.
    pub(super) fn give_up_consent(&mut self, status: &str, result: serde_json::Value) {
        match std::mem::take(&mut self.consent) {
            Consent::None => {}
            Consent::Preparing { call, .. } => self.refuse(&call, result),
            Consent::Waiting(pending) => {
                let result = match &pending.subject {
                    Subject::Effect(approval) => {
                        self.note_approval(approval, status);
                        result
                    }
                    Subject::Contact(_) => {
                        let message = "The caller did not say yes to this number. Ask which \
                                       number it is, and give exactly the digits that they say.";
                        refusal("phone_not_confirmed", message)
                    }
                };
                self.refuse(&pending.call, result);
            }
        }
    }
}
