//! Behaviour at the edges, each once found unguarded by mutation testing.

use crate::simulation::fixtures::proposal;
use crate::simulation::helpers::{ended, read_back};
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::language::Language;
use treadline::turn::{
    Effect, Event, Failure, HangUpReason, Limits, Note, Outcome, SpeechId, Stage as Funnel,
    ToolCallId,
};

/// A caller whose sounds hold no word, heard in our silence.
fn mumbles(stage: &mut Stage) {
    stage.caller_sounds(600, "");
}

fn last_words(stage: &Stage) -> String {
    stage.last_said().1
}

#[test]
fn every_question_has_a_generation_of_its_own_and_a_dead_ones_answer_is_never_said() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres");
    let first = stage.ask().generation;
    stage.caller_says("no, summer tyres");
    let second = stage.ask().generation;
    assert_ne!(first, second);
    stage.tell(Event::ModelText { generation: first, text: "Winter ones are here. ".into() });
    assert!(!stage.says().iter().any(|(_, text)| text.contains("Winter ones")));
    stage.model_answers("Summer ones are here.");
    assert!(stage.says().iter().any(|(_, text)| text.contains("Summer ones")));
}

#[test]
fn a_model_that_calls_tools_in_circles_is_stopped() {
    let limits = Limits { tools_per_turn_max: 2, ..Limits::default() };
    let mut stage = Stage::greeted_with(limits);
    stage.caller_says("winter tyres");
    let mut asked = 0;
    for round in 0..30 {
        if stage.asks().len() == asked {
            break;
        }
        asked = stage.asks().len();
        stage.model_calls("search_tires", json!({ "round": round }));
        stage.model_ends();
        let runs = stage.runs();
        if let Some((call, _, args)) = runs.last()
            && args["round"] == round
        {
            stage.tool_ends(*call, true, json!({ "total": 0 }));
        }
    }
    assert_eq!(stage.runs().len(), 2, "the turn's budget holds");
    assert!((3..=6).contains(&asked), "{asked} questions");
    assert!(last_words(&stage).len() > 10, "the caller hears that it did not work");
}

#[test]
fn a_rambling_model_is_cut() {
    let mut stage = Stage::greeted();
    stage.caller_says("tell me everything");
    let greeting: usize = stage.says().iter().map(|(_, text)| text.chars().count()).sum();
    for _ in 0..40 {
        stage.model_says(&format!("{}. ", "This goes on and on".repeat(8)));
    }
    stage.model_ends();
    let said: usize = stage.says().iter().map(|(_, text)| text.chars().count()).sum();
    assert!((1_800..2_100).contains(&(said - greeting)), "{said} characters");
}

#[test]
fn one_noise_is_nothing_and_a_second_gets_a_please_repeat() {
    let mut stage = Stage::greeted();
    let before = stage.says().len();
    mumbles(&mut stage);
    assert_eq!(stage.says().len(), before, "{:?}", stage.says());
    mumbles(&mut stage);
    assert_eq!(stage.says().len(), before + 1, "the second is a caller whom we do not hear");
}

#[test]
fn a_cough_is_never_a_caller_whom_we_do_not_hear() {
    let mut stage = Stage::greeted();
    let before = stage.says().len();
    for _ in 0..4 {
        stage.caller_sounds(100, "");
    }
    assert_eq!(stage.says().len(), before);
}

#[test]
fn words_between_two_noises_start_the_count_again() {
    let mut stage = Stage::greeted();
    mumbles(&mut stage);
    stage.caller_says("winter tyres");
    stage.model_answers("Which size?");
    let before = stage.says().len();
    mumbles(&mut stage);
    assert_eq!(stage.says().len(), before);
}

#[test]
fn a_caller_who_is_never_understood_gets_a_person() {
    let mut stage = Stage::greeted();
    for _ in 0..8 {
        mumbles(&mut stage);
        stage.play_all();
    }
    assert_eq!(stage.wants(|effect| matches!(effect, Effect::Transfer { .. })), 1);
}

#[test]
fn a_noise_while_an_answer_is_owed_does_not_count() {
    let mut stage = Stage::greeted();
    mumbles(&mut stage);
    stage.caller_says("winter tyres");
    let before = stage.says().len();
    mumbles(&mut stage);
    mumbles(&mut stage);
    let apologies = stage.says().len() - before;
    // Fillers may bridge the model's silence, but nobody asks the caller to repeat.
    let repeat =
        stage.says().into_iter().skip(before).any(|(_, t)| t.to_lowercase().contains("again"));
    assert!(!repeat, "{apologies} more: {:?}", stage.says());
    stage.model_answers("Which size?");
    assert!(stage.says().iter().any(|(_, text)| text == "Which size?"));
}

