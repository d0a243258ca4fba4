//! The checker of histories bites: fed with bad ones, it says so and shows them.

use crate::races::history::{
    History, Outcome, exactly, nobody_hears_two_things, same_answer, settled,
};

fn history(lines: &[(usize, &str, Outcome)]) -> History {
    let history = History::new("a history of the test");
    for (process, what, outcome) in lines {
        let operation = history.invoke(*process, *what);
        history.settle(operation, outcome.clone());
    }
    history
}

fn ok(value: &str) -> Outcome {
    Outcome::Ok(value.into())
}

fn fail() -> Outcome {
    Outcome::Fail("the slot is taken".into())
}

fn info() -> Outcome {
    Outcome::Info("the connection broke".into())
}

#[test]
fn two_winners_of_one_slot_are_found_and_shown() {
    let bad = history(&[(1, "book", ok("post 1")), (2, "book", fail()), (3, "book", ok("post 1"))]);
    let report = bad.judge(exactly(1)).unwrap_err();
    assert!(report.contains("2 were told yes, 1 must be"), "{report}");
    for line in ["ok   post 1", "fail the slot is taken", "who", "outcome"] {
        assert!(report.contains(line), "{report}");
    }
    assert_eq!(report.lines().count(), 5, "{report}");
}

#[test]
fn no_winner_different_answers_and_open_ends_are_found() {
    let none = history(&[(1, "book", fail()), (2, "book", fail())]);
    assert!(none.judge(exactly(1)).is_err());
    let two_orders = history(&[(1, "confirm", ok("10001")), (2, "confirm", ok("10002"))]);
    assert!(two_orders.judge(same_answer).unwrap_err().contains("10002"));
    let unknown = history(&[(1, "book", info()), (2, "book", ok("a"))]);
    assert!(unknown.judge(settled).unwrap_err().contains("book of 1 is unknown"));
    let running = history(&[]);
    running.invoke(1, "book");
    assert!(running.judge(settled).unwrap_err().contains("still running"));
    let lost = history(&[(1, "book", ok("a")), (1, "book", fail())]);
    assert!(lost.judge(nobody_hears_two_things).is_err());
}

#[test]
fn a_good_history_passes_every_rule() {
    let good = history(&[
        (1, "book", info()),
        (2, "book", fail()),
        (1, "book", ok("post 1")),
        (1, "book", ok("post 1")),
    ]);
    good.must(exactly(1));
    good.must(same_answer);
    good.must(settled);
    good.must(nobody_hears_two_things);
}
