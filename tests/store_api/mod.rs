//! A shop's own back office over the Store API: a real server on loopback, a real Postgres for
//! the rows that stay ours.
#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

use crate::support::database;
use crate::support::store_api;

mod chat;
mod faults;
mod flow;
mod owners;
mod parity;

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use database::{TestDb, fresh_database};
use secrecy::SecretString;
use serde_json::json;
use std::time::Duration;
use store_api::{KEY, StoreApi};
use treadline::ids::{CallId, TenantId, effect_key};
use treadline::language::Language;
use treadline::pii::{Personal, Phone};
use treadline::shop::{Endpoint, Service, TireSize};
use treadline::store::{
    Confirmation, HttpStore, HttpStoreOptions, NewBooking, NewOrder, Patience, Scope, Slot,
};
use treadline::turn::Approval;
use uuid::Uuid;

const OWN: &str = "+380671234567";

/// The limits of a real shop, a few times shorter.
const QUICK: Patience = Patience {
    connect: Duration::from_millis(800),
    total: Duration::from_millis(1_800),
    pause: Duration::from_millis(50),
};

/// A store, the back office behind it, and our own rows.
struct World {
    api: StoreApi,
    store: HttpStore,
    db: TestDb,
}

impl World {
    async fn open() -> Option<Self> {
        let db = fresh_database().await?;
        let api = StoreApi::start().await;
        let store = store(&api, &db, QUICK, &Endpoint::ALL);
        Some(Self { api, store, db })
    }

    /// One figure of our own tables.
    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.db.owner().await).await.unwrap()
    }
}

fn store(api: &StoreApi, db: &TestDb, patience: Patience, parts: &[Endpoint]) -> HttpStore {
    let options = HttpStoreOptions {
        base_url: api.base_url(),
        key: SecretString::from(KEY),
        endpoints: parts.to_vec(),
        patience,
        zone: chrono_tz::Europe::Kyiv,
        bookings_per_number_max: 3,
    };
    HttpStore::new(options, db.pool.clone()).unwrap()
}

/// Sunday noon in Kyiv.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn slot(date: &str, time: &str) -> Slot {
    Slot { date: day(date), time: time.parse().unwrap() }
}

fn size() -> TireSize {
    TireSize::new(205, 55, 16).unwrap()
}

fn scope(call: u128) -> Scope {
    Scope {
        tenant: TenantId::DEFAULT,
        call: CallId(Uuid::from_u128(call)),
        call_started_at: now(),
        caller: Phone::parse(OWN),
        now: now(),
        language: Language::En,
    }
}

fn approval(scope: &Scope, tool: &str, args: serde_json::Value) -> Approval {
    let key = effect_key(scope.call, tool, &args);
    Approval {
        id: Uuid::new_v5(&scope.call.0, key.as_bytes()),
        tool: tool.into(),
        effect_key: key,
        args,
        readback_hash: "hash".into(),
    }
}

fn basket(scope: &Scope, items: &[(&str, u16)]) -> NewOrder {
    let items: Vec<(String, u16)> =
        items.iter().map(|(sku, count)| ((*sku).to_owned(), *count)).collect();
    NewOrder {
        draft_key: effect_key(scope.call, "create_order_draft", &json!(items)),
        items,
        phone: Phone::parse(OWN).unwrap(),
        phone_verified: true,
    }
}

fn confirmation(order: Uuid, total: &str) -> Confirmation {
    Confirmation {
        order,
        payment: treadline::shop::PaymentMethod::Cod,
        recipient: Personal("Olena".into()),
        total: total.parse().unwrap(),
    }
}

fn booking(station: &str, slot: Slot) -> NewBooking {
    NewBooking {
        station_code: station.into(),
        slot,
        service: Service::FullService,
        customer_name: Personal("Olena".into()),
        phone: Phone::parse(OWN).unwrap(),
        phone_verified: true,
        vehicle: "white Skoda".into(),
        tire_diameter: Some(16),
        storage_contract: None,
        linked_order: None,
    }
}
