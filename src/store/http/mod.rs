//! A shop's existing back office over the Store API.
//!
//! The back office has the tyres, the orders and the bookings. Ours stay the caller's yes (a row
//! in `approvals` before anything is asked for) and the tie to the back office's own ids (a row
//! in `external_refs` afterwards). An effect runs in a task of its own: a caller who interrupts
//! drops only the wait, and what was done is still noted.

mod bookings;
mod client;
mod fitting;
mod order_states;
mod order_wire;
mod orders;
mod records;
mod tires;
mod wire;

pub use client::Patience;

use super::{
    Booking, BookingView, Confirmation, ConfirmedOrder, Delivery, FittingPrice, NewBooking,
    NewOrder, OrderState, OrderView, PickupPoint, Scope, Slot, Station, Store, StoreError, Tire,
    TireQuery, VehicleSizes,
};
use crate::shop::{Endpoint, Service, TireSize};
use crate::turn::Approval;
use async_trait::async_trait;
use chrono::NaiveDate;
use chrono_tz::Tz;
use client::Client;
use records::{Known, Records};
use secrecy::SecretString;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tires::Grammar;
use tokio::time::Instant;
use uuid::Uuid;

/// The speech grammar is learnt anew after this long.
const GRAMMAR_FRESH: Duration = Duration::from_mins(10);
/// Stations that are remembered; more than any shop has.
const STATIONS_MAX: usize = 10_000;

/// Tools that the Store API has nothing for.
const NOT_IN_THE_API: [&str; 2] = ["reserve_fitting_slot", "find_storage"];

/// What a store over HTTP needs to know.
#[derive(Debug, Clone)]
pub struct HttpStoreOptions {
    /// Base of the Store API.
    pub base_url: String,
    /// The key that it wants.
    pub key: SecretString,
    /// The parts that it has.
    pub endpoints: Vec<Endpoint>,
    /// How long a caller may be kept waiting.
    pub patience: Patience,
    /// The shop's zone.
    pub zone: Tz,
    /// Fittings that one number may have ahead of it.
    pub bookings_per_number_max: u32,
}

/// A back office over the Store API. Clones are one.
#[derive(Clone)]
pub struct HttpStore {
    inner: Arc<Inner>,
}

/// What all clones share, and what the parts of this module are given.
struct Inner {
    client: Client,
    records: Records,
    endpoints: Vec<Endpoint>,
    zone: Tz,
    bookings_per_number_max: u32,
    /// The back office's ids of stations, by the digits that the model uses.
    stations: Mutex<BTreeMap<String, String>>,
    grammar: Mutex<Option<(Instant, Grammar)>>,
}

impl HttpStore {
    /// A store over the Store API; `pool` is for the rows that stay ours.
    ///
    /// # Errors
    /// The address cannot be read, or no HTTP client can be made.
    pub fn new(options: HttpStoreOptions, pool: PgPool) -> Result<Self, StoreError> {
        let client = Client::new(&options.base_url, &options.key, options.patience)?;
        let inner = Inner {
            client,
            records: Records::new(pool),
            endpoints: options.endpoints,
            zone: options.zone,
            bookings_per_number_max: options.bookings_per_number_max,
            stations: Mutex::default(),
            grammar: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs an effect to its end, whether or not anyone still waits for it.
    async fn to_its_end<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(Arc<Inner>) -> F,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let task = tokio::spawn(work(Arc::clone(&self.inner)));
        match task.await {
            Ok(result) => result,
            Err(stopped) => Err(StoreError::Unknown(format!("the request broke off: {stopped}"))),
        }
    }

    async fn grammar(&self) -> Result<Grammar, StoreError> {
        if let Ok(known) = self.inner.grammar.lock()
            && let Some((at, grammar)) = known.as_ref()
            && at.elapsed() < GRAMMAR_FRESH
        {
            return Ok(grammar.clone());
        }
        self.inner.part(Endpoint::Tires)?;
        let fresh = tires::grammar(&self.inner).await?;
        if let Ok(mut known) = self.inner.grammar.lock() {
            *known = Some((Instant::now(), fresh.clone()));
        }
        Ok(fresh)
    }
}

impl Inner {
    /// Refuses what the back office has not.
    fn part(&self, endpoint: Endpoint) -> Result<(), StoreError> {
        if self.endpoints.contains(&endpoint) { Ok(()) } else { Err(StoreError::NotOffered) }
    }

    fn know_stations<'s>(&self, stations: impl Iterator<Item = (&'s str, &'s str)>) {
        if let Ok(mut known) = self.stations.lock() {
            for (code, external) in stations {
                if known.len() < STATIONS_MAX || known.contains_key(code) {
                    known.insert(code.to_owned(), external.to_owned());
                }
            }
        }
    }

    fn known_station(&self, code: &str) -> Option<String> {
        self.stations.lock().ok()?.get(code).cloned()
    }

    /// Notes what the back office has done. It stands there whether or not we can note it, and
    /// the same effect key finds it again, so a failure here is no failure of the effect.
    async fn note_done(&self, scope: &Scope, known: &Known) {
        if let Err(error) = self.records.remember(scope, known).await {
            let (kind, external) = (known.kind, known.external_id.as_str());
            tracing::error!(%error, kind, external, "what was done could not be noted");
        }
    }
}

/// A rule of the shop, with the next step for the model.
fn rule(code: &'static str, message: &str) -> StoreError {
    StoreError::Rule { code, message: message.to_owned() }
}

/// The back office says no, for a reason that only its own people understand.
fn refused_by_shop() -> StoreError {
    rule(
        "refused_by_shop",
        "The shop's back office does not accept this. Do not try it again; offer the operator.",
    )
}

