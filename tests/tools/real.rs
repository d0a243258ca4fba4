//! The shop's own tables, with the sample data, and desks over them.

use super::ran;
use crate::tools::database::{TestDb, fresh_database};
use crate::tools::fake_store::scope;
use serde_json::{Value, json};
use sqlx::Connection as _;
use std::sync::Arc;
use treadline::ids::{CallId, TenantId};
use treadline::language::Language;
use treadline::store::{PostgresStore, sample};
use treadline::tools::ToolDesk;
use uuid::Uuid;

/// Someone without tyres in storage.
pub const CALLER: &str = "+380991112233";
/// Someone with two storage contracts.
pub const STORER: &str = "+380671234567";
/// Sixteen Hankook winter tyres 205/55 R16 and more, see the sample data.
pub const SIZE: [u16; 3] = [205, 55, 16];
/// A station of the sample data.
pub const STATION: &str = "100201";

pub struct Shop {
    pub db: TestDb,
    pub store: Arc<PostgresStore>,
}

impl Shop {
    /// `None` only if tests that need Postgres are skipped.
    pub async fn open() -> Option<Self> {
        let db = fresh_database().await?;
        sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.expect("loaded").expect("empty");
        let store = Arc::new(PostgresStore::new(db.pool.clone(), 3));
        Some(Self { db, store })
    }

    /// A desk for one call.
    pub fn desk(&self, call: u128, caller: Option<&str>, says: &[&str]) -> ToolDesk {
        let mut scope = scope(caller);
        scope.call = CallId(Uuid::from_u128(call));
        let (store, front) = (Arc::clone(&self.store), Arc::clone(&self.store));
        let mut desk = ToolDesk::new(store, front, scope, chrono_tz::Europe::Kyiv, Language::En);
        desk.caller_words = says.iter().map(|line| (*line).to_owned()).collect();
        desk
    }

    /// The single value of a question as the owner, who sees every row of the shop.
    pub async fn one(&self, sql: &'static str) -> i64 {
        let mut owner = self.db.owner().await;
        sqlx::query("select set_config('app.tenant_id', $1, false)")
            .bind(TenantId::DEFAULT.0.to_string())
            .execute(&mut owner)
            .await
            .expect("set");
        let value = sqlx::query_scalar(sql).fetch_one(&mut owner).await.expect("one row");
        owner.close().await.expect("closed");
        value
    }

    pub async fn execute(&self, sql: &'static str) {
        let mut owner = self.db.owner().await;
        sqlx::query("select set_config('app.tenant_id', $1, false)")
            .bind(TenantId::DEFAULT.0.to_string())
            .execute(&mut owner)
            .await
            .expect("set");
        sqlx::query(sql).execute(&mut owner).await.expect("done");
        owner.close().await.expect("closed");
    }
}

/// Searches winter tyres of [`SIZE`]; the id of the one of which there are most.
pub async fn searched(desk: &mut ToolDesk) -> String {
    let [width, profile, diameter] = SIZE;
    let args =
        json!({"width": width, "profile": profile, "diameter": diameter, "season": "winter"});
    let answer = ran(desk, "search_tires", args).await;
    let items = answer["items"].as_array().expect("items");
    let most = items.iter().max_by_key(|item| item["quantity"].as_i64()).expect("an item");
    most["id"].as_str().expect("an id").to_owned()
}

/// A draft of so many of them.
pub async fn drafted(desk: &mut ToolDesk, quantity: i64) -> Value {
    let id = searched(desk).await;
    let args = json!({"items": [{"product_id": id, "quantity": quantity}]});
    ran(desk, "create_order_draft", args).await
}

/// The same, sent to an address.
pub async fn delivered(desk: &mut ToolDesk, quantity: i64) -> Value {
    drafted(desk, quantity).await;
    let args = json!({
        "order_id": "D1", "delivery_type": "delivery",
        "city": "Kyiv", "address": "7 Sichovykh Striltsiv Street",
    });
    ran(desk, "update_order_delivery", args).await
}

/// The confirmation of the first draft.
pub fn confirmation(name: &str) -> Value {
    json!({"order_id": "D1", "payment_method": "cod", "customer_name": name})
}

/// Offers times of a day at [`STATION`]; the first two.
pub async fn offered(desk: &mut ToolDesk, day: &str) -> [String; 2] {
    ran(desk, "get_fitting_stations", json!({"city": "Kyiv"})).await;
    let answer =
        ran(desk, "get_fitting_slots", json!({"station_id": STATION, "date_from": day})).await;
    let times = &answer["days"][0]["times"];
    [0, 1].map(|at| times[at].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned())
}

/// A booking of a time that was offered.
pub fn booking(day: &str, time: &str, name: &str) -> Value {
    json!({
        "station_id": STATION, "date": day, "time": time,
        "customer_name": name, "auto_number": "grey Toyota",
    })
}
