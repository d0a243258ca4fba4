//! When the shop does not answer, or the brain may not ask it.

use crate::local_brain::support::fake_store::{FakeStore, wall};
use crate::local_brain::support::mini_core::MiniCore;
use crate::local_brain::{english, has, ukrainian};
use serde_json::json;
use treadline::language::Language;
use treadline::turn::Message;

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
async fn a_booking_whose_answer_comes_too_late_is_told_before_another_one_is_made() {
    let mut call = MiniCore::new(FakeStore::with_one_station(), Language::En).await;
    call.say("Book a tyre fitting please, the earliest time").await;
    call.say("Ivan").await;
    call.say("blue Ford").await;
    *call.store.answers_lost.lock().expect("free") = true;
    let heard = call.say("Yes").await;
    assert_eq!(
        heard,
        "I have no answer whether that was done. Shall I connect you with an operator?"
    );
    *call.store.answers_lost.lock().expect("free") = false;
    let heard = call.say("No, book me for ten o'clock then").await;
    has(&heard, &["You are booked", "9:00"]);
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
        now: wall(),
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
