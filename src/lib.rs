//! Treadline: a voice agent that answers a tyre shop's phone line.
//!
//! # The map
//!
//! One call is one pure state machine ([`turn`]): events in, effects out, time is an argument.
//! One task ([`session`]) owns a call: it joins the media leg, the providers, the tools and the
//! log, and feeds the machine. Arrows point one way:
//!
//! ```text
//! turn audio language shop ids pii clock
//! chart                                       the pure line: depends on nothing outside itself
//! parts                                       where the set-up puts things
//! fuzz                                        what nobody expects, for unit tests alone
//! config spool breaker                        -> the pure line
//! asterisk                                    -> breaker
//! provider                                    -> breaker
//! stt llm tts embed                           -> provider, breaker
//! db                                          -> config, spool, parts
//! store                                       -> db, embed, provider, breaker
//! tools                                       -> store, llm (the form of a tool's description)
//! session                                     -> asterisk, stt, llm, tts, tools, store, config,
//!                                                spool
//! http caller browser                         -> asterisk
//! desk                                        -> config, db, http (who the peer is), spool
//! api                                         -> config, db, http (who the peer is)
//! webhooks                                    -> db
//! alerts                                      -> config, db, jobs
//! jobs                                        -> asterisk, db, llm, spool, store
//! app                                         -> asterisk, stt, llm, tts, embed, tools, store,
//!                                                session, db, http, desk, api, webhooks, alerts,
//!                                                browser, jobs, config, parts
//! cli                                         -> everything; nothing -> cli
//! ```
//!
//! Everyone may use the pure line. Where the lines end:
//!
//! - The model proposes, the core ([`turn`]) disposes: a wish becomes an effect only by the core's
//!   rules, and what no event has told the core does not exist for it.
//! - Whatever asks the world ([`stt`], [`llm`], [`tts`], [`tools`]) has a deadline, and something
//!   behind it when it fails.
//! - SQL stands in [`db`] and [`store`] only. What a call leaves goes through the journal
//!   ([`spool`]) first, so that a database that is away loses nothing.
//! - Samples do not pass through the core: [`session`] carries them between [`asterisk`], the
//!   providers and [`audio`]'s playout.
//!
//! `tests/house.rs` parses every `use crate::` and fails on an arrow that is not in this drawing.

pub mod alerts;
pub mod api;
pub mod app;
pub mod asterisk;
pub mod audio;
pub mod breaker;
pub mod browser;
pub mod caller;
pub mod chart;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod desk;
pub mod embed;
#[cfg(test)]
mod fuzz;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod language;
pub mod llm;
pub mod metering;
pub mod parts;
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
pub mod webhooks;
