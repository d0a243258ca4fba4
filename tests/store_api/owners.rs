//! Only one's own: orders by the caller's number, bookings by the number that they stand under.

use super::*;
use treadline::store::{Delivery, Store as _, StoreError};

/// An order of `OWN`, confirmed.
async fn ordered(world: &World, scope: &Scope) {
    let draft =
        world.store.draft_order(scope, &basket(scope, &[("00000010421", 4)])).await.unwrap();
    let point = Delivery::Pickup { point: "pp-1".into() };
    world.store.set_delivery(scope, draft.id, &point).await.unwrap();
    let yes = approval(scope, "confirm_order", json!({ "total": "8400" }));
    world.store.confirm_order(scope, &confirmation(draft.id, "8400"), &yes).await.unwrap();
}

fn of_another(call: u128) -> Scope {
    Scope { caller: Phone::parse("+380990000000"), ..scope(call) }
}

#[tokio::test]
async fn an_order_is_shown_to_its_own_number_only() {
    let Some(world) = World::open().await else { return };
    ordered(&world, &scope(1)).await;
    let own = world.store.orders(&scope(2), None).await.unwrap();
    assert_eq!(own[0].number, "N-1");
    assert_eq!(own[0].total.normalize().to_string(), "8400");
    assert!(world.api.seen("GET /orders/search")[0].query.contains("phone=%2B380671234567"));
    assert_eq!(world.store.orders(&scope(2), Some("n-1")).await.unwrap().len(), 1);
    assert_eq!(world.store.orders(&scope(2), Some("1")).await.unwrap().len(), 1);
    assert!(world.store.orders(&scope(2), Some("N-2")).await.unwrap().is_empty());

    assert!(world.store.orders(&of_another(3), None).await.unwrap().is_empty());
    world.api.books(|shop| shop.forgets_to_filter = true);
    let by_number = world.store.orders(&of_another(3), Some("N-1")).await.unwrap();
    assert!(by_number.is_empty(), "a back office that forgets to filter opens nothing either");

    let asked = world.api.seen("").len();
    let withheld = Scope { caller: None, ..scope(4) };
    assert!(world.store.orders(&withheld, Some("N-1")).await.unwrap().is_empty());
    assert_eq!(world.api.seen("").len(), asked, "a withheld number is not even asked about");
}

#[tokio::test]
async fn a_draft_belongs_to_its_call() {
    let Some(world) = World::open().await else { return };
    let draft = world
        .store
        .draft_order(&scope(1), &basket(&scope(1), &[("00000010421", 4)]))
        .await
        .unwrap();
    let refused = world.store.order(&scope(2), draft.id).await;
    assert!(matches!(refused, Err(StoreError::Rule { code: "unknown_order", .. })), "{refused:?}");
}

