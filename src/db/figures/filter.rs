//! Which calls a figure counts, as an address: the same words open the list of exactly these.

use super::range::Range;
use crate::chart::days::midnight;
use crate::db::desk::calls::Filter;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use std::fmt::Write as _;

/// The most characters of a word in a filter; no word of the log is longer.
const WORD_CHARS_MAX: usize = 100;
/// The most days that a list goes over: more than the rows of calls are kept.
const DAYS_MAX: i64 = 4_000;
/// Days that a list goes back by itself, and that words are looked for in: the lines of a call are
/// kept about as long. Each month more is one more table to read.
pub const WINDOW_DAYS: u64 = 92;
/// How far another machine's clock may be ahead: its calls are still in the list.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// How far a call came in what the shop sells, in the order of the talk; who came to one stage had
/// come to those before it.
pub const FUNNEL: [&str; 8] = [
    "greeting",
    "tire_search",
    "station_selection",
    "time_selection",
    "details",
    "order_items",
    "delivery",
    "confirmation",
];

/// Which calls. Nothing set: every call of the last [`WINDOW_DAYS`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// The first day on the shop's wall.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// Only calls before this moment.
    pub until: Option<DateTime<Utc>>,
    /// `live`, `demo`, `test`; figures count the live ones.
    pub origin: Option<String>,
    /// `phone`, `chat`, …
    pub channel: Option<String>,
    /// The language at the end.
    pub language: Option<String>,
    /// `counted`, `short`, `refused` or `open`.
    pub standing: Option<String>,
    /// How it ended; `open`: not yet.
    pub outcome: Option<String>,
    /// What it was about; `none`: nothing that is known.
    pub scenario: Option<String>,
    /// Where a call that settled nothing ended.
    pub stage: Option<String>,
    /// It came as far as this stage, or farther.
    pub reached: Option<String>,
    /// Why a person was wanted.
    pub reason: Option<String>,
    /// What came of that.
    pub fate: Option<String>,
    /// What was sold in it and stands; `any`: anything.
    pub service: Option<String>,
    /// What it made, whatever became of that: `order`, `booking`.
    pub made: Option<String>,
    /// `operator`: a person took it or it went to one; `agent`: neither.
    pub by: Option<String>,
    /// `yes` or `no`: did the same number phone again within a day? Hidden numbers are in neither.
    pub again: Option<String>,
    /// A criterion of quality that it missed.
    pub missed: Option<String>,
    /// A kind of provider that it cost something.
    pub paid: Option<String>,
    /// What else: `asked` (a person was wanted), `ours` (it ended through a fault of ours),
    /// `aside` (it goes on or was never served), `unpriced` (a step of it has no known price),
    /// `rated` (by the caller), `judged` (its quality), `poor` (judged as poor), `known_number`,
    /// `answered` (an answer of it was timed).
    pub only: Option<String>,
    /// The end of the caller's number, as somebody types it.
    pub number: Option<String>,
    /// Words of the transcript.
    pub words: Option<String>,
    /// The hour on the wall in which it began.
    pub hour: Option<i32>,
    /// The weekday, Monday is 1.
    pub weekday: Option<i32>,
    /// An answer took longer than this, milliseconds.
    pub slow_ms: Option<i32>,
}

