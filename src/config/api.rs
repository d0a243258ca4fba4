//! `[api]`

use serde::{Deserialize, Serialize};

/// The interface for other programs, `/api/v1/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// Requests of one token in a minute.
    pub requests_per_minute_max: u32,
    /// Connections of its own to the database.
    pub connections_max: u32,
}

impl Default for Api {
    fn default() -> Self {
        Self { requests_per_minute_max: 300, connections_max: 4 }
    }
}
