//! The journal of a call: it replays, and it keeps nothing that must not be kept.

use crate::simulation::helpers::read_back;
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::turn::{Event, TapeEnd};

impl Stage {
    /// What stands on the disk when nothing more comes.
    fn journal(&mut self) -> String {
        self.taken.end();
        self.taken.text()
    }

    fn journal_end(&mut self) -> TapeEnd {
        self.taken.end();
        self.taken.tape(&self.setup).end
    }
}

#[test]
fn a_card_pressed_said_or_said_in_parts_does_not_stand_in_the_journal_and_the_rest_replays() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres two hundred five fifty five sixteen");
    stage.model_answers("Which make?");
    stage.tell(Event::Partial { text: "pay with 5454 5454 5454 5454".into() });
    stage.caller_says("pay with 5454 5454 5454 5454 please");
    stage.model_answers("I take no cards.");
    stage.types("4111111111111111#");
    stage.model_answers("I take no cards.");
    stage.types("1226#");
    stage.model_answers("I take no cards.");
    stage.caller_says("the number of my card is");
    stage.model_answers("I take no cards.");
    stage.caller_says("6011");
    stage.model_answers("I take no cards.");
    stage.caller_says("size 205 55 16");
    let journal = stage.journal();
    for digits in ["5454", "4111", "1111", "1226", "6011"] {
        assert!(!journal.contains(digits), "{digits} in {journal}");
    }
    // Keys are single events: nor do they stand there one by one.
    let keys: String =
        journal.split("\"digit\":\"").skip(1).filter_map(|s| s.chars().next()).collect();
    assert_eq!(keys, "xxxxxxxxxxxxxxxx#xxxx#");
    assert!(journal.contains("size 205 55 16"));
    assert_eq!(stage.journal_end(), TapeEnd::Open, "and it replays to its last line");
}

#[test]
fn keys_that_never_became_a_line_or_that_nobody_listened_to_are_not_kept() {
    let mut stage = Stage::greeted();
    stage.types("411111111111");
    stage.tell(Event::LegLost { orderly: true });
    stage.types("1111");
    let journal = stage.journal();
    assert!(!journal.contains("\"digit\":\"1\"") && !journal.contains("\"digit\":\"4\""));
    let mut stage = Stage::greeted();
    stage.caller_says("operator please");
    stage.types("4111111111111111");
    stage.wait(5_000);
    assert!(!stage.journal().contains("\"digit\":\"4\""));
}

#[test]
fn a_size_that_was_typed_stands_in_the_journal() {
    let mut stage = Stage::greeted();
    stage.types("205*55*16#");
    let journal = stage.journal();
    for key in ["2", "0", "5", "*", "1", "6", "#"] {
        assert!(journal.contains(&format!("\"digit\":\"{key}\"")), "{key} in {journal}");
    }
}

#[test]
fn from_the_wish_not_to_be_recorded_on_nothing_that_is_said_stands_in_the_journal() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres for a blue Skoda");
    stage.model_answers("Which size?");
    stage.tell(Event::VoiceStarted);
    stage.tell(Event::Partial { text: "my name is Bohdan and please don't".into() });
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears(
        "my name is Bohdan and please don't record me, I want to talk about my tyres in peace",
    );
    stage.wait(650);
    stage.model_calls("search_tires", json!({ "owner": "Bohdan" }));
    stage.model_ends();
    let call = stage.runs().pop().unwrap().0;
    stage.tool_ends(call, true, json!({ "total": 3, "of": "Bohdan" }));
    stage.model_answers("Dear Bohdan, which season?");
    stage.caller_says("the green ones, says Bohdan");
    stage.tell(Event::LegLost { orderly: true });
    let records = stage.taken.records();
    let journal = stage.journal();
    let steps = journal.lines().take(records).collect::<Vec<_>>().join("\n");
    assert!(steps.contains("blue Skoda"), "what was said before is kept");
    assert!(!steps.contains("Bohdan") && !steps.contains("green"), "{steps}");
    assert!(steps.contains("\"was\":\"transcript\""), "that something happened is kept: {steps}");
    let TapeEnd::Closed { why, .. } = stage.journal_end() else { panic!("it goes on") };
    assert_eq!(why, "the caller asked not to be recorded");
}

#[test]
fn an_effect_finds_its_cause_on_the_disk_also_while_the_caller_goes_on_talking() {
    let mut stage = read_back();
    let before = stage.taken.records();
    stage.caller_says("yes");
    assert_eq!(stage.runs().len(), 1, "the booking is made");
    assert!(stage.taken.records() > before);
    assert!(
        stage.taken.text().contains("\"effect\":\"run_tool\""),
        "before anything of it is done"
    );
    assert!(stage.taken.text().contains("\"text\":\"yes\""));
}

#[test]
fn what_a_changed_core_does_otherwise_is_the_first_difference() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres");
    stage.model_answers("Which size?");
    stage.taken.end();
    let mut tape = stage.taken.tape(&stage.setup);
    assert!(tape.check().is_ok());
    tape.setup.limits.endpointing_ms += 50;
    let difference = tape.check().unwrap_err().to_string();
    assert!(difference.contains("seq ") && difference.contains("expected: "), "{difference}");
    assert!(difference.contains("got:      "), "{difference}");
}
