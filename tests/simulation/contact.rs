//! A number that the network did not give: heard, read back by the core, and only then used.

use crate::simulation::fixtures::proposal;
use crate::simulation::stage::Stage;
use serde_json::{Value, json};
use treadline::pii::Phone;
use treadline::turn::{Caller, Effect, Event, Message};

const SAID: &str = "0672223344";
const NUMBER: &str = "+380672223344";

fn withheld() -> Stage {
    Stage::greeted_to(Caller::Withheld)
}

/// The model gives a number to a tool.
fn gives(stage: &mut Stage, tool: &str, field: &str, number: &str) {
    stage.model_calls(tool, json!({ field: number }));
    stage.model_ends();
    stage.play_all();
}

fn refusals(stage: &Stage) -> Vec<Value> {
    let refused = stage.ask().history.into_iter().filter_map(|message| match message {
        Message::Tool { result, .. } => Some(result["error"].clone()),
        _ => None,
    });
    refused.collect()
}

fn prepares(stage: &Stage) -> usize {
    stage.wants(|effect| matches!(effect, Effect::PrepareTool { .. }))
}

#[test]
fn a_spoken_number_is_read_back_and_the_tool_runs_after_the_yes() {
    let foreign = Caller::Foreign(Phone::parse("+48601223344").unwrap());
    for caller in [Caller::Withheld, foreign] {
        let mut stage = Stage::greeted_to(caller);
        stage.caller_says(&format!("phone me at {SAID}"));
        gives(&mut stage, "search_tires", "phone", NUMBER);
        let said: Vec<String> = stage.says().into_iter().map(|(_, text)| text).collect();
        assert!(said.contains(&format!("Your number is {NUMBER}.")), "{said:?}");
        assert!(stage.runs().is_empty(), "nobody has said yes to it");
        stage.caller_says("yes");
        let (call, name, args) = stage.runs().pop().expect("it runs");
        assert_eq!((name.as_str(), &args), ("search_tires", &json!({ "phone": NUMBER })));
        assert!(stage.statuses().is_empty(), "a number is no agreement to an effect");
        stage.tool_ends(call, true, json!({}));
        // The number is known now: the next tool gets it at once.
        gives(&mut stage, "get_fitting_slots", "customer_phone", NUMBER);
        assert_eq!(stage.runs().len(), 2, "{:?}", stage.runs());
    }
}

#[test]
fn an_effect_is_read_back_after_the_number() {
    let mut stage = withheld();
    stage.caller_says(&format!("book it, my number is {SAID}"));
    gives(&mut stage, "book_fitting", "customer_phone", NUMBER);
    assert_eq!(prepares(&stage), 0);
    stage.caller_says("yes");
    assert_eq!((prepares(&stage), stage.runs().len()), (1, 0));
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    stage.play_all();
    assert_eq!(stage.statuses(), ["pending"]);
    stage.caller_says("yes");
    assert_eq!(stage.runs().len(), 1);
    assert_eq!(stage.statuses(), ["pending", "approved"]);
}

#[test]
fn a_no_and_other_words_are_no_yes_to_a_number() {
    for words in ["no", "no, it ends in five", "how much is it"] {
        let mut stage = withheld();
        stage.caller_says(SAID);
        gives(&mut stage, "book_fitting", "customer_phone", NUMBER);
        stage.caller_says(words);
        assert_eq!(refusals(&stage), [json!("phone_not_confirmed")], "{words}");
        assert_eq!((prepares(&stage), stage.runs().len()), (0, 0), "{words}");
    }
}

#[test]
fn a_number_that_nobody_said_is_the_tools_to_refuse_and_a_known_caller_hears_nothing_back() {
    let mut stage = withheld();
    stage.caller_says("phone me");
    gives(&mut stage, "search_tires", "phone", NUMBER);
    assert_eq!(stage.runs().len(), 1);
    let mut stage = Stage::greeted();
    stage.caller_says(SAID);
    gives(&mut stage, "search_tires", "phone", NUMBER);
    assert_eq!(stage.runs().len(), 1);
}
