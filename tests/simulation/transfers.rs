//! Transfers on a line that tells how they went and brings callers back.

use crate::simulation::helpers::ended;
use crate::simulation::stage::Stage;
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::json;
use treadline::turn::{
    Effect, Event, Failure, HangUpReason, Message, Note, Outcome, TransferOutcome,
};

fn wants_a_person() -> Stage {
    let mut stage = Stage::attended();
    ask_for_a_person(&mut stage);
    stage
}

fn ask_for_a_person(stage: &mut Stage) {
    stage.caller_says("give me a person");
    let args = json!({ "reason": "customer_request", "summary": "wants a refund" });
    stage.model_calls("transfer_to_operator", args);
    stage.play_all();
}

fn transfers(stage: &Stage) -> usize {
    stage.wants(|effect| matches!(effect, Effect::Transfer { .. }))
}

fn half_past_ten() -> Option<NaiveDateTime> {
    NaiveDate::from_ymd_opt(2026, 11, 23)?.and_hms_opt(10, 30, 0)
}

fn goes(stage: &mut Stage, attempt: u32, outcome: TransferOutcome) {
    let call_back_by = half_past_ten();
    stage.tell(Event::TransferEnded { attempt, outcome, call_back_by });
}

fn reason_at_the_end(stage: &Stage) -> Option<String> {
    match stage.notes().pop() {
        Some(Note::Ended { transfer_reason, .. }) => transfer_reason,
        other => panic!("the last note is {other:?}"),
    }
}

#[test]
fn a_call_that_a_person_takes_is_over_without_another_word() {
    let mut stage = wants_a_person();
    assert_eq!(transfers(&stage), 1);
    assert!(!stage.call.is_over(), "the line will tell how it went");
    let said = stage.says().len();
    stage.wait(15_000);
    assert_eq!(stage.says().len(), said, "the caller hears the line's music, not us");
    goes(&mut stage, 1, TransferOutcome::Taken);
    assert_eq!(stage.says().len(), said);
    assert_eq!(ended(&stage).0, Outcome::Transferred);
    assert_eq!(reason_at_the_end(&stage).as_deref(), Some("customer_request"));
}

#[test]
fn whoever_picks_up_hears_who_calls_and_why_and_the_log_of_the_call_does_not() {
    let mut stage = wants_a_person();
    stage.tell(Event::OperatorAnswered { attempt: 1 });
    let told: Vec<String> = stage.says().into_iter().rev().take(3).map(|(_, text)| text).collect();
    assert!(told[2].contains("+380671234567") && told[2].contains("asks for a person"), "{told:?}");
    assert_eq!(told[1], "wants a refund");
    assert!(told[0].contains("Press 1"), "{told:?}");
    stage.play_all();
    goes(&mut stage, 1, TransferOutcome::Refused);
    stage.play_all();
    let logged = stage.turns();
    assert!(logged.iter().all(|turn| !turn.content.contains("Press 1")), "{logged:#?}");
    stage.caller_says("what do tyres cost");
    let history = stage.ask().history;
    let told = |m: &Message| matches!(m, Message::Agent { text } if text.contains("Press 1"));
    assert!(!history.iter().any(told), "{history:#?}");
}

#[test]
fn a_caller_whom_nobody_takes_is_offered_a_callback_by_a_promised_time() {
    for outcome in [
        TransferOutcome::Busy,
        TransferOutcome::NoAnswer,
        TransferOutcome::Refused,
        TransferOutcome::Offline,
        TransferOutcome::OutOfHours,
        TransferOutcome::Failed,
    ] {
        let mut stage = wants_a_person();
        goes(&mut stage, 1, outcome);
        assert!(stage.last_said().1.ends_with("call you back by 10:30?"), "{outcome:?}");
        stage.play_all();
        stage.caller_says("yes please");
        let (call, name, args) = stage.runs().pop().unwrap();
        assert_eq!(name, "create_callback_request");
        assert_eq!(args, json!({ "note": "wants a refund" }));
        stage.tool_ends(call, true, json!({ "status": "callback_saved" }));
        assert!(stage.last_said().1.contains("call you back by 10:30"), "{outcome:?}");
        stage.play_all();
        stage.caller_says("no, thank you");
        stage.model_answers("Goodbye!");
        stage.wait(2_000);
        assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Goodbye);
        assert_eq!(ended(&stage).0, Outcome::Callback, "{outcome:?}");
        assert_eq!(reason_at_the_end(&stage).as_deref(), Some("customer_request"));
    }
}

#[test]
fn a_key_answers_the_offer_too() {
    let mut stage = wants_a_person();
    goes(&mut stage, 1, TransferOutcome::Busy);
    stage.play_all();
    stage.tell(Event::Digit { digit: '1' });
    assert_eq!(stage.runs().pop().unwrap().1, "create_callback_request");
}

