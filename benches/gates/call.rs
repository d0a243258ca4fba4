//! A whole call through the core, by hand: the caller asks, a tool answers, the model says what it
//! found.

use chrono::NaiveDate;
use serde_json::{Value, json};
use std::hint::black_box;
use treadline::clock::CallTime;
use treadline::ids::CallId;
use treadline::language::Language;
use treadline::pii::Phone;
use treadline::turn::{
    Call, CallFacts, Caller, Effect, Event, Generation, Limits, SpeechId, Stage, ToolCallId,
    ToolOutcome, ToolRule, TranscriptId,
};
use uuid::Uuid;

/// What the tool finds.
fn found() -> Value {
    json!({ "size": "205/55 R16", "season": "winter", "total": 2, "items": [
        { "id": "00000000005", "brand": "Nokian", "model": "Hakka 5", "price": "4720", "quantity": 12 },
        { "id": "00000000006", "brand": "Rosava", "model": "WQ-102", "price": "1899.50", "quantity": 4 },
    ] })
}

/// A whole call each time; in its second turn the model says so many sentences about prices.
pub fn calls(sentences: usize) -> Box<dyn FnMut()> {
    Box::new(move || {
        let mut line = Line::begun();
        line.caller_says("I need winter tyres two hundred five fifty five sixteen");
        line.model_calls("search_tires", &json!({ "size": "205/55 R16", "season": "winter" }));
        line.tool_answers(found());
        line.model_says("I have found two sets in that size. ");
        line.model_ends();
        line.caller_says("What is the price?");
        for _ in 0..sentences {
            line.model_says("The Nokian Hakka 5 in 205/55 R16 costs 4,720 hryvnias. ");
        }
        line.model_says("Which one do you take? ");
        line.model_ends();
        black_box(line.call.is_over());
    })
}

/// A call, the time, and what it wanted last of each kind.
struct Line {
    call: Call,
    ms: u64,
    generation: Generation,
    transcript: TranscriptId,
    tool: ToolCallId,
    speeches: Vec<SpeechId>,
}

impl Line {
    fn begun() -> Self {
        let rule = ToolRule {
            name: "search_tires".into(),
            needs_consent: false,
            is_transfer: false,
            intent: "tire_search".into(),
            stage: Stage::TireSearch,
            visible_at_start: true,
            shown_by: Vec::new(),
            hidden_by: Vec::new(),
        };
        let facts = CallFacts {
            call: CallId(Uuid::from_u128(7)),
            caller: Phone::parse("+380671234567").map_or(Caller::Withheld, Caller::Known),
            language: Language::En,
            shop_name: "Kolo Tyres".into(),
            customer_name: None,
            today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default(),
            keypad_menu: Vec::new(),
            ask_rating: false,
            hour: 10,
            transfers_return: false,
        };
        let mut line = Self {
            call: Call::new(Limits::default(), vec![rule]),
            ms: 0,
            generation: Generation(0),
            transcript: TranscriptId(0),
            tool: ToolCallId(0),
            speeches: Vec::new(),
        };
        line.tell(Event::Begin { facts: Box::new(facts) });
        line.play();
        line
    }

    fn tell(&mut self, event: Event) {
        self.call.handle(CallTime::from_ms(self.ms), event);
        while let Some(effect) = self.call.poll() {
            match &effect {
                Effect::Transcribe { transcript } => self.transcript = *transcript,
                Effect::AskModel(ask) => self.generation = ask.generation,
                Effect::RunTool { call, .. } => self.tool = *call,
                Effect::Say { speech, .. } => self.speeches.push(*speech),
                _ => {}
            }
            black_box(&effect);
        }
    }

    fn wait(&mut self, ms: u64) {
        let until = self.ms + ms;
        while let Some(at) = self.call.deadline().filter(|at| at.as_ms() <= until) {
            self.ms = at.as_ms();
            self.tell(Event::Deadline);
        }
        self.ms = until;
    }

    /// All that was said is heard to its end.
    fn play(&mut self) {
        for speech in std::mem::take(&mut self.speeches) {
            self.tell(Event::SpeechStarted { speech, tts_latency_ms: 50 });
            self.ms += 500;
            self.tell(Event::SpeechFinished { speech });
        }
    }

    fn caller_says(&mut self, text: &str) {
        self.play();
        self.tell(Event::VoiceStarted);
        self.wait(600);
        self.tell(Event::VoiceEnded { ended_ago_ms: 0 });
        self.wait(300);
        let (transcript, text) = (self.transcript, text.to_owned());
        self.tell(Event::Transcript { transcript, text, confidence: None, latency_ms: 100 });
        self.wait(650);
    }

    fn model_calls(&mut self, name: &str, args: &Value) {
        let generation = self.generation;
        self.tell(Event::ModelToolCall { generation, name: name.into(), args: args.clone() });
        self.model_ends();
    }

    fn tool_answers(&mut self, result: Value) {
        let call = self.tool;
        let outcome = ToolOutcome { ok: true, result, duration_ms: 40 };
        self.tell(Event::ToolFinished { call, outcome });
    }

    fn model_says(&mut self, text: &str) {
        let generation = self.generation;
        self.tell(Event::ModelText { generation, text: text.into() });
    }

    fn model_ends(&mut self) {
        let generation = self.generation;
        self.tell(Event::ModelDone { generation });
    }
}