#[test]
fn a_voice_that_fails_once_is_tried_with_our_own_words() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres");
    stage.model_says("Which size do you need?");
    stage.model_ends();
    let (speech, _) = stage.last_said();
    let before = stage.says().len();
    stage.tell(Event::SpeechFailed { speech, failure: Failure::Unreachable });
    assert_eq!(stage.says().len(), before + 1, "{:?}", stage.says());
}

#[test]
fn a_voice_that_always_fails_hands_the_caller_over() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres");
    stage.model_says("Which size do you need?");
    stage.model_ends();
    let mut failed = 1;
    for _ in 0..20 {
        while let Some((speech, _)) = stage.says().get(failed).cloned() {
            failed += 1;
            stage.tell(Event::SpeechFailed { speech, failure: Failure::Unreachable });
        }
        stage.wait(500);
    }
    assert_eq!(stage.wants(|effect| matches!(effect, Effect::Transfer { .. })), 1);
    assert_eq!(ended(&stage).0, Outcome::Transferred);
}

#[test]
fn a_voice_that_fails_while_the_caller_speaks_does_not_talk_over_them() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres");
    stage.model_says("Which size do you need?");
    stage.model_ends();
    let (speech, _) = stage.last_said();
    stage.tell(Event::VoiceStarted);
    let before = stage.says().len();
    stage.tell(Event::SpeechFailed { speech, failure: Failure::Unreachable });
    assert_eq!(stage.says().len(), before);
}

#[test]
fn a_check_that_never_answers_is_given_up_and_the_model_is_told() {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    let asked = stage.asks().len();
    stage.wait(Limits::default().tool_ms_max + 100);
    stage.play_all();
    stage.wait(100);
    assert!(stage.asks().len() > asked, "the model must say that nothing was done");
    let told = serde_json::to_string(&stage.ask().history).unwrap();
    assert!(told.contains("timeout"), "{told}");
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    assert!(stage.statuses().is_empty(), "too late: nothing is read back");
}

#[test]
fn a_refusal_of_another_check_changes_nothing() {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    let call = stage.prepared();
    stage.tool_ends(ToolCallId(call.0 + 7), false, json!({ "error": "x", "message": "y" }));
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    assert_eq!(stage.statuses(), ["pending"], "the check still counts");
}

#[test]
fn words_during_the_check_call_the_booking_off() {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    let call = stage.prepared();
    stage.caller_says("wait, another time please");
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    assert!(stage.statuses().is_empty(), "nothing is read back any more");
}

#[test]
fn a_read_back_that_is_never_heard_is_given_up() {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    for _ in 0..6 {
        stage.caller_says("pardon?");
        stage.play_all();
    }
    assert!(stage.runs().iter().all(|(_, name, _)| name != "book_fitting"));
    let read: Vec<_> =
        stage.says().into_iter().filter(|(_, text)| text.contains("read it back")).collect();
    assert!((1..=3).contains(&read.len()), "read {} times", read.len());
    assert_eq!(stage.statuses().last().map(String::as_str), Some("expired"));
}

#[test]
fn after_an_operator_was_asked_for_nothing_more_is_heard() {
    let mut stage = Stage::greeted();
    stage.caller_says("give me an operator");
    stage.model_calls(
        "transfer_to_operator",
        json!({ "reason": "customer_request", "summary": "" }),
    );
    stage.model_ends();
    let asked = stage.asks().len();
    stage.tell(Event::VoiceStarted);
    stage.wait(800);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(1_500);
    assert_eq!(stage.asks().len(), asked, "the caller's words are the operator's now");
    stage.play_all();
    assert_eq!(ended(&stage).0, Outcome::Transferred);
}

#[test]
fn a_transfer_that_cannot_be_said_happens_all_the_same() {
    let mut stage = Stage::greeted();
    stage.caller_says("give me an operator");
    stage.model_calls(
        "transfer_to_operator",
        json!({ "reason": "customer_request", "summary": "" }),
    );
    stage.model_ends();
    stage.wait(60_000);
    assert_eq!(stage.wants(|effect| matches!(effect, Effect::Transfer { .. })), 1);
}

