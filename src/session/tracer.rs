//! The steps of a call for `call_traces`: from what the parts of the line report, from what
//! happens to the call, and from what the core notes.

use super::till::{Means, Till};
use crate::clock::WallClock;
use crate::metering::{Fate, Meter, Part, Report, Used};
use crate::spool::{StepKind, StepStatus, TraceStep, Unit};
use crate::turn::{Event, Failure, Note, Speaker, SpeechId};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::HashMap;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant};

/// Sentences whose playing is watched at the same time; the core allows fewer.
const PLAYING_MAX: usize = 128;
/// Steps that wait for the number of their line; more belong to noises.
const WAITING_MAX: usize = 64;

/// The tracer of one call.
pub struct Tracer {
    clock: WallClock,
    meter: Meter,
    reports: mpsc::UnboundedReceiver<Report>,
    till: Till,
    /// The line of the caller that is being answered.
    turn_number: u32,
    /// Steps of a line of the caller that has no number yet.
    waiting: Vec<TraceStep>,
    playing: HashMap<SpeechId, Instant>,
    steps: Vec<TraceStep>,
    /// Who answered last.
    brain: &'static str,
    /// Why the brain before could not.
    trouble: Option<String>,
    /// Since when the call lives on the local parts.
    local_since: Option<Instant>,
    /// A question that was asked since then had its price.
    still_costs: bool,
}

impl Tracer {
    /// A tracer of a call that `brain` is to answer.
    pub fn new(clock: WallClock, till: Till, brain: &'static str) -> Self {
        let (meter, reports) = Meter::new();
        Self {
            clock,
            meter,
            reports,
            till,
            turn_number: 0,
            waiting: Vec::new(),
            playing: HashMap::new(),
            steps: Vec::new(),
            brain,
            trouble: None,
            local_since: None,
            still_costs: false,
        }
    }

    /// For the parts of the line that ask providers.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// The next report; never ends while the call lives.
    pub async fn report(&mut self) -> Report {
        match self.reports.recv().await {
            Some(report) => report,
            None => std::future::pending().await,
        }
    }

    /// A question is still to be reported, though nobody waits for its answer.
    pub fn owes(&self) -> bool {
        self.meter.open() > 0 || !self.reports.is_empty()
    }

    /// The steps that are complete.
    pub fn take_steps(&mut self) -> Vec<TraceStep> {
        std::mem::take(&mut self.steps)
    }

    /// What the call has cost so far, US dollars.
    pub const fn spent(&self) -> Decimal {
        self.till.spent()
    }

    /// Where the call must go, if its ceilings have just said so.
    pub fn means_changed(&mut self) -> Option<Means> {
        let means = self.till.means_changed(self.clock.now(), self.still_costs);
        if means == Some(Means::Local) {
            self.local_since = Some(Instant::now());
        }
        means
    }

    /// Who answers has changed for a reason of ours; no report says it.
    pub fn brain_is(&mut self, brain: &'static str, reason: &str) -> Option<Event> {
        let from = std::mem::replace(&mut self.brain, brain);
        self.trouble = None;
        (from != brain).then(|| Event::BrainChanged {
            from: from.to_owned(),
            to: brain.to_owned(),
            reason: reason.to_owned(),
        })
    }

    /// Something happened to the call.
    pub fn happened(&mut self, event: &Event) {
        match event {
            Event::SpeechStarted { speech, .. } if self.playing.len() < PLAYING_MAX => {
                self.playing.insert(*speech, Instant::now());
            }
            Event::SpeechFinished { speech } => self.played(*speech, 1.0),
            Event::SpeechCut { speech, heard } => self.played(*speech, *heard),
            _ => {}
        }
    }

    fn played(&mut self, speech: SpeechId, heard: f32) {
        let Some(began) = self.playing.remove(&speech) else { return };
        let status = if heard < 1.0 { StepStatus::Cancelled } else { StepStatus::Success };
        let heard = (f64::from(heard) * 100.0).round();
        let took = began.elapsed();
        self.steps.push(TraceStep {
            status,
            output: json!({ "heard_percent": heard }),
            ..self.step(StepKind::Play, "mouth", self.clock.now(), took)
        });
    }

    /// The core said something for the log. To be told before the note itself is written.
    pub fn noted(&mut self, note: &Note) {
        match note {
            Note::Endpointed { endpointing_ms } => {
                let took = Duration::from_millis(*endpointing_ms);
                let step = self.step(StepKind::Endpoint, "core", self.clock.now(), took);
                self.wait(step);
            }
            Note::Turn(turn) if turn.speaker == Speaker::Customer => {
                self.turn_number = turn.turn_number;
                self.number_waiting();
            }
            Note::Ended { .. } => self.number_waiting(),
            _ => {}
        }
    }

