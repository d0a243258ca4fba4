//! What recognisers, brains and voices used: one report for each question to a provider, however
//! it went.
//!
//! Whoever asks runs the question under a [`Meter`]; the provider begins an [`Attempt`] and says
//! what it used. A provider that is asked without a meter (a test, a look by hand) reports to
//! nobody. The meter travels with the task, not through every signature: a chain of providers
//! reports each that it tried.

mod purse;

pub use purse::{Purse, hour_of};

use crate::turn::Failure;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::mpsc;
use tokio::time::Instant;

tokio::task_local! {
    static ASKED: Question;
}

/// Which part of the line asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The recogniser.
    Ear,
    /// The brain.
    Mind,
    /// The voice.
    Mouth,
}

/// What a provider used for one question. What it did not tell, and we cannot know, is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// Tokens read.
    pub tokens_input: Option<u32>,
    /// Of these, how many were known from before.
    pub tokens_cached: Option<u32>,
    /// Tokens written.
    pub tokens_output: Option<u32>,
    /// Sound heard or made, milliseconds.
    pub audio_ms: Option<u64>,
    /// Characters spoken.
    pub characters: Option<u32>,
    /// The provider told nothing of its tokens: they are counted from characters.
    pub estimated: bool,
}

/// How a question went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Well.
    Answered,
    /// Nobody wanted the answer any more.
    Dropped,
    /// Not well.
    Failed(Failure),
}

/// What became of one question to one provider.
#[derive(Debug, Clone)]
pub struct Report {
    /// Who asked.
    pub part: Part,
    /// Who was asked.
    pub provider: &'static str,
    /// Which of its models; empty if it has no name.
    pub model: String,
    /// What it used.
    pub used: Used,
    /// When it was asked.
    pub began: Instant,
    /// When it was over.
    pub ended: Instant,
    /// How it went.
    pub fate: Fate,
    /// Counts and codes of the question and of the answer, never words.
    pub detail: (Value, Value),
}

/// Where the reports of one call go.
#[derive(Debug, Clone)]
pub struct Meter {
    reports: mpsc::UnboundedSender<Report>,
    open: Arc<AtomicUsize>,
}

/// One question of a call.
#[derive(Debug, Clone)]
struct Question {
    meter: Meter,
    part: Part,
    /// A provider has begun an attempt.
    begun: Arc<AtomicBool>,
}

impl Meter {
    /// A meter, and where its reports come out. Unbounded, but fed with a few reports a turn.
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Report>) {
        let (reports, inbox) = mpsc::unbounded_channel();
        (Self { reports, open: Arc::default() }, inbox)
    }

    /// Attempts that are not over.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Acquire)
    }

    /// Runs a question of `part` to `provider`. If the provider reports nothing itself, the
    /// question is reported as it stands, with nothing used that is known.
    ///
    /// # Errors
    /// Those of the question.
    pub async fn ask<T, E>(
        &self,
        part: Part,
        provider: &'static str,
        failure: impl Fn(&E) -> Failure,
        question: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let begun = Arc::<AtomicBool>::default();
        let asked = Question { meter: self.clone(), part, begun: Arc::clone(&begun) };
        let attempt = Attempt::new(Some(asked.clone()), provider, "");
        let mut unless = UnlessBegun { attempt: Some(attempt), begun };
        let outcome = ASKED.scope(asked, question).await;
        if let Some(attempt) = unless.take() {
            match &outcome {
                Ok(_) => attempt.answered(),
                Err(error) => attempt.failed(failure(error)),
            }
        }
        outcome
    }
}

/// The same by a meter that may not be there.
///
/// # Errors
/// What the question's own answer says.
pub async fn ask_by<T, E>(
    meter: Option<Meter>,
    part: Part,
    provider: &'static str,
    failure: impl Fn(&E) -> Failure,
    question: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    match meter {
        Some(meter) => meter.ask(part, provider, failure, question).await,
        None => question.await,
    }
}

/// The report of last resort: void as soon as a provider makes its own.
struct UnlessBegun {
    attempt: Option<Attempt>,
    begun: Arc<AtomicBool>,
}

impl UnlessBegun {
    fn take(&mut self) -> Option<Attempt> {
        let attempt = self.attempt.take()?;
        if self.begun.load(Ordering::Acquire) {
            attempt.forget();
            return None;
        }
        Some(attempt)
    }
}

