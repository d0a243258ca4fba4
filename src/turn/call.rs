//! The call itself: its state, the way of an event to the part that it concerns, and the timers.

use super::ahead::Ahead;
use super::asking::Asking;
use super::caller_line::{Follower, Turn};
use super::claims::Facts;
use super::closing::{Draining, Handover, Leaving, Standing};
use super::consent::Consent;
use super::endpointing::Ear;
use super::history::History;
use super::keys::Keys;
use super::mood::{Hands, Mood};
use super::pace::Pace;
use super::rating::Rating;
use super::silence::{Silence, Waiting};
use super::speech::{Kind, Speech};
use super::spread_card::Spread;
use super::tooling::Tools;
use super::transfer::{Away, Transfers};
use super::{CallFacts, Effect, Event, HangUpReason, Limits, SpeechId, ToolRule, TurnTaking};
use crate::clock::CallTime;
use crate::language::Language;
use crate::language::keypad::menu;
use crate::language::phrases::{Phrase, phrase};
use crate::pii::Phone;
use std::collections::VecDeque;

/// Timers that may fire at one moment. More would be one that does not move on: a bug.
const TIMERS_AT_ONCE_MAX: u32 = 64;

/// Where a call stands.
#[derive(Debug, Default)]
pub(super) enum Phase {
    /// The leg is not up.
    #[default]
    Before,
    /// We talk.
    Open,
    /// We say our last words.
    Leaving(Leaving),
    /// We say that we hand over.
    Handing(Handover),
    /// A person is being brought to the caller.
    Away(Away),
    /// The line is gone; an effect is still under way.
    Draining(Draining),
    /// The last note is out.
    Over,
}

/// What wakes the call by itself.
#[derive(Debug, Clone, Copy)]
enum Timer {
    CallTooLong,
    LastWords,
    Away,
    BargeIn,
    Ear,
    Ahead,
    Keys,
    Rating,
    Model,
    Tool,
    Prepare,
    Voice,
    Rescue,
    Filler,
    Silence,
}

/// One call. See the [module](super) for the law of driving it.
///
/// Feed it until [`Call::is_over`]: after the leg is lost an effect that the caller agreed to may
/// still be under way, and its answer belongs to the log.
#[derive(Debug)]
pub struct Call {
    pub(super) limits: Limits,
    pub(super) taking: TurnTaking,
    pub(super) rules: Vec<ToolRule>,
    pub(super) now: CallTime,
    began_at: CallTime,
    pub(super) facts: Option<Box<CallFacts>>,
    pub(super) language: Language,
    pub(super) phase: Phase,
    out: VecDeque<Effect>,
    pub(super) ear: Ear,
    pub(super) pace: Pace,
    pub(super) ahead: Option<Box<Ahead>>,
    pub(super) keys: Keys,
    pub(super) rating: Rating,
    pub(super) speech: Speech,
    pub(super) history: History,
    pub(super) turn: Turn,
    pub(super) asking: Asking,
    pub(super) tools: Tools,
    pub(super) consent: Consent,
    /// The number under which a caller without one wants to be reached, after their yes to it.
    pub(super) contact: Option<Phone>,
    pub(super) waiting: Waiting,
    pub(super) silence: Silence,
    pub(super) standing: Standing,
    pub(super) transfers: Transfers,
    pub(super) follower: Follower,
    pub(super) mood: Mood,
    pub(super) hands: Hands,
    /// What the model's sentences may rest on.
    pub(super) known: Facts,
    pub(super) judged: u32,
    pub(super) tool_names: Vec<String>,
    /// When the voice of the utterance in hand began.
    pub(super) voice_of_answer: CallTime,
    /// The greeting was cut before it said that an automatic system answers.
    pub(super) notice_owed: bool,
    pub(super) greeting: Option<SpeechId>,
    pub(super) spread_card: Spread,
    pub(super) transcript_off: bool,
    pub(super) bad_turns: u32,
    pub(super) empty_turns: u32,
    pub(super) mute: u32,
    pub(super) last_generation: u32,
    pub(super) last_transcript: u32,
    last_turn_number: u32,
}

