//! One call's line: a task that sends audio, reads what comes at any time, and answers questions.
//!
//! The audio of the utterance in progress is kept: when the line breaks, a new one gets all of it
//! with the next question, so that a short fault costs the caller no words.

use super::parts::Parts;
use super::{Answer, Frame, Order, Shared, Socket, WIRE_RATE, broken, translate};
use crate::audio::resample::Resampler;
use crate::provider::Trouble;
use crate::stt::utterance::UTTERANCE_S_MAX;
use crate::stt::{LISTEN_RATE, ListenOptions, Transcript};
use crate::turn::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Error;
use tokio_util::sync::CancellationToken;

/// Shortest audio that the server commits, samples on the wire (100 ms); silence fills the rest.
const COMMIT_SAMPLES_MIN: usize = WIRE_RATE as usize / 10;
/// Most samples in one message: a second.
const APPEND_SAMPLES_MAX: usize = WIRE_RATE as usize;
/// Samples of an utterance that are kept.
const KEPT_SAMPLES_MAX: usize = UTTERANCE_S_MAX * WIRE_RATE as usize;

/// Time between two attempts to connect, milliseconds. What failed a moment ago is not tried
/// again while somebody waits: the question gets the reason of the last attempt.
const ATTEMPT_MS_MIN: u64 = 1_000;

/// A question that waits for the first `parts` parts.
struct Question {
    answer: Answer,
    parts: usize,
    deadline: Instant,
}

/// One call's connection.
pub(super) struct Line {
    shared: Arc<Shared>,
    options: ListenOptions,
    orders: mpsc::Receiver<Order>,
    partials: mpsc::Sender<String>,
    abandoned: CancellationToken,
    socket: Option<Socket>,
    /// Why there is no line, and since when.
    refusal: Option<(Trouble, Instant)>,
    resampler: Resampler,
    /// The utterance in progress, at the wire's rate.
    utterance: Vec<i16>,
    /// How much of it this socket was given, and how much of that is committed.
    sent: usize,
    committed: usize,
    parts: Parts,
    questions: Vec<Question>,
}

impl Line {
    pub fn new(
        shared: Arc<Shared>,
        options: ListenOptions,
        orders: mpsc::Receiver<Order>,
        partials: mpsc::Sender<String>,
        abandoned: CancellationToken,
    ) -> Self {
        Self {
            shared,
            options,
            orders,
            partials,
            abandoned,
            socket: None,
            refusal: None,
            resampler: Resampler::new(LISTEN_RATE, WIRE_RATE),
            utterance: Vec::new(),
            sent: 0,
            committed: 0,
            parts: Parts::default(),
            questions: Vec::new(),
        }
    }

    /// Serves until the listener is gone and nobody waits for an answer.
    pub async fn run(mut self) {
        // Early, so that the first words find the line open.
        if let Err(trouble) = self.connect().await {
            let detail = trouble.detail;
            tracing::warn!(detail, "the recogniser is tried again with the next words");
        }
        let mut listening = true;
        while listening || !self.questions.is_empty() {
            let deadline = self.questions.iter().map(|question| question.deadline).min();
            tokio::select! {
                biased;
                order = self.orders.recv(), if listening => match order {
                    Some(order) => self.obey(order).await,
                    None => listening = false,
                },
                message = next_message(&mut self.socket) => {
                    if let Err(trouble) = message.and_then(|text| self.hear(&text)) {
                        self.fail(&trouble);
                    }
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.fail(&Trouble::late("text", self.shared.budgets.first));
                }
            }
            self.questions.retain(|question| !question.answer.is_closed());
            self.answer();
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Begin => self.begin().await,
            Order::Audio(samples) => {
                self.resampler.process(&samples, &mut self.utterance);
                self.forget_surplus();
                // A broken line gets it with the next question.
                if self.socket.is_some()
                    && let Err(trouble) = self.send_audio().await
                {
                    self.fail(&trouble);
                }
            }
            Order::Ask(answer) => match self.ask().await {
                Ok(()) => {
                    let deadline = Instant::now() + self.shared.budgets.first;
                    self.questions.push(Question { answer, parts: self.parts.len(), deadline });
                }
                Err(trouble) => {
                    let _ = answer.send(Err(translate(&trouble)));
                    // A line that could not be made has been reported already.
                    if self.socket.is_some() && self.questions.is_empty() {
                        trouble.report(&self.shared.breaker);
                    }
                    self.fail(&trouble);
                }
            },
        }
    }

    async fn connect(&mut self) -> Result<(), Trouble> {
        if self.socket.is_some() {
            return Ok(());
        }
        if let Some((trouble, since)) = &self.refusal
            && since.elapsed() < Duration::from_millis(ATTEMPT_MS_MIN)
        {
            return Err(trouble.clone());
        }
        let connected = tokio::select! {
            () = self.abandoned.cancelled() => {
                Err(Trouble::new(Failure::Unreachable, "the call is over"))
            }
            connected = self.shared.connect(&self.options) => connected,
        };
        match connected {
            Ok(socket) => {
                self.socket = Some(socket);
                self.refusal = None;
                Ok(())
            }
            Err(trouble) => {
                self.refusal = Some((trouble.clone(), Instant::now()));
                Err(trouble)
            }
        }
    }

