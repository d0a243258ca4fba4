//! The sample shop on a database of the test's own, and short ways to ask it.

use super::database::{TestDb, fresh_database};
use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use treadline::ids::{CallId, TenantId, effect_key};
use treadline::language::Language;
use treadline::pii::{Personal, Phone};
use treadline::shop::{PaymentMethod, Service};
use treadline::store::{
    Booking, Confirmation, ConfirmedOrder, Delivery, NewBooking, NewOrder, OrderView,
    PostgresStore, Scope, Slot, Store, StoreError, sample,
};
use treadline::turn::Approval;
use uuid::Uuid;

/// A caller of the tests.
pub const OLENA: &str = "+380671110001";
/// Another one.
pub const TARAS: &str = "+380671110002";
/// A winter tyre of which the sample shop has 24.
pub const HANKOOK: &str = "00000010495";

/// Sunday noon in Kyiv; the sample stations open on Monday the 23rd at nine.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn slot(date: &str, time: &str) -> Slot {
    Slot { date: day(date), time: time.parse().unwrap() }
}

pub fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

/// A call without a number.
pub fn stranger(call: u128) -> Scope {
    Scope {
        tenant: TenantId::DEFAULT,
        call: CallId(Uuid::from_u128(call)),
        call_started_at: now(),
        caller: None,
        now: now(),
        language: Language::En,
    }
}

/// A call from a number that the network gave.
pub fn scope(call: u128, number: &str) -> Scope {
    Scope { caller: Some(phone(number)), ..stranger(call) }
}

/// The same call some minutes later.
pub fn later(scope: &Scope, minutes: i64) -> Scope {
    Scope { now: scope.now + chrono::TimeDelta::minutes(minutes), ..scope.clone() }
}

pub fn booking(number: &str, slot: Slot) -> NewBooking {
    NewBooking {
        station_code: "100201".into(),
        slot,
        service: Service::FullService,
        customer_name: Personal("Olena".into()),
        phone: phone(number),
        phone_verified: true,
        vehicle: "white Skoda".into(),
        tire_diameter: Some(16),
        storage_contract: None,
        linked_order: None,
    }
}

/// The caller's yes to `args`.
pub fn yes(scope: &Scope, tool: &str, args: Value) -> Approval {
    let effect_key = effect_key(scope.call, tool, &args);
    Approval {
        id: Uuid::new_v5(&scope.call.0, effect_key.as_bytes()),
        tool: tool.into(),
        effect_key,
        args,
        readback_hash: "hash".into(),
    }
}

pub fn approval(scope: &Scope, booking: &NewBooking) -> Approval {
    let args = json!({
        "station_id": booking.station_code,
        "date": booking.slot.date,
        "time": booking.slot.time,
    });
    yes(scope, "book_fitting", args)
}

/// The word of a rule that refused, or a panic.
pub fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>) -> &'static str {
    match result {
        Err(StoreError::Rule { code, message }) => {
            assert!(!message.is_empty());
            code
        }
        other => panic!("no rule refused: {other:?}"),
    }
}

/// Asks until the answer is known, as a call does: by the same key again.
pub async fn surely<T, F>(mut ask: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut last = None;
    for _ in 0..60 {
        match ask().await {
            Err(StoreError::Away(why) | StoreError::Unknown(why)) => last = Some(why),
            settled => return settled,
        }
    }
    panic!("Postgres never answered: {last:?}");
}

/// The sample shop.
pub struct Shop {
    pub db: TestDb,
    pub store: PostgresStore,
}

impl Shop {
    /// `None` only if such tests are skipped.
    pub async fn open() -> Option<Self> {
        let db = fresh_database().await?;
        let loaded = sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap().unwrap();
        assert!(loaded.products > 60 && loaded.stations == 4);
        let store = PostgresStore::new(db.pool.clone(), 3);
        Some(Self { db, store })
    }

    pub async fn book(&self, call: u128, booking: &NewBooking) -> Result<Booking, StoreError> {
        let scope = stranger(call);
        self.store.book_fitting(&scope, booking, &approval(&scope, booking)).await
    }

    /// A draft of the scope's caller.
    pub async fn draft(
        &self,
        scope: &Scope,
        items: &[(&str, u16)],
    ) -> Result<OrderView, StoreError> {
        self.store.draft_order(scope, &basket(scope, items)).await
    }

    /// A draft with delivery to Kyiv.
    pub async fn delivered_draft(&self, scope: &Scope, items: &[(&str, u16)]) -> OrderView {
        let draft = surely(|| self.draft(scope, items)).await.unwrap();
        let kyiv = to_kyiv();
        surely(|| self.store.set_delivery(scope, draft.id, &kyiv)).await.unwrap()
    }

    /// Confirms a draft for the total that it shows.
    pub async fn confirm(
        &self,
        scope: &Scope,
        order: &OrderView,
    ) -> Result<ConfirmedOrder, StoreError> {
        let (confirmation, approval) = agreed(scope, order);
        self.store.confirm_order(scope, &confirmation, &approval).await
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.superior().await).await.unwrap()
    }

    /// The one figure that `sql` asks for, as text.
    pub async fn text(&self, sql: &'static str) -> String {
        sqlx::query_scalar(sql).fetch_one(&mut self.superior().await).await.unwrap()
    }

    /// The owner, with the tenant set: row security binds the owner as well.
    pub async fn superior(&self) -> sqlx::PgConnection {
        let mut owner = self.db.owner().await;
        sqlx::query("select set_config('app.tenant_id', $1, false)")
            .bind(TenantId::DEFAULT.0.to_string())
            .execute(&mut owner)
            .await
            .unwrap();
        owner
    }

    pub async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.superior().await).await.unwrap();
    }

    /// The name of the constraint that refuses `sql`.
    pub async fn refusal(&self, sql: &'static str) -> String {
        let error = sqlx::query(sql).execute(&mut self.superior().await).await.unwrap_err();
        let database = error.as_database_error().unwrap_or_else(|| panic!("{error}"));
        database.constraint().unwrap_or_else(|| panic!("{error}")).to_owned()
    }
}

pub fn basket(scope: &Scope, items: &[(&str, u16)]) -> NewOrder {
    let caller = scope.caller.clone();
    NewOrder {
        items: items.iter().map(|(sku, quantity)| ((*sku).to_owned(), *quantity)).collect(),
        phone_verified: caller.is_some(),
        phone: caller.unwrap_or_else(|| phone(OLENA)),
        draft_key: effect_key(scope.call, "create_order_draft", &json!(items)),
    }
}

pub fn to_kyiv() -> Delivery {
    Delivery::Address {
        city: "Київ".into(), address: Personal("вулиця Січових, 5".into())
    }
}

/// What the caller agrees to when this draft is read back.
pub fn agreed(scope: &Scope, order: &OrderView) -> (Confirmation, Approval) {
    let confirmation = Confirmation {
        order: order.id,
        payment: PaymentMethod::Cod,
        recipient: Personal("Olena".into()),
        total: order.total,
    };
    let args = json!({ "order": order.id, "total": order.total, "payment_method": "cod" });
    let approval = yes(scope, "confirm_order", args);
    (confirmation, approval)
}
