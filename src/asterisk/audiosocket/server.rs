//! The listener: accepts, counts, caps, and gives each connection a task.

use super::connection::{Limits, serve, turn_away};
use super::doors::{Caps, Doors};
use crate::asterisk::leg::Leg;
use crate::asterisk::registry::Registry;
use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Connections that wait to be accepted. Ten calls a second for many seconds.
const BACKLOG: u32 = 1024;
/// Bytes that the kernel holds for a peer that does not read: beyond them a stall is noticed.
const SEND_BYTES: u32 = 64 * 1024;
/// Pause after a failed accept, so that running out of file descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Connections too many that get a farewell at the same time; the others are only closed.
const FAREWELLS_MAX: usize = 128;

/// What is kept while a call is live; dropped with its connection.
pub type Permit = Box<dyn Any + Send>;

/// Decides who may talk.
pub trait Gate: Send + Sync + 'static {
    /// Lets a call in until the permit is dropped.
    ///
    /// # Errors
    /// Why not: the label of `treadline_calls_refused_total`.
    fn admit(&self, peer: SocketAddr, id: Uuid) -> Result<Permit, &'static str>;

    /// Whether many calls may come from this address.
    fn is_trusted(&self, address: IpAddr) -> bool;
}

impl Gate for Arc<Registry> {
    fn admit(&self, peer: SocketAddr, id: Uuid) -> Result<Permit, &'static str> {
        match Registry::admit(self, peer, id) {
            Ok(admission) => Ok(Box::new(admission)),
            Err(refusal) => Err(refusal.why()),
        }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        Registry::is_trusted(self, address)
    }
}

/// How the listener behaves.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Where to listen; port 0 finds a free one.
    pub listen: SocketAddr,
    /// How far speech may run ahead of the schedule, milliseconds.
    pub lead_ms: u64,
    /// Connections in all, with or without a UUID.
    pub connections_max: usize,
    /// Connections from one address; of a trusted one only those that have no UUID yet.
    pub connections_per_address_max: usize,
    /// Time for the UUID, milliseconds.
    pub uuid_ms_max: u64,
}

/// A bound listener.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    options: ServerOptions,
}

impl Server {
    /// Binds the address.
    ///
    /// # Errors
    /// The address is taken or not ours.
    pub fn bind(options: ServerOptions) -> std::io::Result<Self> {
        let socket = match options.listen {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        // Accepted sockets inherit it.
        socket.set_send_buffer_size(SEND_BYTES)?;
        socket.bind(options.listen)?;
        Ok(Self { listener: socket.listen(BACKLOG)?, options })
    }

    /// The address that was bound.
    ///
    /// # Errors
    /// The system does not say.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Accepts until `stop`, then waits for the connections that are open. Legs whose calls were
    /// admitted go to `legs`.
    pub async fn run(self, gate: impl Gate, legs: mpsc::Sender<Leg>, stop: CancellationToken) {
        let gate: Arc<dyn Gate> = Arc::new(gate);
        let doors = Doors::new(Caps {
            connections_max: self.options.connections_max,
            per_address_max: self.options.connections_per_address_max,
        });
        let tasks = TaskTracker::new();
        let farewells = Arc::new(Semaphore::new(FAREWELLS_MAX));
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => accepted,
            };
            let (socket, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Some(inside) = doors.enter(peer.ip()) else {
                metrics::counter!("treadline_audiosocket_rejects_total",
                    "reason" => "connections_max")
                .increment(1);
                // A polite word, as long as politeness is not used against us.
                if let Ok(permit) = Arc::clone(&farewells).try_acquire_owned() {
                    tasks.spawn(async move {
                        turn_away(socket).await;
                        drop(permit);
                    });
                }
                continue;
            };
            let (gate, legs) = (Arc::clone(&gate), legs.clone());
            let limits =
                Limits { uuid_ms_max: self.options.uuid_ms_max, lead_ms: self.options.lead_ms };
            tasks.spawn(async move {
                serve(socket, peer, inside, limits, gate.as_ref(), &legs).await;
            });
        }
        drop(self.listener);
        tasks.close();
        tasks.wait().await;
    }
}
