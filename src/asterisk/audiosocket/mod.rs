//! AudioSocket: frame, connection, server.

mod connection;
mod doors;
pub mod frame;
mod inbound;
mod outbound;
pub mod rules;
pub mod server;
mod stop;
