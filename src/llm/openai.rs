//! Chat completions of any OpenAI-compatible endpoint, streamed, with tools.
//!
//! The request is built from async-openai's types; the stream is read here: the library's reader
//! logs the answer's words, hides `Retry-After`, reads without limit, and loses the status of a
//! refusal whose body is not exactly as one provider writes it.

use super::pieces::{Assembly, Usage};
use super::sse::{Lines, Unreadable};
use super::{Answer, LanguageModel, LlmError, ModelChunk, ModelRequest, request};
use crate::breaker::Breaker;
use crate::metering::{Attempt, Used};
use crate::provider::{self, Body, Budgets, Endpoint, Trouble};
use crate::turn::Failure;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PROVIDER: &str = "openai";
const DEFAULT_MODEL: &str = "gpt-4.1-mini";
/// 1 s to connect, 2.5 s to the first words, 2 s between two pieces, 8 s in all.
const BUDGETS: Budgets = Budgets::from_ms(1_000, 2_500, 2_000, 8_000);
/// Bytes of one answer, with all that surrounds its words.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Kinds of an answer that is no stream.
const OTHER_KINDS: [&str; 2] = ["application/json", "text/html"];
/// Of a server that does not count: characters of a token. English has about four, Cyrillic two.
const CHARS_PER_TOKEN: usize = 3;
/// After the end the rest is read for so long, so that the connection can be used again.
const REST_MS_MAX: u64 = 200;

/// An OpenAI-compatible brain.
pub struct OpenAiModel {
    endpoint: Arc<Endpoint>,
    model: String,
}

impl OpenAiModel {
    /// A brain at `base_url` (empty: the provider's own).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(base_url: &str, model: &str, key: &SecretString) -> reqwest::Result<Self> {
        Self::with_budgets(base_url, model, key, BUDGETS)
    }

    /// The same with other times; for tests.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn with_budgets(
        base_url: &str,
        model: &str,
        key: &SecretString,
        budgets: Budgets,
    ) -> reqwest::Result<Self> {
        let breaker = Breaker::new(PROVIDER);
        let endpoint = Endpoint::new(base_url, "/chat/completions", key, breaker, budgets)?;
        Ok(Self { endpoint, model: provider::or_default(model, DEFAULT_MODEL) })
    }

    /// Opens a connection in the background, before the first caller needs it.
    pub fn warm(&self) -> JoinHandle<()> {
        self.endpoint.warm()
    }

    async fn begin(&self, request: &ModelRequest, attempt: Attempt) -> Result<Reading, Trouble> {
        let question = request::body(&self.model, request);
        let asked_chars = serde_json::to_string(&question).map_or(0, |text| text.chars().count());
        let post = self.endpoint.post().json(&question);
        let body = match Body::begin(&self.endpoint, post, "a stream", &OTHER_KINDS).await {
            Ok(body) => body,
            Err(trouble) => {
                attempt.failed(trouble.failure);
                return Err(trouble);
            }
        };
        Ok(Reading {
            attempt: Some(attempt),
            asked_chars,
            body,
            lines: Lines::default(),
            assembly: Assembly::default(),
            read: 0,
            said_anything: false,
        })
    }
}

#[async_trait]
impl LanguageModel for OpenAiModel {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    fn breaker(&self) -> Option<&Breaker> {
        Some(&self.endpoint.breaker)
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        let mut attempt = Attempt::begin(PROVIDER, &self.model);
        attempt.input = json!({ "messages": request.history.len(), "tools": request.tools.len() });
        match self.begin(&request, attempt).await {
            Ok(reading) => Ok(Box::pin(futures_util::stream::unfold(reading, Reading::next))),
            Err(trouble) => {
                trouble.report(&self.endpoint.breaker);
                Err(translate(trouble))
            }
        }
    }
}

fn translate(trouble: Trouble) -> LlmError {
    let (provider, detail) = (PROVIDER, trouble.detail);
    match (trouble.failure, trouble.status) {
        (Failure::Timeout, _) => LlmError::Timeout { provider, detail },
        (Failure::Refused, Some(status)) => LlmError::Refused { provider, status, detail },
        (Failure::Nonsense, _) => LlmError::Nonsense { provider, detail },
        _ => LlmError::Unreachable { provider, detail },
    }
}

/// What was used, as the server counted it or, until it does, as we guess.
fn used(usage: Option<Usage>, asked_chars: usize, answered_chars: usize) -> Used {
    let guess = |chars: usize| u32::try_from(chars.div_ceil(CHARS_PER_TOKEN)).ok();
    match usage {
        Some(usage) => Used {
            tokens_input: Some(usage.input),
            tokens_cached: usage.cached,
            tokens_output: Some(usage.output),
            ..Used::default()
        },
        None => Used {
            tokens_input: guess(asked_chars),
            tokens_output: guess(answered_chars),
            estimated: true,
            ..Used::default()
        },
    }
}

