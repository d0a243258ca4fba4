//! Asterisk's side: media legs. Knows nothing of turns, models or the database.

pub mod audiosocket;
pub mod leg;
pub mod registry;
