//! Whole calls from outside: what the caller hears, what stands in the database.

#[path = "../support/agent.rs"]
mod agent;
mod away;
#[path = "../support/database.rs"]
mod database;
#[path = "../support/fakes.rs"]
mod fakes;
mod faults;
mod keys;
mod over_the_end;
mod panics;
#[path = "../support/proxy.rs"]
mod proxy;
mod served;
mod tenants;
