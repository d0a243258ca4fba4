//! The connection breaks after Postgres committed and before anybody heard of it. The caller's
//! side asks again with the same key and finds the one row.

use crate::races::proxy::Proxy;
use crate::races::shop::{
    HANKOOK, OLENA, Shop, agreed, approval, basket, booking, scope, slot, yes,
};
use serde_json::json;
use treadline::pii::Phone;
use treadline::store::{FrontDesk, NewCallback, PostgresStore, Scope, Store, StoreError};

/// The shop, and a store that reaches it through the proxy.
struct Cut {
    shop: Shop,
    proxy: Proxy,
    store: PostgresStore,
}

impl Cut {
    async fn open() -> Option<Self> {
        let shop = Shop::open().await?;
        let proxy = Proxy::before(&shop.db.url);
        let pool = treadline::db::connect(&proxy.url, 2).await.unwrap();
        Some(Self { shop, proxy, store: PostgresStore::new(pool, 3) })
    }

    /// Asks while the answer to the commit gets lost, then again; the second answer.
    async fn lost_then_found<T, F>(&self, mut ask: impl FnMut() -> F) -> T
    where
        F: Future<Output = Result<T, StoreError>>,
        T: std::fmt::Debug,
    {
        let before = self.proxy.swallowed();
        self.proxy.swallow_commits(1);
        let lost = ask().await;
        assert!(matches!(lost, Err(StoreError::Away(_) | StoreError::Unknown(_))), "{lost:?}");
        assert_eq!(self.proxy.swallowed(), before + 1, "it was the commit's answer that was lost");
        ask().await.unwrap()
    }
}

fn olena() -> Scope {
    scope(1, OLENA)
}

#[tokio::test]
async fn a_lost_answer_to_an_order_is_found_by_asking_again() {
    let Some(cut) = Cut::open().await else { return };
    let (olena, shop) = (olena(), &cut.shop);
    let wanted = basket(&olena, &[(HANKOOK, 4)]);
    let draft = cut.lost_then_found(|| cut.store.draft_order(&olena, &wanted)).await;
    assert_eq!(shop.count("select count(*) from orders").await, 1, "one draft");
    let order =
        cut.store.set_delivery(&olena, draft.id, &crate::races::shop::to_kyiv()).await.unwrap();
    let (confirmation, approval) = agreed(&olena, &order);
    let made =
        cut.lost_then_found(|| cut.store.confirm_order(&olena, &confirmation, &approval)).await;
    assert!(made.repeated, "it stood already");
    let rows = "select count(*) from orders where status = 'confirmed' and order_number = '10001'";
    assert_eq!(shop.count(rows).await, 1);
    let left = "select quantity::int8 from products where sku = '00000010495'";
    assert_eq!(shop.count(left).await, 20, "the stock was taken once");
}

#[tokio::test]
async fn a_lost_answer_to_a_fitting_a_move_and_a_cancellation_is_found_by_asking_again() {
    let Some(cut) = Cut::open().await else { return };
    let (olena, shop) = (olena(), &cut.shop);
    let wanted = booking(OLENA, slot("2026-11-24", "10:00:00"));
    let agreed = approval(&olena, &wanted);
    let made = cut.lost_then_found(|| cut.store.book_fitting(&olena, &wanted, &agreed)).await;
    assert!(made.repeated);
    let to = slot("2026-11-25", "11:00:00");
    let agreed = yes(&olena, "cancel_fitting", json!({ "move": made.id }));
    let moved = cut.lost_then_found(|| cut.store.move_booking(&olena, made.id, to, &agreed)).await;
    assert_eq!((moved.slot, moved.repeated), (to, true));
    let agreed = yes(&olena, "cancel_fitting", json!({ "cancel": made.id }));
    cut.lost_then_found(|| cut.store.cancel_booking(&olena, made.id, &agreed)).await;
    let rows = "select count(*) from fitting_bookings where status = 'cancelled'";
    assert_eq!(shop.count(rows).await, 1);
    assert_eq!(shop.count("select count(*) from fitting_bookings").await, 1);
    assert_eq!(shop.count("select count(*) from fitting_booking_changes").await, 2);
}

#[tokio::test]
async fn a_lost_answer_to_a_callback_is_found_by_asking_again() {
    let Some(cut) = Cut::open().await else { return };
    let olena = olena();
    let wish = NewCallback {
        phone: Phone::parse(OLENA).unwrap(),
        phone_verified: true,
        preferred_time: None,
        note: None,
        due_at: None,
        key: "the same".into(),
    };
    cut.lost_then_found(|| cut.store.request_callback(&olena, &wish)).await;
    assert_eq!(cut.shop.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn a_database_that_goes_away_in_the_middle_does_nothing_by_halves() {
    let Some(cut) = Cut::open().await else { return };
    let (olena, shop) = (olena(), &cut.shop);
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    let (confirmation, approval) = agreed(&olena, &order);
    cut.store.known_brands(&olena).await.unwrap();
    // Every place within the transaction, until it is through.
    for place in 1..200 {
        cut.proxy.bring_back();
        while cut.store.known_brands(&olena).await.is_err() {}
        cut.proxy.hold_after(place);
        let confirming = cut.store.confirm_order(&olena, &confirmation, &approval);
        tokio::pin!(confirming);
        tokio::select! {
            done = &mut confirming => {
                cut.proxy.release();
                done.unwrap();
                assert!(place > 10, "the transaction has more steps than {place}");
                break;
            }
            () = cut.proxy.someone_waits() => {
                cut.proxy.take_away();
                cut.proxy.release();
                let lost = confirming.await;
                assert!(
                    matches!(lost, Err(StoreError::Away(_) | StoreError::Unknown(_))),
                    "{lost:?}"
                );
                let half = "select count(*) from orders where status = 'confirmed'";
                assert_eq!(shop.count(half).await, 0, "at step {place}");
                assert_eq!(shop.count("select count(*) from approvals").await, 0);
            }
        }
    }
    let left = "select quantity::int8 from products where sku = '00000010495'";
    assert_eq!(shop.count(left).await, 20);
}
