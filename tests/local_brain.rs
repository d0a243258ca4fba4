//! Whole dialogues through the local brain, the tools and a shop in memory, judged on tool calls
//! and on what the shop holds afterwards.

mod support {
    pub mod fake_store;
    pub mod mini_core;
}

use serde_json::json;
use support::fake_store::{FakeStore, MONDAY};
use support::mini_core::MiniCore;
use treadline::language::Language;
use treadline::store::Slot;
use treadline::turn::Message;

fn slot(date: &str, time: &str) -> Slot {
    Slot { date: date.parse().expect("a date"), time: time.parse().expect("a time") }
}

async fn english() -> MiniCore {
    MiniCore::new(FakeStore::sample(), Language::En).await
}

async fn ukrainian() -> MiniCore {
    MiniCore::new(FakeStore::sample(), Language::Uk).await
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {text:?}");
    }
}

#[tokio::test]
async fn a_whole_english_call_finds_tyres_and_books_the_earliest_time() {
    let mut call = english().await;
    let heard = call.say("Hello, I need winter tires, 200, 555R 16.").await;
    has(&heard, &["205/55 R16", "winter", "Rosava at 1900", "UAH each", "book a fitting"]);
    assert_eq!(
        *call.last_args("search_tires"),
        json!({"width": 205, "profile": 55, "diameter": 16, "season": "winter"})
    );
    let heard = call.say("Do you have four of the Michelin?").await;
    has(&heard, &["Yes, 4 of the Michelin Alpin 6 in stock", "book a fitting"]);
    assert_eq!(*call.last_args("check_availability"), json!({"product_id": "00000000005"}));
    let heard = call.say("Yes, please.").await;
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
                 5150 UAH each. Shall I book a fitting?"],
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
    has(&call.say("так").await, &["Вас записано", "Дарниця", "Щось іще?"]);
    assert_eq!(call.store.bookings()[0].station_code, "100202");
}

#[tokio::test(start_paused = true)]
async fn a_booking_whose_answer_was_lost_is_found_and_told() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.say("Book a tyre fitting please, the earliest time").await;
    call.say("Ivan").await;
    call.say("blue Ford").await;
    *call.store.bookings_unanswered.lock().expect("free") = 1;
    has(&call.say("Yes").await, &["You are booked"]);
    assert_eq!(call.store.bookings().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_at_the_booking_leads_to_an_operator() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::Uk).await;
    call.say("Запишіть мене на шиномонтаж на найближчий час").await;
    call.say("Мене звати Оксана").await;
    call.say("чорна Шкода").await;
    *call.store.away.lock().expect("free") = true;
    let heard = call.say("так").await;
    assert_eq!(heard, "Зараз я не можу цього перевірити. З'єднати вас з оператором?");
    call.say("так").await;
    assert_eq!(call.tools().last(), Some(&"transfer_to_operator"));
}

#[tokio::test]
async fn a_correction_of_the_size_restarts_the_search() {
    let mut call = english().await;
    call.say("winter tyres 205 55 R16").await;
    let heard = call.say("No, 195 65 R15.").await;
    has(&heard, &["195/65 R15", "Debica"]);
    assert_eq!(call.last_args("search_tires")["width"], 195);
}

#[tokio::test]
async fn follow_ups_name_cheaper_other_and_branded_tyres() {
    let mut call = english().await;
    call.say("I'm looking for winter tyres in 205/55 R16").await;
    has(&call.say("Do you have anything cheaper?").await, &["cheapest", "Rosava"]);
    has(&call.say("What else do you have?").await, &["Nokian"]);
    let heard = call.say("And what about Debica?").await;
    has(&heard, &["Debica", "2300"]);
    assert_eq!(call.last_args("search_tires")["brand"], "Debica");
}

#[tokio::test]
async fn a_season_that_is_not_there_is_replaced_by_one_that_is() {
    let mut call = english().await;
    let heard = call.say("all season tyres 195/65 R15").await;
    has(&heard, &["195/65 R15", "all-season", "Shall I"]);
    let heard = call.say("Yes please").await;
    has(&heard, &["195/65 R15"]);
    assert_eq!(call.tools(), ["search_tires", "search_tires"]);
}

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
async fn a_count_is_about_the_tyre_spoken_of_last() {
    let mut call = english().await;
    call.say("winter tyres 205/55 R16").await;
    has(&call.say("Four, please").await, &["Which one", "Rosava"]);
    has(&call.say("The second one").await, &["Yes, 4 of the Hankook"]);
    has(&call.say("And how many are left?").await, &["Hankook"]);
    has(&call.say("Do you have ten of the Continental?").await, &["Only 2 of the Continental"]);
}

