//! The `chan_websocket` listener over real TCP: what only this protocol has.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use crate::support::line;

mod door;
mod protocol;
mod raw;
