//! The end of a call: farewells, handing over, and what the log is told of the whole.

use super::call::{Call, Phase};
use super::questions::asks_for_more;
use super::speech::Kind;
use super::tooling::refusal;
use super::transfer::Offer;
use super::{Effect, HangUpReason, Note, Outcome, Stage, ToolRule};
use crate::clock::CallTime;
use crate::language::phrases::{Phrase, phrase};

/// After a goodbye the caller gets this long to add something, milliseconds.
const GOODBYE_MS: u64 = 1_000;
/// Frames that were handed out are still on their way for so long, milliseconds.
const LAST_FRAMES_MS: u64 = 200;
/// Our last words may take this long, milliseconds; then we end without them.
pub(super) const LAST_WORDS_MS_MAX: u64 = 12_000;
/// The reason of a transfer when it is we who cannot go on.
const PROVIDER_DOWN: &str = "provider_down";
/// The reason of a transfer when the call may cost nothing more.
const COST_CEILING: &str = "cost_ceiling";
/// The reason of a transfer that a person wanted who saw the call.
pub(super) const TAKEN_OVER: &str = "taken_over";
/// Intents that are kept of one call.
const INTENTS_MAX: usize = 30;

/// The call ends once our last words were heard.
#[derive(Debug)]
pub(super) struct Leaving {
    reason: HangUpReason,
    /// No later than this, whatever the voice does.
    latest: CallTime,
    /// Our words were heard; the caller may still add something until this.
    hang_up_at: Option<CallTime>,
}

/// The call is handed over once that has been said.
#[derive(Debug)]
pub(super) struct Handover {
    pub(super) reason: String,
    pub(super) summary: String,
    /// To whom, if somebody has said so.
    pub(super) target: Option<String>,
    latest: CallTime,
}

/// The call is over, an effect that the caller agreed to is still under way.
#[derive(Debug)]
pub(super) struct Draining {
    ended: Outcome,
}

/// Where the call stands, for the log.
#[derive(Debug)]
pub(super) struct Standing {
    stage: Stage,
    intents: Vec<String>,
    /// The caller got an answer, or an effect was done.
    pub(super) settled: bool,
    /// The intent of the last effect that was done: what the call was for, whatever came after.
    achieved: Option<String>,
    /// The caller left an order or a booking half made.
    broken_off: bool,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            stage: Stage::Greeting,
            intents: Vec::new(),
            settled: false,
            achieved: None,
            broken_off: false,
        }
    }
}

impl Standing {
    /// An effect that the caller agreed to was done.
    pub(super) fn achieved(&mut self, rule: Option<ToolRule>) {
        self.settled = true;
        self.achieved = rule.map(|rule| rule.intent).or(self.achieved.take());
    }

    /// A tool was called.
    pub(super) fn visited(&mut self, rule: &ToolRule) {
        self.stage = rule.stage;
        if !self.intents.contains(&rule.intent) && self.intents.len() < INTENTS_MAX {
            self.intents.push(rule.intent.clone());
        } else if let Some(at) = self.intents.iter().position(|i| *i == rule.intent) {
            // The last one is the scenario; each is told once.
            let intent = self.intents.remove(at);
            self.intents.push(intent);
        }
    }
}

impl Call {
    /// The caller is listened to.
    pub(super) fn listens(&self) -> bool {
        match &self.phase {
            Phase::Open => true,
            Phase::Leaving(leaving) => {
                matches!(leaving.reason, HangUpReason::Goodbye | HangUpReason::Silence)
            }
            Phase::Before
            | Phase::Handing(_)
            | Phase::Away(_)
            | Phase::Draining(_)
            | Phase::Over => false,
        }
    }

    /// The conversation goes on.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// A line of the answer was heard.
    pub(super) fn answer_heard(&mut self) {
        if self.turn.informed {
            self.standing.settled = true;
        }
    }

    /// Nothing of the conversation may go on beside our last words.
    fn stop_everything(&mut self) {
        self.drop_ahead();
        self.drop_generation();
        self.turn.owed = false;
        self.turn.cut_short = false;
        self.speech.forget_taken();
        self.silence.restart();
    }

    fn stop_listening(&mut self) {
        if !self.ear.is_quiet() {
            self.ear = super::endpointing::Ear::Quiet;
            self.emit(Effect::ForgetUtterance);
        }
        self.keys_forget();
    }

    /// Says a farewell and ends the call after it.
    pub(super) fn leave(&mut self, reason: HangUpReason, farewell: Phrase<'_>) {
        self.stop_everything();
        if !matches!(reason, HangUpReason::Silence) {
            if !self.speech.is_filler_since(self.waiting.since) {
                self.hush();
            }
            self.stop_listening();
        }
        self.say(Kind::Script, phrase(farewell, self.language));
        let latest = self.now.plus_ms(LAST_WORDS_MS_MAX);
        self.phase = Phase::Leaving(Leaving { reason, latest, hang_up_at: None });
    }

