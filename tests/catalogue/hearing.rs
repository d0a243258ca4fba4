//! What was understood: yes and not-heard, steps and figures, noise and what is meant. The local
//! brain answers.

use crate::catalogue::booking::{looks_up, slot};
use crate::catalogue::line::Move::Calls;
use crate::catalogue::line::{Line, has, lacks};
use crate::catalogue::shop::{CALLER, OBOLON, Shop};
use treadline::language::Language;

/// A caller who is one yes away from a fitting on the 24th at 10:00, before the local brain.
async fn before_the_yes(shop: &Shop, phone: &str) -> Line {
    let mut line = shop.rings(Some(phone), Language::Uk).await;
    let heard = line
        .talk(&[
            "Запишіть мене на шиномонтаж на Оболоні.",
            "Завтра о десятій.",
            "Мене звати Іван.",
            "Сіра Тойота.",
        ])
        .await;
    has(&heard, &["Іван", "24 листопада", "10:00", "?"]);
    line
}

/// 13. "Алло? Що?" after the read-back is taken for a yes; "ага" and "угу" are not understood.
#[tokio::test]
async fn a_hello_is_no_yes_and_an_uh_huh_is_one() {
    let Some(shop) = Shop::open().await else { return };
    for (at, yes) in ["Ага.", "Угу."].into_iter().enumerate() {
        let phone = format!("+38067444000{at}");
        let mut line = before_the_yes(&shop, &phone).await;
        for not_heard in ["Алло?", "Що?"] {
            has(&line.says(not_heard).await, &["24 листопада", "10:00", "?"]);
            assert_eq!(shop.bookings(&phone).await, "", "{not_heard}");
        }
        has(&line.says(yes).await, &["записано"]);
        assert_eq!(shop.bookings(&phone).await, "100201 2026-11-24 10:00", "{yes}");
        line.ends().await;
    }
}

/// 14. The caller says that they bring their own tyres, and the bot insists on the three days of
/// stored ones.
#[tokio::test]
async fn own_tyres_end_the_rule_for_stored_ones() {
    let Some(shop) = Shop::open().await else { return };
    // These numbers have tyres in the sample shop's storage.
    for (phone, language, lines) in [
        (
            "+380501112233",
            Language::En,
            [
                "Book a fitting in Obolon, my tyres are in your storage.",
                "No, I bring my own tyres.",
                "The earliest time.",
                "My name is Ivan.",
                "A blue Ford.",
            ],
        ),
        (
            "+380931234567",
            Language::Uk,
            [
                "Запишіть на шиномонтаж на Оболоні, шини у вас на зберіганні.",
                "Ні, шини будуть з собою.",
                "Найближчий час.",
                "Мене звати Іван.",
                "Синій Форд.",
            ],
        ),
    ] {
        let mut line = shop.rings(Some(phone), language).await;
        let heard = line.talk(&lines).await;
        has(&heard, &["24", "?"]);
        line.says(if language == Language::En { "Yes." } else { "Так." }).await;
        assert_eq!(shop.bookings(phone).await, "100201 2026-11-24 09:00", "{:#?}", line.lines);
        let stored = "select count(*)::text from fitting_bookings where phone = $1 and \
             storage_contract_id is not null";
        assert_eq!(shop.text(stored, phone).await, "0");
    }
}

/// 15. A short yes is lost by the recogniser: silence after a read-back asks for yes or no.
#[tokio::test]
async fn silence_after_a_read_back_asks_for_a_yes_or_a_no() {
    let quick = |config: &mut treadline::config::Config| {
        config.limits.call.silence_ms = [1_500, 60_000, 60_000];
    };
    let Some(shop) = Shop::open_at(crate::catalogue::shop::NOW, quick).await else { return };
    let mut moves = looks_up("2026-11-24", "2026-11-24");
    moves.push(vec![Calls("book_fitting", slot("2026-11-24", "10:00"))]);
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.says("I am Ivan, plate AA1234BB. A fitting in Obolon.").await;
    has(&line.says("Ten o'clock.").await, &["24 November"]);
    assert_eq!(line.listens().await, "Please say yes or no.");
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
}

