//! Hours of a week: when somebody answers a telephone.

use chrono::{Datelike as _, Days, NaiveDateTime, NaiveTime, Timelike as _, Weekday};
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

    /// Its days, Monday is 1.
    pub fn weekdays(&self) -> impl Iterator<Item = i16> + '_ {
        (1..=7).zip(self.days).filter(|(_, on)| *on).map(|(day, _)| day)
    }

    /// From when until when.
    #[must_use]
    pub const fn times(&self) -> (NaiveTime, NaiveTime) {
        (self.from, self.until)
    }
}

/// The hours of single weekdays (Monday is 1) as stretches of a week: days in a row with the same
/// hours are one.
#[must_use]
pub fn stretches(mut hours: Vec<(i16, NaiveTime, NaiveTime)>) -> Vec<String> {
    hours.sort_unstable_by_key(|(day, from, until)| (*from, *until, *day));
    hours.dedup();
    let mut runs: Vec<(i16, i16, NaiveTime, NaiveTime)> = Vec::new();
    for (day, from, until) in hours.into_iter().filter(|(day, ..)| (1..=7).contains(day)) {
        match runs.last_mut() {
            Some((_, last, f, u)) if (*f, *u, *last + 1) == (from, until, day) => *last = day,
            _ => runs.push((day, day, from, until)),
        }
    }
    runs.sort_unstable();
    let name = |day: i16| DAYS[usize::try_from(day - 1).unwrap_or_default()].0;
    let end = |until: NaiveTime| match (until.hour(), until.minute(), until.second()) {
        (23, 59, 59) => "24:00".to_owned(),
        _ => until.format("%H:%M").to_string(),
    };
    let written = runs.into_iter().map(|(first, last, from, until)| {
        let days = if first == last {
            name(first).to_owned()
        } else {
            format!("{}-{}", name(first), name(last))
        };
        format!("{days} {}-{}", from.format("%H:%M"), end(until))
    });
    written.collect()
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
    fn hours_of_single_days_are_written_as_stretches_and_read_back() {
        let week = ["mon-fri 09:00-18:00", "sat 10:00-24:00"];
        let parsed = hours(&week);
        let days = parsed.0.iter().flat_map(|stretch| {
            let (from, until) = stretch.times();
            stretch.weekdays().map(move |day| (day, from, until)).collect::<Vec<_>>()
        });
        assert_eq!(stretches(days.collect()), week);
        assert_eq!(stretches(Vec::new()), Vec::<String>::new());
        let gaps = hours(&["mon 09:00-13:00", "mon 14:00-18:00", "wed 09:00-13:00"]);
        let days = gaps.0.iter().map(|s| (s.weekdays().next().unwrap(), s.times().0, s.times().1));
        let text = stretches(days.collect());
        assert_eq!(text, ["mon 09:00-13:00", "mon 14:00-18:00", "wed 09:00-13:00"]);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "mon", "mon 9-18", "noday 09:00-18:00", "mon 18:00-09:00", "mon-fri"] {
            assert!(text.parse::<Stretch>().is_err(), "{text}");
        }
    }
}
