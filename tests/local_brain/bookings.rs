//! Bookings that stand: moved, cancelled, told; and the caller's own tyres against stored ones.

use crate::local_brain::answers::{booking, contract};
use crate::local_brain::shop::Line;
use crate::local_brain::{earliest, has, yes};
use serde_json::json;
use treadline::language::Language;

#[tokio::test]
async fn a_booking_is_moved_in_three_languages() {
    for (language, said, when) in [
        (Language::En, "I want to move my booking", "on Friday at 11"),
        (Language::En, "Can I reschedule my appointment?", "Friday at eleven o'clock"),
        (Language::Uk, "хочу перенести запис", "на п'ятницю об одинадцятій"),
        (Language::Uk, "перенесіть мій запис на шиномонтаж", "у п'ятницю о 11:00"),
        (Language::Ru, "хочу перенести запись", "на пятницу в 11:00"),
        (Language::Ru, "можно поменять время моей записи", "в пятницу в 11:00"),
    ] {
        let mut line = Line::booked(language);
        has(&line.say(said).await, &["26", "10:20", "North", "?"]);
        let heard = line.say(when).await;
        has(&heard, &["READ BACK cancel_fitting", "B1", "reschedule", "11:00"]);
        assert!(!line.made("cancel_fitting"), "nothing is moved before the yes");
        line.say(yes(language)).await;
        let moved = line.only("cancel_fitting");
        assert_eq!(moved["new_date"], "2026-11-27", "{said}");
        assert_eq!(moved["new_time"], "11:00");
    }
}

#[tokio::test]
async fn a_booking_is_cancelled_in_three_languages() {
    for (language, said) in [
        (Language::En, "I want to cancel my booking"),
        (Language::En, "please cancel my tyre fitting"),
        (Language::Uk, "скасуйте мій запис"),
        (Language::Uk, "хочу відмінити запис на шиномонтаж"),
        (Language::Ru, "отмените мою запись"),
        (Language::Ru, "хочу отменить запись на шиномонтаж"),
    ] {
        let mut line = Line::booked(language);
        has(&line.say(said).await, &["READ BACK cancel_fitting", "B1", "\"cancel\""]);
        has(&line.say(yes(language)).await, &["10:20"]);
        assert_eq!(*line.only("cancel_fitting"), json!({ "booking_id": "B1", "action": "cancel" }));
    }
}

#[tokio::test]
async fn a_no_to_the_cancellation_keeps_the_booking() {
    for (language, said, no) in [
        (Language::En, "cancel my booking", "no"),
        (Language::Uk, "скасуйте мій запис", "ні"),
        (Language::Ru, "отмените мою запись", "нет"),
    ] {
        let mut line = Line::booked(language);
        line.say(said).await;
        has(&line.say(no).await, &["?"]);
        assert!(!line.made("cancel_fitting"));
    }
}

#[tokio::test]
async fn of_several_bookings_the_one_that_is_meant_is_asked_for() {
    for (language, said, which) in [
        (Language::En, "cancel my booking", "the second one"),
        (Language::En, "cancel my booking", "the one on East"),
        (Language::Uk, "скасуйте мій запис", "на понеділок"),
        (Language::Ru, "отмените мою запись", "вторую"),
    ] {
        let mut line = Line::booked(language);
        line.bookings.push(booking("B2", "100002", "East", "2026-11-30", "14:00"));
        has(&line.say(said).await, &["North", "East", "?"]);
        has(&line.say(which).await, &["READ BACK cancel_fitting", "B2"]);
    }
}

#[tokio::test]
async fn a_caller_who_only_asks_is_told_the_booking() {
    for (language, said) in [
        (Language::En, "when is my booking?"),
        (Language::Uk, "на коли я записаний?"),
        (Language::Ru, "когда у меня запись? где я записан"),
    ] {
        let mut line = Line::booked(language);
        has(&line.say(said).await, &["26", "10:20", "North"]);
        assert!(!line.made("cancel_fitting"));
    }
}

#[tokio::test]
async fn being_late_is_no_new_date() {
    for (language, said, operator) in [
        (Language::En, "I'll be late for my fitting, about twenty minutes", "operator"),
        (Language::Uk, "я запізнюсь на шиномонтаж хвилин на двадцять", "оператор"),
        (Language::Ru, "я опоздаю на шиномонтаж на двадцать минут", "оператор"),
    ] {
        let mut line = Line::booked(language);
        has(&line.say(said).await, &[operator, "?"]);
        assert!(line.done.is_empty());
    }
}

#[tokio::test]
async fn without_a_booking_or_a_number_nothing_is_touched() {
    let mut line = Line::new(Language::En);
    has(&line.say("cancel my booking").await, &["no booking", "book a fitting"]);
    let mut line = Line::booked(Language::Uk);
    line.withheld = true;
    has(&line.say("скасуйте мій запис").await, &["прихований", "оператор"]);
    assert!(line.done.is_empty());
}

#[tokio::test]
async fn stored_tyres_are_fitted_when_the_caller_says_so() {
    for (language, said) in [
        (Language::En, "book a fitting, my tyres are in your storage"),
        (Language::Uk, "запишіть на шиномонтаж, мої шини у вас на зберіганні"),
        (Language::Ru, "запишите на шиномонтаж, мои шины у вас на хранении"),
    ] {
        let mut line = Line::new(language);
        line.stored.push(contract());
        let heard = line.talk(&[said, "North", earliest(language), "Ivan", "blue Ford"]).await;
        has(&heard, &["READ BACK book_fitting", "S1", "2026-11-25"]);
    }
}

#[tokio::test]
async fn own_tyres_after_stored_ones_drop_the_storage() {
    for (language, said, own) in [
        (Language::En, "book a fitting with my tyres in storage", "no, I bring my own tyres"),
        (Language::Uk, "шиномонтаж, шини на зберіганні", "ні, шини будуть з собою"),
        (Language::Ru, "шиномонтаж, шины на хранении", "нет, шины будут с собой"),
    ] {
        let mut line = Line::new(language);
        line.stored.push(contract());
        line.talk(&[said, "North", own, earliest(language), "Ivan"]).await;
        let heard = line.say("blue Ford").await;
        has(&heard, &["READ BACK book_fitting", "NONE", "2026-11-23"]);
    }
}

#[tokio::test]
async fn a_caller_with_stored_tyres_is_asked_which_ones_once() {
    let mut line = Line::new(Language::En);
    line.stored.push(contract());
    line.talk(&["book a tyre fitting", "North", "the earliest time", "Ivan"]).await;
    has(&line.say("blue Ford").await, &["Nokian WR D4", "tyres to fit?"]);
    has(&line.say("no").await, &["READ BACK book_fitting", "NONE"]);
}

#[tokio::test]
async fn a_question_about_storage_is_answered() {
    for (language, said) in [
        (Language::En, "Do you have my tyres in storage?"),
        (Language::Uk, "чи є мої шини на зберіганні"),
        (Language::Ru, "у вас мои шины на хранении?"),
    ] {
        let mut line = Line::new(language);
        line.stored.push(contract());
        has(&line.say(said).await, &["Nokian WR D4", "350", "?"]);
    }
}
