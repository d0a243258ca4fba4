//! What a caller can agree to. The core reads it back word for word before anything happens.

use crate::pii::Personal;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// A fitting service, in the words of the tools.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Old tyres off, new tyres on.
    #[default]
    TireChange,
    /// Balancing of the wheels.
    Balancing,
    /// Both.
    FullService,
}

/// The content of a yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Agreement {
    /// A fitting at a station on a day at a time.
    FittingBooking {
        /// The station's name as it is spoken.
        station_name: String,
        /// The station's address as it is spoken.
        address: String,
        /// The day, in the shop's zone.
        date: NaiveDate,
        /// The time, in the shop's zone.
        time: NaiveTime,
        /// What is done.
        service: Service,
        /// Whose name the booking is under.
        customer_name: Personal,
        /// The car: plate, or colour and make.
        vehicle: String,
    },
}
