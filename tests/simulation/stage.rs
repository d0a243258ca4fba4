//! A call on a stage: the test is the caller, the model, the voice and the tools, by hand.

use crate::simulation::fixtures::{facts, rules};
use crate::simulation::taken::Taken;
use serde_json::Value;
use treadline::clock::CallTime;
use treadline::language::Language;
use treadline::pii::Phone;
use treadline::turn::{
    AskModel, Call, CallFacts, Caller, Effect, Event, Generation, HangUpReason, Limits, Note,
    Setup, SpeechId, ToolCallId, ToolOutcome, ToolRule, TranscriptId, TurnNote, TurnTaking,
};

pub struct Stage {
    pub call: Call,
    pub ms: u64,
    /// Everything wanted so far, with its time in milliseconds.
    pub wanted: Vec<(u64, Effect)>,
    pub setup: Setup,
    pub taken: Taken,
}

/// Whatever the test was about: the call's journal replays.
impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.taken.end();
            if let Err(broken) = self.taken.check(&self.setup) {
                panic!("the journal of this call does not replay: {broken}");
            }
        }
    }
}

impl Stage {
    /// A call before its first event.
    pub fn with(limits: Limits) -> Self {
        Self::with_rules(limits, rules())
    }

    pub fn with_rules(limits: Limits, rules: Vec<ToolRule>) -> Self {
        // The local brain: it is not asked ahead.
        let turn = TurnTaking::default().with_brain("local");
        Self::of(Setup::of_this_core(limits, rules).taking_turns(turn))
    }

    fn of(setup: Setup) -> Self {
        Self { call: setup.call(), ms: 0, wanted: Vec::new(), setup, taken: Taken::default() }
    }

    /// A call in this language with these bounds for taking turns, whose greeting has been heard.
    pub fn taking_turns(language: Language, turn: TurnTaking) -> Self {
        let mut stage =
            Self::of(Setup::of_this_core(Limits::default(), rules()).taking_turns(turn));
        stage.tell(Event::Begin { facts: Box::new(facts(language)) });
        stage.play_all();
        stage
    }

    /// An English call whose greeting has been heard.
    pub fn greeted() -> Self {
        Self::greeted_with(Limits::default())
    }

    pub fn greeted_with(limits: Limits) -> Self {
        Self::begun(limits, Caller::Known(Phone::parse("+380671234567").unwrap()))
    }

    /// An English call of somebody, whose greeting has been heard.
    pub fn greeted_to(caller: Caller) -> Self {
        Self::begun(Limits::default(), caller)
    }

    fn begun(limits: Limits, caller: Caller) -> Self {
        let mut stage = Self::with(limits);
        let facts = CallFacts { caller, ..facts(Language::En) };
        stage.tell(Event::Begin { facts: Box::new(facts) });
        stage.play_all();
        stage
    }

    /// The same on a line that tells how a transfer went and brings callers back.
    pub fn attended() -> Self {
        let mut stage = Self::with(Limits::default());
        let facts = CallFacts { transfers_return: true, ..facts(Language::En) };
        stage.tell(Event::Begin { facts: Box::new(facts) });
        stage.play_all();
        stage
    }

    pub fn tell(&mut self, event: Event) {
        let now = CallTime::from_ms(self.ms);
        self.taken.before(now, &event);
        self.call.handle(now, event);
        let effects: Vec<Effect> = std::iter::from_fn(|| self.call.poll()).collect();
        self.taken.after(&effects, &self.call);
        self.wanted.extend(effects.into_iter().map(|effect| (self.ms, effect)));
    }

    /// Lets time pass, with every deadline on the way.
    pub fn wait(&mut self, ms: u64) {
        let until = self.ms + ms;
        while let Some(at) = self.call.deadline().filter(|at| at.as_ms() <= until) {
            self.ms = at.as_ms();
            self.tell(Event::Deadline);
        }
        self.ms = until;
    }

    /// Speeches that are neither finished nor cut in `wanted` order after `from`.
    pub fn says(&self) -> Vec<(SpeechId, String)> {
        let says = self.wanted.iter().filter_map(|(_, effect)| match effect {
            Effect::Say { speech, text, .. } => Some((*speech, text.clone())),
            _ => None,
        });
        says.collect()
    }

    pub fn last_said(&self) -> (SpeechId, String) {
        self.says().pop().expect("something was said")
    }

    pub fn started(&mut self, speech: SpeechId) {
        self.tell(Event::SpeechStarted { speech, tts_latency_ms: 50 });
    }

    pub fn cut(&mut self, speech: SpeechId, heard: f32) {
        self.tell(Event::SpeechCut { speech, heard });
    }

    /// Plays all speeches that have not been played, half a second each.
    pub fn play_all(&mut self) {
        let from = self.played();
        for (speech, _) in self.says().into_iter().skip(from) {
            self.started(speech);
            self.ms += 500;
            self.tell(Event::SpeechFinished { speech });
        }
        self.mark();
    }

