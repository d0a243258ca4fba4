//! Times told by their distance from an hour: "half past two", "за чверть третя", "без десяти
//! три", "полодиннадцатого".

use super::items::Item;
use super::number_words::{Ending, NumberWord, lookup};
use super::reader::Reader;
use super::times::Clock;

const MINUTES: &[&str] =
    &["minute", "minutes", "хвилин", "хвилини", "хвилину", "минут", "минуты", "минуту", "хв"];
const QUARTER: &[&str] = &["чверть", "чверті", "четверть", "четверти", "чвертi"];
const HALF: &[&str] = &["пів", "пол", "половина", "половині", "половину", "половине", "половин"];

/// A time told by a relation that begins at item `at`.
pub(super) fn read(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    english(reader, at)
        .or_else(|| glued_half(reader, at))
        .or_else(|| minutes_first(reader, at))
        .or_else(|| before_hour(reader, at))
        .or_else(|| on_the_way(reader, at))
}

/// "half past two", "a quarter to three", "ten past two", "half ten".
fn english(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let article = usize::from(reader.is_word(at, &["a"]) && reader.is_word(at + 1, &["quarter"]));
    let start = at + article;
    let hour_at = |at: usize| reader.cardinal(at).filter(|hour| (1..=12).contains(hour));
    let quarter = reader.is_word(start, &["quarter"]);
    let minutes = if reader.is_word(start, &["half"]) {
        if let Some(hour) = hour_at(start + 1) {
            return Some(Clock { last: start + 1, hour, minute: 30, open: true });
        }
        30
    } else if quarter {
        15
    } else {
        reader.cardinal(start).filter(|minutes| (1..=29).contains(minutes))?
    };
    let unit = usize::from(reader.is_word(start + 1, &["minutes", "mins"]));
    let relation = start + 1 + unit;
    let past = reader.is_word(relation, &["past", "after"]);
    let to = reader.is_word(relation, &["to", "till", "before"])
        || quarter && reader.is_word(relation, &["of"]);
    // "From nine to eleven" is two times.
    let span = reader.follows(at, &["from", "between"]);
    let likely = minutes.is_multiple_of(5) || unit == 1;
    if !past && !to || span || !likely {
        return None;
    }
    relate(relation + 1, hour_at(relation + 1)?, minutes, past)
}

/// "полодиннадцатого", "півдесятої".
fn glued_half(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let word = reader.free(at)?.word()?;
    let rest = word.strip_prefix("пів").or_else(|| word.strip_prefix("пол"))?;
    let rest = rest.strip_prefix('\'').unwrap_or(rest);
    let Some(NumberWord::Ordinal(hour @ 1..=12, ending)) = lookup(rest, reader.russian) else {
        return None;
    };
    let oblique = matches!(ending, Ending::Genitive | Ending::Feminine | Ending::Locative);
    oblique.then(|| towards(at, hour, 30))
}

/// The Russian "минут двадцать пятого": twenty minutes of the fifth hour, more or less.
fn minutes_first(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    if !reader.is_word(at, MINUTES) {
        return None;
    }
    if let Some(minutes) = reader.cardinal(at + 1).filter(|minutes| (1..=29).contains(minutes)) {
        let hour = oblique_hour(reader, at + 2).filter(|hour| *hour <= 12)?;
        return Some(towards(at + 2, hour, minutes));
    }
    let hour = oblique_hour(reader, at + 1).filter(|both| (21..=29).contains(both))?;
    Some(towards(at + 1, hour - 20, 20))
}

