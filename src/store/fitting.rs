//! Stations, times, bookings, prices of fitting, and stored tyres.

use crate::pii::{Personal, Phone};
use crate::shop::Service;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A fitting station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Station {
    /// Row id; never spoken.
    pub id: Uuid,
    /// The six-digit code that the model uses as `station_id`; never spoken.
    pub code: String,
    /// Name as spoken.
    pub name: String,
    /// City.
    pub city: String,
    /// District.
    pub district: String,
    /// Address as spoken.
    pub address: String,
}

/// A time that can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// The day, in the shop's zone.
    pub date: NaiveDate,
    /// The time, in the shop's zone.
    pub time: NaiveTime,
}

/// A booking to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBooking {
    /// Where.
    pub station_code: String,
    /// When.
    pub slot: Slot,
    /// What.
    pub service: Service,
    /// Whose name.
    pub customer_name: Personal,
    /// A number to reach them: the caller's, or one they gave and confirmed.
    pub phone: Phone,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// The car: plate, or colour and make.
    pub vehicle: String,
    /// Rim inches, if known.
    pub tire_diameter: Option<i32>,
    /// The number of the contract whose stored tyres are fitted; none for the caller's own tyres.
    pub storage_contract: Option<String>,
    /// The order whose tyres are fitted.
    pub linked_order: Option<Uuid>,
}

/// A booking that stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    /// Row id; never shown to the model.
    pub id: Uuid,
    /// When.
    pub slot: Slot,
    /// Price, UAH, if the shop has one for it.
    pub price: Option<Decimal>,
    /// True if this very booking stood already (a repeat of the same effect).
    pub repeated: bool,
}

/// A time that is kept free for a caller who still has to say a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Row id; never shown to the model.
    pub id: Uuid,
    /// When it lapses.
    pub expires_at: DateTime<Utc>,
}

/// A booking that its owner asks about.
#[derive(Debug, Clone, PartialEq)]
pub struct BookingView {
    /// Row id; never shown to the model.
    pub id: Uuid,
    /// Where.
    pub station: Station,
    /// When.
    pub slot: Slot,
    /// What.
    pub service: Service,
    /// Whose name.
    pub customer_name: Personal,
    /// The car.
    pub vehicle: String,
}

/// A line of the price list of fitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittingPrice {
    /// What.
    pub service: Service,
    /// `car`, `suv`, `van` …: the class of the vehicle, in the words of the shop's price list.
    pub category: String,
    /// For four wheels, UAH.
    pub price: Decimal,
}

/// Tyres that the shop keeps for someone.
#[derive(Debug, Clone, PartialEq)]
pub struct StorageContract {
    /// Its number, 11 digits; never spoken.
    pub number: String,
    /// What is stored, as spoken.
    pub tires: String,
    /// Where, as spoken.
    pub location: String,
    /// What is still to be paid, UAH.
    pub debt: Decimal,
}
