//! The shop's own tables as a back office, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

mod booking;
#[path = "../support/database.rs"]
mod database;
mod holds_and_moves;
mod isolation;
mod orders;
mod people;
mod search;
#[path = "../support/shop.rs"]
mod shop;