    /// The answer to a goodbye is on its way; the call ends after it.
    pub(super) fn leave_after_goodbye(&mut self) {
        let latest = self.now.plus_ms(4 * LAST_WORDS_MS_MAX);
        let reason = HangUpReason::Goodbye;
        self.phase = Phase::Leaving(Leaving { reason, latest, hang_up_at: None });
    }

    /// Says that the call is handed over, and does it after that.
    pub(super) fn hand_over(&mut self, reason: &str, summary: String, line: Phrase<'_>) {
        self.stop_everything();
        self.stop_listening();
        let message = "The call is handed over; nothing was done.";
        self.give_up_consent("expired", refusal("not_confirmed", message));
        self.transfers.offer = Offer::None;
        if self.transfers_used_up() && reason != PROVIDER_DOWN {
            return self.no_more_transfers(summary);
        }
        // A person is promised only where there is one. Where we cannot go on ourselves, the
        // dialplan still may know somebody.
        if reason != PROVIDER_DOWN && self.nobody_is_free() {
            return self.nobody_to_ask(reason, summary);
        }
        self.hand_over_to(None, (reason, summary), line);
    }

    /// Says it, and does it when that was heard.
    fn hand_over_to(
        &mut self,
        target: Option<String>,
        (reason, summary): (&str, String),
        line: Phrase<'_>,
    ) {
        self.say(Kind::Script, phrase(line, self.language));
        let latest = self.now.plus_ms(2 * LAST_WORDS_MS_MAX);
        let reason = reason.to_owned();
        self.phase = Phase::Handing(Handover { reason, summary, target, latest });
    }

    /// A person wants the call. What the caller has agreed to is still done.
    pub(super) fn taken_over(&mut self, target: String) {
        if !self.is_open() {
            return self.stale("takeover");
        }
        self.stop_everything();
        self.hush();
        self.stop_listening();
        let message = "A person takes the call over; nothing was done.";
        self.give_up_consent("expired", refusal("not_confirmed", message));
        self.transfers.offer = Offer::None;
        self.hand_over_to(Some(target), (TAKEN_OVER, String::new()), Phrase::TakenOver);
    }

    /// A turn of ours failed: say so and ask again, or give the caller to a person.
    pub(super) fn bad_turn(&mut self) {
        self.fail_turn(Phrase::ApologyTrouble);
    }

    pub(super) fn fail_turn(&mut self, line: Phrase<'_>) {
        self.turn.owed = false;
        self.bad_turns += 1;
        if self.bad_turns >= self.limits.bad_turns_max {
            self.hand_over(PROVIDER_DOWN, String::new(), Phrase::TransferBecauseTrouble);
        } else {
            self.say(Kind::Script, phrase(line, self.language));
        }
    }

    /// Going on would cost more than is allowed. Said and done once by the shell: if nobody takes
    /// the call it goes on, because silence is worse than its cost.
    pub(super) fn budget_spent(&mut self) {
        if self.is_open() {
            self.hand_over(COST_CEILING, String::new(), Phrase::TransferBecauseTrouble);
        }
    }

    /// No voice could make a speech. Again and again means that we are mute.
    pub(super) fn voice_failed(&mut self) {
        self.mute += 1;
        if self.is_open() && self.mute >= self.limits.bad_turns_max {
            self.hand_over(PROVIDER_DOWN, String::new(), Phrase::TransferBecauseTrouble);
        } else if self.is_open()
            && self.ear.is_quiet()
            && !self.speech.is_busy()
            && !self.turn.owed
            && !self.asking.is_alive()
        {
            // One attempt with our own words, which the shell has ready.
            self.say(Kind::Script, phrase(Phrase::ApologyTrouble, self.language));
        }
    }

    /// When the last words have had their time.
    pub(super) fn last_words_due(&self) -> Option<CallTime> {
        match &self.phase {
            Phase::Leaving(leaving) => {
                let heard = leaving.hang_up_at.filter(|_| self.ear.is_quiet());
                Some(heard.unwrap_or(leaving.latest).min(leaving.latest))
            }
            Phase::Handing(handover) => Some(handover.latest),
            _ => None,
        }
    }

