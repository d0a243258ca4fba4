//! OpenAI Realtime transcription over a WebSocket: audio goes out as it is heard, so that the
//! text is nearly ready when the turn ends.
//!
//! The connection is made and kept in a task of its own ([`line`]): pushing audio never waits for
//! a network. The server's own end-of-turn detection is off; the core decides when a turn is
//! over, and an utterance that goes on after a question is put together from its committed parts.

mod line;
mod parts;

use super::openai::REST_S;
use super::{ListenOptions, Listener, SpeechToText, SttError, Transcript};
use crate::breaker::Breaker;
use crate::metering::Attempt;
use crate::provider::{self, Budgets, Trouble};
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::SinkExt as _;
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message as Frame, http};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use tokio_util::sync::{CancellationToken, DropGuard};

const PROVIDER: &str = "openai-realtime";
const DEFAULT_BASE: &str = "wss://api.openai.com/v1/realtime";
const DEFAULT_MODEL: &str = "gpt-4o-mini-transcribe";
/// The rate of `audio/pcm` on the wire, Hz.
const WIRE_RATE: u32 = 24_000;
/// [`super::LISTEN_RATE`], for counting milliseconds.
const LISTEN_RATE_HZ: u64 = super::LISTEN_RATE as u64;
/// 2 s to connect and agree on the session, 3 s from the question to its text, 1 s to hand over
/// one message, 5 s in all.
const BUDGETS: Budgets = Budgets::from_ms(2_000, 3_000, 1_000, 5_000);
/// Orders that may wait while the connection is made: 30 s of 20 ms frames.
const ORDERS_MAX: usize = 1_500;
/// A message of the server may be this large.
const MESSAGE_BYTES_MAX: usize = 256 * 1024;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Answer = oneshot::Sender<Result<Transcript, SttError>>;

/// A recogniser over the Realtime API.
pub struct OpenAiRealtime {
    shared: Arc<Shared>,
}

/// What all calls share.
struct Shared {
    url: String,
    model: String,
    key: SecretString,
    breaker: Breaker,
    budgets: Budgets,
}

impl OpenAiRealtime {
    /// A recogniser at `base_url` (empty: the provider's own; `http` becomes `ws`).
    #[must_use]
    pub fn new(base_url: &str, model: &str, key: &SecretString) -> Self {
        Self::with_budgets(base_url, model, key, BUDGETS)
    }