    fn played(&self) -> usize {
        let marks = self.wanted.iter().rposition(|(at, _)| *at == u64::MAX);
        self.wanted[..marks.map_or(0, |at| at + 1)]
            .iter()
            .filter(|(_, e)| matches!(e, Effect::Say { .. }))
            .count()
    }

    /// Everything that was said so far is over.
    pub fn mark(&mut self) {
        self.wanted.push((u64::MAX, Effect::ForgetUtterance));
    }

    /// The caller says something; the recogniser answers before the decision.
    pub fn caller_says(&mut self, text: &str) {
        self.caller_sounds(600, text);
    }

    pub fn caller_sounds(&mut self, ms: u64, text: &str) {
        let before = self.wants(|effect| *effect == Effect::ForgetUtterance);
        self.tell(Event::VoiceStarted);
        self.wait(ms);
        self.tell(Event::VoiceEnded { ended_ago_ms: 0 });
        self.wait(300);
        self.hears(text);
        self.wait(650);
        // Words that cannot be the end are waited for.
        let decided = self.wants(|effect| *effect == Effect::ForgetUtterance);
        if decided == before {
            self.wait(700);
        }
    }

    pub fn hears(&mut self, text: &str) {
        let transcript = self.last_transcript();
        let text = text.to_owned();
        self.tell(Event::Transcript { transcript, text, confidence: None, latency_ms: 100 });
    }

    pub fn last_transcript(&self) -> TranscriptId {
        let found = self.wanted.iter().rev().find_map(|(_, effect)| match effect {
            Effect::Transcribe { transcript } => Some(*transcript),
            _ => None,
        });
        found.expect("the recogniser was asked")
    }

    pub fn asks(&self) -> Vec<AskModel> {
        let asks = self.wanted.iter().filter_map(|(_, effect)| match effect {
            Effect::AskModel(ask) => Some(ask.clone()),
            _ => None,
        });
        asks.collect()
    }

    pub fn ask(&self) -> AskModel {
        self.asks().pop().expect("the model was asked")
    }

    fn generation(&self) -> Generation {
        self.ask().generation
    }

    pub fn model_says(&mut self, text: &str) {
        let generation = self.generation();
        self.tell(Event::ModelText { generation, text: text.to_owned() });
    }

    pub fn model_calls(&mut self, name: &str, args: Value) {
        let generation = self.generation();
        self.tell(Event::ModelToolCall { generation, name: name.to_owned(), args });
    }

    pub fn model_ends(&mut self) {
        let generation = self.generation();
        self.tell(Event::ModelDone { generation });
    }

    /// A whole answer in words, heard to its end.
    pub fn model_answers(&mut self, text: &str) {
        self.model_says(text);
        self.model_ends();
        self.play_all();
    }

    pub fn tool_ends(&mut self, call: ToolCallId, ok: bool, result: Value) {
        self.tell(Event::ToolFinished {
            call,
            outcome: ToolOutcome { ok, result, duration_ms: 40 },
        });
    }

    pub fn runs(&self) -> Vec<(ToolCallId, String, Value)> {
        let runs = self.wanted.iter().filter_map(|(_, effect)| match effect {
            Effect::RunTool { call, name, args, .. } => Some((*call, name.clone(), args.clone())),
            _ => None,
        });
        runs.collect()
    }

    pub fn prepared(&self) -> ToolCallId {
        let found = self.wanted.iter().rev().find_map(|(_, effect)| match effect {
            Effect::PrepareTool { call, .. } => Some(*call),
            _ => None,
        });
        found.expect("a tool was prepared")
    }

    pub fn notes(&self) -> Vec<Note> {
        let notes = self.wanted.iter().filter_map(|(_, effect)| match effect {
            Effect::Note(note) => Some(note.clone()),
            _ => None,
        });
        notes.collect()
    }

    pub fn turns(&self) -> Vec<TurnNote> {
        let turns = self.notes().into_iter().filter_map(|note| match note {
            Note::Turn(turn) => Some(turn),
            _ => None,
        });
        turns.collect()
    }

    pub fn statuses(&self) -> Vec<String> {
        let statuses = self.notes().into_iter().filter_map(|note| match note {
            Note::Approval { status, .. } => Some(status),
            _ => None,
        });
        statuses.collect()
    }

    pub fn hung_up(&self) -> Option<(u64, HangUpReason)> {
        self.wanted.iter().find_map(|(at, effect)| match effect {
            Effect::HangUp { reason } => Some((*at, *reason)),
            _ => None,
        })
    }

    pub fn wants(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.wanted.iter().filter(|(at, effect)| *at != u64::MAX && wanted(effect)).count()
    }
}
