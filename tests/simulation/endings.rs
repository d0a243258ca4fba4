//! How calls end.

use crate::simulation::helpers::{ended, read_back};
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::turn::{
    Effect, Event, Failure, HangUpReason, Limits, Outcome, SpeechId, Stage as Funnel,
};

fn booked() -> Stage {
    let mut stage = read_back();
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
        assert_eq!(ended(&stage), (Outcome::Resolved, None, Some("fitting_booking".into())));
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
        assert_eq!(ended(&stage), (Outcome::Resolved, None, Some("fitting_booking".into())));
    }
}

/// They were told something, and then left an order or a booking half made.
#[test]
fn a_caller_who_leaves_our_question_about_a_booking_open_did_not_get_what_they_came_for() {
    let left = (Outcome::Abandoned, Some(Funnel::TimeSelection), Some("fitting_booking".into()));
    let told = (Outcome::Resolved, None, Some("fitting_booking".into()));
    for (line, wanted) in [
        ("I see the free times. Which day suits you?", left),
        ("I see the free times. Is there anything else?", told.clone()),
        ("I see the free times.", told),
    ] {
        let mut stage = Stage::greeted();
        stage.caller_says("When could you fit my tyres?");
        stage.model_calls("get_fitting_slots", json!({}));
        stage.model_ends();
        let (call, ..) = stage.runs().pop().unwrap();
        stage.tool_ends(call, true, json!({ "slots": ["10:00"] }));
        stage.model_answers(line);
        stage.tell(Event::LegLost { orderly: true });
        assert_eq!(ended(&stage), wanted, "{line}");
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

#[test]
fn failures_in_a_row_end_with_an_operator() {
    let mut stage = Stage::greeted();
    for _ in 0..3 {
        stage.caller_says("I need tyres");
        let generation = stage.ask().generation;
        stage.tell(Event::ModelFailed { generation, failure: Failure::Unreachable });
        stage.play_all();
    }
    let transfer = stage.wanted.iter().find_map(|(_, e)| match e {
        Effect::Transfer { target, reason, .. } => Some((target.clone(), reason.clone())),
        _ => None,
    });
    assert_eq!(transfer, Some(("operator".into(), "provider_down".into())));
    assert_eq!(ended(&stage).0, Outcome::Transferred);
}

#[test]
fn silence_is_asked_about_twice_and_then_ends_the_call() {
    let mut stage = Stage::greeted();
    let from = stage.ms;
    stage.wait(9_999);
    assert_eq!(stage.says().len(), 1);
    stage.wait(1);
    assert_eq!(stage.says().len(), 2);
    stage.play_all();
    stage.wait(20_000 - (stage.ms - from));
    assert_eq!(stage.says().len(), 3);
    stage.play_all();
    stage.wait(30_000 - (stage.ms - from));
    assert_eq!(stage.says().len(), 4);
    stage.play_all();
    stage.wait(500);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Silence);
    assert_eq!(ended(&stage), (Outcome::Abandoned, Some(Funnel::Greeting), None));
}

#[test]
fn a_transfer_is_announced_before_it_happens() {
    let mut stage = Stage::greeted();
    stage.caller_says("give me a person");
    stage.model_calls(
        "transfer_to_operator",
        json!({ "reason": "cannot_help", "summary": "wants a refund" }),
    );
    assert_eq!(stage.wants(|e| matches!(e, Effect::Transfer { .. })), 0);
    stage.play_all();
    let wanted = Effect::Transfer {
        attempt: 1,
        returns: false,
        target: "operator".into(),
        reason: "cannot_help".into(),
        summary: "wants a refund".into(),
    };
    assert_eq!(stage.wants(|e| *e == wanted), 1);
    assert!(stage.call.is_over());
}

#[test]
fn a_goodbye_is_answered_and_then_we_hang_up() {
    let mut stage = Stage::greeted();
    stage.caller_says("goodbye");
    stage.model_answers("Goodbye!");
    let spoken = stage.ms;
    stage.wait(2_000);
    assert_eq!(stage.hung_up(), Some((spoken + 1_000, HangUpReason::Goodbye)));
}

#[test]
fn a_goodbye_is_answered_even_without_a_model() {
    let mut stage = Stage::greeted();
    stage.caller_says("goodbye");
    let generation = stage.ask().generation;
    stage.tell(Event::ModelFailed { generation, failure: Failure::Refused });
    assert!(stage.last_said().1.contains("Goodbye"));
    stage.play_all();
    stage.wait(1_000);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Goodbye);
}

