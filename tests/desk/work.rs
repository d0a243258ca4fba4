//! A desk with the sample shop behind it, and callers who order and book there.

use super::{Office, office};
use crate::support::shop::{
    HANKOOK, OLENA, agreed, approval, basket, booking, scope, slot, surely, to_kyiv,
};
use chrono::TimeDelta;
use treadline::ids::TenantId;
use treadline::store::{NewBooking, PostgresStore, Scope, Store, sample};
use uuid::Uuid;

/// A desk with the sample shop.
pub(super) struct Work {
    pub(super) office: Office,
    pub(super) store: PostgresStore,
}

pub(super) async fn work() -> Option<Work> {
    let office = office().await?;
    sample::load_if_empty(&office.db.pool, TenantId::DEFAULT).await.unwrap().unwrap();
    let store = PostgresStore::new(office.db.pool.clone(), 3);
    Some(Work { office, store })
}

impl Office {
    /// It is later.
    pub(super) fn later(&self, by: TimeDelta) {
        self.clock.set(self.clock.now() + by);
    }

    pub(super) async fn text_of<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql).fetch_one(&mut self.db.owner().await).await.unwrap()
    }

    pub(super) async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.db.owner().await).await.unwrap();
    }
}

impl Work {
    /// Olena's call at the desk's present moment.
    pub(super) fn call(&self, number: u128) -> Scope {
        let now = self.office.clock.now();
        Scope { now, call_started_at: now, ..scope(number, OLENA) }
    }

    /// Four winter tyres for Olena, confirmed.
    pub(super) async fn order(&self, call: u128) -> Uuid {
        let scope = self.call(call);
        let wanted = basket(&scope, &[(HANKOOK, 4)]);
        let draft = surely(|| self.store.draft_order(&scope, &wanted)).await.unwrap();
        let kyiv = to_kyiv();
        let priced = surely(|| self.store.set_delivery(&scope, draft.id, &kyiv)).await.unwrap();
        let (confirmation, yes) = agreed(&scope, &priced);
        surely(|| self.store.confirm_order(&scope, &confirmation, &yes)).await.unwrap().id
    }

    /// Olena's fitting at a time.
    pub(super) async fn booking(&self, call: u128, day: &str, time: &str) -> Uuid {
        self.booking_as(call, booking(OLENA, slot(day, time))).await
    }

    pub(super) async fn booking_as(&self, call: u128, wanted: NewBooking) -> Uuid {
        let scope = self.call(call);
        let yes = approval(&scope, &wanted);
        surely(|| self.store.book_fitting(&scope, &wanted, &yes)).await.unwrap().id
    }

    pub(super) async fn in_stock(&self) -> i32 {
        self.office.text_of("select quantity from products where sku = '00000010495'").await
    }
}
