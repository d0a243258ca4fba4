//! Quiet on the line: ours (fillers) and the caller's (prompts).

use super::HangUpReason;
use super::call::{Call, Phase};
use super::endpointing::Ear;
use super::speech::Kind;
use crate::clock::CallTime;
use crate::language::phrases::{Lookup, Phrase, phrase};

/// While the caller waits, a sign of life this often, milliseconds.
const FILLER_AGAIN_MS: u64 = 8_000;
/// No filler sooner than this after the decision that the caller's turn is over, milliseconds.
const FILLER_AFTER_DECISION_MS: u64 = 300;
/// So long before `quiet_ms_max` a speech that the voice has not begun is overtaken by a filler.
const RESCUE_MS: u64 = 500;

/// Our silence while the caller waits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The caller's last sound.
    pub(super) since: CallTime,
    /// Our last sound.
    sounded_at: Option<CallTime>,
    fillers: u32,
    /// The wait, by its beginning, in which it was said what is being looked up.
    named_at: Option<CallTime>,
    /// A filler has overtaken a slow voice for this wait.
    rescued_at: Option<CallTime>,
    /// What the filler overtook is to be said again when it is cut.
    resay: bool,
}

/// The caller's silence.
#[derive(Debug, Default)]
pub(super) struct Silence {
    /// When the line fell quiet; none while somebody speaks or works.
    since: Option<CallTime>,
    prompts: usize,
}

impl Silence {
    /// The caller, or we, said something of substance.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }
}

impl Call {
    /// The caller waits for something that we do.
    fn caller_waits(&self) -> bool {
        // While a read-back waits it is we who wait.
        let works = (self.turn.owed && !self.consent.waits_for_answer())
            || self.asking.is_alive()
            || self.tools.is_waited_for(self.turn.serial)
            || self.consent.is_preparing();
        (self.is_open() && works && self.ear.is_quiet() && !self.keys_wait())
            || (self.listens() && self.ear.is_decided())
    }

    pub(super) fn filler_due(&self) -> Option<CallTime> {
        if !self.caller_waits() || self.speech.is_busy() {
            return None;
        }
        let sounded_at = self.waiting.sounded_at.filter(|at| *at >= self.waiting.since);
        if let Some(at) = sounded_at {
            return Some(at.plus_ms(FILLER_AGAIN_MS));
        }
        let due = self.waiting.since.plus_ms(self.limits.filler_ms);
        let decided = self.turn.decided().filter(|at| *at >= self.waiting.since);
        // A long silence was the caller's own: then the answer gets its chance first.
        let decided = decided.filter(|_| self.taking.adaptive);
        let chance = decided.map(|at| at.plus_ms(FILLER_AFTER_DECISION_MS));
        Some(chance.map_or(due, |chance| due.max(chance)))
    }

    pub(super) fn filler(&mut self) {
        let words = self.filler_words();
        self.say(Kind::Filler, words);
        self.waiting.sounded_at = Some(self.now);
    }

    /// What a tool looks up, once a wait; otherwise only that we are here.
    fn filler_words(&mut self) -> String {
        let tool = self.tools.waited_for(self.turn.serial).or_else(|| self.consent.preparing());
        let since = self.waiting.since;
        let tool = tool.filter(|_| self.waiting.named_at != Some(since));
        let occasion = if let Some(tool) = tool {
            self.waiting.named_at = Some(since);
            Lookup::of_tool(tool).map_or(Phrase::ToolWait, Phrase::LookingUp)
        } else {
            let which = self.waiting.fillers;
            self.waiting.fillers += 1;
            Phrase::Filler(which)
        };
        phrase(occasion, self.language)
    }

    /// Something of ours began to sound, or ended by itself. A cut is no sound.
    pub(super) fn sounded(&mut self) {
        self.waiting.sounded_at = Some(self.now);
    }

    /// What a rescue took away is said again, once all of it has been told to be cut.
    pub(super) fn resay_if_cut(&mut self) {
        if self.waiting.resay && !self.speech.is_hushing() {
            self.waiting.resay = false;
            self.say_taken();
            self.reread_if_cut();
        }
    }

    /// A slow voice: words wait, nothing sounds, and the caller's patience ends.
    pub(super) fn rescue_due(&self) -> Option<CallTime> {
        let since = self.waiting.since;
        let fresh = self.waiting.rescued_at != Some(since)
            && self.waiting.sounded_at.is_none_or(|at| at < since);
        let talks = matches!(self.phase, Phase::Open | Phase::Handing(_));
        let stuck = talks
            && self.ear.is_quiet()
            && self.turn.serial > 0
            && self.speech.is_busy()
            && !self.speech.is_sounding()
            && !self.speech.has(Kind::Filler);
        let ms = self.limits.quiet_ms_max.saturating_sub(RESCUE_MS);
        (fresh && stuck).then(|| since.plus_ms(ms))
    }

    pub(super) fn rescue(&mut self) {
        self.waiting.rescued_at = Some(self.waiting.since);
        self.speech.forget_taken();
        self.hush();
        let which = self.waiting.fillers;
        self.waiting.fillers += 1;
        self.say(Kind::Filler, phrase(Phrase::Filler(which), self.language));
        self.waiting.resay = true;
    }

    /// Starts and stops counting the caller's silence; called after every event.
    pub(super) fn watch_silence(&mut self) {
        let busy = self.speech.is_busy() || self.caller_waits() || self.keys_wait();
        if !self.is_open() || (busy && !self.speech.has(Kind::Prompt)) {
            self.silence.restart();
        } else if self.silence.since.is_none() && !busy && self.ear.is_quiet() {
            self.silence.since = Some(self.now);
        }
    }

    pub(super) fn silence_due(&self) -> Option<CallTime> {
        let since = self.silence.since?;
        if self.speech.is_busy() || !matches!(self.ear, Ear::Quiet) || !self.is_open() {
            return None;
        }
        let waits = self.limits.silence_ms.iter().take(self.silence.prompts + 1);
        Some(since.plus_ms(waits.sum()))
    }

    pub(super) fn silence_fires(&mut self) {
        let line = match self.silence.prompts {
            0 | 1 if self.asks_yes_or_no() => Phrase::SilenceYesNo,
            0 => Phrase::SilencePrompt(1),
            1 => Phrase::SilencePrompt(2),
            _ => return self.leave(HangUpReason::Silence, Phrase::SilenceFarewell),
        };
        self.silence.prompts += 1;
        self.say(Kind::Prompt, phrase(line, self.language));
    }
}
