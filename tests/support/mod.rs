//! What several suites share.
#![allow(dead_code, reason = "every suite uses another part of this")]
#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

pub mod agent;
pub mod brain;
pub mod database;
pub mod fake_store;
pub mod fakes;
pub mod history;
pub mod hostile;
pub mod line;
pub mod mini_core;
pub mod program;
pub mod provider_realtime;
pub mod provider_server;
pub mod proxy;
pub mod rng;
pub mod shop;
pub mod store_api;
pub mod typed_shop;
pub mod wire;
