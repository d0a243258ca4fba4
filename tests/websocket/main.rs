//! The `chan_websocket` listener over real TCP: what only this protocol has.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod door;
#[path = "../line/mod.rs"]
mod line;
mod protocol;
mod raw;
