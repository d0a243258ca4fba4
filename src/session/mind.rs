//! The mind: questions to the brain, answers back in pieces.

use super::guard::guarded;
use super::medium::EventSender;
use super::prompt::{self, Prompt};
use crate::clock::WallClock;
use crate::config::Shop;
use crate::llm::{LanguageModel, LlmError, ModelChunk, ModelRequest};
use crate::metering::{Meter, Part};
use crate::tools;
use crate::turn::{AskModel, Event, Failure, Generation, Message};
use futures_util::StreamExt as _;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// For a model that announced a look and did not look.
const NUDGE: &str = "\nYou have just said that you will look something up, but you called no tool. \
    Call the tool that fits now, or answer without promising.";

/// The mind of one call.
pub struct Mind {
    llm: Arc<dyn LanguageModel>,
    clock: WallClock,
    shop: Shop,
    prompt: Arc<Prompt>,
    events: EventSender,
    meter: Meter,
    thinking: HashMap<Generation, JoinHandle<()>>,
    /// The question that was asked ahead, with the conversation that it rests on.
    ahead: Option<(Generation, Vec<Message>)>,
}

impl Drop for Mind {
    fn drop(&mut self) {
        for task in self.thinking.values() {
            task.abort();
        }
    }
}

impl Mind {
    /// A mind that thinks with `llm` under the instructions of `prompt`, and reports to `events`,
    /// what it used to `meter`.
    pub fn new(
        llm: Arc<dyn LanguageModel>,
        clock: WallClock,
        shop: Shop,
        prompt: Arc<Prompt>,
        events: EventSender,
        meter: Meter,
    ) -> Self {
        Self { llm, clock, shop, prompt, events, meter, thinking: HashMap::new(), ahead: None }
    }

    /// Asks. The pieces come as events that carry the question's generation.
    /// `progress` says where the call stands.
    pub fn ask(&mut self, question: AskModel, progress: &str) {
        self.thinking.retain(|_, task| !task.is_finished());
        let generation = question.generation;
        if question.ahead {
            self.ahead = Some((generation, question.history.clone()));
        }
        let hidden = &self.prompt.hidden_tools;
        let mut visible = if question.words_only { Vec::new() } else { question.tools };
        visible.retain(|tool| !hidden.contains(tool));
        let now = self.clock.now_in(self.shop.timezone);
        let mut state = prompt::state(now.date_naive(), question.language, progress);
        if question.nudge {
            // At the end: what stands before it is cached.
            state.push_str(NUDGE);
        }
        let request = ModelRequest {
            system: prompt::system(&self.prompt, &self.shop.name),
            state: Some(state),
            language: question.language,
            history: question.history,
            tools: tools::specs_of(&visible),
            now,
        };
        let (llm, events) = (Arc::clone(&self.llm), self.events.clone());
        let task = tokio::spawn(think(llm, request, generation, events, self.meter.clone()));
        self.thinking.insert(generation, task);
    }

    /// The question that was asked ahead counts: the conversation that it rests on.
    pub fn keep(&mut self, generation: Generation) -> Vec<Message> {
        let kept = self.ahead.take().filter(|(asked, _)| *asked == generation);
        count_ahead("kept");
        kept.map(|(_, history)| history).unwrap_or_default()
    }

    /// Another brain from the next question on.
    pub fn think_with(&mut self, llm: Arc<dyn LanguageModel>) {
        self.llm = llm;
    }

    /// Stops all answers: the call is over.
    pub fn stop(&mut self) {
        self.thinking.drain().for_each(|(_, task)| task.abort());
    }

    /// Stops that answer: the request is cancelled, tokens are no longer paid for.
    pub fn drop_generation(&mut self, generation: Generation) {
        if self.ahead.take_if(|(asked, _)| *asked == generation).is_some() {
            count_ahead("dropped");
        }
        if let Some(task) = self.thinking.remove(&generation) {
            task.abort();
        }
    }
}

/// What became of a question that was asked ahead.
fn count_ahead(fate: &'static str) {
    metrics::counter!("treadline_asked_ahead_total", "fate" => fate).increment(1);
}

async fn think(
    llm: Arc<dyn LanguageModel>,
    request: ModelRequest,
    generation: Generation,
    events: EventSender,
    meter: Meter,
) {
    let asked = Instant::now();
    let mut said_anything = false;
    let outcome = async {
        let mut answer = llm.answer(request).await?;
        while let Some(chunk) = answer.next().await {
            let event = match chunk? {
                ModelChunk::Text(text) => Event::ModelText { generation, text },
                ModelChunk::ToolCall { name, args } => {
                    Event::ModelToolCall { generation, name, args }
                }
            };
            if !said_anything {
                let latency_ms = asked.elapsed().as_secs_f64() * 1_000.0;
                metrics::histogram!("treadline_llm_latency_ms").record(latency_ms);
            }
            said_anything = true;
            if events.send(event).await.is_err() {
                break;
            }
        }
        Ok::<(), LlmError>(())
    };
    let outcome = meter.ask(Part::Mind, llm.name(), LlmError::failure, outcome);
    let broken = LlmError::Nonsense { provider: llm.name(), detail: "it panicked".into() };
    let outcome = guarded("mind", outcome).await.unwrap_or(Err(broken));
    let last = match outcome {
        Ok(()) if said_anything => Event::ModelDone { generation },
        Ok(()) => Event::ModelFailed { generation, failure: Failure::Nonsense },
        Err(error) => {
            let failure = error.failure();
            tracing::warn!(%error, "no brain could answer");
            metrics::counter!("treadline_provider_errors_total", "provider" => llm.name(), "kind" => failure.label()).increment(1);
            Event::ModelFailed { generation, failure }
        }
    };
    let _ = events.send(last).await;
}
