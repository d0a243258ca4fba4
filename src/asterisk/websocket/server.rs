//! The listener for Asterisk's media connections.

use super::connection::{Limits, serve, turn_away};
pub use super::handshake::Login;
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
    /// What a connection must show.
    pub login: Login,
    /// How far speech is sent ahead, milliseconds.
    pub ahead_ms: u64,
    /// Connections in all, with or without a UUID.
    pub connections_max: usize,
    /// Connections from one address; of a trusted one only those that have no UUID yet.
    pub connections_per_address_max: usize,
    /// Time for the request, and again for the first message, milliseconds.
    pub uuid_ms_max: u64,
}

/// A bound listener.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    login: Login,
    limits: Limits,
}

impl Server {
    /// Binds the address.
    ///
    /// # Errors
    /// The address is taken or not ours.
    pub fn bind(options: ServerOptions) -> std::io::Result<Self> {
        let caps = Caps {
            connections_max: options.connections_max,
            per_address_max: options.connections_per_address_max,
        };
        let limits = Limits { uuid_ms_max: options.uuid_ms_max, ahead_ms: options.ahead_ms };
        Ok(Self { listener: Listener::bind(options.listen, caps)?, login: options.login, limits })
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
        let protocol = WebSocket { gate, legs, login: self.login, limits: self.limits };
        self.listener.run(protocol, stop).await;
    }
}

struct WebSocket<G> {
    gate: G,
    legs: mpsc::Sender<Leg>,
    login: Login,
    limits: Limits,
}

impl<G: Gate> Protocol for WebSocket<G> {
    const CONNECTIONS: &'static str = "treadline_websocket_connections";
    const REJECTS: &'static str = "treadline_websocket_rejects_total";

    async fn serve(&self, socket: TcpStream, peer: SocketAddr, inside: Inside) {
        serve(socket, peer, inside, self.limits, &self.login, &self.gate, &self.legs).await;
    }

    async fn turn_away(&self, socket: TcpStream) {
        turn_away(socket).await;
    }
}
