//! Days: ISO and dotted dates, "the twenty fifth of November", "завтра", weekdays.

use super::items::{Item, ItemKind};
use super::number_words::Ending;
use super::reader::Reader;
use super::{Heard, nearest_weekday};
use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// Takes all days out of the utterance.
pub(super) fn read(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if reader.free(at).is_none() {
            continue;
        }
        let today = reader.context.today;
        let hit = figures(reader, at)
            .or_else(|| day_and_month(reader, at))
            .or_else(|| relative(reader, at, today))
            .or_else(|| lone_day(reader, at));
        if let Some((last, date)) = hit {
            let first =
                at - usize::from(reader.follows(at, &["the"]) && reader.free(at - 1).is_some());
            reader.take(first, last, Heard::Date(date));
        } else if let Some(day) = weekday(&reader.items[at]) {
            reader.take(at, at, Heard::Weekday(day));
        }
    }
}

/// A weekday's name, whole word only: "вт" inside "завтра" is no Tuesday.
fn weekday(item: &Item) -> Option<Weekday> {
    Some(match item.word()? {
        "monday" | "mondays" | "понеділок" | "понеділка" | "понеділку" | "понеділком" => {
            Weekday::Mon
        }
        "tuesday" | "вівторок" | "вівторка" | "вівторку" | "вт" => {
            Weekday::Tue
        }
        "wednesday" | "середа" | "середу" | "середи" | "середі" => {
            Weekday::Wed
        }
        "thursday" | "четвер" | "четверга" | "четвергу" | "чт" => {
            Weekday::Thu
        }
        "friday" | "п'ятниця" | "п'ятницю" | "п'ятниці" | "пятницю" | "пятниця" | "пятниці"
        | "пт" => Weekday::Fri,
        "saturday" | "субота" | "суботу" | "суботи" | "суботі" | "сб" => {
            Weekday::Sat
        }
        "sunday" | "неділя" | "неділю" | "неділі" | "нд" => Weekday::Sun,
        _ => return None,
    })
}

/// January first.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "січня", "січень"],
    &["february", "feb", "лютого", "лютий"],
    &["march", "mar", "березня", "березень"],
    &["april", "apr", "квітня", "квітень"],
    &["may", "травня", "травень"],
    &["june", "jun", "червня", "червень"],
    &["july", "jul", "липня", "липень"],
    &["august", "aug", "серпня", "серпень"],
    &["september", "sept", "sep", "вересня", "вересень"],
    &["october", "oct", "жовтня", "жовтень"],
    &["november", "nov", "листопада", "листопад"],
    &["december", "dec", "грудня", "грудень"],
];

/// 1 to 12 for a month's name in the cases that stand beside a day.
fn month(item: &Item) -> Option<u32> {
    let word = item.word()?;
    MONTHS.iter().position(|names| names.contains(&word)).map(|index| index as u32 + 1)
}

/// "2026-11-25", "25.11.2026", "25.11", "25/11".
fn figures(reader: &Reader<'_>, at: usize) -> Option<(usize, NaiveDate)> {
    let written = |at: usize| reader.free(at)?.number().filter(|number| number.written);
    let mark = |at: usize| reader.free(at)?.mark();
    let (one, two) = (written(at)?, written(at + 2)?);
    let separator = mark(at + 1)?;
    let third = (mark(at + 3) == Some(separator)).then(|| written(at + 4)).flatten();
    match (separator, third) {
        ('-', Some(day)) if one.digits.len() == 4 => {
            let date = NaiveDate::from_ymd_opt(one.value() as i32, two.value(), day.value())?;
            Some((at + 4, date))
        }
        ('.' | '/', Some(year)) if year.digits.len() == 4 => {
            let date = NaiveDate::from_ymd_opt(year.value() as i32, two.value(), one.value())?;
            Some((at + 4, date))
        }
        // "10.20" is a time and "16.5" a rim; a month has two figures and is at most 12.
        ('.', None) if two.digits.len() == 2 && !reader.follows(at, &["о", "об", "at"]) => {
            Some((at + 2, ahead(reader.context.today, two.value(), one.value())?))
        }
        _ => None,
    }
}

