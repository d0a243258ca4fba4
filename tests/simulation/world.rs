//! Everything around the core, from one seed: a caller, a recogniser, a model, a voice, tools.

mod parts;

use crate::simulation::fixtures::{WORDS, facts, proposal, rules};
use crate::simulation::invariants::Watch;
use crate::simulation::rng::Rng;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use treadline::clock::CallTime;
use treadline::language::Language;
use treadline::language::keypad::MenuItem;
use treadline::turn::{
    Call, CallFacts, Effect, Event, Failure, Limits, SpeechId, TransferOutcome, TurnTaking,
    screened,
};

/// What is going to happen.
#[derive(Debug, Clone)]
enum Coming {
    Tell(Event),
    /// The caller thinks of something to do.
    CallerActs,
    /// The caller stops a stretch of voice that carried these words.
    VoiceStops(&'static str),
    /// A voice has the audio of a speech.
    Ready(SpeechId),
    /// A speech has been played.
    Played(SpeechId),
}

struct Queued {
    speech: SpeechId,
    chars: u64,
    ready: bool,
    asked_at: CallTime,
    started_at: Option<CallTime>,
}

pub struct World {
    rng: Rng,
    limits: Limits,
    call: Call,
    now: CallTime,
    pub watch: Watch,
    coming: Vec<Option<Coming>>,
    order: BinaryHeap<Reverse<(CallTime, usize)>>,
    playout: VecDeque<Queued>,
    at_once: VecDeque<Event>,
    voicing: bool,
    words: Vec<&'static str>,
    read_back_waits: bool,
    chaos: u64,
    mute_voice: bool,
    returns: bool,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let limits = Limits {
            call_s_max: rng.within(20, 200),
            turns_max: rng.within(4, 40) as u32,
            ..Limits::default()
        };
        let turn = TurnTaking {
            ask_ahead: if rng.chance(70) { vec!["one".into()] } else { Vec::new() },
            ..TurnTaking::default()
        };
        let chaos = *rng.pick(&[0, 2, 5, 15]);
        let mute_voice = rng.chance(3);
        let returns = rng.chance(60);
        Self {
            call: Call::new(limits.clone(), rules()).taking_turns(turn.clone()),
            watch: Watch::new(limits.clone(), turn),
            limits,
            rng,
            now: CallTime::default(),
            coming: Vec::new(),
            order: BinaryHeap::new(),
            playout: VecDeque::new(),
            at_once: VecDeque::new(),
            voicing: false,
            words: Vec::new(),
            read_back_waits: false,
            chaos,
            mute_voice,
            returns,
        }
    }

    fn later(&mut self, ms: u64, what: Coming) {
        self.order.push(Reverse((self.now.plus_ms(ms), self.coming.len())));
        self.coming.push(Some(what));
    }

    fn tell_later(&mut self, ms: u64, event: Event) {
        self.later(ms, Coming::Tell(event));
    }

    /// Plays the call to its end.
    pub fn run(&mut self) -> Result<(), String> {
        let language = *self.rng.pick(&[Language::En, Language::Uk]);
        let mut facts = CallFacts { transfers_return: self.returns, ..facts(language) };
        facts.ask_rating = self.rng.chance(50);
        if self.rng.chance(30) {
            facts.keypad_menu = vec![MenuItem::Tires, MenuItem::Fitting];
        }
        self.later(0, Coming::Tell(Event::Begin { facts: Box::new(facts) }));
        let first = self.rng.within(100, 6_000);
        self.later(first, Coming::CallerActs);
        for _ in 0..200_000 {
            if self.call.is_over() {
                return self.watch.at_the_end(&self.limits);
            }
            let next = self.order.peek().map(|Reverse((at, _))| *at);
            match (self.call.deadline(), next) {
                (Some(deadline), next) if next.is_none_or(|next| deadline <= next) => {
                    self.now = deadline;
                    self.tell(Event::Deadline)?;
                }
                (_, Some(_)) => self.step()?,
                (None, _) => return Err("nothing will ever happen again".into()),
                _ => unreachable!("the first arm takes every deadline without a next"),
            }
        }
        Err("the call runs in circles".into())
    }