#[tokio::test]
async fn a_booking_is_moved_in_one_step_and_given_up_by_its_owner_only() {
    let Some(world) = World::open().await else { return };
    let (store, mine) = (&world.store, scope(1));
    let wanted = booking("100301", slot("2026-11-24", "09:00:00"));
    let yes = approval(&mine, "book_fitting", json!({ "time": "09:00" }));
    let booked = store.book_fitting(&mine, &wanted, &yes).await.unwrap();
    let again = store.book_fitting(&mine, &wanted, &yes).await.unwrap();
    assert_eq!((again.id, again.repeated), (booked.id, true));

    let to = slot("2026-11-24", "11:00:00");
    for stranger in [of_another(2), Scope { caller: None, ..scope(2) }] {
        let yes = approval(&stranger, "cancel_fitting", json!({ "action": "cancel" }));
        let moved = store.move_booking(&stranger, booked.id, to, &yes).await;
        assert!(matches!(moved, Err(StoreError::Rule { code: "booking_not_found", .. })));
        let gone = store.cancel_booking(&stranger, booked.id, &yes).await;
        assert!(matches!(gone, Err(StoreError::Rule { code: "booking_not_found", .. })));
    }
    assert!(world.api.seen("PATCH").is_empty() && world.api.seen("DELETE").is_empty());

    let taken = approval(&mine, "cancel_fitting", json!({ "to": "10:00" }));
    let refused =
        store.move_booking(&mine, booked.id, slot("2026-11-24", "10:00:00"), &taken).await;
    assert!(matches!(refused, Err(StoreError::SlotTaken)), "{refused:?}");
    assert_eq!(world.api.books(|shop| shop.bookings["bk-1"]["time"].clone()), "09:00");

    let yes = approval(&mine, "cancel_fitting", json!({ "to": "11:00" }));
    assert_eq!(store.move_booking(&mine, booked.id, to, &yes).await.unwrap().slot, to);
    assert!(store.move_booking(&mine, booked.id, to, &yes).await.unwrap().repeated);
    assert_eq!(world.api.seen("PATCH").len(), 2, "one refused, one done; the repeat asks nothing");

    let yes = approval(&mine, "cancel_fitting", json!({ "action": "cancel" }));
    store.cancel_booking(&mine, booked.id, &yes).await.unwrap();
    store.cancel_booking(&mine, booked.id, &yes).await.unwrap();
    assert!(world.api.books(|shop| shop.bookings.is_empty()));
    assert_eq!(world.api.seen("DELETE").len(), 1);
}

#[tokio::test]
async fn one_number_has_so_many_fittings_and_orders() {
    let Some(world) = World::open().await else { return };
    for (call, day) in ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"].iter().enumerate() {
        let scope = scope(10 + call as u128);
        let yes = approval(&scope, "book_fitting", json!({ "day": day }));
        let wanted = booking("100301", slot(day, "09:00:00"));
        let booked = world.store.book_fitting(&scope, &wanted, &yes).await;
        match call {
            0..3 => assert!(booked.is_ok(), "{booked:?}"),
            _ => assert!(matches!(booked, Err(StoreError::Rule { code: "too_many_bookings", .. }))),
        }
    }
    for call in 20..23 {
        ordered(&world, &scope(call)).await;
    }
    let fourth = scope(23);
    let refused = world.store.draft_order(&fourth, &basket(&fourth, &[("00000010421", 1)])).await;
    assert!(matches!(refused, Err(StoreError::Rule { code: "orders_per_day", .. })), "{refused:?}");
}

#[tokio::test]
async fn a_number_that_was_only_spoken_owns_nothing() {
    let Some(world) = World::open().await else { return };
    let withheld = Scope { caller: None, ..scope(1) };
    let mut wanted = booking("100301", slot("2026-11-24", "09:00:00"));
    wanted.phone_verified = false;
    let yes = approval(&withheld, "book_fitting", json!({ "time": "09:00" }));
    let booked = world.store.book_fitting(&withheld, &wanted, &yes).await.unwrap();
    let owner = scope(2);
    let yes = approval(&owner, "cancel_fitting", json!({ "action": "cancel" }));
    let refused = world.store.cancel_booking(&owner, booked.id, &yes).await;
    assert!(matches!(refused, Err(StoreError::Rule { code: "booking_not_found", .. })));
}

/// What was booked through us is listed to its number, and to no other.
#[tokio::test]
async fn a_caller_sees_the_fittings_that_were_booked_through_us() {
    let Some(world) = World::open().await else { return };
    let mine = scope(1);
    let wanted = booking("100301", slot("2026-11-24", "09:00:00"));
    let yes = approval(&mine, "book_fitting", json!({ "time": "09:00" }));
    let booked = world.store.book_fitting(&mine, &wanted, &yes).await.unwrap();
    let later = scope(2);
    let own = world.store.bookings(&later).await.unwrap();
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!((own[0].id, own[0].slot), (booked.id, wanted.slot));
    assert_eq!(own[0].station.name, "Zelena");
    for stranger in [of_another(3), Scope { caller: None, ..scope(3) }] {
        assert!(world.store.bookings(&stranger).await.unwrap().is_empty());
    }
    let yes = approval(&later, "cancel_fitting", json!({ "action": "cancel" }));
    world.store.cancel_booking(&later, own[0].id, &yes).await.unwrap();
    assert!(world.store.bookings(&later).await.unwrap().is_empty());
}

