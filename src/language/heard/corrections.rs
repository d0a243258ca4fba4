//! "No, sorry, …": after a correction only the last value of a kind counts.

use super::days::nearest_day;
use super::reader::Reader;
use super::{Heard, Spotted};
use crate::shop::TireSize;
use chrono::{NaiveTime, Timelike as _};
use rust_decimal::Decimal;

/// Phrases that take back what was said just before.
const MARKERS: &[&str] = &[
    "no",
    "nope",
    "nah",
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
    "oops",
    "my mistake",
    "my bad",
    "instead",
    "wait",
    "hold on",
    "pardon",
    "let's say",
    "strike that",
    "not that",
    "better",
    "changed my mind",
    "ні",
    "нє",
    "вибачте",
    "вибачаюсь",
    "перепрошую",
    "точніше",
    "тобто",
    "пробачте",
    "ой",
    "ай",
    "краще",
    "помилився",
    "помилилася",
    "помилилась",
    "обмовився",
    "обмовилася",
    "стоп",
    "стривайте",
    "хоча ні",
    "не так",
    "тьху",
    "тьфу",
    "вірніше",
    "чекайте",
    "зачекайте",
    "почекайте",
    "даруйте",
    "передумав",
    "передумала",
    "переплутав",
    "переплутала",
    "скоріше",
    "я хотів сказати",
    "нет",
    "извините",
    "простите",
    "извиняюсь",
    "точнее",
    "то есть",
    "вернее",
    "ошибся",
    "ошиблась",
    "оговорился",
    "оговорилась",
    "погодите",
    "подождите",
    "постойте",
    "лучше",
    "виноват",
    "виновата",
    "в смысле",
    "имел в виду",
    "имела в виду",
    "передумал",
    "перепутал",
    "перепутала",
    "скорее",
    "прошу прощения",
    "нєт",
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

/// Drops the values that a later one of their kind replaces, and those that were denied outright
/// ("не шістнадцятий, а сімнадцятий"). `found` is in order of appearance.
pub(super) fn apply(reader: &Reader<'_>, found: Vec<Spotted>) -> Vec<Spotted> {
    let marks: Vec<usize> = (0..reader.items.len())
        .filter(|at| {
            let marker = |phrase: &&str| phrase_at(reader, *at, phrase);
            MARKERS.iter().any(marker)
        })
        .map(|at| reader.items[at].start)
        .collect();
    let mut kept: Vec<Spotted> = Vec::new();
    let mut pending: Option<Heard> = None;
    for mut spotted in found {
        if is_denied(reader, &spotted) {
            pending = Some(spotted.value);
            continue;
        }
        let corrects =
            |before: &Spotted| marks.iter().any(|mark| (before.end..=spotted.start).contains(mark));
        // In "4 tyres, no, 2" the second number lost its noun: it is the same quantity.
        if let Some(before) = kept.last().filter(|before| corrects(before)) {
            spotted.value = in_place_of(reader, &before.value, spotted.value);
        } else if let Some(denied) = pending.take() {
            spotted.value = in_place_of(reader, &denied, spotted.value);
        }
        kept.retain(|before| {
            let corrected = marks.iter().any(|mark| (before.end..=spotted.start).contains(mark));
            !(corrected && replaces(&before.value, &spotted.value))
        });
        // "Літо, літо": said twice, meant once. A figure said twice may be two figures.
        let again = kept.last().is_some_and(|before| before.value == spotted.value)
            && !matches!(spotted.value, Heard::Number(_) | Heard::Quantity(_) | Heard::Ordinal(_));
        if !again {
            kept.push(spotted);
        }
    }
    kept
}

/// True if a correction to `after` takes `before` back. A bare number or ordinal gives way to what
/// its noun makes of it: "на шістнадцятий, ні, на сімнадцятий радіус".
fn replaces(before: &Heard, after: &Heard) -> bool {
    let bare = matches!(before, Heard::Number(_) | Heard::Ordinal(_));
    let figure = matches!(
        after,
        Heard::TireSize(_)
            | Heard::Diameter(_)
            | Heard::Quantity(_)
            | Heard::Date(_)
            | Heard::Time(_)
            | Heard::Money(_)
            | Heard::Number(_)
    );
    group(before) == group(after) || bare && figure
}

/// A marker may be a word of a value that was taken: "ні" is never one.
fn phrase_at(reader: &Reader<'_>, at: usize, phrase: &str) -> bool {
    phrase.split_ascii_whitespace().zip(at..).all(|(expected, place)| {
        reader.items.get(place).is_some_and(|item| item.is_any(&[expected]))
    })
}

/// "Не на завтра", "not on Monday": the value is just what is not meant.
fn is_denied(reader: &Reader<'_>, spotted: &Spotted) -> bool {
    const LINKS: &[&str] = &[
        "на", "в", "у", "о", "об", "во", "к", "on", "at", "for", "the", "a", "with", "по", "з", "с",
    ];
    let Some(first) = reader.items.iter().position(|item| item.start >= spotted.start) else {
        return false;
    };
    let mut at = first;
    while at > 0 && first - at < 2 && reader.items[at - 1].is_any(LINKS) {
        at -= 1;
    }
    let denied = at > 0 && reader.items[at - 1].is_any(&["не", "not"]);
    // "Чому б не завтра", "why not Monday", "if not tomorrow" ask for it.
    let wished = at > 1
        && reader.items[at - 2]
            .is_any(&["б", "би", "бы", "why", "if", "якщо", "если", "раз", "or", "чи", "или"]);
    denied && !wished
}

/// What a bare value means when it corrects `before`.
fn in_place_of(reader: &Reader<'_>, before: &Heard, value: Heard) -> Heard {
    let bare = match &value {
        Heard::Number(digits) => digits.parse::<u32>().ok(),
        Heard::Ordinal(number) | Heard::Quantity(number) => Some(*number),
        Heard::Diameter(inches) => Some(u32::from(*inches)),
        Heard::Time(time) if time.minute() == 0 && matches!(before, Heard::Ordinal(_)) => {
            Some(if time.hour() > 12 { time.hour() - 12 } else { time.hour() })
        }
        _ => None,
    };
    let Some(bare) = bare else { return value };
    let counted = matches!(value, Heard::Quantity(_));
    let meant = match before {
        Heard::Quantity(_) => (1..=999).contains(&bare).then_some(Heard::Quantity(bare)),
        _ if counted => None,
        Heard::Diameter(_) => rim(bare).map(Heard::Diameter),
        Heard::TireSize(size) => {
            rim(bare).map(|inches| Heard::TireSize(TireSize { rim_tenths: inches * 10, ..*size }))
        }
        Heard::Ordinal(_) if !matches!(value, Heard::Diameter(_)) => Some(Heard::Ordinal(bare)),
        Heard::Time(_) if matches!(value, Heard::Number(_) | Heard::Ordinal(_)) => {
            let hour = if (1..=6).contains(&bare) { bare + 12 } else { bare };
            NaiveTime::from_hms_opt(hour, 0, 0).map(Heard::Time)
        }
        Heard::Date(_) if matches!(value, Heard::Number(_) | Heard::Ordinal(_)) => {
            nearest_day(reader.context.today, bare).map(Heard::Date)
        }
        Heard::Money(_) if bare >= 50 => Some(Heard::Money(Decimal::new(i64::from(bare) * 100, 2))),
        _ => None,
    };
    meant.unwrap_or(value)
}

fn rim(inches: u32) -> Option<u16> {
    u16::try_from(inches).ok().filter(|inches| (12..=24).contains(inches))
}
