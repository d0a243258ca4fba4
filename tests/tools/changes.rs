//! Bookings that stand: only one's own, moved in one step, and holds that lapse.

use super::real::{CALLER, STATION, Shop, booking, offered};
use super::{agreed, ran, refused, yes_to};
use crate::tools::fake_store::MONDAY;
use chrono::TimeDelta;
use serde_json::{Value, json};
use treadline::shop::Agreement;
use treadline::tools::ToolDesk;

const TUESDAY: &str = "2026-11-24";
const LIVE: &str = "select count(*) from fitting_bookings where status = 'confirmed'";

/// A call in which the caller has booked Monday's first time.
async fn booked(shop: &Shop, call: u128) -> ToolDesk {
    let mut desk = shop.desk(call, Some(CALLER), &["My name is Olena"]);
    let [first, _] = offered(&mut desk, MONDAY).await;
    agreed(&mut desk, "book_fitting", booking(MONDAY, &first, "Olena")).await.expect("booked");
    desk
}

fn to_move(day: &str, time: &str) -> Value {
    json!({"booking_id": "B1", "action": "reschedule", "new_date": day, "new_time": time})
}

#[tokio::test]
async fn the_callers_bookings_come_under_aliases() {
    let Some(shop) = Shop::open().await else { return };
    booked(&shop, 1).await;
    let mut desk = shop.desk(2, Some(CALLER), &["When is my booking?"]);
    let list = ran(&mut desk, "get_customer_bookings", json!({})).await;
    let row = &list["bookings"][0];
    assert_eq!((&list["total"], &row["booking_id"]), (&json!(1), &json!("B1")));
    assert_eq!((&row["station_id"], &row["date"]), (&json!(STATION), &json!(MONDAY)));
    assert!(!list.to_string().contains(&desk.ledger.bookings[0].id.to_string()));
    let again = ran(&mut desk, "get_customer_bookings", json!({})).await;
    assert_eq!(again, list, "an alias stays with its booking");
    let mut other = shop.desk(3, Some("+380509998877"), &["When is my booking?"]);
    assert_eq!(ran(&mut other, "get_customer_bookings", json!({})).await["total"], 0);
}

#[tokio::test]
async fn a_booking_moves_in_one_step_and_back_again() {
    let Some(shop) = Shop::open().await else { return };
    booked(&shop, 1).await;
    let mut desk = shop.desk(2, Some(CALLER), &["Move it, please"]);
    let list = ran(&mut desk, "get_customer_bookings", json!({})).await;
    let before = list["bookings"][0]["time"].as_str().expect("a time").to_owned();
    let [_, second] = offered(&mut desk, TUESDAY).await;
    let args = to_move(TUESDAY, &second);
    let proposal = desk.prepare("cancel_fitting", &args).await.expect("free");
    let Agreement::FittingMove { from_date, to_date, .. } = &proposal.agreement else {
        panic!("no move: {:?}", proposal.agreement);
    };
    assert_eq!((from_date.to_string(), to_date.to_string()), (MONDAY.into(), TUESDAY.into()));
    let yes = yes_to(&desk, "cancel_fitting", &proposal.args);
    for _ in 0..2 {
        let moved = desk.run("cancel_fitting", &proposal.args, Some(&yes)).await.expect("moved");
        assert_eq!((&moved["status"], &moved["date"]), (&json!("moved"), &json!(TUESDAY)));
    }
    assert_eq!(shop.one(LIVE).await, 1);
    // Back, and there once more: the third move is not the first one over again.
    offered(&mut desk, MONDAY).await;
    agreed(&mut desk, "cancel_fitting", to_move(MONDAY, &before)).await.expect("back");
    offered(&mut desk, TUESDAY).await;
    let moved = agreed(&mut desk, "cancel_fitting", args).await.expect("there");
    assert_eq!(moved["time"], second.as_str());
    let on_tuesday = "select count(*) from fitting_bookings \
                      where status = 'confirmed' and booking_date = '2026-11-24'";
    assert_eq!((shop.one(LIVE).await, shop.one(on_tuesday).await), (1, 1));
}

#[tokio::test]
async fn a_booking_is_given_up_only_under_its_yes() {
    let Some(shop) = Shop::open().await else { return };
    booked(&shop, 1).await;
    let mut desk = shop.desk(2, Some(CALLER), &["Cancel it"]);
    ran(&mut desk, "get_customer_bookings", json!({})).await;
    let args = json!({"booking_id": "B1", "action": "cancel"});
    let proposal = desk.prepare("cancel_fitting", &args).await.expect("there");
    assert!(desk.run("cancel_fitting", &proposal.args, None).await.is_err());
    assert_eq!(shop.one(LIVE).await, 1);
    let yes = yes_to(&desk, "cancel_fitting", &proposal.args);
    let done = desk.run("cancel_fitting", &proposal.args, Some(&yes)).await.expect("cancelled");
    assert_eq!(done["status"], "cancelled");
    assert_eq!(shop.one(LIVE).await, 0);
}

