//! Numbers with and without a noun: money, places in a list, and the rest.

use super::Heard;
use super::day_words::month;
use super::items::{Item, ItemKind};
use super::number_words::Ending;
use super::reader::Reader;
use super::rims::RIM_LETTERS;
use rust_decimal::Decimal;

const HRYVNIA_STEMS: &[&str] = &["грн", "грив", "hryvn", "hrivn", "hryven", "grivn", "grn", "uah"];

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
    let currency = |at: usize| {
        reader.free(at).is_some_and(|item| item.starts(HRYVNIA_STEMS) || item.mark() == Some('₴'))
    };
    let written = |at: usize| reader.free(at).and_then(Item::number).is_some_and(|one| one.written);
    let mut whole = figures(at)?;
    let mut last = at;
    // "2 800", "1,299": groups of three.
    while whole.len() <= 9 {
        let comma = usize::from(reader.free(last + 1).and_then(Item::mark) == Some(','));
        let group = figures(last + 1 + comma)
            .filter(|group| group.len() == 3 && (written(last) || whole.len() <= 2));
        let Some(group) = group else { break };
        whole.push_str(&group);
        last += 1 + comma;
    }
    let mut amount = whole.get(..12.min(whole.len()))?.to_owned();
    if matches!(reader.free(last + 1).and_then(Item::mark), Some('.' | ','))
        && let Some(cents) = figures(last + 2).filter(|cents| cents.len() <= 2)
    {
        amount = format!("{amount}.{cents}");
        last += 2;
    }
    let mut amount: Decimal = amount.parse().ok()?;
    if !currency(last + 1) {
        // "₴2800", "UAH 2800".
        let before = at.checked_sub(1).is_some_and(|before| {
            let item = reader.free(before);
            item.is_some_and(|item| {
                item.mark() == Some('₴') || item.is_any(&["uah", "гривень", "гривен"])
            })
        });
        amount.rescale(2);
        return (before && amount >= Decimal::TEN).then_some((last, amount));
    }
    last += 1;
    if reader.free(last + 1).and_then(Item::mark) == Some('.')
        && reader.items[last].is_any(&["грн"])
    {
        last += 1;
    }
    let coins = reader.cardinal(last + 1).filter(|coins| *coins < 100);
    if let Some(coins) = coins
        && reader
            .free(last + 2)
            .is_some_and(|item| item.starts(&["коп", "kopi", "kopeck", "kopiy"]))
    {
        amount += Decimal::new(i64::from(coins), 2);
        last += 2;
    }
    amount.rescale(2);
    Some((last, amount))
}

/// "This one", "one of you", "одна людина": no number is meant. In figures it is one.
fn is_idiom(reader: &Reader<'_>, at: usize) -> bool {
    let one =
        reader.cardinal(at) == Some(1) && reader.items[at].number().is_some_and(|one| !one.written);
    if !one {
        return false;
    }
    let next = reader.items.get(at + 1);
    let number_beside = next.is_some_and(|item| item.number().is_some())
        || reader
            .before(at)
            .is_some_and(|item| item.number().is_some_and(|one| one.ordinal.is_none()));
    let ends = next.is_none_or(|item| item.mark().is_some_and(|mark| mark != '-'));
    let alone = at == 0 || reader.before(at).is_some_and(|item| item.mark().is_some());
    let asked = reader.follows(
        at,
        &[
            "only",
            "just",
            "need",
            "want",
            "take",
            "номер",
            "number",
            "лише",
            "тільки",
            "только",
            "треба",
            "ще",
            "іще",
            "еще",
            "ещё",
            "нужна",
            "потрібна",
        ],
    );
    !number_beside && !(ends && (alone || asked))
}

/// Takes places in a list: "the second one", "другий".
pub(super) fn read_ordinals(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let Some(ItemKind::Number(number)) = reader.free(at).map(|item| &item.kind) else {
            continue;
        };
        if number.ordinal.is_none() {
            continue;
        }
        // "Сімнадцятого року", "дві тисячі вісімнадцятого": the year of a car is no place in a list.
        let year_named = reader.is_word(at + 1, &["року", "рік", "года", "год", "годом"]);
        if (1950..2100).contains(&number.value()) || year_named {
            let year = number.value().to_string();
            reader.take(at, at, Heard::Number(year));
            continue;
        }
        if number.value() == 0 || number.value() > 99 {
            continue;
        }
        let unit_of_time = reader.follows(at, &["a", "one", "just", "per"])
            && number.ordinal == Some(Ending::English);
        let said_twice = reader.before(at).is_some_and(|item| item.number().is_some());
        // "По-друге", "у друга": a friend in the genitive.
        let no_day =
            reader.free(at + 1).and_then(Item::word).is_some_and(|word| month(word).is_some());
        let idiom = no_day
            || reader.items.get(at + 1).is_some_and(|next| {
                next.is_any(&["name", "чергу", "часу", "time", "раз", "разу", "hand", "рук"])
            })
            || reader.before(at).is_some_and(|item| item.mark() == Some('-') && item.glued)
            || reader.follows(at, &["at", "по"])
            || is_friend(reader, at);
        if unit_of_time || said_twice || idiom {
            continue;
        }
        let value = number.value();
        reader.take(at, at, Heard::Ordinal(value));
    }
}

