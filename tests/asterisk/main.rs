//! Real telephone calls through a real Asterisk to the program as a shop runs it. What is judged is
//! what a caller and an operator hear, packet by packet, and what is left behind.
//!
//! `TREADLINE_SKIP=asterisk` skips these, loudly; with `CI=true` that is an error.

#[allow(dead_code, reason = "another suite uses the rest of it")]
#[path = "../support/database.rs"]
mod database;
#[allow(dead_code, reason = "every test program uses another part of this")]
#[path = "../support/program.rs"]
mod program;

mod line;
mod pbx;
mod phone;
mod studio;

mod ari_calls;
mod ari_transfers;
mod ari_trouble;
mod ari_websocket;
mod handover;
mod leaving;
mod stasis_websocket;
mod trouble;
mod ways;
mod ws_doctor;
mod ws_keys;
mod ws_sound;
