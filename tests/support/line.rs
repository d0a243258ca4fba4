//! Listening servers for tests, with a registry and the legs that they accept.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::asterisk::audiosocket::frame::encode_id;
use treadline::asterisk::audiosocket::server::{Server, ServerOptions};
use treadline::asterisk::leg::Leg;
use treadline::asterisk::registry::{Registry, RegistryOptions};
use treadline::asterisk::websocket::server as media;
use uuid::Uuid;

/// No wait is longer.
pub const PATIENCE: Duration = Duration::from_mins(1);
pub const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub struct Line {
    pub address: SocketAddr,
    /// Where `chan_websocket` connects to.
    pub media: SocketAddr,
    pub registry: Arc<Registry>,
    pub legs: mpsc::Receiver<Leg>,
    _stop: DropGuard,
}

pub struct Rules {
    pub trusted: bool,
    pub calls_max: usize,
    pub connections_max: usize,
    pub per_address_max: usize,
    pub uuid_ms_max: u64,
    /// Of `chan_websocket`; asked for from strangers.
    pub password: Option<&'static str>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            trusted: true,
            calls_max: 20,
            connections_max: 200,
            per_address_max: 64,
            uuid_ms_max: 1_000,
            password: None,
        }
    }
}

pub fn line(rules: &Rules) -> Line {
    let registry = Registry::new(RegistryOptions {
        trusted_peers: if rules.trusted { vec![LOCAL] } else { Vec::new() },
        calls_max: rules.calls_max,
        registration_lives: Duration::from_mins(2),
        overflow_next: "operator".into(),
    });
    let server = Server::bind(&ServerOptions {
        listen: SocketAddr::new(LOCAL, 0),
        lead_ms: 40,
        connections_max: rules.connections_max,
        connections_per_address_max: rules.per_address_max,
        uuid_ms_max: rules.uuid_ms_max,
    })
    .unwrap();
    let address = server.local_addr().unwrap();
    let (legs_in, legs) = mpsc::channel(32);
    let stop = CancellationToken::new();
    tokio::spawn(server.run(Arc::clone(&registry), legs_in.clone(), stop.clone()));
    let server = media::Server::bind(media::ServerOptions {
        listen: SocketAddr::new(LOCAL, 0),
        login: media::Login {
            user: "treadline".into(),
            password: rules.password.map(|password| password.to_owned().into()),
        },
        ahead_ms: 2_000,
        connections_max: rules.connections_max,
        connections_per_address_max: rules.per_address_max,
        uuid_ms_max: rules.uuid_ms_max,
    })
    .unwrap();
    let media = server.local_addr().unwrap();
    tokio::spawn(server.run(Arc::clone(&registry), legs_in, stop.clone()));
    Line { address, media, registry, legs, _stop: stop.drop_guard() }
}

impl Line {
    pub async fn leg(&mut self) -> Leg {
        timeout(PATIENCE, self.legs.recv()).await.expect("no leg in time").expect("server gone")
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Connects and gives a UUID.
    pub async fn open(&mut self) -> (TcpStream, Leg) {
        let mut socket = self.connect().await;
        socket.write_all(&encode_id(Uuid::new_v4())).await.unwrap();
        let leg = self.leg().await;
        (socket, leg)
    }
}

impl Line {
    /// Every place is given back.
    pub async fn nobody_is_left(&self) {
        let until = Instant::now() + PATIENCE;
        while self.registry.live() > 0 {
            assert!(Instant::now() < until, "a place is not given back");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
