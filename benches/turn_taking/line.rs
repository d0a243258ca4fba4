//! A line in virtual time: the core of the product, and around it a recogniser, a model and a voice
//! whose delays are known to the millisecond.

use super::callers::{Kind, Turn};
use super::policies::Policy;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use treadline::clock::CallTime;
use treadline::ids::CallId;
use treadline::language::Language;
use treadline::turn::{
    Call, CallFacts, Caller, Effect, Event, Generation, Message, Note, SpeechId, TranscriptId,
};

/// The detector of voice tells a beginning so late, and an end so late, milliseconds.
const VOICE_BEGINS_MS: u64 = 60;
const VOICE_ENDS_MS: u64 = 128;
/// An interim text is so old when it arrives.
const PARTIAL_MS: u64 = 150;
/// The recogniser's time for its final text.
const FINAL_MS: u64 = 120;
/// The model's time to its first words, and the voice's to its first sound.
pub const MODEL_MS: u64 = 300;
pub const VOICE_MS: u64 = 80;
/// How long we speak, for each character.
const CHARACTER_MS: u64 = 45;
/// The caller thinks so long before they answer.
const THINKS_MS: u64 = 400;
/// A turn that takes longer has gone wrong.
const TURN_MS_MAX: u64 = 30_000;

/// What became of one turn of the caller.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub kind: Kind,
    /// From the caller's last sound to the decision that followed it.
    pub decided_ms: u64,
    /// From the caller's last sound to our first sound.
    pub dead_air_ms: u64,
    /// A decision fell before the caller had finished.
    pub cut_off: bool,
    /// We sounded before the caller had finished.
    pub talked_over: bool,
    /// The model was not given all the words as one turn.
    pub torn: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Coming {
    Voice(bool),
    /// So many words of the turn are known as interim text.
    Partial(usize),
    Final(TranscriptId),
    Model(Generation),
    Starts(SpeechId),
    Ends(SpeechId),
}

/// A call in progress.
pub struct Line {
    call: Call,
    now_ms: u64,
    order: BinaryHeap<Reverse<(u64, usize)>>,
    coming: Vec<Coming>,
    /// Sentences of ours that have not been played: with their length.
    playing: Vec<(SpeechId, u64)>,
    sounding: Option<SpeechId>,
    /// What the model answers.
    reply: &'static str,
    /// The words of the turn, with the time of their last sound.
    words: Vec<(u64, &'static str)>,
    /// The caller's last sound in this turn.
    ends_ms: u64,
    whole: String,
    seen: Sight,
    /// Words of the turn that were taken by a decision already.
    taken_words: usize,
    pub asked_ahead: u32,
    pub asked: u32,
}

/// What is noted of the turn in hand.
#[derive(Debug, Default)]
struct Sight {
    decided_at: Option<u64>,
    sounded_at: Option<u64>,
    cut_off: bool,
    talked_over: bool,
    given_whole: bool,
}

impl Line {
    /// A call that has greeted with the first question.
    pub fn greeted(policy: &Policy) -> Self {
        let call = Call::new(policy.limits.clone(), Vec::new()).taking_turns(policy.turn.clone());
        let mut line = Self {
            call,
            now_ms: 0,
            order: BinaryHeap::new(),
            coming: Vec::new(),
            playing: Vec::new(),
            sounding: None,
            reply: "",
            words: Vec::new(),
            ends_ms: u64::MAX,
            whole: String::new(),
            seen: Sight::default(),
            taken_words: 0,
            asked_ahead: 0,
            asked: 0,
        };
        line.tell(Event::Begin { facts: Box::new(facts()) });
        line.run_until(Self::is_quiet);
        line
    }

