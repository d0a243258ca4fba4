//! When somebody is there: the hours of several weeks laid over each other, less the holidays.

use super::WeekHours;
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

/// Steps of the search for the next opening. Each goes to the end of a holiday or to the next opening
/// of a week, so that this is more than two years of holidays in a row.
const STEPS_MAX: usize = 2_000;

/// Open when every one of the weeks is, and no holiday.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Each narrows the others.
    pub weeks: Vec<WeekHours>,
    /// First and last day, the last one included.
    pub closed: Vec<(NaiveDate, NaiveDate)>,
}

impl Opening {
    /// Is it open at this time of the shop's wall?
    #[must_use]
    pub fn is_open(&self, at: NaiveDateTime) -> bool {
        !self.is_closed_on(at.date()) && self.weeks.iter().all(|week| week.is_open(at))
    }

    fn is_closed_on(&self, day: NaiveDate) -> bool {
        self.closed.iter().any(|(first, last)| (*first..=*last).contains(&day))
    }

    /// The first moment from `at` on at which it is open, on the shop's wall; `at` itself if there
    /// is none within sight.
    #[must_use]
    pub fn next_open(&self, at: NaiveDateTime) -> NaiveDateTime {
        let mut moment = at;
        for _ in 0..STEPS_MAX {
            if self.is_closed_on(moment.date()) {
                let Some(next) = moment.date().checked_add_days(Days::new(1)) else { return at };
                moment = next.and_time(NaiveTime::MIN);
                continue;
            }
            let opens = self.weeks.iter().map(|week| week.next_open(moment)).max();
            match opens {
                Some(opens) if opens > moment => moment = opens,
                _ if self.is_open(moment) => return moment,
                // A week without any hours, or weeks that never meet.
                _ => return at,
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(stretches: &[&str]) -> WeekHours {
        WeekHours(stretches.iter().map(|text| text.parse().unwrap()).collect())
    }

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_holiday_closes_what_the_week_opens() {
        // The 24th of December 2026 is a Thursday.
        let shop = Opening {
            weeks: vec![week(&["mon-fri 09:00-18:00"])],
            closed: vec![(at("2026-12-24T00:00:00").date(), at("2026-12-25T00:00:00").date())],
        };
        assert!(shop.is_open(at("2026-12-23T12:00:00")));
        assert!(!shop.is_open(at("2026-12-24T12:00:00")));
        assert!(!shop.is_open(at("2026-12-25T12:00:00")));
        assert_eq!(shop.next_open(at("2026-12-24T12:00:00")), at("2026-12-28T09:00:00"));
        assert_eq!(shop.next_open(at("2026-12-23T12:00:00")), at("2026-12-23T12:00:00"));
    }

    #[test]
    fn each_week_narrows_the_others() {
        let weeks =
            vec![week(&["mon-fri 09:00-18:00"]), week(&["mon 12:00-20:00", "wed 08:00-10:00"])];
        let shop = Opening { weeks, closed: Vec::new() };
        assert!(!shop.is_open(at("2026-11-23T10:00:00")), "a Monday");
        assert!(shop.is_open(at("2026-11-23T12:00:00")));
        assert!(!shop.is_open(at("2026-11-23T18:00:00")));
        assert_eq!(shop.next_open(at("2026-11-23T18:00:00")), at("2026-11-25T09:00:00"));
    }

    #[test]
    fn nothing_said_is_always_open_and_weeks_that_never_meet_end_the_search() {
        assert!(Opening::default().is_open(at("2026-11-22T03:00:00")));
        let never = Opening {
            weeks: vec![week(&["mon 09:00-10:00"]), week(&["tue 09:00-10:00"])],
            closed: Vec::new(),
        };
        let now = at("2026-11-22T03:00:00");
        assert_eq!(never.next_open(now), now);
    }
}
