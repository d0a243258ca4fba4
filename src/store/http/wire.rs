//! Values as back offices write them: numbers as strings, times on the first day of the year one,
//! seasons in three languages, lists in `data` or in `items`. What is read is strict in meaning:
//! a price that is no amount of money, or a size that no tyre has, is refused, not guessed.

use crate::shop::{Season, Service};
pub(super) use crate::store::values::{money, season, size};
use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Longest text that is taken from a back office; it may be spoken.
const TEXT_CHARS_MAX: usize = 200;

/// One thing: the envelope's `data`, or the bare object.
pub(super) fn one<T: DeserializeOwned>(body: Value) -> Result<T, String> {
    let inner = match body {
        Value::Object(mut object) if object.get("data").is_some_and(Value::is_object) => {
            object.remove("data").unwrap_or_default()
        }
        other => other,
    };
    read(inner)
}

/// A list: the envelope's `data`, `items`, or the bare array. A row that cannot be read is left
/// out, but not all of them.
pub(super) fn list<T: DeserializeOwned>(body: Value) -> Result<Vec<T>, String> {
    let rows = rows_of(body).ok_or("the answer is no list")?;
    let (count, mut wrong) = (rows.len(), Vec::new());
    let good: Vec<T> =
        rows.into_iter().filter_map(|row| read(row).map_err(|why| wrong.push(why)).ok()).collect();
    if let Some(first) = wrong.first() {
        let skipped = wrong.len();
        tracing::warn!(skipped, count, first, "rows of the back office cannot be read");
        if good.is_empty() {
            return Err(format!("no row can be read: {first}"));
        }
    }
    Ok(good)
}

fn rows_of(body: Value) -> Option<Vec<Value>> {
    match body {
        Value::Array(rows) => Some(rows),
        Value::Object(mut object) => {
            let inner = object.remove("data").or_else(|| object.remove("items"))?;
            rows_of(inner)
        }
        _ => None,
    }
}

/// Whatever it says.
#[expect(clippy::unnecessary_wraps, reason = "the shape of every reader of an answer")]
pub(super) fn nothing(_body: Value) -> Result<(), String> {
    Ok(())
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| error.to_string())
}

/// Reads a value through `Value`, so that one field may come in several shapes.
macro_rules! lenient {
    ($(#[$doc:meta])* $name:ident($inner:ty), $read:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(super) struct $name(pub(super) $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(from)?;
                let read: fn(&Value) -> Option<$inner> = $read;
                // The value itself may be personal: only its kind is named.
                read(&value).map(Self).ok_or_else(|| {
                    D::Error::custom(concat!("is no ", stringify!($name)))
                })
            }
        }
    };
}

lenient!(
    /// An identifier of the back office: text or number.
    Id(String),
    |value| {
        let text = plain(value)?;
        let legal = (1..=100).contains(&text.chars().count()) && text != "." && text != "..";
        legal.then_some(text)
    }
);
lenient!(
    /// Words that may be spoken or shown to a model: one line of bounded length.
    Text(String),
    plain
);
lenient!(
    /// An amount of money, UAH.
    Money(Decimal),
    |value| money(&plain(value)?)
);
lenient!(
    /// A whole number of things.
    Count(i64),
    |value| {
        let amount: Decimal = plain(value)?.parse().ok()?;
        let whole = amount.is_integer().then(|| amount.normalize().to_string())?;
        whole.parse().ok().filter(|count| (0..=1_000_000).contains(count))
    }
);
lenient!(
    /// A day; a time of the day after it is left out.
    Day(NaiveDate),
    |value| value.as_str()?.get(..10)?.parse().ok()
);
lenient!(
    /// A time of the day: `09:00`, `09:00:00` or `0001-01-01T09:00:00`.
    Clock(NaiveTime),
    |value| {
        let text = value.as_str()?.trim();
        let time = text.split_once('T').map_or(text, |(_, time)| time);
        NaiveTime::parse_from_str(time, "%H:%M:%S")
            .or_else(|_| NaiveTime::parse_from_str(time, "%H:%M"))
            .ok()
    }
);
lenient!(
    /// Yes or no, or how many: any is a yes.
    Flag(bool),
    |value| match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => Some(number.as_f64()? > 0.0),
        Value::String(text) => match text.trim() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
);
lenient!(
    /// A season in any of the languages that price lists are written in.
    SeasonWord(Season),
    |value| season(value.as_str()?)
);
lenient!(
    /// One of the services that we know; others (alignment, storage) are none of ours.
    ServiceWord(Option<Service>),
    |value| Some(match value.as_str()? {
        "tire_change" => Some(Service::TireChange),
        "balancing" => Some(Service::Balancing),
        "full_service" => Some(Service::FullService),
        _ => None,
    })
);

