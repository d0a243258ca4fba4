//! When people sleep.

use crate::config;
use chrono::NaiveTime;

/// The hours in which only what is critical is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    hours: Option<(NaiveTime, NaiveTime)>,
}

/// A time of day as the configuration writes it, `22:00`.
#[must_use]
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

impl Quiet {
    /// What the configuration says.
    #[must_use]
    pub fn of(config: &config::Alerts) -> Self {
        let hours = time_of_day(&config.quiet_from).zip(time_of_day(&config.quiet_to));
        Self { hours }
    }

    /// Is it night at this time of the shop's day?
    #[must_use]
    pub fn holds(self, at: NaiveTime) -> bool {
        self.hours.is_some_and(|(from, to)| {
            if from <= to { from <= at && at < to } else { at >= from || at < to }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_may_hold_midnight() {
        let quiet = |from: &str, to: &str, at: &str| {
            let config = config::Alerts {
                quiet_from: from.into(),
                quiet_to: to.into(),
                ..config::Alerts::default()
            };
            Quiet::of(&config).holds(time_of_day(at).unwrap())
        };
        for (at, is_night) in
            [("21:59", false), ("22:00", true), ("00:00", true), ("06:59", true), ("07:00", false)]
        {
            assert_eq!(quiet("22:00", "07:00", at), is_night, "{at}");
        }
        assert!(quiet("13:00", "14:00", "13:30") && !quiet("13:00", "14:00", "14:00"));
        assert!(!quiet("", "07:00", "03:00"), "without a beginning there is no night");
    }
}
