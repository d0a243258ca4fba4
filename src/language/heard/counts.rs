//! Numbers with and without a noun: money, rims, quantities, places in a list, and the rest.

use super::Heard;
use super::items::{Item, ItemKind};
use super::number_words::Ending;
use super::reader::Reader;
use rust_decimal::Decimal;

const HRYVNIA_STEMS: &[&str] =
    &["грн", "гривень", "гривня", "гривні", "гривню", "гривен", "hryvnia", "hryvnya", "uah"];
const INCHES: &[&str] = &[
    "inch",
    "inches",
    "дюйм",
    "дюйма",
    "дюйми",
    "дюймів",
    "радіус",
    "радіуса",
    "радіусу",
    "діаметр",
    "діаметра",
];
const RIMS: &[&str] = &[
    "r",
    "р",
    "ер",
    "rim",
    "radius",
    "diameter",
    "радіус",
    "радіусом",
    "діаметр",
    "діаметром",
    "діаметру",
    "радіусу",
];
/// Things that are counted, by their stems.
const COUNTED: &[&str] = &[
    "tyre",
    "tire",
    "wheel",
    "piece",
    "pcs",
    "unit",
    "rim",
    "шин",
    "колес",
    "коліс",
    "штук",
    "штуч",
    "шт",
    "покришк",
    "покришок",
    "скат",
    "резин",
    "одиниц",
    "диск",
    "балон",
];

/// Takes sums of money.
pub(super) fn read_money(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if let Some((last, amount)) = money_at(reader, at) {
            reader.take(at, last, Heard::Money(amount));
        }
    }
}

fn money_at(reader: &Reader<'_>, at: usize) -> Option<(usize, Decimal)> {
    let figures = |at: usize| reader.free(at)?.number().map(|number| number.digits.clone());
    let currency = |at: usize| reader.free(at).is_some_and(|item| item.starts(HRYVNIA_STEMS));
    let mut whole = figures(at)?;
    let mut last = at;
    // "2 800", "1,299": groups of three.
    while whole.len() <= 9 {
        let comma = usize::from(reader.free(last + 1).and_then(Item::mark) == Some(','));
        let Some(group) = figures(last + 1 + comma).filter(|group| group.len() == 3) else { break };
        whole.push_str(&group);
        last += 1 + comma;
    }
    let mut amount = whole.get(..12.min(whole.len()))?.to_owned();
    if reader.free(last + 1).and_then(Item::mark) == Some('.')
        && let Some(cents) = figures(last + 2).filter(|cents| cents.len() <= 2)
    {
        amount = format!("{amount}.{cents}");
        last += 2;
    }
    let mut amount: Decimal = amount.parse().ok()?;
    if !currency(last + 1) {
        return None;
    }
    last += 1;
    if reader.free(last + 1).and_then(Item::mark) == Some('.')
        && reader.items[last].is_any(&["грн"])
    {
        last += 1;
    }
    let coins = reader.cardinal(last + 1).filter(|coins| *coins < 100);
    if let Some(coins) = coins
        && reader.free(last + 2).is_some_and(|item| item.starts(&["копі", "коп", "kopi", "kopeck"]))
    {
        amount += Decimal::new(i64::from(coins), 2);
        last += 2;
    }
    amount.rescale(2);
    Some((last, amount))
}

/// Takes rim diameters: "R16", "16 inches", "радіус шістнадцять".
pub(super) fn read_diameters(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let in_range = |value: u32| (10..=26).contains(&value);
        if let Some(ItemKind::Number(number)) = reader.free(at).map(|item| &item.kind) {
            let hyphen = usize::from(reader.free(at + 1).and_then(Item::mark) == Some('-'));
            if in_range(number.value()) && reader.is_word(at + 1 + hyphen, INCHES) {
                reader.take(at, at + 1 + hyphen, Heard::Diameter(number.value() as u16));
            }
        } else if reader.is_word(at, RIMS) {
            let filler = usize::from(
                reader.is_word(at + 1, &["is", "of", "на", "size"])
                    || reader.free(at + 1).and_then(Item::mark) == Some('-'),
            );
            if let Some(value) = reader.cardinal(at + 1 + filler).filter(|value| in_range(*value)) {
                reader.take(at, at + 1 + filler, Heard::Diameter(value as u16));
            }
        }
    }
}

/// Takes quantities: a small number with a thing that is counted, also across adjectives.
/// Runs after seasons and brands were taken, so those may stand in between.
pub(super) fn read_quantities(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if let Some((last, quantity)) = quantity_at(reader, at) {
            // The words in between may be other values: only the number is taken.
            reader.take(at, last, Heard::Quantity(quantity));
        }
    }
}

