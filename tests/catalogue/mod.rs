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
//! | 31 in the database itself | `tests/database.rs`: `a_call_of_a_missing_month_is_kept_and_moves_when_the_month_is_made` |
//! | 24 over a back office | `tests/store_api/flow.rs`: `what_the_shop_lacks_is_hidden_and_refused` |
//! | 25 with sound, each provider | `tests/call/faults.rs` |
//! | consent, limits, ownership: each guard taken away | `tests/hostile`, `tests/tools/guards.rs` |
//! | an unknown frame type drops the call | `tests/audiosocket.rs`: `nine_unknown_kinds_are_skipped_and_the_tenth_ends_the_call` |
//! | a panic in a call's own task | `tests/call/panics.rs` |
//! | a partly spoken sentence is lost | `tests/simulation/listening.rs`, `tests/call/served.rs` |
//! | the log is lost while the database is away | `tests/call/away.rs` |
//! | two callers for one time, two yeses for one order | `tests/races` |
//! | fitting prices are found by the rim's own column | `tests/store/search.rs`: `fitting_has_a_price_for_each_class_of_vehicle` |
//! | a call does not lead to what it sold | `tests/store/isolation.rs`: `a_call_shows_what_it_agreed_to_and_sold` |

use crate::support::typed_shop;

mod booking;
mod hearing;
mod line;
mod people;
mod running;
mod shop;
mod words;
