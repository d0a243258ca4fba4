//! The log's way from the journal into a real Postgres.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

mod away;
#[path = "../support/database.rs"]
mod database;
mod days;
mod faults;
#[path = "../support/proxy.rs"]
mod proxy;
mod rows;
mod teller;
