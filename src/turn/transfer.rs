//! While a person is being brought to the line: the wait, the words for that person, and the way
//! back to the agent when nobody came.

use super::call::{Call, Phase};
use super::closing::Handover;
use super::speech::Kind;
use super::tooling::{OpenCall, refusal};
use super::{Caller, Effect, Message, Outcome, ToolCallId};
use crate::clock::CallTime;
use crate::language::answer::Answer;
use crate::language::phrases::{Phrase, phrase};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The line tells how a transfer went. It rings for a minute or two at most and lets the operator
/// think for half a one; if it never tells, the call goes on after this, milliseconds.
pub(super) const AWAY_MS_MAX: u64 = 180_000;
/// The tool that writes a callback request.
const CALLBACK: &str = "create_callback_request";
/// The tool that hands over; what came of it is told to the model under its name.
const TRANSFER: &str = "transfer_to_operator";
/// Words of a summary that an operator is told: they have a phone at the ear, not a screen.
const TOLD_CHARS_MAX: usize = 300;

/// What became of one attempt to bring a person, in the words of `call_transfers.outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferOutcome {
    /// A person talks with the caller.
    Taken,
    /// The caller went on in the dialplan, to the target's extension.
    HandedOver,
    /// The leg was handed back to the dialplan, which was told the target.
    HandedBack,
    /// The target's phone is busy.
    Busy,
    /// Nobody picked up, or who picked up did not decide, in the target's time.
    NoAnswer,
    /// The person did not want the call.
    Refused,
    /// The target has no phone that can be reached.
    Offline,
    /// The target does not work at this hour.
    OutOfHours,
    /// The caller hung up meanwhile.
    CallerLeft,
    /// The target is not in the configuration.
    NotAllowed,
    /// Something of ours or of Asterisk's did not work.
    Failed,
}

impl TransferOutcome {
    /// The word in the log and the metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::HandedOver => "handed_over",
            Self::HandedBack => "handed_back",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
            Self::Offline => "offline",
            Self::OutOfHours => "out_of_hours",
            Self::CallerLeft => "caller_left",
            Self::NotAllowed => "not_allowed",
            Self::Failed => "failed",
        }
    }

    /// The caller is with a person, or on the way to one, and no longer with us.
    #[must_use]
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Taken | Self::HandedOver | Self::HandedBack)
    }
}

/// A person is being brought; the caller waits.
#[derive(Debug)]
pub(super) struct Away {
    attempt: u32,
    reason: String,
    summary: String,
    /// Given up then, should the line never tell.
    latest: CallTime,
}

/// A callback that is offered after an attempt came to nothing.
#[derive(Debug, Default)]
pub(super) enum Offer {
    #[default]
    None,
    /// The caller was asked; a yes makes the request.
    Asked { by: Option<NaiveDateTime>, note: String },
    /// The request is being written.
    Saving { call: ToolCallId, by: Option<NaiveDateTime> },
}

impl Offer {
    /// The caller was asked for a yes or a no.
    pub(super) fn waits_for_answer(&self) -> bool {
        matches!(self, Self::Asked { .. })
    }
}

/// Attempts to bring a person, and what was offered in their place.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    attempts: u32,
    pub(super) offer: Offer,
    /// Of the last attempt.
    pub(super) reason: Option<String>,
    /// A callback was promised.
    pub(super) promised: bool,
    /// When the caller came back from an operator who did not take the call.
    back_at: Option<CallTime>,
    /// Nobody is free to take a call.
    nobody: Option<Nobody>,
}

/// Nobody is free to take a call.
#[derive(Debug, Clone, Copy)]
struct Nobody {
    /// By when somebody can call back, on the shop's wall.
    call_back_by: Option<NaiveDateTime>,
}

/// While an operator hears us, their keys may come by our own sound as well, a little later than the
/// news of what they pressed. So soon after coming back no caller has pressed anything, milliseconds.
const OPERATORS_KEYS_MS: u64 = 1_000;

impl Call {
    /// A read-back or an offer waits for the caller's yes or no.
    pub(super) fn asks_yes_or_no(&self) -> bool {
        self.consent.waits_for_answer() || self.transfers.offer.waits_for_answer()
    }

