//! One WebSocket with Asterisk. The reader only reads and queues: Asterisk cuts off whoever does not
//! read for a tenth of a second, so nothing may stand in its way.

use super::event::Event;
use super::verb::Wire;
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, interval};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Events that wait to be acted upon. A hundred calls make some thousand while a processor is away
/// for seconds; beyond that the connection is given up, and the state is asked for anew.
pub(super) const EVENTS_WAITING_MAX: usize = 4_096;
/// Messages that wait to be sent.
const SENDING_MAX: usize = 256;
/// We ask for a sign of life this often.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Without any sign of life for so long the connection is dead, whatever TCP says.
const QUIET_MAX: Duration = Duration::from_secs(30);

/// What a connection brings, in order.
#[derive(Debug)]
pub(super) enum Heard {
    /// Events come from now on.
    Up,
    /// Something happened.
    Event(Box<Event>),
    /// No more events come; what happens now must be asked for later.
    Down,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

type Pending = Arc<Mutex<HashMap<String, oneshot::Sender<Answer>>>>;

/// A connection as requests see it.
#[derive(Debug)]
pub(super) struct Link {
    out: mpsc::Sender<Message>,
    pending: Pending,
}

impl Link {
    /// Sends a request over the WebSocket; `None` if the connection ends before the answer.
    pub(super) async fn ask(&self, wire: &Wire) -> Option<Answer> {
        let id = Uuid::new_v4().to_string();
        let query: Vec<Value> = wire
            .query
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        let mut request = json!({
            "type": "RESTRequest", "transaction_id": id, "request_id": id,
            "method": wire.method.word(), "uri": wire.path, "query_strings": query,
        });
        if let Some(body) = &wire.body {
            request["content_type"] = "application/json".into();
            request["message_body"] = body.to_string().into();
        }
        let (sender, answer) = oneshot::channel();
        // Given up with the request: an answer that comes too late finds nobody.
        let _place = Place::take(&self.pending, id, sender);
        self.out.send(Message::text(request.to_string())).await.ok()?;
        answer.await.ok()
    }
}

/// A place in the list of open requests, left when it is dropped.
struct Place<'p> {
    pending: &'p Pending,
    id: String,
}

impl<'p> Place<'p> {
    fn take(pending: &'p Pending, id: String, sender: oneshot::Sender<Answer>) -> Self {
        if let Ok(mut open) = pending.lock() {
            open.insert(id.clone(), sender);
        }
        Self { pending, id }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Ok(mut open) = self.pending.lock() {
            open.remove(&self.id);
        }
    }
}

/// Why a connection ended: for one log line.
pub(super) type Why = &'static str;

/// The two tasks of a connection, before they run.
pub(super) struct Ends<S> {
    socket: S,
    sending: mpsc::Receiver<Message>,
    pending: Pending,
}

/// Makes a link over a socket whose handshake is done.
pub(super) fn link<S>(socket: S) -> (Arc<Link>, Ends<S>) {
    let (out, sending) = mpsc::channel(SENDING_MAX);
    let pending = Pending::default();
    let link = Link { out, pending: Arc::clone(&pending) };
    (Arc::new(link), Ends { socket, sending, pending })
}

impl<S> Ends<S>
where
    S: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error>,
{
    /// Reads and writes until the connection ends; events go to `queue`.
    pub(super) async fn run(self, queue: &mpsc::Sender<Heard>, stop: &CancellationToken) -> Why {
        let (sink, stream) = self.socket.split();
        let why = tokio::select! {
            why = read(stream, &self.pending, queue) => why,
            why = write(sink, self.sending) => why,
            () = stop.cancelled() => "stopped",
        };
        if let Ok(mut open) = self.pending.lock() {
            open.clear();
        }
        why
    }
}

async fn read(
    mut stream: impl Stream<Item = Result<Message, Error>> + Unpin,
    pending: &Pending,
    queue: &mpsc::Sender<Heard>,
) -> Why {
    loop {
        let message = match tokio::time::timeout(QUIET_MAX, stream.next()).await {
            Err(_) => return "no sign of life",
            Ok(None) => return "closed",
            Ok(Some(Err(_))) => return "broken",
            Ok(Some(Ok(message))) => message,
        };
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return "closed by Asterisk",
            _ => continue,
        };
        match serde_json::from_str::<Event>(&text) {
            Ok(Event::Other) => {}
            Ok(Event::RestResponse { request_id, status_code, message_body }) => {
                let waiting = pending.lock().ok().and_then(|mut open| open.remove(&request_id));
                if let Some(waiting) = waiting {
                    let body = message_body.and_then(|text| serde_json::from_str(&text).ok());
                    let body = body.unwrap_or_default();
                    let _ = waiting.send(Answer { status: status_code, body });
                }
            }
            Ok(event) => {
                if queue.try_send(Heard::Event(Box::new(event))).is_err() {
                    return "more events than can be acted upon";
                }
            }
            Err(error) => {
                metrics::counter!("treadline_ari_nonsense_total").increment(1);
                tracing::debug!(%error, "Asterisk told something that makes no sense");
            }
        }
    }
}

async fn write(
    mut sink: impl Sink<Message, Error = Error> + Unpin,
    mut sending: mpsc::Receiver<Message>,
) -> Why {
    let mut pings = interval(PING_EVERY);
    pings.reset_at(Instant::now() + PING_EVERY);
    loop {
        let message = tokio::select! {
            message = sending.recv() => match message {
                Some(message) => message,
                None => return "given up",
            },
            _ = pings.tick() => Message::Ping(Vec::new().into()),
        };
        if sink.send(message).await.is_err() {
            return "broken";
        }
    }
}