/// "за чверть третя", "без десяти три", "без двадцати пять".
fn before_hour(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let without = reader.is_word(at, &["без", "бес"]);
    if !without && !reader.is_word(at, &["за"]) {
        return None;
    }
    let start = at + 1;
    let quarter = reader.is_word(start, QUARTER);
    let unit = usize::from(reader.is_word(start + 1, MINUTES));
    let place = start + 1 + unit;
    let cardinal_hour = || reader.cardinal(place).filter(|hour| (1..=12).contains(hour));
    let hour = hour_word(reader, place)
        .filter(|hour| *hour <= 12)
        .or_else(|| cardinal_hour().filter(|_| without || quarter));
    let minutes = if quarter {
        Some(15)
    } else {
        reader.cardinal(start).filter(|minutes| (1..=29).contains(minutes))
    };
    if let (Some(minutes), Some(hour)) = (minutes, hour) {
        return relate(place, hour, minutes, false);
    }
    // "без двадцати пять" and "за двадцять третя" sound like 25 and 23.
    let number = reader.free(start)?.number()?;
    let both = number.value();
    let split = unit == 0 && !number.written && (21..=29).contains(&both);
    let spoken = match number.ordinal {
        None => without,
        Some(Ending::Feminine) => true,
        _ => false,
    };
    if split && spoken { relate(start, both - 20, 20, false) } else { None }
}

/// "пів на третю", "чверть на третю", "двадцять хвилин на третю", "десять минут одиннадцатого",
/// "половина третьего", "чверть по третій", "десять хвилин до третьої".
fn on_the_way(reader: &Reader<'_>, at: usize) -> Option<Clock> {
    let half = reader.is_word(at, HALF);
    let quarter = reader.is_word(at, QUARTER);
    let minutes = if half {
        30
    } else if quarter {
        15
    } else {
        reader.cardinal(at).filter(|minutes| (1..=29).contains(minutes))?
    };
    let hyphen = usize::from(reader.free(at + 1).and_then(Item::mark) == Some('-'));
    let unit = usize::from(reader.is_word(at + 1, MINUTES));
    let link = at + 1 + unit + hyphen;
    let linked = usize::from(reader.is_word(link, &["на", "по", "до", "після", "после", "к"]));
    let place = link + linked;
    // "десять третя" needs "на" or minutes: without them it is two things.
    if linked == 0 && unit == 0 && !half && !quarter {
        return None;
    }
    let cardinal_hour = || {
        let hour = reader.cardinal(place).filter(|hour| (1..=12).contains(hour));
        hour.filter(|_| half || linked == 1 && (quarter || unit == 1))
    };
    let hour = oblique_hour(reader, place).filter(|hour| *hour <= 12).or_else(cardinal_hour)?;
    if linked == 0 || reader.is_word(link, &["на", "к"]) {
        return Some(towards(place, hour, minutes));
    }
    relate(place, hour, minutes, !reader.is_word(link, &["до"]))
}

/// On the way to an hour: "half of the third" is half past two.
fn towards(last: usize, hour: u32, minute: u32) -> Clock {
    let hour = if hour == 1 { 12 } else { hour - 1 };
    Clock { last, hour, minute, open: true }
}

fn relate(last: usize, hour: u32, minutes: u32, past: bool) -> Option<Clock> {
    let (hour, minute) = match (past, hour) {
        (true, hour) => (hour, minutes),
        (false, 1) => (12, 60 - minutes),
        (false, hour) => (hour.checked_sub(1)?, 60 - minutes),
    };
    Some(Clock { last, hour, minute, open: true })
}

/// A feminine ordinal that can be an hour.
pub(super) fn hour_word(reader: &Reader<'_>, at: usize) -> Option<u32> {
    let number = reader.free(at)?.number()?;
    let feminine = matches!(number.ordinal, Some(Ending::Feminine | Ending::Locative));
    let friend = super::counts::is_friend(reader, at);
    (feminine && !friend && (1..=23).contains(&number.value())).then(|| number.value())
}

/// The same, also in the masculine genitive that Russian uses.
fn oblique_hour(reader: &Reader<'_>, at: usize) -> Option<u32> {
    let number = reader.free(at)?.number()?;
    let genitive = number.ordinal == Some(Ending::Genitive);
    hour_word(reader, at).or_else(|| genitive.then(|| number.value()))
}
