//! What stays ours whatever back office the shop has: profiles, callbacks, wishes.

use super::knowledge::{Found, KnowledgeQuery};
use super::{Scope, StoreError};
use crate::pii::{Personal, Phone};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A car of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Plate, in Latin letters.
    pub plate: String,
    /// Make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Canonical size of its tyres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tire_size: Option<String>,
}

/// What is remembered of a caller, or what a call adds to it: `None` and empty change nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile {
    /// Their name.
    pub name: Option<Personal>,
    /// Their city.
    pub city: Option<String>,
    /// Their cars; one with a known plate replaces it.
    pub vehicles: Vec<Vehicle>,
    /// Where their orders go.
    pub delivery_address: Option<Personal>,
    /// The station that they last used, by its code.
    pub preferred_station: Option<String>,
    /// The language that they last spoke, two letters.
    pub language: Option<String>,
}

/// A wish to be phoned.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCallback {
    /// The number to phone.
    pub phone: Phone,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// When, in the caller's words.
    pub preferred_time: Option<String>,
    /// What about.
    pub note: Option<String>,
    /// By when it was promised.
    pub due_at: Option<DateTime<Utc>>,
    /// The same key again returns the ticket that stands.
    pub key: String,
}

/// What a caller waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A tyre size that is out of stock: canonical size and season word.
    Size {
        /// "205/55 R16".
        size: String,
        /// `winter`, `summer`, `all_season`, if named.
        season: Option<String>,
    },
    /// A fitting time that is taken: station code and the day.
    Slot {
        /// The station's code.
        station: String,
        /// The day, in the shop's zone.
        date: chrono::NaiveDate,
    },
}

/// A wish to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWish {
    /// What.
    pub wish: Wish,
    /// The number to tell.
    pub phone: Phone,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// In the caller's words.
    pub comment: Option<String>,
}

/// The part of the shop that is always ours.
#[async_trait]
pub trait FrontDesk: Send + Sync {
    /// What is remembered of the caller; `None` for a withheld or unknown number.
    async fn profile(&self, scope: &Scope) -> Result<Option<Profile>, StoreError>;

    /// Adds to what is remembered of the caller. A withheld number has no profile: then this is
    /// a rule that refuses.
    async fn update_profile(&self, scope: &Scope, change: &Profile) -> Result<(), StoreError>;

    /// Makes a ticket of type callback; the same key again returns the one that stands.
    async fn request_callback(
        &self,
        scope: &Scope,
        callback: &NewCallback,
    ) -> Result<Uuid, StoreError>;

    /// Remembers a wish; the same wish of the same number again is one wish.
    async fn add_wish(&self, scope: &Scope, wish: &NewWish) -> Result<Uuid, StoreError>;

    /// How many people are free to take a call; `None` where nobody says who is there.
    async fn free_operators(&self, _scope: &Scope) -> Result<Option<u32>, StoreError> {
        Ok(None)
    }

    /// What the shop's articles say to a question, the best first; also what is not certain.
    async fn search_knowledge(
        &self,
        _scope: &Scope,
        _query: &KnowledgeQuery,
    ) -> Result<Vec<Found>, StoreError> {
        Err(StoreError::NotOffered)
    }
}
