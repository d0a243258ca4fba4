//! How many: a number with a thing that is counted, pairs and sets.

use super::Heard;
use super::items::Item;
use super::reader::Reader;

/// Things that are counted, by their stems.
const COUNTED: &[&str] = &[
    "tyre",
    "tire",
    "wheel",
    "piece",
    "pcs",
    "unit",
    "rims",
    "tube",
    "шин",
    "колес",
    "колёс",
    "коліс",
    "колiс",
    "штук",
    "штуч",
    "шт",
    "покришк",
    "покришок",
    "покрышк",
    "покрышек",
    "скат",
    "резин",
    "гум",
    "одиниц",
    "единиц",
    "диск",
    "балон",
    "баллон",
    "камер",
    "вентил",
    "запаск",
    "запасок",
    "докатк",
    "car",
    "машин",
    "автомоб",
    "автівк",
];
/// These begin like one of the above and count nothing.
const NOT_COUNTED: &[&str] =
    &["шиномонтаж", "дискусі", "дискотек", "машинн", "card", "care", "шиномонтажк", "гуман"];
/// The genitive, as in "шин чотири", and what is counted most.
const NOUN_BEFORE: &[&str] = &[
    "шин",
    "коліс",
    "колес",
    "колёс",
    "штук",
    "покришок",
    "покрышек",
    "штуки",
    "дисків",
    "дисков",
    "скатів",
];
/// What stands between a number and its noun and does not look like an adjective.
const BETWEEN: &[&str] = &[
    "new",
    "good",
    "cheap",
    "nice",
    "used",
    "budget",
    "decent",
    "quality",
    "premium",
    "spare",
    "studded",
    "matching",
    "same",
    "cheapest",
    "identical",
    "regular",
    "standard",
    "affordable",
    "car",
    "truck",
    "van",
    "suv",
    "passenger",
    "snow",
    "brand",
    "of",
    "the",
    "more",
    "x",
    "х",
    "нових",
    "б",
    "у",
    "ваших",
    "таких",
    "такі",
    "такие",
    "of",
    "those",
    "these",
    "your",
    "my",
    "inch",
    "new",
    "мені",
    "мне",
    "ще",
    "еще",
    "ещё",
];

/// Takes quantities: a small number with a thing that is counted, also across adjectives.
/// Runs after seasons and brands were taken, so those may stand in between.
pub(super) fn read(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if let Some((last, quantity)) = set_at(reader, at) {
            reader.take(at, last, Heard::Quantity(quantity));
        } else if let Some((last, quantity)) = noun_first(reader, at) {
            reader.take(at, last, Heard::Quantity(quantity));
        } else if let Some((last, quantity)) = quantity_at(reader, at) {
            // The words in between may be other values: only the number is taken.
            reader.take(at, last, Heard::Quantity(quantity));
        }
    }
}

/// "Пара", "комплект", "a set": two and four tyres.
fn set_at(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    let counted_next = || {
        (at + 1..at + 4).any(|next| {
            reader.items.get(next).is_some_and(|item| is_counted(item) || reader.used[next])
        })
    };
    let ends = reader.free(at + 1).and_then(Item::word).is_none();
    if let Some(pairs) = pairs_at(reader, at) {
        return Some(pairs);
    }
    if reader.is_word(at, &["pair", "пара", "пару", "парочку", "парочка", "пари"])
    {
        let own = reader.items[at].is_any(&["pair"]) || ends;
        return (own || counted_next()).then_some((at, 2));
    }
    if reader.is_word(at, &["couple"]) {
        return counted_next().then_some((at, 2));
    }
    if reader.is_word(at, &["dozen", "дюжина", "дюжину", "десяток", "десяточок"])
    {
        let dozen = if reader.items[at].starts(&["десят"]) { 10 } else { 12 };
        let half = reader.follows(at, &["a"])
            && at.checked_sub(2).is_some_and(|two| reader.is_word(two, &["half"]));
        return counted_next().then_some((at, if half { 6 } else { dozen }));
    }
    // "Два комплекти" are eight; "комплект із чотирьох" are four.
    let sets = reader.cardinal(at).filter(|sets| (1..=9).contains(sets));
    let article = usize::from(reader.is_word(at, &["a", "one", "full", "whole"]));
    let place = at + usize::from(sets.is_some()).max(article);
    let adjective = usize::from(
        reader.free(place).and_then(Item::word).is_some_and(is_adjective)
            || reader.is_word(place, &["full", "whole", "complete", "new"]),
    );
    let noun = reader.free(place + adjective)?;
    let ukrainian =
        noun.starts(&["комплект"]) && !noun.starts(&["комплектац", "комплектуюч", "комплектующ"]);
    let english = noun.is_any(&["set", "sets"]) && (article == 1 || sets.is_some());
    if !ukrainian && !english {
        return None;
    }
    let last = place + adjective;
    let with = (last + 1..last + 6).any(|next| {
        reader.cardinal(next).is_some_and(|count| count <= 20) && counted_number(reader, next)
    });
    let of =
        reader.is_word(last + 1, &["of", "з", "із", "из"]) && reader.cardinal(last + 2).is_some();
    if (with || of) && sets.is_none_or(|sets| sets == 1) {
        return None;
    }
    Some((last, sets.unwrap_or(1) * 4))
}

