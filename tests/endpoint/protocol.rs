//! What `treadline chat --json` prints, held against its description.

use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

fn of<'a>(printed: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    printed.iter().filter(move |line| line["type"] == kind)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The names of the tools that were called, in order.
pub fn tools_called(printed: &[Value]) -> Vec<String> {
    of(printed, "tool_call").map(|line| text(&line["name"]).to_owned()).collect()
}

/// All that the agent said.
pub fn said(printed: &[Value]) -> String {
    of(printed, "agent").map(|line| text(&line["text"])).collect::<Vec<_>>().join(" ")
}

/// The words alone: sentences are spoken one by one, whatever the pieces in which they came.
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of the last sentence.
pub fn last_sentence(text: &str) -> String {
    let text = words(text);
    let before = text.rfind(". ").map_or(0, |at| at + 2);
    text[before..].to_owned()
}

pub fn holds(printed: &[Value]) {
    every_line_is_of_a_known_form(printed);
    calls_and_results_are_paired(printed);
    the_order_comes_before_the_fitting(printed);
    the_conversation_takes_turns(printed);
}

fn every_line_is_of_a_known_form(printed: &[Value]) {
    for line in printed {
        let keys: BTreeSet<&str> =
            line.as_object().expect("an object").keys().map(String::as_str).collect();
        let wanted: &[&str] = match text(&line["type"]) {
            "agent" => &["text", "type"],
            "tool_call" => &["args", "name", "type"],
            "tool_result" => &["name", "ok", "result", "type"],
            "refusal" => &["code", "tool", "type"],
            "effect" => &["id", "kind", "type"],
            "listening" => &["type"],
            "end" => &["outcome", "type"],
            other => panic!("a line of the kind {other:?}"),
        };
        assert_eq!(keys, wanted.iter().copied().collect(), "{line}");
    }
}

fn calls_and_results_are_paired(printed: &[Value]) {
    let results: Vec<String> =
        of(printed, "tool_result").map(|line| text(&line["name"]).to_owned()).collect();
    assert_eq!(tools_called(printed), results, "{printed:#?}");
    let refused: Vec<_> = of(printed, "refusal").collect();
    assert!(refused.is_empty(), "{refused:#?}");
    for tool in [
        "search_tires",
        "create_order_draft",
        "update_order_delivery",
        "confirm_order",
        "get_fitting_stations",
        "get_fitting_slots",
        "book_fitting",
    ] {
        let times = results.iter().filter(|name| *name == tool).count();
        assert!(times >= 1, "{tool} is not among {results:?}");
    }
}

/// Two things happened in the world, in this order, each with an id of its own.
fn the_order_comes_before_the_fitting(printed: &[Value]) {
    // What is remembered of the caller changes nothing in the shop.
    let effects: Vec<_> = of(printed, "effect").filter(|line| line["kind"] != "profile").collect();
    let kinds: Vec<&str> = effects.iter().map(|line| text(&line["kind"])).collect();
    assert_eq!(kinds, ["order", "fitting_booking"], "{printed:#?}");
    let ids: BTreeSet<Uuid> =
        effects.iter().map(|line| text(&line["id"]).parse().expect("a UUID")).collect();
    assert_eq!(ids.len(), 2, "{effects:#?}");
}

/// The agent speaks first, listens before every answer to it, and the end is the last line.
fn the_conversation_takes_turns(printed: &[Value]) {
    assert_eq!(printed.first().map(|line| text(&line["type"])), Some("agent"), "{printed:#?}");
    let last = printed.last().expect("a line");
    assert_eq!((text(&last["type"]), text(&last["outcome"])), ("end", "resolved"), "{printed:#?}");
    assert_eq!(of(printed, "end").count(), 1);
    let mut spoke = false;
    for line in printed {
        match text(&line["type"]) {
            "agent" => spoke = true,
            "listening" => {
                assert!(spoke, "it listens without a word: {printed:#?}");
                spoke = false;
            }
            _ => {}
        }
    }
}
