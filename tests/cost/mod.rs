//! What a call costs: every step in the log with its price, ceilings for a call and for the hour,
//! and what the caller hears when one is reached. Real calls; the brain is an OpenAI-compatible
//! endpoint on the loopback interface, all prices are made up.

use crate::support::agent;
use crate::support::brain;
use crate::support::database;
use crate::support::fakes;
use crate::support::wire;

mod ceilings;
mod hour;
mod paid;
mod steps;
