//! `[retention]`: how long rows and records live.

use serde::{Deserialize, Serialize};

/// `[retention]`, in days of 24 hours. The defaults are those of the database's own lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Lines, tool calls, journal, traces, transfers: dropped by whole months once the last moment
    /// of the month is so old.
    pub turns_days: u16,
    /// Calls: then they lose their people, by whole months, and stay as numbers.
    pub calls_days: u16,
    /// Orders, bookings, agreements and tickets.
    pub orders_days: u16,
    /// Records that Postgres refused, in the spool's folder for a person to look at. Everything
    /// else leaves the spool as soon as Postgres has it on its disk.
    pub spool_days: u16,
    /// Calls and customers that were hidden can be brought back for so long.
    pub soft_delete_days: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            turns_days: 90,
            calls_days: 365,
            orders_days: 1_095,
            spool_days: 7,
            soft_delete_days: 30,
        }
    }
}
