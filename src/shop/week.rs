//! Hours of a week: when somebody answers a telephone.

use chrono::{Datelike as _, Days, NaiveDateTime, NaiveTime, Weekday};
use std::str::FromStr;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// One stretch of hours on some days of the week: `mon-fri 09:00-18:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// From Monday.
    days: [bool; 7],
    from: NaiveTime,
    until: NaiveTime,
}

impl FromStr for Stretch {
    type Err = &'static str;

    /// `mon-fri 09:00-18:00`, `sat 10:00-15:00`, `fri-mon 08:00-12:00`. The second time is not
    /// within the stretch any more; `24:00` is the end of the day.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must look like `mon-fri 09:00-18:00` or `sat 10:00-15:00`";
        let (days, hours) = text.trim().split_once(' ').ok_or(SHAPE)?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let day = |name: &str| DAYS.iter().position(|(word, _)| *word == name).ok_or(SHAPE);
        let (first, last) = (day(first)?, day(last)?);
        let mut on = [false; 7];
        let mut at = first;
        loop {
            on[at] = true;
            if at == last {
                break;
            }
            at = (at + 1) % 7;
        }
        let (from, until) = hours.trim().split_once('-').ok_or(SHAPE)?;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| SHAPE);
        let until = if until == "24:00" {
            NaiveTime::from_hms_opt(23, 59, 59).ok_or(SHAPE)?
        } else {
            time(until)?
        };
        let from = time(from)?;
        if from >= until {
            return Err("must end after it begins; write two stretches for a night");
        }
        Ok(Self { days: on, from, until })
    }
}

impl Stretch {
    fn is_on(&self, day: Weekday) -> bool {
        self.days[day.num_days_from_monday() as usize]
    }
}

/// The hours of a week. Without a stretch it is always open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeekHours(pub Vec<Stretch>);

impl WeekHours {
    /// Is it open at this time of the shop's wall?
    #[must_use]
    pub fn is_open(&self, at: NaiveDateTime) -> bool {
        self.0.is_empty()
            || self.0.iter().any(|stretch| {
                stretch.is_on(at.weekday())
                    && stretch.from <= at.time()
                    && at.time() < stretch.until
            })
    }

    /// The first moment from `at` on at which it is open, on the shop's wall.
    #[must_use]
    pub fn next_open(&self, at: NaiveDateTime) -> NaiveDateTime {
        if self.is_open(at) {
            return at;
        }
        let openings = (0..=7).filter_map(|days| at.date().checked_add_days(Days::new(days)));
        let openings = openings.flat_map(|day| {
            let on = self.0.iter().filter(move |stretch| stretch.is_on(day.weekday()));
            on.map(move |stretch| day.and_time(stretch.from))
        });
        openings.filter(|opening| *opening >= at).min().unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(stretches: &[&str]) -> WeekHours {
        WeekHours(stretches.iter().map(|text| text.parse().unwrap()).collect())
    }

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_open_within_its_hours_and_says_when_it_opens_next() {
        // The 23rd of November 2026 is a Monday.
        let shop = hours(&["mon-fri 09:00-18:00", "sat 10:00-15:00"]);
        assert!(shop.is_open(at("2026-11-23T09:00:00")));
        assert!(!shop.is_open(at("2026-11-23T18:00:00")));
        assert!(!shop.is_open(at("2026-11-22T12:00:00")), "a Sunday");
        assert_eq!(shop.next_open(at("2026-11-21T15:00:00")), at("2026-11-23T09:00:00"));
        assert_eq!(shop.next_open(at("2026-11-23T08:00:00")), at("2026-11-23T09:00:00"));
        assert_eq!(shop.next_open(at("2026-11-23T10:00:00")), at("2026-11-23T10:00:00"));
    }

    #[test]
    fn without_hours_it_is_always_open() {
        assert!(WeekHours::default().is_open(at("2026-11-22T03:00:00")));
    }

    #[test]
    fn days_may_go_over_the_weekend_and_a_day_may_end_at_midnight() {
        let late = hours(&["fri-mon 20:00-24:00"]);
        assert!(late.is_open(at("2026-11-22T23:30:00")), "a Sunday");
        assert!(!late.is_open(at("2026-11-24T23:30:00")), "a Tuesday");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "mon", "mon 9-18", "noday 09:00-18:00", "mon 18:00-09:00", "mon-fri"] {
            assert!(text.parse::<Stretch>().is_err(), "{text}");
        }
    }
}
