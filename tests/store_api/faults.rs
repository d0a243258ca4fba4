//! Everything that goes wrong between us and a back office, as a table: what the store answers,
//! how often it asks, and that an effect happens once whatever is lost.

use super::store_api::Fault::{self, *};
use super::*;
use tokio::time::Instant;
use treadline::store::{Delivery, Store as _, StoreError, TireQuery};

/// What a busy machine may add to a time limit.
const SLACK: std::time::Duration = std::time::Duration::from_secs(5);

fn query() -> TireQuery {
    TireQuery { size: size(), season: None, brand: None }
}

/// Faults of one question, then: does it get an answer, and after how many requests?
const TABLE: [(&[Fault], bool, usize); 15] = [
    (&[Status(429, Some(0))], true, 2),
    (&[Status(503, None), Status(503, None)], true, 3),
    (&[Status(503, None), Status(429, Some(0)), Status(503, None)], false, 3),
    // Longer than a caller waits: not waited for.
    (&[Status(429, Some(60))], false, 1),
    (&[Status(503, Some(2))], false, 1),
    (&[Status(500, None)], false, 1),
    (&[Status(502, Some(0))], false, 1),
    (&[Status(401, None)], false, 1),
    (&[Status(404, None)], false, 1),
    (&[Windows1251(500)], false, 1),
    (&[Stalls], false, 1),
    (&[CutAfterDoing], false, 1),
    (&[Garbage], false, 1),
    (&[Huge], false, 1),
    (&[WrongType], false, 1),
];

#[tokio::test]
async fn each_fault_has_its_answer_and_its_number_of_requests() {
    let Some(db) = fresh_database().await else { return };
    for (faults, answered, requests) in TABLE {
        let api = StoreApi::start().await;
        let store = store(&api, &db, QUICK, &Endpoint::ALL);
        api.plan("GET /tires/search", faults);
        let begun = Instant::now();
        let found = store.search_tires(&scope(1), &query()).await;
        let took = begun.elapsed();
        assert_eq!(found.is_ok(), answered, "{faults:?}: {found:?}");
        if let Err(error) = found {
            assert!(matches!(error, StoreError::Away(_)), "{faults:?}: {error:?}");
            let text = error.to_string();
            assert!(!text.contains(KEY) && !text.contains("127.0.0.1"), "{text}");
        }
        assert_eq!(api.seen("GET /tires/search").len(), requests, "{faults:?}");
        assert!(took < QUICK.total + SLACK, "{faults:?} took {took:?}");
    }
}

#[tokio::test]
async fn the_breaker_opens_after_five_failures_and_no_request_leaves_then() {
    let Some(world) = World::open().await else { return };
    world.api.plan("GET /tires/search", &[Status(500, None); 5]);
    for _ in 0..5 {
        assert!(world.store.search_tires(&scope(1), &query()).await.is_err());
    }
    let away = world.store.search_tires(&scope(1), &query()).await;
    assert!(matches!(away, Err(StoreError::Away(_))), "{away:?}");
    assert!(world.store.stations(&scope(1), None).await.is_err(), "for every question");
    assert_eq!(world.api.seen("").len(), 5);
}

