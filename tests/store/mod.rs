//! The shop's own tables as a back office, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

use crate::support::shop;

mod booking;
mod holds_and_moves;
mod isolation;
mod orders;
mod people;
mod search;
