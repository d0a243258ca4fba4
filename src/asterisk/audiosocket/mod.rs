//! AudioSocket: frame, connection, server.

mod connection;
pub mod frame;
mod inbound;
mod outbound;
pub mod rules;
pub mod server;
