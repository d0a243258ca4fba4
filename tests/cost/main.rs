//! What a call costs: every step in the log with its price, ceilings for a call and for the hour,
//! and what the caller hears when one is reached. Real calls; the brain is an OpenAI-compatible
//! endpoint on the loopback interface, all prices are made up.

#[path = "../support/agent.rs"]
mod agent;
#[allow(dead_code, reason = "every test program uses another part of this")]
#[path = "../endpoint/brain.rs"]
mod brain;
mod ceilings;
#[path = "../support/database.rs"]
mod database;
#[path = "../support/fakes.rs"]
mod fakes;
mod hour;
mod paid;
mod steps;
#[path = "../endpoint/wire.rs"]
mod wire;
