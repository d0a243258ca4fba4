//! A new fitting: where, when, whose name, which car; then the core reads it back.

use super::places::Places;
use super::when::Timing;
use super::{Scenario, Topic};
use crate::language::heard::Heard;
use crate::llm::local::keywords::About;
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Place, Reply, Tell};
use crate::llm::local::results::{date, flag, place, rows, text, time};
use crate::llm::local::talk::Talk;
use crate::shop::Service;
use chrono::NaiveDate;
use serde_json::{Value, json};

/// Longer lines name a place among other things; the tool could not find that.
const PLACE_WORDS_MAX: usize = 5;
/// What is kept of earlier lines to match stations with, characters.
const SAID_CHARS_MAX: usize = 500;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Fitting,
    about: "fitting booking",
    tools: &["get_fitting_stations", "get_fitting_slots", "book_fitting", "reserve_fitting_slot"],
    hear: Talk::hear_fitting,
    answer: Talk::answer_fitting,
    learn: Talk::learn_fitting,
    refused: Talk::refused_fitting,
    declined: |talk| talk.fitting.declined = true,
    drop: Talk::drop_fitting,
    next: next_about_fitting,
};

/// The fitting side of a conversation.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Fitting {
    pub(in crate::llm::local) places: Places,
    /// The caller said no to the read-back.
    declined: bool,
    service: Option<Service>,
    /// The order whose tyres are fitted.
    linked: Option<String>,
    /// When those tyres are expected; they can be fitted from the next day.
    expected: Option<NaiveDate>,
    /// The caller knows that the tyres come later than the day they named.
    warned: bool,
}

fn next_about_fitting(talk: &Talk) -> Move {
    let state = &talk.fitting;
    if state.declined {
        return Move::ask(Ask::Change);
    }
    if let Some(next) = talk.next_about_stored() {
        return next;
    }
    let Some(place) = &state.places.chosen else {
        return next_about_station(talk);
    };
    let contract = talk.storage.contract();
    let Some((date, time)) = talk.timing.slot else {
        return talk.next_about_time(&place.code, contract);
    };
    let Some(name) = &talk.person.name else {
        return Move::ask(Ask::Name);
    };
    if let Some(ask) = talk.vehicle_owed().or_else(|| talk.person.phone_owed()) {
        return Move::ask(ask);
    }
    let mut args = json!({
        "station_id": place.code,
        "date": date,
        "time": time.format("%H:%M").to_string(),
        "customer_name": name,
        "auto_number": talk.person.vehicle,
    });
    talk.person.write_phone(&mut args, "customer_phone");
    if let Some(size) = talk.tires.size {
        args["tire_diameter"] = json!(size.rim_tenths / 10);
    }
    if let Some(service) = state.service {
        args["service_type"] = json!(service);
    }
    if let Some(contract) = talk.storage.for_booking() {
        args["storage_contract"] = json!(contract);
    }
    if let Some(order) = state.linked.as_ref().filter(|_| contract.is_none()) {
        args["linked_order"] = json!(order);
    }
    Move::call("book_fitting", args)
}

fn next_about_station(talk: &Talk) -> Move {
    let places = &talk.fitting.places;
    if let Some(query) = &places.query {
        return Move::call("get_fitting_stations", json!({ "query": query }));
    }
    if places.known.is_empty() {
        return Move::call("get_fitting_stations", json!({}));
    }
    let labels = places.options().into_iter().map(|(label, _)| label).collect();
    Move::ask(Ask::Station(labels))
}

impl Talk {
    fn hear_fitting(&mut self, line: &Line) -> bool {
        if self.pending == Some(Ask::FitThem) && !line.is(About::Storage) {
            // "Yes, I want them fitted" names what a bare yes leaves to the question.
            self.link_bought();
        }
        let mut understood = self.hear_fitting_change(line);
        understood |= self.hear_stored(line);
        if line.is(About::Balancing) {
            self.fitting.service = Some(Service::FullService);
            understood = true;
        }
        // Values of tyres are kept: the size tells the rim.
        let size = line.size().is_some() && self.hear_tire_values(line);
        let place = self.hear_station(line);
        let when = self.hear_when(line);
        self.warn_of_early_day();
        if size || place || when {
            self.fitting.declined = false;
        }
        understood || size || place || when
    }

