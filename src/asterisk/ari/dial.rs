//! Coming together with Asterisk: we connect to it for ever, or it connects to us.

use super::client::Client;
use super::link::{Heard, link};
use crate::ids::sha256_hex;
use futures_util::{Sink, Stream};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{accept_hdr_async, connect_async};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// For the handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(1);
/// The first pause between two attempts, and the longest.
const PAUSE_MIN: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// A connection that lived so long was a good one: the next pause is short again.
const GOOD: Duration = Duration::from_secs(10);

/// Whether Asterisk's events come, and since when that is so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) up: bool,
    pub(super) since: Instant,
}

impl Standing {
    pub(super) fn down() -> Self {
        Self { up: false, since: Instant::now() }
    }
}

/// Everything that a connection needs.
#[derive(Clone)]
pub(super) struct Dialler {
    pub(super) client: Arc<Client>,
    pub(super) app: String,
    pub(super) queue: mpsc::Sender<Heard>,
    pub(super) standing: watch::Sender<Standing>,
    pub(super) stop: CancellationToken,
}

impl Dialler {
    /// Connects, and connects again, until `stop`.
    pub(super) async fn keep_connected(self) {
        let mut pause = PAUSE_MIN;
        while !self.stop.is_cancelled() {
            match timeout(HANDSHAKE_MAX, self.connect()).await {
                Ok(Ok(socket)) => {
                    let began = Instant::now();
                    self.serve(socket, false, &self.stop).await;
                    if began.elapsed() >= GOOD {
                        pause = PAUSE_MIN;
                    }
                }
                Ok(Err(error)) => self.failed(&describe(&error)),
                Err(_) => self.failed("no answer in time"),
            }
            let _ = self.stop.run_until_cancelled(sleep(jittered(pause))).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn connect(
        &self,
    ) -> Result<
        impl Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + use<>,
        Error,
    > {
        let mut request = self.client.events_url(&self.app).into_client_request()?;
        let authorization = HeaderValue::from_str(&self.client.authorization())?;
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
        let (socket, _) = connect_async(request).await?;
        Ok(socket)
    }

    fn failed(&self, why: &str) {
        metrics::counter!("treadline_ari_connect_failures_total").increment(1);
        // Once a second would fill the log; the first one and the readiness say it.
        if self.standing.borrow().since.elapsed() < PAUSE_MIN * 2 {
            tracing::warn!(why, "cannot connect to Asterisk's ARI; trying again and again");
        } else {
            tracing::debug!(why, "still cannot connect to Asterisk's ARI");
        }
    }

    /// Waits for Asterisk to connect, until `stop`. A new connection takes the place of the old
    /// one: an Asterisk that was restarted must not wait for its own ghost.
    pub(super) async fn listen(self, listener: TcpListener) {
        let mut current: Option<(CancellationToken, tokio::task::JoinHandle<()>)> = None;
        while let Some(accepted) = self.stop.run_until_cancelled(listener.accept()).await {
            let Ok((socket, peer)) = accepted else {
                sleep(PAUSE_MIN).await;
                continue;
            };
            let socket = match timeout(HANDSHAKE_MAX, self.shake_hands(socket)).await {
                Ok(Ok(socket)) => socket,
                Ok(Err(error)) => {
                    tracing::warn!(%peer, error = describe(&error), "no ARI connection");
                    continue;
                }
                Err(_) => continue,
            };
            if let Some((end, task)) = current.take() {
                end.cancel();
                let _ = task.await;
            }
            let end = self.stop.child_token();
            let (dialler, token) = (self.clone(), end.clone());
            let task = tokio::spawn(async move { dialler.serve(socket, true, &token).await });
            current = Some((end, task));
        }
        if let Some((_, task)) = current {
            let _ = task.await;
        }
    }

    async fn shake_hands(
        &self,
        socket: TcpStream,
    ) -> Result<
        impl Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + use<>,
        Error,
    > {
        let _ = socket.set_nodelay(true);
        let expected = sha256_hex(&self.client.authorization());
        #[expect(clippy::result_large_err, reason = "the form that the library asks for")]
        let check = move |request: &Request, mut response: Response| {
            let refused = |status: StatusCode| {
                let mut refusal = ErrorResponse::new(None);
                *refusal.status_mut() = status;
                Err(refusal)
            };
            let headers = request.headers();
            let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            // By their hashes: the time that a comparison takes tells nothing of the password.
            if sha256_hex(given.unwrap_or_default()) != expected {
                return refused(StatusCode::UNAUTHORIZED);
            }
            if request.uri().path() != "/ari" {
                return refused(StatusCode::NOT_FOUND);
            }
            let asked = headers.get(header::SEC_WEBSOCKET_PROTOCOL);
            let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or_default();
            if asked.split(',').any(|protocol| protocol.trim() == "ari") {
                let protocol = HeaderValue::from_static("ari");
                response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
            }
            Ok(response)
        };
        accept_hdr_async(socket, check).await
    }

    /// One connection from its beginning to its end. `over_websocket`: it came from an Asterisk
    /// that is new enough for requests over it.
    async fn serve<S>(&self, socket: S, over_websocket: bool, stop: &CancellationToken)
    where
        S: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error>,
    {
        let (link, ends) = link(socket);
        self.client.connected(link, over_websocket);
        self.standing.send_replace(Standing { up: true, since: Instant::now() });
        metrics::counter!("treadline_ari_connects_total").increment(1);
        metrics::gauge!("treadline_ari_connected").set(1.0);
        tracing::info!(app = self.app, "connected with Asterisk's ARI");
        let _ = self.queue.send(Heard::Up).await;
        let why = ends.run(&self.queue, stop).await;
        self.client.disconnected();
        self.standing.send_replace(Standing::down());
        metrics::gauge!("treadline_ari_connected").set(0.0);
        if !stop.is_cancelled() {
            tracing::warn!(why, "the connection with Asterisk's ARI ended");
        }
        let _ = self.queue.send(Heard::Down).await;
    }
}

/// Between half of `pause` and all of it, so that several that were cut off together do not come
/// back together.
fn jittered(pause: Duration) -> Duration {
    let share = f64::from((Uuid::new_v4().as_u128() % 1_000) as u32) / 1_000.0;
    pause.mul_f64(0.5 + share / 2.0)
}

/// What is wrong, without the address and its secrets.
fn describe(error: &Error) -> String {
    match error {
        Error::Http(response) => match response.status() {
            StatusCode::UNAUTHORIZED => "user or password of ari.conf is another".into(),
            status => format!("HTTP status {}", status.as_u16()),
        },
        Error::Io(error) => error.to_string(),
        _ => "the handshake failed".into(),
    }
}
