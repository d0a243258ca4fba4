//! Times are kept, fittings are moved and given up: only one's own, in one step.

use crate::store::shop::{
    OLENA, Shop, TARAS, approval, booking, day, later, refused, scope, slot, stranger, yes,
};
use serde_json::json;
use treadline::shop::Service;
use treadline::store::{Booking, Scope, Slot, Store, StoreError};
use uuid::Uuid;

const STATION: &str = "100201";

fn nine() -> Slot {
    slot("2026-11-23", "09:00:00")
}

async fn one_post(shop: &Shop) {
    shop.execute("update fitting_stations set posts = 1").await;
}

async fn hold(shop: &Shop, scope: &Scope, slot: Slot) -> Result<Uuid, StoreError> {
    let held = shop.store.hold_slot(scope, STATION, slot, Service::FullService).await?;
    assert_eq!(held.expires_at, scope.now + chrono::TimeDelta::minutes(3));
    Ok(held.id)
}

async fn book(shop: &Shop, scope: &Scope, slot: Slot) -> Result<Booking, StoreError> {
    let wanted = booking(scope.caller.as_ref().unwrap().reveal(), slot);
    shop.store.book_fitting(scope, &wanted, &approval(scope, &wanted)).await
}

async fn cancel(shop: &Shop, scope: &Scope, booking: Uuid) -> Result<(), StoreError> {
    let yes = yes(scope, "cancel_fitting", json!({ "cancel": booking }));
    shop.store.cancel_booking(scope, booking, &yes).await
}

async fn move_to(
    shop: &Shop,
    scope: &Scope,
    booking: Uuid,
    to: Slot,
) -> Result<Booking, StoreError> {
    let yes = yes(scope, "cancel_fitting", json!({ "move": booking, "to": to }));
    shop.store.move_booking(scope, booking, to, &yes).await
}

#[tokio::test]
async fn a_held_time_is_kept_from_others_and_used_up_by_the_same_call() {
    let Some(shop) = Shop::open().await else { return };
    one_post(&shop).await;
    let (olena, taras) = (scope(1, OLENA), scope(2, TARAS));
    let first = hold(&shop, &olena, nine()).await.unwrap();
    assert_eq!(hold(&shop, &olena, nine()).await.unwrap(), first, "again is the same hold");
    assert!(matches!(book(&shop, &taras, nine()).await, Err(StoreError::SlotTaken)));
    assert!(matches!(hold(&shop, &taras, nine()).await, Err(StoreError::SlotTaken)));
    let free = async |scope| {
        let day = day("2026-11-23");
        shop.store.slots(scope, STATION, day, day, Service::FullService).await.unwrap()
    };
    assert!(free(&olena).await.contains(&nine()), "it is kept for this very call");
    assert!(!free(&taras).await.contains(&nine()));
    let made = book(&shop, &olena, nine()).await.unwrap();
    assert_eq!(made.slot, nine());
    let rows = "select count(*) from fitting_bookings where status = 'held'";
    assert_eq!(shop.count(rows).await, 0, "the hold was used up");
}

#[tokio::test]
async fn a_hold_lapses_after_three_minutes() {
    let Some(shop) = Shop::open().await else { return };
    one_post(&shop).await;
    let (olena, taras) = (scope(1, OLENA), scope(2, TARAS));
    hold(&shop, &olena, nine()).await.unwrap();
    book(&shop, &later(&taras, 3), nine()).await.unwrap();
    let result = book(&shop, &later(&olena, 4), nine()).await;
    assert!(matches!(result, Err(StoreError::SlotTaken)), "{result:?}");
}

#[tokio::test]
async fn a_number_keeps_two_times_at_most_and_so_does_a_call_without_a_number() {
    let Some(shop) = Shop::open().await else { return };
    for (first, second) in [(scope(1, OLENA), scope(2, OLENA)), (stranger(3), stranger(3))] {
        hold(&shop, &first, slot("2026-11-23", "10:00:00")).await.unwrap();
        hold(&shop, &second, slot("2026-11-23", "11:00:00")).await.unwrap();
        let third = hold(&shop, &second, slot("2026-11-23", "12:00:00")).await;
        assert_eq!(refused(third), "too_many_holds");
    }
    assert_eq!(
        refused(hold(&shop, &scope(4, TARAS), slot("2026-11-28", "10:00:00")).await),
        "no_such_slot"
    );
    let later = later(&scope(5, OLENA), 3);
    hold(&shop, &later, slot("2026-11-23", "12:00:00")).await.unwrap();
}

#[tokio::test]
async fn a_booking_gives_back_what_the_call_held_besides() {
    let Some(shop) = Shop::open().await else { return };
    one_post(&shop).await;
    let (olena, taras) = (scope(1, OLENA), scope(2, TARAS));
    hold(&shop, &olena, nine()).await.unwrap();
    book(&shop, &olena, slot("2026-11-23", "11:00:00")).await.unwrap();
    book(&shop, &taras, nine()).await.unwrap();
    let refused = book(&shop, &scope(3, OLENA), nine()).await;
    assert!(matches!(refused, Err(StoreError::SlotTaken)));
}

