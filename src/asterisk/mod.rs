//! Asterisk's side: media legs, and its REST interface. Knows nothing of turns, models or the database.

pub mod ari;
pub mod audiosocket;
pub mod leg;
mod registration;
pub mod registry;
