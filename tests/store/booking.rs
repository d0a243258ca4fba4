//! Fittings are booked: by the rules, under a yes, once.

use crate::store::shop::{
    HANKOOK, OLENA, Shop, TARAS, approval, booking, day, refused, scope, slot, stranger,
};
use treadline::shop::Service;
use treadline::store::{Booking, NewBooking, Scope, Store, StoreError};

#[tokio::test]
async fn free_times_know_hours_closures_bookings_and_holds() {
    let Some(shop) = Shop::open().await else { return };
    let free = async || {
        let (from, to) = (day("2026-11-21"), day("2026-11-24"));
        shop.store.slots(&stranger(1), "100201", from, to, Service::FullService).await.unwrap()
    };
    let all = free().await;
    assert_eq!(all[0], slot("2026-11-23", "09:00:00"), "Sunday is closed");
    assert_eq!(all.len(), 34, "17 starts a day, half-hourly, the last at 17:00");
    let nine = slot("2026-11-23", "09:00:00");
    shop.book(1, &booking("+380671110001", nine)).await.unwrap();
    assert!(free().await.contains(&nine), "there is a second post");
    shop.execute(
        "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, post, \
             status, hold_expires_at) \
         select tenant_id, id, '2026-11-23', '09:00', 2, 'held', '2026-11-22 10:03:00Z' \
         from fitting_stations where external_code = '100201'",
    )
    .await;
    let held = free().await;
    assert!(!held.contains(&nine) && !held.contains(&slot("2026-11-23", "09:30:00")));
    shop.execute("update fitting_bookings set hold_expires_at = '2026-11-22 09:59:00Z' where status = 'held'").await;
    assert!(free().await.contains(&nine), "the hold ran out");
    shop.book(2, &booking("+380671110002", nine)).await.unwrap();
    assert!(!free().await.contains(&nine), "both posts are taken, the dead hold is out of the way");
    shop.execute(
        "insert into fitting_closures (tenant_id, closed_from, closed_to) \
         select id, '2026-11-24', '2026-11-24' from tenants",
    )
    .await;
    assert!(free().await.iter().all(|slot| slot.date == day("2026-11-23")));
}

#[tokio::test]
async fn a_booking_has_its_price_its_customer_and_its_agreement() {
    let Some(shop) = Shop::open().await else { return };
    let wanted = booking("+380671110001", slot("2026-11-23", "10:00:00"));
    let made = shop.book(1, &wanted).await.unwrap();
    assert_eq!(made.price, Some("980.00".parse().unwrap()));
    assert!(!made.repeated);
    let rows = "select count(*) from fitting_bookings b join customers c on c.id = b.customer_id \
                join approvals a on a.id = b.approval_id and a.effect_key = b.effect_key \
                where c.phone = '+380671110001' and c.name = 'Olena' and a.status = 'approved' \
                and b.status = 'confirmed' and b.source_call_id = a.call_id";
    assert_eq!(shop.count(rows).await, 1);
}

#[tokio::test]
async fn a_number_that_was_only_spoken_changes_nobodys_record() {
    let Some(shop) = Shop::open().await else { return };
    let mut wanted = booking("+380671110001", slot("2026-11-23", "10:00:00"));
    wanted.phone_verified = false;
    shop.book(1, &wanted).await.unwrap();
    assert_eq!(shop.count("select count(*) from customers").await, 0);
    assert_eq!(
        shop.count("select count(*) from fitting_bookings where not phone_verified").await,
        1
    );
}

#[tokio::test]
async fn what_the_shop_does_not_offer_is_refused_with_the_next_step() {
    let Some(shop) = Shop::open().await else { return };
    let code = |result: Result<Booking, StoreError>| match result {
        Err(StoreError::Rule { code, message }) => {
            assert!(!message.is_empty());
            code
        }
        other => panic!("{other:?}"),
    };
    let mut wanted = booking("+380671110001", slot("2026-11-28", "10:00:00"));
    assert_eq!(code(shop.book(1, &wanted).await), "no_such_slot", "a Saturday");
    wanted.slot = slot("2026-11-23", "10:10:00");
    assert_eq!(code(shop.book(1, &wanted).await), "no_such_slot", "between two starts");
    wanted.slot = slot("2026-11-20", "10:00:00");
    assert_eq!(code(shop.book(1, &wanted).await), "no_such_slot", "in the past");
    wanted.station_code = "999999".into();
    assert_eq!(code(shop.book(1, &wanted).await), "unknown_station");
    assert_eq!(shop.count("select count(*) from approvals").await, 0, "nothing stays of a refusal");
}

