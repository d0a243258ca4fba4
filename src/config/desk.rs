//! `[desk]`

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The pages for operators and for those who look at the figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Desk {
    /// How browsers reach the desk, if not by `server.listen` itself: `https://desk.example.com`.
    pub public_url: String,
    /// Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub proxies: Vec<IpAddr>,
    /// Must an operator say how a talk ended?
    pub wrap_up_required: bool,
    /// Connections of the desk's own to the database.
    pub connections_max: u32,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            public_url: String::new(),
            proxies: Vec::new(),
            wrap_up_required: true,
            connections_max: 4,
        }
    }
}
