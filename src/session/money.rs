//! The way of a step into the log, and what follows from what it cost.

use super::till::{Means, Till};
use super::tracer::Tracer;
use super::{Services, Session, Watcher};
use crate::language::Language;
use crate::metering::Report;
use crate::session::Medium;
use crate::turn::Event;
use rust_decimal::prelude::ToPrimitive as _;
use std::sync::Arc;
use tokio::time::{Duration, Instant, timeout_at};

/// How long the end of a call waits for providers to say what they used.
const OWED_MS_MAX: u64 = 300;

/// The tracer of a call.
pub(super) fn tracer(services: &Services) -> Tracer {
    let config = &services.config;
    let purse = Arc::clone(&services.purse);
    let till = Till::new(config.prices.clone(), config.limits.cost.clone(), purse);
    Tracer::new(services.clock.clone(), till, services.llm.name())
}

impl<M: Medium> Session<M> {
    /// What comes next: something that happens to the call, or the report of a provider.
    pub(super) async fn next_thing(&mut self) -> Result<Event, Report> {
        let deadline = self.call.deadline().map(|at| self.begun + Duration::from_micros(at.0));
        tokio::select! {
            biased;
            event = self.events.recv() => Ok(event.unwrap_or(Event::LegLost { orderly: false })),
            report = self.tracer.report() => Err(report),
            () = super::sleep_until(deadline) => Ok(Event::Deadline),
        }
    }

    /// A provider was asked; its price may change how the call goes on.
    pub(super) fn take_report(&mut self, report: Report, watcher: &mut dyn Watcher) {
        let mut news: Vec<Event> = self.tracer.asked(report).into_iter().collect();
        self.write_steps();
        news.extend(self.look_at_costs(self.call.language()));
        for event in news {
            self.step(event, watcher);
        }
    }

    /// Lets the call live on what costs nothing once it, or the hour, has cost enough. Answers
    /// what the core must be told. `language` is the call's: not every part knows it.
    pub(super) fn look_at_costs(&mut self, language: Language) -> Vec<Event> {
        let mut news = Vec::new();
        while let Some(means) = self.tracer.means_changed() {
            let call = self.facts.call;
            match means {
                Means::Paid => {}
                Means::Local => {
                    tracing::warn!(%call, "the cost ceiling is reached; the local parts take over");
                    metrics::counter!("treadline_cost_ceilings_total", "then" => "local")
                        .increment(1);
                    let frugal = &self.services.frugal;
                    self.mind.think_with(frugal.llm.clone());
                    self.medium.economise(frugal, language);
                    news.extend(self.tracer.brain_is(frugal.llm.name(), "cost_ceiling"));
                }
                Means::Operator => {
                    tracing::warn!(%call, "the call still costs; it goes to an operator");
                    metrics::counter!("treadline_cost_ceilings_total", "then" => "operator")
                        .increment(1);
                    news.push(Event::BudgetSpent);
                }
            }
        }
        news
    }

    /// What is known of the steps so far goes to the log.
    pub(super) fn write_steps(&mut self) {
        for step in self.tracer.take_steps() {
            self.scribe.step(step);
        }
    }

    /// Waits a moment for providers that still owe their report, and counts the call's cost.
    pub(super) async fn close_books(&mut self) {
        self.mind.stop();
        let latest = Instant::now() + Duration::from_millis(OWED_MS_MAX);
        while self.tracer.owes() {
            let Ok(report) = timeout_at(latest, self.tracer.report()).await else { break };
            self.tracer.asked(report);
        }
        self.write_steps();
        let usd = self.tracer.spent().to_f64().unwrap_or(0.0);
        metrics::histogram!("treadline_call_cost_usd").record(usd);
    }
}
