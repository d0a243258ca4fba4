//! The rating before the goodbye.

use crate::simulation::fixtures::facts;
use crate::simulation::helpers::ended;
use crate::simulation::stage::Stage;
use treadline::language::Language;
use treadline::turn::{CallFacts, Event, HangUpReason, Limits, Note};

/// A call of a shop that wants ratings; the caller has just said goodbye.
fn leaving() -> Stage {
    let mut stage = Stage::with(Limits::default());
    let facts = CallFacts { ask_rating: true, ..facts(Language::En) };
    stage.tell(Event::Begin { facts: Box::new(facts) });
    stage.play_all();
    stage.caller_says("goodbye");
    stage
}

fn ratings(stage: &Stage) -> Vec<u8> {
    let notes = stage.notes().into_iter();
    notes
        .filter_map(|note| if let Note::Rating { score } = note { Some(score) } else { None })
        .collect()
}

fn asked(stage: &Stage) -> usize {
    stage.says().iter().filter(|(_, text)| text.contains("rate this call")).count()
}

/// The answer to the goodbye, and the end.
fn parts(stage: &mut Stage) {
    stage.model_answers("Thank you, goodbye!");
    stage.wait(5_000);
    assert_eq!(stage.hung_up().map(|(_, reason)| reason), Some(HangUpReason::Goodbye));
}

#[test]
fn a_key_from_one_to_five_is_the_rating_and_the_goodbye_follows() {
    for key in '1'..='5' {
        let mut stage = leaving();
        assert_eq!((asked(&stage), stage.asks().len()), (1, 0));
        stage.play_all();
        stage.wait(1_000);
        stage.tell(Event::Digit { digit: key });
        assert_eq!(ratings(&stage), [key as u8 - b'0']);
        assert_eq!(stage.caller_lines().last().unwrap(), &key.to_string());
        parts(&mut stage);
    }
}

#[test]
fn a_key_over_the_question_counts() {
    let mut stage = leaving();
    let (speech, _) = stage.last_said();
    stage.started(speech);
    stage.tell(Event::Digit { digit: '4' });
    stage.cut(speech, 0.5);
    stage.mark();
    assert_eq!(ratings(&stage), [4]);
    parts(&mut stage);
}

#[test]
fn the_rating_may_be_said() {
    let mut stage = leaving();
    stage.play_all();
    stage.caller_says("five");
    assert_eq!(ratings(&stage), [5]);
    parts(&mut stage);
}

#[test]
fn without_a_rating_the_goodbye_comes_all_the_same() {
    let mut stage = leaving();
    stage.play_all();
    stage.wait(5_000);
    assert!(stage.asks().is_empty(), "there is time");
    stage.wait(1_500);
    assert_eq!(ratings(&stage), [0; 0]);
    parts(&mut stage);
    let mut stage = leaving();
    stage.play_all();
    stage.tell(Event::Digit { digit: '#' });
    parts(&mut stage);
}

#[test]
fn who_has_something_else_to_say_is_answered_and_not_asked_again() {
    let mut stage = leaving();
    stage.play_all();
    stage.caller_says("oh wait, do you have winter tyres");
    stage.model_answers("Yes, we do.");
    stage.caller_says("goodbye");
    assert_eq!(asked(&stage), 1);
    parts(&mut stage);
    assert!(ratings(&stage).is_empty());
}

#[test]
fn a_key_that_is_no_rating_is_what_it_always_is() {
    let mut stage = leaving();
    stage.play_all();
    stage.types("0");
    stage.wait(1_000);
    assert_eq!(stage.caller_lines().last().unwrap(), "operator");
    assert!(ratings(&stage).is_empty());
}

#[test]
fn who_hangs_up_is_not_rated_and_a_shop_that_does_not_ask_does_not() {
    let mut stage = leaving();
    stage.tell(Event::LegLost { orderly: true });
    assert!(ratings(&stage).is_empty());
    ended(&stage);
    let mut stage = Stage::greeted();
    stage.caller_says("goodbye");
    assert_eq!((asked(&stage), stage.asks().len()), (0, 1));
}
