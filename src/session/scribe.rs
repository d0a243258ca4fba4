//! The scribe: what happens to the core and what it wants into the journal, its notes into the
//! metrics too.

use super::guard::guarded_now;
use crate::clock::CallTime;
use crate::clock::WallClock;
use crate::ids::{CallId, TenantId};
use crate::language::Language;
use crate::spool::{CallOpened, Journal, LogEntry, Record, TraceStep, TransferAsked, TransferDone};
use crate::turn::{
    Call, Effect, Event, Note, Outcome, Recorder, Scene, Setup, Verdict, stands_alone,
};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// The scribe of one call.
pub struct Scribe {
    log: Arc<dyn Journal>,
    clock: WallClock,
    tenant: TenantId,
    call: CallId,
    call_started_at: DateTime<Utc>,
    seq: u64,
    recorder: Recorder,
    /// The language at the end, as far as it is known.
    language: Language,
    ended: bool,
}

impl Scribe {
    /// A scribe for a call that began at `call_started_at`.
    pub fn new(
        log: Arc<dyn Journal>,
        clock: WallClock,
        tenant: TenantId,
        call: CallId,
        call_started_at: DateTime<Utc>,
    ) -> Self {
        Self {
            log,
            clock,
            tenant,
            call,
            call_started_at,
            seq: 0,
            recorder: Recorder::default(),
            language: Language::default(),
            ended: false,
        }
    }

    /// Writes the first records: who calls, and what the core is made from.
    pub fn open(&mut self, opened: CallOpened, setup: Setup) {
        self.language = opened.language;
        self.write(Record::Opened(Box::new(opened)));
        self.write(Record::Core(Box::new(setup)));
    }

    /// The core is about to handle an event.
    pub fn happened(&mut self, at: CallTime, event: &Event) {
        self.recorder.happened(at, event);
    }

    /// What the core wants; written before any of it is done.
    pub fn wanted(&mut self, effects: &[Effect], call: &Call) {
        let scene = Scene { typing: call.keys_wait(), language: call.language() };
        if let Some(lines) = self.recorder.wanted(effects, scene) {
            self.write(Record::Steps(lines));
        }
    }

    /// Writes that a person is about to be brought.
    pub fn transfer_asked(&mut self, asked: TransferAsked) {
        self.write(Record::TransferAsked(Box::new(asked)));
    }

    /// Writes what became of that.
    pub fn transfer_done(&mut self, done: TransferDone) {
        self.write(Record::TransferDone(done));
    }

    /// Writes a step of a turn.
    pub fn step(&mut self, step: TraceStep) {
        self.write(Record::Trace(Box::new(step)));
    }

    /// Writes what the core noted, and counts it.
    pub fn note(&mut self, note: Note) {
        count(&note);
        match &note {
            Note::Ended { .. } => self.ended = true,
            Note::LanguageChanged { language } => self.language = *language,
            _ => {}
        }
        if stands_alone(&note) {
            self.write(Record::Note(Box::new(note)));
        }
    }

    fn write(&mut self, record: Record) {
        self.seq += 1;
        self.log.record(LogEntry {
            tenant: self.tenant,
            call: self.call,
            call_started_at: self.call_started_at,
            seq: self.seq,
            at: self.clock.now(),
            record,
        });
    }
}

/// A call whose own task broke still ends in the log; the process lives on, so no later start
/// would close it.
impl Drop for Scribe {
    fn drop(&mut self) {
        if self.seq > 0 && !self.ended {
            // The event that broke it, too.
            let _ = guarded_now("scribe", || {
                if let Some(lines) = self.recorder.rest() {
                    self.write(Record::Steps(lines));
                }
            });
            let note = Note::Ended {
                outcome: Outcome::Error,
                drop_off_stage: None,
                language: self.language,
                scenario: None,
                intents: Vec::new(),
                transfer_reason: None,
            };
            // A second panic on the way out of the first would end the process.
            let _ = guarded_now("scribe", || self.note(note));
        }
    }
}

fn count(note: &Note) {
    match note {
        Note::Endpointed { endpointing_ms } => {
            metrics::histogram!("treadline_endpointing_ms").record(*endpointing_ms as f64);
        }
        Note::FirstAudio { first_audio_ms, since_decision_ms } => {
            metrics::histogram!("treadline_first_audio_ms").record(*first_audio_ms as f64);
            metrics::histogram!("treadline_own_overhead_ms").record(*since_decision_ms as f64);
        }
        Note::Turn(turn) => {
            if let Some(ms) = turn.tts_latency_ms {
                metrics::histogram!("treadline_tts_latency_ms").record(ms as f64);
            }
        }
        Note::Ended { outcome, .. } => {
            let outcome = serde_json::to_value(outcome).ok();
            let outcome = outcome.as_ref().and_then(|o| o.as_str()).unwrap_or("error").to_owned();
            metrics::counter!("treadline_calls_total", "outcome" => outcome).increment(1);
        }
        Note::Stale { what } => {
            metrics::counter!("treadline_stale_answers_total", "what" => what.clone()).increment(1);
        }
        Note::Rating { score } => {
            metrics::histogram!("treadline_call_rating").record(f64::from(*score));
        }
        Note::BargeIn => metrics::counter!("treadline_barge_ins_total").increment(1),
        Note::Continued { .. } => {
            metrics::counter!("treadline_turns_continued_total").increment(1);
        }
        Note::Claim { verdict: Verdict::Withhold, evidence, .. } => {
            let flaw = evidence.iter().find(|one| one.source.is_none());
            let kind = flaw.map_or("unknown", |one| one.kind.as_str()).to_owned();
            metrics::counter!("treadline_claims_withheld_total", "kind" => kind).increment(1);
        }
        Note::Claim { .. }
        | Note::ToolCall { .. }
        | Note::Approval { .. }
        | Note::Switched { .. }
        | Note::Sentiment { .. }
        | Note::TranscriptOff
        | Note::LanguageChanged { .. } => {}
    }
}
