//! `[webhooks]`

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What is told to the shop's other systems.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Addresses of the own network that may be told.
    pub private_addresses: Vec<IpAddr>,
}
