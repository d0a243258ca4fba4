//! The shop's own tables in Postgres as a back office.

mod booking;
mod catalogue;
mod people;
mod slots;
mod stations;
mod transaction;

use super::{Booking, NewBooking, Scope, Slot, Station, Store, StoreError, Tire, TireQuery};
use crate::shop::{Service, TireSize};
use crate::turn::Approval;
use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::PgPool;
use transaction::in_tenant;

/// The shop's own tables.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
    bookings_per_number_max: u32,
}

impl PostgresStore {
    /// A store over `pool`; one number may have `bookings_per_number_max` fittings ahead of it.
    #[must_use]
    pub fn new(pool: PgPool, bookings_per_number_max: u32) -> Self {
        Self { pool, bookings_per_number_max }
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn search_tires(
        &self,
        scope: &Scope,
        query: &TireQuery,
    ) -> Result<Vec<Tire>, StoreError> {
        let query = query.clone();
        in_tenant(&self.pool, scope.tenant, move |conn| {
            let query = query.clone();
            Box::pin(async move { catalogue::search(conn, &query).await })
        })
        .await
    }

    async fn known_sizes(&self, scope: &Scope) -> Result<Vec<TireSize>, StoreError> {
        in_tenant(&self.pool, scope.tenant, |conn| Box::pin(catalogue::sizes(conn))).await
    }

    async fn known_brands(&self, scope: &Scope) -> Result<Vec<String>, StoreError> {
        in_tenant(&self.pool, scope.tenant, |conn| Box::pin(catalogue::brands(conn))).await
    }

    async fn find_products(&self, scope: &Scope, text: &str) -> Result<Vec<Tire>, StoreError> {
        let text = text.to_owned();
        in_tenant(&self.pool, scope.tenant, move |conn| {
            let text = text.clone();
            Box::pin(async move { catalogue::find(conn, &text).await })
        })
        .await
    }

    async fn stations(
        &self,
        scope: &Scope,
        city: Option<&str>,
    ) -> Result<Vec<Station>, StoreError> {
        let (city, language) = (city.map(str::to_owned), scope.language);
        in_tenant(&self.pool, scope.tenant, move |conn| {
            let city = city.clone();
            Box::pin(async move { stations::list(conn, city.as_deref(), language).await })
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
        let (code, now) = (station_code.to_owned(), scope.now);
        in_tenant(&self.pool, scope.tenant, move |conn| {
            let code = code.clone();
            Box::pin(async move {
                let station = stations::for_booking(conn, &code, service).await?;
                let plan = stations::plan(conn, &station, from, to, now).await?;
                Ok(plan.free(from, to, service, now))
            })
        })
        .await
    }

    async fn book_fitting(
        &self,
        scope: &Scope,
        booking: &NewBooking,
        approval: &Approval,
    ) -> Result<Booking, StoreError> {
        let order = booking::Order {
            scope: scope.clone(),
            booking: booking.clone(),
            approval: approval.clone(),
            bookings_per_number_max: self.bookings_per_number_max,
        };
        in_tenant(&self.pool, scope.tenant, move |conn| {
            let order = order.clone();
            Box::pin(async move { booking::book(conn, &order).await })
        })
        .await
    }
}
