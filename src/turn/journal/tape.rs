//! A journal read again, and what the core of today makes of it.

use super::written::{LastAsked, Lines};
use super::{JournalEntry, JournalLine, Setup};
use crate::clock::CallTime;
use crate::turn::{Effect, Event, Generation, Note};

/// A call as its journal tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tape {
    /// What its core was made from.
    pub setup: Setup,
    /// Its steps, in order.
    pub steps: Vec<TapeStep>,
    /// How it ends.
    pub end: TapeEnd,
}

/// An event and what it led to.
#[derive(Debug, Clone, PartialEq)]
pub struct TapeStep {
    /// The record that it stands in.
    pub seq: u64,
    /// When, since the call was set up.
    pub at: CallTime,
    /// What happened.
    pub event: Event,
    /// What the core wanted then. `None` for a note that was never written: the process died.
    pub effects: Vec<Option<Effect>>,
    /// The core panicked over it: its effects are not known.
    pub broke: bool,
}

/// How far a journal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TapeEnd {
    /// To the end of the call.
    Complete,
    /// The call goes on, or its process died.
    Open,
    /// Nothing is kept from this record on.
    Closed {
        /// The record.
        seq: u64,
        /// Why.
        why: String,
    },
}

/// A journal that is none.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// It begins in the middle.
    #[error(
        "the journal has no beginning: the call was taken down by an older program, or its first records are gone"
    )]
    NoSetup,
    /// A record between two others is not there.
    #[error("record {0} of the journal is missing")]
    Missing(u64),
    /// A record points to something that is not there.
    #[error("record {0} of the journal rests on something that is not there")]
    Broken(u64),
}

/// How much of a journal was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events.
    pub events: usize,
    /// Effects.
    pub effects: usize,
}

/// Where a replay leaves its journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The record.
    pub seq: u64,
    /// When, since the call was set up.
    pub at: CallTime,
    /// The kind of the event.
    pub event: String,
    /// Which of its effects, from 1.
    pub number: usize,
    /// The journal's effect, as JSON; none if the journal has no more.
    pub expected: Option<String>,
    /// The core's; none if it has no more.
    pub got: Option<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.at.0 as f64 / 1e6;
        writeln!(
            f,
            "seq {}, at {seconds:.3} s, effect {} of the event \"{}\":",
            self.seq, self.number, self.event
        )?;
        writeln!(f, "  expected: {}", self.expected.as_deref().unwrap_or("nothing"))?;
        write!(f, "  got:      {}", self.got.as_deref().unwrap_or("nothing"))
    }
}

impl Tape {
    /// Reads a journal: its records with their numbers, and the notes of the call in order.
    ///
    /// # Errors
    /// A record that rests on another which is not there.
    pub fn read<'l>(
        setup: Setup,
        records: impl IntoIterator<Item = (u64, &'l Lines)>,
        notes: impl IntoIterator<Item = Note>,
    ) -> Result<Self, TapeError> {
        let (mut notes, mut asked) = (notes.into_iter(), LastAsked::default());
        let (mut steps, mut end) = (Vec::new(), TapeEnd::Open);
        'records: for (seq, lines) in records {
            for line in &lines.steps {
                let Some(event) = line.event.clone() else {
                    let why = lines.closed.clone().unwrap_or_default();
                    end = TapeEnd::Closed { seq, why };
                    break 'records;
                };
                let mut effects = Vec::with_capacity(line.effects.len());
                for written in &line.effects {
                    let effect = asked.lengthen(written, &mut notes);
                    if effect.is_none() && !written.is_noted() {
                        return Err(TapeError::Broken(seq));
                    }
                    if matches!(effect, Some(Effect::Note(Note::Ended { .. }))) {
                        end = TapeEnd::Complete;
                    }
                    effects.push(effect);
                }
                let generation = generation_of(&event);
                steps.push(TapeStep { seq, at: line.at, event, effects, broke: line.broke });
                for (at, text) in &line.then {
                    let Some(generation) = generation else { return Err(TapeError::Broken(seq)) };
                    let event = Event::ModelText { generation, text: text.clone() };
                    steps.push(TapeStep { seq, at: *at, event, effects: Vec::new(), broke: false });
                }
            }
        }
        Ok(Self { setup, steps, end })
    }

    /// Runs the events through the core of this program and compares its effects with the
    /// journal's, byte for byte.
    ///
    /// # Errors
    /// The first difference.
    pub fn check(&self) -> Result<Counts, Box<Difference>> {
        let mut call = self.setup.call();
        let mut counts = Counts::default();
        for step in self.steps.iter().filter(|step| !step.broke) {
            call.handle(step.at, step.event.clone());
            let got: Vec<Effect> = std::iter::from_fn(|| call.poll()).collect();
            let most = got.len().max(step.effects.len());
            for at in 0..most {
                // A note that was never written: the process died before it could be.
                if matches!(step.effects.get(at), Some(None)) && at < got.len() {
                    continue;
                }
                let expected = step.effects.get(at).and_then(Option::as_ref).map(json);
                let got = got.get(at).map(json);
                if expected != got {
                    let event = super::label(&step.event, "event");
                    let (seq, number) = (step.seq, at + 1);
                    let difference = Difference { seq, at: step.at, event, number, expected, got };
                    return Err(Box::new(difference));
                }
            }
            counts.events += 1;
            counts.effects += got.len();
        }
        Ok(counts)
    }

    /// The journal line by line.
    #[must_use]
    pub fn lines(&self) -> Vec<JournalLine> {
        let mut lines = Vec::new();
        for step in &self.steps {
            lines.push(JournalLine::happened(step.at, step.event.clone()));
            let effects = step.effects.iter().flatten();
            lines.extend(effects.map(|effect| JournalLine::wanted(step.at, effect.clone())));
        }
        lines
    }

    /// A tape of lines; each is a record of its own.
    #[must_use]
    pub fn of_lines(setup: Setup, lines: &[JournalLine]) -> Self {
        let mut steps: Vec<TapeStep> = Vec::new();
        let mut end = TapeEnd::Open;
        for (line, seq) in lines.iter().zip(1..) {
            match &line.entry {
                JournalEntry::Happened(event) => {
                    let (event, effects) = (event.clone(), Vec::new());
                    steps.push(TapeStep { seq, at: line.at, event, effects, broke: false });
                }
                JournalEntry::Wanted(effect) => {
                    if matches!(effect, Effect::Note(Note::Ended { .. })) {
                        end = TapeEnd::Complete;
                    }
                    if let Some(step) = steps.last_mut() {
                        step.effects.push(Some(effect.clone()));
                    }
                }
            }
        }
        Self { setup, steps, end }
    }

    /// The same events, with the effects that the core of this program gives.
    #[must_use]
    pub fn played_again(mut self) -> Self {
        let mut call = self.setup.call();
        for step in &mut self.steps {
            call.handle(step.at, step.event.clone());
            step.effects = std::iter::from_fn(|| call.poll()).map(Some).collect();
        }
        super::CORE.clone_into(&mut self.setup.core);
        self
    }
}

fn json(effect: &Effect) -> String {
    serde_json::to_string(effect).unwrap_or_else(|error| format!("no JSON: {error}"))
}

fn generation_of(event: &Event) -> Option<Generation> {
    match event {
        Event::ModelText { generation, .. } => Some(*generation),
        _ => None,
    }
}