    /// The caller takes a turn; we answer with `reply`.
    pub fn takes(&mut self, turn: &Turn, reply: &'static str) -> Seen {
        self.reply = reply;
        self.seen = Sight::default();
        self.words.clear();
        self.taken_words = 0;
        let mut at = self.now_ms + THINKS_MS;
        for (number, piece) in turn.pieces.iter().enumerate() {
            at += if number == 0 { 0 } else { piece.pause_ms };
            self.plan(at + VOICE_BEGINS_MS, Coming::Voice(true));
            let count = piece.words.split_whitespace().count() as u64;
            for (nth, word) in piece.words.split_whitespace().enumerate() {
                let said = at + piece.voice_ms * (nth as u64 + 1) / count;
                self.words.push((said, word));
                self.plan(said + PARTIAL_MS, Coming::Partial(self.words.len()));
            }
            at += piece.voice_ms;
            let last = number + 1 == turn.pieces.len();
            // A gap that the detector does not see is none.
            let seen = last || turn.pieces[number + 1].pause_ms > VOICE_ENDS_MS;
            if seen {
                self.plan(at + VOICE_ENDS_MS, Coming::Voice(false));
            }
        }
        self.ends_ms = at;
        let words: Vec<&str> = self.words.iter().map(|(_, word)| *word).collect();
        self.whole = words.join(" ");
        let end = self.ends_ms;
        self.run_until(|line| line.seen.sounded_at.is_some() && line.is_quiet());
        let after = |at: Option<u64>| at.map_or(TURN_MS_MAX, |at| at.saturating_sub(end));
        Seen {
            kind: turn.kind,
            decided_ms: after(self.seen.decided_at),
            dead_air_ms: after(self.seen.sounded_at),
            cut_off: self.seen.cut_off,
            talked_over: self.seen.talked_over,
            torn: !self.seen.given_whole,
        }
    }

    fn is_quiet(&self) -> bool {
        self.playing.is_empty() && self.sounding.is_none() && self.order.is_empty()
    }

    fn plan(&mut self, at: u64, what: Coming) {
        self.order.push(Reverse((at, self.coming.len())));
        self.coming.push(what);
    }

    fn run_until(&mut self, done: impl Fn(&Self) -> bool) {
        let limit = self.now_ms + TURN_MS_MAX;
        while !done(self) && self.now_ms < limit {
            let next = self.order.peek().map(|Reverse((at, _))| *at);
            let deadline = self.call.deadline().map(|at| at.0.div_ceil(1_000));
            match (deadline, next) {
                (Some(at), next) if next.is_none_or(|next| at <= next) => {
                    self.now_ms = self.now_ms.max(at);
                    self.tell(Event::Deadline);
                }
                (_, Some(_)) => self.step(),
                (_, None) => return,
            }
        }
    }

    fn step(&mut self) {
        let Some(Reverse((at, index))) = self.order.pop() else { return };
        self.now_ms = self.now_ms.max(at);
        match self.coming[index].clone() {
            Coming::Voice(true) => self.tell(Event::VoiceStarted),
            Coming::Voice(false) => self.tell(Event::VoiceEnded { ended_ago_ms: VOICE_ENDS_MS }),
            Coming::Partial(count) => {
                let words: Vec<&str> = self.words[..count].iter().map(|(_, word)| *word).collect();
                // What a decision has taken already is not told again.
                let text = words[self.taken().min(count)..].join(" ");
                if !text.is_empty() {
                    self.tell(Event::Partial { text });
                }
            }
            Coming::Final(transcript) => {
                let heard = self.words.iter().skip(self.taken());
                let heard = heard.take_while(|(said, _)| *said <= at - FINAL_MS);
                let words: Vec<&str> = heard.map(|(_, word)| *word).collect();
                let text = words.join(" ");
                let (confidence, latency_ms) = (None, FINAL_MS);
                self.tell(Event::Transcript { transcript, text, confidence, latency_ms });
            }
            Coming::Model(generation) => {
                self.tell(Event::ModelText { generation, text: self.reply.to_owned() });
                self.tell(Event::ModelDone { generation });
            }
            Coming::Starts(speech) => {
                if let Some((_, ms)) = self.playing.iter().find(|(id, _)| *id == speech) {
                    let ms = *ms;
                    self.sounding = Some(speech);
                    self.sounds();
                    self.plan(self.now_ms + ms, Coming::Ends(speech));
                    self.tell(Event::SpeechStarted { speech, tts_latency_ms: VOICE_MS });
                }
            }
            Coming::Ends(speech) if self.sounding == Some(speech) => {
                self.sounding = None;
                self.playing.retain(|(id, _)| *id != speech);
                self.tell(Event::SpeechFinished { speech });
                self.begin_next();
            }
            Coming::Ends(_) => {}
        }
    }

