//! What a caller can want: one file each, with its slots, what it hears, what it learns from a
//! tool, and what it does next. A new scenario is a file here, a row of [`SCENARIOS`], its words
//! in `keywords` and `intent`, and its sentences in `words`.

mod advice;
mod basket;
pub(super) mod callback;
pub(super) mod car;
mod car_names;
pub(super) mod change;
pub(super) mod cities;
pub(super) mod fitting;
pub(super) mod knowledge;
pub(super) mod order;
mod order_way;
pub(super) mod person;
pub(super) mod places;
pub(super) mod price;
pub(super) mod profile;
pub(super) mod status;
pub(super) mod storage;
pub(super) mod tires;
mod tires_found;
pub(super) mod when;
pub(super) mod wish;

use super::learn::Finished;
use super::line::Line;
use super::reply::{Ask, Move};
use super::talk::Talk;
pub(super) use cities::in_russian;

/// What the call is about now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Topic {
    #[default]
    None,
    Tires,
    Order,
    Status,
    Fitting,
    Change,
    Price,
    Storage,
    Advice,
    Callback,
    Wish,
}

/// A scenario: what a topic does at each occasion.
pub(super) struct Scenario {
    pub(super) topic: Topic,
    /// For the operator: what the call is about.
    pub(super) about: &'static str,
    /// The tools whose results it reads.
    pub(super) tools: &'static [&'static str],
    /// Takes in a line that is more than a bare answer; true if it understood something.
    pub(super) hear: fn(&mut Talk, &Line) -> bool,
    /// Takes in a yes (true) or a no to a question. None if that is not its question; otherwise
    /// whether it makes sense.
    pub(super) answer: fn(&mut Talk, &Ask, bool) -> Option<bool>,
    /// Takes in a result.
    pub(super) learn: fn(&mut Talk, &Finished<'_>),
    /// Takes in a refusal with its code; false if it does not know it.
    pub(super) refused: fn(&mut Talk, &Finished<'_>, &str) -> bool,
    /// The caller said no to the read-back.
    pub(super) declined: fn(&mut Talk),
    /// The caller wants to stop.
    pub(super) drop: fn(&mut Talk),
    /// What is done next.
    pub(super) next: fn(&Talk) -> Move,
}

/// Tools that the core reads back before it runs them.
pub(super) const CONSENT_TOOLS: [&str; 3] = ["book_fitting", "confirm_order", "cancel_fitting"];

/// All scenarios.
pub(super) const SCENARIOS: &[Scenario] = &[
    tires::SCENARIO,
    order::SCENARIO,
    status::SCENARIO,
    fitting::SCENARIO,
    change::SCENARIO,
    price::SCENARIO,
    storage::SCENARIO,
    advice::SCENARIO,
    callback::SCENARIO,
    wish::SCENARIO,
];

/// The scenario of a topic.
pub(super) fn scenario(topic: Topic) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|one| one.topic == topic)
}

/// For scenarios without questions of their own.
fn no_answer(_: &mut Talk, _: &Ask, _: bool) -> Option<bool> {
    None
}

/// For scenarios that know no refusals of their own.
fn no_refusal(_: &mut Talk, _: &Finished<'_>, _: &str) -> bool {
    false
}

/// For scenarios that call no tool.
fn nothing_learnt(_: &mut Talk, _: &Finished<'_>) {}

/// For scenarios without anything to give up.
fn nothing(_: &mut Talk) {}

/// Up to `count` of the rows, first and last included.
fn spread<T: Clone>(rows: &[T], count: usize) -> Vec<T> {
    if rows.len() <= count || count < 2 {
        return rows.iter().take(count).cloned().collect();
    }
    (0..count).map(|place| rows[place * (rows.len() - 1) / (count - 1)].clone()).collect()
}