#[tokio::test]
async fn a_refused_booking_keeps_the_hold() {
    let Some(shop) = Shop::open().await else { return };
    one_post(&shop).await;
    let olena = scope(1, OLENA);
    hold(&shop, &olena, nine()).await.unwrap();
    let saturday = book(&shop, &olena, slot("2026-11-28", "10:00:00")).await;
    assert_eq!(refused(saturday), "no_such_slot");
    assert_eq!(shop.count("select count(*) from fitting_bookings where status = 'held'").await, 1);
}

#[tokio::test]
async fn bookings_are_shown_to_their_own_number_only() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let late = book(&shop, &olena, slot("2026-11-24", "10:00:00")).await.unwrap();
    let soon = book(&shop, &olena, nine()).await.unwrap();
    let own = shop.store.bookings(&scope(9, OLENA)).await.unwrap();
    assert_eq!(own.iter().map(|view| view.id).collect::<Vec<_>>(), [soon.id, late.id]);
    assert_eq!((own[0].slot, own[0].service), (nine(), Service::FullService));
    assert_eq!((own[0].station.code.as_str(), own[0].vehicle.as_str()), (STATION, "white Skoda"));
    assert!(shop.store.bookings(&scope(9, TARAS)).await.unwrap().is_empty());
    assert_eq!(refused(shop.store.bookings(&stranger(9)).await), "identity_unverified");
    let next_day = later(&scope(9, OLENA), 24 * 60);
    assert_eq!(shop.store.bookings(&next_day).await.unwrap().len(), 1, "the first is over");
}

#[tokio::test]
async fn a_booking_is_given_up_by_its_owner_only_and_once() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let made = book(&shop, &olena, nine()).await.unwrap();
    assert_eq!(refused(cancel(&shop, &scope(2, TARAS), made.id).await), "booking_not_found");
    assert_eq!(refused(cancel(&shop, &stranger(3), made.id).await), "identity_unverified");
    assert_eq!(refused(cancel(&shop, &olena, Uuid::nil()).await), "booking_not_found");
    let over = later(&scope(4, OLENA), 24 * 60);
    assert_eq!(refused(cancel(&shop, &over, made.id).await), "booking_not_found");
    assert_eq!(shop.count("select count(*) from approvals").await, 1, "refusals leave nothing");
    cancel(&shop, &olena, made.id).await.unwrap();
    cancel(&shop, &olena, made.id).await.unwrap();
    assert_eq!(refused(cancel(&shop, &scope(5, OLENA), made.id).await), "booking_not_found");
    let rows = "select count(*) from fitting_booking_changes c \
                join fitting_bookings b on b.id = c.booking_id and b.status = 'cancelled' \
                join approvals a on a.id = c.approval_id where c.kind = 'cancel'";
    assert_eq!(shop.count(rows).await, 1);
    assert_eq!(refused(book(&shop, &olena, nine()).await), "booking_cancelled");
}

#[tokio::test]
async fn a_move_takes_the_new_time_and_frees_the_old_in_one_step() {
    let Some(shop) = Shop::open().await else { return };
    one_post(&shop).await;
    let (olena, taras) = (scope(1, OLENA), scope(2, TARAS));
    let made = book(&shop, &olena, nine()).await.unwrap();
    let half_past = slot("2026-11-23", "09:30:00");
    let moved = move_to(&shop, &olena, made.id, half_past).await.unwrap();
    assert_eq!((moved.id, moved.slot, moved.repeated), (made.id, half_past, false));
    let again = move_to(&shop, &olena, made.id, half_past).await.unwrap();
    assert!(again.repeated);
    let eleven = slot("2026-11-23", "11:00:00");
    book(&shop, &taras, eleven).await.unwrap();
    let taken = move_to(&shop, &olena, made.id, eleven).await;
    assert!(matches!(taken, Err(StoreError::SlotTaken)), "{taken:?}");
    assert_eq!(shop.store.bookings(&olena).await.unwrap()[0].slot, half_past, "the old stands");
    let saturday = move_to(&shop, &olena, made.id, slot("2026-11-28", "10:00:00")).await;
    assert_eq!(refused(saturday), "no_such_slot");
    assert_eq!(refused(move_to(&shop, &scope(4, OLENA), made.id, half_past).await), "same_time");
    let foreign = move_to(&shop, &taras, made.id, slot("2026-11-23", "14:00:00")).await;
    assert_eq!(refused(foreign), "booking_not_found");
    assert_eq!(shop.count("select count(*) from fitting_booking_changes").await, 1);
}

#[tokio::test]
async fn stored_tyres_cannot_be_moved_to_before_they_are_there() {
    let Some(shop) = Shop::open().await else { return };
    let owner = scope(1, "+380671234567");
    let mut wanted = booking("+380671234567", slot("2026-11-26", "10:00:00"));
    wanted.storage_contract = Some("00000204711".into());
    let made = shop.store.book_fitting(&owner, &wanted, &approval(&owner, &wanted)).await.unwrap();
    let early = move_to(&shop, &owner, made.id, slot("2026-11-24", "10:00:00")).await;
    assert_eq!(refused(early), "storage_too_early");
    move_to(&shop, &owner, made.id, slot("2026-11-25", "10:00:00")).await.unwrap();
}
