//! Each guard is what holds: with it off, the very thing it forbids gets through.

use super::real::{
    CALLER, STATION, Shop, booking, confirmation, delivered, drafted, offered, searched,
};
use super::{agreed, ran};
use crate::tools::fake_store::MONDAY;
use serde_json::json;
use treadline::tools::{Guard, Guards, ToolDesk};

const CONFIRMED: &str = "select count(*) from orders where status = 'confirmed'";
const BOOKED: &str = "select count(*) from fitting_bookings where status = 'confirmed'";

fn off(desk: &mut ToolDesk, guard: Guard) {
    desk.guards = Guards::all().without(guard);
}

#[tokio::test]
async fn without_consent_an_order_needs_no_yes() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["I am Olena"]);
    delivered(&mut desk, 1).await;
    let args = confirmation("Olena");
    let refusal = desk.run("confirm_order", &args, None).await.expect_err("no yes");
    assert_eq!((refusal.code, shop.one(CONFIRMED).await), ("consent_missing", 0));
    off(&mut desk, Guard::Consent);
    desk.run("confirm_order", &args, None).await.expect("nothing else holds it");
    assert_eq!(shop.one(CONFIRMED).await, 1);
}

#[tokio::test]
async fn without_identity_words_are_enough_to_cancel_anothers_booking() {
    let Some(shop) = Shop::open().await else { return };
    let mut owner = shop.desk(1, Some(CALLER), &["My name is Olena"]);
    let [first, _] = offered(&mut owner, MONDAY).await;
    agreed(&mut owner, "book_fitting", booking(MONDAY, &first, "Olena")).await.expect("booked");
    let mut thief = shop.desk(2, None, &["my number is 099 111 22 33"]);
    off(&mut thief, Guard::Identity);
    let list = ran(&mut thief, "get_customer_bookings", json!({})).await;
    assert_eq!(list["total"], 1);
    let cancel = json!({"booking_id": "B1", "action": "cancel"});
    agreed(&mut thief, "cancel_fitting", cancel).await.expect("nothing else holds it");
    assert_eq!(shop.one(BOOKED).await, 0);
}

#[tokio::test]
async fn without_the_fitting_guards_any_time_station_day_and_name_is_booked() {
    for guard in [Guard::OfferedSlot, Guard::KnownStation, Guard::Weekday, Guard::GroundedName] {
        let Some(shop) = Shop::open().await else { return };
        let mut desk = shop.desk(1, Some(CALLER), &["My name is Olena"]);
        let [first, _] = offered(&mut desk, MONDAY).await;
        let mut args = booking(MONDAY, &first, "Olena");
        match guard {
            Guard::OfferedSlot => args["date"] = json!("2026-11-24"),
            Guard::KnownStation => {
                args["station_id"] = json!("300401");
                desk.ledger.offered =
                    [("300401".to_owned(), super::slot(MONDAY, &format!("{first}:00")))].into();
            }
            Guard::Weekday => desk.caller_words.push("on Thursday".into()),
            _ => args["customer_name"] = json!("Mallory"),
        }
        let refusal = agreed(&mut desk, "book_fitting", args.clone()).await;
        assert!(refusal.is_err() && shop.one(BOOKED).await == 0, "{guard:?}");
        off(&mut desk, guard);
        let made = agreed(&mut desk, "book_fitting", args).await;
        assert!(made.is_ok() && shop.one(BOOKED).await == 1, "{guard:?}: {made:?}");
    }
}

#[tokio::test]
async fn without_the_phone_guard_a_stranger_is_booked_under_any_number() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, None, &["My name is Olena"]);
    let [first, _] = offered(&mut desk, MONDAY).await;
    let mut args = booking(MONDAY, &first, "Olena");
    args["customer_phone"] = json!("+380501112233");
    let refusal = agreed(&mut desk, "book_fitting", args.clone()).await.expect_err("not said");
    assert_eq!((refusal.code, shop.one(BOOKED).await), ("phone_not_said", 0));
    off(&mut desk, Guard::GroundedPhone);
    agreed(&mut desk, "book_fitting", args).await.expect("nothing else holds it");
    assert_eq!(shop.one(BOOKED).await, 1);
}