#[test]
fn the_key_with_which_an_operator_refused_is_no_answer_of_the_caller() {
    let mut stage = wants_a_person();
    stage.tell(Event::OperatorAnswered { attempt: 1 });
    goes(&mut stage, 1, TransferOutcome::Refused);
    // It comes by our own sound as well, which the operator heard until now.
    stage.tell(Event::Digit { digit: '2' });
    assert!(stage.last_said().1.ends_with("call you back by 10:30?"), "{:?}", stage.last_said());
    stage.play_all();
    stage.wait(1_000);
    stage.tell(Event::Digit { digit: '1' });
    assert_eq!(stage.runs().pop().unwrap().1, "create_callback_request");
}

#[test]
fn a_callback_that_cannot_be_written_is_the_model_s_to_solve() {
    let mut stage = wants_a_person();
    goes(&mut stage, 1, TransferOutcome::NoAnswer);
    stage.play_all();
    stage.caller_says("yes");
    let (call, ..) = stage.runs().pop().unwrap();
    let asks = stage.asks().len();
    stage.tool_ends(call, false, json!({ "error": "phone_missing" }));
    assert_eq!(stage.asks().len(), asks + 1, "it asks for a number");
}

#[test]
fn who_wants_no_callback_goes_on_with_the_agent() {
    let mut stage = wants_a_person();
    goes(&mut stage, 1, TransferOutcome::NoAnswer);
    stage.play_all();
    stage.caller_says("no");
    assert!(stage.last_said().1.contains("anything else"), "{:?}", stage.last_said());
    assert!(stage.runs().is_empty());
    stage.play_all();
    stage.caller_says("What do winter tyres cost?");
    assert!(stage.ask().history.iter().any(
        |m| matches!(m, Message::Tool { result, .. } if result["error"] == json!("no_answer"))
    ));
}

#[test]
fn another_question_instead_of_an_answer_is_answered() {
    let mut stage = wants_a_person();
    goes(&mut stage, 1, TransferOutcome::Busy);
    stage.play_all();
    let asks = stage.asks().len();
    stage.caller_says("how late are you open");
    assert_eq!(stage.asks().len(), asks + 1);
    stage.model_answers("Until six.");
    stage.caller_says("yes");
    assert!(stage.runs().is_empty(), "the offer has lapsed");
}

#[test]
fn after_two_attempts_there_is_no_third() {
    let mut stage = wants_a_person();
    goes(&mut stage, 1, TransferOutcome::Busy);
    stage.play_all();
    ask_for_a_person(&mut stage);
    goes(&mut stage, 2, TransferOutcome::NoAnswer);
    stage.play_all();
    ask_for_a_person(&mut stage);
    assert_eq!(transfers(&stage), 2);
    assert!(stage.says().pop().unwrap().1.contains("call you back"), "{:?}", stage.last_said());
    assert!(!stage.call.is_over());
}

#[test]
fn an_agent_who_cannot_go_on_after_that_leaves_the_caller_to_the_dialplan() {
    let mut stage = wants_a_person();
    goes(&mut stage, 1, TransferOutcome::Busy);
    stage.play_all();
    ask_for_a_person(&mut stage);
    goes(&mut stage, 2, TransferOutcome::Busy);
    stage.play_all();
    for _ in 0..3 {
        stage.caller_says("I need tyres");
        let generation = stage.ask().generation;
        stage.tell(Event::ModelFailed { generation, failure: Failure::Unreachable });
        stage.play_all();
    }
    let last = |e: &Effect| matches!(e, Effect::Transfer { attempt: 3, returns: false, .. });
    assert_eq!(stage.wants(last), 1);
    assert_eq!(ended(&stage).0, Outcome::Transferred);
}

#[test]
fn a_caller_who_hangs_up_while_it_rings_has_left() {
    let mut stage = wants_a_person();
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(ended(&stage).0, Outcome::Abandoned);
    assert_eq!(reason_at_the_end(&stage).as_deref(), Some("customer_request"));
    goes(&mut stage, 1, TransferOutcome::Taken);
    assert!(stage.call.is_over());
}

#[test]
fn a_line_that_never_tells_does_not_keep_the_caller() {
    let mut stage = wants_a_person();
    stage.wait(179_000);
    let said = stage.says().len();
    stage.wait(2_000);
    assert_eq!(stage.says().len(), said + 1);
    assert!(stage.last_said().1.contains("call you back"));
}

#[test]
fn news_of_another_attempt_are_no_news() {
    let mut stage = wants_a_person();
    goes(&mut stage, 7, TransferOutcome::Taken);
    stage.tell(Event::OperatorAnswered { attempt: 2 });
    assert!(!stage.call.is_over());
    let unknown = |note: &Note| matches!(note, Note::Stale { what } if what == "transfer");
    assert_eq!(stage.notes().iter().filter(|note| unknown(note)).count(), 2);
}

#[test]
fn what_the_caller_says_into_the_music_is_nobody_s_turn() {
    let mut stage = wants_a_person();
    let turns = stage.turns().len();
    stage.tell(Event::VoiceStarted);
    stage.wait(1_000);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.tell(Event::Digit { digit: '1' });
    stage.wait(5_000);
    assert_eq!(stage.turns().len(), turns);
    assert_eq!(stage.wants(|e| matches!(e, Effect::Transcribe { .. })), 1, "only the first line");
}