impl Call {
    /// A call that has not begun. `rules` says what the core must know of each tool; a tool that
    /// is not in it does not exist.
    pub fn new(limits: Limits, rules: Vec<ToolRule>) -> Self {
        let tool_names = rules.iter().map(|rule| rule.name.clone()).collect();
        Self {
            limits,
            taking: TurnTaking::default(),
            rules,
            now: CallTime::default(),
            began_at: CallTime::default(),
            facts: None,
            language: Language::default(),
            phase: Phase::Before,
            out: VecDeque::new(),
            ear: Ear::default(),
            pace: Pace::default(),
            ahead: None,
            keys: Keys::default(),
            rating: Rating::default(),
            speech: Speech::default(),
            history: History::default(),
            turn: Turn::default(),
            asking: Asking::default(),
            tools: Tools::default(),
            consent: Consent::default(),
            contact: None,
            waiting: Waiting::default(),
            silence: Silence::default(),
            standing: Standing::default(),
            transfers: Transfers::default(),
            follower: Follower::default(),
            mood: Mood::default(),
            hands: Hands::default(),
            known: Facts::default(),
            judged: 0,
            tool_names,
            voice_of_answer: CallTime::default(),
            notice_owed: false,
            greeting: None,
            spread_card: Spread::default(),
            transcript_off: false,
            bad_turns: 0,
            empty_turns: 0,
            mute: 0,
            last_generation: 0,
            last_transcript: 0,
            last_turn_number: 0,
        }
    }

    /// The same with other bounds for taking turns; for a call that has not begun.
    #[must_use]
    pub fn taking_turns(mut self, taking: TurnTaking) -> Self {
        self.taking = taking;
        self
    }

    /// Tells the call what happened at `now` (time since the call was set up). Time never runs
    /// backwards: an earlier `now` counts as the latest one.
    pub fn handle(&mut self, now: CallTime, event: Event) {
        if self.is_over() {
            return;
        }
        let now = now.max(self.now);
        self.fire_timers(now);
        self.now = now;
        self.dispatch(event);
        self.look_around();
        // What the event has made due at once is done now: a deadline always lies ahead.
        self.fire_timers(now);
    }

    /// The next thing to do, until `None`.
    pub fn poll(&mut self) -> Option<Effect> {
        self.out.pop_front()
    }

    /// When [`Event::Deadline`] is due, if nothing else happens before.
    pub fn deadline(&self) -> Option<CallTime> {
        self.next_timer().map(|(at, _)| at)
    }

    /// The last note is out; nothing that comes now changes anything.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// The language that the call is in now; what the shell words prompts and tools in.
    pub fn language(&self) -> Language {
        self.language
    }

    pub(super) fn dispatch(&mut self, event: Event) {
        let Some(event) = self.answered_ahead(event) else { return };
        match event {
            Event::Begin { facts } => self.begin(facts),
            Event::VoiceStarted => self.voice_started(),
            Event::VoiceEnded { ended_ago_ms } => self.voice_ended(ended_ago_ms),
            Event::Partial { text } => self.partial(&text),
            Event::Transcript { transcript, text, confidence, latency_ms } => {
                self.transcript(transcript, &text, confidence, latency_ms);
            }
            Event::TranscriptFailed { transcript, .. } => self.transcript_failed(transcript),
            Event::Digit { digit } => self.key_pressed(digit),
            Event::ModelText { generation, text } => self.model_text(generation, &text),
            Event::ModelToolCall { generation, name, args } => {
                self.model_tool_call(generation, name, args);
            }
            Event::ModelDone { generation } => self.model_done(generation),
            Event::ModelFailed { generation, .. } => self.model_failed(generation),
            Event::SpeechStarted { speech, tts_latency_ms } => {
                self.speech_started(speech, tts_latency_ms);
            }
            Event::SpeechFinished { speech } => self.speech_finished(speech),
            Event::SpeechCut { speech, heard } => self.speech_cut(speech, heard),
            Event::SpeechFailed { speech, .. } => self.speech_failed(speech),
            Event::ToolPrepared { call, proposal } => self.tool_prepared(call, &proposal),
            Event::ToolFinished { call, outcome } => self.tool_finished(call, outcome),
            Event::OperatorAnswered { attempt } => self.operator_answered(attempt),
            Event::TransferEnded { attempt, outcome, call_back_by } => {
                self.transfer_ended(attempt, outcome, call_back_by);
            }
            Event::Operators { free, call_back_by } => self.operators(free, call_back_by),
            Event::TakenOver { target } => self.taken_over(target),
            Event::LegLost { orderly } => self.leg_lost(orderly),
            Event::BrainChanged { from, to, reason } => self.brain_changed(from, &to, &reason),
            Event::BudgetSpent => self.budget_spent(),
            Event::Shutdown => self.shut_down(),
            Event::Deadline => {}
        }
    }