/// "25 November", "November 25th", "the twenty fifth of November", "25 листопада", with a year.
fn day_and_month(reader: &Reader<'_>, at: usize) -> Option<(usize, NaiveDate)> {
    let number = |at: usize| Some(reader.free(at)?.number()?.value());
    let (day, month, mut last) = if let Some(day) = number(at) {
        let of = usize::from(reader.is_word(at + 1, &["of"]));
        (day, month(reader.free(at + 1 + of)?)?, at + 1 + of)
    } else {
        let month = month(reader.free(at)?)?;
        let the = usize::from(reader.is_word(at + 1, &["the"]));
        (number(at + 1 + the)?, month, at + 1 + the)
    };
    let comma = usize::from(reader.free(last + 1).and_then(Item::mark) == Some(','));
    let year = number(last + 1 + comma).filter(|year| (2000..2100).contains(year));
    let date = if let Some(year) = year {
        last += 1 + comma;
        last += usize::from(reader.is_word(last + 1, &["року", "р"]));
        NaiveDate::from_ymd_opt(year as i32, month, day)?
    } else {
        ahead(reader.context.today, month, day)?
    };
    Some((last, date))
}

/// "tomorrow", "післязавтра", "in two days", "через тиждень".
fn relative(reader: &Reader<'_>, at: usize, today: NaiveDate) -> Option<(usize, NaiveDate)> {
    const PHRASES: &[(&str, u64)] = &[
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("today", 0),
        ("tomorrow", 1),
        ("in a week", 7),
        ("a week from today", 7),
        ("сьогодні", 0),
        ("завтра", 1),
        ("післязавтра", 2),
        ("після завтра", 2),
        ("через тиждень", 7),
        ("за тиждень", 7),
        ("через день", 2),
    ];
    let longest = PHRASES
        .iter()
        .filter_map(|(phrase, days)| Some((reader.phrase(at, phrase)?, *days)))
        .max_by_key(|(length, _)| *length);
    if let Some((length, days)) = longest {
        return Some((at + length - 1, today.checked_add_days(Days::new(days))?));
    }
    if !reader.is_word(at, &["in", "через", "за"]) {
        return None;
    }
    let count = reader.cardinal(at + 1).filter(|count| *count <= 60)?;
    let unit = if reader.is_word(at + 2, &["day", "days", "день", "дні", "днів"]) {
        1
    } else if reader.is_word(at + 2, &["week", "weeks", "тиждень", "тижні", "тижнів"])
    {
        7
    } else {
        return None;
    };
    Some((at + 2, today.checked_add_days(Days::new(u64::from(count * unit)))?))
}

/// A day without a month: "on the 25th", "двадцять п'ятого", "25 числа", "на двадцять п'яте".
fn lone_day(reader: &Reader<'_>, at: usize) -> Option<(usize, NaiveDate)> {
    let ItemKind::Number(number) = &reader.free(at)?.kind else { return None };
    let day = number.value();
    if !(1..=31).contains(&day) {
        return None;
    }
    let named = reader.is_word(at + 1, &["числа", "число"]);
    let thing =
        reader.free(at + 1).is_some_and(|item| item.is_any(THINGS) || item.starts(THING_STEMS));
    let said_as_day = match number.ordinal {
        Some(Ending::English) => {
            let two_before = at.checked_sub(2).and_then(|before| reader.items.get(before));
            reader.follows(at, &["the", "on", "for"])
                && !thing
                && (day > 12
                    || two_before.is_some_and(|item| item.is_any(&["on", "for", "by", "until"])))
        }
        Some(Ending::Genitive) => !thing,
        Some(Ending::Neuter) => reader.follows(at, &["на"]) && !thing,
        _ => false,
    };
    if !named && !said_as_day {
        return None;
    }
    Some((at + usize::from(named), nearest_day(reader.context.today, day)?))
}

/// What an ordinal before it counts, so that it is no day.
const THINGS: &[&str] =
    &["one", "option", "station", "slot", "time", "variant", "floor", "set", "place"];
const THING_STEMS: &[&str] =
    &["варіант", "станц", "адрес", "раз", "поверх", "час", "слот", "точк", "розмір"];

/// The day of a month that comes next; today counts.
fn ahead(today: NaiveDate, month: u32, day: u32) -> Option<NaiveDate> {
    // Eight years hold a 29th of February, whatever the century does.
    (0..8).find_map(|years| {
        NaiveDate::from_ymd_opt(today.year() + years, month, day).filter(|date| *date >= today)
    })
}

/// The next day with this number, today included.
fn nearest_day(today: NaiveDate, day: u32) -> Option<NaiveDate> {
    today.iter_days().take(62).find(|date| date.day() == day)
}

/// The day that a list of values names: its date, or the nearest weekday ahead.
#[must_use]
pub fn day_of(heard: &[Heard], today: NaiveDate) -> Option<NaiveDate> {
    let date = heard.iter().rev().find_map(|value| match value {
        Heard::Date(date) => Some(*date),
        _ => None,
    });
    date.or_else(|| {
        heard.iter().rev().find_map(|value| match value {
            Heard::Weekday(day) => Some(nearest_weekday(today, *day)),
            _ => None,
        })
    })
}
