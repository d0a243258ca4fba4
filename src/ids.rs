//! Identifiers. Every effect on the world has an id made before it runs, derived from what was
//! agreed, so that a repeat is the same effect.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A call: for AudioSocket it is the UUID of the connection; the primary key of `calls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CallId(pub Uuid);

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A shop. Every row in the database belongs to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TenantId(pub Uuid);

impl TenantId {
    /// The tenant that the first migration makes.
    pub const DEFAULT: TenantId = TenantId(Uuid::from_u128(1));
}

/// A row id that is the same each time it is made from the same call and name, so that a log
/// record replayed twice is one row.
#[must_use]
pub fn row_id(call: CallId, name: &str) -> Uuid {
    Uuid::new_v5(&call.0, name.as_bytes())
}

/// SHA-256 of a text, in lower-case hex.
#[must_use]
pub fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The key of an effect: from the call, the intent (tool name) and the agreed content.
///
/// Equal agreements in one call give equal keys, so that repeats, retries and crashes make one
/// order. `agreed` must be canonical: `serde_json` maps are sorted by key, which is enough.
#[must_use]
pub fn effect_key(call: CallId, tool: &str, agreed: &serde_json::Value) -> String {
    sha256_hex(&format!("{call}\n{tool}\n{agreed}"))
}
