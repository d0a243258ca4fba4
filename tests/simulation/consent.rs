//! The caller's yes.

use crate::simulation::fixtures::proposal;
use crate::simulation::helpers::{caller, ended, read_back};
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::ids::{effect_key, sha256_hex};
use treadline::turn::{Effect, Event, Message, Outcome, SpeechId, Stage as Funnel};

#[test]
fn a_yes_after_the_read_back_runs_what_was_agreed() {
    let mut stage = read_back();
    let text = stage
        .says()
        .into_iter()
        .map(|(_, t)| t)
        .find(|t| t.contains("10:20") || t.contains("Shevchenka"))
        .unwrap();
    assert_eq!(stage.statuses(), ["pending"]);
    assert!(stage.runs().is_empty());
    stage.caller_says("yes");
    assert_eq!(stage.statuses(), ["pending", "approved"]);
    let (call, name, args) = stage.runs().pop().unwrap();
    assert_eq!((name.as_str(), &args), ("book_fitting", &proposal().args));
    let approval = stage.wanted.iter().find_map(|(_, e)| match e {
        Effect::RunTool { approval, .. } => approval.clone(),
        _ => None,
    });
    let approval = approval.unwrap();
    assert_eq!(approval.readback_hash, sha256_hex(&text));
    let id = crate::simulation::fixtures::facts(treadline::language::Language::En).call;
    assert_eq!(approval.effect_key, effect_key(id, "book_fitting", &proposal().args));
    stage.tool_ends(call, true, json!({ "status": "confirmed" }));
    stage.model_answers("It is booked.");
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(ended(&stage), (Outcome::Resolved, None, Some("fitting_booking".into())));
}

#[test]
fn a_yes_over_the_read_back_is_no_consent() {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({}));
    stage.model_ends();
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    let says = stage.says();
    let [.., (read, _), (question, _)] = says.as_slice() else { panic!("{says:?}") };
    let (read, question) = (*read, *question);
    stage.started(read);
    stage.wait(300);
    stage.tell(Event::VoiceStarted);
    stage.wait(200);
    stage.cut(read, 0.4);
    stage.cut(question, 0.0);
    stage.mark();
    stage.wait(200);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("yes");
    stage.wait(700);
    assert!(stage.runs().is_empty());
    stage.play_all();
    stage.caller_says("yes");
    assert_eq!(stage.runs().len(), 1, "the second read-back was heard");
}

#[test]
fn a_no_rejects_and_the_model_hears_of_it() {
    let mut stage = read_back();
    stage.caller_says("no");
    assert_eq!(stage.statuses(), ["pending", "rejected"]);
    assert!(stage.runs().is_empty());
    let history = stage.ask().history;
    assert_eq!(history.last(), Some(&caller("no")));
    assert!(
        matches!(&history[history.len() - 2], Message::Tool { result, .. } if result["error"] == "rejected")
    );
}

#[test]
fn other_words_expire_the_read_back() {
    let mut stage = read_back();
    stage.caller_says("how much is it on Friday then");
    assert_eq!(stage.statuses(), ["pending", "expired"]);
    let history = stage.ask().history;
    assert!(
        matches!(&history[history.len() - 2], Message::Tool { result, .. } if result["error"] == "not_confirmed")
    );
    stage.model_answers("The same.");
    stage.caller_says("yes");
    assert!(stage.runs().is_empty(), "a yes to something else is no consent");
}

#[test]
fn what_was_not_heard_is_read_back_again() {
    let mut stage = read_back();
    let said = stage.says().len();
    stage.caller_says("what");
    assert_eq!(stage.says().len(), said + 2);
    assert_eq!(stage.statuses(), ["pending"]);
}

#[test]
fn keys_answer_a_read_back() {
    let mut stage = read_back();
    stage.tell(Event::Digit { digit: '1' });
    assert_eq!(stage.runs().len(), 1);
    let mut stage = read_back();
    stage.tell(Event::Digit { digit: '2' });
    assert_eq!(stage.statuses(), ["pending", "rejected"]);
}

#[test]
fn silence_after_a_read_back_asks_for_yes_or_no() {
    let mut stage = read_back();
    stage.wait(10_000);
    assert!(stage.last_said().1.contains("yes or no"));
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(stage.statuses(), ["pending", "expired"]);
    assert_eq!(ended(&stage).1, Some(Funnel::Confirmation));
}

/// A read-back that has begun to sound: the call, the read-back and the question after it.
fn reading() -> (Stage, SpeechId, SpeechId) {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({}));
    stage.model_ends();
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    let says = stage.says();
    let [.., (read, _), (question, _)] = says.as_slice() else { panic!("{says:?}") };
    let (read, question) = (*read, *question);
    stage.started(read);
    (stage, read, question)
}

/// A voice stops the read-back; the recogniser finds these words in it.
fn stopped_by(text: &str) -> Stage {
    let (mut stage, read, question) = reading();
    stage.tell(Event::VoiceStarted);
    stage.wait(300);
    stage.cut(read, 0.4);
    stage.cut(question, 0.0);
    stage.mark();
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears(text);
    stage.wait(200);
    stage
}

#[test]
fn a_read_back_that_a_noise_cut_is_read_again() {
    let mut stage = stopped_by("");
    stage.play_all();
    stage.caller_says("yes");
    assert_eq!(stage.runs().len(), 1);
}

#[test]
fn a_short_noise_over_the_read_back_does_not_start_it_again() {
    let (mut stage, ..) = reading();
    let said = stage.says().len();
    stage.caller_sounds(150, "");
    assert_eq!(stage.says().len(), said);
}

#[test]
fn who_asks_for_a_moment_gets_it_and_the_question_stays() {
    let mut stage = read_back();
    let said = stage.says().len();
    stage.caller_says("one moment");
    assert_eq!(stage.says().len(), said + 1);
    assert!(stage.last_said().1.contains("take your time"));
    stage.play_all();
    stage.caller_says("yes");
    assert_eq!(stage.runs().len(), 1);
}

#[test]
fn who_asks_for_a_moment_over_the_read_back_hears_it_again() {
    let mut stage = stopped_by("one moment");
    let says = stage.says();
    let [.., (_, moment), (_, read), _] = says.as_slice() else { panic!("{says:?}") };
    assert!(moment.contains("take your time") && read.contains("10:20"));
    stage.play_all();
    stage.caller_says("yes");
    assert_eq!(stage.runs().len(), 1);
}
