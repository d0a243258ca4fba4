//! Treadline: a voice agent that answers a tyre shop's phone line.
//!
//! # The map
//!
//! One call is one pure state machine ([`turn`]): events in, effects out, time is an argument.
//! One task ([`session`]) owns a call: it joins the media leg, the providers, the tools and the
//! log, and feeds the machine. Arrows point one way:
//!
//! ```text
//! turn audio language shop ids pii clock      pure; depend on nothing outside this line
//! db store spool                              -> the pure line
//! tools                                       -> shop, store, language, turn's types
//! provider                                    -> the pure line, breaker
//! stt llm tts                                 -> the pure line, provider, breaker
//! asterisk caller                             -> the pure line (caller -> asterisk's codec)
//! session                                     -> all of these
//! caller                                      -> the pure line, asterisk's frames
//! http jobs                                   -> db, store, session's and asterisk's registry
//! app cli                                     -> everything; nothing -> app, cli
//! ```
//!
//! `tests/house.rs` parses every `use crate::` and fails on an arrow that is not in this drawing.

pub mod app;
pub mod asterisk;
pub mod audio;
pub mod breaker;
pub mod caller;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod language;
pub mod llm;
pub mod pii;
pub mod provider;
pub mod session;
pub mod shop;
pub mod spool;
pub mod store;
pub mod stt;
pub mod tools;
pub mod tts;
pub mod turn;