fn quantity_at(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    if reader.is_word(at, &["pair", "пара", "пару"]) {
        return Some((at, 2));
    }
    let quantity = reader.cardinal(at).filter(|value| (1..=999).contains(value))?;
    if is_idiom(reader, at) {
        return None;
    }
    if reader.phrase(at + 1, "of them").is_some() || reader.phrase(at + 1, "of those").is_some() {
        return Some((at, quantity));
    }
    // "four of the Michelin": a maker that was taken already stands for its tyres.
    let article = usize::from(reader.is_word(at + 2, &["the", "those", "these"]));
    let taken = reader.used.get(at + 2 + article).copied().unwrap_or_default();
    if reader.is_word(at + 1, &["of"]) && taken {
        return Some((at, quantity));
    }
    let before = at.checked_sub(2).and_then(|two| reader.items.get(two));
    if reader.follows(at, &["of"]) && before.is_some_and(|item| item.is_any(&["set", "sets"])) {
        return Some((at, quantity));
    }
    for next in at + 1..at + 6 {
        let item = reader.items.get(next)?;
        if item.starts(COUNTED) {
            let glued = next == at + 1;
            return Some((if glued { next } else { at }, quantity));
        }
        let between = reader.used[next]
            || item.is_any(&[
                "new",
                "нові",
                "нових",
                "нову",
                "good",
                "cheap",
                "дешеві",
                "of",
                "the",
                "x",
                "х",
            ]);
        if !between {
            return None;
        }
    }
    None
}

/// "One moment", "this one", "одну хвилинку": no number is meant.
fn is_idiom(reader: &Reader<'_>, at: usize) -> bool {
    let one =
        reader.cardinal(at) == Some(1) && reader.items[at].number().is_some_and(|one| !one.written);
    let ordinal_before = reader
        .before(at)
        .is_some_and(|item| item.number().is_some_and(|one| one.ordinal.is_some()));
    let pointed = reader.follows(
        at,
        &[
            "the", "this", "that", "which", "another", "any", "every", "no", "each", "cheapest",
            "cheaper", "last", "next", "other", "good", "best", "ще", "ні", "жодн",
        ],
    );
    let time_unit = reader.items.get(at + 1).is_some_and(|next| {
        next.starts(&[
            "moment",
            "second",
            "minute",
            "sec",
            "хвилин",
            "секунд",
            "момент",
            "мить",
            "more time",
            "раз",
        ])
    });
    (one && (ordinal_before || pointed)) || time_unit
}

/// Takes places in a list: "the second one", "другий".
pub(super) fn read_ordinals(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let Some(ItemKind::Number(number)) = reader.free(at).map(|item| &item.kind) else {
            continue;
        };
        if number.ordinal.is_none() || number.value() == 0 || number.value() > 99 {
            continue;
        }
        let unit_of_time = reader.follows(at, &["a", "one", "just", "per"])
            && number.ordinal == Some(Ending::English);
        let said_twice = reader.before(at).is_some_and(|item| item.number().is_some());
        // "First of all", "по-друге", "в першу чергу", "first name".
        let idiom = reader.phrase(at + 1, "of all").is_some()
            || reader
                .items
                .get(at + 1)
                .is_some_and(|next| next.is_any(&["name", "чергу", "time", "раз", "hand"]))
            || reader.before(at).is_some_and(|item| item.mark() == Some('-'))
            || reader.follows(at, &["at", "по"]);
        if unit_of_time || said_twice || idiom {
            continue;
        }
        let value = number.value();
        reader.take(at, at, Heard::Ordinal(value));
    }
}

/// Takes whatever numbers are left. Spelled digits in a row are one number.
pub(super) fn read_numbers(reader: &mut Reader<'_>) {
    let mut at = 0;
    while at < reader.items.len() {
        let Some(digits) = plain_digits(reader, at) else {
            at += 1;
            continue;
        };
        if is_idiom(reader, at) || is_address(reader, at) {
            reader.drop_items(at, at);
            at += 1;
            continue;
        }
        let (mut whole, mut last) = (digits, at);
        while let Some(next) = plain_digits(reader, last + 1).filter(|next| joins(&whole, next)) {
            whole.push_str(&next);
            last += 1;
        }
        reader.take(at, last, Heard::Number(whole));
        at = last + 1;
    }
}

/// "нуль три", "один два три": digit by digit, and a zero never stands alone between numbers.
fn joins(whole: &str, next: &str) -> bool {
    let spelled = next.len() == 1 && whole.chars().all(|c| c.is_ascii_digit()) && whole.len() < 12;
    spelled && (next == "0" || whole.len() == 1 || whole.ends_with('0') || whole.len() > 2)
}

fn plain_digits(reader: &Reader<'_>, at: usize) -> Option<String> {
    let number = reader.free(at)?.number()?;
    number.ordinal.is_none().then(|| number.digits.clone())
}

/// House numbers are part of a place's name.
fn is_address(reader: &Reader<'_>, at: usize) -> bool {
    const STREETS: &[&str] = &[
        "вул",
        "просп",
        "пров",
        "бульв",
        "площ",
        "будин",
        "буд",
        "street",
        "avenue",
        "road",
        "lane",
    ];
    let before = (at.saturating_sub(5)..at).any(|near| reader.items[near].starts(STREETS));
    let after = (at + 1..at + 4).any(|near| {
        reader.items.get(near).is_some_and(|item| {
            item.starts(&["street", "avenue", "road", "lane", "st"])
                && !item.starts(&["sta", "sto"])
        })
    });
    before || after
}