/// 19. Noise changes a city and a station that were settled.
#[tokio::test]
async fn noise_does_not_move_the_caller_to_another_city() {
    let Some(shop) = Shop::open().await else { return };
    let mut line = shop.rings(Some(CALLER), Language::Uk).await;
    line.talk(&["Запишіть мене на шиномонтаж на Оболоні.", "Париж ее шшш.", "Завтра о десятій."])
        .await;
    for slots in line.uses_of("get_fitting_slots") {
        assert_eq!(slots.args["station_id"], OBOLON, "{:#?}", line.lines);
    }
    let heard = line.talk(&["Мене звати Іван.", "Сіра Тойота."]).await;
    has(&heard, &["Оболон", "24 листопада"]);
    line.says("Так.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:00");
}

/// 20. Figures of a plate are taken for a time; figures of a time for a rim.
#[tokio::test]
async fn figures_are_what_the_step_asked_for() {
    let Some(shop) = Shop::open().await else { return };
    let mut line = shop.rings(Some(CALLER), Language::En).await;
    line.talk(&["Book a tyre fitting in Obolon.", "Tomorrow at 10:30.", "My name is Ivan."]).await;
    let heard = line.says("A grey Toyota, AA 1425 BB.").await;
    has(&heard, &["10:30", "24 November"]);
    lacks(&heard, &["14:25"]);
    line.says("Yes.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-24 10:30");
    let mut line = shop.rings(Some("+380672220002"), Language::En).await;
    line.talk(&["Book a tyre fitting in Darnytsia.", "Tomorrow.", "At sixteen."]).await;
    assert!(line.uses_of("get_fitting_price").is_empty(), "{:#?}", line.lines);
    line.talk(&["My name is Ivan.", "A grey Toyota.", "Yes."]).await;
    assert_eq!(shop.bookings("+380672220002").await, "100202 2026-11-24 16:00");
}

/// 22. The caller wants a fitting and is transferred as out of scope.
#[tokio::test]
async fn whoever_wants_a_fitting_in_whatever_words_gets_the_fitting() {
    let Some(shop) = Shop::open().await else { return };
    for (language, said) in [
        (Language::En, "I need my tyres changed."),
        (Language::En, "Can you swap my wheels to winter tyres at your station?"),
        (Language::Uk, "Хочу перевзутися."),
        (Language::Uk, "Мені на шиномонтаж."),
        (Language::Ru, "Хочу переобуться."),
        (Language::Ru, "Нужен шиномонтаж."),
    ] {
        let mut line = shop.rings(Some(CALLER), language).await;
        line.says(said).await;
        assert!(!line.uses_of("get_fitting_stations").is_empty(), "{said}: {:#?}", line.lines);
        assert_eq!(line.ends().await.next, "hangup", "{said}");
    }
}

/// 27. Rubbish of the recogniser ("и" for "Київ") transfers the caller.
#[tokio::test]
async fn rubbish_is_asked_again_and_not_transferred() {
    let Some(shop) = Shop::open().await else { return };
    let mut line = shop.rings(Some(CALLER), Language::Uk).await;
    line.says("Запишіть мене на шиномонтаж.").await;
    let heard = line.says("и").await;
    has(&heard, &["?"]);
    assert!(line.uses_of("transfer_to_operator").is_empty(), "{heard}");
    let heard = line.says("Оболонь, Київ.").await;
    has(&heard, &["?"]);
    assert_eq!(line.ends().await.next, "hangup");
}

/// Section 2: "I'll be late" is not a new date.
#[tokio::test]
async fn being_late_moves_no_booking() {
    let Some(shop) = Shop::open().await else { return };
    shop.has_booking(CALLER).await;
    let mut line = shop.rings(Some(CALLER), Language::Uk).await;
    let heard = line.says("Я запізнюсь на шиномонтаж хвилин на двадцять.").await;
    has(&heard, &["оператор"]);
    assert!(line.uses_of("cancel_fitting").is_empty());
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-26 10:00");
}