/// "Для друга", "мій друг": not the second one.
pub(super) fn is_friend(reader: &Reader<'_>, at: usize) -> bool {
    let item = &reader.items[at];
    let word = reader.text[item.start..item.end].to_lowercase();
    let genitive =
        ["для", "у", "від", "до", "мого", "свого", "твого", "без", "про", "його", "її", "нашого"];
    ["друга", "другом", "другу"].contains(&word.as_str())
        && (reader.follows(at, &genitive[..]) && word == "друга"
            || reader.follows(at, &["моєму", "своєму", "мого", "свого"]))
}

/// Takes whatever numbers are left. Spelled digits in a row are one number.
pub(super) fn read_numbers(reader: &mut Reader<'_>) {
    let mut at = 0;
    while at < reader.items.len() {
        let Some(digits) = plain_digits(reader, at) else {
            at += 1;
            continue;
        };
        if is_idiom(reader, at) || is_model(reader, at) {
            reader.drop_items(at, at);
            at += 1;
            continue;
        }
        let dictated =
            reader.items[at.saturating_sub(2)..at].iter().any(|item| item.starts(DICTATED));
        let mut run = vec![digits];
        while let Some(next) = plain_digits(reader, at + run.len()) {
            run.push(next);
        }
        // "3,200": the comma of thousands.
        let comma = reader.free(at + 1).is_some_and(|item| item.glued && item.mark() == Some(','));
        let group = plain_digits(reader, at + 2).filter(|group| group.len() == 3);
        if let Some(group) = group.filter(|_| comma && reader.items[at + 2].glued) {
            reader.take(at, at + 2, Heard::Number(format!("{}{group}", run[0])));
            at += 3;
            continue;
        }
        // Digit by digit, or with a zero between them: a zero never stands alone between numbers.
        let spelled = run.iter().all(|digits| digits.len() == 1)
            || run.iter().any(|digits| digits.bytes().all(|digit| digit == b'0'));
        let digits_in_all: usize = run.iter().map(String::len).sum();
        let length = if (spelled || dictated) && digits_in_all <= 14 { run.len() } else { 1 };
        reader.take(at, at + length - 1, Heard::Number(run[..length].concat()));
        at += length;
    }
}

/// After these, numbers in a row are parts of one.
const DICTATED: &[&str] = &[
    "номер",
    "замовлен",
    "заказ",
    "договор",
    "договір",
    "код",
    "number",
    "order",
    "contract",
    "code",
    "артикул",
    "накладн",
];

/// "X5", "Мазда 6", "CX-5", "A4": part of a car's or a tyre's name.
fn is_model(reader: &Reader<'_>, at: usize) -> bool {
    const MAKES: &[&str] = &[
        "мазд",
        "mazda",
        "пежо",
        "peugeot",
        "бмв",
        "bmw",
        "ауді",
        "ауди",
        "audi",
        "лексус",
        "lexus",
        "ваз",
        "заз",
        "рено",
        "renault",
        "вольво",
        "volvo",
        "сітроен",
        "ситроен",
        "citroen",
        "сааб",
        "saab",
        "инфинити",
        "infiniti",
        "мерседес",
        "mercedes",
        "сааб",
        "газ",
        "уаз",
        "лада",
        "жигул",
        "porsche",
        "порше",
        "фіат",
        "fiat",
    ];
    let item = &reader.items[at];
    let make = at.checked_sub(1).is_some_and(|before| !reader.used[before])
        && reader.before(at).is_some_and(|item| item.starts(MAKES));
    let letters = |item: &Item| {
        let size = item
            .word()
            .is_some_and(|word| RIM_LETTERS.contains(&word) || ["n", "no"].contains(&word));
        item.word().is_some_and(|word| !word.is_empty()) && !size
    };
    let glued = item.glued && reader.before(at).is_some_and(letters);
    let hyphen = item.glued
        && reader.before(at).is_some_and(|mark| mark.mark() == Some('-') && mark.glued)
        && at.checked_sub(2).and_then(|two| reader.items.get(two)).is_some_and(|item| {
            letters(item) && item.word().is_some_and(|word| word.chars().count() <= 3)
        });
    let spelled = reader.follows(at, &["ікс", "икс", "іт"]);
    // A year of four digits is said of every car.
    let year = item.number().is_some_and(|number| number.digits.len() == 4);
    (make && !year) || glued || hyphen || spelled
}

fn plain_digits(reader: &Reader<'_>, at: usize) -> Option<String> {
    let number = reader.free(at)?.number()?;
    number.ordinal.is_none().then(|| number.digits.clone())
}
