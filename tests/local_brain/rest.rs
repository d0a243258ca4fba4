//! Prices, callbacks, wishes, profiles, and who is handed to an operator.

use crate::local_brain::shop::Line;
use crate::local_brain::{earliest, has, yes};
use serde_json::json;
use treadline::language::Language;

#[tokio::test]
async fn prices_of_fitting_are_told_for_a_car_and_an_suv() {
    for (language, lines) in [
        (Language::En, &["How much is tyre fitting for R16?"][..]),
        (Language::En, &["what does a tyre change cost", "sixteen"]),
        // Not a question for the shop's articles.
        (Language::En, &["What does it cost to change tyres, R16?"]),
        (Language::Uk, &["скільки коштує шиномонтаж R16"]),
        (Language::Uk, &["скільки коштує перевзутися", "шістнадцять"]),
        (Language::Ru, &["сколько стоит шиномонтаж R16"]),
        (Language::Ru, &["сколько стоит переобуться", "шестнадцать"]),
    ] {
        let mut line = Line::new(language);
        has(&line.talk(lines).await, &["R16", "980", "1180", "?"]);
    }
}

#[tokio::test]
async fn after_the_price_a_fitting_can_be_booked() {
    let mut line = Line::new(Language::Uk);
    line.say("скільки коштує шиномонтаж на 16 радіус").await;
    has(&line.say("так, запишіть").await, &["North", "East"]);
}

#[tokio::test]
async fn a_callback_is_noted_with_its_time() {
    for (language, lines, time) in [
        (Language::En, ["please call me back", "tomorrow morning"], "tomorrow morning"),
        (Language::Uk, ["передзвоніть мені", "завтра після обіду"], "завтра після обіду"),
        (Language::Ru, ["перезвоните мне", "вечером"], "вечером"),
    ] {
        let mut line = Line::new(language);
        has(&line.talk(&lines).await, &["?"]);
        assert_eq!(*line.only("create_callback_request"), json!({ "preferred_time": time }));
    }
    let mut line = Line::new(Language::En);
    line.withheld = true;
    has(&line.talk(&["call me back", "in the evening"]).await, &["number"]);
    line.talk(&["067 123 45 67", "yes"]).await;
    assert_eq!(line.only("create_callback_request")["phone"], "+380671234567");
}

#[tokio::test]
async fn a_day_without_times_becomes_a_wish() {
    let mut line = Line::new(Language::En);
    line.full = true;
    let heard = line.talk(&["book a tyre fitting", "North", "tomorrow"]).await;
    has(&heard, &["nothing is free", "let you know"]);
    line.say("yes please").await;
    let wish = line.only("add_to_wishlist");
    assert_eq!((&wish["item_type"], &wish["station_id"]), (&json!("slot"), &json!("100001")));
    assert_eq!(wish["date"], "2026-11-23");
}

#[tokio::test]
async fn what_callers_say_of_themselves_is_remembered_once() {
    let mut line = Line::new(Language::Uk);
    line.talk(&["Мене звати Оксана", "запишіть на шиномонтаж", "North", "найближчий час"]).await;
    assert_eq!(*line.only("update_customer_profile"), json!({ "name": "Оксана" }));
    line.say("AA1234BB").await;
    line.say("так").await;
    let saved: Vec<_> = line.done.iter().filter(|(t, _)| t == "update_customer_profile").collect();
    assert_eq!(saved.len(), 2, "{saved:?}");
    assert_eq!(saved[1].1["vehicles"][0]["plate"], "AA1234BB");
}

#[tokio::test]
async fn a_booking_for_another_does_not_rename_the_caller() {
    for (language, said) in [
        (Language::En, "for my wife Olena"),
        (Language::Uk, "на мою дружину Олену"),
        (Language::Ru, "на мою жену Елену"),
    ] {
        let mut line = Line::new(language);
        line.talk(&["book a tyre fitting", "North", earliest(language), said]).await;
        let heard = line.say("blue Ford").await;
        has(
            &heard,
            &["READ BACK book_fitting", "лен".trim_start_matches(|_| language == Language::En)],
        );
        assert!(!line.made("update_customer_profile"), "{said}");
    }
}

#[tokio::test]
async fn what_only_people_know_leads_to_an_operator() {
    for (language, said, operator) in [
        (Language::En, "do you give a warranty?", "operator"),
        (Language::En, "I have a puncture", "operator"),
        (Language::Uk, "яка у вас гарантія?", "оператор"),
        (Language::Uk, "потрібен ремонт проколу", "оператор"),
        (Language::Uk, "хочу здати шини на зберігання", "оператор"),
        (Language::Ru, "есть ли рассрочка?", "оператор"),
        (Language::Ru, "хочу сдать шины на хранение", "оператор"),
    ] {
        let mut line = Line::new(language);
        has(&line.say(said).await, &[operator, "?"]);
        line.say(yes(language)).await;
        assert_eq!(line.done[0].0, "transfer_to_operator");
    }
}

#[tokio::test]
async fn who_wants_no_operator_is_offered_a_call() {
    let mut line = Line::new(Language::En);
    line.say("do you give a warranty?").await;
    has(&line.say("no").await, &["ring you back"]);
    line.talk(&["yes", "in the morning"]).await;
    line.only("create_callback_request");
}

#[tokio::test]
async fn slang_for_a_tyre_change_is_understood() {
    for (language, said) in [
        (Language::Uk, "треба перекинути колеса, є вільний час?"),
        (Language::Ru, "надо перекинуть колёса, есть свободное время?"),
    ] {
        let mut line = Line::new(language);
        has(&line.say(said).await, &["North", "East"]);
    }
}

#[tokio::test]
async fn the_first_words_may_ask_where_an_order_is() {
    for (language, said) in [
        (Language::En, "where's my order?"),
        (Language::En, "Hi, where is my order"),
        (Language::Uk, "де моє замовлення?"),
        (Language::Ru, "где мой заказ?"),
    ] {
        let mut line = Line::new(language);
        has(&line.say(said).await, &["100245", "12550"]);
    }
}

#[tokio::test]
async fn who_asks_for_a_language_is_told_that_it_is_spoken() {
    let mut line = Line::new(Language::En);
    has(&line.say("Do you speak English?").await, &["Yes", "English", "?"]);
    let mut line = Line::new(Language::Ru);
    has(&line.say("можно по-русски?").await, &["по-русски", "?"]);
}
