//! Names along an axis of time. A day begins at its midnight on the shop's wall, so it may have 23
//! or 25 hours; where a clock was put forward over midnight it begins when the clock goes on.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Clocks are put forward by no more than this, minutes.
const GAP_MINUTES_MAX: i64 = 24 * 60;

/// A named place on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where: seconds since 1970 on an axis of moments, a number on an axis of days.
    pub at: f64,
    /// Its name.
    pub name: String,
}

/// The first moment of a day in `zone`.
#[must_use]
pub fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let wall = day.and_time(NaiveTime::MIN);
    let shown =
        |minutes| zone.from_local_datetime(&(wall + TimeDelta::minutes(minutes))).earliest();
    // A quarter of an hour divides every shift that was ever made.
    (0..=GAP_MINUTES_MAX / 15)
        .find_map(|quarter| shown(quarter * 15))
        .map_or_else(|| wall.and_utc(), |moment| moment.with_timezone(&Utc))
}

/// How many seconds a day has in `zone`.
#[must_use]
pub fn seconds_of(day: NaiveDate, zone: Tz) -> i64 {
    (midnight(day + Days::new(1), zone) - midnight(day, zone)).num_seconds()
}

/// The midnights between two moments, at most `most` of them: every day, every second, every week
/// (Mondays), every second week, or the first of every month. `name` writes a date.
#[must_use]
pub fn midnights(
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    zone: Tz,
    most: usize,
    name: &dyn Fn(NaiveDate) -> String,
) -> Vec<Tick> {
    let (first, last) =
        (from.with_timezone(&zone).date_naive(), to.with_timezone(&zone).date_naive());
    thinned(first, last, most)
        .into_iter()
        .map(|day| (midnight(day, zone), day))
        .filter(|(at, _)| *at >= from && *at <= to)
        .map(|(at, day)| Tick { at: at.timestamp() as f64, name: name(day) })
        .collect()
}

/// Names of days on an axis where each has the same room and its number from 0 for a place.
#[must_use]
pub fn numbered(
    first: NaiveDate,
    last: NaiveDate,
    most: usize,
    name: &dyn Fn(NaiveDate) -> String,
) -> Vec<Tick> {
    thinned(first, last, most)
        .into_iter()
        .map(|day| Tick { at: (day - first).num_days() as f64, name: name(day) })
        .collect()
}

fn thinned(first: NaiveDate, last: NaiveDate, most: usize) -> Vec<NaiveDate> {
    // 40 years: more days than any picture has room for.
    let days: Vec<NaiveDate> =
        first.iter_days().take_while(|day| *day <= last).take(14_610).collect();
    let rules: [fn(i64, NaiveDate) -> bool; 6] = [
        |_, _| true,
        |number, _| number % 2 == 0,
        |_, day| day.weekday().num_days_from_monday() == 0,
        |_, day| day.weekday().num_days_from_monday() == 0 && day.iso_week().week() % 2 == 0,
        |_, day| day.day() == 1,
        |_, day| day.ordinal() == 1,
    ];
    for rule in rules {
        let kept: Vec<NaiveDate> =
            days.iter().copied().filter(|day| rule((*day - first).num_days(), *day)).collect();
        if kept.len() <= most {
            return kept;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KYIV: Tz = chrono_tz::Europe::Kyiv;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_has_the_hours_that_its_zone_gives_it() {
        assert_eq!(seconds_of(day("2026-03-29"), KYIV), 23 * 3600);
        assert_eq!(seconds_of(day("2026-10-25"), KYIV), 25 * 3600);
        assert_eq!(seconds_of(day("2026-11-22"), KYIV), 24 * 3600);
    }

    #[test]
    fn a_day_whose_midnight_was_skipped_begins_when_the_clock_goes_on() {
        // In Havana clocks go from 0:00 to 1:00.
        let began = midnight(day("2026-03-08"), chrono_tz::America::Havana);
        assert_eq!(began.to_rfc3339(), "2026-03-08T05:00:00+00:00");
        // Samoa had no 30 December 2011 at all: that day has no second.
        assert_eq!(seconds_of(day("2011-12-30"), chrono_tz::Pacific::Apia), 0);
    }

    #[test]
    fn ticks_stand_at_the_midnights_of_the_shop_also_when_the_clocks_change() {
        let moments = (midnight(day("2026-03-28"), KYIV), midnight(day("2026-03-31"), KYIV));
        let ticks = midnights(moments, KYIV, 10, &|day| day.format("%d.%m").to_string());
        let names: Vec<&str> = ticks.iter().map(|tick| tick.name.as_str()).collect();
        assert_eq!(names, ["28.03", "29.03", "30.03", "31.03"]);
        let hours: Vec<f64> =
            ticks.windows(2).map(|two| (two[1].at - two[0].at) / 3600.0).collect();
        assert_eq!(hours, [24.0, 23.0, 24.0]);
    }

    #[test]
    fn many_days_are_thinned_to_mondays_and_firsts_of_months() {
        let name = |day: NaiveDate| day.format("%d.%m").to_string();
        let named = |first: &str, last: &str| -> Vec<String> {
            numbered(day(first), day(last), 8, &name).into_iter().map(|tick| tick.name).collect()
        };
        assert_eq!(
            named("2026-11-01", "2026-11-30"),
            ["02.11", "09.11", "16.11", "23.11", "30.11"]
        );
        assert_eq!(named("2026-07-15", "2026-11-30"), ["01.08", "01.09", "01.10", "01.11"]);
        assert_eq!(named("2026-11-22", "2026-11-22"), ["22.11"]);
    }
}
