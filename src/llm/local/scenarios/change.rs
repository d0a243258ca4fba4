//! A booking that stands: told, moved or cancelled. The caller's own bookings come first, by the
//! number they phone from.

use super::{Scenario, Topic};
use crate::language::heard::Heard;
use crate::llm::local::keywords::About;
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Reply, Tell, Visit};
use crate::llm::local::results::{date, rows, text, time, visit};
use crate::llm::local::talk::Talk;
use crate::shop::place_named_in;
use chrono::Datelike as _;
use serde_json::{Value, json};

/// Bookings that are named to choose from.
const NAMED_MAX: usize = 3;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Change,
    about: "a fitting that is booked",
    tools: &["get_customer_bookings", "cancel_fitting"],
    hear: Talk::hear_booking_change,
    answer: Talk::answer_booking_change,
    learn: Talk::learn_bookings,
    refused: Talk::refused_change,
    declined: Talk::change_declined,
    drop: |talk| talk.change = Change::default(),
    next: next_about_change,
};

/// What is to be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Cancel,
    Move,
    /// Only told.
    Tell,
}

/// The booking that the caller speaks of.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Change {
    bookings: Option<Vec<Visit>>,
    chosen: Option<Visit>,
    action: Option<Action>,
    /// The caller wants to keep it after all.
    kept: bool,
}

impl Change {
    /// The caller wants to cancel.
    pub(in crate::llm::local) fn cancel(&mut self) {
        self.action = Some(Action::Cancel);
    }
}

fn next_about_change(talk: &Talk) -> Move {
    let state = &talk.change;
    if state.kept {
        return Move::both(Tell::Kept, Ask::MoreHelp);
    }
    let Some(bookings) = &state.bookings else {
        return Move::call("get_customer_bookings", json!({}));
    };
    let Some(chosen) = &state.chosen else {
        let named = bookings.iter().take(NAMED_MAX).cloned().collect();
        return Move::ask(Ask::WhichBooking(named));
    };
    match state.action {
        None => Move::ask(Ask::MoveOrCancel),
        Some(Action::Tell) => Move::both(Tell::YourBooking(chosen.clone()), Ask::MoreHelp),
        Some(Action::Cancel) => {
            Move::call("cancel_fitting", json!({ "booking_id": chosen.id, "action": "cancel" }))
        }
        Some(Action::Move) => match talk.timing.slot {
            None => talk.next_about_time(&chosen.station_code, None),
            Some((date, time)) => Move::call(
                "cancel_fitting",
                json!({
                    "booking_id": chosen.id,
                    "action": "reschedule",
                    "new_date": date,
                    "new_time": time.format("%H:%M").to_string(),
                }),
            ),
        },
    }
}

impl Talk {
    fn hear_booking_change(&mut self, line: &Line) -> bool {
        let action = if line.is(About::Cancel) {
            Some(Action::Cancel)
        } else if line.is(About::Move) || (line.is(About::Later) && self.change.action.is_none()) {
            Some(Action::Move)
        } else if line.is(About::Booking)
            && line.is(About::Whereabouts)
            && self.change.action.is_none()
        {
            Some(Action::Tell)
        } else {
            None
        };
        let chosen = self.hear_which_booking(line);
        // A day said while several bookings are in question chooses one; otherwise it is the new
        // one.
        let moves = action.or(self.change.action) != Some(Action::Cancel);
        let when = !chosen && moves && self.hear_when(line);
        let asks_action = self.pending == Some(Ask::MoveOrCancel);
        let implied =
            (when && (asks_action || self.change.action.is_none())).then_some(Action::Move);
        let before = self.change.action;
        self.change.action = action.or(implied).or(before);
        if self.change.action.is_some() {
            self.change.kept = false;
        }
        action.is_some() || chosen || when
    }

    fn hear_which_booking(&mut self, line: &Line) -> bool {
        if self.change.chosen.is_some() {
            return false;
        }
        let Some(bookings) = &self.change.bookings else { return false };
        let is_its_day = |one: &&Visit| {
            line.values.iter().any(|value| match value {
                Heard::Date(day) => one.date == *day,
                Heard::Weekday(day) => one.date.weekday() == *day,
                _ => false,
            })
        };
        let by_day = bookings.iter().find(is_its_day);
        let by_place = bookings.iter().find(|one| place_named_in(&line.text, &[&one.station]));
        let by_time = bookings.iter().find(|one| Some(one.time) == line.time());
        let nth = line.place_in_list().and_then(|nth| bookings.get(nth));
        let chosen = by_day.or(by_place).or(by_time).or(nth).cloned();
        let found = chosen.is_some();
        self.change.chosen = chosen;
        found
    }

    fn answer_booking_change(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        match (ask, yes) {
            (Ask::MoveOrCancel, false) => {
                self.change.kept = true;
                Some(true)
            }
            (Ask::MoveOrCancel | Ask::WhichBooking(_), _) => Some(false),
            _ => None,
        }
    }

    fn learn_bookings(&mut self, call: &Finished<'_>) {
        if call.tool == "cancel_fitting" {
            return self.learn_changed(call.args, call.result);
        }
        let bookings: Vec<Visit> =
            rows(&call.result["bookings"]).iter().filter_map(visit).collect();
        if bookings.is_empty() {
            return self.done(Tell::NoBookings, Ask::FitThem);
        }
        if self.topic != Topic::Change {
            self.turn_to(Topic::Change);
        }
        if let [only] = bookings.as_slice() {
            self.change.chosen = Some(only.clone());
            if self.change.action != Some(Action::Tell) {
                self.notes.push(Tell::YourBooking(only.clone()));
            }
        }
        self.change.bookings = Some(bookings);
    }

    fn learn_changed(&mut self, args: &Value, result: &Value) {
        let when = date(&result["date"]).zip(time(&result["time"]));
        let tell = match (args["action"].as_str(), when) {
            (Some("reschedule"), Some((date, time))) => {
                Tell::Moved { date, time, place: text(result, "station") }
            }
            (_, when) => Tell::Cancelled(when),
        };
        self.timing = super::when::Timing::default();
        self.change = Change::default();
        self.done(tell, Ask::MoreHelp);
    }

    /// A no to the read-back: a move asks for another time, a cancellation is given up.
    fn change_declined(&mut self) {
        if self.change.action == Some(Action::Move) {
            self.ask_when_again();
        } else {
            self.change.kept = true;
        }
    }

    fn refused_change(&mut self, call: &Finished<'_>, code: &str) -> bool {
        match code {
            "booking_unknown" => {
                self.change = Change::default();
                self.topic = Topic::None;
                self.news = Some(Reply::both(Tell::NoBookings, Ask::FitThem));
                true
            }
            _ => self.refused_when(call.args, code),
        }
    }
}