    /// Words that were taken as a turn already: the recogniser has begun anew after them.
    fn taken(&self) -> usize {
        self.taken_words
    }

    fn sounds(&mut self) {
        if self.now_ms < self.ends_ms {
            self.seen.talked_over = true;
        } else {
            self.seen.sounded_at.get_or_insert(self.now_ms);
        }
    }

    fn begin_next(&mut self) {
        if self.sounding.is_none()
            && let Some((speech, _)) = self.playing.first()
        {
            let speech = *speech;
            self.plan(self.now_ms, Coming::Starts(speech));
        }
    }

    fn tell(&mut self, event: Event) {
        let mut events = vec![event];
        while !events.is_empty() {
            let event = events.remove(0);
            self.call.handle(CallTime::from_ms(self.now_ms), event);
            while let Some(effect) = self.call.poll() {
                self.carry_out(effect, &mut events);
            }
        }
    }

    fn carry_out(&mut self, effect: Effect, events: &mut Vec<Event>) {
        match effect {
            Effect::Transcribe { transcript } => {
                self.plan(self.now_ms + FINAL_MS, Coming::Final(transcript));
            }
            Effect::ForgetUtterance => {
                let heard = self.words.iter().filter(|(said, _)| *said <= self.now_ms).count();
                self.taken_words = heard;
            }
            Effect::AskModel(ask) => {
                self.asked += 1;
                self.asked_ahead += u32::from(ask.ahead);
                let last = ask.history.last();
                let whole = matches!(last, Some(Message::Caller { text }) if *text == self.whole);
                self.seen.given_whole |= whole;
                self.plan(self.now_ms + MODEL_MS, Coming::Model(ask.generation));
            }
            Effect::Say { speech, text, .. } => {
                let ms = text.chars().count() as u64 * CHARACTER_MS;
                self.playing.push((speech, ms));
                if self.playing.len() == 1 {
                    self.plan(self.now_ms + VOICE_MS, Coming::Starts(speech));
                }
            }
            Effect::Hush => {
                for (speech, ms) in std::mem::take(&mut self.playing) {
                    let began = self.sounding == Some(speech);
                    // Played from its beginning on: the end that was planned tells how much.
                    let ends = self.planned_end(speech).unwrap_or(self.now_ms + ms);
                    let left = ends.saturating_sub(self.now_ms) as f32 / ms.max(1) as f32;
                    let heard = if began { (1.0 - left).clamp(0.0, 1.0) } else { 0.0 };
                    events.push(Event::SpeechCut { speech, heard });
                }
                self.sounding = None;
            }
            Effect::Note(Note::Endpointed { .. }) => {
                if self.now_ms < self.ends_ms {
                    self.seen.cut_off = true;
                } else {
                    self.seen.decided_at.get_or_insert(self.now_ms);
                }
            }
            _ => {}
        }
    }

    fn planned_end(&self, speech: SpeechId) -> Option<u64> {
        let ends = self
            .order
            .iter()
            .filter(|Reverse((_, index))| self.coming[*index] == Coming::Ends(speech));
        ends.map(|Reverse((at, _))| *at).min()
    }
}

fn facts() -> CallFacts {
    CallFacts {
        call: CallId(uuid::Uuid::from_u128(1)),
        caller: Caller::Withheld,
        language: Language::En,
        shop_name: "Treadline".into(),
        customer_name: None,
        today: chrono::NaiveDate::default(),
        hour: 10,
        keypad_menu: Vec::new(),
        ask_rating: false,
        transfers_return: false,
    }
}