    /// What to change after a no to the read-back.
    fn hear_fitting_change(&mut self, line: &Line) -> bool {
        if !self.fitting.declined {
            return false;
        }
        let asks_place = line.is(About::Place);
        let asks_when = line.is(About::Day) || line.is(About::Time) || line.is(About::Later);
        let only = self.fitting.places.known.len() == 1;
        if let Some(only) = self.fitting.places.chosen.clone().filter(|_| only && asks_place) {
            self.notes.push(Tell::OnlyStation(only));
            self.ask_when_again();
        } else if asks_place {
            self.fitting.places.reopen();
            self.timing.look_again();
        } else if asks_when {
            self.ask_when_again();
        } else if line.is(About::Recipient) && line.name().is_none() {
            self.person.name = None;
        }
        let known = asks_place || asks_when || line.is(About::Recipient);
        let as_it_was = line.is(About::Nothing) || line.is(About::Fitting);
        let said = line.name().is_some() || line.plate().is_some();
        if known || as_it_was || said {
            self.fitting.declined = false;
        }
        known || as_it_was || said
    }

    fn hear_station(&mut self, line: &Line) -> bool {
        let places = &mut self.fitting.places;
        let moves = places.chosen.is_some() && (line.is(About::Place) || corrects(line));
        if places.known.is_empty() {
            // Nothing to match with yet: the stations come with the tool's answer.
            places.said.push(' ');
            let room = SAID_CHARS_MAX.saturating_sub(places.said.chars().count());
            places.said.extend(line.text.chars().take(room));
            return false;
        }
        if moves {
            return self.hear_other_station(line);
        }
        if places.chosen.is_some() {
            return false;
        }
        if places.narrow(&line.text) {
            return true;
        }
        if !matches!(self.pending, Some(Ask::Station(_))) {
            return false;
        }
        if places.pick(line.place_in_list()) {
            return true;
        }
        let other_value = line.values.iter().any(|value| !matches!(value, Heard::Number(_)));
        if !other_value && !line.asks() && (1..=PLACE_WORDS_MAX).contains(&line.words.len()) {
            places.query = Some(line.words.join(" "));
            return true;
        }
        false
    }

    /// A station is chosen, and the caller names another one. Noise never changes it.
    fn hear_other_station(&mut self, line: &Line) -> bool {
        let before = self.fitting.places.clone();
        let places = &mut self.fitting.places;
        places.reopen();
        if !places.narrow(&line.text) {
            *places = before;
            return false;
        }
        if places.chosen != before.chosen {
            self.timing.look_again();
        }
        true
    }

    /// The fitting is for the tyres of this call's order, if there is one.
    fn link_bought(&mut self) {
        let linked = self.order.bought.as_ref().map(|bought| bought.id.clone());
        if linked.is_some() {
            // Tyres that were just bought lie in no storage.
            self.storage.fits_others();
        }
        self.fitting.linked = linked;
        self.fitting.expected = self.order.bought.as_ref().and_then(|bought| bought.expected);
    }

    /// The first day on which the tyres of this call's order can be fitted.
    pub(super) fn bought_from(&self) -> Option<NaiveDate> {
        self.fitting.linked.as_ref()?;
        self.fitting.expected?.succ_opt()
    }

    /// Says once that tyres cannot be fitted before they come. Whoever insists knows better: they
    /// may fetch them earlier.
    fn warn_of_early_day(&mut self) {
        let (Some(expected), Some(first)) = (self.fitting.expected, self.bought_from()) else {
            return;
        };
        if !self.fitting.warned && self.timing.wishes_before(first) {
            self.fitting.warned = true;
            self.ask_when_again();
            self.notes.push(Tell::TyresExpected(expected));
        }
    }

