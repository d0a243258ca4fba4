//! Which calls a figure counts, as an address: the same words open the list of exactly these.

use super::range::Range;
use crate::chart::days::midnight;
use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use std::fmt::Write as _;

/// The most characters of a word in a filter; no word of the log is longer.
const WORD_CHARS_MAX: usize = 100;

/// The most days that a list goes over: more than the rows of calls are kept.
const DAYS_MAX: i64 = 4_000;

/// Which calls. Nothing set: every live call of these days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFilter {
    /// The first day on the shop's wall.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Only calls before this moment.
    pub until: Option<DateTime<Utc>>,
    /// `counted`, `short`, `refused` or `open`.
    pub standing: Option<String>,
    /// How it ended.
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
    /// The hour on the wall in which it began.
    pub hour: Option<i32>,
    /// The weekday, Monday is 1.
    pub weekday: Option<i32>,
    /// `operator`: a person took it or it went to one; `agent`: neither.
    pub by: Option<String>,
    /// `yes` or `no`: did the same number phone again within a day? Hidden numbers are in neither.
    pub again: Option<String>,
    /// An answer took longer than this, milliseconds.
    pub slow_ms: Option<i32>,
    /// What else: `asked` (a person was wanted), `ours` (it ended through a fault of ours),
    /// `aside` (it goes on or was never served), `unpriced` (a step of it has no known price), `rated` (by the caller), `known_number`,
    /// `answered` (an answer of it was timed).
    pub only: Option<String>,
}

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
    pub const fn of(range: &Range) -> Self {
        Self {
            from: range.from,
            to: range.to,
            until: range.until,
            standing: None,
            outcome: None,
            scenario: None,
            stage: None,
            reached: None,
            reason: None,
            fate: None,
            service: None,
            hour: None,
            weekday: None,
            by: None,
            again: None,
            slow_ms: None,
            only: None,
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

    fn slot(&mut self, key: &str) -> Option<&mut Option<String>> {
        Some(match key {
            "standing" => &mut self.standing,
            "outcome" => &mut self.outcome,
            "scenario" => &mut self.scenario,
            "stage" => &mut self.stage,
            "reached" => &mut self.reached,
            "reason" => &mut self.reason,
            "fate" => &mut self.fate,
            "service" => &mut self.service,
            "by" => &mut self.by,
            "again" => &mut self.again,
            "only" => &mut self.only,
            _ => return None,
        })
    }

    /// The moments between which the calls began.
    #[must_use]
    pub fn bounds(&self, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        let from = midnight(self.from, zone);
        let to = midnight(self.to + Days::new(1), zone).max(from);
        (from, self.until.map_or(to, |until| until.clamp(from, to)))
    }

    /// As the query of an address, without the question mark.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut out = format!("from={}&to={}", self.from, self.to);
        if let Some(until) = self.until {
            pair(&mut out, "until", &until.to_rfc3339_opts(SecondsFormat::Micros, true));
        }
        let words = [
            ("standing", &self.standing),
            ("outcome", &self.outcome),
            ("scenario", &self.scenario),
            ("stage", &self.stage),
            ("reached", &self.reached),
            ("reason", &self.reason),
            ("fate", &self.fate),
            ("service", &self.service),
            ("by", &self.by),
            ("again", &self.again),
            ("only", &self.only),
        ];
        for (key, value) in words {
            if let Some(value) = value {
                pair(&mut out, key, value);
            }
        }
        let numbers = [("hour", self.hour), ("weekday", self.weekday), ("slow_ms", self.slow_ms)];
        for (key, value) in numbers {
            if let Some(value) = value {
                pair(&mut out, key, &value.to_string());
            }
        }
        out
    }

    /// From the pairs of an address. Pairs that belong to others are not looked at; without days
    /// it is `today`.
    ///
    /// # Errors
    /// A value that cannot be meant.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        today: NaiveDate,
    ) -> Result<Self, FilterError> {
        let mut days = (None, None);
        let whole = Range {
            span: super::Span::Day,
            from: today,
            to: today,
            zone: Tz::UTC,
            until: None,
            seen_at: DateTime::UNIX_EPOCH,
        };
        let mut filter = Self::of(&whole);
        for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let wrong = || FilterError { key: key.into(), value: value.chars().take(40).collect() };
            let number = |lo: i32, hi: i32| {
                let number = value.parse().ok().filter(|number| (lo..=hi).contains(number));
                number.map(Some).ok_or_else(wrong)
            };
            match key {
                "from" => days.0 = Some(value.parse().map_err(|_| wrong())?),
                "to" => days.1 = Some(value.parse().map_err(|_| wrong())?),
                "until" => filter.until = Some(value.parse().map_err(|_| wrong())?),
                "hour" => filter.hour = number(0, 23)?,
                "weekday" => filter.weekday = number(1, 7)?,
                "slow_ms" => filter.slow_ms = number(0, 3_600_000)?,
                word => {
                    if let Some(slot) = filter.slot(word) {
                        if value.chars().count() > WORD_CHARS_MAX || value.contains('\0') {
                            return Err(wrong());
                        }
                        *slot = Some(value.to_owned());
                    }
                }
            }
        }
        filter.from = days.0.or(days.1).unwrap_or(today);
        filter.to = days.1.or(days.0).unwrap_or(today);
        let long = (filter.to - filter.from).num_days();
        // Outside these years a date has no place on a calendar that Postgres keeps, too.
        let sound = |day: NaiveDate| (1970..=9000).contains(&chrono::Datelike::year(&day));
        if !(0..=DAYS_MAX).contains(&long) || !sound(filter.from) || !sound(filter.to) {
            let value = format!("{}..{}", filter.from, filter.to);
            return Err(FilterError { key: "from".into(), value });
        }
        Ok(filter)
    }
}

