//! Whole calls against the shop in memory, by its own rows.

use crate::local_brain::support::fake_store::{FakeStore, MONDAY};
use crate::local_brain::support::mini_core::MiniCore;
use crate::local_brain::{english, has, slot, ukrainian};
use serde_json::json;
use treadline::language::Language;

#[tokio::test]
async fn a_whole_english_call_finds_tyres_and_books_the_earliest_time() {
    let mut call = english().await;
    let heard = call.say("Hello, I need winter tires, 200, 555R 16.").await;
    has(&heard, &["205/55 R16", "winter", "Rosava at 1900", "UAH each", "Which one"]);
    assert_eq!(
        *call.last_args("search_tires"),
        json!({"width": 205, "profile": 55, "diameter": 16, "season": "winter"})
    );
    let heard = call.say("Do you have four of the Michelin?").await;
    has(&heard, &["Yes, 4 of the Michelin Alpin 6 in stock", "order"]);
    assert_eq!(*call.last_args("check_availability"), json!({"product_id": "00000000005"}));
    let heard = call.say("I would like to book a tyre fitting.").await;
    has(&heard, &["North", "East", "West"]);
    let heard = call.say("The first one.").await;
    has(&heard, &["earliest"]);
    let heard = call.say("The earliest time you have.").await;
    has(&heard, &["Monday, 23 November", "9:00", "name"]);
    let heard = call.say("Olena").await;
    has(&heard, &["colour", "plate"]);
    let heard = call.say("It's a grey Toyota.").await;
    has(&heard, &["North", "Olena", "grey Toyota"]);
    assert!(call.store.bookings().is_empty(), "nothing is booked before the yes");
    let heard = call.say("Yes.").await;
    has(&heard, &["booked", "Monday, 23 November", "9:00", "North"]);
    let made = call.store.bookings();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].station_code, "100001");
    assert_eq!(made[0].slot, slot(MONDAY, "09:00:00"));
    assert_eq!(made[0].customer_name.0, "Olena");
    assert_eq!(made[0].vehicle, "grey Toyota");
    assert_eq!(made[0].tire_diameter, Some(16));
    has(&call.say("No, thank you. Goodbye.").await, &["Goodbye"]);
}

#[tokio::test]
async fn a_whole_ukrainian_call_finds_tyres_and_books_a_wished_time() {
    let mut call = ukrainian().await;
    let heard = call.say("Добрий день, потрібні шини").await;
    has(&heard, &["розмір"]);
    let heard = call.say("двісті п'ять п'ятдесят п'ять шістнадцять").await;
    has(&heard, &["205/55 R16", "зимові", "літні"]);
    let heard = call.say("зимові").await;
    has(&heard, &["205/55 R16", "Rosava по 1900", "грн"]);
    assert_eq!(call.last_args("search_tires")["season"], "winter");
    let heard = call.say("так, запишіть мене на шиномонтаж").await;
    has(&heard, &["North", "East"]);
    let heard = call.say("друга").await;
    has(&heard, &["день"]);
    let heard = call.say("у середу о 10:20").await;
    has(&heard, &["25 листопада", "10:20", "ім'я"]);
    let heard = call.say("Мене звати Оксана").await;
    has(&heard, &["автомобіль"]);
    let heard = call.say("чорна Шкода").await;
    has(&heard, &["Оксана", "чорна Шкода", "10:20"]);
    let heard = call.say("так").await;
    has(&heard, &["записано", "25 листопада", "10:20"]);
    let made = call.store.bookings();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].station_code, "100002");
    assert_eq!(made[0].slot, slot("2026-11-25", "10:20:00"));
    assert_eq!(made[0].customer_name.0, "Оксана");
    has(&call.say("ні, дякую, до побачення").await, &["До побачення"]);
}

/// A sentence of about this many characters takes eight seconds to say.
const SPOKEN_CHARS_MAX: usize = 150;

#[tokio::test]
async fn the_recorded_call_ends_with_one_booking_and_short_sentences() {
    let mut call = MiniCore::new(FakeStore::installed(), Language::En).await;
    let steps: [(&str, &[&str]); 9] = [
        (
            "Hello, I need winter tires, 205, 55 R16.",
            &["For 205/55 R16 winter I have Rosava at 2100, Nokian at 4720 and Michelin at \
                 5150 UAH each. Which one would you like?"],
        ),
        ("Do you have four of the Michelin in stock?", &["Yes, 4 of the Michelin", "in stock"]),
        ("I would like to book a tire fitting.", &["We have Dnipro, Kyiv and Lviv. Which one"]),
        ("The first one, please.", &["Which day", "earliest"]),
        ("The earliest time you have, please.", &["23 November at 9:00 is free", "name"]),
        ("My name is John Smith.", &["colour and make"]),
        ("It is a white Toyota.", &["Peremoha", "John Smith", "white Toyota"]),
        ("Yes, that is right.", &["You are booked", "9:00, Peremoha. Anything else?"]),
        ("No, thank you. Goodbye.", &["Thank you. Goodbye!"]),
    ];
    for (said, expected) in steps {
        let heard = call.say(said).await;
        has(&heard, expected);
        // What is read back is the core's own text and names everything.
        if !heard.contains("John Smith") {
            assert!(heard.chars().count() <= SPOKEN_CHARS_MAX, "{heard}");
        }
    }
    assert_eq!(
        call.tools(),
        [
            "search_tires",
            "check_availability",
            "get_fitting_stations",
            "get_fitting_slots",
            "update_customer_profile",
            "book_fitting"
        ]
    );
    let made = call.store.bookings();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].station_code, "200301");
    assert_eq!(made[0].slot, slot(MONDAY, "09:00:00"));
    assert_eq!(made[0].customer_name.0, "John Smith");
    assert_eq!(made[0].vehicle, "white Toyota");
}

#[tokio::test]
async fn a_ukrainian_call_hears_ukrainian_names_of_stations() {
    let mut call = MiniCore::new(FakeStore::installed(), Language::Uk).await;
    let heard = call.say("потрібні зимові шини 205/55 R16").await;
    has(&heard, &["Зимові 205/55 R16: Rosava по 2100, Nokian по 4720 та Michelin по 5150 грн."]);
    assert!(heard.chars().count() <= SPOKEN_CHARS_MAX, "{heard}");
    has(&call.say("запишіть мене на шиномонтаж").await, &["Є Дніпро, Київ та Львів."]);
    has(&call.say("у Києві").await, &["Оболонь", "Дарниця"]);
    call.say("на Дарниці").await;
    has(&call.say("найближчий час").await, &["23 листопада о 9:00 вільно"]);
    call.say("Мене звати Оксана").await;
    has(&call.say("чорна Шкода").await, &["Дарниця", "Харківське шосе"]);
    has(&call.say("так").await, &["Вас записано", "Дарниця", "Чимось ще допомогти?"]);
    assert_eq!(call.store.bookings()[0].station_code, "100202");
}