#[tokio::test]
async fn only_listed_bookings_and_offered_times_can_be_changed() {
    let Some(shop) = Shop::open().await else { return };
    let owner = booked(&shop, 1).await;
    let mut desk = shop.desk(2, Some(CALLER), &["Move it"]);
    let cancel = |id: &str| json!({"booking_id": id, "action": "cancel"});
    let refusal = desk.prepare("cancel_fitting", &cancel("B1")).await.expect_err("not listed");
    assert_eq!(refusal.code, "booking_unknown");
    ran(&mut desk, "get_customer_bookings", json!({})).await;
    let row = desk.ledger.bookings[0].id.to_string();
    for id in ["B2", "b0", "", &row] {
        let refusal = desk.prepare("cancel_fitting", &cancel(id)).await.expect_err("no alias");
        assert_eq!(refusal.code, "booking_unknown", "{id}");
    }
    for (args, code) in [
        (to_move(TUESDAY, "10:00"), "slot_not_offered"),
        (json!({"booking_id": "B1", "action": "reschedule"}), "new_time_missing"),
        (json!({"booking_id": "B1", "action": "sell"}), "bad_arguments"),
    ] {
        let refusal = desk.prepare("cancel_fitting", &args).await.expect_err("refused");
        assert_eq!(refusal.code, code, "{args}");
    }
    drop(owner);
    assert_eq!(shop.one(LIVE).await, 1);
}

#[tokio::test]
async fn a_withheld_caller_changes_nothing_that_exists() {
    let Some(shop) = Shop::open().await else { return };
    booked(&shop, 1).await;
    let mut desk = shop.desk(2, None, &["my number is 099 111 22 33, cancel my booking"]);
    for (tool, args) in [
        ("get_customer_bookings", json!({})),
        ("get_order_status", json!({})),
        ("find_storage", json!({"storage_number": "00000204711"})),
        ("update_customer_profile", json!({"city": "Kyiv"})),
    ] {
        let refusal = refused(&mut desk, tool, args).await;
        assert_eq!(refusal.code, "identity_unverified", "{tool}");
        assert!(refusal.message.contains("operator"), "{}", refusal.message);
    }
    let args = json!({"booking_id": "B1", "action": "cancel"});
    let refusal = desk.prepare("cancel_fitting", &args).await.expect_err("no identity");
    assert_eq!(refusal.code, "identity_unverified");
    assert_eq!(shop.one(LIVE).await, 1);
}

#[tokio::test]
async fn a_time_that_goes_to_another_leaves_the_old_booking_standing() {
    let Some(shop) = Shop::open().await else { return };
    booked(&shop, 1).await;
    let mut desk = shop.desk(2, Some(CALLER), &["Move it"]);
    ran(&mut desk, "get_customer_bookings", json!({})).await;
    let [first, _] = offered(&mut desk, TUESDAY).await;
    let proposal = desk.prepare("cancel_fitting", &to_move(TUESDAY, &first)).await.expect("free");
    shop.execute("update fitting_stations set posts = 1 where external_code = '100201'").await;
    let mut rival = shop.desk(3, Some("+380509998877"), &["My name is Petro"]);
    offered(&mut rival, TUESDAY).await;
    agreed(&mut rival, "book_fitting", booking(TUESDAY, &first, "Petro")).await.expect("faster");
    let yes = yes_to(&desk, "cancel_fitting", &proposal.args);
    let refusal = desk.run("cancel_fitting", &proposal.args, Some(&yes)).await.expect_err("taken");
    assert_eq!((refusal.code, &refusal.details["booking_stands"]), ("slot_taken", &json!(true)));
    let on_monday = "select count(*) from fitting_bookings \
                     where status = 'confirmed' and booking_date = '2026-11-23'";
    assert_eq!(shop.one(on_monday).await, 1);
}

#[tokio::test]
async fn a_kept_time_is_for_its_call_and_lapses() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update fitting_stations set posts = 1 where external_code = '100201'").await;
    let mut desk = shop.desk(1, Some(CALLER), &["My name is Olena"]);
    let [first, _] = offered(&mut desk, MONDAY).await;
    let wish = |time: &str| json!({"station_id": STATION, "date": MONDAY, "time": time});
    let kept = ran(&mut desk, "reserve_fitting_slot", wish(&first)).await;
    assert_eq!((&kept["status"], &kept["minutes"]), (&json!("held"), &json!(3)));
    assert_eq!(ran(&mut desk, "reserve_fitting_slot", wish(&first)).await["status"], "held");
    assert_eq!(shop.one("select count(*) from fitting_bookings").await, 1, "the same hold");
    let mut rival = shop.desk(2, Some("+380509998877"), &["My name is Petro"]);
    let [next, _] = offered(&mut rival, MONDAY).await;
    assert_ne!(next, first, "it is kept");
    // Who keeps it can book it.
    agreed(&mut desk, "book_fitting", booking(MONDAY, &first, "Olena")).await.expect("booked");
    assert_eq!(shop.one(LIVE).await, 1);
    // Nobody books the rival's: it lapses by itself.
    ran(&mut rival, "reserve_fitting_slot", wish(&next)).await;
    desk.scope.now += TimeDelta::minutes(4);
    let [after, _] = offered(&mut desk, MONDAY).await;
    assert_eq!(after, next);
}

#[tokio::test]
async fn a_third_kept_time_and_one_that_was_not_offered_are_refused() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["My name is Olena"]);
    let [first, second] = offered(&mut desk, MONDAY).await;
    let wish = |day: &str, time: &str| json!({"station_id": STATION, "date": day, "time": time});
    ran(&mut desk, "reserve_fitting_slot", wish(MONDAY, &first)).await;
    ran(&mut desk, "reserve_fitting_slot", wish(MONDAY, &second)).await;
    let [tuesday, _] = offered(&mut desk, TUESDAY).await;
    let third = refused(&mut desk, "reserve_fitting_slot", wish(TUESDAY, &tuesday)).await;
    assert_eq!(third.code, "too_many_holds");
    let never = refused(&mut desk, "reserve_fitting_slot", wish(TUESDAY, "09:07")).await;
    assert_eq!(never.code, "slot_not_offered");
    assert_eq!(shop.one("select count(*) from fitting_bookings").await, 2);
}
