//! Many at once: exactly one gets it, whatever breaks in between.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

mod checker;
mod cut;
#[path = "../support/database.rs"]
mod database;
#[path = "../support/history.rs"]
mod history;
mod interleavings;
mod late;
mod orders;
#[path = "../support/proxy.rs"]
mod proxy;
#[path = "../support/shop.rs"]
mod shop;
mod slots;