#[async_trait]
impl Store for HttpStore {
    async fn search_tires(
        &self,
        _scope: &Scope,
        query: &TireQuery,
    ) -> Result<Vec<Tire>, StoreError> {
        self.inner.part(Endpoint::Tires)?;
        tires::search(&self.inner, query).await
    }

    async fn known_sizes(&self, _scope: &Scope) -> Result<Vec<TireSize>, StoreError> {
        Ok(self.grammar().await?.sizes)
    }

    async fn known_brands(&self, _scope: &Scope) -> Result<Vec<String>, StoreError> {
        Ok(self.grammar().await?.brands)
    }

    async fn find_products(&self, _scope: &Scope, text: &str) -> Result<Vec<Tire>, StoreError> {
        self.inner.part(Endpoint::Tires)?;
        tires::find(&self.inner, text).await
    }

    async fn stations(
        &self,
        scope: &Scope,
        city: Option<&str>,
    ) -> Result<Vec<Station>, StoreError> {
        self.inner.part(Endpoint::Stations)?;
        fitting::stations(&self.inner, scope, city).await
    }

    async fn slots(
        &self,
        scope: &Scope,
        station_code: &str,
        from: NaiveDate,
        to: NaiveDate,
        service: Service,
    ) -> Result<Vec<Slot>, StoreError> {
        self.inner.part(Endpoint::Bookings)?;
        fitting::slots(&self.inner, scope, station_code, (from, to), service).await
    }

    async fn book_fitting(
        &self,
        scope: &Scope,
        booking: &NewBooking,
        approval: &Approval,
    ) -> Result<Booking, StoreError> {
        self.inner.part(Endpoint::Bookings)?;
        let (scope, booking, approval) = (scope.clone(), booking.clone(), approval.clone());
        self.to_its_end(move |store| async move {
            bookings::book(&store, &scope, &booking, &approval).await
        })
        .await
    }

    async fn vehicle_sizes(
        &self,
        _scope: &Scope,
        brand: &str,
        model: &str,
        year: Option<i32>,
    ) -> Result<Option<VehicleSizes>, StoreError> {
        self.inner.part(Endpoint::Vehicles)?;
        tires::vehicle(&self.inner, brand, model, year).await
    }

    async fn draft_order(&self, scope: &Scope, order: &NewOrder) -> Result<OrderView, StoreError> {
        self.inner.part(Endpoint::Orders)?;
        let (scope, order) = (scope.clone(), order.clone());
        self.to_its_end(move |store| async move { orders::draft(&store, &scope, &order).await })
            .await
    }

    async fn set_delivery(
        &self,
        scope: &Scope,
        order: Uuid,
        delivery: &Delivery,
    ) -> Result<OrderView, StoreError> {
        self.inner.part(Endpoint::Orders)?;
        orders::set_delivery(&self.inner, scope, order, delivery).await
    }

    async fn order(&self, scope: &Scope, order: Uuid) -> Result<OrderView, StoreError> {
        self.inner.part(Endpoint::Orders)?;
        orders::order(&self.inner, scope, order).await
    }

    async fn confirm_order(
        &self,
        scope: &Scope,
        confirmation: &Confirmation,
        approval: &Approval,
    ) -> Result<ConfirmedOrder, StoreError> {
        self.inner.part(Endpoint::Orders)?;
        let (scope, wanted, approval) = (scope.clone(), confirmation.clone(), approval.clone());
        self.to_its_end(move |store| async move {
            orders::confirm(&store, &scope, &wanted, &approval).await
        })
        .await
    }

    async fn orders(
        &self,
        scope: &Scope,
        number: Option<&str>,
    ) -> Result<Vec<OrderState>, StoreError> {
        self.inner.part(Endpoint::OrderStatus)?;
        order_states::states(&self.inner, scope, number).await
    }

    async fn pickup_points(
        &self,
        scope: &Scope,
        city: Option<&str>,
    ) -> Result<Vec<PickupPoint>, StoreError> {
        self.inner.part(Endpoint::PickupPoints)?;
        orders::pickup_points(&self.inner, scope, city).await
    }

    /// Those that were made through us: the Store API lists none.
    async fn bookings(&self, scope: &Scope) -> Result<Vec<BookingView>, StoreError> {
        self.inner.part(Endpoint::BookingChanges)?;
        bookings::list(&self.inner, scope).await
    }

    async fn cancel_booking(
        &self,
        scope: &Scope,
        booking: Uuid,
        approval: &Approval,
    ) -> Result<(), StoreError> {
        self.inner.part(Endpoint::BookingChanges)?;
        let (scope, approval) = (scope.clone(), approval.clone());
        self.to_its_end(move |store| async move {
            bookings::cancel(&store, &scope, booking, &approval).await
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
        self.inner.part(Endpoint::BookingChanges)?;
        let (scope, approval) = (scope.clone(), approval.clone());
        self.to_its_end(move |store| async move {
            bookings::shift(&store, &scope, booking, to, &approval).await
        })
        .await
    }

    async fn fitting_prices(
        &self,
        scope: &Scope,
        diameter: i32,
        station_code: Option<&str>,
    ) -> Result<Vec<FittingPrice>, StoreError> {
        self.inner.part(Endpoint::FittingPrices)?;
        fitting::prices(&self.inner, scope, diameter, station_code).await
    }

    /// The tools whose part the back office has, and those that are ours whatever it has. Holds and
    /// stored tyres are not in the Store API.
    fn offers(&self, tool: &str) -> bool {
        let needs = Endpoint::ALL.into_iter().find(|part| part.tools().contains(&tool));
        match needs {
            Some(part) => self.inner.endpoints.contains(&part),
            None => !NOT_IN_THE_API.contains(&tool),
        }
    }
}
