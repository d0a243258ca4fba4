//! Rim diameters: "R16", "шістнадцяті диски", "радіус у мене сімнадцять".

use super::Heard;
use super::items::Item;
use super::number_words::{Ending, NumberWord, lookup};
use super::reader::Reader;
use crate::shop::TireSize;

/// After a number these say that it is a rim.
const RIM_STEMS: &[&str] = &["радіус", "радиус", "діаметр", "диаметр", "дюйм", "inch"];

/// Before a number.
pub(super) const RIM_LETTERS: &[&str] = &["r", "р", "ер", "эр", "ар"];

const RIM_NOUNS: &[&str] = &["радіус", "радиус", "діаметр", "диаметр", "radius", "diameter"];

/// What may stand between such a noun and its number.
const RIM_FILLERS: &[&str] = &[
    "is",
    "of",
    "на",
    "у",
    "в",
    "мене",
    "меня",
    "нас",
    "там",
    "стоїть",
    "стоит",
    "диска",
    "дисків",
    "дисков",
    "диску",
    "колеса",
    "колес",
    "коліс",
    "це",
    "это",
    "потрібен",
    "потрібний",
    "нужен",
    "size",
    "шин",
    "буде",
    "будет",
    "мій",
    "мой",
    "здається",
    "кажется",
    "вроде",
    "ніби",
    "десь",
];

/// Wheels that an ordinal or an "on" may describe by their rim.
const WHEELS: &[&str] = &[
    "диск",
    "колес",
    "колёс",
    "коліс",
    "гум",
    "резин",
    "шин",
    "покриш",
    "покрыш",
    "скат",
    "камер",
];

/// Takes rim diameters: "R16", "16 inches", "радіус шістнадцять", "шістнадцяті диски".
pub(super) fn read(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let hit = rim_after(reader, at)
            .or_else(|| rim_before(reader, at))
            .or_else(|| rim_word(reader, at).map(|inches| (at, inches)));
        let Some((last, inches)) = hit else { continue };
        let inches = inches as u16;
        match size_after(reader, last, inches) {
            Some((end, size)) => reader.take(at, end, Heard::TireSize(size)),
            None => reader.take(at, last, Heard::Diameter(inches)),
        }
    }
}

/// Takes "Зимова гума на шістнадцять", "Goodyear на 18". Runs after seasons and brands.
pub(super) fn read_on(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if let Some((last, inches)) = rim_on(reader, at) {
            reader.take(at, last, Heard::Diameter(inches as u16));
        }
    }
}

/// The rim came first: "сімнадцятий радіус, двісті двадцять п'ять на сорок п'ять".
fn size_after(reader: &Reader<'_>, last: usize, inches: u16) -> Option<(usize, TireSize)> {
    let link = |at: usize| {
        let mark = reader.free(at).and_then(Item::mark).is_some_and(|mark| ",/-".contains(mark));
        usize::from(mark || reader.is_word(at, &["на", "by", "розмір", "размер", "ширина"]))
    };
    let width_at = last + 1 + link(last + 1);
    let width = u16::try_from(reader.cardinal(width_at)?).ok()?;
    let profile_at = width_at + 1 + link(width_at + 1);
    let profile = u16::try_from(reader.cardinal(profile_at)?).ok()?;
    let usual = width % 10 == 5 && (135..=335).contains(&width) && profile.is_multiple_of(5);
    let more = reader.free(profile_at + 1).is_some_and(|item| item.number().is_some());
    let size = TireSize::new(width, profile, inches).filter(|_| usual && !more)?;
    Some((profile_at, size))
}

fn is_rim(value: u32) -> bool {
    (10..=26).contains(&value)
}

/// "16 дюймів", "шістнадцятий радіус", "17-inch", "шістнадцяті диски".
fn rim_after(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    let number = reader.free(at)?.number().filter(|number| is_rim(number.value()))?;
    let hyphen = usize::from(reader.free(at + 1).and_then(Item::mark) == Some('-'));
    let next = at + 1 + hyphen;
    let item = reader.free(next);
    if item.is_some_and(|item| {
        item.starts(RIM_STEMS) || matches!(item.mark(), Some('"' | '″' | '”')) && item.glued
    }) {
        return Some((next, number.value()));
    }
    let wheel_next = item.is_some_and(|item| item.starts(WHEELS));
    let wheeled = match number.ordinal? {
        // "Шістнадцяті", without a noun or with one: nothing else is numbered in the plural.
        Ending::Plural => {
            number.value() >= 12
                && (item.and_then(Item::word).is_none() || wheel_next || wheel_near(reader, at))
        }
        Ending::English => false,
        _ => {
            number.value() >= 12
                && (wheel_next || item.is_some_and(|item| item.starts(&["розмір", "размер"])))
        }
    };
    wheeled.then(|| (at, number.value()))
}

/// A wheel is spoken of just before: "диски сімнадцяті", "гума шістнадцята".
fn wheel_near(reader: &Reader<'_>, at: usize) -> bool {
    reader.items[at.saturating_sub(3)..at].iter().any(|item| item.starts(WHEELS))
}

/// "R16", "радіус у мене шістнадцять".
fn rim_before(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    let item = reader.free(at)?;
    let letter = item.is_any(RIM_LETTERS);
    if !letter && !item.starts(RIM_NOUNS) && !item.is_any(&["rim", "rims"]) {
        return None;
    }
    let mut place = at + 1;
    while place <= at + 5 && !letter && reader.is_word(place, RIM_FILLERS)
        || matches!(reader.free(place).and_then(Item::mark), Some('-' | ':' | '—' | '–'))
        || !letter && reader.free(place).and_then(Item::mark) == Some(',')
    {
        place += 1;
    }
    let number = reader.free(place)?.number().filter(|number| is_rim(number.value()))?;
    (number.ordinal.is_none() || !letter).then(|| (place, number.value()))
}

/// "Шістнадцятка", "семнадцатидюймовые".
fn rim_word(reader: &Reader<'_>, at: usize) -> Option<u32> {
    let word = reader.free(at)?.word()?;
    let named = |stem: &str| match lookup(&format!("{stem}ий"), reader.russian)? {
        NumberWord::Ordinal(value @ 13..=22, _) => Some(value),
        _ => None,
    };
    if let Some(at) = word.find("дюйм") {
        return match lookup(word.get(..at)?, reader.russian)? {
            NumberWord::Plain(value) if is_rim(value) => Some(value),
            _ => None,
        };
    }
    ["ка", "ку", "ки", "кою", "кой", "ках"]
        .iter()
        .find_map(|ending| named(word.strip_suffix(ending)?))
}

/// "Зимова гума на шістнадцять": wheels on a number that can be no hour of theirs.
fn rim_on(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    if !reader.is_word(at, &["на", "for"]) {
        return None;
    }
    let rim = reader.cardinal(at + 1).filter(|value| (13..=22).contains(value))?;
    let english = reader.items[at].is_any(&["for"]);
    let near = &reader.items[at.saturating_sub(4)..at];
    let from = near.first().map_or(usize::MAX, |item| item.start);
    let named = reader.found.iter().any(|found| {
        found.start >= from
            && found.end <= reader.items[at].start
            && matches!(found.value, Heard::Brand(_) | Heard::Season(_))
    });
    let wheels =
        named || near.iter().any(|item| item.starts(WHEELS) && !item.starts(&["шиномонт"]));
    let ends = reader.free(at + 2).is_none_or(|item| {
        item.mark().is_some()
            || item.is_any(&["є", "есть", "яка", "какая", "почём", "скільки", "сколько"])
    });
    (wheels && ends && !english).then_some((at + 1, rim))
}
