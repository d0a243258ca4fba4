//! `chan_websocket`: Asterisk connects, says who calls in the address, streams raw audio as binary
//! messages, and plays ours by its own clock. Words of control are JSON in text messages.

mod connection;
mod feed;
mod handshake;
mod hear;
pub mod message;
pub mod server;