#[test]
fn an_effect_under_way_is_awaited_after_the_caller_left() {
    let mut stage = read_back();
    stage.caller_says("yes");
    stage.tell(Event::LegLost { orderly: true });
    assert!(!stage.call.is_over());
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({}));
    assert_eq!(ended(&stage).0, Outcome::Resolved);
}

#[test]
fn the_length_of_a_call_is_limited() {
    let mut stage = Stage::greeted_with(Limits { call_s_max: 5, ..Limits::default() });
    stage.wait(5_000);
    stage.play_all();
    stage.wait(1_000);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Limit);
}

#[test]
fn a_stopping_program_says_goodbye() {
    let mut stage = Stage::greeted();
    stage.tell(Event::Shutdown);
    stage.play_all();
    stage.wait(1_000);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Shutdown);
}

#[test]
fn a_broken_line_ends_the_call_at_once() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.tell(Event::LegLost { orderly: false });
    assert_eq!(ended(&stage).0, Outcome::LegLost);
    assert!(stage.call.is_over() && stage.call.deadline().is_none());
}

#[test]
fn a_caller_who_got_an_answer_and_left_was_served() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_calls("search_tires", json!({}));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({ "total": 1 }));
    stage.model_answers("We have one of these.");
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(ended(&stage), (Outcome::Resolved, None, Some("tire_search".into())));
}

#[test]
fn nothing_goes_on_beside_the_announcement_of_a_transfer() {
    let mut stage = Stage::greeted();
    stage.caller_says("give me a person");
    stage.model_calls("transfer_to_operator", json!({}));
    assert_eq!(stage.wants(|e| matches!(e, Effect::DropGeneration { .. })), 1);
    let said = stage.says().len();
    stage.model_says("And another thing. ");
    assert_eq!(stage.says().len(), said);
}

/// The caller speaks at any moment around a hand-over, briefly or long, heard or not: they are
/// handed over, or answered, and never left in silence.
#[test]
fn who_speaks_into_a_hand_over_is_not_left_in_silence() {
    for starts_at in (0..2_400).step_by(100) {
        for lasts in [50, 150, 400, 1_500] {
            for words in ["", "wait a moment", "what"] {
                let mut stage = Stage::greeted();
                stage.caller_says("a person please");
                let begun = stage.ms;
                speak_around(&mut stage, begun, starts_at, lasts, words);
                let transfers = stage.wants(|e| matches!(e, Effect::Transfer { .. }));
                let speaks = stage.asks().len() > 1 && transfers == 0;
                assert!(
                    transfers == 1 || speaks,
                    "{starts_at} {lasts} {words:?}: {:?}",
                    stage.wanted
                );
            }
        }
    }
}

/// The model hands over half a second after it was asked; each sentence lasts half a second; the
/// caller's voice lies anywhere in it.
fn speak_around(stage: &mut Stage, begun: u64, starts_at: u64, lasts: u64, words: &str) {
    let (voice, silence) = (begun + starts_at, begun + starts_at + lasts);
    let asked_before = stage.asks().len();
    let mut sounding: Option<(SpeechId, u64)> = None;
    let (mut spoken, mut called, mut answered, mut cuts) = (0, false, 0, 0);
    let said_before = stage.says().len();
    for at in (begun..begun + 6_000).step_by(50) {
        stage.wait(at.saturating_sub(stage.ms));
        if at == voice {
            stage.tell(Event::VoiceStarted);
        }
        if at == silence {
            stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
        }
        let wanted = stage.wants(|e| matches!(e, Effect::Transcribe { .. }));
        if wanted > answered + 1 {
            answered = wanted - 1;
            stage.hears(words);
        }
        if at >= begun + 500 && !called && stage.asks().len() == asked_before {
            called = true;
            stage.model_says("One moment. ");
            stage.model_calls("transfer_to_operator", json!({ "reason": "customer_request" }));
            stage.model_ends();
        }
        let hushes = stage.wants(|e| *e == Effect::Hush);
        if hushes > std::mem::replace(&mut cuts, hushes)
            && let Some((speech, _)) = sounding.take()
        {
            stage.cut(speech, 0.5);
        }
        match sounding {
            Some((speech, since)) if at >= since + 500 => {
                stage.tell(Event::SpeechFinished { speech });
                sounding = None;
            }
            None => {
                if let Some((speech, _)) = stage.says().into_iter().skip(said_before).nth(spoken) {
                    spoken += 1;
                    stage.started(speech);
                    sounding = Some((speech, at));
                }
            }
            Some(_) => {}
        }
    }
}
