//! Asterisk's REST interface: calls that come through a Stasis application, and people who are
//! brought to them.
//!
//! ```text
//! dial ──> link (one WebSocket: reads, queues) ──> board ──> call (a task each) ──> transfer
//!                └─< client (requests: WebSocket or HTTP) <──┴────────┘
//! ```
//!
//! What is ours in Asterisk bears our name ([`names`]), what we can ask is a list ([`Verb`]), and
//! after every connection the state is asked for ([`sync`]), because events may have been missed.

mod arrival;
mod board;
mod call;
mod client;
mod dial;
mod event;
mod link;
mod names;
mod note;
mod plan;
mod sync;
mod transfer;
mod verb;

pub use arrival::Media;
pub use client::{AriError, Client};
pub use event::{Bridge, Channel, Event, Party, Place, Version};
pub use plan::{Happening, Kind, LiveCall, Plan, Progress};
pub use verb::{MediaWay, Method, Verb, Wire};

use crate::asterisk::registry::Registry;
use board::Board;
use dial::{Dialler, Standing};
use link::EVENTS_WAITING_MAX;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Away for so long, Asterisk is missed: readiness turns red.
const MISSED: Duration = Duration::from_secs(10);

/// Where Asterisk is, and how calls are treated.
#[derive(Debug, Clone)]
pub struct Options {
    /// Base of its HTTP server.
    pub url: String,
    /// User of `ari.conf`.
    pub user: String,
    /// The user's password.
    pub password: SecretString,
    /// The Stasis application.
    pub app: String,
    /// For calls whose dialplan does not say.
    pub media: Media,
    /// Where Asterisk finds our AudioSocket listener.
    pub audiosocket_host: String,
    /// The entry of `websocket_client.conf` that leads to our media WebSocket.
    pub websocket_client: String,
    /// Where Asterisk connects to us; none: we connect to it.
    pub listen: Option<SocketAddr>,
    /// The context of calls that cannot be served.
    pub fallback_context: String,
    /// The context of calls that are handed over.
    pub transfer_context: String,
    /// Names that may be an extension there.
    pub targets: Vec<String>,
}

/// The connection with one Asterisk, and the calls that came over it.
#[derive(Clone)]
pub struct Ari {
    board: Arc<Board>,
    standing: watch::Receiver<Standing>,
    listens_on: Option<SocketAddr>,
}

impl std::fmt::Debug for Ari {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ari").field("calls", &self.board.count()).finish_non_exhaustive()
    }
}

impl Ari {
    /// Connects, or waits for Asterisk to connect, until `stop`. An Asterisk that is away is no
    /// error.
    ///
    /// # Errors
    /// The address to listen on cannot be bound, or the HTTP client cannot be made.
    pub async fn start(
        options: Options,
        registry: Arc<Registry>,
        stop: CancellationToken,
    ) -> std::io::Result<Self> {
        let client = Client::new(&options.url, &options.user, options.password.clone());
        let client = Arc::new(client.map_err(std::io::Error::other)?);
        let listener = match options.listen {
            Some(address) => Some(TcpListener::bind(address).await?),
            None => None,
        };
        let listens_on = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let (sender, queue) = mpsc::channel(EVENTS_WAITING_MAX);
        let (standing_in, standing) = watch::channel(Standing::down());
        let app = options.app.clone();
        let board = Board::new(options, Arc::clone(&client), registry);
        let dialler =
            Dialler { client, app, queue: sender, standing: standing_in, stop: stop.clone() };
        match listener {
            Some(listener) => tokio::spawn(dialler.listen(listener)),
            None => tokio::spawn(dialler.keep_connected()),
        };
        tokio::spawn(Arc::clone(&board).run(queue, stop));
        Ok(Self { board, standing, listens_on })
    }

    /// The hand of a call that came over ARI; none for all others.
    #[must_use]
    pub fn live(&self, id: Uuid) -> Option<LiveCall> {
        self.board.live(id)
    }

    /// Calls at this moment, those among them that are with a person.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.board.count()
    }

    /// Events come now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.standing.borrow().up
    }

    /// Events come, or have been missing for moments only.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let standing = *self.standing.borrow();
        standing.up || standing.since.elapsed() < MISSED
    }

    /// Where Asterisk may connect to.
    #[must_use]
    pub const fn listens_on(&self) -> Option<SocketAddr> {
        self.listens_on
    }

    /// Waits until every call is over and nothing of it is left in Asterisk.
    pub async fn drained(&self) {
        self.board.drained().await;
    }
}
