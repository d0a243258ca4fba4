//! Buying tyres: from the offer to the order number, and on to the fitting.

use crate::local_brain::shop::Line;
use crate::local_brain::{has, yes};
use serde_json::json;
use treadline::language::Language;
use treadline::turn::Message;

#[tokio::test]
async fn an_english_caller_finds_buys_and_has_the_tyres_fitted() {
    let mut line = Line::new(Language::En);
    has(&line.say("Hello, I need winter tyres 205/55 R16").await, &["Nokian at 3100", "Which one"]);
    has(&line.say("The Nokian please").await, &["16 of the Nokian", "order"]);
    has(&line.say("Yes").await, &["How many"]);
    has(&line.say("four").await, &["4 of Nokian WR D4", "12400", "deliver"]);
    has(&line.say("Delivery").await, &["Which city"]);
    has(&line.say("Kyiv").await, &["street"]);
    has(&line.say("5 Khreshchatyk street, apartment 12").await, &["150", "2 days", "12550", "pay"]);
    has(&line.say("Cash on delivery").await, &["recipient"]);
    let heard = line.say("John Smith").await;
    has(&heard, &["READ BACK confirm_order", "John Smith", "cod"]);
    assert!(!line.made("confirm_order"), "nothing is ordered before the yes");
    has(&line.say("Yes, that is right").await, &["100245", "12550", "book a fitting"]);
    assert_eq!(
        line.only("create_order_draft")["items"],
        json!([{ "product_id": "00000000003", "quantity": 4 }])
    );
    let way = line.only("update_order_delivery");
    assert_eq!((&way["city"], &way["order_id"]), (&json!("Kyiv"), &json!("D1")));
    assert_eq!(line.only("confirm_order")["customer_name"], "John Smith");
    has(&line.say("Yes please").await, &["North", "East"]);
    line.say("North").await;
    // The order has a name: it is not asked for again.
    has(&line.say("the earliest time").await, &["26 November", "9:00", "car"]);
    has(&line.say("a grey Toyota").await, &["READ BACK book_fitting", "D1", "John Smith"]);
    has(&line.say("yes").await, &["booked", "Anything else"]);
    let booked = line.only("book_fitting");
    assert_eq!(booked["linked_order"], "D1");
    assert_eq!(booked["tire_diameter"], 16);
    has(&line.say("No, thank you, goodbye").await, &["Goodbye"]);
}

#[tokio::test]
async fn tyres_that_were_bought_are_not_fitted_before_they_come() {
    let mut line = Line::new(Language::En);
    line.talk(&["I need winter tyres 205/55 R16", "The Nokian please", "Yes", "four"]).await;
    line.talk(&["Delivery", "Kyiv", "5 Khreshchatyk street, apartment 12"]).await;
    line.talk(&["Cash on delivery", "John Smith", "Yes, that is right", "Yes please"]).await;
    line.say("North").await;
    has(&line.say("tomorrow at ten").await, &["expected", "25 November", "day"]);
    has(&line.say("the earliest time").await, &["26 November", "9:00"]);
    // Whoever insists may have reasons of their own.
    has(&line.say("no, tomorrow at ten twenty").await, &["23 November", "10:20"]);
}

#[tokio::test]
async fn a_number_written_as_the_word_that_sounds_like_it_is_counted() {
    for (said, told) in [("For, please.", "4 of Nokian"), ("Too.", "2 of Nokian")] {
        let mut line = Line::new(Language::En);
        line.talk(&["I need winter tyres 205/55 R16", "The Nokian please", "Yes"]).await;
        has(&line.say(said).await, &[told]);
    }
}

#[tokio::test]
async fn whoever_wants_no_operator_goes_on_with_the_order() {
    let mut line = Line::new(Language::En);
    line.talk(&["I need winter tyres 205/55 R16", "The Nokian please", "Yes"]).await;
    has(&line.talk(&["Soy", "Soy"]).await, &["operator"]);
    has(&line.say("No, thanks").await, &["All right", "How many"]);
    has(&line.say("four").await, &["4 of Nokian", "deliver"]);
    // The second time there is something else to offer.
    has(&line.talk(&["Soy", "Soy"]).await, &["operator"]);
    has(&line.say("No, thanks").await, &["ring you back"]);
}

#[tokio::test]
async fn when_an_order_can_be_fetched_is_its_status() {
    for (language, said) in [
        (Language::En, "When can I pick it up?"),
        (Language::Uk, "А коли можна забрати?"),
        (Language::Ru, "А когда можно забрать?"),
    ] {
        let mut line = Line::new(language);
        line.say(said).await;
        let asked = line.history.iter().any(
            |message| matches!(message, Message::Tool { name, .. } if name == "get_order_status"),
        );
        assert!(asked, "{said}: {:?}", line.replies);
    }
}

