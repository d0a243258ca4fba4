//! The filters of the list of calls, as they stand in its address.

use crate::db::desk::calls::After;
use crate::db::figures::CallFilter;
use crate::db::figures::pictures::Reader;
use crate::desk::{Refusal, Visitor};
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

/// What stands on the form of the list; everything else of a filter comes from links.
const ON_THE_FORM: [&str; 9] =
    ["origin", "channel", "language", "outcome", "scenario", "stage", "made", "number", "words"];
/// How much farther back a list without a first day goes at the next step: as long as the rows of
/// calls are kept, and some more.
const FARTHER_DAYS: u64 = 400;

/// The query of the list's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which calls.
    pub filter: CallFilter,
    /// The last call of the page before.
    pub after: Option<After>,
}

/// A filter that is set by a link and can be taken off by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What it says.
    pub says: String,
    /// The list without it.
    pub href: String,
}

impl Asked {
    /// What the pairs of the address ask for. Who sees no numbers cannot ask by them either.
    ///
    /// # Errors
    /// A value that cannot be meant, a page that is none of our links.
    pub fn of(pairs: &[(String, String)], visitor: &Visitor) -> Result<Self, Refusal> {
        let pairs = || pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let mut filter = CallFilter::from_pairs(pairs()).map_err(|_| Refusal::Bad)?;
        if visitor.sees_no_numbers() {
            filter.number = None;
        }
        let after = pairs().find(|(key, value)| *key == "after" && !value.is_empty());
        let after = after.map(|(_, text)| cursor(text).ok_or(Refusal::Bad)).transpose()?;
        Ok(Self { filter, after })
    }

    /// What stands under a key, for the form.
    #[must_use]
    pub fn value(&self, key: &str) -> String {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
        let value = match key {
            "from" => day(self.filter.from),
            "to" => day(self.filter.to),
            word => self.filter.word(word).map(str::to_owned),
        };
        value.unwrap_or_default()
    }

    /// True if nothing is asked for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.filter == CallFilter::default()
    }

    /// What the form must send along, though it does not show it.
    #[must_use]
    pub fn hidden(&self) -> Vec<(&'static str, String)> {
        let words = self.filter.words_set().filter(|(key, _)| !ON_THE_FORM.contains(key));
        let mut all: Vec<_> = words.map(|(key, value)| (key, value.to_owned())).collect();
        let numbers = [
            ("hour", self.filter.hour),
            ("weekday", self.filter.weekday),
            ("slow_ms", self.filter.slow_ms),
        ];
        all.extend(numbers.into_iter().filter_map(|(key, n)| n.map(|n| (key, n.to_string()))));
        all
    }

    /// The filters that are not on the form, each with the way to be rid of it.
    #[must_use]
    pub fn chips(&self, reader: Reader, zone: Tz) -> Vec<Chip> {
        let chip = |key: &str, says: String| Chip {
            says,
            href: address(&self.filter.clone().without(key), None),
        };
        let mut chips: Vec<Chip> = self
            .hidden()
            .into_iter()
            .map(|(key, value)| chip(key, in_words(key, &value, reader)))
            .collect();
        if let Some(until) = self.filter.until {
            let wall = until.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S");
            chips.push(chip("until", format!("{} {wall}", reader.says("until", "до"))));
        }
        chips
    }

    /// The address of the page after `after`; of the first page without it.
    #[must_use]
    pub fn page(&self, after: Option<After>) -> String {
        address(&self.filter, after)
    }

    /// The same list farther back, if it goes back only as far as lists do by themselves.
    #[must_use]
    pub fn farther(&self, zone: Tz, now: DateTime<Utc>) -> Option<String> {
        let (from, _) = self.filter.bounds(zone, now);
        let first = from.with_timezone(&zone).date_naive() - Days::new(FARTHER_DAYS);
        let wider = CallFilter { from: Some(first), ..self.filter.clone() };
        // Words are not looked for any farther.
        (self.filter.from.is_none() && self.filter.words.is_none()).then(|| address(&wider, None))
    }

    /// The days between which the list looks, on the shop's wall.
    #[must_use]
    pub fn days(&self, zone: Tz, now: DateTime<Utc>) -> (NaiveDate, Option<NaiveDate>) {
        let (from, _) = self.filter.bounds(zone, now);
        (from.with_timezone(&zone).date_naive(), self.filter.to)
    }
}

/// The address of a list.
fn address(filter: &CallFilter, after: Option<After>) -> String {
    let mut parts = vec![filter.to_query()];
    parts.extend(
        after.map(|after| format!("after={}_{}", after.started_at.timestamp_micros(), after.id)),
    );
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { "/calls".to_owned() } else { format!("/calls?{}", parts.join("&")) }
}

