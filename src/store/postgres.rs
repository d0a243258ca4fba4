//! The shop's own tables in Postgres as a back office.

mod agreed;
mod booking;
mod catalogue;
mod changes;
mod confirm;
mod delivery;
mod holds;
mod memory;
pub(super) mod office;
pub(super) mod office_bookings;
mod operators;
mod orders;
mod people;
mod slots;
mod stations;
mod storage;
mod transaction;
mod vehicles;
pub(super) mod wishes;

use super::knowledge::Meaning;
use super::{
    Booking, BookingView, Confirmation, ConfirmedOrder, Delivery, FittingPrice, Hold, NewBooking,
    NewOrder, OrderState, OrderView, PickupPoint, Scope, Slot, Station, StorageContract, Store,
    StoreError, StoreLimits, Tire, TireQuery, VehicleSizes,
};
use crate::shop::{Service, TireSize};
use crate::turn::Approval;
use async_trait::async_trait;
use chrono::NaiveDate;
use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use std::sync::Arc;
pub(super) use transaction::Fault;
use transaction::in_tenant;
use uuid::Uuid;

/// The shop's own tables.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
    limits: StoreLimits,
    meaning: Option<Meaning>,
    operators: operators::Operators,
}

/// A question and on whose behalf it is asked.
struct Asked<I> {
    scope: Scope,
    limits: StoreLimits,
    input: I,
}

/// What answers a question, within a transaction that may have to be tried again.
type Work<I, T> = for<'c> fn(&'c mut PgConnection, &'c Asked<I>) -> BoxFuture<'c, Result<T, Fault>>;

impl PostgresStore {
    /// A store over `pool`; one number may have `bookings_per_number_max` fittings ahead of it.
    #[must_use]
    pub fn new(pool: PgPool, bookings_per_number_max: u32) -> Self {
        Self {
            pool,
            limits: StoreLimits::new(bookings_per_number_max),
            meaning: None,
            operators: operators::Operators::default(),
        }
    }

    /// The same with a search by meaning beside the one by words.
    #[must_use]
    pub fn with_meaning(mut self, meaning: Option<Meaning>) -> Self {
        self.meaning = meaning;
        self
    }

    /// The same with other limits, for tests that prove what else holds.
    #[must_use]
    pub const fn with_limits(mut self, limits: StoreLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Answers one question in one transaction of the caller's shop. Whatever happens to the
    /// answer, nothing was promised by it.
    async fn ask<I, T>(&self, scope: &Scope, input: I, work: Work<I, T>) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.effect(scope, input, work).await.map_err(StoreError::without_doubt)
    }

    /// The same for an effect that a caller agreed to: its answer may be
    /// [`StoreError::Unknown`].
    async fn effect<I, T>(&self, scope: &Scope, input: I, work: Work<I, T>) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let asked = Arc::new(Asked { scope: scope.clone(), limits: self.limits, input });
        in_tenant(&self.pool, scope.tenant, move |conn| {
            let asked = Arc::clone(&asked);
            Box::pin(async move { work(conn, &asked).await })
        })
        .await
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn search_tires(
        &self,
        scope: &Scope,
        query: &TireQuery,
    ) -> Result<Vec<Tire>, StoreError> {
        self.ask(scope, query.clone(), |conn, asked| {
            Box::pin(catalogue::search(conn, &asked.input))
        })
        .await
    }

    async fn known_sizes(&self, scope: &Scope) -> Result<Vec<TireSize>, StoreError> {
        self.ask(scope, (), |conn, _| Box::pin(catalogue::sizes(conn))).await
    }

    async fn known_brands(&self, scope: &Scope) -> Result<Vec<String>, StoreError> {
        self.ask(scope, (), |conn, _| Box::pin(catalogue::brands(conn))).await
    }

    async fn find_products(&self, scope: &Scope, text: &str) -> Result<Vec<Tire>, StoreError> {
        self.ask(scope, text.to_owned(), |conn, asked| {
            Box::pin(catalogue::find(conn, &asked.input))
        })
        .await
    }

    async fn stations(
        &self,
        scope: &Scope,
        city: Option<&str>,
    ) -> Result<Vec<Station>, StoreError> {
        self.ask(scope, city.map(str::to_owned), |conn, asked| {
            Box::pin(stations::list(conn, asked.input.as_deref(), asked.scope.language))
        })
        .await
    }

    async fn slots(
        &self,
        scope: &Scope,
        station_code: &str,
        from: NaiveDate,
        to: NaiveDate,
        service: Service,
    ) -> Result<Vec<Slot>, StoreError> {
        self.ask(scope, (station_code.to_owned(), from, to, service), |conn, asked| {
            Box::pin(stations::free(conn, &asked.scope, &asked.input))
        })
        .await
    }

