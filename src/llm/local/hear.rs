//! What a line of the caller changes. A line is read in the light of the question before it:
//! "ten twenty" is a time only where a time was asked for.

use super::Lexicon;
use super::decide::station_options;
use super::free_text;
use super::keywords::{About, is, words_of};
use super::reply::{Ask, Offer, Tell};
use super::talk::{Act, Talk, Topic, View, When};
use crate::language::answer::Answer;
use crate::language::heard::{Context, Heard, hear};
use crate::shop::WeekdayName;
use chrono::{Duration, NaiveDate, NaiveTime, Timelike as _};

/// Longer lines name a place among other things; the tool could not find that.
const PLACE_WORDS_MAX: usize = 5;
/// Nobody counts more tyres of one kind on the phone; larger figures are something else.
const TIRES_MAX: u32 = 20;
/// What is kept of earlier lines to match stations with, characters.
const SAID_CHARS_MAX: usize = 500;
/// Posts work by day: "at two" is the afternoon, hours before this are not the morning's.
const FIRST_HOUR: u32 = 8;

/// The values of a line, by kind; of several of one kind the last counts.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) words: Vec<String>,
    pub(super) values: Vec<Heard>,
}

impl Line {
    pub(super) fn last<T>(&self, pick: impl Fn(&Heard) -> Option<T>) -> Option<T> {
        self.values.iter().rev().find_map(pick)
    }

    pub(super) fn is(&self, about: About) -> bool {
        is(&self.words, about)
    }
}

impl Talk {
    /// Takes in a line.
    pub(super) fn hear(&mut self, text: &str, lexicon: &Lexicon) {
        let context = Context { today: self.today, sizes: &lexicon.sizes, brands: &lexicon.brands };
        let line = Line {
            text: text.to_owned(),
            words: words_of(text),
            values: hear(text, self.language, &context),
        };
        self.line.clone_from(&line.text);
        let misses = std::mem::take(&mut self.misses);
        let answer = line.last(|value| match value {
            Heard::Answer(answer) => Some(*answer),
            _ => None,
        });
        let understood = match answer {
            Some(answer) => self.hear_answer(answer, &line),
            None => self.hear_words(&line),
        };
        if !understood {
            self.misses = misses + 1;
            self.act = Act::Miss;
        } else if self.act == Act::Operator {
            self.misses = misses;
        }
    }

    fn hear_answer(&mut self, answer: Answer, line: &Line) -> bool {
        match answer {
            Answer::Operator => self.act = Act::Operator,
            Answer::Goodbye => self.act = Act::Farewell,
            Answer::Wait => self.act = Act::Wait,
            Answer::Repeat | Answer::NotHeard => {
                let greets = self.last.is_none() && line.is(About::Hello);
                self.act = if greets { Act::Hello } else { Act::Again };
            }
            Answer::Cancel => {
                let places = std::mem::take(&mut self.fitting).places;
                self.fitting.places = places;
                self.topic = Topic::None;
                self.act = Act::MoreHelp;
            }
            Answer::Yes | Answer::No => return self.hear_yes_no(answer == Answer::Yes, line),
        }
        true
    }

    fn hear_yes_no(&mut self, yes: bool, line: &Line) -> bool {
        if self.reading_back && !self.fitting.declined {
            // The core has taken it.
            return true;
        }
        match (self.pending.clone(), yes) {
            (Some(Ask::FitThem), true) => self.topic = Topic::Fitting,
            (Some(Ask::FitThem), false) => self.act = Act::MoreHelp,
            (Some(Ask::TakeSeason(season)), true) => self.tires.season = Some(season),
            (Some(Ask::TakeSeason(_)), false) => self.act = Act::MoreHelp,
            (Some(Ask::TakeSize(sizes)), true) => match sizes.as_slice() {
                [only] => self.tires.size = Some(*only),
                _ => return false,
            },
            (Some(Ask::TakeSize(_)), false) => self.tires.size = None,
            (Some(Ask::PhoneRight(_)), yes) => {
                self.fitting.phone_right = yes;
                if !yes {
                    self.fitting.phone = None;
                }
            }
            (Some(Ask::Operator), true) => self.act = Act::Operator,
            (Some(Ask::Operator), false) => self.topic = Topic::None,
            (Some(Ask::MoreHelp), true) => self.topic = Topic::None,
            (Some(Ask::MoreHelp), false) => self.act = Act::Farewell,
            (Some(Ask::When), true) => self.fitting.when.earliest = true,
            // "No" to a read-back: what to change is asked. "Yes" to that question makes no sense
            // but for a caller who wants the booking as it was.
            (Some(Ask::Change), false) => {}
            (Some(Ask::Change), true) => self.fitting.declined = false,
            (Some(Ask::Time { .. }), false) => self.ask_when_again(),
            // "Thank you" can be heard as a yes to nothing.
            (_, _) if line.is(About::Thanks) => self.act = Act::Thanks,
            (None, false) | (Some(Ask::Need), false) => self.act = Act::MoreHelp,
            _ => return self.fitting.declined,
        }
        true
    }

