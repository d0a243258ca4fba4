//! Chat completions of any OpenAI-compatible endpoint, streamed, with tools.
//!
//! The pieces are read by lenient structs of our own: compatible servers send nulls, unknown
//! enum values and usage after the end, and none of that may cost a caller the answer.

use super::{Answer, LanguageModel, LlmError, ModelChunk, ModelRequest, ToolSpec};
use crate::provider;
use crate::turn::Message;
use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::ReqwestService;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;

const PROVIDER: &str = "openai";
const DEFAULT_MODEL: &str = "gpt-4.1-mini";
/// Time to the first piece of an answer.
const FIRST_PIECE_MS_MAX: u64 = 2_500;
/// Time between two pieces.
const PIECE_GAP_MS_MAX: u64 = 2_000;
/// Text of one answer; a caller would not listen to more.
const ANSWER_CHARS_MAX: usize = 4_000;
/// Characters of one tool call's arguments.
const ARGS_CHARS_MAX: usize = 16_000;
/// Tool calls of one answer; the core allows fewer.
const CALLS_MAX: usize = 16;
/// Tokens asked for at most.
const TOKENS_MAX: u32 = 600;

/// An OpenAI-compatible brain.
pub struct OpenAiModel {
    client: Client<OpenAIConfig>,
    model: String,
}

impl OpenAiModel {
    /// A brain at `base_url` (empty: the provider's own).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(base_url: &str, model: &str, key: &SecretString) -> reqwest::Result<Self> {
        let mut settings = OpenAIConfig::new().with_api_key(key.expose_secret());
        if !base_url.is_empty() {
            settings = settings.with_api_base(base_url.trim_end_matches('/'));
        }
        let http = provider::client()?;
        let client = Client::with_config(settings)
            .with_http_client(http.clone())
            // The plain service: the crate's default would retry while the caller waits.
            .with_http_service(ReqwestService::new(http));
        let model = if model.is_empty() { DEFAULT_MODEL } else { model }.to_owned();
        Ok(Self { client, model })
    }

    fn body(&self, request: &ModelRequest) -> Value {
        let mut body = json!({
            "model": self.model,
            "stream": true,
            "temperature": 0.2,
            "max_completion_tokens": TOKENS_MAX,
            "messages": messages(request),
        });
        if !request.tools.is_empty() {
            body["tools"] = request.tools.iter().map(tool).collect();
        }
        body
    }
}

#[async_trait]
impl LanguageModel for OpenAiModel {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    async fn answer(&self, request: ModelRequest) -> Result<Answer, LlmError> {
        let chat = self.client.chat();
        let opening = chat.create_stream_byot(self.body(&request));
        let first = Duration::from_millis(FIRST_PIECE_MS_MAX);
        let stream: BoxStream<'static, Result<Piece, OpenAIError>> =
            match timeout(first, opening).await {
                Ok(Ok(stream)) => Box::pin(stream),
                Ok(Err(error)) => return Err(translate(error)),
                Err(_) => return Err(late("the answer to begin", FIRST_PIECE_MS_MAX)),
            };
        let state = Reading { stream, calls: BTreeMap::new(), said: 0, begun: false, over: false };
        Ok(Box::pin(futures_util::stream::unfold(state, Reading::next)))
    }
}

const fn late(what: &'static str, ms: u64) -> LlmError {
    LlmError::Timeout { provider: PROVIDER, what, ms }
}

fn nonsense(detail: impl Into<String>) -> LlmError {
    LlmError::Nonsense { provider: PROVIDER, detail: detail.into() }
}

fn translate(error: OpenAIError) -> LlmError {
    match error {
        OpenAIError::ApiError(answer) => {
            let (status, detail) = (answer.status_code, answer.api_error.message);
            let detail = provider::shorten(&detail);
            if status.is_server_error() {
                LlmError::Unreachable { provider: PROVIDER, detail: format!("{status}: {detail}") }
            } else {
                LlmError::Refused { provider: PROVIDER, status: status.as_u16(), detail }
            }
        }
        OpenAIError::Reqwest(error) => {
            LlmError::Unreachable { provider: PROVIDER, detail: provider::describe(&error).1 }
        }
        OpenAIError::StreamError(error) => LlmError::Unreachable {
            provider: PROVIDER,
            detail: provider::shorten(&error.to_string()),
        },
        other => nonsense(provider::shorten(&other.to_string())),
    }
}

