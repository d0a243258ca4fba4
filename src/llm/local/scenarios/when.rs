//! When: days and times of a fitting, for a new booking and for one that is moved.

use super::{Topic, spread};
use crate::language::heard::Heard;
use crate::llm::local::keywords::About;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Tell};
use crate::llm::local::results::{date, rows, time};
use crate::llm::local::talk::Talk;
use crate::shop::WeekdayName;
use chrono::{Duration, NaiveDate, NaiveTime, Timelike as _};
use serde_json::{Value, json};

/// Times that are named; the others can still be asked for.
const TIMES_NAMED_MAX: usize = 3;
/// Tyres that were just bought are fitted within so many days of their coming.
const DAYS_AFTER_DELIVERY: i64 = 6;
/// Posts work by day: "at two" is the afternoon, hours before this are not the morning's.
const FIRST_HOUR: u32 = 8;

/// When the caller wants to come.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::llm::local) struct When {
    date: Option<NaiveDate>,
    weekday: Option<&'static str>,
    time: Option<NaiveTime>,
    /// "In the afternoon": a time to be near, never taken as said.
    near: Option<NaiveTime>,
    earliest: bool,
}

/// The days with their times that the last `get_fitting_slots` offered.
type Days = Vec<(NaiveDate, Vec<NaiveTime>)>;

/// The times of one purpose.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Timing {
    /// Whose times they are.
    pub(in crate::llm::local) of: Topic,
    when: When,
    times: Option<Days>,
    pub(super) slot: Option<(NaiveDate, NaiveTime)>,
}

impl Timing {
    pub(in crate::llm::local) fn of(topic: Topic) -> Self {
        Self { of: topic, ..Self::default() }
    }

    /// Forgets what was offered, not what was wished.
    pub(super) fn look_again(&mut self) {
        (self.times, self.slot) = (None, None);
    }

    /// The caller named a day before this one.
    pub(super) fn wishes_before(&self, first: NaiveDate) -> bool {
        self.when.date.is_some_and(|date| date < first)
    }
}

impl Talk {
    /// What is to be done to find a time at a station.
    pub(super) fn next_about_time(&self, station_code: &str, contract: Option<&str>) -> Move {
        let wish = &self.timing.when;
        if let Some(days) = &self.timing.times {
            return match days.first() {
                Some((date, times)) => {
                    Move::ask(Ask::Time { date: *date, times: self.named_times(times) })
                }
                None => Move::both(
                    Tell::NothingFree,
                    Ask::WishSlot(wish.date.or_else(|| self.today.succ_opt()).unwrap_or_default()),
                ),
            };
        }
        if *wish == When::default() {
            return Move::ask(Ask::When);
        }
        let mut args = json!({ "station_id": station_code });
        if let Some(date) = wish.date {
            args["date_from"] = json!(date);
            args["date_to"] = json!(date);
            if let Some(weekday) = wish.weekday {
                args["weekday"] = json!(weekday);
            }
        } else if let Some(first) = self.bought_from() {
            args["date_from"] = json!(first);
            args["date_to"] = json!(first + Duration::days(DAYS_AFTER_DELIVERY));
        }
        if let Some(time) = wish.time.or(wish.near) {
            args["time"] = json!(time.format("%H:%M").to_string());
        }
        if let Some(contract) = contract {
            args["storage_contract"] = json!(contract);
        }
        Move::call("get_fitting_slots", args)
    }

    /// The times that are named: those nearest to a wish, otherwise spread over the day.
    fn named_times(&self, times: &[NaiveTime]) -> Vec<NaiveTime> {
        let wish = &self.timing.when;
        let Some(near) = wish.time.or(wish.near) else { return spread(times, TIMES_NAMED_MAX) };
        let mut nearest = times.to_vec();
        nearest.sort_by_key(|time| (*time - near).num_seconds().abs());
        nearest.truncate(TIMES_NAMED_MAX);
        nearest.sort_unstable();
        nearest
    }