#[tokio::test]
async fn a_number_has_only_so_many_bookings_ahead_of_it() {
    let Some(shop) = Shop::open().await else { return };
    for (call, time) in ["09:00:00", "10:00:00", "11:00:00", "12:00:00"].into_iter().enumerate() {
        let wanted = booking("+380671110001", slot("2026-11-23", time));
        match (call, shop.book(call as u128 + 1, &wanted).await) {
            (0..3, Ok(_)) | (3, Err(StoreError::Rule { code: "too_many_bookings", .. })) => {}
            (_, other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_same_key_with_other_content_is_refused() {
    let Some(shop) = Shop::open().await else { return };
    let scope = stranger(1);
    let first = booking("+380671110001", slot("2026-11-23", "09:00:00"));
    let agreed = approval(&scope, &first);
    shop.store.book_fitting(&scope, &first, &agreed).await.unwrap();
    let mut other_args = agreed.clone();
    other_args.args["time"] = "10:00:00".into();
    let result = shop.store.book_fitting(&scope, &first, &other_args).await;
    assert!(matches!(result, Err(StoreError::EffectMismatch)), "{result:?}");
    let other_booking = booking("+380671110001", slot("2026-11-23", "10:00:00"));
    let result = shop.store.book_fitting(&scope, &other_booking, &agreed).await;
    assert!(matches!(result, Err(StoreError::EffectMismatch)), "{result:?}");
    assert_eq!(shop.count("select count(*) from fitting_bookings").await, 1);
}

async fn book_as(shop: &Shop, scope: &Scope, booking: &NewBooking) -> Result<Booking, StoreError> {
    shop.store.book_fitting(scope, booking, &approval(scope, booking)).await
}

#[tokio::test]
async fn stored_tyres_are_fitted_once_and_not_before_they_can_be_there() {
    let Some(shop) = Shop::open().await else { return };
    let owner = scope(1, "+380671234567");
    let mut wanted = booking("+380671234567", slot("2026-11-24", "10:00:00"));
    wanted.storage_contract = Some("204711".into());
    let early = book_as(&shop, &owner, &wanted).await;
    let Err(StoreError::Rule { code: "storage_too_early", message }) = &early else {
        panic!("{early:?}");
    };
    assert!(message.contains("2026-11-25"), "{message}");
    wanted.slot = slot("2026-11-25", "10:00:00");
    book_as(&shop, &owner, &wanted).await.unwrap();
    wanted.slot = slot("2026-11-26", "10:00:00");
    assert_eq!(refused(book_as(&shop, &owner, &wanted).await), "contract_booked");
    assert_eq!(
        shop.count(
            "select count(*) from fitting_bookings b \
             join storage_contracts c on c.id = b.storage_contract_id and c.number = '00000204711'"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn another_persons_stored_tyres_are_as_if_they_were_not_there() {
    let Some(shop) = Shop::open().await else { return };
    let mut wanted = booking(OLENA, slot("2026-11-26", "10:00:00"));
    wanted.storage_contract = Some("00000204711".into());
    assert_eq!(refused(book_as(&shop, &scope(1, OLENA), &wanted).await), "unknown_contract");
    assert_eq!(refused(book_as(&shop, &stranger(2), &wanted).await), "identity_unverified");
    let own = shop.store.storage(&scope(3, "+380671234567"), None).await.unwrap();
    assert_eq!(own.len(), 2);
    let one = shop.store.storage(&scope(3, "+380671234567"), Some("204714")).await.unwrap();
    assert_eq!(one[0].number, "00000204714");
    assert!(shop.store.storage(&scope(4, OLENA), Some("204714")).await.unwrap().is_empty());
    assert_eq!(refused(shop.store.storage(&stranger(5), None).await), "identity_unverified");
}

#[tokio::test]
async fn a_fitting_belongs_to_the_order_of_this_call_or_this_number_only() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    let mut wanted = booking(OLENA, slot("2026-11-24", "10:00:00"));
    wanted.linked_order = Some(order.id);
    let made = book_as(&shop, &olena, &wanted).await.unwrap();
    let linked: Option<uuid::Uuid> =
        sqlx::query_scalar("select linked_order_id from fitting_bookings where id = $1")
            .bind(made.id)
            .fetch_one(&mut shop.superior().await)
            .await
            .unwrap();
    assert_eq!(linked, Some(order.id));
    let mut other = booking(TARAS, slot("2026-11-24", "12:00:00"));
    other.linked_order = Some(order.id);
    assert_eq!(refused(book_as(&shop, &scope(2, TARAS), &other).await), "unknown_order");
}