    fn hear_words(&mut self, line: &Line) -> bool {
        // Names and cars are free text: nothing else in such a line counts.
        let taken = match self.pending {
            Some(Ask::Name) => self.hear_name(line),
            Some(Ask::Vehicle | Ask::Colour | Ask::Make) => self.hear_vehicle(line),
            _ => false,
        };
        if taken {
            return true;
        }
        let mut understood = self.hear_asides(line);
        let topic = self.topic;
        self.change_topic(line);
        understood |= topic != self.topic || (line.is(About::Fitting) && topic == Topic::Fitting);
        understood |= self.hear_tire_values(line);
        if self.topic == Topic::Tires {
            understood |= self.hear_about_offers(line);
        } else if self.topic == Topic::Fitting {
            understood |= self.hear_change(line);
            understood |= self.hear_place(line);
            understood |= self.hear_when(line);
        }
        if understood {
            return true;
        }
        if line.is(About::Hello) {
            self.act = Act::Hello;
        } else if line.is(About::Nothing) {
            self.act = Act::Farewell;
        } else if line.is(About::Thanks) {
            self.act = Act::Thanks;
        } else {
            return false;
        }
        true
    }

    /// A name, a plate or a number that comes along unasked.
    fn hear_asides(&mut self, line: &Line) -> bool {
        let mut understood = false;
        let name = line.last(|value| match value {
            Heard::Name(name) => Some(name.clone()),
            _ => None,
        });
        if let Some(name) = name {
            self.fitting.name = Some(name);
            understood = true;
        }
        let plate = line.last(|value| match value {
            Heard::Plate(plate) => Some(plate.clone()),
            _ => None,
        });
        if let Some(plate) = plate {
            self.fitting.vehicle = Some(plate);
            understood = true;
        }
        let phone = line.last(|value| match value {
            Heard::Phone(phone) => Some(phone.clone()),
            _ => None,
        });
        if let Some(phone) = phone {
            self.fitting.phone = Some(phone);
            self.fitting.phone_right = false;
            understood = true;
        }
        understood
    }

    fn change_topic(&mut self, line: &Line) {
        let tire_value = line
            .values
            .iter()
            .any(|value| matches!(value, Heard::TireSize(_) | Heard::Season(_) | Heard::Brand(_)));
        let day_value = line.values.iter().any(|value| {
            matches!(value, Heard::Earliest | Heard::Date(_) | Heard::Weekday(_) | Heard::Time(_))
        });
        let (tires, buying) = (line.is(About::Tires), line.is(About::Buying));
        let fitting = line.is(About::Fitting);
        let next = match self.topic {
            Topic::Fitting if tires && (buying || tire_value) && !fitting => Topic::Tires,
            Topic::Fitting => Topic::Fitting,
            _ if fitting && !(tire_value && buying) => Topic::Fitting,
            Topic::Tires => Topic::Tires,
            Topic::None if tire_value || tires || line.is(About::Stock) => Topic::Tires,
            Topic::None if day_value => Topic::Fitting,
            Topic::None => Topic::None,
        };
        if next == Topic::Fitting && self.topic != Topic::Fitting {
            self.fitting.said.clear();
        }
        self.topic = next;
    }

    fn hear_tire_values(&mut self, line: &Line) -> bool {
        let before = (self.tires.size, self.tires.season, self.tires.brand.clone());
        let mut heard = false;
        for value in &line.values {
            match value {
                Heard::TireSize(size) => self.tires.size = Some(*size),
                Heard::Season(season) => self.tires.season = Some(*season),
                Heard::Quantity(count) => self.tires.quantity = Some(*count),
                _ => continue,
            }
            heard = true;
        }
        if let Some(Ask::TakeSize(sizes)) = &self.pending {
            let nth = line.last(|value| match value {
                Heard::Ordinal(nth) => sizes.get((*nth as usize).saturating_sub(1)).copied(),
                _ => None,
            });
            self.tires.size = nth.or(self.tires.size);
            heard |= nth.is_some();
        }
        if (self.tires.size, self.tires.season) != (before.0, before.1) {
            // A new size is a new search, for which the old wish for a maker is forgotten only
            // when there was no such maker anyway.
            let missing = self.tires.found.as_ref().is_some_and(|found| found.no_brand.is_some());
            if missing {
                self.tires.brand = None;
            }
        }
        let half_size = |value: &Heard| matches!(value, Heard::Diameter(_) | Heard::Number(_));
        heard || (matches!(self.pending, Some(Ask::Size(_))) && line.values.iter().any(half_size))
    }

