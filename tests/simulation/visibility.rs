//! Tools come and go with what has happened.

use crate::simulation::fixtures::{facts, rules};
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::language::Language;
use treadline::turn::{Event, Limits, Message, Stage as Funnel, ToolRule};

/// `second` comes with the success of `first` and goes with that of `get_fitting_slots`.
fn stage() -> Stage {
    let mut all = rules();
    let rule = |name: &str, visible: bool, shown: &[&str], hidden: &[&str]| ToolRule {
        name: name.into(),
        needs_consent: false,
        is_transfer: false,
        intent: "order".into(),
        stage: Funnel::OrderItems,
        visible_at_start: visible,
        shown_by: shown.iter().map(|name| (*name).to_owned()).collect(),
        hidden_by: hidden.iter().map(|name| (*name).to_owned()).collect(),
    };
    all.push(rule("first", true, &[], &["second"]));
    all.push(rule("second", false, &["first"], &["get_fitting_slots"]));
    let mut stage = Stage::with_rules(Limits::default(), all);
    stage.tell(Event::Begin { facts: Box::new(facts(Language::En)) });
    stage.play_all();
    stage.caller_says("I need tyres");
    stage
}

fn succeeds(stage: &mut Stage, tool: &str, ok: bool) {
    let count = stage.runs().len();
    stage.model_calls(tool, json!({ "n": count }));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().expect("it runs");
    assert_eq!(stage.runs().len(), count + 1, "{tool} runs");
    stage.tool_ends(call, ok, json!({}));
}

fn shown(stage: &Stage, tool: &str) -> bool {
    stage.ask().tools.iter().any(|name| name == tool)
}

#[test]
fn a_tool_that_is_not_shown_is_refused_and_never_run() {
    let mut stage = stage();
    assert!(shown(&stage, "first") && !shown(&stage, "second"));
    stage.model_calls("second", json!({}));
    stage.model_ends();
    assert!(stage.runs().is_empty());
    let last = stage.ask().history.pop();
    assert!(matches!(last, Some(Message::Tool { result, .. }) if result["error"] == "not_now"));
}

#[test]
fn a_failure_shows_nothing() {
    let mut stage = stage();
    succeeds(&mut stage, "first", false);
    assert!(!shown(&stage, "second"));
}

#[test]
fn the_latest_success_decides() {
    let mut stage = stage();
    succeeds(&mut stage, "first", true);
    assert!(shown(&stage, "second") && shown(&stage, "first"));
    succeeds(&mut stage, "second", true);
    assert!(shown(&stage, "second") && !shown(&stage, "first"));
    succeeds(&mut stage, "get_fitting_slots", true);
    assert!(!shown(&stage, "second") && !shown(&stage, "first"));
}
