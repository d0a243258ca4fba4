//! Asterisk's side: media legs, and its REST interface. Knows nothing of turns, models or the database.

pub mod ari;
pub mod audiosocket;
pub mod callers;
mod doors;
pub mod gate;
pub mod leg;
mod listener;
mod refusal;
mod registration;
pub mod registry;
mod stop;
pub mod voice;
pub mod websocket;
