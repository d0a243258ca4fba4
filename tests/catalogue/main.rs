//! The catalogue of failures: what went wrong in production in a comparable call centre, each item
//! a test that runs the whole loop (core, tools, Postgres) over text. A scripted model commits
//! exactly the mistake of the item, or the local brain answers where the item is about
//! understanding; what the caller hears and what stands in the database is judged.
//!
//! Each test names its item in its first line. Items that are proven elsewhere, or whose failure
//! this product cannot have:
//!
//! | item | where |
//! |---|---|
//! | 31, partitions are made ahead and by need | `tests/database.rs`, `running.rs` here |
//! | 24, a back office that lacks fitting | `tests/store_api/flow.rs`, `running.rs` here |
//! | 25, every provider fails or hangs, by sound | `tests/call/faults.rs`, `running.rs` here |
//! | consent, limits and ownership, without each guard | `tests/hostile`, `tests/tools/guards.rs` |
//! | an unknown frame type, a panic in a call's own task | `tests/audiosocket.rs`, `tests/call/panics.rs` |
//! | a barge-in keeps only what was heard | `tests/simulation/listening.rs`, `tests/call/served.rs` |
//! | the database is away, the log arrives once | `tests/call/away.rs` |
//! | two callers for one time, two yeses for one order | `tests/races` |
//! | prices by rim and never by article code | `tests/store/search.rs` |
//! | the call's row names its order and its fitting | `tests/store/isolation.rs` |

#[path = "../support/database.rs"]
mod database;

mod booking;
mod hearing;
mod line;
mod people;
mod running;
mod shop;
mod words;
