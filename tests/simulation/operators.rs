//! People who say whether they are free, and people who take a call over unasked.

use crate::simulation::helpers::ended;
use crate::simulation::stage::Stage;
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::json;
use treadline::turn::{Effect, Event, Outcome, TransferOutcome};

fn half_past_ten() -> Option<NaiveDateTime> {
    NaiveDate::from_ymd_opt(2026, 11, 23)?.and_hms_opt(10, 30, 0)
}

fn nobody_is_free(stage: &mut Stage) {
    stage.tell(Event::Operators { free: false, call_back_by: half_past_ten() });
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

fn goes_to(stage: &Stage, name: &str) -> usize {
    stage.wants(|effect| {
        matches!(effect, Effect::Transfer { target, reason, .. }
            if target == name && reason == "taken_over")
    })
}

#[test]
fn with_nobody_free_a_callback_is_offered_and_nobody_is_promised() {
    for mut stage in [Stage::attended(), Stage::greeted()] {
        nobody_is_free(&mut stage);
        ask_for_a_person(&mut stage);
        assert_eq!(transfers(&stage), 0);
        assert!(!stage.says().iter().any(|(_, text)| text.contains("connecting you")));
        assert!(
            stage.last_said().1.ends_with("call you back by 10:30?"),
            "{:?}",
            stage.last_said()
        );
        stage.caller_says("yes please");
        let (call, name, args) = stage.runs().pop().unwrap();
        assert_eq!(name, "create_callback_request");
        assert_eq!(args, json!({ "note": "wants a refund" }));
        stage.tool_ends(call, true, json!({ "status": "callback_saved" }));
        assert!(stage.last_said().1.contains("call you back by 10:30"));
    }
}

#[test]
fn when_somebody_is_free_again_the_caller_gets_a_person() {
    let mut stage = Stage::attended();
    nobody_is_free(&mut stage);
    stage.tell(Event::Operators { free: true, call_back_by: None });
    ask_for_a_person(&mut stage);
    assert_eq!(transfers(&stage), 1);
}

#[test]
fn a_call_that_is_taken_over_hears_one_sentence_and_goes_to_who_wants_it() {
    let mut stage = Stage::attended();
    nobody_is_free(&mut stage);
    stage.caller_says("what do tyres cost");
    let asks = stage.asks().len();
    let said = stage.says().len();
    stage.tell(Event::TakenOver { target: "olha".into() });
    let (_, told) = stage.last_said();
    assert!(told.starts_with("A colleague would like to help"), "{told}");
    assert_eq!(stage.says().len(), said + 1);
    assert_eq!(transfers(&stage), 0, "first it is said");
    stage.play_all();
    assert_eq!(goes_to(&stage, "olha"), 1);
    assert_eq!(stage.asks().len(), asks, "nothing of the agent's goes on beside it");
    // A second one is late.
    stage.tell(Event::TakenOver { target: "ihor".into() });
    stage.play_all();
    assert_eq!(transfers(&stage), 1);
    let outcome = TransferOutcome::Taken;
    stage.tell(Event::TransferEnded { attempt: 1, outcome, call_back_by: None });
    assert_eq!(ended(&stage).0, Outcome::Transferred);
}

#[test]
fn an_agent_who_is_speaking_falls_silent_for_who_takes_over() {
    let mut stage = Stage::attended();
    stage.caller_says("what do tyres cost");
    stage.model_says("They cost what they cost and it is a long story.");
    stage.model_ends();
    let (speech, _) = stage.last_said();
    stage.started(speech);
    stage.tell(Event::TakenOver { target: "operator".into() });
    assert_eq!(stage.wants(|effect| matches!(effect, Effect::Hush)), 1);
    stage.cut(speech, 0.5);
    stage.play_all();
    assert_eq!(goes_to(&stage, "operator"), 1);
}

#[test]
fn who_took_a_call_over_and_does_not_answer_leaves_it_to_the_agent() {
    let mut stage = Stage::attended();
    stage.tell(Event::TakenOver { target: "operator".into() });
    stage.play_all();
    let outcome = TransferOutcome::NoAnswer;
    stage.tell(Event::TransferEnded { attempt: 1, outcome, call_back_by: half_past_ten() });
    assert!(stage.last_said().1.ends_with("call you back by 10:30?"), "{:?}", stage.last_said());
}
