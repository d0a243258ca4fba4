//! "No, sorry, …": after a correction only the last value of a kind counts.

use super::reader::Reader;
use super::{Heard, Spotted};

/// Phrases that take back what was said just before.
const MARKERS: &[&str] = &[
    "no",
    "nope",
    "sorry",
    "actually",
    "i mean",
    "i meant",
    "rather",
    "correction",
    "scratch that",
    "excuse me",
    "make that",
    "make it",
    "ні",
    "вибачте",
    "перепрошую",
    "точніше",
    "тобто",
    "пробачте",
    "ой",
    "краще",
    "помилився",
    "помилилася",
    "нє",
];

/// What replaces what.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Group {
    Size,
    Season,
    Brand,
    Count,
    Phone,
    Plate,
    Day,
    Time,
    Money,
    Place,
    Name,
    Answer,
}

const fn group(value: &Heard) -> Group {
    match value {
        Heard::TireSize(_) | Heard::Diameter(_) => Group::Size,
        Heard::Season(_) => Group::Season,
        Heard::Brand(_) => Group::Brand,
        Heard::Quantity(_) | Heard::Number(_) => Group::Count,
        Heard::Phone(_) => Group::Phone,
        Heard::Plate(_) => Group::Plate,
        Heard::Date(_) | Heard::Weekday(_) => Group::Day,
        Heard::Time(_) | Heard::Earliest => Group::Time,
        Heard::Money(_) => Group::Money,
        Heard::Ordinal(_) => Group::Place,
        Heard::Name(_) => Group::Name,
        Heard::Answer(_) => Group::Answer,
    }
}

/// Drops the values that a later one of their kind replaces. `found` is in order of appearance.
pub(super) fn apply(reader: &Reader<'_>, found: Vec<Spotted>) -> Vec<Spotted> {
    let marks: Vec<usize> = (0..reader.items.len())
        .filter(|at| MARKERS.iter().any(|phrase| reader.phrase(*at, phrase).is_some()))
        .map(|at| reader.items[at].start)
        .collect();
    // In "4 tyres, no, 2" the second number lost its noun: it is the same quantity.
    let mut kept: Vec<Spotted> = Vec::new();
    for spotted in found {
        let replaced = |before: &Spotted| {
            group(&before.value) == group(&spotted.value)
                && marks.iter().any(|mark| (before.end..=spotted.start).contains(mark))
        };
        let quantity = kept
            .iter()
            .any(|before| replaced(before) && matches!(before.value, Heard::Quantity(_)));
        kept.retain(|before| !replaced(before));
        let value = match spotted.value {
            Heard::Number(digits) if quantity => {
                digits.parse().map_or(Heard::Number(digits), Heard::Quantity)
            }
            other => other,
        };
        kept.push(Spotted { value, ..spotted });
    }
    kept
}