    async fn begin(&mut self) {
        let dangling = self.sent > self.committed;
        self.utterance.clear();
        self.resampler.reset();
        (self.sent, self.committed) = (0, 0);
        self.parts.forget();
        let cleared = match self.connect().await {
            Ok(()) if dangling => self.send(&json!({ "type": "input_audio_buffer.clear" })).await,
            other => other,
        };
        if let Err(trouble) = cleared {
            self.fail(&trouble);
        }
    }

    /// Sends what was not sent and commits it, so that its text will come.
    async fn ask(&mut self) -> Result<(), Trouble> {
        if self.utterance.is_empty() {
            return Ok(());
        }
        self.connect().await?;
        self.send_audio().await?;
        if self.sent == self.committed {
            return Ok(());
        }
        let short = COMMIT_SAMPLES_MIN.saturating_sub(self.sent - self.committed);
        if short > 0 {
            self.utterance.resize(self.utterance.len() + short, 0);
            self.send_audio().await?;
        }
        self.send(&json!({ "type": "input_audio_buffer.commit" })).await?;
        self.committed = self.sent;
        self.parts.commit();
        Ok(())
    }

    async fn send_audio(&mut self) -> Result<(), Trouble> {
        while self.sent < self.utterance.len() {
            let end = self.utterance.len().min(self.sent + APPEND_SAMPLES_MAX);
            let samples = &self.utterance[self.sent..end];
            let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            let audio = STANDARD.encode(bytes);
            self.send(&json!({ "type": "input_audio_buffer.append", "audio": audio })).await?;
            self.sent = end;
        }
        Ok(())
    }

    async fn send(&mut self, message: &Value) -> Result<(), Trouble> {
        let limit = self.shared.budgets.gap;
        let Some(socket) = &mut self.socket else {
            return Err(Trouble::new(Failure::Unreachable, "no line"));
        };
        // A server that does not read would otherwise hold the call's audio for ever.
        match timeout(limit, socket.send(Frame::text(message.to_string()))).await {
            Ok(sent) => sent.map_err(|error| broken(&error)),
            Err(_) => Err(Trouble::late("room for audio", limit)),
        }
    }

    /// Takes one message of the server.
    fn hear(&mut self, text: &str) -> Result<(), Trouble> {
        let event: Value = serde_json::from_str(text)
            .map_err(|_| Trouble::new(Failure::Nonsense, "a message that cannot be read"))?;
        let field = |name: &str| event[name].as_str().unwrap_or_default();
        let name = field("item_id");
        match field("type") {
            "input_audio_buffer.committed" => self.parts.named(name),
            "conversation.item.input_audio_transcription.delta" => {
                self.parts.delta(name, field("delta"));
                // Nobody has to take them: the text itself comes with the answer.
                let _ = self.partials.try_send(self.parts.interim());
            }
            "conversation.item.input_audio_transcription.completed" => {
                self.parts.completed(name, field("transcript"));
            }
            "error" | "conversation.item.input_audio_transcription.failed" => {
                return Err(self.said_no(&event["error"]));
            }
            // Others say nothing that is needed; new ones may come.
            _ => {}
        }
        Ok(())
    }

    fn said_no(&self, error: &Value) -> Trouble {
        let code = error["code"].as_str().or(error["type"].as_str()).unwrap_or_default();
        let message = error["message"].as_str().unwrap_or_default();
        let too_many = code.starts_with("rate_limit") || code == "insufficient_quota";
        let detail = crate::provider::quote(&format!("{code}: {message}"), &self.shared.key);
        Trouble {
            failure: Failure::Refused,
            status: too_many.then_some(429),
            retry_after: None,
            detail,
        }
    }

    /// Answers the questions whose parts are all there.
    fn answer(&mut self) {
        for question in std::mem::take(&mut self.questions) {
            match self.parts.text(question.parts) {
                Some(text) => {
                    if question.parts > 0 {
                        self.shared.breaker.succeeded();
                    }
                    let _ = question.answer.send(Ok(Transcript { text, confidence: None }));
                }
                None => self.questions.push(question),
            }
        }
    }

    /// Gives the line up; the next words or the next question make a new one.
    fn fail(&mut self, trouble: &Trouble) {
        let was_open = self.socket.take().is_some();
        (self.sent, self.committed) = (0, 0);
        self.parts = Parts::default();
        if was_open && (!self.questions.is_empty() || trouble.status.is_some()) {
            trouble.report(&self.shared.breaker);
        }
        tracing::debug!(detail = trouble.detail, "the line to the recogniser is gone");
        for question in self.questions.drain(..) {
            let _ = question.answer.send(Err(translate(trouble)));
        }
    }

    /// Of a very long utterance the end is kept.
    fn forget_surplus(&mut self) {
        if self.utterance.len() > KEPT_SAMPLES_MAX {
            let surplus = self.utterance.len() - KEPT_SAMPLES_MAX + APPEND_SAMPLES_MAX;
            self.utterance.drain(..surplus);
            self.sent = self.sent.saturating_sub(surplus);
            self.committed = self.committed.saturating_sub(surplus);
        }
    }
}

/// The next text of the server; never, without a line. Reading all the time also answers the
/// server's pings.
async fn next_message(socket: &mut Option<Socket>) -> Result<String, Trouble> {
    let Some(socket) = socket else { return std::future::pending().await };
    loop {
        match socket.next().await {
            Some(Ok(Frame::Text(text))) => return Ok(text.as_str().to_owned()),
            Some(Ok(Frame::Close(_)) | Err(Error::ConnectionClosed)) | None => {
                return Err(Trouble::new(Failure::Unreachable, "the line was closed"));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(broken(&error)),
        }
    }
}