    pub(super) fn last_words_over(&mut self) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Leaving(leaving) => self.hang_up(leaving.reason),
            Phase::Handing(handover) => self.transfer(handover),
            other => self.phase = other,
        }
    }

    /// Looks whether our last words were heard; called after every event.
    pub(super) fn watch_last_words(&mut self) {
        let busy = self.speech.is_busy();
        let (now, quiet) = (self.now, self.ear.is_quiet() && !self.keys_wait());
        match &mut self.phase {
            Phase::Leaving(leaving) if busy || !quiet => leaving.hang_up_at = None,
            Phase::Leaving(leaving) if leaving.hang_up_at.is_none() => {
                let pause = if leaving.reason == HangUpReason::Goodbye {
                    GOODBYE_MS
                } else {
                    LAST_FRAMES_MS
                };
                leaving.hang_up_at = Some(now.plus_ms(pause));
            }
            Phase::Handing(_) if !busy => self.last_words_over(),
            _ => {}
        }
    }

    fn hang_up(&mut self, reason: HangUpReason) {
        let settled = self.is_settled();
        self.close_log();
        self.emit(Effect::HangUp { reason });
        let outcome = match reason {
            _ if settled => Outcome::Resolved,
            HangUpReason::Goodbye | HangUpReason::Silence | HangUpReason::Limit => {
                Outcome::Abandoned
            }
            HangUpReason::Error | HangUpReason::Shutdown => Outcome::Error,
        };
        self.end(outcome);
    }

    pub(super) fn leg_lost(&mut self, orderly: bool) {
        if matches!(self.phase, Phase::Draining(_) | Phase::Over | Phase::Before) {
            return;
        }
        self.drop_ahead();
        self.drop_generation();
        self.standing.broken_off = self.breaks_off();
        let settled = self.is_settled() && !self.standing.broken_off;
        self.close_log();
        let outcome = match (orderly, settled) {
            (false, _) if self.standing.achieved.is_none() => Outcome::LegLost,
            (_, true) => Outcome::Resolved,
            (_, false) => Outcome::Abandoned,
        };
        self.end(outcome);
    }

    /// Would a caller who leaves now leave an order or a booking half made? Something was asked on
    /// the way to it, and an answer to an earlier question of theirs does not make up for that.
    fn breaks_off(&self) -> bool {
        let said = self.speech.last_heard.trim_end();
        let asked = said.ends_with('?') && !asks_for_more(said);
        let undertaking = self.standing.intents.last().is_some_and(|intent| {
            self.rules.iter().any(|rule| rule.needs_consent && rule.intent == *intent)
        });
        asked && undertaking && self.standing.achieved.is_none()
    }

    fn is_settled(&self) -> bool {
        let open_question = self.consent.waits_for_answer();
        self.standing.achieved.is_some() || self.standing.settled && !open_question
    }

    /// All lines and agreements as they stand go to the log.
    pub(super) fn close_log(&mut self) {
        self.settle_all_lines();
        if self.consent.waits_for_answer() {
            self.standing.stage = Stage::Confirmation;
        }
        self.give_up_consent("expired", refusal("not_confirmed", "The call has ended."));
    }

    /// The call is over. An effect under way may still tell how it went.
    pub(super) fn end(&mut self, ended: Outcome) {
        self.turn.owed = false;
        self.ear = super::endpointing::Ear::Quiet;
        self.keys_forget();
        self.phase = Phase::Draining(Draining { ended });
        self.watch_drain();
    }

    /// The last note, once no effect is under way; called after every event.
    pub(super) fn watch_drain(&mut self) {
        let Phase::Draining(draining) = &self.phase else { return };
        if self.tools.has_effect() {
            return;
        }
        let transfer_reason = self.transfers.reason.take();
        let promised = self.transfers.promised && self.standing.achieved.is_none();
        // An effect that came true after the caller had left still is what they phoned for.
        let outcome = match draining.ended {
            Outcome::Abandoned | Outcome::Error | Outcome::LegLost
                if self.standing.achieved.is_some() =>
            {
                Outcome::Resolved
            }
            Outcome::Abandoned | Outcome::Resolved | Outcome::LegLost if promised => {
                Outcome::Callback
            }
            outcome => outcome,
        };
        self.phase = Phase::Over;
        let unsettled =
            !self.standing.settled && !matches!(outcome, Outcome::Resolved | Outcome::Callback);
        let unsettled = unsettled
            || self.standing.broken_off && outcome == Outcome::Abandoned
            || self.standing.stage == Stage::Confirmation && outcome == Outcome::Abandoned;
        let intents = std::mem::take(&mut self.standing.intents);
        let achieved = self.standing.achieved.take();
        let scenario = achieved.or_else(|| intents.last().cloned());
        self.note_mood();
        self.emit(Effect::Note(Note::Ended {
            outcome,
            drop_off_stage: unsettled.then_some(self.standing.stage),
            language: self.language,
            scenario,
            intents,
            transfer_reason,
        }));
    }
}