#[test]
fn the_voice_of_a_caller_is_forgotten_when_we_take_leave() {
    let limits = Limits { turns_max: 2, ..Limits::default() };
    let mut stage = Stage::greeted_with(limits);
    stage.caller_says("winter tyres");
    stage.model_answers("Which size?");
    let before = stage.wants(|effect| matches!(effect, Effect::ForgetUtterance));
    stage.caller_says("two oh five");
    stage.tell(Event::VoiceStarted);
    stage.play_all();
    stage.wait(30_000);
    assert_eq!(stage.hung_up().map(|(_, reason)| reason), Some(HangUpReason::Limit));
    assert!(stage.wants(|effect| matches!(effect, Effect::ForgetUtterance)) > before);
}

#[test]
fn the_last_thing_that_was_done_is_what_the_call_was_for() {
    let mut stage = Stage::greeted();
    for (line, tool) in
        [("tyres", "search_tires"), ("times", "get_fitting_slots"), ("tyres", "search_tires")]
    {
        stage.caller_says(line);
        stage.model_calls(tool, json!({ "line": stage.asks().len() }));
        stage.model_ends();
        let (call, _, _) = stage.runs().pop().unwrap();
        stage.tool_ends(call, true, json!({ "total": 1 }));
        stage.model_answers("Here you are.");
    }
    stage.tell(Event::LegLost { orderly: true });
    let Some(Note::Ended { intents, scenario, outcome, .. }) = stage.notes().pop() else {
        panic!("the call has ended")
    };
    assert_eq!(intents, ["fitting_booking", "tire_search"], "each once, the last last");
    assert_eq!(scenario.as_deref(), Some("tire_search"));
    assert_eq!(outcome, Outcome::Resolved);
}

#[test]
fn a_broken_connection_before_anything_was_done_is_a_lost_leg() {
    let mut stage = Stage::greeted();
    stage.caller_says("tyres");
    stage.model_answers("Which size?");
    stage.tell(Event::LegLost { orderly: false });
    assert_eq!(ended(&stage).0, Outcome::LegLost);
}

#[test]
fn a_hang_up_over_an_unanswered_read_back_is_an_abandoned_confirmation() {
    let mut stage = read_back();
    stage.tell(Event::LegLost { orderly: true });
    let (outcome, stage_left, _) = ended(&stage);
    assert_eq!((outcome, stage_left), (Outcome::Abandoned, Some(Funnel::Confirmation)));
}

#[test]
fn the_call_knows_its_language() {
    let mut stage = Stage::greeted();
    assert_eq!(stage.call.language(), Language::En);
    for _ in 0..2 {
        stage.caller_says("Мені потрібні зимові шини, будь ласка");
        stage.model_answers("Який розмір?");
    }
    assert_eq!(stage.call.language(), Language::Uk);
}

#[test]
fn a_speech_that_nobody_asked_for_is_stale() {
    let mut stage = Stage::greeted();
    let before = stage.says().len();
    stage.tell(Event::SpeechFailed { speech: SpeechId(9_999), failure: Failure::Timeout });
    assert_eq!(stage.says().len(), before);
}

#[test]
fn a_tool_is_offered_only_where_it_fits() {
    use crate::simulation::fixtures::{facts, rules};
    let mut shop = rules();
    for rule in &mut shop {
        if rule.name == "book_fitting" {
            rule.visible_at_start = false;
            rule.shown_by = vec!["get_fitting_slots".into()];
            rule.hidden_by = vec!["search_tires".into()];
        }
    }
    let mut stage = Stage::with_rules(Limits::default(), shop);
    stage.tell(Event::Begin { facts: Box::new(facts(Language::En)) });
    stage.play_all();
    let mut offered_after = |tool: &str, ok: bool| {
        stage.caller_says("go on");
        stage.model_calls(tool, json!({ "n": stage.asks().len() }));
        stage.model_ends();
        let (call, _, _) = stage.runs().pop().unwrap();
        stage.tool_ends(call, ok, json!({ "total": 1 }));
        let offered = stage.ask().tools.iter().any(|name| name == "book_fitting");
        stage.model_answers("There.");
        offered
    };
    assert!(!offered_after("search_tires", true));
    assert!(!offered_after("get_fitting_slots", false), "a failure shows nothing");
    assert!(offered_after("get_fitting_slots", true));
    assert!(!offered_after("search_tires", true), "the latest decides");
    stage.caller_says("book it anyway");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    let told = stage.notes().into_iter().any(
        |note| matches!(note, Note::ToolCall { ref result, .. } if result["error"] == "not_now"),
    );
    assert!(told, "a hidden tool that is called all the same is refused");
    assert_eq!(stage.wants(|effect| matches!(effect, Effect::PrepareTool { .. })), 0);
}
