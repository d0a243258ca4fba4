//! Keys: never lost, never in the way, never a card.

use crate::simulation::fixtures::{facts, proposal};
use crate::simulation::helpers::{caller, ended, read_back};
use crate::simulation::rng::Rng;
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::language::Language;
use treadline::language::keypad::MenuItem;
use treadline::turn::{Effect, Event, Limits, Message, Note, Outcome, Speaker};

impl Stage {
    /// Types with 300 ms between two keys.
    pub fn types(&mut self, keys: &str) {
        for digit in keys.chars() {
            self.tell(Event::Digit { digit });
            self.wait(300);
        }
    }

    /// What the caller said or typed, by the log.
    pub fn caller_lines(&self) -> Vec<String> {
        let lines = self.turns().into_iter().filter(|turn| turn.speaker == Speaker::Customer);
        lines.map(|turn| turn.content).collect()
    }

    /// The end of a hush: each speech that was not over is told as cut.
    pub fn all_cut(&mut self) {
        let played = self.says();
        for (speech, _) in played {
            self.cut(speech, 0.5);
        }
        self.mark();
    }
}

#[test]
fn a_key_stops_our_talk_at_once_and_nothing_typed_meanwhile_is_lost() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres");
    stage.model_says("Which size do you need?");
    stage.model_ends();
    let (speech, _) = stage.last_said();
    stage.started(speech);
    stage.wait(100);
    let hushed = |stage: &Stage| stage.wants(|effect| matches!(effect, Effect::Hush));
    let before = hushed(&stage);
    stage.tell(Event::Digit { digit: '2' });
    assert_eq!(hushed(&stage), before + 1);
    stage.cut(speech, 0.3);
    stage.mark();
    stage.types("055516#");
    assert_eq!(stage.caller_lines().last().unwrap(), "2055516");
    assert_eq!(stage.ask().history.last(), Some(&caller("2055516")));
}

#[test]
fn nothing_is_said_or_asked_while_the_caller_types() {
    let mut stage = Stage::greeted();
    stage.caller_says("winter tyres");
    stage.model_calls("search_tires", json!({}));
    stage.model_ends();
    stage.types("20");
    let call = stage.runs().pop().unwrap().0;
    stage.tool_ends(call, true, json!({ "total": 3 }));
    let (said, asked) = (stage.says().len(), stage.asks().len());
    stage.types("55516");
    stage.wait(1_000);
    assert_eq!((stage.says().len(), stage.asks().len()), (said, asked));
    stage.types("#");
    assert_eq!(stage.ask().history.last(), Some(&caller("2055516")));
}

#[test]
fn a_star_stands_between_the_parts_of_a_size() {
    let mut stage = Stage::greeted();
    stage.types("205*55*16#");
    assert_eq!(stage.ask().history.last(), Some(&caller("205 55 16")));
    let mut stage = Stage::greeted();
    stage.types("**#");
    stage.wait(3_000);
    assert!(stage.asks().is_empty(), "stars alone say nothing");
}

#[test]
fn a_lone_zero_brings_a_person_and_the_zero_of_a_number_does_not() {
    let mut stage = Stage::greeted();
    stage.types("0");
    stage.wait(1_000);
    assert_eq!(stage.ask().history.last(), Some(&caller("operator")));
    let mut stage = Stage::greeted();
    stage.types("0#");
    assert_eq!(stage.ask().history.last(), Some(&caller("operator")));
    let mut stage = Stage::greeted();
    stage.types("0671234567");
    stage.wait(2_000);
    assert_eq!(stage.ask().history.last(), Some(&caller("0671234567")));
}

#[test]
fn one_is_a_yes_only_to_a_read_back_that_was_heard() {
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
    stage.mark();
    stage.tell(Event::Digit { digit: '1' });
    stage.cut(read, 0.4);
    stage.cut(question, 0.0);
    assert!(stage.runs().is_empty(), "over the read-back it agrees to nothing");
    stage.play_all();
    stage.tell(Event::Digit { digit: '1' });
    assert_eq!(stage.runs().len(), 1, "the second read-back was heard");
    assert_eq!(stage.statuses(), ["pending", "approved"]);
}

#[test]
fn a_one_inside_a_number_is_no_yes() {
    let mut stage = read_back();
    stage.types("31#");
    assert!(stage.runs().is_empty());
    assert_eq!(stage.statuses(), ["pending", "expired"]);
    assert_eq!(stage.ask().history.last(), Some(&caller("31")));
}

#[test]
fn who_types_after_a_goodbye_is_still_heard() {
    let mut stage = Stage::greeted();
    stage.caller_says("goodbye");
    stage.model_answers("Goodbye!");
    stage.wait(500);
    stage.types("20555");
    stage.wait(900);
    assert_eq!(stage.hung_up(), None, "the caller is typing");
    stage.types("16#");
    assert_eq!(stage.ask().history.last(), Some(&caller("2055516")));
}

fn with_menu() -> Stage {
    let mut stage = Stage::with(Limits::default());
    let keypad_menu = vec![MenuItem::Tires, MenuItem::Fitting];
    let facts = treadline::turn::CallFacts { keypad_menu, ..facts(Language::En) };
    stage.tell(Event::Begin { facts: Box::new(facts) });
    stage
}