#[tokio::test]
async fn a_street_that_comes_along_with_the_city_is_not_asked_for_again() {
    let mut line = Line::new(Language::Uk);
    line.say("потрібні зимові шини 205/55 R16").await;
    line.say("беру Нокіан, чотири штуки").await;
    has(&line.say("Доставка в Київ, вулиця Хрещатик 22").await, &["12550", "платитимете"]);
    let way = line.only("update_order_delivery");
    assert_eq!((&way["city"], &way["address"]), (&json!("Київ"), &json!("вулиця Хрещатик 22")));
    has(&line.say("при отриманні").await, &["отримувача"]);
    has(&line.say("Олена Коваль").await, &["READ BACK confirm_order", "Олена Коваль", "cod"]);
}

#[tokio::test]
async fn the_city_is_no_part_of_the_address_and_payment_is_no_address_and_no_name() {
    let mut line = Line::new(Language::Uk);
    line.say("потрібні зимові шини 205/55 R16").await;
    line.say("беру Нокіан, чотири штуки").await;
    line.say("доставка").await;
    has(&line.say("Київ").await, &["вулиця"]);
    has(&line.say("при отриманні").await, &["вулиця"]);
    assert!(!line.made("update_order_delivery"), "that was no address");
    line.say("Київ, Хрещатик 22, квартира 5").await;
    assert_eq!(line.only("update_order_delivery")["address"], "Хрещатик 22, квартира 5");
}

#[tokio::test]
async fn a_russian_sentence_names_cities_in_russian() {
    let mut line = Line::new(Language::Ru);
    line.say("нужны зимние шины 205/55 R16").await;
    line.say("Нокиан, четыре штуки").await;
    line.say("да").await;
    let heard = line.say("самовывоз").await;
    has(&heard, &["Киев"]);
}

#[tokio::test]
async fn who_goes_on_with_the_order_has_said_yes_to_it() {
    let mut line = Line::new(Language::En);
    line.say("Hello, I need winter tyres 205/55 R16").await;
    has(&line.say("The Nokian please").await, &["order"]);
    has(&line.say("four").await, &["4 of Nokian WR D4", "12400", "deliver"]);
    let mut line = Line::new(Language::Uk);
    line.say("потрібні зимові шини 205/55 R16").await;
    line.say("Нокіан").await;
    has(&line.say("заберу сам").await, &["Скільки"]);
    has(&line.say("дві").await, &["2 шини Nokian WR D4", "Obolon"]);
}

#[tokio::test]
async fn a_ukrainian_caller_buys_with_pickup_and_is_fitted() {
    let mut line = Line::new(Language::Uk);
    line.say("потрібні зимові шини 205/55 R16").await;
    has(
        &line.say("беру Нокіан, чотири штуки").await,
        &["4 шини Nokian WR D4", "12400", "самовивіз"],
    );
    let heard = line.say("самовивіз").await;
    has(&heard, &["Obolon", "Darnytsia", "Zelena"]);
    has(&line.say("на Дарниці").await, &["безкоштовно", "12400", "платитимете"]);
    has(&line.say("карткою").await, &["отримувача"]);
    has(&line.say("Мене звати Оксана").await, &["READ BACK confirm_order", "card_on_delivery"]);
    has(&line.say("так").await, &["100245", "шиномонтаж"]);
    assert_eq!(line.only("update_order_delivery")["pickup_point_id"], "P2");
    has(&line.say("так, запишіть").await, &["North"]);
    line.say("перша").await;
    has(&line.say("завтра о десятій двадцять").await, &["очікуються", "25 листопада"]);
    line.say("у п'ятницю о десятій двадцять").await;
    has(&line.say("чорна Шкода").await, &["READ BACK book_fitting", "Оксана", "10:20"]);
    has(&line.say("так").await, &["Вас записано"]);
    has(&line.say("ні, дякую, до побачення").await, &["До побачення"]);
}

#[tokio::test]
async fn a_russian_caller_buys_with_delivery() {
    let mut line = Line::new(Language::Ru);
    line.say("нужна зимняя резина 205/55 R16").await;
    line.say("возьму Нокиан").await;
    has(&line.say("четыре").await, &["4 шины Nokian WR D4", "12400", "доставка"]);
    has(&line.say("доставка в Одессу").await, &["улица"]);
    has(&line.say("Дерибасовская улица, 10, квартира 5").await, &["150", "2 дня", "12550"]);
    has(&line.say("наличными при получении").await, &["получателя"]);
    has(&line.say("Сергей Петренко").await, &["READ BACK confirm_order", "Сергей Петренко"]);
    has(&line.say("да").await, &["100245", "шиномонтаж"]);
    assert_eq!(line.only("update_order_delivery")["city"], "Одесса");
    has(&line.say("нет, спасибо").await, &["помочь"]);
    has(&line.say("нет").await, &["До свидания"]);
}