/// "Two pairs", "дві пари": two wheels each.
fn pairs_at(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    let pairs = reader.cardinal(at).filter(|pairs| (1..=9).contains(pairs))?;
    reader
        .is_word(at + 1, &["pair", "pairs", "пара", "пару", "пари", "пары", "пар"])
        .then_some((at + 1, pairs * 2))
}

fn counted_number(reader: &Reader<'_>, at: usize) -> bool {
    reader.items.get(at + 1).is_some_and(is_counted)
}

fn is_counted(item: &Item) -> bool {
    item.starts(COUNTED) && !item.starts(NOT_COUNTED)
}

/// "Шин чотири", "штук шість": the noun comes first, and none after the number.
fn noun_first(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    if !reader.is_word(at, NOUN_BEFORE) {
        return None;
    }
    let colon = usize::from(
        reader
            .free(at + 1)
            .and_then(Item::mark)
            .is_some_and(|mark| matches!(mark, ':' | '-' | '—' | ',')),
    );
    let place = at + 1 + colon;
    let need = usize::from(reader.is_word(place, &["треба", "потрібно", "нужно", "надо"]));
    let quantity = reader.cardinal(place + need).filter(|value| (1..=40).contains(value))?;
    let next = reader.items.get(place + need + 1);
    let other = next.is_some_and(|item| {
        is_counted(item) || item.starts(&["дюйм", "грн", "гри", "тисяч", "тысяч"])
    });
    (!other && quantity_at(reader, place + need).is_none()).then_some((place + need, quantity))
}

fn quantity_at(reader: &Reader<'_>, at: usize) -> Option<(usize, u32)> {
    let quantity = reader.cardinal(at).filter(|value| (1..=99_999).contains(value))?;
    if reader.phrase(at + 1, "of them").is_some() || reader.phrase(at + 1, "of those").is_some() {
        return Some((at, quantity));
    }
    // "four of the Michelin": a maker that was taken already stands for its tyres.
    let taken = |at: usize| reader.used.get(at).copied().unwrap_or_default();
    let article = usize::from(reader.is_word(at + 2, &["the", "those", "these"]));
    if reader.is_word(at + 1, &["of"]) && taken(at + 2 + article) {
        return Some((at, quantity));
    }
    let before = at.checked_sub(2).and_then(|two| reader.items.get(two));
    let set = |item: &Item| item.is_any(&["set", "sets"]) || item.starts(&["комплект"]);
    if reader.follows(at, &["of", "з", "із", "из"]) && before.is_some_and(set) {
        return Some((at, quantity));
    }
    for next in at + 1..at + 7 {
        let Some(item) = reader.items.get(next) else { break };
        // A car of 2015 is one car.
        let year = (1950..2100).contains(&quantity) && item.starts(&["car", "маш", "авто"]);
        if is_counted(item) && !reader.used[next] && !year {
            let glued = next == at + 1;
            return Some((if glued { next } else { at }, quantity));
        }
        let between = reader.used[next]
            || item.is_any(BETWEEN)
            || item.word().is_some_and(is_adjective)
            || item.mark() == Some('-') && item.glued;
        if !between {
            break;
        }
    }
    stands_for_tyres(reader, at).then_some((at, quantity))
}

/// "Чотири зимові", "дві Росави": what was taken next names the tyres.
fn stands_for_tyres(reader: &Reader<'_>, at: usize) -> bool {
    let small = reader.cardinal(at).is_some_and(|value| (1..=20).contains(&value));
    let next = reader.items.get(at + 1).map(|item| item.start);
    // "Дві передні", "four new ones".
    let ends = reader.free(at + 2).and_then(Item::word).is_none()
        || reader.is_word(at + 2, &["ones", "і", "и", "та", "будь", "пожалуйста"]);
    let described = reader.free(at + 1).is_some_and(|item| {
        item.starts(&[
            "передн",
            "задн",
            "нов",
            "таки",
            "такі",
            "front",
            "rear",
            "new",
            "дешев",
            "бюджет",
        ])
    });
    if small && described && ends {
        return true;
    }
    small
        && reader.found.iter().any(|found| {
            Some(found.start) == next
                && match found.value {
                    Heard::Season(_) | Heard::Brand(_) => true,
                    // A higher one is rather part of a tyre's name before its size.
                    Heard::TireSize(_) => reader.cardinal(at).is_some_and(|value| value <= 8),
                    _ => false,
                }
        })
}

/// Endings that adjectives have and that hardly any other word between a number and its noun has.
fn is_adjective(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "ові", "еві", "ні", "ті", "ві", "рі", "лі", "ші", "чі", "кі", "гі", "их", "іх", "ые", "ых",
        "ие", "ую", "ова", "ну", "на", "ий",
    ];
    word.chars().count() >= 4
        && !word.is_ascii()
        && ENDINGS.iter().any(|ending| word.ends_with(ending))
        && !["мені", "тисячні", "дні", "грудні", "січні"].contains(&word)
}
