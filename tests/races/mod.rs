//! Many at once: exactly one gets it, whatever breaks in between.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

use crate::support::history;
use crate::support::proxy;
use crate::support::shop;

mod checker;
mod cut;
mod interleavings;
mod late;
mod orders;
mod slots;
