//! What a caller can agree to. The core reads it back word for word before anything happens.

use super::{AgreedItem, DeliveryType, PaymentMethod};
use crate::pii::Personal;
use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
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
    /// A fitting that stands moves to another time, in one step.
    FittingMove {
        /// The station's name as it is spoken.
        station_name: String,
        /// The station's address as it is spoken.
        address: String,
        /// The day that it was on.
        from_date: NaiveDate,
        /// The time that it was at.
        from_time: NaiveTime,
        /// The new day.
        to_date: NaiveDate,
        /// The new time.
        to_time: NaiveTime,
    },
    /// A fitting that stands is given up.
    FittingCancel {
        /// The station's name as it is spoken.
        station_name: String,
        /// The station's address as it is spoken.
        address: String,
        /// Its day.
        date: NaiveDate,
        /// Its time.
        time: NaiveTime,
    },
    /// Tyres are bought.
    Order {
        /// What, in the order in which it was put together.
        items: Vec<AgreedItem>,
        /// How it travels.
        delivery: DeliveryType,
        /// The address, or the name and address of the pickup point, as spoken.
        destination: Personal,
        /// What the delivery costs, UAH.
        delivery_cost: Decimal,
        /// How it is paid.
        payment: PaymentMethod,
        /// All together, UAH.
        total: Decimal,
        /// Who receives it.
        recipient: Personal,
    },
}
