//! Two actors, one thing: one of them stops before each of its statements in turn, and the other
//! does all of its work there (or runs into the first one's lock).

use crate::races::history::{History, Outcome, nobody_hears_two_things, settled};
use crate::races::proxy::Proxy;
use crate::races::shop::{
    HANKOOK, OLENA, Shop, TARAS, agreed, approval, booking, later, scope, slot, surely, yes,
};
use serde_json::json;
use sqlx::PgConnection;
use std::time::Duration;
use treadline::store::{OrderView, PostgresStore, Scope, Slot, Store, StoreError};
use uuid::Uuid;

/// More statements than any of these transactions has.
const STATEMENTS_MAX: u64 = 200;

/// What an actor was told; `Err` is a refusal.
type Told = Result<String, StoreError>;

struct Two {
    shop: Shop,
    proxy: Proxy,
    /// Through the gate, on one connection.
    stepped: PostgresStore,
    /// Looks who waits for a lock.
    watcher: PgConnection,
}

impl Two {
    async fn open() -> Option<Self> {
        let shop = Shop::open().await?;
        shop.execute("update fitting_stations set posts = 1").await;
        shop.execute("update products set quantity = 100000").await;
        let proxy = Proxy::before(&shop.db.url);
        let pool = treadline::db::connect(&proxy.url, 1).await.unwrap();
        let watcher = shop.db.owner().await;
        Some(Self { shop, proxy, stepped: PostgresStore::new(pool, 1_000), watcher })
    }

    /// Runs `first` on the stepped store, stops it before its `step`th question, runs `second`
    /// until it is done or waits for a lock, lets `first` go on. What both were told; `None` if
    /// `first` has fewer questions.
    async fn meet(
        &mut self,
        step: u64,
        first: impl AsyncFn(&PostgresStore) -> Told,
        second: impl AsyncFn(&PostgresStore) -> Told,
    ) -> Option<(Told, Told)> {
        let history = History::new(format!("two actors at step {step}"));
        self.proxy.hold_after(step);
        let operation = history.invoke(1, "first");
        let running = first(&self.stepped);
        tokio::pin!(running);
        tokio::select! {
            _ = &mut running => {
                self.proxy.release();
                return None;
            }
            () = self.proxy.someone_waits() => {}
        }
        let other = history.invoke(2, "second");
        let meeting = second(&self.shop.store);
        tokio::pin!(meeting);
        let early = tokio::select! {
            told = &mut meeting => Some(told),
            () = someone_is_blocked(&mut self.watcher) => None,
        };
        self.proxy.release();
        let mut two = if let Some(told) = early {
            (running.await, told)
        } else {
            tokio::join!(running, meeting)
        };
        note(&history, operation, &two.0);
        note(&history, other, &two.1);
        // An unknown outcome is settled as a call settles it: by the same key again.
        if matches!(two.0, Err(StoreError::Away(_) | StoreError::Unknown(_))) {
            let operation = history.invoke(1, "first");
            two.0 = surely(|| first(&self.shop.store)).await;
            note(&history, operation, &two.0);
        }
        if matches!(two.1, Err(StoreError::Away(_) | StoreError::Unknown(_))) {
            let operation = history.invoke(2, "second");
            two.1 = surely(|| second(&self.shop.store)).await;
            note(&history, operation, &two.1);
        }
        history.must(settled);
        history.must(nobody_hears_two_things);
        Some(two)
    }
}

fn note(history: &History, operation: usize, told: &Told) {
    let outcome = match told {
        Ok(value) => Outcome::Ok(value.clone()),
        Err(StoreError::Away(why) | StoreError::Unknown(why)) => Outcome::Info(why.clone()),
        Err(refusal) => Outcome::Fail(refusal.to_string()),
    };
    history.settle(operation, outcome);
}