/// Everything of a filter that is a word, in the order of its address.
macro_rules! words {
    ($($name:ident),*) => {
        const WORDS: &[&str] = &[$(stringify!($name)),*];

        impl CallFilter {
            fn slot(&mut self, key: &str) -> Option<&mut Option<String>> {
                match key {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }

            /// What stands under a key, if that is a word and set.
            #[must_use]
            pub fn word(&self, key: &str) -> Option<&str> {
                match key {
                    $(stringify!($name) => self.$name.as_deref(),)*
                    _ => None,
                }
            }
        }
    };
}

words!(
    origin, channel, language, standing, outcome, scenario, stage, reached, reason, fate, service,
    made, by, again, missed, paid, only, number, words
);

/// A filter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value:?} is not a filter of calls")]
pub struct FilterError {
    /// The word before the equals sign.
    pub key: String,
    /// What stood after it.
    pub value: String,
}

impl CallFilter {
    /// Every live call of these days.
    #[must_use]
    pub fn of(range: &Range) -> Self {
        Self {
            from: Some(range.from),
            to: Some(range.to),
            until: range.until,
            origin: Some("live".into()),
            ..Self::default()
        }
    }

    /// Calls that are in the rates.
    #[must_use]
    pub fn counted(range: &Range) -> Self {
        Self { standing: Some("counted".into()), ..Self::of(range) }
    }

    /// Sets one of the words.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if let Some(slot) = self.slot(key) {
            *slot = Some(value);
        }
        self
    }

    /// Every word that is set, with its key, in the order of the address.
    pub fn words_set(&self) -> impl Iterator<Item = (&'static str, &str)> {
        WORDS.iter().filter_map(|key| self.word(key).map(|value| (*key, value)))
    }

    /// The same without what stands under a key.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        match key {
            "hour" => self.hour = None,
            "weekday" => self.weekday = None,
            "slow_ms" => self.slow_ms = None,
            "until" => self.until = None,
            word => {
                if let Some(slot) = self.slot(word) {
                    *slot = None;
                }
            }
        }
        self
    }

    /// The moments between which the calls began. Without a first day the list goes back
    /// [`WINDOW_DAYS`], and words are looked for no further.
    #[must_use]
    pub fn bounds(&self, zone: Tz, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let to = self.to.map_or(now + AHEAD, |day| midnight(day + Days::new(1), zone));
        let window = to - Days::new(WINDOW_DAYS);
        let from = self.from.map_or(window, |day| midnight(day, zone));
        let from = if self.words.is_some() { from.max(window) } else { from };
        let to = to.max(from);
        (from, self.until.map_or(to, |until| until.clamp(from, to)))
    }

    /// What it asks of the database.
    #[must_use]
    pub fn asks(&self, zone: Tz, now: DateTime<Utc>) -> Filter {
        let (from, to) = self.bounds(zone, now);
        let all = self.clone();
        Filter {
            from: Some(from),
            to: Some(to),
            outcome: all.outcome,
            origin: all.origin,
            channel: all.channel,
            language: all.language,
            scenario: all.scenario,
            digits: all.number.as_deref().and_then(digits),
            words: all.words,
            made: all.made,
            standing: all.standing,
            stage: all.stage,
            reached: all.reached,
            reason: all.reason,
            fate: all.fate,
            service: all.service,
            hour: all.hour,
            weekday: all.weekday,
            by: all.by,
            again: all.again,
            slow_ms: all.slow_ms,
            only: all.only,
            missed: all.missed,
            paid: all.paid,
        }
    }

    /// As the query of an address, without the question mark.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut out = String::new();
        let days = [("from", self.from), ("to", self.to)];
        for (key, day) in days {
            if let Some(day) = day {
                pair(&mut out, key, &day.to_string());
            }
        }
        if let Some(until) = self.until {
            pair(&mut out, "until", &until.to_rfc3339_opts(SecondsFormat::Micros, true));
        }
        for (key, value) in self.words_set() {
            pair(&mut out, key, value);
        }
        let numbers = [("hour", self.hour), ("weekday", self.weekday), ("slow_ms", self.slow_ms)];
        for (key, value) in numbers {
            if let Some(value) = value {
                pair(&mut out, key, &value.to_string());
            }
        }
        out
    }

    /// From the pairs of an address. Pairs that belong to others are not looked at.
    ///
    /// # Errors
    /// A value that cannot be meant.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        for (key, value) in pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
            let wrong = || FilterError { key: key.into(), value: value.chars().take(40).collect() };
            let number = |lo: i32, hi: i32| {
                let number = value.parse().ok().filter(|number| (lo..=hi).contains(number));
                number.map(Some).ok_or_else(wrong)
            };
            let day = || value.parse().map(Some).map_err(|_| wrong());
            match key {
                "from" => filter.from = day()?,
                "to" => filter.to = day()?,
                "until" => filter.until = Some(value.parse().map_err(|_| wrong())?),
                "hour" => filter.hour = number(0, 23)?,
                "weekday" => filter.weekday = number(1, 7)?,
                "slow_ms" => filter.slow_ms = number(0, 3_600_000)?,
                word => {
                    if let Some(slot) = filter.slot(word) {
                        if value.chars().count() > WORD_CHARS_MAX || value.contains('\0') {
                            return Err(wrong());
                        }
                        // What somebody typed may have spaces around it.
                        let typed = matches!(word, "words" | "number");
                        *slot = Some(if typed { value.trim() } else { value }.to_owned());
                    }
                }
            }
        }
        filter.sound()
    }

    /// Days that a calendar and Postgres have, in their order.
    fn sound(self) -> Result<Self, FilterError> {
        let known = |day: NaiveDate| (1970..=9000).contains(&day.year());
        let sound = self.from.is_none_or(known) && self.to.is_none_or(known);
        let long = self.from.zip(self.to).map_or(0, |(from, to)| (to - from).num_days());
        if sound && (0..=DAYS_MAX).contains(&long) {
            return Ok(self);
        }
        let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let value = format!("{}..{}", day(self.from), day(self.to));
        Err(FilterError { key: "from".into(), value })
    }
}

/// The digits of a number that somebody typed. Written at home, a number begins with a nought that
/// is not in the database.
fn digits(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let digits = if digits.len() == 10 { digits.trim_start_matches('0') } else { &digits };
    (!digits.is_empty()).then(|| digits.to_owned())
}

fn pair(out: &mut String, key: &str, value: &str) {
    let between = if out.is_empty() { "" } else { "&" };
    let _ = write!(out, "{between}{key}=");
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests;
