//! Callers who say two things at once, and who put right what was read back.

use crate::local_brain::has;
use crate::local_brain::shop::Line;
use serde_json::json;
use treadline::language::Language;

/// An order of four Nokian to a branch in Kyiv, read back.
async fn read_back(language: Language) -> Line {
    let mut line = Line::new(language);
    let lines = match language {
        Language::En => [
            "I need winter tyres 205/55 R16",
            "The Nokian please",
            "Yes",
            "four",
            "Delivery to Kyiv, Nova Poshta branch 12",
            "cash",
            "John Smith",
        ],
        Language::Uk => [
            "потрібні зимові шини 205/55 R16",
            "Нокіан",
            "так",
            "чотири",
            "доставка у Київ, відділення дванадцять",
            "готівкою",
            "Олена Коваль",
        ],
        Language::Ru => [
            "нужны зимние шины 205/55 R16",
            "Нокиан",
            "да",
            "четыре",
            "доставка в Киев, улица Хрещатик 5",
            "наличными",
            "Елена Коваль",
        ],
    };
    has(&line.talk(&lines).await, &["READ BACK confirm_order"]);
    line
}

#[tokio::test]
async fn the_number_of_a_branch_is_no_number_of_tyres() {
    for (language, said) in [
        (Language::En, "To Kyiv, Nova Poshta branch 12"),
        (Language::Uk, "у Київ, відділення 2"),
        (Language::Ru, "в Киев, отделение новой почты номер 7"),
    ] {
        let mut line = Line::new(language);
        let (want, take, yes) = match language {
            Language::En => ("I need winter tyres 205/55 R16", "The Nokian please", "yes"),
            Language::Uk => ("потрібні зимові шини 205/55 R16", "Нокіан", "так"),
            Language::Ru => ("нужны зимние шины 205/55 R16", "Нокиан", "да"),
        };
        line.talk(&[want, take, yes, said]).await;
        assert!(!line.made("create_order_draft"), "{said}: {:?}", line.done);
    }
}

#[tokio::test]
async fn a_count_that_comes_with_the_yes_is_not_asked_for_again() {
    for (language, want, take, said) in [
        (Language::En, "I need winter tyres 205/55 R16", "The Nokian please", "OK I'll take four"),
        (Language::Uk, "потрібні зимові шини 205/55 R16", "Нокіан", "візьму чотири з доставкою"),
        (Language::Ru, "нужны зимние шины 205/55 R16", "Нокиан", "оформляйте, четыре"),
    ] {
        let mut line = Line::new(language);
        line.talk(&[want, take, said]).await;
        let items = json!([{ "product_id": "00000000003", "quantity": 4 }]);
        assert_eq!(line.only("create_order_draft")["items"], items, "{said}: {:?}", line.replies);
    }
}

#[tokio::test]
async fn what_is_put_right_at_the_read_back_is_read_back_anew() {
    for (language, said, now, yes) in [
        (Language::En, "actually no, I meant branch 21", "branch 21", "yes"),
        (Language::Uk, "Ой, ні, відділення двадцять сім", "відділення двадцять сім", "так"),
        (Language::Ru, "нет, улица Пушкинская 7", "улица Пушкинская 7", "да"),
    ] {
        let mut line = read_back(language).await;
        let heard = line.say(said).await;
        has(&heard, &["READ BACK confirm_order"]);
        let last = line.done.iter().rev().find(|(tool, _)| tool == "update_order_delivery");
        assert_eq!(last.expect("a way").1["address"], now, "{:?}", line.replies);
        line.say(yes).await;
        assert!(line.made("confirm_order"), "{:?}", line.replies);
    }
}

#[tokio::test]
async fn a_count_that_is_put_right_at_the_read_back_is_drafted_anew() {
    for (language, said) in [
        (Language::En, "no wait, make it two"),
        (Language::Uk, "ні, я хотів дві"),
        (Language::Ru, "нет, не четыре, а две"),
    ] {
        let mut line = read_back(language).await;
        has(&line.say(said).await, &["READ BACK confirm_order"]);
        let last = line.done.iter().rev().find(|(tool, _)| tool == "create_order_draft");
        assert_eq!(last.expect("a draft").1["items"][0]["quantity"], 2, "{:?}", line.replies);
    }
}

#[tokio::test]
async fn a_no_with_words_that_mean_nothing_is_asked_about_and_never_read_again() {
    let mut line = read_back(Language::En).await;
    let heard = line.say("no no that bumblebee is wrong").await;
    assert!(!heard.contains("READ BACK"), "{heard}");
    assert!(!line.made("confirm_order"));
    let heard = line.say("no no that bumblebee is wrong").await;
    assert!(!heard.contains("READ BACK"), "nor the second time: {heard}");
    assert!(!line.made("confirm_order"));
}

#[tokio::test]
async fn a_car_is_no_name() {
    let mut line = Line::new(Language::Uk);
    line.talk(&["запишіть на шиномонтаж", "North", "найближчий час"]).await;
    line.say("чорна Шкода Фабія").await;
    assert!(!line.made("update_customer_profile"), "{:?}", line.done);
}

#[tokio::test]
async fn a_weekday_with_its_number_is_that_day() {
    let mut line = Line::new(Language::En);
    line.talk(&["book a tyre fitting", "North", "on Monday 30th at 9:00", "John"]).await;
    has(&line.say("a grey Toyota").await, &["READ BACK book_fitting", "2026-11-30"]);
}

#[tokio::test]
async fn an_order_that_stands_is_cancelled_or_changed_by_a_person() {
    for (language, said) in [
        (Language::En, "I want to cancel my order"),
        (Language::Uk, "хочу скасувати замовлення"),
        (Language::Ru, "хочу отменить заказ"),
    ] {
        let mut line = Line::new(language);
        let heard = line.say(said).await;
        assert!(heard.contains("operator") || heard.contains("оператор"), "{said}: {heard}");
    }
}
