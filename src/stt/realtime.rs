//! OpenAI Realtime transcription over a WebSocket: audio goes out as it is heard, so that the
//! text is nearly ready when the turn ends.
//!
//! The connection is made and kept in a task of its own: pushing audio never waits for a network.
//! The server's own end-of-turn detection is off; the core decides when a turn is over, and an
//! utterance that goes on after a question is put together from its committed parts.

use super::{LISTEN_RATE, ListenOptions, Listener, SpeechToText, SttError, Transcript};
use crate::audio::resample::Resampler;
use crate::provider;
use crate::turn::Failure;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use futures_util::{SinkExt as _, StreamExt as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

const PROVIDER: &str = "openai-realtime";
const DEFAULT_BASE: &str = "wss://api.openai.com/v1/realtime";
const DEFAULT_MODEL: &str = "gpt-4o-mini-transcribe";
/// The rate of `pcm16` on the wire, Hz.
const WIRE_RATE: u32 = 24_000;
/// Time to connect and to agree on the session.
const CONNECT_MS_MAX: u64 = 3_000;
/// Time from the question to the text.
const ANSWER_MS_MAX: u64 = 5_000;
/// Orders that may wait while the connection is made: 30 s of 20 ms frames.
const ORDERS_MAX: usize = 1_500;
/// Shortest audio that the server commits, milliseconds; silence fills the rest.
const COMMIT_MS_MIN: usize = 100;
/// A message of the server may be this large.
const MESSAGE_BYTES_MAX: usize = 256 * 1024;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Answer = oneshot::Sender<Result<Transcript, SttError>>;

/// A recogniser over the Realtime API.
pub struct OpenAiRealtime {
    url: String,
    model: String,
    key: SecretString,
}

impl OpenAiRealtime {
    /// A recogniser at `base_url` (empty: the provider's own; `http` becomes `ws`).
    #[must_use]
    pub fn new(base_url: &str, model: &str, key: &SecretString) -> Self {
        let base = if base_url.is_empty() { DEFAULT_BASE.to_owned() } else { socket_url(base_url) };
        let model = if model.is_empty() { DEFAULT_MODEL } else { model };
        Self { url: format!("{base}?intent=transcription"), model: model.into(), key: key.clone() }
    }
}

/// `https://host/v1` -> `wss://host/v1/realtime`; a WebSocket address stays as it is.
fn socket_url(base: &str) -> String {
    let base = base.trim_end_matches('/');
    if let Some(rest) = base.strip_prefix("https://") {
        format!("wss://{rest}/realtime")
    } else if let Some(rest) = base.strip_prefix("http://") {
        format!("ws://{rest}/realtime")
    } else {
        base.to_owned()
    }
}

fn error(failure: Failure, detail: impl Into<String>) -> SttError {
    SttError { provider: PROVIDER, failure, detail: detail.into() }
}

#[async_trait]
impl SpeechToText for OpenAiRealtime {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    async fn open(&self, options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        let (orders, inbox) = mpsc::channel(ORDERS_MAX);
        let (partial_sender, partials) = mpsc::channel(16);
        let line = Line {
            address: Arc::new(Address {
                url: self.url.clone(),
                model: self.model.clone(),
                key: self.key.clone(),
                options,
            }),
            partials: partial_sender,
            socket: None,
            resampler: Resampler::new(LISTEN_RATE, WIRE_RATE),
            uncommitted: 0,
            heard: String::new(),
        };
        tokio::spawn(line.run(inbox));
        Ok(Box::new(RealtimeListener { orders, partials: Some(partials) }))
    }
}

enum Order {
    Begin,
    Audio(Vec<i16>),
    Ask(Answer),
}

struct RealtimeListener {
    orders: mpsc::Sender<Order>,
    partials: Option<mpsc::Receiver<String>>,
}

impl Listener for RealtimeListener {
    fn begin(&mut self) {
        let _ = self.orders.try_send(Order::Begin);
    }

    fn push(&mut self, samples: &[i16]) {
        // A line that cannot take audio answers the next question with an error.
        let _ = self.orders.try_send(Order::Audio(samples.to_vec()));
    }

    fn transcribe(&mut self) -> BoxFuture<'static, Result<Transcript, SttError>> {
        let (answer, asked) = oneshot::channel();
        let sent = self.orders.try_send(Order::Ask(answer));
        Box::pin(async move {
            if sent.is_err() {
                return Err(error(Failure::Unreachable, "the line takes no more audio"));
            }
            match timeout(Duration::from_millis(ANSWER_MS_MAX), asked).await {
                Ok(Ok(transcript)) => transcript,
                Ok(Err(_)) => Err(error(Failure::Unreachable, "the line is closed")),
                Err(_) => Err(error(Failure::Timeout, "no text in time")),
            }
        })
    }

    fn partials(&mut self) -> Option<mpsc::Receiver<String>> {
        self.partials.take()
    }
}

/// Where a line goes, and what is agreed at its beginning.
struct Address {
    url: String,
    model: String,
    key: SecretString,
    options: ListenOptions,
}

/// One call's connection.
struct Line {
    address: Arc<Address>,
    partials: mpsc::Sender<String>,
    socket: Option<Socket>,
    resampler: Resampler,
    /// Samples sent since the last commit, at the wire's rate.
    uncommitted: usize,
    /// The text of the parts of this utterance that are committed.
    heard: String,
}

