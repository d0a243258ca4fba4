//! The hands: tool calls, each in a task of its own, so that an interruption of the talk never
//! interrupts an effect.

use super::guard::guarded;
use super::medium::EventSender;
use crate::clock::WallClock;
use crate::language::Language;
use crate::tools::{Refusal, ToolDesk};
use crate::turn::{Approval, Event, Message, ToolCallId, ToolOutcome};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::{Duration, Instant, sleep};

/// Tries to find out what became of an effect after the call, and the time between two: longer
/// than a restart of Postgres takes.
const AFTER_CALL_TRIES: u32 = 30;
const AFTER_CALL_PAUSE: Duration = Duration::from_secs(4);

/// The hands of one call.
pub struct Hands {
    desk: Arc<Mutex<ToolDesk>>,
    clock: WallClock,
    events: EventSender,
    /// What the caller has said so far. A tool is given what stood when it was called.
    said: Arc<Vec<String>>,
    /// The desk after the last tool; whoever asks about it never waits for one.
    last: Arc<std::sync::Mutex<Last>>,
    /// The core waits for a tool for so long.
    patience: Duration,
}

/// What is shown of the desk.
#[derive(Default)]
struct Last {
    /// Where the call stands.
    progress: String,
    /// What the caller was about to order or to book.
    cart: Value,
}

impl Last {
    fn of(desk: &ToolDesk) -> Self {
        Self { progress: desk.progress(), cart: desk.cart() }
    }
}

impl Hands {
    /// Hands at `desk` that report to `events`; nobody waits for a tool longer than
    /// `tool_ms_max`.
    pub fn new(desk: ToolDesk, clock: WallClock, events: EventSender, tool_ms_max: u64) -> Self {
        let last = Arc::new(std::sync::Mutex::new(Last::of(&desk)));
        let said = Arc::default();
        let patience = Duration::from_millis(tool_ms_max);
        Self { desk: Arc::new(Mutex::new(desk)), clock, events, said, last, patience }
    }

    /// The call is over. An effect whose answer never came is still found out about.
    pub fn leave(&self) {
        let desk = Arc::clone(&self.desk);
        tokio::spawn(async move {
            for _ in 0..AFTER_CALL_TRIES {
                if desk.lock().await.settle_after_call().await {
                    return;
                }
                sleep(AFTER_CALL_PAUSE).await;
            }
            tracing::error!("what became of an effect was not found out; the log has its key");
        });
    }

    /// The call's language has changed: names come in the new one from now on.
    pub fn set_language(&self, language: Language) {
        let desk = Arc::clone(&self.desk);
        tokio::spawn(async move { desk.lock().await.set_language(language) });
    }

    /// What the caller has said so far; what a model writes is compared with it.
    pub fn heard(&mut self, history: &[Message]) {
        let said = history.iter().filter_map(|message| match message {
            Message::Caller { text } => Some(text.clone()),
            Message::Agent { .. } | Message::Tool { .. } => None,
        });
        self.said = Arc::new(said.collect());
    }

    /// What the caller was about to order or to book, for the person who takes over.
    pub fn cart(&self) -> Value {
        self.last.lock().map(|last| last.cart.clone()).unwrap_or_default()
    }

    /// By when a callback that is asked for from now on is promised.
    pub fn promise(&self, by: Option<DateTime<Utc>>) {
        let desk = Arc::clone(&self.desk);
        tokio::spawn(async move { desk.lock().await.call_back_by = by });
    }

    /// Where the call stands, for the brain.
    pub fn progress(&self) -> String {
        self.last.lock().map(|last| last.progress.clone()).unwrap_or_default()
    }

    /// Checks what a tool with an effect would do.
    pub fn prepare(&self, call: ToolCallId, name: String, args: Value) {
        let (desk, events) = (Arc::clone(&self.desk), self.events.clone());
        let (clock, said) = (self.clock.clone(), Arc::clone(&self.said));
        let last = Arc::clone(&self.last);
        tokio::spawn(async move {
            let begun = Instant::now();
            let mut desk = desk.lock().await;
            desk.scope.now = clock.now();
            desk.caller_words.clone_from(&said);
            let prepared = guarded("hands", desk.prepare(&name, &args)).await;
            let prepared = prepared.unwrap_or_else(|| Err(broken(false)));
            if let Ok(mut last) = last.lock() {
                *last = Last::of(&desk);
            }
            drop(desk);
            let event = match prepared {
                Ok(proposal) => Event::ToolPrepared { call, proposal: Box::new(proposal) },
                Err(refusal) => finished(call, &name, begun, Err(refusal)),
            };
            let _ = events.send(event).await;
        });
    }

    /// Runs a tool, after `first`: what must be on the disk before a change is made.
    pub fn run(
        &self,
        call: ToolCallId,
        name: String,
        args: Value,
        approval: Option<Approval>,
        first: Option<BoxFuture<'static, ()>>,
    ) {
        let (desk, events) = (Arc::clone(&self.desk), self.events.clone());
        let (clock, said) = (self.clock.clone(), Arc::clone(&self.said));
        let (last, patience) = (Arc::clone(&self.last), self.patience);
        tokio::spawn(async move {
            let begun = Instant::now();
            if let Some(first) = first {
                first.await;
            }
            let mut desk = desk.lock().await;
            desk.scope.now = clock.now();
            desk.caller_words.clone_from(&said);
            let result = guarded("hands", desk.run(&name, &args, approval.as_ref())).await;
            let result = result.unwrap_or_else(|| Err(broken(approval.is_some())));
            if let Some(approval) = approval.as_ref().filter(|_| begun.elapsed() >= patience) {
                desk.was_not_heard(&name, &args, approval);
            }
            if let Ok(mut last) = last.lock() {
                *last = Last::of(&desk);
            }
            drop(desk);
            if result.is_ok() {
                count_effect(&name);
            }
            let _ = events.send(finished(call, &name, begun, result)).await;
        });
    }
}

/// Effects that dashboards watch.
fn count_effect(tool: &str) {
    match tool {
        "book_fitting" => metrics::counter!("treadline_fittings_booked_total").increment(1),
        "confirm_order" => metrics::counter!("treadline_orders_created_total").increment(1),
        _ => {}
    }
}

/// A tool that panicked. Whether a change was made is then not known.
fn broken(may_have_changed: bool) -> Refusal {
    if may_have_changed {
        Refusal::unknown_outcome()
    } else {
        let message = "The tool failed. Say that you cannot look now, and offer an operator.";
        Refusal::new("tool_failed", message.into())
    }
}

fn finished(call: ToolCallId, name: &str, begun: Instant, result: Result<Value, Refusal>) -> Event {
    let duration = begun.elapsed();
    let (ok, outcome, result) = match result {
        Ok(value) => (true, "ok", value),
        Err(refusal) => (false, refusal.code, refusal.to_value()),
    };
    metrics::histogram!("treadline_tool_call_duration_ms", "tool" => name.to_owned(), "outcome" => outcome)
        .record(duration.as_secs_f64() * 1_000.0);
    let duration_ms = duration.as_millis() as u64;
    Event::ToolFinished { call, outcome: ToolOutcome { ok, result, duration_ms } }
}