/// Up to the question how to pay, with four Nokian delivered to Kyiv.
async fn ordering(language: Language) -> Line {
    let mut line = Line::new(language);
    let lines: [&str; 5] = match language {
        Language::En => [
            "winter tyres 205/55 R16",
            "I'll take four of the Nokian",
            "Delivery please",
            "to Kyiv",
            "5 Khreshchatyk street",
        ],
        Language::Uk => [
            "зимові шини 205/55 R16",
            "замовляю чотири шини Нокіан",
            "доставка",
            "Київ",
            "вулиця Хрещатик, 5",
        ],
        Language::Ru => [
            "зимние шины 205/55 R16",
            "заказываю четыре шины Нокиан",
            "доставка",
            "Киев",
            "улица Крещатик, 5",
        ],
    };
    let heard = line.talk(&lines).await;
    assert!(heard.contains("12550"), "{heard}\n{:#?}", line.replies);
    line
}

#[tokio::test]
async fn every_way_to_pay_is_understood() {
    for (language, said, method) in [
        (Language::En, "by card when it arrives", "card_on_delivery"),
        (Language::En, "online", "online"),
        (Language::En, "I'll pay cash", "cod"),
        (Language::Uk, "накладений платіж", "cod"),
        (Language::Uk, "готівкою", "cod"),
        (Language::Uk, "карткою при отриманні", "card_on_delivery"),
        (Language::Uk, "за посиланням онлайн", "online"),
        (Language::Ru, "наложкой", "cod"),
        (Language::Ru, "картой при получении", "card_on_delivery"),
        (Language::Ru, "предоплата", "online"),
    ] {
        let mut line = ordering(language).await;
        line.say(said).await;
        let heard = line.say("Ivan").await;
        has(&heard, &["READ BACK confirm_order", method]);
    }
}

#[tokio::test]
async fn a_no_to_the_read_back_changes_one_thing_and_orders_once() {
    for (language, pay, no, what, value) in [
        (Language::En, "cash", "No", "the quantity", "two"),
        (Language::Uk, "готівкою", "ні", "кількість", "дві"),
        (Language::Ru, "наличными", "нет", "количество", "две"),
    ] {
        let mut line = ordering(language).await;
        line.talk(&[pay, "Ivan"]).await;
        has(&line.say(no).await, &["?"]);
        line.say(what).await;
        let heard = line.say(value).await;
        has(&heard, &["READ BACK confirm_order", "D2"]);
        line.say(yes(language)).await;
        assert_eq!(line.only("confirm_order")["order_id"], "D2");
        let drafts: Vec<_> = line.done.iter().filter(|(t, _)| t == "create_order_draft").collect();
        assert_eq!(drafts[1].1["items"][0]["quantity"], 2);
    }
}

#[tokio::test]
async fn another_payment_during_the_read_back_is_read_back_again() {
    let mut line = ordering(Language::En).await;
    line.talk(&["cash", "Ivan"]).await;
    has(&line.say("Actually, I would rather pay online").await, &["READ BACK", "online"]);
    line.say("yes").await;
    assert_eq!(line.only("confirm_order")["payment_method"], "online");
}

#[tokio::test]
async fn a_question_mark_during_the_read_back_is_no_yes() {
    for (language, pay, what) in
        [(Language::En, "cash", "What?"), (Language::Uk, "готівкою", "Алло?")]
    {
        let mut line = ordering(language).await;
        line.talk(&[pay, "Ivan"]).await;
        has(&line.say(what).await, &["READ BACK confirm_order"]);
        assert!(!line.made("confirm_order"));
        line.say(yes(language)).await;
        line.only("confirm_order");
    }
}

#[tokio::test]
async fn a_cancelled_order_is_not_placed() {
    for (language, pay, stop) in [
        (Language::En, "cash", "cancel"),
        (Language::Uk, "готівкою", "скасуйте"),
        (Language::Ru, "наличными", "отмена"),
    ] {
        let mut line = ordering(language).await;
        line.talk(&[pay, "Ivan"]).await;
        has(&line.say(stop).await, &["?"]);
        assert!(!line.made("confirm_order"));
        // The next words begin something new.
        let heard = line.say("205/55 R16").await;
        assert!(!heard.contains("READ BACK"), "{heard}");
    }
}

#[tokio::test]
async fn more_than_there_are_leads_to_what_there_is() {
    let mut line = Line::new(Language::En);
    line.say("winter tyres 205/55 R16").await;
    has(&line.say("I need four of the Michelin").await, &["Only 2", "order 2"]);
    has(&line.say("yes").await, &["2 of Michelin Alpin 6", "8400"]);
    let mut line = Line::new(Language::Uk);
    line.say("зимові шини 205/55 R16").await;
    has(&line.talk(&["беру Мішлен", "чотири"]).await, &["2 шини", "Замовити 2"]);
}

