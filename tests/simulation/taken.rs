//! Every simulated call is taken down as a live one is, and its journal is replayed at the end.

use treadline::clock::CallTime;
use treadline::turn::{
    Call, Effect, Event, Lines, Note, Recorder, Scene, Setup, Tape, TapeEnd, screened, stands_alone,
};

/// The records of a call, as JSON, as they go to the disk.
#[derive(Default)]
pub struct Taken {
    recorder: Recorder,
    records: Vec<String>,
    notes: Vec<String>,
    events: usize,
    effects: usize,
    /// The last note is out; nothing that comes now belongs to the call.
    over: bool,
}

impl Taken {
    pub fn before(&mut self, now: CallTime, event: &Event) {
        if self.over {
            return;
        }
        self.events += 1;
        self.recorder.happened(now, &screened(event.clone()));
    }

    pub fn after(&mut self, effects: &[Effect], call: &Call) {
        self.effects += effects.len();
        let scene = Scene { typing: call.keys_wait(), language: call.language() };
        let lines = self.recorder.wanted(effects, scene);
        self.write(lines);
        for effect in effects {
            self.over |= matches!(effect, Effect::Note(Note::Ended { .. }));
            match effect {
                Effect::Note(note) if stands_alone(note) => {
                    self.notes.push(serde_json::to_string(note).unwrap());
                }
                _ => {}
            }
        }
    }

    fn write(&mut self, lines: Option<Lines>) {
        self.records.extend(lines.map(|lines| serde_json::to_string(&lines).unwrap()));
    }

    /// Nothing more comes.
    pub fn end(&mut self) {
        let lines = self.recorder.rest();
        self.write(lines);
    }

    /// Everything that stands on the disk.
    pub fn text(&self) -> String {
        [self.records.join("\n"), self.notes.join("\n")].join("\n")
    }

    pub fn records(&self) -> usize {
        self.records.len()
    }

    pub fn tape(&self, setup: &Setup) -> Tape {
        let records: Vec<Lines> =
            self.records.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let notes = self.notes.iter().map(|text| serde_json::from_str::<Note>(text).unwrap());
        Tape::read(setup.clone(), (1..).zip(&records), notes).unwrap()
    }

    /// The journal replays to the same effects, and nothing is missing in it that may be kept.
    pub fn check(&self, setup: &Setup) -> Result<(), String> {
        let tape = self.tape(setup);
        let counts = tape.check().map_err(|difference| format!("{difference}\n{}", self.text()))?;
        match tape.end {
            TapeEnd::Closed { .. } => Ok(()),
            _ if (counts.events, counts.effects) == (self.events, self.effects) => Ok(()),
            _ => Err(format!(
                "{counts:?} in the journal, but {} events and {} effects",
                self.events, self.effects
            )),
        }
    }
}
