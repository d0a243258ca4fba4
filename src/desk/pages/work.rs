//! What the pages of the shop's work share: places in lists, moments in forms, and the pages that
//! say that something was not done.

use crate::desk::{Frame, Refusal, Visitor, html};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

/// The longest value of a filter, characters.
const VALUE_CHARS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "said.html", config = "src/desk/askama.toml")]
struct Said {
    frame: Frame,
    why: String,
    back: String,
}

/// A page that says that something was not done, and why.
pub(super) fn said(
    visitor: &Visitor,
    status: StatusCode,
    (title, why): (&str, &str),
    back: &str,
) -> Response {
    let frame = Frame::new(visitor, title);
    let mut page = html(&Said { frame, why: why.to_owned(), back: back.to_owned() });
    *page.status_mut() = status;
    page
}

/// A thing of this kind does not change like that.
pub(super) fn not_allowed(visitor: &Visitor, back: &str) -> Response {
    let words = visitor.words;
    let text = (words.not_allowed(), words.not_allowed_why());
    said(visitor, StatusCode::UNPROCESSABLE_ENTITY, text, back)
}

/// What differs between what somebody saw and what is.
pub(super) struct Difference {
    pub(super) name: &'static str,
    pub(super) seen: String,
    pub(super) now: String,
}

#[derive(Template)]
#[template(path = "conflict.html", config = "src/desk/askama.toml")]
struct Conflict {
    frame: Frame,
    rows: Vec<Difference>,
    back: String,
}

/// Somebody else was first: both versions, and nothing is changed.
pub(super) fn conflict(visitor: &Visitor, rows: Vec<Difference>, back: &str) -> Response {
    let frame = Frame::new(visitor, visitor.words.changed_meanwhile());
    let mut page = html(&Conflict { frame, rows, back: back.to_owned() });
    *page.status_mut() = StatusCode::CONFLICT;
    page
}

/// The id in an address; whatever else stands there is not found.
pub(super) fn id(text: &str) -> Result<Uuid, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// A place in a list that is sorted by a moment.
pub(super) fn place(at: DateTime<Utc>, id: Uuid) -> String {
    format!("{}_{id}", at.timestamp_micros())
}

/// The same read back; none at the beginning of the list.
pub(super) fn read_place(text: &str) -> Result<Option<(DateTime<Utc>, Uuid)>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let (micros, id) = text.split_once('_').ok_or(Refusal::Bad)?;
    let id = id.parse().map_err(|_| Refusal::Bad)?;
    Ok(Some((moment_of(micros)?, id)))
}

/// A moment from its microseconds.
pub(super) fn moment_of(micros: &str) -> Result<DateTime<Utc>, Refusal> {
    let micros = micros.parse().map_err(|_| Refusal::Bad)?;
    DateTime::from_timestamp_micros(micros).ok_or(Refusal::Bad)
}

/// What a filter asks for; none if it is empty.
pub(super) fn value(text: &str) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    if text.chars().count() > VALUE_CHARS_MAX || text.contains('\0') {
        return Err(Refusal::Bad);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// What stands in one field: digits of a number, or a part of a name.
pub(super) fn digits_or_name(text: &str) -> Result<(Option<String>, Option<String>), Refusal> {
    let Some(text) = value(text)? else { return Ok((None, None)) };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || text.chars().any(char::is_alphabetic) {
        return Ok((None, Some(text)));
    }
    // Written at home, a number begins with a nought that is not in the database.
    let digits = if digits.len() == 10 { digits.trim_start_matches('0') } else { &digits };
    Ok((Some(digits.to_owned()), None))
}

/// A day in an address; today without one.
pub(super) fn day(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<NaiveDate, Refusal> {
    let Some(text) = value(text)? else { return Ok(now.with_timezone(&zone).date_naive()) };
    text.parse().map_err(|_| Refusal::Bad)
}

/// A moment that somebody wrote on the shop's wall clock: `2026-11-24T10:00`. One that the clocks
/// skip is an hour later.
pub(super) fn wall(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    let found = zone.from_local_datetime(&wall).earliest();
    let found =
        found.or_else(|| zone.from_local_datetime(&(wall + TimeDelta::hours(1))).earliest());
    found.map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_for_a_number_or_for_a_name() {
        let read = |text| digits_or_name(text).unwrap();
        let found = |text: &str| Some(text.to_owned());
        assert_eq!(read(" "), (None, None));
        assert_eq!(read("067 123-45-67"), (found("671234567"), None));
        assert_eq!(read("10001"), (found("10001"), None));
        assert_eq!(read("Олена 2"), (None, found("Олена 2")));
        assert_eq!(digits_or_name(&"x".repeat(101)), Err(Refusal::Bad));
    }

    #[test]
    fn a_moment_of_the_wall_is_one_also_when_the_clocks_change() {
        let kyiv = chrono_tz::Europe::Kyiv;
        for (text, utc) in [
            ("2026-11-24T10:00", "2026-11-24T08:00:00Z"),
            ("2026-03-29T03:30", "2026-03-29T01:30:00Z"),
            ("2026-10-25T03:30", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(wall(text, kyiv), utc.parse().ok(), "{text}");
        }
        for bad in ["", "2026-11-24", "2026-02-30T10:00", "tomorrow"] {
            assert_eq!(wall(bad, kyiv), None, "{bad}");
        }
    }

    #[test]
    fn a_place_in_a_list_leads_back_to_itself() {
        let at = "2026-11-22T12:00:00.000001Z".parse().unwrap();
        let id = Uuid::from_u128(7);
        assert_eq!(read_place(&place(at, id)), Ok(Some((at, id))));
        assert_eq!(read_place(""), Ok(None));
        for bad in ["x", "1_", "_", "99999999999999999999_0", "1_zz"] {
            assert_eq!(read_place(bad), Err(Refusal::Bad), "{bad}");
        }
    }
}
