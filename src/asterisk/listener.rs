//! What every listener of media does: accepts, counts, caps, and gives each connection a task.

use super::doors::{Caps, Doors, Inside};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections that wait to be accepted. Ten calls a second for many seconds.
const BACKLOG: u32 = 1024;
/// Bytes that the kernel holds for a peer that does not read: beyond them a stall is noticed.
const SEND_BYTES: u32 = 64 * 1024;
/// Pause after a failed accept, so that running out of file descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Connections too many that get a farewell at the same time; the others are only closed.
const FAREWELLS_MAX: usize = 128;

/// What is spoken on a listener's connections.
pub(super) trait Protocol: Send + Sync + 'static {
    /// The gauge of its connections.
    const CONNECTIONS: &'static str;
    /// The counter of what it rejects, by `reason`.
    const REJECTS: &'static str;

    /// Serves one connection to its end.
    fn serve(
        &self,
        socket: TcpStream,
        peer: SocketAddr,
        inside: Inside,
    ) -> impl Future<Output = ()> + Send;

    /// Refuses a connection that is one too many.
    fn turn_away(&self, socket: TcpStream) -> impl Future<Output = ()> + Send;
}

/// A bound listener.
#[derive(Debug)]
pub(super) struct Listener {
    listener: TcpListener,
    caps: Caps,
}

impl Listener {
    /// Binds the address.
    pub(super) fn bind(listen: SocketAddr, caps: Caps) -> std::io::Result<Self> {
        let socket = match listen {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        // Accepted sockets inherit it.
        socket.set_send_buffer_size(SEND_BYTES)?;
        socket.bind(listen)?;
        Ok(Self { listener: socket.listen(BACKLOG)?, caps })
    }

    pub(super) fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Accepts until `stop`, then waits for the connections that are open.
    pub(super) async fn run<P: Protocol>(self, protocol: P, stop: CancellationToken) {
        let protocol = Arc::new(protocol);
        let doors = Doors::new(self.caps, P::CONNECTIONS);
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
            // Without it the kernel would hold small frames back; with it off they are late, not
            // lost.
            let _ = socket.set_nodelay(true);
            let protocol = Arc::clone(&protocol);
            let Some(inside) = doors.enter(peer.ip()) else {
                metrics::counter!(P::REJECTS, "reason" => "connections_max").increment(1);
                // A polite word, as long as politeness is not used against us.
                if let Ok(permit) = Arc::clone(&farewells).try_acquire_owned() {
                    tasks.spawn(async move {
                        protocol.turn_away(socket).await;
                        drop(permit);
                    });
                }
                continue;
            };
            tasks.spawn(async move { protocol.serve(socket, peer, inside).await });
        }
        drop(self.listener);
        tasks.close();
        tasks.wait().await;
    }
}