#[test]
fn the_menu_is_announced_and_its_keys_say_a_wish_until_the_first_words() {
    let mut stage = with_menu();
    assert!(stage.last_said().1.contains("two for tyre fitting"));
    stage.play_all();
    stage.types("2");
    stage.wait(1_000);
    assert_eq!(stage.ask().history.last(), Some(&caller("I would like to book a tyre fitting")));
    stage.model_answers("How many wheels?");
    stage.types("2");
    stage.wait(2_000);
    assert_eq!(stage.ask().history.last(), Some(&caller("2")), "now it is a number");
    let mut stage = with_menu();
    stage.play_all();
    stage.types("2055516#");
    assert_eq!(stage.ask().history.last(), Some(&caller("2055516")), "a size is no menu");
    let mut stage = with_menu();
    stage.play_all();
    stage.types("7");
    stage.wait(2_000);
    assert_eq!(stage.ask().history.last(), Some(&caller("7")), "no such item");
}

#[test]
fn a_menu_key_over_the_greeting_counts() {
    let mut stage = with_menu();
    let (speech, _) = stage.says()[0].clone();
    stage.started(speech);
    stage.types("1");
    stage.all_cut();
    stage.wait(1_000);
    assert_eq!(stage.caller_lines(), ["I need tyres"]);
}

#[test]
fn a_card_typed_in_groups_with_pauses_does_not_stand_anywhere_whole() {
    let mut stage = Stage::greeted();
    for group in ["4111", "1111", "1111", "1111"] {
        stage.types(group);
        stage.wait(2_500);
        stage.model_answers("We take no cards here.");
    }
    let lines = stage.caller_lines();
    assert_eq!(lines.last().map(String::as_str), Some("[card]"), "{lines:?}");
    stage.types("1226#");
    assert_eq!(stage.caller_lines().last().unwrap(), "[card]", "its date");
    let whole = serde_json::to_string(&stage.wanted).unwrap();
    let digits = |text: &str| text.matches("1111").count();
    let told: String = lines.concat();
    assert!(digits(&told) <= 2 && !whole.contains("1226"));
}

#[test]
fn more_digits_than_any_number_has_are_not_shown() {
    let mut stage = Stage::greeted();
    stage.types("12345678901234567890123#");
    assert_eq!(stage.caller_lines(), ["[card]"]);
}

#[test]
fn sizes_and_telephones_typed_one_after_the_other_are_no_card() {
    let mut rng = Rng::new(11);
    for _ in 0..300 {
        let mut stage = Stage::greeted();
        let phone: String = (0..9).map(|_| rng.within(0, 10).to_string()).collect();
        let width = 145 + 10 * rng.within(0, 17);
        let typed = [format!("{width}5516"), format!("0{phone}"), format!("{width}6517")];
        for line in &typed {
            stage.types(&format!("{line}#"));
            stage.model_answers("And?");
        }
        assert_eq!(stage.caller_lines(), typed);
    }
}

/// At any time, over anything: what was typed is in the log, once, in order.
#[test]
fn no_key_is_ever_lost() {
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let mut stage = Stage::greeted();
        let mut typed = String::new();
        stage.caller_says("winter tyres");
        for _ in 0..6 {
            match rng.within(0, 5) {
                0 => stage.model_says("Which size do you need? "),
                1 => stage.model_calls("search_tires", json!({ "seed": seed })),
                2 => stage.wait(rng.within(0, 3_000)),
                3 => {
                    let (speech, _) = stage.last_said();
                    stage.started(speech);
                }
                _ => stage.tell(Event::VoiceStarted),
            }
            // Never a lone zero, which is a word.
            let digits: String =
                (0..rng.within(2, 8)).map(|_| rng.within(1, 10).to_string()).collect();
            for digit in digits.chars() {
                stage.tell(Event::Digit { digit });
                stage.wait(rng.within(20, 1_500));
            }
            typed.push_str(&digits);
            if rng.chance(50) {
                stage.tell(Event::Digit { digit: '#' });
            } else {
                stage.wait(2_100);
            }
            stage.all_cut();
        }
        stage.wait(2_100);
        let over = stage.wants(|effect| matches!(effect, Effect::Note(Note::Ended { .. }))) > 0;
        let lines = stage.caller_lines();
        let logged: String =
            lines.iter().flat_map(|line| line.chars()).filter(char::is_ascii_digit).collect();
        let hidden = lines.iter().any(|line| line == "[card]");
        assert!(hidden || over || logged == typed, "seed {seed}: {typed} became {lines:?}");
    }
}

#[test]
fn keys_after_the_hand_over_are_nobodys() {
    let mut stage = Stage::greeted();
    stage.types("0#");
    stage.model_calls(
        "transfer_to_operator",
        json!({ "reason": "customer_request", "summary": "" }),
    );
    stage.model_ends();
    stage.types("5");
    stage.play_all();
    stage.wait(3_000);
    assert_eq!(ended(&stage).0, Outcome::Transferred);
    let history: Vec<Message> = stage.ask().history;
    assert!(!history.contains(&caller("5")));
}