#[tokio::test]
async fn a_size_that_is_not_there_leads_to_the_ones_near_it() {
    let mut call = english().await;
    has(&call.say("winter tyres 205/60 R16").await, &["205/60 R16", "205/55 R16"]);
    has(&call.say("the first one").await, &["205/55 R16", "Rosava"]);
}

#[tokio::test]
async fn a_brain_without_tools_answers_in_words() {
    use futures_util::StreamExt as _;
    use treadline::llm::local::{Lexicon, LocalBrain};
    use treadline::llm::{LanguageModel as _, ModelChunk, ModelRequest};
    let sizes = vec!["205/55 R16".parse().expect("a size")];
    let brain = LocalBrain::new(Lexicon { sizes, brands: Vec::new() });
    let request = ModelRequest {
        system: String::new(),
        state: None,
        language: Language::En,
        history: vec![Message::Caller { text: "winter tyres 205/55 R16".into() }],
        tools: Vec::new(),
        now: support::fake_store::wall(),
    };
    let answer: Vec<_> = brain.answer(request).await.expect("an answer").collect().await;
    let Some(Ok(ModelChunk::Text(text))) = answer.first() else { panic!("{answer:?}") };
    has(text, &["cannot look right now", "operator"]);
}

#[tokio::test]
async fn the_brain_takes_over_from_a_model_in_the_middle_of_a_call() {
    // What a model left behind: its own wording, its own arguments.
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.history.push(Message::Caller { text: "hey there, sort my car out".into() });
    let found = call.desk.run("get_fitting_stations", &json!({"city": "Kyiv"}), None).await;
    call.history.push(Message::Tool {
        name: "get_fitting_stations".into(),
        args: json!({"city": "Kyiv"}),
        result: found.expect("a station"),
    });
    let args = json!({"station_id": "100001", "date_from": "2026-11-26", "date_to": "2026-11-26"});
    let found = call.desk.run("get_fitting_slots", &args, None).await.expect("times");
    call.history.push(Message::Tool { name: "get_fitting_slots".into(), args, result: found });
    call.history.push(Message::Agent { text: "Thursday works, what time?".into() });
    has(&call.say("nine o'clock").await, &["26 November", "9:00", "name"]);
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
async fn an_operator_is_called_when_asked_for_or_after_two_lines_of_noise() {
    let mut call = english().await;
    call.say("I want to talk to an operator").await;
    assert_eq!(call.last_args("transfer_to_operator")["reason"], "customer_request");
    let mut call = ukrainian().await;
    has(&call.say("бла бла бла").await, &["не зрозумів"]);
    has(&call.say("трам пам пам").await, &["оператор"]);
    call.say("так").await;
    assert_eq!(call.tools(), ["transfer_to_operator"]);
}

#[tokio::test]
async fn small_talk_is_answered_without_tools() {
    let mut call = english().await;
    has(&call.say("Hello").await, &["Hello", "tyres"]);
    has(&call.say("hold on a second").await, &["Take your time"]);
    has(&call.say("sorry, could you repeat that?").await, &["tyres"]);
    has(&call.say("bye").await, &["Goodbye"]);
    assert!(call.tools().is_empty());
}

#[tokio::test]
async fn a_store_that_is_away_offers_an_operator_and_does_not_circle() {
    let mut call = english().await;
    *call.store.away.lock().expect("free") = true;
    let heard = call.say("winter tyres 205/55 R16").await;
    assert_eq!(heard, "I cannot look right now. Shall I connect you with an operator?");
    call.say("yes").await;
    assert_eq!(call.tools(), ["search_tires", "transfer_to_operator"]);
}

#[tokio::test]
async fn any_words_in_any_order_are_answered() {
    let lines = [
        "Hello",
        "yes",
        "no",
        "winter",
        "205/55 R16",
        "Michelin",
        "the second one",
        "cheaper",
        "book a fitting",
        "tomorrow",
        "the earliest time",
        "Ivan",
        "blue Ford",
        "operator?",
        "ні",
        "так",
        "зимові шини",
        "запишіть мене",
        "завтра о десятій",
        "bla",
        "",
        "???",
        "cancel",
        "what",
        "0",
        "yes",
        "on Sunday",
        "today",
        "AA1234BB",
        "067 123 45 67",
    ];
    let mut seed: u64 = 7;
    for language in [Language::En, Language::Uk] {
        for _ in 0..40 {
            let mut call = MiniCore::new(FakeStore::sample(), language).await;
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // The mini core asserts that the brain speaks and never circles.
                call.say(lines[(seed >> 33) as usize % lines.len()]).await;
            }
        }
    }
}