    /// The same with other times; for tests.
    #[must_use]
    pub fn with_budgets(base_url: &str, model: &str, key: &SecretString, budgets: Budgets) -> Self {
        let base = if base_url.is_empty() { DEFAULT_BASE.to_owned() } else { socket_url(base_url) };
        let model = provider::or_default(model, DEFAULT_MODEL);
        let breaker = Breaker::with_rest(PROVIDER, Duration::from_secs(REST_S));
        let url = format!("{base}?intent=transcription");
        Self { shared: Arc::new(Shared { url, model, key: key.clone(), breaker, budgets }) }
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

fn translate(trouble: &Trouble) -> SttError {
    SttError { provider: PROVIDER, failure: trouble.failure, detail: trouble.detail.clone() }
}

#[async_trait]
impl SpeechToText for OpenAiRealtime {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    async fn open(&self, options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        let (orders, inbox) = mpsc::channel(ORDERS_MAX);
        let (partial_sender, partials) = mpsc::channel(16);
        let abandoned = CancellationToken::new();
        let line = line::Line::new(
            Arc::clone(&self.shared),
            options,
            inbox,
            partial_sender,
            abandoned.clone(),
        );
        tokio::spawn(line.run());
        Ok(Box::new(RealtimeListener {
            orders,
            partials: Some(partials),
            patience: self.shared.budgets.total,
            model: self.shared.model.clone(),
            unpaid: 0,
            _abandoned: abandoned.drop_guard(),
        }))
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
    patience: Duration,
    model: String,
    /// Samples that no question has paid for.
    unpaid: u64,
    /// Ends an attempt to connect when the call is over.
    _abandoned: DropGuard,
}

impl Listener for RealtimeListener {
    fn begin(&mut self) {
        let _ = self.orders.try_send(Order::Begin);
    }

    fn push(&mut self, samples: &[i16]) {
        self.unpaid += samples.len() as u64;
        // A line that cannot take audio answers the next question with an error.
        let _ = self.orders.try_send(Order::Audio(samples.to_vec()));
    }

    fn transcribe(&mut self) -> BoxFuture<'static, Result<Transcript, SttError>> {
        let (answer, asked) = oneshot::channel();
        let sent = self.orders.try_send(Order::Ask(answer));
        let patience = self.patience;
        let (model, audio_ms) = (self.model.clone(), self.unpaid * 1_000 / LISTEN_RATE_HZ);
        // Of an utterance that goes on only what is new is sent with the next question.
        self.unpaid = 0;
        Box::pin(async move {
            let mut attempt = Attempt::begin(PROVIDER, &model);
            attempt.used.audio_ms = Some(audio_ms);
            let gone = |detail: &str| translate(&Trouble::new(Failure::Unreachable, detail));
            let heard = match sent {
                Err(_) => Err(gone("the line takes no more audio")),
                Ok(()) => match timeout(patience, asked).await {
                    Ok(Ok(transcript)) => transcript,
                    Ok(Err(_)) => Err(gone("the line is closed")),
                    Err(_) => Err(translate(&Trouble::late("text", patience))),
                },
            };
            match &heard {
                Ok(_) => attempt.answered(),
                Err(error) => attempt.failed(error.failure),
            }
            heard
        })
    }

    fn partials(&mut self) -> Option<mpsc::Receiver<String>> {
        self.partials.take()
    }
}

impl Shared {
    /// Connects and agrees on the session, within its time.
    async fn connect(&self, options: &ListenOptions) -> Result<Socket, Trouble> {
        if !self.breaker.allows() {
            let detail = "left alone for a while after its failures";
            return Err(Trouble::new(Failure::Unreachable, detail));
        }
        let limit = self.budgets.connect;
        let opened = timeout(limit, self.open(options)).await;
        let opened = opened.unwrap_or_else(|_| Err(Trouble::late("connection", limit)));
        opened.inspect_err(|trouble| trouble.report(&self.breaker))
    }

    async fn open(&self, options: &ListenOptions) -> Result<Socket, Trouble> {
        let unusable = || Trouble::new(Failure::Refused, "the address or the key cannot be used");
        let mut request = self.url.as_str().into_client_request().map_err(|_| unusable())?;
        let bearer = format!("Bearer {}", self.key.expose_secret());
        let mut bearer: http::HeaderValue = bearer.parse().map_err(|_| unusable())?;
        bearer.set_sensitive(true);
        request.headers_mut().insert("authorization", bearer);
        let limits = WebSocketConfig::default()
            .read_buffer_size(8 * 1024)
            .max_message_size(Some(MESSAGE_BYTES_MAX));
        let connecting = connect_async_with_config(request, Some(limits), true);
        let (mut socket, _) = connecting.await.map_err(|error| self.refused(&error))?;
        let session = json!({ "type": "session.update", "session": {
            "type": "transcription",
            "audio": { "input": {
                "format": { "type": "audio/pcm", "rate": WIRE_RATE },
                "transcription": {
                    "model": self.model,
                    "language": options.language.code(),
                    "prompt": options.hints.join(", "),
                },
                "turn_detection": null,
            } } } });
        let sent = socket.send(Frame::text(session.to_string())).await;
        sent.map_err(|error| broken(&error))?;
        Ok(socket)
    }

    fn refused(&self, problem: &Error) -> Trouble {
        let Error::Http(response) = problem else { return broken(problem) };
        let status = response.status();
        if status.is_success() {
            return Trouble::new(Failure::Nonsense, "a web page came instead of a line");
        }
        let body = response.body().as_deref().unwrap_or_default();
        let message = provider::quote(&String::from_utf8_lossy(body), &self.key);
        Trouble {
            failure: provider::failure_of(status),
            status: Some(status.as_u16()),
            retry_after: provider::retry_after(response.headers()),
            detail: format!("status {}: {message}", status.as_u16()),
        }
    }
}

/// The class of what happened to a line.
fn broken(problem: &Error) -> Trouble {
    let failure = match problem {
        Error::Protocol(
            ProtocolError::ResetWithoutClosingHandshake | ProtocolError::HandshakeIncomplete,
        ) => Failure::Unreachable,
        Error::Protocol(_) | Error::Utf8(_) | Error::Capacity(_) | Error::HttpFormat(_) => {
            Failure::Nonsense
        }
        _ => Failure::Unreachable,
    };
    Trouble::new(failure, provider::shorten(&problem.to_string()))
}
