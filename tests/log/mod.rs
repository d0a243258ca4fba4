//! The log's way from the journal into a real Postgres.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

use crate::support::database;
use crate::support::proxy;

mod away;
mod days;
mod faults;
mod outage;
mod rows;
pub mod teller;