fn tool(spec: &ToolSpec) -> Value {
    json!({ "type": "function", "function": {
        "name": spec.name, "description": spec.description, "parameters": spec.parameters } })
}

fn messages(request: &ModelRequest) -> Vec<Value> {
    let mut messages = vec![json!({ "role": "system", "content": request.system })];
    for (index, message) in request.history.iter().enumerate() {
        match message {
            Message::Caller { text } => messages.push(json!({ "role": "user", "content": text })),
            Message::Agent { text } => {
                messages.push(json!({ "role": "assistant", "content": text }));
            }
            Message::Tool { name, args, result } => {
                // Call and result come as one value, so the pair can never be torn.
                let id = format!("call_{index}");
                messages.push(json!({ "role": "assistant", "content": null, "tool_calls": [{
                    "id": id, "type": "function",
                    "function": { "name": name, "arguments": args.to_string() } }] }));
                messages.push(json!({
                    "role": "tool", "tool_call_id": id, "content": result.to_string() }));
            }
        }
    }
    // Last, so that the prefix before it stays the same and can be cached by the provider.
    let now = request.now.format("Now it is %A, %Y-%m-%d, %H:%M at the shop.").to_string();
    messages.push(json!({ "role": "system", "content": now }));
    messages
}

#[derive(Debug, Default, Deserialize)]
struct Piece {
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Option<Delta>,
}

#[derive(Debug, Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<CallPiece>>,
}

#[derive(Debug, Default, Deserialize)]
struct CallPiece {
    #[serde(default)]
    index: Option<usize>,
    #[serde(default)]
    function: Option<FunctionPiece>,
}

#[derive(Debug, Default, Deserialize)]
struct FunctionPiece {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<String>,
}

/// Puts the pieces of one answer together. Tool calls are complete only at the end: the id comes
/// once, the arguments in pieces that carry only an index.
struct Reading {
    stream: BoxStream<'static, Result<Piece, OpenAIError>>,
    calls: BTreeMap<usize, (String, String)>,
    said: usize,
    begun: bool,
    over: bool,
}

impl Reading {
    async fn next(mut self) -> Option<(Result<ModelChunk, LlmError>, Self)> {
        while !self.over {
            let ms = if self.begun { PIECE_GAP_MS_MAX } else { FIRST_PIECE_MS_MAX };
            let piece = match timeout(Duration::from_millis(ms), self.stream.next()).await {
                Err(_) => return self.fail(late("the next piece", ms)),
                Ok(Some(Err(error))) => return self.fail(translate(error)),
                Ok(Some(Ok(piece))) => piece,
                Ok(None) => {
                    self.over = true;
                    break;
                }
            };
            if let Some(error) = piece.error {
                return self.fail(nonsense(provider::shorten(&error.to_string())));
            }
            let delta = piece.choices.and_then(|c| c.into_iter().next()).and_then(|c| c.delta);
            let Some(delta) = delta else { continue };
            self.begun = true;
            if let Err(error) = self.collect(delta.tool_calls.unwrap_or_default()) {
                return self.fail(error);
            }
            let text = delta.content.unwrap_or_default();
            self.said += text.chars().count();
            if self.said > ANSWER_CHARS_MAX {
                return self.fail(nonsense("the answer does not end"));
            }
            if !text.is_empty() {
                return Some((Ok(ModelChunk::Text(text)), self));
            }
        }
        let (_, (name, args)) = self.calls.pop_first()?;
        let args = if args.trim().is_empty() { "{}" } else { &args };
        let args = serde_json::from_str(args).unwrap_or(Value::Null);
        Some((Ok(ModelChunk::ToolCall { name, args }), self))
    }

    fn collect(&mut self, pieces: Vec<CallPiece>) -> Result<(), LlmError> {
        for piece in pieces {
            let last = self.calls.keys().next_back().copied().unwrap_or(0);
            let entry = self.calls.entry(piece.index.unwrap_or(last)).or_default();
            let function = piece.function.unwrap_or_default();
            entry.0.push_str(function.name.as_deref().unwrap_or_default());
            entry.1.push_str(function.arguments.as_deref().unwrap_or_default());
            if entry.0.len() > 64 || entry.1.len() > ARGS_CHARS_MAX || self.calls.len() > CALLS_MAX {
                return Err(nonsense("a tool call does not end"));
            }
        }
        Ok(())
    }

    fn fail(mut self, error: LlmError) -> Option<(Result<ModelChunk, LlmError>, Self)> {
        self.over = true;
        self.calls.clear();
        Some((Err(error), self))
    }
}
