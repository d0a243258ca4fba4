//! Stations and free times.

use super::{ran, refused, slot, with_offers};
use crate::tools::fake_store::{FakeStore, MONDAY, scope};
use serde_json::json;
use std::sync::Arc;
use treadline::store::Store;
use uuid::Uuid;

#[tokio::test]
async fn several_stations_ask_for_a_district_and_hide_addresses() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let answer = ran(&mut desk, "get_fitting_stations", json!({})).await;
    assert_eq!(answer["action_required"], "ask_city");
    let answer = ran(&mut desk, "get_fitting_stations", json!({"city": "kyiv"})).await;
    assert_eq!(answer["action_required"], "ask_district");
    assert_eq!(answer["district_options"], json!(["Darnytsia", "Obolon"]));
    assert!(answer["stations"][0].get("address").is_none());
    let args = json!({"city": "Kyiv", "query": "in Obolon"});
    let answer = ran(&mut desk, "get_fitting_stations", args).await;
    assert_eq!(answer["total"], 1);
    assert_eq!(answer["stations"][0]["address"], "12 Heroiv Avenue");
    assert!(!answer.to_string().contains(&Uuid::from_u128(100_001).to_string()));
}

#[tokio::test]
async fn a_street_in_the_city_field_and_an_unknown_landmark_still_help() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let answer = ran(&mut desk, "get_fitting_stations", json!({"city": "Lviv Stryiska"})).await;
    assert_eq!(answer["stations"][0]["station_id"], "100003");
    let args = json!({"city": "Kyiv", "query": "Eiffel tower"});
    let answer = ran(&mut desk, "get_fitting_stations", args).await;
    assert_eq!(answer["no_query_match"], true);
    assert_eq!(answer["total"], 2);
    let answer = ran(&mut desk, "get_fitting_stations", json!({"city": "Paris"})).await;
    assert_eq!(answer["city_options"], json!(["Kyiv", "Lviv"]));
}

#[tokio::test]
async fn slots_are_few_spread_and_only_the_last_answer_counts() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    assert_eq!(desk.ledger.offered.len(), 8);
    assert!(desk.ledger.offered.contains(&("100001".into(), slot(MONDAY, "09:00:00"))));
    assert!(desk.ledger.offered.contains(&("100001".into(), slot(MONDAY, "17:40:00"))));
    let args = json!({"station_id": "100001", "date_from": "2026-11-24", "time": "12:10"});
    let answer = ran(&mut desk, "get_fitting_slots", args).await;
    assert_eq!(answer["wish_is_free"], false);
    let times = answer["days"][0]["times"].to_string();
    assert!(times.contains("12:00") && times.contains("12:20"), "{times}");
    assert_eq!(answer["earliest"], json!({"date": "2026-11-24", "time": "09:00"}));
    assert!(!desk.ledger.offered.iter().any(|(_, slot)| slot.date.to_string() == MONDAY));
}

#[tokio::test]
async fn without_dates_the_earliest_is_tomorrows_first_free_time() {
    let store = Arc::new(FakeStore::with_one_station());
    store.book_for_another("100001", slot(MONDAY, "09:00:00"));
    let mut desk = store.desk();
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    // One station is known, so a wrong id can only mean that one.
    let answer = ran(&mut desk, "get_fitting_slots", json!({"station_id": "north"})).await;
    assert_eq!(answer["earliest"], json!({"date": MONDAY, "time": "09:20"}));
}

#[tokio::test]
async fn a_closed_day_suggests_the_next_open_one() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let args = json!({"station_id": "100001", "date_from": "2026-11-28"});
    let answer = ran(&mut desk, "get_fitting_slots", args).await;
    assert_eq!(answer["reason"], "weekend");
    assert_eq!(answer["suggested_date"], "2026-11-30");
    assert!(desk.ledger.offered.contains(&("100001".into(), slot("2026-11-30", "09:00:00"))));
    // The last days of the window are closed: what is suggested lies before them.
    let args = json!({"station_id": "100001", "date_from": "2026-12-12", "date_to": "2026-12-13"});
    let answer = ran(&mut desk, "get_fitting_slots", args).await;
    assert_eq!(answer["suggested_date"], "2026-12-11");
}

#[tokio::test]
async fn today_by_the_shops_clock_is_not_today_by_utc() {
    let mut desk = Arc::new(FakeStore::with_one_station()).desk();
    // 00:30 on Monday in Kyiv is still Sunday in UTC.
    desk.scope.now = "2026-11-22T22:30:00Z".parse().expect("a time");
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    let args = json!({"station_id": "100001", "date_from": MONDAY});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "day_is_today");
}

#[tokio::test]
async fn unknown_stations_are_refused_when_several_are_known_or_none() {
    let store = Arc::new(FakeStore::sample());
    let mut desk = store.desk();
    let args = json!({"station_id": "100001"});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "station_unknown");
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    let args = json!({"station_id": "999999"});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "station_unknown");
    let args = json!({"station_id": "North"});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "station_id_invalid");
}

#[tokio::test]
async fn a_desk_names_places_in_the_language_of_the_call() {
    let mut desk = Arc::new(FakeStore::installed()).desk();
    let first = ran(&mut desk, "get_fitting_stations", json!({})).await;
    assert_eq!(first["stations"][0]["name"], "Obolon");
    desk.set_language(treadline::language::Language::Uk);
    let then = ran(&mut desk, "get_fitting_stations", json!({})).await;
    assert_eq!(then["stations"][0]["name"], "Оболонь");
    assert_eq!(desk.ledger.stations[0].name, "Оболонь");
    assert_eq!(desk.ledger.stations.len(), 4);
}

#[tokio::test]
async fn the_fake_shop_itself_refuses_a_second_booking_of_a_slot() {
    let store = FakeStore::with_one_station();
    store.book_for_another("100001", slot(MONDAY, "09:00:00"));
    let day = MONDAY.parse().expect("a date");
    let free = store
        .slots(&scope(None), "100001", day, day, treadline::shop::Service::TireChange)
        .await
        .expect("there");
    assert!(!free.contains(&slot(MONDAY, "09:00:00")));
}
