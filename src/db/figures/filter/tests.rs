//! Addresses of lists.

use super::*;
use crate::db::figures::Span;

const KYIV: Tz = chrono_tz::Europe::Kyiv;

fn range() -> Range {
    let now = "2026-11-22T10:30:00.123456Z".parse().unwrap();
    Range::of(Span::Day, "2026-11-22".parse().unwrap(), KYIV, now)
}

fn read(query: &str) -> Result<CallFilter, FilterError> {
    let pairs: Vec<(String, String)> = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(
        &format!("/calls?{query}").parse().unwrap(),
    )
    .unwrap()
    .0;
    let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    CallFilter::from_pairs(pairs)
}

#[test]
fn what_is_written_is_read_again() {
    let mut hard = CallFilter::counted(&range());
    for key in WORDS.iter().filter(|key| !["origin", "standing"].contains(*key)) {
        hard = hard.with(key, format!("{key} a&b=c d%+\"<script>"));
    }
    let hard = CallFilter { hour: Some(9), weekday: Some(7), slow_ms: Some(2500), ..hard };
    for filter in [CallFilter::default(), CallFilter::of(&range()), hard] {
        let query = filter.to_query();
        assert!(query.is_ascii() && !query.contains(['"', '<', ' ', '+']), "{query}");
        assert_eq!(read(&query), Ok(filter), "{query}");
    }
}

#[test]
fn a_wrong_value_is_named_and_a_foreign_word_is_left_alone() {
    assert_eq!(read("page=3&outcome=&words=%20").unwrap(), CallFilter::default());
    for wrong in [
        "hour=24",
        "weekday=0",
        "from=yesterday",
        "until=1",
        "slow_ms=-1",
        "from=2026-11-22&to=2026-11-01",
        "from=0001-01-01&to=2026-11-01",
        "from=%2B262142-12-31",
        "outcome=%00",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    assert!(read(&format!("reason={}", "x".repeat(101))).is_err());
}

#[test]
fn a_list_without_days_goes_back_a_quarter_and_words_no_further() {
    let now: DateTime<Utc> = "2026-11-22T10:30:00Z".parse().unwrap();
    let bounds = |query: &str| read(query).unwrap().bounds(KYIV, now);
    assert_eq!(bounds(""), (now + AHEAD - Days::new(WINDOW_DAYS), now + AHEAD));
    let midnight = |text: &str| midnight(text.parse().unwrap(), KYIV);
    assert_eq!(bounds("to=2026-11-21").1, midnight("2026-11-22"));
    assert_eq!(bounds("from=2020-01-01").0, midnight("2020-01-01"));
    let (from, to) = bounds("from=2020-01-01&to=2026-11-21&words=x");
    assert_eq!((to - from).num_days(), 92);
    // Nothing is between bounds that lie the wrong way round.
    assert_eq!(bounds("from=2030-01-01").0, bounds("from=2030-01-01").1);
    let (from, to) = bounds("from=2026-11-22&until=2020-01-01T00:00:00Z");
    assert_eq!(from, to);
}

#[test]
fn a_number_is_found_however_it_is_typed() {
    for (typed, wanted) in [
        ("067 123-45-67", Some("671234567")),
        ("+380 67 123 45 67", Some("380671234567")),
        ("45-67", Some("4567")),
        ("hello", None),
    ] {
        assert_eq!(digits(typed).as_deref(), wanted, "{typed}");
    }
}
