//! A leg to a browser: somebody at the desk speaks with the agent through their own microphone.
//!
//! The browser queues what it gets and plays it by its own clock, as `chan_websocket` does, and says
//! by marks what it has played. Samples are binary messages (16 bit, little-endian, mono,
//! [`RATE`] a second), words are JSON in text messages.

mod message;
mod talk;

pub use talk::serve;

/// Samples a second, both ways: what the recogniser listens to.
pub const RATE: u32 = 16_000;