    fn begin(&mut self, facts: Box<CallFacts>) {
        if !matches!(self.phase, Phase::Before) {
            return;
        }
        self.phase = Phase::Open;
        self.began_at = self.now;
        self.language = facts.language;
        let greeting = Phrase::Greeting {
            shop_name: &facts.shop_name,
            hour: facts.hour,
            customer_name: facts.customer_name.as_ref().map(|name| name.0.as_str()),
        };
        let greeting = phrase(greeting, facts.language);
        let menu = Some(menu(&facts.keypad_menu, facts.language));
        let menu = menu.filter(|_| !facts.keypad_menu.is_empty());
        self.facts = Some(facts);
        self.greeting = self.say(Kind::Script, greeting);
        if let Some(menu) = menu {
            self.say(Kind::Script, menu);
        }
    }

    fn shut_down(&mut self) {
        if matches!(self.phase, Phase::Open | Phase::Leaving(_)) {
            self.leave(HangUpReason::Shutdown, Phrase::ShutdownFarewell);
        }
    }

    /// What follows from the new state, whatever brought it about.
    fn look_around(&mut self) {
        self.resay_if_cut();
        self.read_back_if_due();
        self.ask_if_owed();
        self.look_ahead();
        self.watch_rating();
        self.watch_last_words();
        self.watch_silence();
        self.watch_drain();
    }

    fn fire_timers(&mut self, until: CallTime) {
        for _ in 0..TIMERS_AT_ONCE_MAX {
            let Some((at, timer)) = self.next_timer().filter(|(at, _)| *at <= until) else {
                return;
            };
            self.now = at.max(self.now);
            self.fire(timer);
            self.look_around();
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::CallTooLong => self.leave(HangUpReason::Limit, Phrase::LimitFarewell),
            Timer::LastWords => self.last_words_over(),
            Timer::Away => self.away_too_long(),
            Timer::BargeIn => self.barge_in(),
            Timer::Ear => self.ear_fires(),
            Timer::Ahead => self.ahead_fires(),
            Timer::Keys => self.keys_complete(),
            Timer::Rating => self.rating_over(),
            Timer::Model => self.model_timed_out(),
            Timer::Tool => self.tool_timed_out(),
            Timer::Prepare => self.consent_timed_out(),
            Timer::Voice => self.speech_timed_out(),
            Timer::Rescue => self.rescue(),
            Timer::Filler => self.filler(),
            Timer::Silence => self.silence_fires(),
        }
    }

    /// The earliest timer; of several at one time the first in this list.
    fn next_timer(&self) -> Option<(CallTime, Timer)> {
        if matches!(self.phase, Phase::Before | Phase::Over) {
            return None;
        }
        let timers = [
            (self.too_long_due(), Timer::CallTooLong),
            (self.last_words_due(), Timer::LastWords),
            (self.away_due(), Timer::Away),
            (self.barge_in_due(), Timer::BargeIn),
            (self.ear_due(), Timer::Ear),
            (self.ahead_due(), Timer::Ahead),
            (self.keys_due(), Timer::Keys),
            (self.rating_due(), Timer::Rating),
            (self.asking.due(self.limits.llm_ms_max), Timer::Model),
            (self.tools.due(self.limits.tool_ms_max), Timer::Tool),
            (self.consent.due(self.limits.tool_ms_max), Timer::Prepare),
            (self.speech.due(), Timer::Voice),
            (self.rescue_due(), Timer::Rescue),
            (self.filler_due(), Timer::Filler),
            (self.silence_due(), Timer::Silence),
        ];
        let due = timers.into_iter().filter_map(|(at, timer)| at.map(|at| (at, timer)));
        due.min_by_key(|(at, _)| *at)
    }

    fn too_long_due(&self) -> Option<CallTime> {
        let ms = self.limits.call_s_max.saturating_mul(1_000);
        // Once we do not listen any more the end is certain and has its own timer.
        self.listens().then(|| self.began_at.plus_ms(ms))
    }

    pub(super) fn emit(&mut self, effect: Effect) {
        self.out.push_back(effect);
    }

    pub(super) fn next_turn_number(&mut self) -> u32 {
        self.last_turn_number += 1;
        self.last_turn_number
    }

    /// What of a text may be kept.
    pub(super) fn kept(&self, text: String) -> String {
        if self.transcript_off { String::new() } else { text }
    }
}