    pub(super) fn ask_when_again(&mut self) {
        self.timing = Timing::of(self.timing.of);
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
        let earliest = line.values.contains(&Heard::Earliest)
            || names_nearest_time(line)
            || (self.pending == Some(Ask::When) && line.is(About::Anything));
        let time =
            line.time().map(|time| by_day_of(line, time)).or_else(|| self.time_asked_for(line));
        let near = [(About::Morning, 9), (About::Afternoon, 14), (About::Evening, 17)]
            .into_iter()
            .find(|(about, _)| line.is(*about))
            .and_then(|(_, hour)| NaiveTime::from_hms_opt(hour, 0, 0));
        let day = date.or_else(|| weekday.map(|day| first_weekday(day, self.today)));
        let day_in_question = self.day_in_question();
        if day.is_none() && time.is_none() && near.is_none() && !earliest {
            let again = self.timing.times.is_some() && line.is(About::Later);
            if again {
                self.ask_when_again();
            }
            return again;
        }
        let wish = &mut self.timing.when;
        self.timing.slot = None;
        wish.earliest = earliest;
        if earliest && day.is_none() {
            *wish = When { earliest, ..When::default() };
        }
        if let Some(day) = day {
            wish.date = Some(day);
            // Only a date and a weekday together can contradict each other.
            wish.weekday = weekday.filter(|_| date.is_some()).map(weekday_word);
            wish.time = None;
        }
        if day.is_none() && time.is_some() {
            wish.date = wish.date.or(day_in_question);
        }
        wish.time = time.or(wish.time.filter(|_| near.is_none()));
        wish.near = near;
        let offered = day.is_none() && time.is_some_and(|time| self.pick_time(time));
        if !offered {
            self.timing.times = None;
        }
        true
    }

    /// The day whose times were named last, or the one that was taken: a bare time means this day.
    fn day_in_question(&self) -> Option<NaiveDate> {
        match &self.pending {
            Some(Ask::Time { date, .. }) => Some(*date),
            _ => self.timing.slot.map(|(date, _)| date),
        }
    }

    /// A bare number or an ordinal where a time was asked for.
    fn time_asked_for(&self, line: &Line) -> Option<NaiveTime> {
        let Some(Ask::Time { times, .. }) = &self.pending else { return None };
        line.last(|value| match value {
            Heard::Ordinal(nth) => times.get((*nth as usize).checked_sub(1)?).copied(),
            Heard::Number(digits) => clock(digits),
            Heard::Quantity(count) => clock(&count.to_string()),
            Heard::Diameter(hour) => clock(&hour.to_string()),
            _ => None,
        })
        .or_else(|| line.is(About::Anything).then(|| times.first().copied()).flatten())
    }

    /// A yes or no to the questions about a time.
    pub(super) fn answer_when(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        match (ask, yes) {
            (Ask::When, true) => self.timing.when.earliest = true,
            (Ask::When, false) => return Some(false),
            // "Yes" to a single time takes it.
            (Ask::Time { date, times }, true) => {
                let [only] = times.as_slice() else { return Some(false) };
                self.take_slot(*date, *only);
            }
            (Ask::Time { .. }, false) => self.ask_when_again(),
            _ => return None,
        }
        Some(true)
    }

    pub(super) fn learn_slots(&mut self, args: &Value, result: &Value) {
        if !matches!(self.topic, Topic::Fitting | Topic::Change) {
            self.turn_to(Topic::Fitting);
        }
        let days: Days = rows(&result["days"])
            .iter()
            .filter_map(|day| {
                Some((date(&day["date"])?, rows(&day["times"]).iter().filter_map(time).collect()))
            })
            .collect();
        let wish = self.timing.when.clone();
        self.timing.times = Some(days);
        if result["reason"].is_string() {
            let asked = date(&args["date_from"]);
            self.notes.extend(asked.map(Tell::DayFull));
            self.timing.when.date = None;
            self.timing.when.weekday = None;
            return;
        }
        let earliest = &result["earliest"];
        if wish.earliest {
            if let (Some(date), Some(time)) = (date(&earliest["date"]), time(&earliest["time"])) {
                self.take_slot(date, time);
            }
        } else if let Some(wanted) = wish.time
            && !self.pick_time(wanted)
        {
            self.notes.push(Tell::TimeNotFree(wanted));
        }
    }

