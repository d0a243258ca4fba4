//! When a fitting can be booked by phone, and what weekday a day is.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// How far ahead a fitting can be booked, days after today: stations do not plan posts further.
pub const FITTING_DAYS_AHEAD_MAX: u64 = 21;

/// The days on which a fitting can be booked: tomorrow to [`FITTING_DAYS_AHEAD_MAX`] days ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FittingWindow {
    /// Today in the shop's zone; a fitting today is agreed with the station itself.
    pub today: NaiveDate,
    /// Tomorrow.
    pub first: NaiveDate,
    /// The last day, included.
    pub last: NaiveDate,
}

/// What is wrong with a day that someone wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayProblem {
    /// It is today: only the station itself can say.
    Today,
    /// It has gone by.
    Past,
    /// It is later than the last day that can be booked.
    TooFar,
}

impl FittingWindow {
    /// The window as it stands on `today`.
    #[must_use]
    pub fn on(today: NaiveDate) -> Self {
        let ahead = |days| today.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
        Self { today, first: ahead(1), last: ahead(FITTING_DAYS_AHEAD_MAX) }
    }

    /// Whether a fitting can be booked on `day`.
    ///
    /// # Errors
    /// Says why not.
    pub fn check(&self, day: NaiveDate) -> Result<(), DayProblem> {
        match day {
            day if day == self.today => Err(DayProblem::Today),
            day if day < self.today => Err(DayProblem::Past),
            day if day > self.last => Err(DayProblem::TooFar),
            _ => Ok(()),
        }
    }
}

/// A weekday as tools and results write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeekdayName {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl WeekdayName {
    /// The weekday of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        match day.weekday() {
            Weekday::Mon => Self::Mon,
            Weekday::Tue => Self::Tue,
            Weekday::Wed => Self::Wed,
            Weekday::Thu => Self::Thu,
            Weekday::Fri => Self::Fri,
            Weekday::Sat => Self::Sat,
            Weekday::Sun => Self::Sun,
        }
    }

    /// The three letters, as they are written in results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    /// The first day with this weekday that is not before `from`.
    #[must_use]
    pub fn first_from(self, from: NaiveDate) -> NaiveDate {
        (0..7)
            .filter_map(|days| from.checked_add_days(Days::new(days)))
            .find(|day| Self::of(*day) == self)
            .unwrap_or(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date of the test")
    }

    #[test]
    fn a_fitting_can_be_booked_from_tomorrow_for_three_weeks() {
        let window = FittingWindow::on(day("2026-11-22"));
        assert_eq!(window.check(day("2026-11-21")), Err(DayProblem::Past));
        assert_eq!(window.check(day("2026-11-22")), Err(DayProblem::Today));
        assert_eq!(window.check(day("2026-11-23")), Ok(()));
        assert_eq!(window.check(day("2026-12-13")), Ok(()));
        assert_eq!(window.check(day("2026-12-14")), Err(DayProblem::TooFar));
    }

    #[test]
    fn the_next_weekday_is_the_same_day_or_within_the_week() {
        let sunday = day("2026-11-22");
        assert_eq!(WeekdayName::of(sunday), WeekdayName::Sun);
        assert_eq!(WeekdayName::Sun.first_from(sunday), sunday);
        assert_eq!(WeekdayName::Sat.first_from(sunday), day("2026-11-28"));
    }

    #[test]
    fn the_end_of_the_calendar_is_no_panic() {
        let window = FittingWindow::on(NaiveDate::MAX);
        assert_eq!(window.check(NaiveDate::MAX), Err(DayProblem::Today));
    }
}
