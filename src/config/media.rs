//! `[websocket]`: calls whose sound comes over `chan_websocket`.

use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// `[websocket]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Websocket {
    /// Address of the listener for Asterisk's media connections.
    pub listen: SocketAddr,
    /// The user that Asterisk's `websocket_client.conf` names; the password there is
    /// `TREADLINE_CALL_SECRET`. Not asked for from `audiosocket.trusted_peers`.
    pub user: String,
    /// Speech sent ahead of Asterisk's clock, milliseconds.
    pub ahead_ms: u64,
}

impl Default for Websocket {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9094),
            user: "treadline".into(),
            ahead_ms: 2_000,
        }
    }
}
