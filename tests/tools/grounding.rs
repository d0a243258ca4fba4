//! Names, numbers and weekdays: what a model writes must stand in the caller's words.

use super::{ran, refused};
use crate::tools::fake_store::{FakeStore, MONDAY};
use crate::tools::hostile::booking;
use serde_json::{Value, json};
use std::sync::Arc;
use treadline::language::Language;
use treadline::pii::Personal;
use treadline::store::Profile;
use treadline::tools::ToolDesk;

/// A desk with Monday's times after the caller said `lines`.
async fn after(lines: &[&str]) -> ToolDesk {
    let mut desk = Arc::new(FakeStore::with_one_station()).desk();
    desk.caller_words.clear();
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    slots_on(&mut desk, MONDAY).await.expect("free");
    desk.caller_words = lines.iter().map(|line| (*line).to_owned()).collect();
    desk
}

/// `"ok"`, or the refusal of a booking in this name.
async fn named(lines: &[&str], name: &str) -> &'static str {
    let mut desk = after(lines).await;
    let mut args = booking();
    args["customer_name"] = json!(name);
    desk.prepare("book_fitting", &args).await.map_or_else(|refusal| refusal.code, |_| "ok")
}

#[tokio::test]
async fn a_name_stands_in_the_callers_words_in_whatever_form_and_alphabet() {
    for (line, name) in [
        ("my name is olena", "Olena"),
        ("Мене звати Олена Коваль", "Олена"),
        ("запишіть на Олену", "Олена"),
        ("на ім'я Петра Коваля", "Петро Коваль"),
        ("меня зовут Игорь", "Ігор"),
        ("мене звати Ольга", "Olha"),
        ("it's Anna-Maria", "Anna-Maria"),
        ("book it for O'Brien", "O'Brien"),
    ] {
        assert_eq!(named(&[line], name).await, "ok", "{line} / {name}");
    }
}

#[tokio::test]
async fn a_name_that_nobody_gave_as_theirs_is_refused() {
    for (line, name) in [
        ("I need winter tyres", "Ivan"),
        ("it is Maria's car", "Maria"),
        ("це машина Марії", "Марія"),
        ("я живу на вулиці Шевченка", "Шевченко"),
        ("I am on Franko street", "Franko"),
        ("it is my wife calling", "wife"),
        ("моя дружина хоче записатися", "дружина"),
        ("my name is Olena", "Olena Mallory"),
        ("my name is Olena", "Oleksandr"),
    ] {
        assert_eq!(named(&[line], name).await, "name_not_said", "{line} / {name}");
    }
}

#[tokio::test]
async fn a_name_on_file_needs_not_be_said_again() {
    let mut desk = after(&["the same as always"]).await;
    assert!(desk.prepare("book_fitting", &booking()).await.is_err());
    desk.profile =
        Some(Profile { name: Some(Personal("Olena Koval".into())), ..Profile::default() });
    desk.prepare("book_fitting", &booking()).await.expect("known");
}

#[tokio::test]
async fn a_number_may_be_said_over_several_lines_and_in_words() {
    for (language, lines) in [
        (Language::En, &["zero six seven", "two two two", "thirty three forty four"][..]),
        (
            Language::Uk,
            &["нуль шістдесят сім двісті двадцять два", "тридцять три сорок чотири"][..],
        ),
        (Language::Uk, &["мій номер 067 222 33 44"][..]),
        (Language::Ru, &["ноль шестьдесят семь двести двадцать два тридцать три сорок четыре"][..]),
    ] {
        let mut desk = after(lines).await;
        desk.language = language;
        desk.scope.caller = None;
        let ask = |phone: &str| json!({"phone": phone});
        let other = refused(&mut desk, "create_callback_request", ask("+380672223345")).await;
        assert_eq!(other.code, "phone_not_said", "{lines:?}");
        let said = desk.run("create_callback_request", &ask("+380672223344"), None).await;
        // The shop in memory has no tickets: only the number is in question here.
        assert_eq!(said.expect_err("no tickets").code, "not_offered", "{lines:?}");
    }
}

async fn slots_on(desk: &mut ToolDesk, date: &str) -> Result<Value, &'static str> {
    let args = json!({"station_id": "100001", "date_from": date});
    desk.run("get_fitting_slots", &args, None).await.map_err(|refusal| refusal.code)
}

#[tokio::test]
async fn a_weekday_that_was_said_is_the_weekday_of_the_day_that_is_asked_for() {
    let mut desk = after(&["on Wednesday, please"]).await;
    let refusal = refused(
        &mut desk,
        "get_fitting_slots",
        json!({"station_id": "100001", "date_from": "2026-11-26"}),
    )
    .await;
    assert_eq!(refusal.code, "weekday_mismatch");
    assert!(refusal.message.contains("2026-11-25"), "{}", refusal.message);
    slots_on(&mut desk, "2026-11-25").await.expect("a Wednesday");
    // The caller took Wednesday back: the later word counts.
    desk.caller_words.push("no, Friday".into());
    assert_eq!(slots_on(&mut desk, "2026-11-25").await, Err("weekday_mismatch"));
    slots_on(&mut desk, "2026-11-27").await.expect("a Friday");
}

#[tokio::test]
async fn a_booking_on_another_weekday_than_was_said_is_refused() {
    let mut desk = after(&["my name is Olena", "on Wednesday"]).await;
    let refusal = desk.prepare("book_fitting", &booking()).await.expect_err("Monday was offered");
    assert_eq!(refusal.code, "weekday_mismatch");
    desk.caller_words.push("well, the twenty third of November then".into());
    desk.prepare("book_fitting", &booking()).await.expect("the date was said later");
}

#[tokio::test]
async fn what_is_offered_instead_of_a_full_day_can_be_taken() {
    let mut desk = after(&["my name is Olena", "on Saturday"]).await;
    let answer = slots_on(&mut desk, "2026-11-28").await.expect("asked for the right day");
    assert_eq!(answer["suggested_date"], "2026-11-30");
    desk.caller_words.push("all right, nine o'clock then".into());
    let mut args = booking();
    args["date"] = json!("2026-11-30");
    desk.prepare("book_fitting", &args).await.expect("the day was answered with another");
}

#[tokio::test]
async fn a_weekday_inside_another_word_is_none() {
    let mut desk = after(&["завтра, будь ласка"]).await;
    desk.language = Language::Uk;
    slots_on(&mut desk, MONDAY).await.expect("tomorrow is a Monday, and no Tuesday was said");
}

#[tokio::test]
async fn the_progress_names_one_next_step_and_no_row_id() {
    let store = Arc::new(FakeStore::sample());
    let mut desk = store.desk();
    let progress = desk.progress();
    assert_eq!(progress.matches("NEXT STEP").count(), 1, "{progress}");
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    assert!(desk.progress().contains("ask which station"), "{}", desk.progress());
    slots_on(&mut desk, MONDAY).await.expect("free");
    let progress = desk.progress();
    assert!(
        progress.contains("North (100001)") && progress.contains("one offered time"),
        "{progress}"
    );
    assert!(progress.chars().count() <= 600);
    assert!(!progress.contains(&desk.ledger.stations[0].id.to_string()));
}
