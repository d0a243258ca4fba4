//! The days that figures are of: days on the shop's wall, and no later than now.

use crate::chart::days::midnight;
use chrono::{
    DateTime, Datelike as _, Days, Months, NaiveDate, SubsecRound as _, TimeDelta, TimeZone as _,
    Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    /// One day.
    #[default]
    Day,
    /// From Monday to Sunday.
    Week,
    /// From the first to the last of a month.
    Month,
}

impl Span {
    /// The word in addresses and file names.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// From that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month].into_iter().find(|span| span.word() == word)
    }
}

/// Days of a shop, as far as they have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Range {
    /// How many days it was meant to be.
    pub span: Span,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The shop's zone.
    pub zone: Tz,
    /// Calls from this moment on are not looked at: the days are not over yet, or they are
    /// compared with days that are not.
    pub until: Option<DateTime<Utc>>,
    /// When they are looked at.
    pub seen_at: DateTime<Utc>,
}

impl Range {
    /// The day, week or month that holds `day`, seen at `now`.
    #[must_use]
    pub fn of(span: Span, day: NaiveDate, zone: Tz, now: DateTime<Utc>) -> Self {
        let (from, to) = match span {
            Span::Day => (day, day),
            Span::Week => {
                let monday = day - Days::new(day.weekday().num_days_from_monday().into());
                (monday, monday + Days::new(6))
            }
            Span::Month => {
                let first = day.with_day(1).unwrap_or(day);
                (first, first + Months::new(1) - Days::new(1))
            }
        };
        // Postgres and addresses keep millionths of a second.
        let now = now.trunc_subsecs(6);
        let over = midnight(to + Days::new(1), zone) <= now;
        Self { span, from, to, zone, until: (!over).then_some(now), seen_at: now }
    }

    /// The moments: from the first one to before the second.
    #[must_use]
    pub fn bounds(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let from = midnight(self.from, self.zone);
        let to = midnight(self.to + Days::new(1), self.zone);
        (from, self.until.map_or(to, |until| until.clamp(from, to)))
    }

    /// The days are not over yet.
    #[must_use]
    pub const fn partial(&self) -> bool {
        self.until.is_some()
    }

    /// What this is compared with: the same weekday or the week before, the month before. If
    /// these days are not over yet, up to the same hour on the wall.
    #[must_use]
    pub fn before(&self) -> Self {
        let back = |day: NaiveDate| match self.span {
            Span::Day | Span::Week => day - Days::new(7),
            Span::Month => day - Months::new(1),
        };
        let from = back(self.from);
        let to = match self.span {
            Span::Month => self.from - Days::new(1),
            Span::Day | Span::Week => back(self.to),
        };
        let until = self.until.map(|until| {
            let wall = until.with_timezone(&self.zone).naive_local();
            on_wall(back(wall.date()).and_time(wall.time()), self.zone)
        });
        Self { from, to, until, ..*self }
    }

    /// The days before and after, of the same length.
    #[must_use]
    pub fn neighbours(&self) -> (NaiveDate, NaiveDate) {
        (self.from - Days::new(1), self.to + Days::new(1))
    }

    /// One day of it.
    #[must_use]
    pub fn day(&self, day: NaiveDate) -> Self {
        Self { from: day, to: day, ..*self }
    }

    /// The same end, but so many days in all: for a line of days.
    #[must_use]
    pub fn stretched(&self, days: u64) -> Self {
        Self { from: self.to - Days::new(days.max(1) - 1), ..*self }
    }
}

/// The moment at which the wall shows `wall`; where clocks were put forward, an hour later.
fn on_wall(wall: chrono::NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let shown = |late| zone.from_local_datetime(&(wall + TimeDelta::hours(late))).earliest();
    shown(0)
        .or_else(|| shown(1))
        .map_or_else(|| wall.and_utc(), |moment| moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KYIV: Tz = chrono_tz::Europe::Kyiv;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn range(span: Span, day: &str, now: &str) -> Range {
        Range::of(span, day.parse().unwrap(), KYIV, at(now))
    }

    fn days(range: &Range) -> String {
        format!("{}..{}", range.from, range.to)
    }

    #[test]
    fn a_week_begins_on_monday_and_a_month_on_the_first() {
        let now = "2026-12-24T10:00:00Z";
        assert_eq!(days(&range(Span::Day, "2026-11-22", now)), "2026-11-22..2026-11-22");
        assert_eq!(days(&range(Span::Week, "2026-11-22", now)), "2026-11-16..2026-11-22");
        assert_eq!(days(&range(Span::Month, "2026-02-11", now)), "2026-02-01..2026-02-28");
    }

    #[test]
    fn what_is_over_is_whole_and_today_ends_now() {
        let whole = range(Span::Day, "2026-10-25", "2026-11-22T10:00:00Z");
        assert_eq!(whole.bounds(), (at("2026-10-24T21:00:00Z"), at("2026-10-25T22:00:00Z")));
        assert!(!whole.partial());
        let today = range(Span::Day, "2026-11-22", "2026-11-22T10:30:00Z");
        assert_eq!(today.bounds(), (at("2026-11-21T22:00:00Z"), at("2026-11-22T10:30:00Z")));
        // A day that has not begun holds nothing.
        let later = range(Span::Day, "2026-11-25", "2026-11-22T10:30:00Z");
        assert_eq!(later.bounds().0, later.bounds().1);
    }

    #[test]
    fn today_is_compared_with_the_same_weekday_up_to_the_same_hour_on_the_wall() {
        let before = range(Span::Day, "2026-10-29", "2026-10-29T10:30:00Z").before();
        assert_eq!(days(&before), "2026-10-22..2026-10-22");
        // 12:30 on the wall, which was summer time a week before.
        assert_eq!(before.until, Some(at("2026-10-22T09:30:00Z")));
        let month = range(Span::Month, "2026-03-31", "2026-03-31T10:00:00Z").before();
        assert_eq!(days(&month), "2026-02-01..2026-02-28");
        assert_eq!(month.until, Some(at("2026-02-28T11:00:00Z")));
        let week = range(Span::Week, "2026-11-04", "2026-12-01T00:00:00Z").before();
        assert_eq!((days(&week).as_str(), week.until), ("2026-10-26..2026-11-01", None));
    }
}