    fn hear_about_offers(&mut self, line: &Line) -> bool {
        let brand = line.last(|value| match value {
            Heard::Brand(brand) => Some(brand.clone()),
            _ => None,
        });
        let current = self
            .tires
            .found
            .as_ref()
            .filter(|found| Some(&found.asked) == self.criteria().as_ref());
        let items: Vec<Offer> = current.map(|found| found.items.clone()).unwrap_or_default();
        if let Some(brand) = brand {
            let offered = items.iter().find(|item| item.brand.eq_ignore_ascii_case(&brand));
            match offered {
                Some(offer) => self.act = Act::Stock(offer.clone()),
                None => self.tires.brand = Some(brand),
            }
            return true;
        }
        if items.is_empty() {
            return line.is(About::Tires) || line.is(About::Stock);
        }
        let heard_offers = super::decide::told(self);
        let nth = line.last(|value| match value {
            Heard::Ordinal(nth) => heard_offers.get((*nth as usize).saturating_sub(1)).cloned(),
            _ => None,
        });
        let named = items.iter().find(|item| {
            words_of(&item.model).iter().any(|word| word.len() > 3 && line.words.contains(word))
        });
        if let Some(offer) = nth.or(named.cloned()) {
            self.act = Act::Stock(offer);
        } else if line.is(About::Cheaper) {
            self.tires.view = View::Cheapest;
        } else if line.is(About::Dearer) {
            self.tires.view = View::Dearest;
        } else if line.is(About::Other) {
            self.tires.view = View::More;
            if self.tires.brand.take().is_some() {
                self.tires.view = View::Spread;
            }
        } else if self.hear_count(line) || line.is(About::Stock) {
            self.act = match (&self.tires.focus, heard_offers.as_slice()) {
                (Some(one), _) | (None, [one]) => Act::Stock(one.clone()),
                _ => Act::WhichTire,
            };
        } else {
            return line.is(About::Tires) || line.is(About::Anything);
        }
        true
    }

    /// "Four please": a count is a question about stock once there are offers.
    fn hear_count(&mut self, line: &Line) -> bool {
        let count = line.last(|value| match value {
            Heard::Quantity(count) => Some(*count),
            Heard::Number(digits) => digits.parse().ok(),
            _ => None,
        });
        let count = count.filter(|count| (1..=TIRES_MAX).contains(count));
        self.tires.quantity = count.or(self.tires.quantity);
        count.is_some()
    }

    /// What to change after a no to the read-back.
    fn hear_change(&mut self, line: &Line) -> bool {
        if !self.fitting.declined {
            return false;
        }
        let asks_place = line.is(About::Place);
        let asks_when = line.is(About::Day) || line.is(About::Time) || line.is(About::Later);
        let only = self.fitting.place.clone().filter(|_| self.fitting.places.len() == 1);
        if let Some(only) = only.filter(|_| asks_place) {
            self.notes.push(Tell::OnlyStation(only));
            self.ask_when_again();
        } else if asks_place {
            let state = &mut self.fitting;
            (state.place, state.slot, state.times) = (None, None, None);
            state.narrowed.clear();
            state.declined = false;
        } else if asks_when {
            self.ask_when_again();
        }
        let name = free_text::introduced_name(&line.text);
        if let Some(name) = &name {
            self.fitting.name = Some(name.clone());
            self.fitting.declined = false;
        }
        let as_it_was = line.is(About::Nothing) || line.is(About::Fitting);
        if as_it_was && !asks_place && !asks_when {
            self.fitting.declined = false;
        }
        asks_place || asks_when || as_it_was || name.is_some()
    }

    fn ask_when_again(&mut self) {
        let state = &mut self.fitting;
        (state.when, state.slot, state.times) = (When::default(), None, None);
        state.declined = false;
    }

