//! The filters of the list of calls, as they stand in its address.

use crate::db::desk::calls::{After, Filter};
use crate::desk::{Refusal, Visitor, url};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

/// How far back words are looked for if no days are given: every line of every call is read.
const WORDS_WINDOW: TimeDelta = TimeDelta::days(31);
/// The longest stretch in which words are looked for.
const WORDS_WINDOW_MAX: TimeDelta = TimeDelta::days(92);
/// The longest value of a filter, characters.
const VALUE_CHARS_MAX: usize = 100;

/// The query of the list's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// First day, `2026-11-22`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// How the call ended.
    pub outcome: String,
    /// `live`, `demo`, `test`.
    pub origin: String,
    /// `phone`, `chat`, …
    pub channel: String,
    /// `uk`, `ru`, `en`.
    pub language: String,
    /// The last intent that was not small talk.
    pub scenario: String,
    /// The end of the caller's number.
    pub number: String,
    /// Words of the transcript.
    pub words: String,
    /// `order`, `booking`.
    pub made: String,
    /// The last call of the page before.
    pub after: String,
}

impl Asked {
    /// What it asks of the database. Who sees no numbers cannot ask by them either.
    ///
    /// # Errors
    /// A day that is none, a value that is too long.
    pub fn filter(&self, visitor: &Visitor, now: DateTime<Utc>) -> Result<Filter, Refusal> {
        let zone = visitor.zone();
        let mut from = day(&self.from)?.map(|day| midnight(day, zone));
        let next_day = day(&self.to)?.and_then(|day| day.succ_opt());
        let to = next_day.map(|day| midnight(day, zone));
        let words = value(&self.words)?;
        if words.is_some() {
            let end = to.unwrap_or(now);
            let first = from.unwrap_or(end - WORDS_WINDOW);
            from = Some(first.max(end - WORDS_WINDOW_MAX));
        }
        let digits: String = self.number.chars().filter(char::is_ascii_digit).collect();
        // Written at home, a number begins with a nought that is not in the database.
        let digits = if digits.len() == 10 { digits.trim_start_matches('0') } else { &digits };
        let digits = if visitor.sees_no_numbers() { None } else { value(digits)? };
        Ok(Filter {
            from,
            to,
            outcome: value(&self.outcome)?,
            origin: value(&self.origin)?,
            channel: value(&self.channel)?,
            language: value(&self.language)?,
            scenario: value(&self.scenario)?,
            digits,
            words,
            made: value(&self.made)?,
        })
    }

    /// After which call the page begins.
    ///
    /// # Errors
    /// It is none of our links.
    pub fn after(&self) -> Result<Option<After>, Refusal> {
        if self.after.is_empty() {
            return Ok(None);
        }
        let (micros, id) = self.after.split_once('_').ok_or(Refusal::Bad)?;
        let micros = micros.parse().map_err(|_| Refusal::Bad)?;
        let started_at = DateTime::from_timestamp_micros(micros).ok_or(Refusal::Bad)?;
        Ok(Some(After { started_at, id: id.parse().map_err(|_| Refusal::Bad)? }))
    }

    /// True if every call is let through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        Self { after: String::new(), ..self.clone() } == Self::default()
    }

    /// The address of the page after `after`; of the first page without it.
    #[must_use]
    pub fn page(&self, after: Option<After>) -> String {
        let after = after.map_or_else(String::new, |after| {
            format!("{}_{}", after.started_at.timestamp_micros(), after.id)
        });
        url::with_query(
            "/calls",
            &[
                ("from", &self.from),
                ("to", &self.to),
                ("outcome", &self.outcome),
                ("origin", &self.origin),
                ("channel", &self.channel),
                ("language", &self.language),
                ("scenario", &self.scenario),
                ("number", &self.number),
                ("words", &self.words),
                ("made", &self.made),
                ("after", &after),
            ],
        )
    }
}

fn value(text: &str) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    if text.chars().count() > VALUE_CHARS_MAX || text.contains('\0') {
        return Err(Refusal::Bad);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn day(text: &str) -> Result<Option<NaiveDate>, Refusal> {
    let Some(text) = value(text)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Refusal::Bad)
}

/// The first moment of a day on the shop's wall. Where the clocks skip midnight the day begins
/// when they go on.
fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let wall = day.and_time(NaiveTime::MIN);
    let found = (0..4)
        .find_map(|hours| zone.from_local_datetime(&(wall + TimeDelta::hours(hours))).earliest());
    found.map_or_else(|| wall.and_utc(), |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_shops_midnight_also_when_the_clocks_change() {
        let kyiv = chrono_tz::Europe::Kyiv;
        for (day, utc) in [
            ("2026-03-29", "2026-03-28T22:00:00Z"),
            ("2026-03-30", "2026-03-29T21:00:00Z"),
            ("2026-10-25", "2026-10-24T21:00:00Z"),
            ("2026-10-26", "2026-10-25T22:00:00Z"),
        ] {
            let utc: DateTime<Utc> = utc.parse().unwrap();
            assert_eq!(midnight(day.parse().unwrap(), kyiv), utc, "{day}");
        }
        // In Beirut midnight of that day does not exist.
        let skipped = midnight("2026-03-29".parse().unwrap(), chrono_tz::Asia::Beirut);
        assert_eq!(skipped, "2026-03-28T22:00:00Z".parse::<DateTime<Utc>>().unwrap());
    }

    #[test]
    fn a_page_leads_to_the_next_with_its_filters() {
        let asked =
            Asked { outcome: "resolved".into(), words: "шини".into(), ..Asked::default() };
        let after = After {
            started_at: "2026-11-22T12:00:00.000001Z".parse().unwrap(),
            id: uuid::Uuid::from_u128(1),
        };
        let page = asked.page(Some(after));
        assert!(page.starts_with("/calls?outcome=resolved&words=%D1%88"), "{page}");
        let (_, text) = page.split_once("after=").unwrap();
        let back = Asked { after: text.to_owned(), ..Asked::default() };
        assert_eq!(back.after().unwrap(), Some(after));
        for bad in ["x", "1_", "_", "99999999999999999999_0", "1_zz"] {
            let asked = Asked { after: bad.into(), ..Asked::default() };
            assert_eq!(asked.after(), Err(Refusal::Bad), "{bad}");
        }
    }
}