    /// A key that comes now may still be the one with which an operator refused the call.
    pub(super) fn key_may_be_operators(&self) -> bool {
        let back_at = self.transfers.back_at;
        back_at.is_some_and(|at| self.now.ms_since(at) < OPERATORS_KEYS_MS)
    }

    /// The line brings callers back when nobody came.
    fn returns(&self) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.transfers_return)
    }

    /// Nobody came so often that the caller is not sent into the same wait again.
    pub(super) fn transfers_used_up(&self) -> bool {
        self.returns() && self.transfers.attempts >= self.limits.transfers_max
    }

    /// The announcement was heard: now.
    pub(super) fn transfer(&mut self, handover: Handover) {
        let Handover { reason, summary, target, .. } = handover;
        self.transfers.attempts += 1;
        self.transfers.reason = Some(reason.clone());
        let attempt = self.transfers.attempts;
        let target = target.unwrap_or_else(|| self.limits.transfer_target.clone());
        // When nobody came and we cannot serve either, the dialplan is all that is left.
        let returns = self.returns() && attempt <= self.limits.transfers_max;
        if !returns {
            self.close_log();
        }
        self.goes_to_operator(&reason);
        let told = (reason.clone(), summary.clone());
        self.emit(Effect::Transfer { attempt, returns, target, reason: told.0, summary: told.1 });
        if returns {
            let latest = self.now.plus_ms(AWAY_MS_MAX);
            self.phase = Phase::Away(Away { attempt, reason, summary, latest });
        } else {
            self.end(Outcome::Transferred);
        }
    }

    pub(super) fn away_due(&self) -> Option<CallTime> {
        match &self.phase {
            Phase::Away(away) => Some(away.latest),
            _ => None,
        }
    }

    /// The line never told how it went.
    pub(super) fn away_too_long(&mut self) {
        if let Phase::Away(away) = &self.phase {
            self.transfer_ended(away.attempt, TransferOutcome::Failed, None);
        }
    }

    /// A person has picked up and hears us, not the caller: say what the call is about.
    pub(super) fn operator_answered(&mut self, attempt: u32) {
        let (reason, summary) = match &self.phase {
            Phase::Away(away) if away.attempt == attempt => {
                (away.reason.clone(), away.summary.clone())
            }
            _ => return self.stale("transfer"),
        };
        let number = self.facts.as_ref().and_then(|facts| match &facts.caller {
            Caller::Known(phone) | Caller::Foreign(phone) => Some(phone.reveal().to_owned()),
            Caller::Withheld => None,
        });
        let line = self.open_line(Kind::Aside, None);
        let caller = Phrase::BriefingCaller { number: number.as_deref(), reason: &reason };
        self.say_in(line, phrase(caller, self.language));
        let told: String = summary.chars().take(TOLD_CHARS_MAX).collect();
        if told.contains(char::is_alphanumeric) {
            self.say_in(line, told);
        }
        self.say_in(line, phrase(Phrase::BriefingKeys, self.language));
        self.close_line(line);
    }

    pub(super) fn transfer_ended(
        &mut self,
        attempt: u32,
        outcome: TransferOutcome,
        call_back_by: Option<NaiveDateTime>,
    ) {
        let summary = match &mut self.phase {
            Phase::Away(away) if away.attempt == attempt => std::mem::take(&mut away.summary),
            _ => return self.stale("transfer"),
        };
        self.hush();
        self.speech.forget_taken();
        if outcome.is_taken() {
            self.close_log();
            return self.end(Outcome::Transferred);
        }
        self.phase = Phase::Open;
        self.transfers.back_at = (outcome == TransferOutcome::Refused).then_some(self.now);
        self.back_from_operator(outcome.label());
        // Trouble of before the attempt is not held against the model that now has to go on.
        (self.bad_turns, self.empty_turns, self.mute) = (0, 0, 0);
        self.silence.restart();
        self.waiting.since = self.now;
        self.nobody_came(outcome, summary, call_back_by);
    }

    /// Says that nobody can be reached and, where one can be written, offers a callback.
    pub(super) fn nobody_came(
        &mut self,
        outcome: TransferOutcome,
        summary: String,
        by: Option<NaiveDateTime>,
    ) {
        let message = "Nobody can be reached. The caller has been told and was offered a callback. \
                       Help with what you can; do not transfer again unless asked.";
        self.history.push(Message::Tool {
            name: TRANSFER.to_owned(),
            args: json!({}),
            result: json!({ "error": outcome.label(), "message": message }),
        });
        self.turn.owed = false;
        let (language, today) = (self.language, self.today());
        if self.rules.iter().any(|rule| rule.name == CALLBACK) {
            self.transfers.offer = Offer::Asked { by, note: summary };
            self.say(Kind::Script, phrase(Phrase::NobodyOfferCallback { by, today }, language));
        } else {
            self.say(Kind::Script, phrase(Phrase::NobodyGoOn, language));
        }
    }

    /// The caller has answered while a callback is offered. True if that was all.
    pub(super) fn offer_takes(&mut self, answer: Option<Answer>, text: &str) -> bool {
        let (by, note) = match std::mem::take(&mut self.transfers.offer) {
            Offer::Asked { by, note } => (by, note),
            other => {
                self.transfers.offer = other;
                return false;
            }
        };
        let chars_max = self.limits.utterance_chars_max;
        match answer {
            Some(Answer::Yes) => {
                self.history.push_caller(text, chars_max);
                self.save_callback(by, &note);
                true
            }
            Some(Answer::No) => {
                self.history.push_caller(text, chars_max);
                self.say(Kind::Script, phrase(Phrase::CallbackDeclined, self.language));
                true
            }
            Some(Answer::NotHeard | Answer::Repeat) => {
                self.history.push_caller(text, chars_max);
                let (language, today) = (self.language, self.today());
                self.transfers.offer = Offer::Asked { by, note };
                self.say(Kind::Script, phrase(Phrase::NobodyOfferCallback { by, today }, language));
                true
            }
            _ => false,
        }
    }

    fn save_callback(&mut self, by: Option<NaiveDateTime>, note: &str) {
        let args = if note.is_empty() { json!({}) } else { json!({ "note": note }) };
        let Some(call) = self.own_call(CALLBACK, args) else { return };
        self.transfers.offer = Offer::Saving { call: call.id, by };
        self.run(call, None, None);
    }

    /// A tool call that the core itself has made is over. The model is asked only if it failed:
    /// it may find out what is missing, a number for example.
    pub(super) fn offer_saved(&mut self, id: ToolCallId, ok: bool) {
        let by = match &self.transfers.offer {
            Offer::Saving { call, by } if *call == id => *by,
            _ => return,
        };
        self.transfers.offer = Offer::None;
        if !ok {
            self.turn.owed = true;
            return;
        }
        self.transfers.promised = true;
        let (language, today) = (self.language, self.today());
        if self.is_open() {
            self.say(Kind::Script, phrase(Phrase::CallbackSaved { by, today }, language));
        }
    }

    /// Somebody came, or the last one went.
    pub(super) fn operators(&mut self, free: bool, call_back_by: Option<NaiveDateTime>) {
        self.transfers.nobody = (!free).then_some(Nobody { call_back_by });
    }

    pub(super) fn nobody_is_free(&self) -> bool {
        self.transfers.nobody.is_some()
    }

    /// A person is wanted, and there is none to be promised.
    pub(super) fn nobody_to_ask(&mut self, reason: &str, summary: String) {
        self.transfers.reason = Some(reason.to_owned());
        self.bad_turns = 0;
        let by = self.transfers.nobody.and_then(|nobody| nobody.call_back_by);
        self.nobody_came(TransferOutcome::Offline, summary, by);
    }

    /// A person was wanted once too often.
    pub(super) fn no_more_transfers(&mut self, summary: String) {
        let message = "There were attempts enough; nobody can be reached.";
        self.give_up_consent("expired", refusal("not_confirmed", message));
        self.bad_turns = 0;
        self.nobody_came(TransferOutcome::NoAnswer, summary, None);
    }

    fn own_call(&mut self, name: &str, args: serde_json::Value) -> Option<OpenCall> {
        self.rules.iter().any(|rule| rule.name == name).then(|| self.open_call(name.into(), args))
    }
}
