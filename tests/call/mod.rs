//! Whole calls from outside: what the caller hears, what stands in the database.

use crate::support::agent;
use crate::support::database;
use crate::support::fakes;
use crate::support::proxy;

mod away;
mod faults;
mod keys;
mod nodes;
mod operators;
mod over_the_end;
mod panics;
mod served;
mod tenants;
