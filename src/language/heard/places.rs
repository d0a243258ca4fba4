//! Addresses: their numbers, days and months are part of a place's name, not values.

use super::day_words::month;
use super::items::Item;
use super::reader::Reader;

/// Words after which a street's name comes: stems.
const STREETS: &[&str] = &[
    "вулиц",
    "проспект",
    "провул",
    "бульв",
    "площ",
    "шосе",
    "шоссе",
    "набережн",
    "улиц",
    "переул",
    "проезд",
    "проїзд",
    "узвіз",
    "мікрорайон",
    "микрорайон",
    "мкр",
    "масив",
    "массив",
    "квартал",
];
/// The same, abbreviated: whole words.
const STREETS_SHORT: &[&str] =
    &["вул", "ул", "пр", "просп", "пров", "бульв", "пер", "пл", "наб", "жк"];
/// English names come before the word.
const ENGLISH: &[&str] =
    &["street", "avenue", "road", "lane", "highway", "boulevard", "drive", "embankment"];
/// Before a number that is no value.
const HOUSE: &[&str] = &[
    "будинок",
    "будинку",
    "буд",
    "дом",
    "дома",
    "доме",
    "квартира",
    "квартиру",
    "кв",
    "корпус",
    "під'їзд",
    "подъезд",
    "офіс",
    "офис",
    "house",
    "apartment",
    "flat",
    "apt",
    "suite",
    "building",
    "д",
];
/// Words that begin something else.
const STOPS: &[&str] = &[
    "на",
    "о",
    "об",
    "в",
    "у",
    "і",
    "й",
    "та",
    "и",
    "завтра",
    "сьогодні",
    "сегодня",
    "мені",
    "мне",
    "шини",
    "шины",
    "можна",
    "можно",
    "запишіть",
    "запишите",
    "потрібно",
    "нужно",
    "треба",
    "хочу",
    "я",
    "до",
    "з",
    "після",
    "после",
    "через",
    "є",
    "есть",
    "at",
    "on",
    "for",
    "and",
    "чотири",
    "якщо",
    "если",
    "а",
    "це",
    "это",
];
/// How far a house number may stand from "вулиця".
const NAME_WORDS_MAX: usize = 5;

/// Takes the numbers of addresses away.
pub(super) fn drop_addresses(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let Some(item) = reader.free(at) else { continue };
        if item.is_any(HOUSE) {
            let dot = usize::from(is_mark(reader, at + 1, '.'));
            let number = usize::from(reader.is_word(at + 1 + dot, &["номер", "number"]));
            drop_number(reader, at + 1 + dot + number);
        } else if item.starts(STREETS) || item.is_any(STREETS_SHORT) {
            drop_street(reader, at);
        } else if item.is_any(ENGLISH) {
            for near in at.saturating_sub(3)..at {
                drop_number(reader, near);
            }
            let comma = usize::from(is_mark(reader, at + 1, ','));
            drop_number(reader, at + 1 + comma);
        }
    }
}

fn is_mark(reader: &Reader<'_>, at: usize, mark: char) -> bool {
    reader.free(at).and_then(Item::mark) == Some(mark)
}

fn drop_number(reader: &mut Reader<'_>, at: usize) -> bool {
    let number = reader.free(at).is_some_and(|item| item.number().is_some());
    if number {
        reader.drop_items(at, at);
    }
    number
}

/// "вулиця 8 Березня, 15", "вул. Полярна 10".
fn drop_street(reader: &mut Reader<'_>, street: usize) {
    let first = street + 1 + usize::from(is_mark(reader, street + 1, '.'));
    let mut named = false;
    for at in first..first + NAME_WORDS_MAX {
        let Some(item) = reader.free(at) else { return };
        if item.number().is_some() {
            let month_next =
                reader.free(at + 1).and_then(Item::word).is_some_and(|word| month(word).is_some());
            let ordinal = item.number().is_some_and(|number| number.ordinal.is_some());
            reader.drop_items(at, at);
            if month_next {
                reader.drop_items(at + 1, at + 1);
                return drop_house(reader, at + 2);
            }
            if named || !ordinal {
                return;
            }
        } else if item.is_any(STOPS)
            || item.mark().is_some_and(|mark| !matches!(mark, ',' | '-' | '.'))
        {
            return;
        }
        named = true;
    }
}

/// A house number right after a street's name.
fn drop_house(reader: &mut Reader<'_>, at: usize) {
    let comma = usize::from(is_mark(reader, at, ','));
    drop_number(reader, at + comma);
}
