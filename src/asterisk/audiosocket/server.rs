//! The AudioSocket listener.

use super::connection::{Limits, serve, turn_away};
use crate::asterisk::doors::{Caps, Inside};
use crate::asterisk::gate::Gate;
use crate::asterisk::leg::Leg;
use crate::asterisk::listener::{Listener, Protocol};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

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
    listener: Listener,
    limits: Limits,
}

impl Server {
    /// Binds the address.
    ///
    /// # Errors
    /// The address is taken or not ours.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "as its sibling, whose options hold a secret"
    )]
    pub fn bind(options: ServerOptions) -> std::io::Result<Self> {
        let caps = Caps {
            connections_max: options.connections_max,
            per_address_max: options.connections_per_address_max,
        };
        let limits = Limits { uuid_ms_max: options.uuid_ms_max, lead_ms: options.lead_ms };
        Ok(Self { listener: Listener::bind(options.listen, caps)?, limits })
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
        let protocol = AudioSocket { gate, legs, limits: self.limits };
        self.listener.run(protocol, stop).await;
    }
}

struct AudioSocket<G> {
    gate: G,
    legs: mpsc::Sender<Leg>,
    limits: Limits,
}

impl<G: Gate> Protocol for AudioSocket<G> {
    const CONNECTIONS: &'static str = "treadline_audiosocket_connections";
    const REJECTS: &'static str = "treadline_audiosocket_rejects_total";

    async fn serve(&self, socket: TcpStream, peer: SocketAddr, inside: Inside) {
        serve(socket, peer, inside, self.limits, &self.gate, &self.legs).await;
    }

    async fn turn_away(&self, socket: TcpStream) {
        turn_away(socket).await;
    }
}
