//! The scribe: the core's notes into the journal and the metrics.

use crate::clock::WallClock;
use crate::ids::{CallId, TenantId};
use crate::spool::{CallOpened, Journal, LogEntry, Record};
use crate::turn::Note;
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
        Self { log, clock, tenant, call, call_started_at, seq: 0 }
    }

    /// Writes the first record.
    pub fn open(&mut self, opened: CallOpened) {
        self.write(Record::Opened(Box::new(opened)));
    }

    /// Writes what the core noted, and counts it.
    pub fn note(&mut self, note: Note) {
        count(&note);
        // Measurements are for the metrics; the turn's row carries them into the log.
        let measured_only = matches!(note, Note::Endpointed { .. } | Note::FirstAudio { .. });
        if !measured_only {
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
        Note::BargeIn => metrics::counter!("treadline_barge_ins_total").increment(1),
        Note::ToolCall { .. }
        | Note::Approval { .. }
        | Note::TranscriptOff
        | Note::LanguageChanged { .. } => {}
    }
}
