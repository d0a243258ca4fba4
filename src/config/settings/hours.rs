//! Opening hours and holidays.

use super::{Flaw, Why};
use crate::shop::{Stretch, WeekHours};
use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Holidays of a shop; each is looked at before every transfer.
pub const HOLIDAYS_MAX: usize = 100;
/// The longest holiday, days.
const HOLIDAY_DAYS_MAX: TimeDelta = TimeDelta::days(92);
/// Stretches of one week.
const STRETCHES_MAX: usize = 21;
/// The longest name of a holiday, characters.
const NAME_CHARS_MAX: usize = 80;

/// Days on which the shop is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The first.
    pub from: NaiveDate,
    /// The last one, included.
    pub to: NaiveDate,
    /// What they are called.
    #[serde(default)]
    pub name: String,
}

/// Opening hours and holidays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hours {
    /// When people take calls, within each target's own hours; empty: within those alone.
    pub people: Vec<String>,
    /// Days without anybody: no fitting, no phone is rung.
    pub holidays: Vec<Holiday>,
    /// When cars are served, by the station's code.
    pub stations: BTreeMap<String, Vec<String>>,
}

impl Hours {
    pub(super) fn flaws(&self) -> Vec<Flaw> {
        let mut found = week("people", &self.people);
        for (code, stretches) in &self.stations {
            found.extend(week(&format!("station_{code}"), stretches));
        }
        if self.holidays.len() > HOLIDAYS_MAX {
            found.push(Flaw::new("holidays", Why::TooLong(HOLIDAYS_MAX)));
        }
        for holiday in &self.holidays {
            let length = holiday.to.signed_duration_since(holiday.from);
            if length < TimeDelta::zero() || length > HOLIDAY_DAYS_MAX {
                let days = format!("{}..{}", holiday.from, holiday.to);
                found.push(Flaw::new("holidays", Why::Unreadable(days)));
            }
            if holiday.name.chars().count() > NAME_CHARS_MAX {
                found.push(Flaw::new("holidays", Why::TooLong(NAME_CHARS_MAX)));
            }
        }
        found
    }

    /// When people take calls.
    pub(super) fn week(&self) -> WeekHours {
        WeekHours(self.people.iter().filter_map(|text| text.parse().ok()).collect())
    }

    /// First and last day of each holiday.
    pub(super) fn closed(&self) -> Vec<(NaiveDate, NaiveDate)> {
        self.holidays.iter().map(|holiday| (holiday.from, holiday.to)).collect()
    }
}

fn week(field: &str, stretches: &[String]) -> Vec<Flaw> {
    let mut found = Vec::new();
    if stretches.len() > STRETCHES_MAX {
        found.push(Flaw::new(field, Why::TooLong(STRETCHES_MAX)));
    }
    for text in stretches {
        if text.parse::<Stretch>().is_err() {
            found.push(Flaw::new(field, Why::Unreadable(text.clone())));
        }
    }
    found
}
