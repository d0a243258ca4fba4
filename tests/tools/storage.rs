//! Stored tyres: asked about once, three business days away, never pressed on anybody.

use super::real::{CALLER, STATION, STORER, Shop, booking, offered};
use super::{agreed, ran, refused};
use crate::tools::fake_store::MONDAY;
use serde_json::json;

/// Three business days after [`crate::tools::fake_store::NOW`], a Sunday.
const FIRST_DAY: &str = "2026-11-25";

#[tokio::test]
async fn contracts_come_under_aliases_and_only_to_their_owner() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(STORER), &["what do you store for me?"]);
    let found = ran(&mut desk, "find_storage", json!({})).await;
    assert_eq!((&found["total"], &found["contracts"][0]["contract_id"]), (&json!(2), &json!("S1")));
    assert!(!found.to_string().contains("000002047"), "numbers stay here: {found}");
    let mut other = shop.desk(2, Some(CALLER), &["contract 00000204711"]);
    let args = json!({"storage_number": "00000204711"});
    assert_eq!(ran(&mut other, "find_storage", args).await["total"], 0);
}

#[tokio::test]
async fn a_caller_with_stored_tyres_is_asked_once_which_ones_are_meant() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(STORER), &["My name is Olena"]);
    let [first, _] = offered(&mut desk, MONDAY).await;
    let args = booking(MONDAY, &first, "Olena");
    let refusal = desk.prepare("book_fitting", &args).await.expect_err("which ones?");
    assert_eq!(refusal.code, "storage_unclear");
    assert_eq!(refusal.details["contracts"][0]["contract_id"], "S1");
    // "Others" is an answer, and so is asking a second time.
    let mut own = args.clone();
    own["storage_contract"] = json!("NONE");
    desk.prepare("book_fitting", &own).await.expect("others");
    agreed(&mut desk, "book_fitting", args).await.expect("asked once only");
    let linked = "select count(*) from fitting_bookings where storage_contract_id is not null";
    assert_eq!(shop.one(linked).await, 0);
}

#[tokio::test]
async fn a_caller_with_tyres_of_their_own_never_hears_of_storage() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["My name is Olena"]);
    let [first, _] = offered(&mut desk, MONDAY).await;
    agreed(&mut desk, "book_fitting", booking(MONDAY, &first, "Olena")).await.expect("booked");
}

#[tokio::test]
async fn stored_tyres_are_fitted_three_business_days_from_now_at_the_earliest() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(STORER), &["My name is Olena, fit the stored ones"]);
    let unknown = json!({"station_id": STATION, "storage_contract": "S1"});
    ran(&mut desk, "get_fitting_stations", json!({"query": "Obolon"})).await;
    let refusal = refused(&mut desk, "get_fitting_slots", unknown.clone()).await;
    assert_eq!(refusal.code, "contract_unknown");
    ran(&mut desk, "find_storage", json!({})).await;
    let early = json!({"station_id": STATION, "date_from": MONDAY, "storage_contract": "S1"});
    let refusal = refused(&mut desk, "get_fitting_slots", early).await;
    assert_eq!(refusal.code, "storage_needs_time");
    assert_eq!(refusal.details["earliest"], FIRST_DAY);
    let free = ran(&mut desk, "get_fitting_slots", unknown).await;
    assert_eq!(free["earliest"]["date"], FIRST_DAY);
    let time = free["earliest"]["time"].as_str().expect("a time").to_owned();
    let mut args = booking(FIRST_DAY, &time, "Olena");
    args["storage_contract"] = json!("S1");
    agreed(&mut desk, "book_fitting", args.clone()).await.expect("booked");
    let linked = "select count(*) from fitting_bookings where storage_contract_id is not null";
    assert_eq!(shop.one(linked).await, 1);
    // Too early is refused at the booking too, whatever was offered for other tyres.
    let [monday, _] = offered(&mut desk, MONDAY).await;
    let mut early = booking(MONDAY, &monday, "Olena");
    early["storage_contract"] = json!("S2");
    let refusal = desk.prepare("book_fitting", &early).await.expect_err("too early");
    assert_eq!(refusal.code, "storage_needs_time");
}