/// Text or a number, as one trimmed line.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    Some(line.take(TEXT_CHARS_MAX).collect::<String>().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn amount(value: Value) -> Option<String> {
        read::<Money>(value).ok().map(|money| money.0.to_string())
    }

    #[test]
    fn money_is_read_exactly_or_not_at_all() {
        assert_eq!(amount(json!(2800)), Some("2800".into()));
        assert_eq!(amount(json!(2799.5)), Some("2799.5".into()));
        assert_eq!(amount(json!(" 2799,50 ")), Some("2799.50".into()));
        assert_eq!(amount(json!(0.1)), Some("0.1".into()));
        for wrong in [
            json!(-1),
            json!("-1"),
            json!("2 800"),
            json!("28e2"),
            json!(1e30),
            json!(1.005),
            json!("2800 UAH"),
            json!(""),
            json!("."),
            json!(null),
            json!(["1"]),
            json!("99999999999"),
        ] {
            assert_eq!(amount(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_as_shops_write_them() {
        for text in ["205/55 R16", "205/55R16", "205/55 r16", " 205 / 55 ZR16 "] {
            assert_eq!(
                size(text).map(|size| size.to_string()),
                Some("205/55 R16".into()),
                "{text}"
            );
        }
        assert_eq!(size("195/75R16C").map(|size| size.to_string()), Some("195/75 R16C".into()));
        for text in ["", "205", "205/55", "R16", "999/55 R16", "205/55 R16 XL; drop table"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn times_come_on_the_first_day_of_the_year_one_too() {
        for text in ["09:00", "09:00:00", "0001-01-01T09:00:00"] {
            let read = read::<Clock>(json!(text)).unwrap();
            assert_eq!(read.0, NaiveTime::from_hms_opt(9, 0, 0).unwrap());
        }
        assert!(read::<Clock>(json!("25:00")).is_err());
        assert!(read::<Clock>(json!(9)).is_err());
    }

    #[test]
    fn seasons_come_in_three_languages() {
        for word in ["winter", "зимова", "Зимние"] {
            assert_eq!(season(word), Some(Season::Winter), "{word}");
        }
        for word in ["summer", "літні", "летние"] {
            assert_eq!(season(word), Some(Season::Summer), "{word}");
        }
        for word in ["all_season", "all-season", "всесезонна", "всесезонные"] {
            assert_eq!(season(word), Some(Season::AllSeason), "{word}");
        }
        assert_eq!(season("monsoon"), None);
    }

    #[test]
    fn lists_come_in_an_envelope_under_items_or_bare() {
        for body in [
            json!({ "data": ["a"], "pagination": {} }),
            json!({ "items": ["a"] }),
            json!({ "data": { "items": ["a"] } }),
            json!(["a"]),
        ] {
            let rows: Vec<Id> = list(body.clone()).unwrap();
            assert_eq!(rows, [Id("a".into())], "{body}");
        }
        assert!(list::<Id>(json!({ "rows": [] })).is_err());
        assert!(list::<Id>(json!([null, {}])).is_err(), "not one row can be read");
        assert_eq!(list::<Id>(json!([null, 7])).unwrap(), [Id("7".into())]);
    }

    #[test]
    fn a_thing_comes_in_an_envelope_or_bare() {
        #[derive(Deserialize)]
        struct Thing {
            id: Id,
        }
        for body in [json!({ "data": { "id": 5 } }), json!({ "id": "5" })] {
            assert_eq!(one::<Thing>(body).unwrap().id.0, "5");
        }
    }
}