    fn step(&mut self) -> Result<(), String> {
        let Some(Reverse((at, index))) = self.order.pop() else { return Ok(()) };
        let Some(what) = self.coming[index].take() else { return Ok(()) };
        self.now = at;
        match what {
            Coming::Tell(event) => self.tell(event),
            Coming::CallerActs => self.caller_acts(),
            Coming::VoiceStops(words) => {
                self.voicing = false;
                if !words.is_empty() {
                    self.words.push(words);
                    if self.rng.chance(50) {
                        self.tell(Event::Partial { text: self.words.join(" ") })?;
                    }
                }
                self.tell(Event::VoiceEnded { ended_ago_ms: 0 })
            }
            Coming::Ready(speech) => {
                if let Some(queued) = self.playout.iter_mut().find(|q| q.speech == speech) {
                    queued.ready = true;
                }
                self.play()
            }
            Coming::Played(speech) => {
                if self
                    .playout
                    .front()
                    .is_some_and(|q| q.speech == speech && q.started_at.is_some())
                {
                    self.playout.pop_front();
                    self.tell(Event::SpeechFinished { speech })?;
                }
                self.play()
            }
        }
    }

    /// One event, then all that it wants done; what that brings about at once comes after it.
    fn tell(&mut self, event: Event) -> Result<(), String> {
        self.at_once.push_back(screened(event));
        while let Some(event) = self.at_once.pop_front() {
            self.watch.before(self.now, &event)?;
            self.call.handle(self.now, event.clone());
            let effects: Vec<Effect> = std::iter::from_fn(|| self.call.poll()).collect();
            self.watch.after(self.now, &event, &effects, &self.call)?;
            for effect in effects {
                self.do_effect(effect);
            }
        }
        Ok(())
    }

    fn caller_acts(&mut self) -> Result<(), String> {
        let mut next = self.rng.within(300, 6_000);
        if !self.voicing {
            let likely_yes = self.read_back_waits && self.playout.is_empty() && self.rng.chance(70);
            match self.rng.within(0, 100) {
                _ if likely_yes => {
                    let yes = *self.rng.pick(&["yes", "так", "Yes."]);
                    let ms = self.rng.within(120, 600);
                    self.speak(ms, yes)?;
                }
                0..=52 => {
                    let words = *self.rng.pick(WORDS);
                    let ms = self.rng.within(120, 3_000);
                    self.speak(ms, words)?;
                    if self.rng.chance(35) {
                        // Goes on after a pause: before the decision, about it, or after it.
                        next = ms + self.rng.within(40, 1_500);
                    }
                }
                53..=62 => {
                    let ms = self.rng.within(60, 190);
                    self.speak(ms, "uh-huh")?;
                }
                63..=75 => {
                    let ms = self.rng.within(20, 700);
                    self.speak(ms, "")?;
                }
                76..=83 => next = self.rng.within(5_000, 45_000),
                84..=91 => {
                    let digit = *self.rng.pick(&['0', '1', '1', '2', '5', '7', '#', '*']);
                    self.tell(Event::Digit { digit })?;
                    next = self.rng.within(100, 2_600);
                }
                92..=93 => self.tell(Event::LegLost { orderly: true })?,
                94 if self.chaos > 2 => self.tell(Event::LegLost { orderly: false })?,
                95 if self.chaos > 5 => self.tell(Event::Shutdown)?,
                96 if self.chaos > 5 => self.speak(40_000, "радіо")?,
                97 if self.chaos > 2 => self.tell(Event::BudgetSpent)?,
                98 => {
                    let (from, to, reason) = ("openai".into(), "local".into(), "timeout".into());
                    self.tell(Event::BrainChanged { from, to, reason })?;
                }
                _ => {}
            }
        }
        self.later(next, Coming::CallerActs);
        Ok(())
    }