/// Waits until some transaction of this database waits for a lock.
async fn someone_is_blocked(watcher: &mut PgConnection) {
    loop {
        let blocked: bool = sqlx::query_scalar(
            "select exists (select from pg_stat_activity \
             where datname = current_database() and wait_event_type = 'Lock')",
        )
        .fetch_one(&mut *watcher)
        .await
        .unwrap();
        if blocked {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A time of its own for each step: 09:00 to 17:00 on one of the coming working days.
fn time_of(step: u64) -> (Slot, Slot) {
    let day = [23, 24, 25, 26, 27, 30][(step as usize / 4) % 6];
    let hour = 9 + 2 * (step as usize % 4);
    let at = |hour: usize| slot(&format!("2026-11-{day}"), &format!("{hour:02}:00:00"));
    (at(hour), at(hour + 1))
}

async fn book(store: &PostgresStore, scope: &Scope, slot: Slot) -> Told {
    let wanted = booking(scope.caller.as_ref().unwrap().reveal(), slot);
    let made = store.book_fitting(scope, &wanted, &approval(scope, &wanted)).await?;
    Ok(made.id.to_string())
}

async fn cancel(store: &PostgresStore, scope: &Scope, booking: Uuid) -> Told {
    let yes = yes(scope, "cancel_fitting", json!({ "cancel": booking }));
    store.cancel_booking(scope, booking, &yes).await.map(|()| "cancelled".into())
}

async fn move_to(store: &PostgresStore, scope: &Scope, booking: Uuid, to: Slot) -> Told {
    let yes = yes(scope, "cancel_fitting", json!({ "move": booking, "to": to }));
    store.move_booking(scope, booking, to, &yes).await.map(|_| "moved".into())
}

async fn confirm(store: &PostgresStore, scope: &Scope, order: &OrderView) -> Told {
    let (confirmation, approval) = agreed(scope, order);
    store.confirm_order(scope, &confirmation, &approval).await.map(|made| made.number)
}

async fn clear(shop: &Shop) {
    shop.execute("delete from fitting_bookings").await;
}

fn calls(step: u64) -> (Scope, Scope) {
    let call = u128::from(step) * 10;
    (scope(1_000 + call, OLENA), scope(1_001 + call, TARAS))
}

async fn booked(shop: &Shop, scope: &Scope, at: Slot) -> Uuid {
    surely(|| book(&shop.store, scope, at)).await.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_and_a_move_of_one_booking_end_in_a_state_of_the_table() {
    let Some(mut two) = Two::open().await else { return };
    for step in 1..STATEMENTS_MAX {
        clear(&two.shop).await;
        let (from, to) = time_of(step);
        let (olena, _) = calls(step);
        let other_call = scope(9_000 + u128::from(step), OLENA);
        let id = booked(&two.shop, &olena, from).await;
        let met = two
            .meet(
                step,
                async |store| cancel(store, &olena, id).await,
                async |store| move_to(store, &other_call, id, to).await,
            )
            .await;
        let Some((cancelled, moved)) = met else {
            assert!(step > 10, "{step}");
            return;
        };
        cancelled.unwrap();
        let state: (String, Slot2) = state_of(&two.shop, id).await;
        assert_eq!(state.0, "cancelled", "step {step}");
        let expected = if moved.is_ok() { to } else { from };
        assert_eq!(state.1, (expected.date, expected.time), "step {step}: {moved:?}");
    }
    panic!("the transaction has no end");
}

type Slot2 = (chrono::NaiveDate, chrono::NaiveTime);

async fn state_of(shop: &Shop, booking: Uuid) -> (String, Slot2) {
    let (status, date, time) = sqlx::query_as(
        "select status, booking_date, booking_time from fitting_bookings where id = $1",
    )
    .bind(booking)
    .fetch_one(&mut shop.superior().await)
    .await
    .unwrap();
    (status, (date, time))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_move_and_a_booking_to_one_time_exactly_one_gets_it_and_the_old_time_stands_or_is_free()
 {
    let Some(mut two) = Two::open().await else { return };
    for step in 1..STATEMENTS_MAX {
        clear(&two.shop).await;
        let (from, to) = time_of(step);
        let (olena, taras) = calls(step);
        let id = booked(&two.shop, &olena, from).await;
        let met = two
            .meet(
                step,
                async |store| move_to(store, &olena, id, to).await,
                async |store| book(store, &taras, to).await,
            )
            .await;
        let Some((moved, booked)) = met else {
            assert!(step > 10, "{step}");
            return;
        };
        assert!(moved.is_ok() != booked.is_ok(), "step {step}: {moved:?} {booked:?}");
        let state = state_of(&two.shop, id).await;
        let expected = if moved.is_ok() { to } else { from };
        assert_eq!(state, ("confirmed".into(), (expected.date, expected.time)), "step {step}");
    }
    panic!("the transaction has no end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_booking_from_a_dying_hold_and_another_caller_exactly_one_gets_the_time() {
    let Some(mut two) = Two::open().await else { return };
    for step in 1..STATEMENTS_MAX {
        clear(&two.shop).await;
        let (at, _) = time_of(step);
        let (olena, taras) = calls(step);
        surely(|| {
            two.shop.store.hold_slot(&olena, "100201", at, treadline::shop::Service::FullService)
        })
        .await
        .unwrap();
        // By the clock of the one the hold still stands, by that of the other it has lapsed.
        let (in_time, too_late) = (later(&olena, 2), later(&taras, 3));
        let met = two
            .meet(
                step,
                async |store| book(store, &in_time, at).await,
                async |store| book(store, &too_late, at).await,
            )
            .await;
        let Some((held, other)) = met else {
            assert!(step > 10, "{step}");
            return;
        };
        assert!(held.is_ok() != other.is_ok(), "step {step}: {held:?} {other:?}");
        let rows = "select count(*) from fitting_bookings where status = 'confirmed'";
        assert_eq!(two.shop.count(rows).await, 1, "step {step}");
    }
    panic!("the transaction has no end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_confirmations_of_the_last_tyres_exactly_one_sells() {
    let Some(mut two) = Two::open().await else { return };
    for step in 1..STATEMENTS_MAX {
        // Numbers of their own: a number orders three times a day.
        let olena = scope(1_000 + u128::from(step), &format!("+38067{step:07}"));
        let taras = scope(5_000 + u128::from(step), &format!("+38068{step:07}"));
        two.shop.execute("update products set quantity = 4").await;
        let left = two.shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
        let right = two.shop.delivered_draft(&taras, &[(HANKOOK, 4)]).await;
        let met = two
            .meet(
                step,
                async |store| confirm(store, &olena, &left).await,
                async |store| confirm(store, &taras, &right).await,
            )
            .await;
        let Some((first, second)) = met else {
            assert!(step > 10, "{step}");
            return;
        };
        assert!(first.is_ok() != second.is_ok(), "step {step}: {first:?} {second:?}");
        let stock = "select quantity::int8 from products where sku = '00000010495'";
        assert_eq!(two.shop.count(stock).await, 0, "step {step}");
    }
    panic!("the transaction has no end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_yes_that_arrives_twice_at_any_moment_is_one_order() {
    let Some(mut two) = Two::open().await else { return };
    for step in 1..STATEMENTS_MAX {
        let olena = scope(1_000 + u128::from(step), &format!("+38067{step:07}"));
        two.shop.execute("update products set quantity = 24").await;
        let order = two.shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
        let met = two
            .meet(
                step,
                async |store| confirm(store, &olena, &order).await,
                async |store| confirm(store, &olena, &order).await,
            )
            .await;
        let Some((first, second)) = met else {
            assert!(step > 10, "{step}");
            return;
        };
        assert_eq!(first.unwrap(), second.unwrap(), "step {step}");
        let stock = "select quantity::int8 from products where sku = '00000010495'";
        assert_eq!(two.shop.count(stock).await, 20, "step {step}");
    }
    panic!("the transaction has no end");
}