/// Of many at once no more get through than a number may have.
#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_a_number_hold_when_all_ask_at_once() {
    let Some(world) = World::open().await else { return };
    let mut running = tokio::task::JoinSet::new();
    for call in 0..8_u128 {
        let (store, scope) = (world.store.clone(), scope(30 + call));
        running.spawn(async move {
            let day = format!("2026-11-{}", 24 + call % 5);
            let yes = approval(&scope, "book_fitting", json!({ "call": call.to_string() }));
            let at = if call < 5 { "09:00:00" } else { "11:00:00" };
            store.book_fitting(&scope, &booking("100301", slot(&day, at)), &yes).await.is_ok()
        });
    }
    let done = running.join_all().await.into_iter().filter(|booked| *booked).count();
    assert_eq!((done, world.api.books(|shop| shop.bookings.len())), (3, 3));

    let mut drafts = Vec::new();
    for call in 0..6_u128 {
        let scope = scope(50 + call);
        let wanted = basket(&scope, &[("00000010421", 1)]);
        let draft = world.store.draft_order(&scope, &wanted).await.unwrap();
        let point = Delivery::Pickup { point: "pp-1".into() };
        world.store.set_delivery(&scope, draft.id, &point).await.unwrap();
        drafts.push((scope, draft.id));
    }
    let mut running = tokio::task::JoinSet::new();
    for (scope, draft) in drafts {
        let store = world.store.clone();
        running.spawn(async move {
            let yes = approval(&scope, "confirm_order", json!({ "total": "2100" }));
            store.confirm_order(&scope, &confirmation(draft, "2100"), &yes).await.is_ok()
        });
    }
    let done = running.join_all().await.into_iter().filter(|confirmed| *confirmed).count();
    let sold = world
        .api
        .books(|shop| shop.orders.values().filter(|order| order["status"] == "confirmed").count());
    assert_eq!((done, sold), (3, 3));
}

#[tokio::test]
async fn an_order_above_the_shops_limit_is_an_operators() {
    let Some(world) = World::open().await else { return };
    let (store, scope) = (&world.store, scope(1));
    let dear = basket(&scope, &[("00000010422", 8), ("00000010424", 4)]);
    let draft = store.draft_order(&scope, &dear).await.unwrap();
    let point = Delivery::Pickup { point: "pp-1".into() };
    let whole = store.set_delivery(&scope, draft.id, &point).await.unwrap();
    let total = whole.total.to_string();
    let yes = approval(&scope, "confirm_order", json!({ "total": total }));
    let refused = store.confirm_order(&scope, &confirmation(draft.id, &total), &yes).await;
    assert!(
        matches!(refused, Err(StoreError::Rule { code: "amount_too_high", .. })),
        "{refused:?}"
    );
    assert!(world.api.seen("POST /orders/ord%2F1/confirm").is_empty(), "nothing was asked for");
}

/// A time that somebody else has does not count against the number.
#[tokio::test]
async fn what_the_back_office_refused_counts_for_nothing() {
    let Some(world) = World::open().await else { return };
    for call in 0..4 {
        let scope = scope(70 + call);
        let yes = approval(&scope, "book_fitting", json!({ "call": call.to_string() }));
        let taken = booking("100301", slot("2026-11-24", "10:00:00"));
        let refused = world.store.book_fitting(&scope, &taken, &yes).await;
        assert!(matches!(refused, Err(StoreError::SlotTaken)), "{refused:?}");
    }
    assert_eq!(world.count("select count(*) from external_refs").await, 0);
}
