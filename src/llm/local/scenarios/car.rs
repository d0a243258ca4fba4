//! Tyres by car: make, model and year into sizes, for callers who do not know their size.

use super::car_names::{Named, named};
use crate::llm::local::keywords::About;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Tell};
use crate::llm::local::results::{flag, rows, text};
use crate::llm::local::talk::Talk;
use crate::shop::TireSize;
use serde_json::{Value, json};

/// The tool that knows cars.
pub(in crate::llm::local) const TOOL: &str = "get_vehicle_tire_sizes";
/// Sizes that are named at once.
const SIZES_MAX: usize = 4;
/// Cars older than this nobody shoes on the phone.
const YEAR_MIN: i32 = 1970;

/// The car that tyres are wanted for.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Car {
    pub(in crate::llm::local) make: Option<String>,
    pub(in crate::llm::local) model: Option<String>,
    pub(in crate::llm::local) year: Option<i32>,
    /// The caller does not know the size: the car is asked for.
    pub(in crate::llm::local) wanted: bool,
    /// The shop's list does not have it.
    pub(in crate::llm::local) unknown: bool,
    /// Sizes that fit it.
    pub(in crate::llm::local) sizes: Vec<TireSize>,
}

impl Talk {
    /// What is to be done about a car while no size is known.
    pub(super) fn next_about_car(&self) -> Option<Move> {
        let car = &self.car;
        if car.unknown {
            return None;
        }
        if !car.sizes.is_empty() {
            return Some(Move::ask(Ask::TakeSize(car.sizes.clone())));
        }
        if let (Some(make), Some(model)) = (&car.make, &car.model) {
            let mut args = json!({ "brand": make, "model": model });
            if let Some(year) = car.year {
                args["year"] = json!(year);
            }
            return Some(Move::call(TOOL, args));
        }
        (car.wanted || car.make.is_some()).then_some(Move::ask(Ask::Car))
    }

    /// A car in a line about tyres, or that the size is not known.
    pub(super) fn hear_car(&mut self, line: &Line) -> bool {
        if line.size().is_some() {
            return false;
        }
        let asked = self.pending == Some(Ask::Car);
        let Named { make, model } = named(&line.words);
        let free = asked && make.is_none() && self.car.make.is_none();
        let (make, model) = match (make, model) {
            // A make that we do not know: the shop may.
            (None, None) if free && (2..=4).contains(&line.words.len()) && !line.asks() => {
                let rest = line.words[1..].iter().filter(|word| year_of(word, self).is_none());
                let rest: Vec<&str> = rest.map(String::as_str).collect();
                (line.words.first().cloned(), (!rest.is_empty()).then(|| rest.join(" ")))
            }
            named => named,
        };
        let year = line.words.iter().find_map(|word| year_of(word, self));
        let said = make.is_some() || (model.is_some() && self.car.make.is_some());
        let changed = said && (make.is_some() && make != self.car.make || model != self.car.model);
        if changed {
            self.car.unknown = false;
            self.car.sizes.clear();
        }
        if make.is_some() {
            self.car.model = None;
        }
        self.car.make = make.or(self.car.make.take());
        if self.car.make.is_some() {
            self.car.model = model.or(self.car.model.take());
            self.car.year = year.or(self.car.year);
        }
        let helpless = line.is(About::Unknown) && matches!(self.pending, Some(Ask::Size(_)));
        self.car.wanted |= helpless;
        if asked && line.is(About::Unknown) {
            self.car_is_unknown();
            return true;
        }
        said || helpless
    }

    pub(super) fn learn_car(&mut self, args: &Value, result: &Value) {
        if !flag(result, "found") {
            return self.car_is_unknown();
        }
        let read = |field: &str| -> Vec<TireSize> {
            rows(&result[field]).iter().filter_map(|size| size.as_str()?.parse().ok()).collect()
        };
        let mut sizes = read("stock_sizes");
        if sizes.is_empty() {
            sizes = read("acceptable_sizes");
        }
        sizes.truncate(SIZES_MAX);
        if sizes.is_empty() {
            return self.car_is_unknown();
        }
        let name = |field: &str| {
            let told = text(result, field);
            if told.is_empty() { text(args, field) } else { told }
        };
        let car = format!("{} {}", name("brand"), name("model"));
        self.notes.push(Tell::CarSizes { car, sizes: sizes.clone() });
        if let [only] = sizes.as_slice() {
            self.tires.size = Some(*only);
        }
        self.car.sizes = sizes;
    }

    /// The shop does not know the car: the size has to be read from the tyre.
    pub(super) fn car_is_unknown(&mut self) {
        self.car.unknown = true;
        self.notes.push(Tell::CarUnknown);
    }
}

/// A year of making.
fn year_of(word: &str, talk: &Talk) -> Option<i32> {
    use chrono::Datelike as _;
    let year: i32 = word.parse().ok().filter(|_| word.len() == 4)?;
    (YEAR_MIN..=talk.today.year() + 1).contains(&year).then_some(year)
}

/// True if the line names a make that we know.
pub(in crate::llm::local) fn names_car(line: &Line) -> bool {
    named(&line.words).make.is_some()
}