/// An answer that is being read. Dropping it closes the connection.
struct Reading {
    /// Over when the server has said what was used.
    attempt: Option<Attempt>,
    asked_chars: usize,
    /// Closed once the answer is over.
    body: Body,
    lines: Lines,
    assembly: Assembly,
    read: usize,
    said_anything: bool,
}

impl Reading {
    async fn next(mut self) -> Option<(Result<ModelChunk, LlmError>, Self)> {
        if self.body.is_open() {
            match self.next_words().await {
                Ok(Some(text)) => {
                    self.said_anything = true;
                    return Some((Ok(ModelChunk::Text(text)), self));
                }
                Ok(None) => self.body.close(),
                Err(trouble) => return Some((Err(self.give_up(trouble)), self)),
            }
            let call = self.assembly.next_call();
            if call.is_none() && !self.said_anything {
                let empty = Trouble::new(Failure::Nonsense, "an empty answer");
                return Some((Err(self.give_up(empty)), self));
            }
            self.body.endpoint().breaker.succeeded();
            return call.map(|call| (Ok(call), self));
        }
        let call = self.assembly.next_call()?;
        Some((Ok(call), self))
    }

    fn give_up(&mut self, mut trouble: Trouble) -> LlmError {
        self.body.close();
        if let Some(attempt) = self.attempt.take() {
            attempt.failed(trouble.failure);
        }
        self.assembly = Assembly::default();
        self.said_anything = true;
        trouble.detail = self.body.endpoint().quote(&trouble.detail);
        trouble.report(&self.body.endpoint().breaker);
        translate(trouble)
    }

    /// Words, or `None` when the answer is over.
    async fn next_words(&mut self) -> Result<Option<String>, Trouble> {
        loop {
            while let Some(data) = self.lines.next_data().map_err(|why| unreadable(&why))? {
                let before = self.assembly.size();
                let words = self.assembly.take(&data)?;
                self.count();
                // Only what moves the answer on is progress: a role alone, or a comment that keeps
                // the line warm, does not make a caller wait longer.
                if self.assembly.size() > before {
                    self.body.progressed();
                }
                if words.is_some() {
                    return Ok(words);
                }
                if self.assembly.finished {
                    self.drain();
                    return Ok(None);
                }
            }
            let Some(bytes) = self.wait().await? else {
                return Err(Trouble::new(Failure::Unreachable, "the answer broke off"));
            };
            self.lines.push(&bytes);
        }
    }

    async fn wait(&mut self) -> Result<Option<Bytes>, Trouble> {
        let piece = self.body.next("next piece").await?;
        self.read += piece.as_ref().map_or(0, Bytes::len);
        if self.read > ANSWER_BYTES_MAX {
            return Err(Trouble::new(Failure::Nonsense, "the answer does not end"));
        }
        Ok(piece)
    }

    /// Keeps the bill up to date: whoever drops the answer pays for what has come.
    fn count(&mut self) {
        let used = used(self.assembly.usage, self.asked_chars, self.assembly.size());
        if let Some(attempt) = &mut self.attempt {
            attempt.used = used;
            attempt.output =
                json!({ "characters": self.assembly.size(), "calls": self.assembly.calls() });
        }
    }

    /// Reads what follows the end (usage, `[DONE]`), so that the connection can be used again.
    fn drain(&mut self) {
        let Some(mut stream) = self.body.take_rest() else { return };
        let is_answer = self.said_anything || self.assembly.calls() > 0;
        let mut attempt = if is_answer { self.attempt.take() } else { None };
        let (asked_chars, mut lines) = (self.asked_chars, std::mem::take(&mut self.lines));
        let told = self.assembly.usage.is_some();
        // In a task: neither the tool calls nor the end of the answer wait for it.
        tokio::spawn(async move {
            let mut after = Assembly::default();
            let rest = async {
                loop {
                    while let Ok(Some(data)) = lines.next_data() {
                        let _ = after.take(&data);
                        if let (Some(attempt), Some(usage), false) =
                            (&mut attempt, after.usage, told)
                        {
                            attempt.used = used(Some(usage), asked_chars, 0);
                        }
                    }
                    match stream.next().await {
                        Some(Ok(bytes)) => lines.push(&bytes),
                        _ => return,
                    }
                }
            };
            let _ = timeout(Duration::from_millis(REST_MS_MAX), rest).await;
            if let Some(attempt) = attempt {
                attempt.answered();
            }
        });
    }
}

fn unreadable(why: &Unreadable) -> Trouble {
    let detail = match why {
        Unreadable::TooLong => "a line that does not end",
        Unreadable::NotText => "bytes that are not text",
    };
    Trouble::new(Failure::Nonsense, detail)
}