    fn answer_fitting(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        match (ask, yes) {
            (Ask::FitThem, true) => {
                self.link_bought();
                self.turn_to(Topic::Fitting);
            }
            (Ask::FitThem, false) => self.leave_it(),
            // "No" to a read-back: what to change is asked. "Yes" to that question makes no sense
            // but for a caller who wants the booking as it was.
            (Ask::Change, yes) => self.fitting.declined = !yes,
            (Ask::Station(labels), true) if labels.len() == 1 => {
                return Some(self.fitting.places.pick(Some(0)));
            }
            (Ask::Station(_), _) => return Some(false),
            _ => return self.answer_when(ask, yes).or_else(|| Self::answer_person(ask)),
        }
        Some(true)
    }

    fn learn_fitting(&mut self, call: &Finished<'_>) {
        match call.tool {
            "get_fitting_stations" => self.learn_stations(call.result),
            "get_fitting_slots" => self.learn_slots(call.args, call.result),
            "book_fitting" => self.learn_booking(call.result),
            _ => {}
        }
    }

    fn learn_stations(&mut self, result: &Value) {
        let places: Vec<Place> = rows(&result["stations"]).iter().map(place).collect();
        let state = &mut self.fitting.places;
        let searched = state.query.take().is_some();
        if places.is_empty() {
            if state.known.is_empty() {
                self.news = Some(Reply::both(Tell::NoStation, Ask::Operator));
            } else if searched {
                self.notes.push(Tell::PlaceUnknown);
            }
            return;
        }
        if searched {
            // The tool knows more than names; what it narrowed to are the ones in question.
            if flag(result, "no_query_match") {
                state.narrowed.clear();
                self.notes.push(Tell::PlaceUnknown);
            } else {
                state.narrowed = places.iter().map(|place| place.code.clone()).collect();
            }
        }
        state.learn(places);
        let said = std::mem::take(&mut state.said);
        state.narrow(&said);
        let only = state.settle() || (state.known.len() == 1 && state.chosen.is_some());
        if let Some(place) = state.chosen.clone().filter(|_| only) {
            self.notes.push(Tell::OnlyStation(place));
        }
    }

    fn learn_booking(&mut self, result: &Value) {
        let when = (date(&result["date"]), time(&result["time"]));
        let (Some(date), Some(time)) = when else { return };
        let booked = Tell::Booked { date, time, place: text(result, "station") };
        self.done(booked, Ask::MoreHelp);
        self.forget_booking();
        self.order.bought = None;
    }

    /// The next booking begins anew; the stations stay known.
    fn forget_booking(&mut self) {
        let mut places = std::mem::take(&mut self.fitting).places;
        places.reopen();
        self.fitting.places = places;
        self.timing = Timing::default();
        self.storage.keep_own();
    }

    fn drop_fitting(&mut self) {
        self.forget_booking();
        self.person.vehicle_part = None;
    }

    fn refused_fitting(&mut self, call: &Finished<'_>, code: &str) -> bool {
        match code {
            "station_unknown" | "station_id_invalid" => {
                self.fitting.places = Places::default();
                self.timing.look_again();
            }
            "name_missing" | "name_not_said" => self.person.name = None,
            "storage_unclear" => self.learn_unclear(call.result),
            "storage_needs_time" => {
                self.ask_when_again();
                self.notes.extend(date(&call.result["earliest"]).map(Tell::StoredFrom));
            }
            "vehicle_missing" => {
                let person = &mut self.person;
                person.vehicle_part = person.vehicle.take().or(person.vehicle_part.take());
            }
            "contract_unknown" => self.storage.keep_own(),
            "order_unknown" | "order_not_confirmed" => self.fitting.linked = None,
            _ => return self.refused_when(call.args, code),
        }
        true
    }
}

/// "No, at Darnytsia": a line that takes back what was said.
fn corrects(line: &Line) -> bool {
    const MARKS: [&str; 12] = [
        "no",
        "sorry",
        "actually",
        "rather",
        "instead",
        "ні",
        "вибачте",
        "точніше",
        "краще",
        "нет",
        "извините",
        "точнее",
    ];
    line.words.iter().take(3).any(|word| MARKS.contains(&word.as_str()))
}
