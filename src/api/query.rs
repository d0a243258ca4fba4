//! What stands behind the question mark, and the pages of lists.

use super::Problem;
use crate::db::api::{After, Part};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Rows of a page if nothing is said, and at most.
const PAGE_ROWS: i64 = 50;
const PAGE_ROWS_MAX: i64 = 100;
/// The longest value, characters.
const VALUE_CHARS_MAX: usize = 255;

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Page<T> {
    /// The rows, newest first.
    pub(super) items: Vec<T>,
    /// What to send as `after` for the next page; null on the last one.
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// A page of what was read by [`part`]: one row more than `limit` tells that there are more.
    pub(super) fn of(mut rows: Vec<T>, part: Part, key: impl Fn(&T) -> After) -> Self {
        let limit = usize::try_from(part.limit - 1).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| cursor(key(row)));
        Self { items: rows, next }
    }
}

/// The query of a request, with its own words for what is wrong with it.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(asked) =
            Query::try_from_uri(&parts.uri).map_err(|error| Problem::bad(error.body_text()))?;
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::bad("the query holds a character that no text has"));
        }
        Ok(Self(asked))
    }
}

/// The id in the address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self)
            .ok_or_else(|| Problem::bad("an id looks like 3f0c2a51-8d67-4c0e-9b1a-5d2e7f604c18"))
    }
}

/// Which part of a list is asked for, with one row more than are shown.
pub(super) fn part(after: Option<&str>, limit: Option<i64>) -> Result<Part, Problem> {
    let limit = limit.unwrap_or(PAGE_ROWS);
    if !(1..=PAGE_ROWS_MAX).contains(&limit) {
        return Err(Problem::invalid("limit", format!("must be 1 to {PAGE_ROWS_MAX}")));
    }
    Ok(Part { after: after.map(parse).transpose()?, limit: limit + 1 })
}

/// What a program sends back to get the next page.
pub(super) fn cursor(after: After) -> String {
    format!("{}_{}", after.at.timestamp_micros(), after.id)
}

pub(super) fn parse(text: &str) -> Result<After, Problem> {
    let read = || {
        let (micros, id) = text.split_once('_')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        Some(After { at, id: id.parse().ok()? })
    };
    read().ok_or_else(|| Problem::invalid("after", "must be the `next` of the page before"))
}

/// A value that is not empty and not too long.
pub(super) fn value(field: &'static str, text: Option<String>) -> Result<Option<String>, Problem> {
    let Some(text) = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > VALUE_CHARS_MAX || text.contains('\0') {
        return Err(Problem::invalid(
            field,
            format!("is longer than {VALUE_CHARS_MAX} characters"),
        ));
    }
    Ok(Some(text))
}

/// A moment, or a day of the shop: then its first moment, or that of the next day.
pub(super) fn moment(
    field: &'static str,
    text: Option<&str>,
    zone: Tz,
    whole_day: bool,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(at.to_utc()));
    }
    let wrong = || {
        let right = "must be a day, 2026-11-22, or a moment, 2026-11-22T12:00:00Z";
        Problem::invalid(field, right)
    };
    let mut day: NaiveDate = text.parse().map_err(|_| wrong())?;
    if whole_day {
        day = day.succ_opt().ok_or_else(wrong)?;
    }
    let wall = day.and_time(NaiveTime::MIN);
    // Where the clocks skip midnight the day begins when they go on.
    let found = (0..4)
        .find_map(|hours| zone.from_local_datetime(&(wall + TimeDelta::hours(hours))).earliest());
    Ok(Some(found.map_or_else(|| wall.and_utc(), |at| at.to_utc())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_where_the_next_one_begins_and_the_last_one_that_there_is_none() {
        let row =
            |n: u128| After { at: DateTime::from_timestamp(7, 0).unwrap(), id: Uuid::from_u128(n) };
        let part = part(None, Some(2)).unwrap();
        let page = Page::of(vec![row(3), row(2), row(1)], part, |row| *row);
        assert_eq!((page.items.len(), parse(&page.next.unwrap())), (2, Ok(row(2))));
        let last = Page::of(vec![row(1)], part, |row| *row);
        assert_eq!((last.items.len(), last.next), (1, None));
        for bad in ["", "x", "1_", "_", "99999999999999999999_0"] {
            assert_eq!(parse(bad).unwrap_err().field.as_deref(), Some("after"), "{bad}");
        }
    }

    #[test]
    fn a_day_is_the_shops_and_ends_with_its_last_moment() {
        let kyiv = chrono_tz::Europe::Kyiv;
        let at = |text: &str, whole| moment("to", Some(text), kyiv, whole).unwrap().unwrap();
        assert_eq!(at("2026-11-22", false).to_rfc3339(), "2026-11-21T22:00:00+00:00");
        assert_eq!(at("2026-11-22", true).to_rfc3339(), "2026-11-22T22:00:00+00:00");
        assert_eq!(at("2026-11-22T01:00:00Z", true).to_rfc3339(), "2026-11-22T01:00:00+00:00");
        assert!(moment("to", Some("22.11.2026"), kyiv, true).is_err());
    }
}
