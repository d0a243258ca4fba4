//! What the tools ask of the shop: one trait, several back offices.

mod fitting;
mod http;
pub mod import;
pub mod knowledge;
mod limits;
mod orders;
mod people;
mod postgres;
pub mod sample;
pub mod tenants;
mod tires;
mod values;

pub use fitting::{
    Booking, BookingView, FittingPrice, Hold, NewBooking, Slot, Station, StorageContract,
};
pub use http::{HttpStore, HttpStoreOptions, Patience};
pub use limits::StoreLimits;
pub use orders::{
    Confirmation, ConfirmedOrder, Delivery, NewOrder, OrderLine, OrderState, OrderView,
    PickupPoint, PricedDelivery,
};
pub use people::{FrontDesk, NewCallback, NewWish, Profile, Vehicle, Wish};
pub use postgres::PostgresStore;
pub use postgres::office::Settled;
pub use postgres::office_bookings::{Tick, seen_booking};
pub use postgres::wishes::convert_wishes;
pub use tires::{Tire, TireQuery, VehicleSizes};

use crate::ids::{CallId, TenantId};
use crate::language::Language;
use crate::pii::Phone;
use crate::shop::{Service, TireSize};
use crate::turn::Approval;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
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
    /// The caller's number, if the network gave one of the shop's country: identity rests on it.
    /// `None` for a withheld or foreign number, which may book and order, but neither see nor
    /// change what exists.
    pub caller: Option<Phone>,
    /// Now, by the wall clock of the program.
    pub now: DateTime<Utc>,
    /// The language in which names of places are wanted.
    pub language: Language,
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
    /// This back office has no such thing to ask; its tool should have been hidden.
    #[error("this back office cannot do that")]
    NotOffered,
    /// The store cannot be asked now. Of an effect: nothing was done.
    #[error("the store is away: {0}")]
    Away(String),
    /// An effect was asked for and its answer was lost: it may have been made, or may not.
    #[error("it is not known whether it was done: {0}")]
    Unknown(String),
}

impl StoreError {
    /// The same after an effect was asked for: without an answer nobody can say that it was not
    /// made.
    pub(crate) fn in_doubt(self) -> Self {
        match self {
            Self::Away(detail) => Self::Unknown(detail),
            other => other,
        }
    }

    /// The same of a question that changes nothing, or nothing that counts twice: its answer was
    /// lost, and that is all.
    pub(crate) fn without_doubt(self) -> Self {
        match self {
            Self::Unknown(detail) => Self::Away(detail),
            other => other,
        }
    }
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

    /// True if the effect that was agreed to was made, false if it was not and will not be unless
    /// it is asked for anew. For effects that ended with [`StoreError::Unknown`].
    ///
    /// # Errors
    /// [`StoreError::NotOffered`] from a back office that cannot say: asking for the effect again
    /// under its key then settles it.
    async fn effect_stands(
        &self,
        _scope: &Scope,
        _approval: &Approval,
    ) -> Result<bool, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// What fits a car; `None` if the shop's list does not have it. Compared folded.
    async fn vehicle_sizes(
        &self,
        _scope: &Scope,
        _brand: &str,
        _model: &str,
        _year: Option<i32>,
    ) -> Result<Option<VehicleSizes>, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Puts a draft together: prices from the catalogue, nothing promised, no stock taken.
    async fn draft_order(
        &self,
        _scope: &Scope,
        _order: &NewOrder,
    ) -> Result<OrderView, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Chooses the delivery of a draft of this call and prices it.
    async fn set_delivery(
        &self,
        _scope: &Scope,
        _order: Uuid,
        _delivery: &Delivery,
    ) -> Result<OrderView, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// A draft of this call as it stands now, with today's prices.
    async fn order(&self, _scope: &Scope, _order: Uuid) -> Result<OrderView, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Confirms a draft under the caller's yes: stock, number, approval and order in one
    /// transaction. The same effect key again returns the order that stands.
    async fn confirm_order(
        &self,
        _scope: &Scope,
        _confirmation: &Confirmation,
        _approval: &Approval,
    ) -> Result<ConfirmedOrder, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Orders of the caller's own number, newest first, at most 5; one if `number` is given.
    async fn orders(
        &self,
        _scope: &Scope,
        _number: Option<&str>,
    ) -> Result<Vec<OrderState>, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Pickup points, all or those of a city.
    async fn pickup_points(
        &self,
        _scope: &Scope,
        _city: Option<&str>,
    ) -> Result<Vec<PickupPoint>, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Keeps a time for three minutes. A booking of the same call and time uses it up.
    async fn hold_slot(
        &self,
        _scope: &Scope,
        _station_code: &str,
        _slot: Slot,
        _service: Service,
    ) -> Result<Hold, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Bookings ahead of the caller's own number, soonest first.
    async fn bookings(&self, _scope: &Scope) -> Result<Vec<BookingView>, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Gives up a booking of the caller's own number, under their yes.
    async fn cancel_booking(
        &self,
        _scope: &Scope,
        _booking: Uuid,
        _approval: &Approval,
    ) -> Result<(), StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Moves a booking of the caller's own number in one step, under their yes: if the new time
    /// cannot be had, the old one stands.
    async fn move_booking(
        &self,
        _scope: &Scope,
        _booking: Uuid,
        _to: Slot,
        _approval: &Approval,
    ) -> Result<Booking, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// What fitting costs for a rim of `diameter` inches, by service and class of vehicle.
    async fn fitting_prices(
        &self,
        _scope: &Scope,
        _diameter: i32,
        _station_code: Option<&str>,
    ) -> Result<Vec<FittingPrice>, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// Tyres that the shop keeps for the caller's own number; one contract if `number` is given.
    async fn storage(
        &self,
        _scope: &Scope,
        _number: Option<&str>,
    ) -> Result<Vec<StorageContract>, StoreError> {
        Err(StoreError::NotOffered)
    }

    /// True if this back office can serve `tool` (a canonical name); the others are hidden.
    fn offers(&self, _tool: &str) -> bool {
        true
    }
}
