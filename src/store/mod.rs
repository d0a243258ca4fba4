//! What the tools ask of the shop: one trait, several back offices.

mod postgres;
pub mod sample;

pub use postgres::PostgresStore;

use crate::ids::{CallId, TenantId};
use crate::language::Language;
use crate::pii::{Personal, Phone};
use crate::shop::{Season, Service, TireSize};
use crate::turn::Approval;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// On whose behalf a question is asked. Identity comes from here, never from text.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The shop.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// The partition column of every row of this call.
    pub call_started_at: DateTime<Utc>,
    /// The caller's number, if the network gave one.
    pub caller: Option<Phone>,
    /// Now, by the wall clock of the program.
    pub now: DateTime<Utc>,
    /// The language in which names of places are wanted.
    pub language: Language,
}

/// A search for tyres.
#[derive(Debug, Clone, PartialEq)]
pub struct TireQuery {
    /// The size; commercial or not must match only if it is `true`.
    pub size: TireSize,
    /// The season, if named.
    pub season: Option<Season>,
    /// The maker, if named; compared without case.
    pub brand: Option<String>,
}

/// A tyre in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tire {
    /// The shop's article number.
    pub sku: String,
    /// Maker.
    pub brand: String,
    /// Model.
    pub model: String,
    /// Canonical size.
    pub size: String,
    /// Season word.
    pub season: Season,
    /// Price of one, UAH.
    pub price: Decimal,
    /// Pieces in stock.
    pub quantity: i32,
    /// Country of origin.
    pub country: Option<String>,
    /// Year of making.
    pub year: Option<i32>,
}

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

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The slot went to someone else; decided by the constraint.
    #[error("the slot is taken")]
    SlotTaken,
    /// A rule of the shop forbids it; the text is for the model.
    #[error("{code}: {message}")]
    Rule {
        /// A word for the metric.
        code: &'static str,
        /// The corrective next step.
        message: String,
    },
    /// The same effect key with other content.
    #[error("this effect was agreed with other content")]
    EffectMismatch,
    /// The store cannot be asked now.
    #[error("the store is away: {0}")]
    Away(String),
}

/// A back office.
#[async_trait]
pub trait Store: Send + Sync {
    /// Tyres that fit, cheapest first, at most 50.
    async fn search_tires(&self, scope: &Scope, query: &TireQuery)
    -> Result<Vec<Tire>, StoreError>;

    /// All sizes in the catalogue, for the speech grammar.
    async fn known_sizes(&self, scope: &Scope) -> Result<Vec<TireSize>, StoreError>;

    /// Makers in the catalogue, for the speech grammar.
    async fn known_brands(&self, scope: &Scope) -> Result<Vec<String>, StoreError>;

    /// Tyres by article number or by words of brand and model, at most 10.
    async fn find_products(&self, scope: &Scope, text: &str) -> Result<Vec<Tire>, StoreError>;

    /// Active stations; `city` compared without case, both spellings.
    async fn stations(&self, scope: &Scope, city: Option<&str>)
    -> Result<Vec<Station>, StoreError>;

    /// Bookable times of a station from `from` to `to` (days, both included), in order. Knows
    /// opening hours, closed days, posts, bookings and live holds.
    async fn slots(
        &self,
        scope: &Scope,
        station_code: &str,
        from: NaiveDate,
        to: NaiveDate,
        service: Service,
    ) -> Result<Vec<Slot>, StoreError>;

    /// Makes the booking and its approval row in one transaction. The same effect key again
    /// returns the booking that stands.
    async fn book_fitting(
        &self,
        scope: &Scope,
        booking: &NewBooking,
        approval: &Approval,
    ) -> Result<Booking, StoreError>;
}