impl Address {
    async fn open(&self) -> Result<Socket, SttError> {
        let unusable = |_| error(Failure::Nonsense, "the address or the key cannot be used");
        let mut request = self.url.as_str().into_client_request().map_err(unusable)?;
        let bearer = format!("Bearer {}", self.key.expose_secret());
        let bearer = bearer.parse().map_err(|_| error(Failure::Nonsense, "the key cannot be used"))?;
        request.headers_mut().insert("authorization", bearer);
        let limits = WebSocketConfig::default()
            .read_buffer_size(8 * 1024)
            .max_message_size(Some(MESSAGE_BYTES_MAX));
        let (mut socket, _) =
            connect_async_with_config(request, Some(limits), true).await.map_err(|e| refused(&e))?;
        let session = json!({ "type": "session.update", "session": {
            "type": "transcription",
            "audio": { "input": {
                "format": { "type": "audio/pcm", "rate": WIRE_RATE },
                "transcription": {
                    "model": self.model,
                    "language": self.options.language.code(),
                    "prompt": self.options.hints.join(", "),
                },
                "turn_detection": null,
            } } } });
        let sent = socket.send(Frame::text(session.to_string())).await;
        sent.map_err(|_| error(Failure::Unreachable, "the line broke"))?;
        Ok(socket)
    }
}

#[derive(Deserialize)]
struct ServerEvent {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    transcript: Option<String>,
    #[serde(default)]
    delta: Option<String>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

impl Line {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        // Early, so that the first words find the line open.
        if let Err(error) = self.connect().await {
            tracing::warn!(%error, "the recogniser is tried again with the next words");
        }
        while let Some(order) = orders.recv().await {
            match order {
                Order::Begin => self.begin().await,
                Order::Audio(samples) => self.send_audio(&samples).await,
                Order::Ask(answer) => {
                    let result = timeout(Duration::from_millis(ANSWER_MS_MAX), self.commit()).await;
                    let result =
                        result.unwrap_or_else(|_| Err(error(Failure::Timeout, "no text in time")));
                    if result.is_err() {
                        self.socket = None;
                    }
                    let _ = answer.send(result);
                }
            }
        }
    }

    async fn connect(&mut self) -> Result<(), SttError> {
        let address = Arc::clone(&self.address);
        let connecting = timeout(Duration::from_millis(CONNECT_MS_MAX), address.open());
        let socket =
            connecting.await.map_err(|_| error(Failure::Timeout, "no connection in time"))??;
        self.socket = Some(socket);
        self.uncommitted = 0;
        Ok(())
    }

    async fn begin(&mut self) {
        self.heard.clear();
        self.resampler.reset();
        if self.uncommitted > 0 {
            self.uncommitted = 0;
            self.send(json!({ "type": "input_audio_buffer.clear" })).await;
        }
    }

    async fn send_audio(&mut self, samples: &[i16]) {
        let mut wire = Vec::with_capacity(samples.len() * 2);
        self.resampler.process(samples, &mut wire);
        self.uncommitted += wire.len();
        let bytes: Vec<u8> = wire.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let audio = STANDARD.encode(bytes);
        self.send(json!({ "type": "input_audio_buffer.append", "audio": audio })).await;
    }

    async fn send(&mut self, message: serde_json::Value) {
        if self.socket.is_none() && self.connect().await.is_err() {
            return;
        }
        let Some(socket) = &mut self.socket else { return };
        if socket.send(Frame::text(message.to_string())).await.is_err() {
            self.socket = None;
        }
    }

    /// Commits what was sent and waits for its text.
    async fn commit(&mut self) -> Result<Transcript, SttError> {
        if self.uncommitted == 0 {
            return Ok(Transcript { text: self.heard.clone(), confidence: None });
        }
        let shortest = WIRE_RATE as usize * COMMIT_MS_MIN / 1_000;
        if self.uncommitted < shortest {
            let silence = vec![0; shortest * LISTEN_RATE as usize / WIRE_RATE as usize];
            self.send_audio(&silence).await;
        }
        self.send(json!({ "type": "input_audio_buffer.commit" })).await;
        self.uncommitted = 0;
        let Some(socket) = &mut self.socket else {
            return Err(error(Failure::Unreachable, "no connection"));
        };
        let mut partial = String::new();
        while let Some(message) = socket.next().await {
            let message = message.map_err(|_| error(Failure::Unreachable, "the line broke"))?;
            let Frame::Text(text) = message else { continue };
            let event: ServerEvent = serde_json::from_str(text.as_str())
                .map_err(|_| error(Failure::Nonsense, "a message that cannot be read"))?;
            if event.kind == "conversation.item.input_audio_transcription.delta" {
                partial.push_str(event.delta.as_deref().unwrap_or_default());
                let _ = self.partials.try_send(join(&self.heard, &partial));
            } else if event.kind == "conversation.item.input_audio_transcription.completed" {
                self.heard = join(&self.heard, event.transcript.as_deref().unwrap_or_default());
                return Ok(Transcript { text: self.heard.clone(), confidence: None });
            } else if event.kind == "error" || event.kind.ends_with("transcription.failed") {
                let detail = event.error.map(|e| e.to_string()).unwrap_or_default();
                return Err(error(Failure::Refused, provider::shorten(&detail)));
            }
        }
        Err(error(Failure::Unreachable, "the line was closed"))
    }
}

fn join(before: &str, more: &str) -> String {
    let (before, more) = (before.trim(), more.trim());
    let gap = if before.is_empty() || more.is_empty() { "" } else { " " };
    format!("{before}{gap}{more}")
}

fn refused(problem: &tokio_tungstenite::tungstenite::Error) -> SttError {
    use tokio_tungstenite::tungstenite::Error;
    match problem {
        Error::Http(response) => {
            error(provider::failure_of(response.status()), format!("status {}", response.status()))
        }
        other => error(Failure::Unreachable, provider::shorten(&other.to_string())),
    }
}