#[tokio::test]
async fn too_many_tyres_are_an_operators_business() {
    for (language, lines) in [
        (Language::En, ["winter tyres 205/55 R16", "I'll take the Nokian", "30 tyres"]),
        (Language::Uk, ["зимові шини 205/55 R16", "беру Нокіан", "тридцять штук"]),
    ] {
        let mut line = Line::new(language);
        let heard = line.talk(&lines).await;
        has(&heard, &[if language == Language::En { "operator" } else { "оператор" }]);
        assert!(!line.made("create_order_draft"));
    }
}

#[tokio::test]
async fn a_withheld_number_is_asked_for_before_the_draft() {
    let mut line = Line::new(Language::Uk);
    line.withheld = true;
    line.say("зимові шини 205/55 R16").await;
    has(&line.say("беру чотири шини Нокіан").await, &["прихований", "номером"]);
    has(&line.say("067 123 45 67").await, &["READ BACK contact", "+380671234567"]);
    has(&line.say("ні").await, &["номером"]);
    has(&line.say("067 123 45 68").await, &["READ BACK contact", "+380671234568"]);
    has(&line.say("так").await, &["12400"]);
    assert_eq!(line.only("create_order_draft")["customer_phone"], "+380671234568");
}

#[tokio::test]
async fn the_state_of_an_order_is_told() {
    for (language, said, told) in [
        (Language::En, "Where is my order?", "on its way"),
        (Language::En, "I want to check the status of my order", "on its way"),
        (Language::En, "when will my order arrive", "on its way"),
        (Language::Uk, "де моє замовлення?", "у дорозі"),
        (Language::Uk, "підкажіть статус замовлення 100245", "у дорозі"),
        (Language::Uk, "коли приїде моя посилка", "у дорозі"),
        (Language::Ru, "где мой заказ?", "в пути"),
        (Language::Ru, "подскажите статус заказа", "в пути"),
        (Language::Ru, "что с моим заказом", "в пути"),
    ] {
        let mut line = Line::new(language);
        has(&line.say(said).await, &["100245", told, "?"]);
    }
    let mut line = Line::new(Language::En);
    has(&line.say("Where is my order 777777?").await, &["no such order"]);
    line.withheld = true;
    has(&line.say("Where is my order?").await, &["withheld", "operator"]);
}

#[tokio::test]
async fn several_articles_go_into_one_order() {
    for (language, need, take, told) in [
        (
            Language::En,
            "winter tyres 205/55 R16",
            "I will take four Nokian and two Rosava",
            ["4 of Nokian", "2 of Rosava"],
        ),
        (
            Language::Uk,
            "потрібні зимові шини 205/55 R16",
            "беру чотири Нокіан і дві Росави",
            ["4 шини Nokian", "2 шини Rosava"],
        ),
        (
            Language::Ru,
            "нужны зимние шины 205/55 R16",
            "беру четыре Нокиан и две Росавы",
            ["4 шины Nokian", "2 шины Rosava"],
        ),
    ] {
        let mut line = Line::new(language);
        line.say(need).await;
        has(&line.say(take).await, &told);
        let items = line.only("create_order_draft")["items"].clone();
        assert_eq!(items.as_array().map(Vec::len), Some(2), "{take}: {items}");
        assert_eq!((&items[0]["quantity"], &items[1]["quantity"]), (&json!(4), &json!(2)));
    }
}

#[tokio::test]
async fn an_article_is_added_to_a_draft() {
    let mut line = Line::new(Language::En);
    line.say("winter tyres 205/55 R16").await;
    has(&line.say("I will take four Nokian").await, &["4 of Nokian"]);
    has(&line.say("and also two Rosava").await, &["4 of Nokian", "2 of Rosava"]);
    has(&line.say("pick up").await, &["?"]);
}

#[tokio::test]
async fn a_car_that_needs_changing_for_winter_is_a_fitting() {
    for (language, said, asked) in [
        (Language::Uk, "Треба перевзути машину на зиму", "станц"),
        (Language::Ru, "Нужно переобуть машину на зиму", "станц"),
        (Language::En, "I need my tyres changed for winter", "station"),
    ] {
        let mut line = Line::new(language);
        let heard = line.say(said).await;
        assert!(heard.to_lowercase().contains(asked) || heard.contains("North"), "{said}: {heard}");
    }
    // Goods by name and size stay goods.
    let mut line = Line::new(Language::Uk);
    has(&line.say("потрібні зимові шини на заміну 205/55 R16").await, &["Nokian"]);
}