    async fn book_fitting(
        &self,
        scope: &Scope,
        booking: &NewBooking,
        approval: &Approval,
    ) -> Result<Booking, StoreError> {
        let request = booking::Request {
            booking: booking.clone(),
            approval: approval.clone(),
            bookings_per_number_max: self.limits.bookings_per_number_max,
        };
        self.effect(scope, request, |conn, asked| {
            Box::pin(booking::book(conn, &asked.scope, &asked.input))
        })
        .await
    }

    async fn vehicle_sizes(
        &self,
        scope: &Scope,
        brand: &str,
        model: &str,
        year: Option<i32>,
    ) -> Result<Option<VehicleSizes>, StoreError> {
        self.ask(scope, (brand.to_owned(), model.to_owned(), year), |conn, asked| {
            Box::pin(vehicles::sizes(conn, &asked.input))
        })
        .await
    }

    async fn draft_order(&self, scope: &Scope, order: &NewOrder) -> Result<OrderView, StoreError> {
        self.ask(scope, order.clone(), |conn, asked| {
            Box::pin(orders::draft(conn, &asked.scope, &asked.limits, &asked.input))
        })
        .await
    }

    async fn set_delivery(
        &self,
        scope: &Scope,
        order: Uuid,
        delivery: &Delivery,
    ) -> Result<OrderView, StoreError> {
        self.ask(scope, (order, delivery.clone()), |conn, asked| {
            Box::pin(delivery::set(conn, &asked.scope, &asked.input))
        })
        .await
    }

    async fn order(&self, scope: &Scope, order: Uuid) -> Result<OrderView, StoreError> {
        self.ask(scope, order, |conn, asked| {
            Box::pin(orders::show(conn, &asked.scope, asked.input))
        })
        .await
    }

    async fn confirm_order(
        &self,
        scope: &Scope,
        confirmation: &Confirmation,
        approval: &Approval,
    ) -> Result<ConfirmedOrder, StoreError> {
        self.effect(scope, (confirmation.clone(), approval.clone()), |conn, asked| {
            Box::pin(confirm::confirm(conn, &asked.scope, &asked.limits, &asked.input))
        })
        .await
    }

    async fn orders(
        &self,
        scope: &Scope,
        number: Option<&str>,
    ) -> Result<Vec<OrderState>, StoreError> {
        self.ask(scope, number.map(str::to_owned), |conn, asked| {
            Box::pin(orders::list(conn, &asked.scope, asked.input.as_deref()))
        })
        .await
    }

    async fn pickup_points(
        &self,
        scope: &Scope,
        city: Option<&str>,
    ) -> Result<Vec<PickupPoint>, StoreError> {
        self.ask(scope, city.map(str::to_owned), |conn, asked| {
            Box::pin(delivery::points(conn, &asked.scope, asked.input.as_deref()))
        })
        .await
    }

    async fn hold_slot(
        &self,
        scope: &Scope,
        station_code: &str,
        slot: Slot,
        service: Service,
    ) -> Result<Hold, StoreError> {
        self.ask(
            scope,
            holds::Request { station_code: station_code.to_owned(), slot, service },
            |conn, asked| Box::pin(holds::hold(conn, &asked.scope, &asked.limits, &asked.input)),
        )
        .await
    }

    async fn effect_stands(&self, scope: &Scope, approval: &Approval) -> Result<bool, StoreError> {
        self.ask(scope, approval.effect_key.clone(), |conn, asked| {
            Box::pin(agreed::stands(conn, &asked.input))
        })
        .await
    }

    async fn bookings(&self, scope: &Scope) -> Result<Vec<BookingView>, StoreError> {
        self.ask(scope, (), |conn, asked| Box::pin(changes::list(conn, &asked.scope))).await
    }

    async fn cancel_booking(
        &self,
        scope: &Scope,
        booking: Uuid,
        approval: &Approval,
    ) -> Result<(), StoreError> {
        self.effect(scope, (booking, approval.clone()), |conn, asked| {
            Box::pin(changes::cancel(conn, &asked.scope, asked.input.0, &asked.input.1))
        })
        .await
    }

    async fn move_booking(
        &self,
        scope: &Scope,
        booking: Uuid,
        to: Slot,
        approval: &Approval,
    ) -> Result<Booking, StoreError> {
        self.effect(scope, ((booking, to), approval.clone()), |conn, asked| {
            Box::pin(changes::move_to(conn, &asked.scope, asked.input.0, &asked.input.1))
        })
        .await
    }

    async fn fitting_prices(
        &self,
        scope: &Scope,
        diameter: i32,
        station_code: Option<&str>,
    ) -> Result<Vec<FittingPrice>, StoreError> {
        self.ask(scope, (diameter, station_code.map(str::to_owned)), |conn, asked| {
            Box::pin(storage::prices(conn, (asked.input.0, asked.input.1.as_deref())))
        })
        .await
    }

    async fn storage(
        &self,
        scope: &Scope,
        number: Option<&str>,
    ) -> Result<Vec<StorageContract>, StoreError> {
        self.ask(scope, number.map(str::to_owned), |conn, asked| {
            Box::pin(storage::list(conn, &asked.scope, asked.input.as_deref()))
        })
        .await
    }
}
