//! The booking of a fitting: proposed, agreed to, made once.

use super::{approval, slot, with_offers};
use crate::tools::fake_store::{FakeStore, MONDAY};
use crate::tools::hostile::booking;
use serde_json::{Value, json};
use std::sync::Arc;
use treadline::pii::Phone;
use treadline::shop::Agreement;
use treadline::tools::Refusal;
use uuid::Uuid;

#[tokio::test]
async fn a_booking_is_proposed_then_made_once_under_its_approval() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let proposal = desk.prepare("book_fitting", &booking()).await.expect("a good booking");
    assert!(store.bookings().is_empty(), "a proposal changes nothing");
    let Agreement::FittingBooking { station_name, customer_name, vehicle, .. } =
        &proposal.agreement
    else {
        panic!("not a booking");
    };
    assert_eq!((station_name.as_str(), customer_name.0.as_str()), ("North", "Olena"));
    assert_eq!(vehicle, "grey Toyota");
    let yes = approval(&desk, &proposal.args);
    for _ in 0..2 {
        let made = desk.run("book_fitting", &proposal.args, Some(&yes)).await.expect("booked");
        assert_eq!(made["status"], "confirmed");
        assert_eq!((&made["date"], &made["time"]), (&json!(MONDAY), &json!("09:00")));
        assert!(!made.to_string().contains(&Uuid::from_u128(9).to_string()));
    }
    let made = store.bookings();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].phone.reveal(), "+380671234567");
    assert!(made[0].phone_verified);
}

#[tokio::test]
async fn the_canonical_arguments_prepare_to_themselves() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let mut args = booking();
    args["time"] = json!(" 9:00 ");
    args["customer_name"] = json!("  Olena   Koval ");
    args["vehicle_info"] = json!("grey Toyota");
    let once = desk.prepare("book_fitting", &args).await.expect("good").args;
    let twice = desk.prepare("book_fitting", &once).await.expect("good").args;
    assert_eq!(once, twice);
    assert_eq!(once["customer_name"], "Olena Koval");
}

#[tokio::test]
async fn an_approval_for_something_else_books_nothing() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let agreed = desk.prepare("book_fitting", &booking()).await.expect("good").args;
    let mut other = agreed.clone();
    other["customer_name"] = json!("Mallory");
    let yes = approval(&desk, &agreed);
    let mut wrong_tool = yes.clone();
    wrong_tool.tool = "search_tires".into();
    let mut wrong_key = yes.clone();
    wrong_key.effect_key = "0".repeat(64);
    for (args, approval) in [
        (&other, Some(&yes)),
        (&agreed, Some(&wrong_tool)),
        (&agreed, Some(&wrong_key)),
        (&agreed, None),
    ] {
        assert!(desk.run("book_fitting", args, approval).await.is_err());
    }
    assert!(store.bookings().is_empty());
}

#[tokio::test]
async fn the_callers_own_number_always_wins_and_a_withheld_one_is_asked_for() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let mut args = booking();
    args["customer_phone"] = json!("+380991112233");
    let proposal = desk.prepare("book_fitting", &args).await.expect("good");
    assert!(proposal.args.get("customer_phone").is_none());
    desk.scope.caller = None;
    let refusal = desk.prepare("book_fitting", &booking()).await.expect_err("no number");
    assert_eq!(refusal.code, "phone_missing");
    let proposal = desk.prepare("book_fitting", &args).await.expect("a number was given");
    let yes = approval(&desk, &proposal.args);
    desk.run("book_fitting", &proposal.args, Some(&yes)).await.expect("booked");
    assert_eq!(store.bookings()[0].phone, Phone::parse("+380991112233").expect("a number"));
    assert!(!store.bookings()[0].phone_verified);
}

#[tokio::test]
async fn a_slot_that_goes_to_another_is_refused_with_the_next_free_one() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let agreed = desk.prepare("book_fitting", &booking()).await.expect("free").args;
    store.book_for_another("100001", slot(MONDAY, "09:00:00"));
    let yes = approval(&desk, &agreed);
    let refusal = desk.run("book_fitting", &agreed, Some(&yes)).await.expect_err("taken");
    assert_eq!(refusal.code, "slot_taken");
    assert!(refusal.message.contains("2026-11-23 09:20"), "{}", refusal.message);
    let refusal = desk.prepare("book_fitting", &booking()).await.expect_err("not offered now");
    assert_eq!(refusal.code, "slot_not_offered");
    let mut next = booking();
    next["time"] = json!("09:20");
    desk.prepare("book_fitting", &next).await.expect("the named next one can be booked");
    assert!(store.bookings().is_empty());
}

/// Prepares a booking of the first slot and runs it under a yes; how often the store was asked.
async fn booked_through(store: &Arc<FakeStore>) -> (Result<Value, Refusal>, u32) {
    let mut desk = with_offers(store).await;
    let proposal = desk.prepare("book_fitting", &booking()).await.expect("it can be booked");
    let approval = approval(&desk, &proposal.args);
    let begun = tokio::time::Instant::now();
    let made = desk.run("book_fitting", &proposal.args, Some(&approval)).await;
    assert!(begun.elapsed().as_millis() <= 1_500, "{:?}", begun.elapsed());
    let asked = *store.bookings_asked.lock().expect("free");
    (made, asked)
}

#[tokio::test(start_paused = true)]
async fn a_store_that_comes_back_after_two_failures_books_once() {
    let store = Arc::new(FakeStore::with_one_station());
    *store.bookings_refused.lock().expect("free") = 2;
    let (made, asked) = booked_through(&store).await;
    assert_eq!(made.expect("booked")["status"], "confirmed");
    assert_eq!((asked, store.bookings().len()), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_booking_that_stands_though_its_answer_was_lost_is_not_made_twice() {
    let store = Arc::new(FakeStore::with_one_station());
    *store.bookings_unanswered.lock().expect("free") = 1;
    let (made, asked) = booked_through(&store).await;
    assert_eq!(made.expect("booked")["status"], "confirmed");
    assert_eq!((asked, store.bookings().len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_away_is_asked_three_times_and_then_refused() {
    let store = Arc::new(FakeStore::with_one_station());
    *store.bookings_refused.lock().expect("free") = 99;
    let (made, asked) = booked_through(&store).await;
    assert_eq!(made.expect_err("away").code, "store_away");
    assert_eq!((asked, store.bookings().len()), (3, 0));
}