fn pair(out: &mut String, key: &str, value: &str) {
    let _ = write!(out, "&{key}=");
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Span;
    use super::*;

    fn range() -> Range {
        let now = "2026-11-22T10:30:00.123456Z".parse().unwrap();
        Range::of(Span::Day, "2026-11-22".parse().unwrap(), chrono_tz::Europe::Kyiv, now)
    }

    fn read(query: &str) -> Result<CallFilter, FilterError> {
        let pairs: Vec<(String, String)> =
            axum::extract::Query::<Vec<(String, String)>>::try_from_uri(
                &format!("/calls?{query}").parse().unwrap(),
            )
            .unwrap()
            .0;
        let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        CallFilter::from_pairs(pairs, "2026-11-22".parse().unwrap())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let hard = CallFilter::counted(&range())
            .with("reason", "a&b=c d%+\"<script>")
            .with("stage", "time_selection")
            .with("only", "ours");
        let hard = CallFilter { hour: Some(9), weekday: Some(7), slow_ms: Some(2500), ..hard };
        for filter in [CallFilter::of(&range()), hard] {
            let query = filter.to_query();
            assert!(query.is_ascii() && !query.contains(['"', '<', ' ', '+']), "{query}");
            assert_eq!(read(&query), Ok(filter), "{query}");
        }
    }

    #[test]
    fn a_wrong_value_is_named_and_a_foreign_word_is_left_alone() {
        assert!(read("page=3&outcome=").unwrap().outcome.is_none());
        for wrong in [
            "hour=24",
            "weekday=0",
            "from=yesterday",
            "until=1",
            "slow_ms=-1",
            "from=2026-11-22&to=2026-11-01",
            "from=0001-01-01&to=2026-11-01",
            "from=%2B262142-12-31",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read(&format!("reason={}", "x".repeat(101))).is_err());
        assert_eq!(read("to=2026-11-20").unwrap().from.to_string(), "2026-11-20");
    }
}
