//! Days: ISO and dotted dates, "the twenty fifth of November", "завтра", weekdays.

use super::day_words::{DAYS, MONTHS_AHEAD, RELATIVE, THINGS, WEEKS, month, weekday};
use super::items::{Item, ItemKind, Number};
use super::number_words::Ending;
use super::reader::Reader;
use super::{Heard, nearest_weekday};
use chrono::{Datelike as _, Months, NaiveDate, TimeDelta};

/// Takes all days out of the utterance.
pub(super) fn read(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if reader.free(at).is_none() {
            continue;
        }
        let today = reader.context.today;
        let hit = figures(reader, at)
            .or_else(|| day_and_month(reader, at))
            .or_else(|| day_and_month_by_number(reader, at))
            .or_else(|| relative(reader, at, today))
            .or_else(|| lone_day(reader, at));
        if let Some((last, date)) = hit {
            let first =
                at - usize::from(reader.follows(at, &["the"]) && reader.free(at - 1).is_some());
            reader.take(first, last, Heard::Date(date));
        } else if let Some(day) = weekday_at(reader, at) {
            reader.take(at, at, Heard::Weekday(day));
        }
    }
}

/// "on Friday", "пт". "Sat" and "sun" are other words, too.
fn weekday_at(reader: &Reader<'_>, at: usize) -> Option<chrono::Weekday> {
    let word = reader.free(at)?.word()?;
    weekday(word).or_else(|| {
        let pointed = reader.follows(at, &["on", "this", "next", "for"]);
        match word {
            "sat" if pointed => Some(chrono::Weekday::Sat),
            "sun" if pointed => Some(chrono::Weekday::Sun),
            _ => None,
        }
    })
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
        ('.' | '/' | '-', Some(year)) if year.digits.len() == 4 => {
            let date = NaiveDate::from_ymd_opt(year.value() as i32, two.value(), one.value())?;
            Some((at + 4, date))
        }
        ('.', Some(year)) if year.digits.len() == 2 && one.digits.len() <= 2 => {
            let year = 2000 + year.value() as i32;
            Some((at + 4, NaiveDate::from_ymd_opt(year, two.value(), one.value())?))
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
    let month_at = |at: usize| month(reader.free(at)?.word()?);
    if let Some(day) = number(at)
        && let Some(month) = shared_month(reader, at)
    {
        return Some((at, ahead(reader.context.today, month, day)?));
    }
    let (day, month, last) = if let Some(day) = number(at) {
        let of = usize::from(reader.is_word(at + 1, &["of", "числа"]));
        (day, month_at(at + 1 + of)?, at + 1 + of)
    } else {
        let month = month_at(at)?;
        let the = usize::from(reader.is_word(at + 1, &["the"]));
        // "May 4 tyres": a thing that is counted is no day.
        let counted =
            reader.free(at + 2 + the).is_some_and(|item| item.starts(&["ty", "ti", "шин", "кол"]));
        (number(at + 1 + the).filter(|_| !counted)?, month, at + 1 + the)
    };
    with_year(reader, last, day, month)
}

/// "З другого *по п'яте січня*": the month of the second day is that of the first.
fn shared_month(reader: &Reader<'_>, at: usize) -> Option<u32> {
    const LINKS: &[&str] = &[
        "по", "до", "і", "й", "та", "або", "чи", "или", "и", "либо", "to", "or", "and", "through",
    ];
    let hyphen = reader.free(at + 1).and_then(Item::mark) == Some('-');
    if !hyphen && !reader.is_word(at + 1, LINKS) {
        return None;
    }
    // "Чотири і п'яте січня" is a count and a day: bare words need figures or an ordinal.
    let day_like = |at: usize| {
        reader.free(at).and_then(Item::number).is_some_and(|number| {
            (number.ordinal.is_some() || number.written) && (1..=31).contains(&number.value())
        })
    };
    let the = usize::from(reader.is_word(at + 2, &["the"]));
    let second = at + 2 + the;
    let of = usize::from(reader.is_word(second + 1, &["of"]));
    let month = month(reader.free(second + 1 + of)?.word()?)?;
    (day_like(at) && day_like(second)).then_some(month)
}

/// "Двадцять п'ятого одинадцятого": the month by its number.
fn day_and_month_by_number(reader: &Reader<'_>, at: usize) -> Option<(usize, NaiveDate)> {
    let ordinal = |at: usize| {
        let number = reader.free(at)?.number()?;
        matches!(number.ordinal, Some(Ending::Genitive | Ending::Neuter)).then_some(number)
    };
    let (day, month) = (ordinal(at)?, ordinal(at + 1)?);
    (month.ordinal == Some(Ending::Genitive)).then_some(())?;
    // "… двадцять шостого": the year by its last two figures.
    if let Some(year) = ordinal(at + 2).map(Number::value).filter(|year| (25..=45).contains(year)) {
        let date = NaiveDate::from_ymd_opt(2000 + year as i32, month.value(), day.value())?;
        return Some((at + 2, date));
    }
    with_year(reader, at + 1, day.value(), month.value())
}

/// The date of a day and a month that end at item `last`, with the year that may follow.
fn with_year(
    reader: &Reader<'_>,
    mut last: usize,
    day: u32,
    month: u32,
) -> Option<(usize, NaiveDate)> {
    let number = |at: usize| Some(reader.free(at)?.number()?.value());
    let comma = usize::from(reader.free(last + 1).and_then(Item::mark) == Some(','));
    let year = number(last + 1 + comma).filter(|year| (2000..2100).contains(year));
    let date = if let Some(year) = year {
        last += 1 + comma;
        last += usize::from(reader.is_word(last + 1, &["року", "р", "года", "г"]));
        NaiveDate::from_ymd_opt(year as i32, month, day)?
    } else {
        ahead(reader.context.today, month, day)?
    };
    Some((last, date))
}

/// "tomorrow", "післязавтра", "in two days", "через тиждень", "три дня назад".
fn relative(reader: &Reader<'_>, at: usize, today: NaiveDate) -> Option<(usize, NaiveDate)> {
    let day = |days: i64| today.checked_add_signed(TimeDelta::try_days(days)?);
    let longest = RELATIVE
        .iter()
        .filter_map(|(phrase, days)| Some((reader.phrase(at, phrase)?, *days)))
        .max_by_key(|(length, _)| *length);
    if let Some((length, days)) = longest {
        return Some((at + length - 1, day(days)?));
    }
    // "Дней через пять".
    if reader.is_word(at, DAYS)
        && reader.is_word(at + 1, &["через", "за"])
        && let Some(count) = reader.cardinal(at + 2).filter(|count| *count <= 60)
    {
        return Some((at + 2, day(i64::from(count))?));
    }
    let ahead = reader.is_word(at, &["in", "через", "за"]);
    let article = usize::from(ahead && reader.is_word(at + 1, &["a", "one"]));
    let place = at + usize::from(ahead) + article;
    if ahead && reader.is_word(place, MONTHS_AHEAD) {
        return Some((place, today.checked_add_months(Months::new(1))?));
    }
    let count = reader.cardinal(place).filter(|count| *count <= 60)?;
    let unit = place + 1;
    let back = reader.is_word(unit + 1, &["ago", "тому", "назад"]);
    let from_now = ["from now", "from today"].iter().find_map(|one| reader.phrase(unit + 1, one));
    if !ahead && !back && from_now.is_none() {
        return None;
    }
    let last = unit + usize::from(back) + from_now.unwrap_or(0);
    if reader.is_word(unit, MONTHS_AHEAD) && !back {
        return Some((last, today.checked_add_months(Months::new(count))?));
    }
    let days = if reader.is_word(unit, DAYS) {
        1
    } else if reader.is_word(unit, WEEKS) {
        7
    } else {
        return None;
    };
    let days = i64::from(count) * days;
    Some((last, day(if back { -days } else { days })?))
}

/// A day without a month: "on the 25th", "двадцять п'ятого", "25 числа", "на двадцять п'яте".
fn lone_day(reader: &Reader<'_>, at: usize) -> Option<(usize, NaiveDate)> {
    let ItemKind::Number(number) = &reader.free(at)?.kind else { return None };
    let day = number.value();
    if !(1..=31).contains(&day) {
        return None;
    }
    let named = reader.is_word(at + 1, &["числа", "число"]);
    // "Тридцять перше листопада" is no day at all.
    if reader.free(at + 1).and_then(Item::word).is_some_and(|word| month(word).is_some()) {
        return None;
    }
    let of_month =
        ["of the month", "of this month"].iter().find_map(|of| reader.phrase(at + 1, of));
    if let Some(length) = of_month {
        return Some((at + length, nearest_day(reader.context.today, day)?));
    }
    let thing = reader.free(at + 1).is_some_and(|item| item.starts(THINGS));
    let said_as_day = match number.ordinal {
        Some(Ending::English) => {
            let two_before = at.checked_sub(2).and_then(|before| reader.items.get(before));
            reader.follows(at, &["the", "on", "for"])
                && !thing
                && (day > 12
                    || two_before.is_some_and(|item| item.is_any(&["on", "for", "by", "until"])))
        }
        Some(Ending::Genitive) => !thing && !other_person(reader, at),
        Some(Ending::Neuter) => {
            let pointed = reader.follows(at, &["на", "це", "это", "під", "под", "за"])
                || reader.follows(at, &["по"]) && follows_ordinal(reader, at - 1);
            (pointed || day > 12) && !thing
        }
        _ => reader.follows(at, &["числа"]) && !thing,
    };
    if !named && !said_as_day {
        return None;
    }
    Some((at + usize::from(named), nearest_day(reader.context.today, day)?))
}

/// "З першого *по третє*".
fn follows_ordinal(reader: &Reader<'_>, at: usize) -> bool {
    reader
        .before(at)
        .is_some_and(|item| item.number().is_some_and(|number| number.ordinal.is_some()))
}

/// "Від другого майстра", "для першого авто": a genitive that belongs to a noun.
fn other_person(reader: &Reader<'_>, at: usize) -> bool {
    reader.follows(at, &["для", "крім", "замість", "вместо", "кроме", "начале", "конце"])
}

/// The day of a month that comes next; today counts.
fn ahead(today: NaiveDate, month: u32, day: u32) -> Option<NaiveDate> {
    // Eight years hold a 29th of February, whatever the century does.
    (0..8).find_map(|years| {
        NaiveDate::from_ymd_opt(today.year() + years, month, day).filter(|date| *date >= today)
    })
}

/// The next day with this number, today included.
pub(super) fn nearest_day(today: NaiveDate, day: u32) -> Option<NaiveDate> {
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