impl Drop for UnlessBegun {
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// One question to one provider, until it is answered, failed or dropped. Dropping it reports
/// that nobody wanted the answer; what was used is used all the same.
#[derive(Debug)]
pub struct Attempt {
    asked: Option<Question>,
    provider: &'static str,
    model: String,
    began: Instant,
    /// What was used so far.
    pub used: Used,
    /// Counts and codes of the question, never words.
    pub input: Value,
    /// Counts and codes of the answer, never words.
    pub output: Value,
}

impl Attempt {
    /// Begins one under the meter of the task that asks.
    #[must_use]
    pub fn begin(provider: &'static str, model: &str) -> Self {
        let asked = ASKED.try_with(Clone::clone).ok();
        if let Some(asked) = &asked {
            asked.begun.store(true, Ordering::Release);
        }
        Self::new(asked, provider, model)
    }

    fn new(asked: Option<Question>, provider: &'static str, model: &str) -> Self {
        if let Some(asked) = &asked {
            asked.meter.open.fetch_add(1, Ordering::AcqRel);
        }
        Self {
            asked,
            provider,
            model: model.to_owned(),
            began: Instant::now(),
            used: Used::default(),
            input: Value::Null,
            output: Value::Null,
        }
    }

    /// It went well.
    pub fn answered(mut self) {
        self.report(Fate::Answered);
    }

    /// It did not.
    pub fn failed(mut self, failure: Failure) {
        self.report(Fate::Failed(failure));
    }

    fn forget(mut self) {
        if let Some(asked) = self.asked.take() {
            asked.meter.open.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn report(&mut self, fate: Fate) {
        let Some(asked) = self.asked.take() else { return };
        let report = Report {
            part: asked.part,
            provider: self.provider,
            model: std::mem::take(&mut self.model),
            used: self.used,
            began: self.began,
            ended: Instant::now(),
            fate,
            detail: (std::mem::take(&mut self.input), std::mem::take(&mut self.output)),
        };
        // Whoever looks for open attempts must find the report of one that is not.
        let _ = asked.meter.reports.send(report);
        asked.meter.open.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.report(Fate::Dropped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_provider_that_was_tried_is_reported_and_nothing_is_reported_twice() {
        let (meter, mut reports) = Meter::new();
        let question = async {
            Attempt::begin("first", "big").failed(Failure::Timeout);
            let mut second = Attempt::begin("second", "small");
            second.used.tokens_output = Some(3);
            second.answered();
            Ok::<_, ()>(())
        };
        assert_eq!(
            meter.ask(Part::Mind, "chain", |()| Failure::Unreachable, question).await,
            Ok(())
        );
        let first = reports.try_recv().expect("the first");
        assert_eq!((first.provider, first.fate), ("first", Fate::Failed(Failure::Timeout)));
        let second = reports.try_recv().expect("the second");
        assert_eq!((second.provider, second.fate), ("second", Fate::Answered));
        assert_eq!(second.used.tokens_output, Some(3));
        assert!(reports.try_recv().is_err());
        assert_eq!(meter.open(), 0);
    }

    #[tokio::test]
    async fn a_provider_that_reports_nothing_is_reported_by_whoever_asks() {
        let (meter, mut reports) = Meter::new();
        let question = async { Err::<(), ()>(()) };
        let _ = meter.ask(Part::Ear, "mute", |()| Failure::Unreachable, question).await;
        let report = reports.try_recv().expect("a report");
        assert_eq!((report.provider, report.fate), ("mute", Fate::Failed(Failure::Unreachable)));
    }

    #[tokio::test]
    async fn an_answer_that_outlives_the_question_is_open_until_it_is_dropped() {
        let (meter, mut reports) = Meter::new();
        let question = async { Ok::<_, ()>(Attempt::begin("slow", "")) };
        let attempt = meter.ask(Part::Mouth, "slow", |()| Failure::Unreachable, question).await;
        assert_eq!(meter.open(), 1);
        drop(attempt);
        assert_eq!(reports.try_recv().expect("a report").fate, Fate::Dropped);
        assert_eq!(meter.open(), 0);
    }

    #[tokio::test]
    async fn without_a_meter_nobody_is_told() {
        Attempt::begin("alone", "").answered();
    }
}