/// From `{microseconds}_{id}`.
fn cursor(text: &str) -> Option<After> {
    let (micros, id) = text.split_once('_')?;
    let started_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    // Farther away Postgres has no calendar.
    let known = (1970..=9000).contains(&chrono::Datelike::year(&started_at));
    Some(After { started_at, id: id.parse().ok()? }).filter(|_| known)
}

/// A filter in the reader's words.
fn in_words(key: &str, value: &str, reader: Reader) -> String {
    let word = reader.word(value);
    let weekday = || {
        let at = value.parse::<usize>().ok().and_then(|day| day.checked_sub(1));
        at.and_then(|at| reader.weekdays().get(at).copied()).unwrap_or(value)
    };
    match (key, value) {
        ("hour", _) => format!("{value:0>2}:00–{value:0>2}:59"),
        ("weekday", _) => weekday().to_owned(),
        ("slow_ms", _) => {
            let ms = value.parse().map_or_else(|_| value.to_owned(), reader.ms());
            format!("{} > {ms}", reader.says("an answer", "відповідь"))
        }
        ("reached", _) => format!("{}: {word}", reader.says("came as far as", "дійшли до")),
        ("reason", _) => format!("{}: {word}", reader.says("person wanted", "чому людина")),
        ("fate", _) => format!("{}: {word}", reader.says("transfer", "передача")),
        ("service", _) => format!("{}: {word}", reader.says("sold", "продано")),
        ("by", _) => format!("{}: {word}", reader.says("last word", "останнє слово")),
        ("missed", _) => format!("{}: {word}", reader.says("missed", "бракувало")),
        ("paid", _) => format!("{}: {word}", reader.says("cost of", "витрати на")),
        ("again", "no") => reader.says("did not phone again", "не дзвонили знову").to_owned(),
        ("again", _) => reader.says("phoned again", "дзвонили знову").to_owned(),
        ("only", "answered") => reader.says("with a timed answer", "з виміряною відповіддю").into(),
        ("only", "aside") => {
            reader.says("going on or not served", "тривають або не прийняті").into()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KYIV: Tz = chrono_tz::Europe::Kyiv;

    fn asked(filter: CallFilter) -> Asked {
        Asked { filter, after: None }
    }

    #[test]
    fn a_page_leads_to_the_next_with_its_filters() {
        let filter = CallFilter::default().with("outcome", "resolved").with("words", "шини");
        let after = After {
            started_at: "2026-11-22T12:00:00.000001Z".parse().unwrap(),
            id: uuid::Uuid::from_u128(1),
        };
        let page = asked(filter).page(Some(after));
        assert!(page.starts_with("/calls?outcome=resolved&words=%D1%88"), "{page}");
        let (_, text) = page.split_once("after=").unwrap();
        assert_eq!(cursor(text), Some(after));
        assert_eq!(asked(CallFilter::default()).page(None), "/calls");
        for bad in ["x", "1_", "_", "99999999999999999999_0", "1_zz", "-99999999999999999_x"] {
            assert_eq!(cursor(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_filter_that_is_not_on_the_form_is_told_and_can_be_taken_off() {
        let filter = CallFilter { hour: Some(9), ..CallFilter::default() }
            .with("fate", "answered")
            .with("outcome", "callback");
        let asked = asked(filter);
        assert_eq!(asked.hidden(), [("fate", "answered".to_owned()), ("hour", "9".to_owned())]);
        let chips = asked.chips(Reader::En, KYIV);
        let said: Vec<&str> = chips.iter().map(|chip| chip.says.as_str()).collect();
        assert_eq!(said, ["transfer: a person answered", "09:00–09:59"]);
        assert_eq!(chips[0].href, "/calls?outcome=callback&hour=9");
        assert_eq!(chips[1].href, "/calls?outcome=callback&fate=answered");
    }

    #[test]
    fn a_list_says_how_far_back_it_goes_and_leads_farther() {
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let open = asked(CallFilter::default());
        assert_eq!(open.days(KYIV, now).0.to_string(), "2026-08-23");
        assert_eq!(open.farther(KYIV, now).as_deref(), Some("/calls?from=2025-07-19"));
        let bounded = CallFilter { from: now.date_naive().into(), ..CallFilter::default() };
        assert_eq!(asked(bounded).farther(KYIV, now), None);
        assert_eq!(asked(CallFilter::default().with("words", "x")).farther(KYIV, now), None);
    }
}
