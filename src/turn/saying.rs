//! The model's sentences on their way to the voice: each passes the claim guard first.

use super::asking::Asking;
use super::call::Call;
use super::claims::{
    Evidence, Judgement, Scene, Subject, Verdict, instead, is_promise, judge, phone_digits, sorry,
};
use super::speech::Kind;
use super::{Caller, Effect, Note};
use crate::language::phrases::Phrase;
use crate::pii::Phone;
use chrono::NaiveDate;
use serde_json::Value;

/// What the guard did to one answer.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    /// The first claim that was withheld.
    flaw: Option<Evidence>,
    /// The sentence in hand was withheld in its middle: the rest of it goes with it.
    dropping: bool,
    /// Something was said that answers: a claim that holds, or a question.
    answered: bool,
    /// The words that were spoken last.
    tail: String,
    /// The tyre that was named last.
    subject: Subject,
}

impl Call {
    pub(super) fn today(&self) -> NaiveDate {
        self.facts.as_ref().map(|facts| facts.today).unwrap_or_default()
    }

    /// What the caller said may be repeated.
    pub(super) fn hear_facts(&mut self, text: &str) {
        let (language, today) = (self.language, self.today());
        self.known.hear(text, language, today);
    }

    /// What a tool answered may be told.
    pub(super) fn learn_facts(&mut self, tool: &str, args: &Value, result: &Value, ok: bool) {
        let today = self.today();
        self.known.learn(tool, args, result, ok, today);
    }

    /// What was read back may be said again.
    pub(super) fn read_back_facts(&mut self, text: &str) {
        let (language, today) = (self.language, self.today());
        self.known.read_back(text, language, today);
    }

    /// The caller has said these digits.
    pub(super) fn has_said_phone(&self, phone: &Phone) -> bool {
        phone_digits(phone.reveal()).is_some_and(|digits| self.known.said_digits(&digits))
    }

    fn judge(&self, sentence: &str, subject: &mut Subject) -> Judgement {
        let own = self.facts.as_ref().and_then(|facts| match &facts.caller {
            Caller::Known(phone) | Caller::Foreign(phone) => Some(phone),
            Caller::Withheld => None,
        });
        let (language, today) = (self.language, self.today());
        let scene = Scene { language, today, own, tools: &self.tool_names };
        judge(sentence, &self.known, &scene, subject)
    }

    /// Says what may be said of an answer's sentences.
    pub(super) fn say_answer(&mut self, sentences: impl IntoIterator<Item = String>) {
        for sentence in sentences {
            let Asking::Alive(ask) = &self.asking else { return };
            let (line, llm_latency_ms) = (ask.line, ask.llm_latency_ms);
            let dropping = ask.guarded.dropping;
            let ends = sentence.trim_end().ends_with(['.', '!', '?', '…']);
            let mut subject = ask.guarded.subject.clone();
            let judged = self.judge(&sentence, &mut subject);
            let flaw = judged.flaw().cloned();
            if !judged.evidence.is_empty() {
                self.note_claim(&judged, flaw.as_ref());
            }
            let Asking::Alive(ask) = &mut self.asking else { return };
            ask.guarded.subject = subject;
            ask.guarded.dropping = (dropping || flaw.is_some()) && !ends;
            if let Some(flaw) = flaw {
                ask.guarded.flaw.get_or_insert(flaw);
                continue;
            }
            if dropping || !judged.text.contains(char::is_alphanumeric) {
                continue;
            }
            ask.guarded.answered |= !judged.evidence.is_empty() || judged.text.ends_with('?');
            ask.guarded.tail.clone_from(&judged.text);
            let line = line.unwrap_or_else(|| self.open_line(Kind::Answer, llm_latency_ms));
            self.say_in(line, judged.text);
            if let Asking::Alive(ask) = &mut self.asking {
                ask.line = Some(line);
                ask.spoke = true;
            }
        }
    }

    fn note_claim(&mut self, judged: &Judgement, flaw: Option<&Evidence>) {
        let (verdict, reason) = match flaw {
            None => (Verdict::Send, "traceable".to_owned()),
            Some(flaw) if flaw.kind == "leak" => (Verdict::Withhold, "leak".to_owned()),
            Some(flaw) => (Verdict::Withhold, format!("untraceable {}", flaw.kind)),
        };
        self.note_verdict(verdict, judged.text.clone(), reason, judged.evidence.clone());
    }

    fn note_verdict(
        &mut self,
        verdict: Verdict,
        sentence: String,
        reason: String,
        mut evidence: Vec<Evidence>,
    ) {
        self.judged += 1;
        let (number, turn_number) = (self.judged, self.turn.number);
        if self.transcript_off {
            for one in &mut evidence {
                one.value.clear();
            }
        }
        let sentence = self.kept(sentence);
        self.emit(Effect::Note(Note::Claim {
            number,
            turn_number,
            verdict,
            sentence,
            reason,
            evidence,
        }));
    }

    /// An answer is over of which the guard withheld what mattered: the core says what the data
    /// holds. False if nothing has to be made good.
    pub(super) fn make_good(&mut self, guarded: &Guarded, spoke: bool) -> bool {
        let Some(flaw) = &guarded.flaw else { return false };
        // Who takes leave, or wants a person, gets that.
        let other = self.turn.goodbye || self.turn.wants_operator && !spoke;
        if guarded.answered || !self.is_open() || other {
            return false;
        }
        self.turn.owed = false;
        let told = instead(&self.known, flaw, self.language);
        let (text, source) = match told {
            Some((tool, text)) => (text, Some(tool)),
            None if self.turn.effect_done && !spoke => return false,
            None => (sorry(flaw.kind == "done", self.language).to_owned(), None),
        };
        if source.is_some() {
            self.bad_turns = 0;
        } else {
            self.bad_turns += 1;
            if self.bad_turns >= self.limits.bad_turns_max {
                self.hand_over("cannot_help", String::new(), Phrase::TransferBecauseTrouble);
                return true;
            }
        }
        let evidence = vec![Evidence { source, ..flaw.clone() }];
        let reason = format!("in place of {}", flaw.kind);
        self.note_verdict(Verdict::Rephrase, text.clone(), reason, evidence);
        self.say(Kind::Script, text);
        true
    }

    /// The answer promised to look and called nothing. Once a turn the model is asked again at
    /// once; after that it counts as no answer.
    pub(super) fn nudges(&mut self, guarded: &Guarded) -> bool {
        let promised = is_promise(&guarded.tail) && self.is_open() && !self.turn.goodbye;
        if !promised || self.turn.wants_operator && self.turn.nudged {
            return false;
        }
        if self.turn.nudged {
            self.answer_failed();
        } else {
            (self.turn.nudged, self.turn.nudge_owed, self.turn.owed) = (true, true, true);
        }
        true
    }
}
