//! How calls end.

use crate::fixtures::proposal;
use crate::stage::Stage;
use serde_json::json;
use treadline::turn::{Event, HangUpReason, Note, Outcome};

fn outcome(stage: &Stage) -> (Outcome, Option<String>) {
    match stage.notes().pop() {
        Some(Note::Ended { outcome, scenario, .. }) => (outcome, scenario),
        other => panic!("the last note is {other:?}"),
    }
}

fn booked() -> Stage {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    stage.play_all();
    stage.caller_says("yes");
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({ "status": "confirmed" }));
    stage.model_answers("It is booked. Is there anything else?");
    stage
}

#[test]
fn a_no_to_anything_else_ends_the_call_after_the_answer() {
    for words in ["No, thanks.", "No, thank you. Goodbye.", "no"] {
        let mut stage = booked();
        stage.caller_says(words);
        stage.model_answers("Thank you, goodbye!");
        let spoken = stage.ms;
        stage.wait(2_000);
        assert_eq!(stage.hung_up(), Some((spoken + 1_000, HangUpReason::Goodbye)), "{words}");
        assert_eq!(outcome(&stage), (Outcome::Resolved, Some("fitting_booking".into())));
    }
}

#[test]
fn a_no_to_another_question_does_not_end_the_call() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_answers("Do you want winter ones?");
    stage.caller_says("No, thanks.");
    stage.model_answers("All right.");
    stage.wait(2_000);
    assert_eq!(stage.hung_up(), None);
}

#[test]
fn a_call_with_a_booking_is_a_booking_whatever_came_after_it() {
    for orderly in [true, false] {
        let mut stage = booked();
        stage.caller_says("And what do tyres cost?");
        stage.model_calls("search_tires", json!({}));
        stage.model_ends();
        stage.tell(Event::LegLost { orderly });
        assert_eq!(outcome(&stage), (Outcome::Resolved, Some("fitting_booking".into())));
    }
}

#[test]
fn a_caller_who_hangs_up_after_the_last_word_is_not_waited_for() {
    let mut stage = booked();
    stage.caller_says("goodbye");
    stage.model_answers("Goodbye!");
    stage.tell(Event::LegLost { orderly: true });
    assert!(stage.call.is_over() && stage.call.deadline().is_none());
    assert_eq!(stage.hung_up(), None);
}