    /// Ears are asked before the line has a number.
    fn wait(&mut self, step: TraceStep) {
        self.waiting.push(step);
        if self.waiting.len() > WAITING_MAX {
            self.number_waiting();
        }
    }

    fn number_waiting(&mut self) {
        for mut step in self.waiting.drain(..) {
            step.turn_number = self.turn_number;
            self.steps.push(step);
        }
    }

    /// A provider was asked. Answers what the core must be told of it.
    pub fn asked(&mut self, report: Report) -> Option<Event> {
        let news = self.watch_brain(&report);
        let (kind, agent) = match report.part {
            Part::Ear => (StepKind::Stt, "ear"),
            Part::Mind => (StepKind::Llm, report.provider),
            Part::Mouth => (StepKind::Tts, "mouth"),
        };
        let now = self.clock.now();
        let ended = now - passed(report.ended.elapsed());
        let used = report.used;
        let cost = self.till.take(ended, (report.provider, &report.model), &used);
        let local = self.local_since.is_some_and(|since| report.began >= since);
        self.still_costs |= local && cost.is_some_and(|cost| !cost.is_zero());
        let (status, error_message) = match report.fate {
            Fate::Answered => (StepStatus::Success, None),
            Fate::Dropped => (StepStatus::Cancelled, None),
            Fate::Failed(Failure::Timeout) => (StepStatus::Timeout, Some("timeout")),
            Fate::Failed(failure) => (StepStatus::Error, Some(failure.label())),
        };
        let (mut input, mut output) = report.detail;
        if let (Part::Mouth, Some(audio_ms)) = (report.part, used.audio_ms) {
            output = json!({ "audio_ms": audio_ms });
        }
        if used.estimated {
            let mut fields = input.as_object().cloned().unwrap_or_default();
            fields.insert("estimated".into(), Value::Bool(true));
            input = Value::Object(fields);
        }
        let took = report.ended - report.began;
        let step = TraceStep {
            provider: Some(report.provider.to_owned()),
            model: Some(report.model).filter(|model| !model.is_empty()),
            tokens_input: used.tokens_input,
            tokens_cached: used.tokens_cached,
            tokens_output: used.tokens_output,
            units: units(&used),
            cost_usd: cost,
            status,
            error_message: error_message.map(str::to_owned),
            input,
            output,
            ..self.step(kind, agent, ended, took)
        };
        if report.part == Part::Ear {
            self.wait(step);
        } else {
            self.steps.push(step);
        }
        news
    }

    /// The brain that answers is another than the one before: why, is in the report before it.
    fn watch_brain(&mut self, report: &Report) -> Option<Event> {
        if report.part != Part::Mind {
            return None;
        }
        match report.fate {
            Fate::Failed(failure) => {
                self.trouble = Some(format!("{} {}", report.provider, failure.label()));
                None
            }
            Fate::Answered if report.provider == self.brain => {
                self.trouble = None;
                None
            }
            Fate::Answered => {
                let reason = self.trouble.take();
                // Back at the first one, nothing had to fail; away from it its breaker was open.
                let back = self.brain == "local";
                let reason = reason.unwrap_or_else(|| {
                    if back { "recovered".into() } else { format!("{} left alone", self.brain) }
                });
                self.brain_is(report.provider, &reason)
            }
            Fate::Dropped => None,
        }
    }

    /// A step of the line that is being answered; it ended at `ended` and costs nothing.
    fn step(
        &self,
        step: StepKind,
        agent: &str,
        ended: DateTime<Utc>,
        took: std::time::Duration,
    ) -> TraceStep {
        let started_at = super::as_stored(ended - passed(took));
        TraceStep::free(self.turn_number, (step, agent), started_at, took.as_millis() as u64)
    }
}

/// What is not counted in tokens: the characters that were spoken, or the seconds of sound.
fn units(used: &Used) -> Option<(Decimal, Unit)> {
    match (used.characters, used.audio_ms) {
        (Some(characters), _) => Some((Decimal::from(characters), Unit::Character)),
        (None, Some(ms)) => Some((Decimal::new(i64::try_from(ms).ok()?, 3), Unit::Second)),
        (None, None) => None,
    }
}

fn passed(time: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or_default()
}