    fn speak(&mut self, ms: u64, words: &'static str) -> Result<(), String> {
        self.voicing = true;
        if !words.is_empty() && self.rng.chance(30) {
            // A recogniser that tells early what it hears.
            self.tell_later(ms / 2, Event::Partial { text: words.to_owned() });
        }
        self.later(ms, Coming::VoiceStops(words));
        self.tell(Event::VoiceStarted)
    }

    fn play(&mut self) -> Result<(), String> {
        let Some(front) = self.playout.front_mut() else { return Ok(()) };
        if !front.ready || front.started_at.is_some() {
            return Ok(());
        }
        front.started_at = Some(self.now);
        let (speech, ms) = (front.speech, front.chars * 55 + 100);
        let tts_latency_ms = self.now.ms_since(front.asked_at);
        self.later(ms, Coming::Played(speech));
        self.tell(Event::SpeechStarted { speech, tts_latency_ms })
    }

    fn do_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Transcribe { transcript } => {
                let text = self.words.join(" ");
                let delay = self.rng.within(40, 700);
                let (ms, dead) = self.fate(delay);
                if !dead {
                    let failed = self.rng.chance(self.chaos);
                    self.tell_later(
                        ms,
                        if failed {
                            Event::TranscriptFailed { transcript, failure: Failure::Unreachable }
                        } else {
                            Event::Transcript {
                                transcript,
                                text,
                                confidence: Some(0.9),
                                latency_ms: ms,
                            }
                        },
                    );
                }
            }
            Effect::ForgetUtterance => self.words.clear(),
            Effect::AskModel(ask) => self.answer(ask.generation),
            Effect::Say { speech, text, .. } => self.voice(speech, &text),
            Effect::Hush => {
                for queued in std::mem::take(&mut self.playout) {
                    let total = queued.chars * 55 + 100;
                    let played = queued.started_at.map_or(0, |at| self.now.ms_since(at));
                    let heard = (played as f32 / total as f32).min(1.0);
                    self.at_once.push_back(Event::SpeechCut { speech: queued.speech, heard });
                }
            }
            Effect::PrepareTool { call, .. } => {
                let delay = self.rng.within(20, 900);
                let (ms, dead) = self.fate(delay);
                let refused = self.rng.chance(15);
                if !dead && refused {
                    self.tool_answers(ms, call, false);
                } else if !dead {
                    self.read_back_waits = true;
                    self.tell_later(
                        ms,
                        Event::ToolPrepared { call, proposal: Box::new(proposal()) },
                    );
                }
            }
            Effect::RunTool { call, approval, .. } => {
                self.read_back_waits &= approval.is_none();
                let delay = self.rng.within(20, 2_500);
                let (ms, dead) = self.fate(delay);
                let ok = self.rng.chance(85);
                if !dead {
                    self.tool_answers(ms, call, ok);
                }
            }
            Effect::Transfer { attempt, returns: true, .. } => self.ring(attempt),
            _ => {}
        }
    }

    /// A phone rings; perhaps somebody picks up, perhaps nobody ever tells.
    fn ring(&mut self, attempt: u32) {
        use TransferOutcome as Went;
        let mut ms = self.rng.within(5, 25_000);
        if self.rng.chance(40) {
            self.tell_later(ms, Event::OperatorAnswered { attempt });
            ms += self.rng.within(100, 12_000);
        }
        let outcome = *self.rng.pick(&[
            Went::Taken,
            Went::Taken,
            Went::Busy,
            Went::NoAnswer,
            Went::Refused,
            Went::Offline,
            Went::Failed,
        ]);
        if !self.rng.chance(self.chaos) {
            self.tell_later(ms, Event::TransferEnded { attempt, outcome, call_back_by: None });
        }
    }

    /// How long something takes, and whether it never answers at all.
    fn fate(&mut self, usual_ms: u64) -> (u64, bool) {
        let slow = self.rng.chance(self.chaos);
        let ms = if slow { usual_ms + self.rng.within(1_000, 20_000) } else { usual_ms };
        (ms, self.rng.chance(self.chaos / 2))
    }
}