    /// Takes a time that was offered, on the wished day or the first that has it.
    fn pick_time(&mut self, wanted: NaiveTime) -> bool {
        let day = self.timing.when.date;
        let days = self.timing.times.as_deref().unwrap_or_default();
        let date = days.iter().find_map(|(date, times)| {
            let fits = times.contains(&wanted) && day.is_none_or(|day| day == *date);
            fits.then_some(*date)
        });
        if let Some(date) = date {
            self.take_slot(date, wanted);
        }
        date.is_some()
    }

    /// Takes a slot and says so.
    fn take_slot(&mut self, date: NaiveDate, time: NaiveTime) {
        self.timing.slot = Some((date, time));
        self.notes.push(Tell::Slot { date, time });
    }

    /// Refusals about a day or a time.
    pub(super) fn refused_when(&mut self, args: &Value, code: &str) -> bool {
        match code {
            "day_is_today" => {
                self.ask_when_again();
                self.notes.push(Tell::Today);
            }
            "day_is_past" | "day_too_far" | "bad_date" | "bad_time" => {
                self.ask_when_again();
                self.notes.push(Tell::OutsideWindow);
            }
            "weekday_mismatch" => {
                self.ask_when_again();
                self.notes.extend(date(&args["date_from"]).map(Tell::WeekdayWrong));
            }
            "slot_taken" | "slot_not_offered" => {
                if code == "slot_taken" {
                    self.notes.push(Tell::SlotTaken);
                }
                let day = self.timing.slot.map(|(day, _)| day);
                self.timing.when = When { date: day, ..When::default() };
                self.timing.look_again();
                // Asking for the same day again in this turn is right now: it has changed.
                self.calls.retain(|(tool, _)| tool != "get_fitting_slots");
            }
            _ => return false,
        }
        true
    }
}

/// "10", "1020", "920" as a time of day.
fn clock(digits: &str) -> Option<NaiveTime> {
    let number: u32 = digits.parse().ok()?;
    let (hour, minute) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    NaiveTime::from_hms_opt(hour, minute, 0).map(by_day)
}

/// "The nearest time", also where a place is named beside it.
fn names_nearest_time(line: &Line) -> bool {
    const NOUNS: [&str; 9] = ["час", "дат", "день", "вікн", "время", "окн", "time", "date", "slot"];
    line.words.iter().enumerate().any(|(at, word)| {
        let nearest = ["найближч", "ближайш", "nearest"].iter().any(|stem| word.starts_with(stem));
        let mut after = line.words.iter().skip(at + 1).take(2);
        nearest && after.any(|next| NOUNS.iter().any(|noun| next.starts_with(noun)))
    })
}

/// "At two" is two in the afternoon.
fn by_day(time: NaiveTime) -> NaiveTime {
    if (1..FIRST_HOUR).contains(&time.hour()) { time + Duration::hours(12) } else { time }
}

/// The same, unless the caller says that the night or the early morning is meant: "at 3 am".
fn by_day_of(line: &Line, time: NaiveTime) -> NaiveTime {
    const BEFORE_NOON: [&str; 8] = ["am", "a.m", "a.m.", "ночі", "ночи", "ранку", "утра", "night"];
    let night = line.words.iter().any(|word| BEFORE_NOON.contains(&word.as_str()));
    if night { time } else { by_day(time) }
}

fn weekday_word(day: chrono::Weekday) -> &'static str {
    let monday = NaiveDate::default() + Duration::days(4); // 1970-01-05
    let date = monday + Duration::days(i64::from(day.num_days_from_monday()));
    WeekdayName::of(date).as_str()
}

/// The first such weekday after today: today itself cannot be booked.
fn first_weekday(day: chrono::Weekday, today: NaiveDate) -> NaiveDate {
    crate::language::heard::nearest_weekday(today, day)
}
