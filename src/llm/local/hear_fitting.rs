//! What a line says about a fitting: where and when.

use super::decide::station_options;
use super::free_text;
use super::hear::Line;
use super::keywords::About;
use super::reply::{Ask, Tell};
use super::talk::{Talk, When};
use crate::language::heard::Heard;
use crate::shop::WeekdayName;
use chrono::{Duration, NaiveDate, NaiveTime, Timelike as _};

/// Longer lines name a place among other things; the tool could not find that.
const PLACE_WORDS_MAX: usize = 5;
/// What is kept of earlier lines to match stations with, characters.
const SAID_CHARS_MAX: usize = 500;
/// Posts work by day: "at two" is the afternoon, hours before this are not the morning's.
const FIRST_HOUR: u32 = 8;

impl Talk {
    /// What to change after a no to the read-back.
    pub(super) fn hear_change(&mut self, line: &Line) -> bool {
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

    pub(super) fn ask_when_again(&mut self) {
        let state = &mut self.fitting;
        (state.when, state.slot, state.times) = (When::default(), None, None);
        state.declined = false;
    }

    pub(super) fn hear_place(&mut self, line: &Line) -> bool {
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

    pub(super) fn hear_when(&mut self, line: &Line) -> bool {
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
