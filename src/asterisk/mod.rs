//! Asterisk's side: media legs. Knows nothing of turns, models or the database.

pub mod audiosocket;
mod doors;
pub mod gate;
pub mod leg;
mod listener;
pub mod registry;
mod stop;
pub mod voice;
pub mod websocket;
