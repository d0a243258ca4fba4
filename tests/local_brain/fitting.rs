//! Booking a fitting.

use crate::local_brain::support::fake_store::{FakeStore, MONDAY};
use crate::local_brain::support::mini_core::MiniCore;
use crate::local_brain::{english, has, slot};
use treadline::language::Language;

#[tokio::test]
async fn a_single_station_is_not_asked_for() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    let heard = call.say("I want to book a tyre fitting tomorrow at ten twenty").await;
    has(&heard, &["North", "Monday, 23 November", "10:20", "name"]);
    assert_eq!(call.tools(), ["get_fitting_stations", "get_fitting_slots"]);
}

#[tokio::test]
async fn everything_in_one_breath_goes_straight_to_the_read_back() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.say("I'd like to book a tyre fitting, my name is John, the earliest time you have").await;
    let heard = call.say("It's a red Skoda Octavia").await;
    has(&heard, &["John", "red Skoda Octavia", "9:00"]);
    call.say("Yes, that's right").await;
    assert_eq!(call.store.bookings().len(), 1);
}

#[tokio::test]
async fn a_no_to_the_read_back_changes_the_time_and_books_once() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.say("Book a tyre fitting please, the earliest time").await;
    call.say("My name is Ivan").await;
    call.say("blue Ford").await;
    has(&call.say("No.").await, &["change"]);
    has(&call.say("The time.").await, &["Which day"]);
    let heard = call.say("On Tuesday at 12:00").await;
    has(&heard, &["Tuesday, 24 November", "12:00", "Ivan", "blue Ford"]);
    call.say("Yes").await;
    let made = call.store.bookings();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].slot, slot("2026-11-24", "12:00:00"));
}

#[tokio::test]
async fn other_words_during_the_read_back_book_nothing_and_are_answered() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.say("Book a tyre fitting please, the earliest time").await;
    call.say("Ivan").await;
    call.say("blue Ford").await;
    let heard = call.say("Actually at eleven o'clock").await;
    has(&heard, &["11:00", "Ivan"]);
    assert!(call.store.bookings().is_empty());
    call.say("yes").await;
    assert_eq!(call.store.bookings()[0].slot, slot(MONDAY, "11:00:00"));
}

#[tokio::test]
async fn a_slot_lost_to_another_caller_leads_to_new_times() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.say("Book a tyre fitting please, the earliest time").await;
    call.say("Ivan").await;
    call.say("blue Ford").await;
    call.store.book_for_another("100001", slot(MONDAY, "09:00:00"));
    let heard = call.say("Yes").await;
    has(&heard, &["taken", "23 November", "9:20"]);
    let heard = call.say("at 9:20").await;
    has(&heard, &["9:20", "Ivan"]);
    call.say("Yes").await;
    assert_eq!(call.store.bookings()[0].slot, slot(MONDAY, "09:20:00"));
}

#[tokio::test]
async fn a_day_without_free_times_leads_to_one_with() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::Uk).await;
    let heard = call.say("Запишіть мене на шиномонтаж на суботу").await;
    has(&heard, &["28 листопада", "30 листопада", "9:00"]);
    let heard = call.say("о 9:00").await;
    has(&heard, &["30 листопада", "9:00", "ім'я"]);
}

#[tokio::test]
async fn today_is_for_the_station_itself() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    has(&call.say("Can I book a tyre fitting today?").await, &["today", "tomorrow", "earliest"]);
    has(&call.say("Yes").await, &["23 November"]);
}

#[tokio::test]
async fn a_withheld_number_is_asked_for_and_read_back() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.desk.scope.caller = None;
    call.say("Book a tyre fitting please, the earliest time").await;
    call.say("Ivan").await;
    has(&call.say("blue Ford").await, &["phone number"]);
    has(&call.say("It's 067 123 45 67").await, &["+380671234567", "right"]);
    has(&call.say("Yes").await, &["Ivan", "blue Ford"]);
    call.say("Yes").await;
    let made = call.store.bookings();
    assert_eq!(made[0].phone.reveal(), "+380671234567");
    assert!(!made[0].phone_verified);
}

#[tokio::test]
async fn stations_are_chosen_by_district_city_and_number() {
    for (said, code) in [
        ("In Darnytsia", "100002"),
        ("Lviv", "100003"),
        ("number two", "100002"),
        ("the third one please", "100003"),
        ("North", "100001"),
        ("any", "100001"),
    ] {
        let mut call = english().await;
        call.say("I want to book a tyre fitting").await;
        call.say(said).await;
        call.say("the earliest time you have").await;
        assert_eq!(call.last_args("get_fitting_slots")["station_id"], code, "{said}");
    }
}

/// The sample with a fourth station, so that a city is asked for first.
fn four_stations() -> FakeStore {
    let mut store = FakeStore::sample();
    let names = [("Obolon", "Kyiv"), ("Darnytsia", "Kyiv"), ("Zelena", "Lviv")];
    for (station, (name, city)) in store.stations.iter_mut().zip(names) {
        (station.name, station.city) = (name.into(), city.into());
        station.district = format!("{name}skyi");
    }
    let mut fourth = store.stations[0].clone();
    fourth.code = "200301".into();
    (fourth.name, fourth.city) = ("Peremoha".into(), "Dnipro".into());
    store.stations.push(fourth);
    store
}

#[tokio::test]
async fn with_many_stations_the_city_is_asked_for_first() {
    let mut call = MiniCore::new(four_stations(), Language::En).await;
    let heard = call.say("I want to book a tyre fitting").await;
    has(&heard, &["Dnipro", "Kyiv", "Lviv"]);
    assert!(!heard.contains("Obolon"), "{heard}");
    let heard = call.say("Kyiv, please").await;
    has(&heard, &["Obolon", "Darnytsia"]);
    call.say("the second one").await;
    call.say("the earliest time you have").await;
    assert_eq!(call.last_args("get_fitting_slots")["station_id"], "100002");
}

#[tokio::test]
async fn a_place_said_in_ukrainian_finds_a_station_written_in_english() {
    for (said, code) in [
        ("запишіть мене на шиномонтаж у Львові на найближчий час", "100003"),
        ("хочу перевзутися на Дарниці, найближчий час", "100002"),
        ("шиномонтаж на Перемозі, найближчий час", "200301"),
    ] {
        let mut call = MiniCore::new(four_stations(), Language::Uk).await;
        has(&call.say(said).await, &["23 листопада", "ім'я"]);
        assert_eq!(call.last_args("get_fitting_slots")["station_id"], code, "{said}");
    }
}

#[tokio::test]
async fn the_colour_is_asked_for_when_only_a_make_is_said() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.say("Book a tyre fitting please, the earliest time").await;
    call.say("My name is Ivan").await;
    has(&call.say("Toyota").await, &["colour"]);
    has(&call.say("white").await, &["white Toyota"]);
}

#[tokio::test]
async fn a_bare_time_means_the_day_whose_times_were_named() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.store.book_for_another("100001", slot(MONDAY, "09:40:00"));
    has(&call.say("Book a tyre fitting please, in the morning").await, &["23 November"]);
    let heard = call.say("At 9:40").await;
    has(&heard, &["9:40", "not free", "23 November"]);
    assert!(!heard.contains("24 November"), "{heard}");
}

#[tokio::test]
async fn an_hour_of_the_night_is_not_taken_for_the_afternoon() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    let heard = call.say("Book a tyre fitting on 24 November at 3 am").await;
    has(&heard, &["not free", "24 November"]);
    assert!(!heard.contains("15:00 is"), "{heard}");
}