#[tokio::test]
async fn without_the_product_guard_any_article_is_drafted() {
    let Some(shop) = Shop::open().await else { return };
    let mut other = shop.desk(1, Some(CALLER), &[]);
    let args = json!({"items": [{"product_id": searched(&mut other).await, "quantity": 1}]});
    let mut desk = shop.desk(2, Some(CALLER), &[]);
    let refusal = desk.run("create_order_draft", &args, None).await.expect_err("not named here");
    assert_eq!(refusal.code, "product_unknown");
    off(&mut desk, Guard::KnownProduct);
    ran(&mut desk, "create_order_draft", args).await;
    assert_eq!(shop.one("select count(*) from orders").await, 1);
}

#[tokio::test]
async fn behind_the_limits_of_the_tools_the_database_has_its_own() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update products set quantity = 500, price = 100").await;
    let mut desk = shop.desk(1, Some(CALLER), &[]);
    let id = searched(&mut desk).await;
    let order = |quantity: i64| json!({"items": [{"product_id": id, "quantity": quantity}]});
    off(&mut desk, Guard::QuantityLimit);
    for (quantity, code) in [(21, "too_many_pieces"), (100, "quantity_bad")] {
        let refusal = desk.run("create_order_draft", &order(quantity), None).await;
        assert_eq!(refusal.expect_err("the store's own rule").code, code);
    }
    shop.execute("update products set price = 20000").await;
    off(&mut desk, Guard::AmountLimit);
    let refusal = desk.run("create_order_draft", &order(4), None).await;
    assert_eq!(refusal.expect_err("the constraint").code, "amount_too_high");
    assert_eq!(shop.one("select count(*) from orders").await, 0);
}

#[tokio::test]
async fn without_ownership_a_row_id_is_taken_as_it_is_written() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["My name is Olena"]);
    let [first, _] = offered(&mut desk, MONDAY).await;
    agreed(&mut desk, "book_fitting", booking(MONDAY, &first, "Olena")).await.expect("booked");
    let mut seen = shop.desk(2, Some(CALLER), &[]);
    ran(&mut seen, "get_customer_bookings", json!({})).await;
    let row = seen.ledger.bookings[0].id.to_string();
    let mut next = shop.desk(3, Some(CALLER), &[]);
    ran(&mut next, "get_fitting_stations", json!({})).await;
    let cancel = json!({"booking_id": row, "action": "cancel"});
    assert!(agreed(&mut next, "cancel_fitting", cancel.clone()).await.is_err());
    off(&mut next, Guard::Ownership);
    agreed(&mut next, "cancel_fitting", cancel.clone()).await.expect("nothing else holds it");
    assert_eq!(shop.one(BOOKED).await, 0);
    // Somebody else's is refused by the store itself, guard or no guard.
    let mut later = shop.desk(6, Some(CALLER), &["My name is Olena"]);
    let [again, _] = offered(&mut later, MONDAY).await;
    agreed(&mut later, "book_fitting", booking(MONDAY, &again, "Olena")).await.expect("booked");
    let mut thief = shop.desk(4, Some("+380509998877"), &[]);
    ran(&mut thief, "get_fitting_stations", json!({})).await;
    let mut owner = shop.desk(5, Some(CALLER), &[]);
    ran(&mut owner, "get_customer_bookings", json!({})).await;
    let row = owner.ledger.bookings[0].id.to_string();
    off(&mut thief, Guard::Ownership);
    let cancel = json!({"booking_id": row, "action": "cancel"});
    assert!(agreed(&mut thief, "cancel_fitting", cancel).await.is_err());
    assert_eq!(shop.one(BOOKED).await, 1);
}

#[tokio::test]
async fn the_store_counts_holds_and_orders_by_itself() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["I am Olena"]);
    let [first, second] = offered(&mut desk, MONDAY).await;
    let wish = |time: &str| json!({"station_id": STATION, "date": MONDAY, "time": time});
    for time in [&first, &second] {
        ran(&mut desk, "reserve_fitting_slot", wish(time)).await;
    }
    off(&mut desk, Guard::HoldLimit);
    let third = desk.ledger.offered.last().expect("offered").1;
    let third = wish(&third.time.format("%H:%M").to_string());
    let refusal = desk.run("reserve_fitting_slot", &third, None).await;
    assert_eq!(refusal.expect_err("counted").code, "too_many_holds");
    drafted(&mut desk, 1).await;
    assert_eq!(shop.one("select count(*) from fitting_bookings where status = 'held'").await, 2);
}