    fn hear_place(&mut self, line: &Line) -> bool {
        if self.fitting.place.is_some() && !line.is(About::Place) {
            return false;
        }
        if self.fitting.places.is_empty() {
            // Nothing to match with yet: the stations come with the tool's answer.
            self.fitting.said.push(' ');
            let room = SAID_CHARS_MAX.saturating_sub(self.fitting.said.chars().count());
            self.fitting.said.extend(line.text.chars().take(room));
            return false;
        }
        if self.fitting.place.is_none() && self.narrow_places(&line.text) {
            return true;
        }
        if !matches!(self.pending, Some(Ask::Station(_))) || self.fitting.place.is_some() {
            return false;
        }
        let options = station_options(&self.candidates());
        let nth = line.last(|value| match value {
            Heard::Ordinal(nth) => Some(*nth as usize),
            Heard::Number(digits) => digits.parse().ok(),
            _ => None,
        });
        let nth = nth.or_else(|| line.is(About::Anything).then_some(1));
        if let Some((_, codes)) = nth.and_then(|nth| options.get(nth.checked_sub(1)?)) {
            self.fitting.narrowed.clone_from(codes);
            self.settle_place();
            return true;
        }
        let other_value = line.values.iter().any(|value| !matches!(value, Heard::Number(_)));
        if !other_value && (1..=PLACE_WORDS_MAX).contains(&line.words.len()) {
            self.fitting.query = Some(line.words.join(" "));
            return true;
        }
        false
    }

    fn hear_when(&mut self, line: &Line) -> bool {
        let date = line.last(|value| match value {
            Heard::Date(date) => Some(*date),
            _ => None,
        });
        let weekday = line.last(|value| match value {
            Heard::Weekday(day) => Some(*day),
            _ => None,
        });
        let time = line.last(|value| match value {
            Heard::Time(time) => Some(by_day(*time)),
            _ => None,
        });
        let earliest = line.values.contains(&Heard::Earliest);
        let time = time.or_else(|| self.time_asked_for(line));
        let near = [(About::Morning, 9), (About::Afternoon, 14), (About::Evening, 17)]
            .into_iter()
            .find(|(about, _)| line.is(*about))
            .and_then(|(_, hour)| NaiveTime::from_hms_opt(hour, 0, 0));
        let day = date.or_else(|| weekday.map(|day| first_weekday(day, self.today)));
        let nothing = day.is_none() && time.is_none() && near.is_none() && !earliest;
        if nothing {
            let again = self.fitting.times.is_some() && line.is(About::Later);
            if again {
                self.ask_when_again();
            }
            return again;
        }
        self.fitting.declined = false;
        self.fitting.slot = None;
        self.fitting.when.earliest = earliest;
        if earliest && day.is_none() {
            self.fitting.when = When { earliest, ..When::default() };
        }
        if let Some(day) = day {
            self.fitting.when.date = Some(day);
            // Only a date and a weekday together can contradict each other.
            self.fitting.when.weekday = weekday.filter(|_| date.is_some()).map(weekday_word);
            self.fitting.when.time = None;
        }
        self.fitting.when.time = time.or(self.fitting.when.time.filter(|_| near.is_none()));
        self.fitting.when.near = near;
        let offered = day.is_none() && time.is_some_and(|time| self.pick_time(time));
        if !offered {
            self.fitting.times = None;
        }
        true
    }

    /// A bare number or an ordinal where a time was asked for.
    fn time_asked_for(&self, line: &Line) -> Option<NaiveTime> {
        let Some(Ask::Time { times, .. }) = &self.pending else { return None };
        line.last(|value| match value {
            Heard::Ordinal(nth) => times.get((*nth as usize).checked_sub(1)?).copied(),
            Heard::Number(digits) => clock(digits),
            Heard::Quantity(count) => clock(&count.to_string()),
            _ => None,
        })
        .or_else(|| line.is(About::Anything).then(|| times.first().copied()).flatten())
    }
}

/// "10", "1020", "920" as a time of day.
fn clock(digits: &str) -> Option<NaiveTime> {
    let number: u32 = digits.parse().ok()?;
    let (hour, minute) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    NaiveTime::from_hms_opt(hour, minute, 0).map(by_day)
}

/// "At two" is two in the afternoon.
fn by_day(time: NaiveTime) -> NaiveTime {
    if (1..FIRST_HOUR).contains(&time.hour()) { time + Duration::hours(12) } else { time }
}

fn weekday_word(day: chrono::Weekday) -> &'static str {
    let monday = NaiveDate::default() + Duration::days(4); // 1970-01-05
    let date = monday + Duration::days(i64::from(day.num_days_from_monday()));
    WeekdayName::of(date).as_str()
}

/// The first such weekday after today: today itself cannot be booked.
fn first_weekday(day: chrono::Weekday, today: NaiveDate) -> NaiveDate {
    use chrono::Datelike as _;
    (1..=7)
        .map(|ahead| today + Duration::days(ahead))
        .find(|date| date.weekday() == day)
        .unwrap_or(today)
}