#[tokio::test]
async fn refusals_of_questions_do_not_open_the_breaker() {
    let Some(world) = World::open().await else { return };
    for _ in 0..8 {
        assert!(world.store.find_products(&scope(1), "77777").await.unwrap().is_empty());
    }
    assert_eq!(world.store.search_tires(&scope(1), &query()).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_back_office_that_is_not_there_is_away() {
    let Some(db) = fresh_database().await else { return };
    let api = StoreApi::start().await;
    let store = store(&api, &db, QUICK, &Endpoint::ALL);
    drop(api);
    tokio::task::yield_now().await;
    let begun = Instant::now();
    let away = store.search_tires(&scope(1), &query()).await;
    assert!(matches!(away, Err(StoreError::Away(_))), "{away:?}");
    assert!(begun.elapsed() < QUICK.total + SLACK);
}

/// Ways to lose the answer to something that was done.
const LOST: [Fault; 5] = [CutAfterDoing, LateAfterDoing(3_000), Garbage, Huge, WrongType];

#[tokio::test]
async fn an_order_whose_answer_was_lost_is_one_order() {
    for lost in LOST {
        let Some(world) = World::open().await else { return };
        let (store, scope) = (&world.store, scope(1));
        let wanted = basket(&scope, &[("00000010421", 4)]);
        world.api.plan("POST /orders", &[lost]);
        let first = store.draft_order(&scope, &wanted).await;
        assert!(matches!(first, Err(StoreError::Away(_))), "{lost:?}: {first:?}");
        let draft = store.draft_order(&scope, &wanted).await.unwrap();
        assert_eq!(world.api.books(|shop| shop.orders.len()), 1, "{lost:?}");

        let point = Delivery::Pickup { point: "pp-1".into() };
        store.set_delivery(&scope, draft.id, &point).await.unwrap();
        let yes = approval(&scope, "confirm_order", json!({ "total": "8400" }));
        let wanted = confirmation(draft.id, "8400");
        world.api.plan("POST /orders/ord%2F1/confirm", &[lost]);
        let first = store.confirm_order(&scope, &wanted, &yes).await;
        assert!(matches!(first, Err(StoreError::Unknown(_))), "{lost:?}: {first:?}");
        let order = store.confirm_order(&scope, &wanted, &yes).await.unwrap();
        assert_eq!((order.number.as_str(), order.repeated), ("N-1", true), "{lost:?}");
        let third = store.confirm_order(&scope, &wanted, &yes).await.unwrap();
        assert_eq!(third, order);
        let times = world.api.books(|shop| shop.orders["ord/1"]["confirmations"].clone());
        assert_eq!(times, 1, "{lost:?}: confirmed once");
        assert_eq!(
            world.api.seen("POST /orders/ord%2F1/confirm").len(),
            2,
            "the third asks nothing"
        );

        let other = approval(&scope, "confirm_order", json!({ "total": "8400", "again": true }));
        let refused = store.confirm_order(&scope, &wanted, &other).await;
        assert!(
            matches!(refused, Err(StoreError::Rule { code: "already_confirmed", .. })),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_booking_whose_answer_was_lost_is_one_booking() {
    for lost in LOST {
        let Some(world) = World::open().await else { return };
        let (store, scope) = (&world.store, scope(1));
        let wanted = booking("100301", slot("2026-11-24", "09:00:00"));
        let yes = approval(&scope, "book_fitting", json!({ "time": "09:00" }));
        world.api.plan("POST /fitting/bookings", &[lost]);
        let first = store.book_fitting(&scope, &wanted, &yes).await;
        assert!(matches!(first, Err(StoreError::Unknown(_))), "{lost:?}: {first:?}");
        let booked = store.book_fitting(&scope, &wanted, &yes).await.unwrap();
        assert_eq!(world.api.books(|shop| shop.bookings.len()), 1, "{lost:?}");

        let to = slot("2026-11-24", "11:00:00");
        let yes = approval(&scope, "cancel_fitting", json!({ "to": "11:00" }));
        world.api.plan("PATCH", &[lost]);
        assert!(store.move_booking(&scope, booked.id, to, &yes).await.is_err(), "{lost:?}");
        assert_eq!(store.move_booking(&scope, booked.id, to, &yes).await.unwrap().slot, to);
        assert_eq!(world.api.books(|shop| shop.bookings["bk-1"]["time"].clone()), "11:00");
    }
}

#[tokio::test]
async fn a_caller_who_stops_waiting_does_not_keep_the_order_from_being_noted() {
    let Some(world) = World::open().await else { return };
    let (store, scope) = (&world.store, scope(1));
    let wanted = basket(&scope, &[("00000010421", 4)]);
    world.api.plan("POST /orders", &[LateAfterDoing(300)]);
    let dropped =
        tokio::time::timeout(Duration::from_millis(100), store.draft_order(&scope, &wanted)).await;
    assert!(dropped.is_err(), "the call gave up");
    let deadline = Instant::now() + Duration::from_secs(5);
    while world.count("select count(*) from external_refs where kind = 'order'").await == 0 {
        assert!(Instant::now() < deadline, "the order was never noted");
        tokio::task::yield_now().await;
    }
    assert_eq!(world.api.books(|shop| shop.orders.len()), 1);
}

#[tokio::test]
async fn without_our_own_tables_nothing_is_confirmed() {
    let Some(world) = World::open().await else { return };
    let (store, scope) = (&world.store, scope(1));
    let draft = store.draft_order(&scope, &basket(&scope, &[("00000010421", 4)])).await.unwrap();
    let point = Delivery::Pickup { point: "pp-1".into() };
    store.set_delivery(&scope, draft.id, &point).await.unwrap();
    world.db.pool.close().await;
    let yes = approval(&scope, "confirm_order", json!({ "total": "8400" }));
    let away = store.confirm_order(&scope, &confirmation(draft.id, "8400"), &yes).await;
    assert!(matches!(away, Err(StoreError::Away(_))), "{away:?}");
    assert!(world.api.seen("POST /orders/ord%2F1/confirm").is_empty(), "no yes, no order");
}
