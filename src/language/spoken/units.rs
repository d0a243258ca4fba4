//! Units and currencies behind a number: "2800.00 UAH", "30 хв", "15%", "2,2 бар", "80 км/год".

use super::amounts::{Amount, amount};
use super::decimals::{self, After};
use super::governing::governor;
use super::nouns::Nouns;
use super::numbers::{self, Case, Gender};
use super::{Said, Script};
use crate::language::Language;

/// A unit: its writings, its name in English (one, many), Ukrainian and Russian.
struct Unit(&'static [&'static str], [&'static str; 2], &'static str, &'static str);

const UNITS: &[Unit] = &[
    Unit(
        &["грн", "uah", "₴", "гривень", "hryvnia", "hryvnias"],
        ["hryvnia", "hryvnias"],
        "гривня",
        "гривна",
    ),
    Unit(&["usd", "$"], ["dollar", "dollars"], "долар", "доллар"),
    Unit(&["eur", "€"], ["euro", "euros"], "євро", "евро"),
    Unit(&["коп"], ["kopiyka", "kopiykas"], "копійка", "копейка"),
    Unit(&["шт", "pcs", "pc"], ["piece", "pieces"], "штука", "штука"),
    Unit(&["хв", "min", "mins", "мин"], ["minute", "minutes"], "хвилина", "минута"),
    Unit(&["год", "ч", "h", "hr", "hrs"], ["hour", "hours"], "година", "час"),
    Unit(&["сек", "sec"], ["second", "seconds"], "секунда", "секунда"),
    Unit(&["дн"], ["day", "days"], "день", "день"),
    Unit(&["тиж", "нед"], ["week", "weeks"], "тиждень", "неделя"),
    Unit(&["міс", "мес"], ["month", "months"], "місяць", "месяц"),
    Unit(&["км", "km"], ["kilometre", "kilometres"], "кілометр", "километр"),
    Unit(&["мм", "mm"], ["millimetre", "millimetres"], "міліметр", "миллиметр"),
    Unit(&["см", "cm"], ["centimetre", "centimetres"], "сантиметр", "сантиметр"),
    Unit(&["м"], ["metre", "metres"], "метр", "метр"),
    Unit(&["кг", "kg"], ["kilogram", "kilograms"], "кілограм", "килограмм"),
    Unit(&["г", "гр"], ["gram", "grams"], "грам", "грамм"),
    Unit(&["л", "l"], ["litre", "litres"], "літр", "литр"),
    Unit(&["т"], ["tonne", "tonnes"], "тонна", "тонна"),
    Unit(&["дб", "db"], ["decibel", "decibels"], "децибел", "децибел"),
    Unit(&["атм"], ["atmosphere", "atmospheres"], "атмосфера", "атмосфера"),
    Unit(&["bar", "бар"], ["bar", "bar"], "бар", "бар"),
    Unit(&["компл", "комп"], ["set", "sets"], "комплект", "комплект"),
    Unit(&["%"], ["percent", "percent"], "відсоток", "процент"),
    Unit(&["°"], ["degree", "degrees"], "градус", "градус"),
    Unit(&["\"", "″"], ["inch", "inches"], "дюйм", "дюйм"),
];

/// The year's short name is no unit of Russian, where "год" is a whole word.
fn unit_at(script: &Script<'_>, at: usize) -> Option<&'static Unit> {
    let token = script.tokens.get(at)?;
    let text = token.text.as_str();
    let english = script.language == Language::En;
    let capital = script.original(at).starts_with(char::is_uppercase);
    // "94H" is a speed index and "ММ" stands on a plate.
    if (text == "год" && script.language == Language::Ru)
        || (matches!(text, "h" | "l") && (!english || capital))
    {
        return None;
    }
    // "10, м. Київ" names a town and "16\" closes a quotation only when it is glued to a figure.
    let capital_follows = script.glued_mark(at + 1, '.')
        && script.original(at + 2).chars().next().is_some_and(char::is_uppercase);
    if matches!(text, "м" | "г" | "т") && capital_follows {
        return None;
    }
    if matches!(text, "\"" | "″") && !(token.glued && quotes_before(script, at).is_multiple_of(2))
    {
        return None;
    }
    UNITS.iter().find(|unit| unit.0.contains(&text))
}

/// As far back as quotation marks are looked for (tokens): a text may be a megabyte long.
const NEAR: usize = 60;

/// How many quotation marks stand shortly before `at`.
fn quotes_before(script: &Script<'_>, at: usize) -> usize {
    (at.saturating_sub(NEAR)..at).filter(|place| script.mark(*place, '"')).count()
}

/// A number with its unit, currency or sign of percent; a currency sign may stand before it.
pub(super) fn measured(script: &Script<'_>, at: usize) -> Said {
    let first = ['₴', '$', '€'].iter().any(|mark| script.mark(at, *mark))
        || matches!(script.word(at), Some("uah" | "usd" | "eur" | "грн"));
    let figures = at + usize::from(first);
    let mut amount = amount(script, figures)?;
    let mut end = figures + amount.used;
    if thousands(script, end) {
        amount = Amount {
            whole: amount.whole * 1000 + amount.fraction_of_thousand(),
            fraction: String::new(),
            used: 0,
        };
        end += 1 + usize::from(script.glued_mark(end + 1, '.'));
    }
    let unit = if first { unit_at(script, at)? } else { unit_at(script, end)? };
    // "2025 г." is a year.
    if script.word(end) == Some("г") && (1950..=2050).contains(&amount.whole) {
        return None;
    }
    let words = unit_words(script, at, &amount, unit);
    if first {
        return Some((words, end - at));
    }
    end += 1;
    if unit.0.contains(&"°") && matches!(script.original(end), "C" | "С") {
        end += 1;
    }
    let dot = script.inner_stop(end) || (script.glued_mark(end, '.') && script.mark(end + 1, '/'));
    end += usize::from(dot);
    let (rate, used) = per(script, end).unwrap_or_default();
    Some((format!("{words}{rate}"), end + used - at))
}

impl Amount {
    /// "2,8 тис." is two thousand and eight hundred.
    fn fraction_of_thousand(&self) -> u64 {
        format!("{:0<3}", self.fraction).parse().unwrap_or(0)
    }
}

/// "12 тис. грн".
fn thousands(script: &Script<'_>, at: usize) -> bool {
    let dot = usize::from(script.glued_mark(at + 1, '.'));
    matches!(script.word(at), Some("тис" | "тыс")) && unit_at(script, at + 1 + dot).is_some()
}

fn unit_words(script: &Script<'_>, at: usize, amount: &Amount, unit: &Unit) -> String {
    let language = script.language;
    let money = ["грн", "usd", "eur"].iter().any(|name| unit.0.contains(name));
    let Some(nouns) = Nouns::of(language) else {
        let name = unit.1[usize::from(amount.whole != 1 || amount.is_broken())];
        if money {
            return english_money(amount, unit);
        }
        let number = if amount.is_broken() {
            decimals::words(
                amount.whole,
                &amount.fraction,
                Gender::Masculine,
                Case::Nominative,
                language,
            )
            .0
        } else {
            numbers::plain(amount.whole, language)
        };
        return format!("{number} {name}");
    };
    let name = if language == Language::Uk { unit.2 } else { unit.3 };
    let Some(noun) = nouns.noun(name) else { return String::new() };
    let mut case = governor(script, at).first().copied().unwrap_or(Case::Nominative);
    // "В 800 м от метро" says where.
    let inside = matches!(script.word_before(at), Some("в" | "у"));
    if inside && matches!(name, "метр" | "кілометр" | "километр") {
        case = Case::Locative;
    }
    let whole = numbers::cardinal(amount.whole, noun.gender, case, language);
    if !amount.is_broken() {
        return format!("{whole} {}", nouns.counted(noun, amount.whole, case));
    }
    if money {
        let coin = coin(unit, language);
        let Some(coin) = nouns.noun(coin) else { return whole };
        let cents = amount.cents();
        let hryvnias = nouns.counted(noun, amount.whole, case);
        let small = numbers::cardinal(cents, coin.gender, case, language);
        return format!("{whole} {hryvnias} {small} {}", nouns.counted(coin, cents, case));
    }
    let (words, after) =
        decimals::words(amount.whole, &amount.fraction, noun.gender, case, language);
    let form = match after {
        After::Whole => nouns.counted(noun, amount.whole.max(2), case),
        After::OfOne => noun.one(Case::Genitive),
    };
    format!("{words} {form}")
}

/// The hundredth of a currency.
fn coin(unit: &Unit, language: Language) -> &'static str {
    match (unit.0.contains(&"грн"), language) {
        (true, Language::Ru) => "копейка",
        (true, _) => "копійка",
        (false, _) => "цент",
    }
}

fn english_money(amount: &Amount, unit: &Unit) -> String {
    let whole = format!(
        "{} {}",
        numbers::plain(amount.whole, Language::En),
        unit.1[usize::from(amount.whole != 1)]
    );
    let cents = amount.cents();
    if cents == 0 {
        return whole;
    }
    let coin = match (unit.0.contains(&"грн"), cents) {
        (true, 1) => "kopiyka",
        (true, _) => "kopiykas",
        (false, 1) => "cent",
        (false, _) => "cents",
    };
    format!("{whole} and {} {coin}", numbers::plain(cents, Language::En))
}

/// "/шт", "/год": what it is for, and its tokens.
fn per(script: &Script<'_>, at: usize) -> Option<(String, usize)> {
    if !script.mark(at, '/') {
        return None;
    }
    let word = script.word(at + 1)?;
    let words = match (script.language, word) {
        (Language::En, "h" | "hour" | "год" | "ч") => " per hour".to_owned(),
        (Language::En, "pc" | "pcs" | "шт" | "piece") => " per piece".to_owned(),
        (Language::En, "set") => " per set".to_owned(),
        (Language::En, other) => format!(" per {other}"),
        (Language::Uk, "год" | "h" | "ч") => " на годину".to_owned(),
        (Language::Ru, "ч" | "h" | "год" | "час") => " в час".to_owned(),
        (Language::Uk | Language::Ru, "шт" | "pc" | "штука" | "штуку") => {
            " за штуку".to_owned()
        }
        (Language::Uk | Language::Ru, "компл" | "комплект") => {
            " за комплект".to_owned()
        }
        (Language::Uk | Language::Ru, "колесо" | "кол") => " за колесо".to_owned(),
        (Language::Uk, "міс" | "місяць") => " на місяць".to_owned(),
        (Language::Ru, "мес" | "месяц") => " в месяц".to_owned(),
        (Language::Uk | Language::Ru, "сезон") => " за сезон".to_owned(),
        _ => return None,
    };
    let short = script.glued_mark(at + 2, '.') && script.inner_stop(at + 2);
    Some((words, 2 + usize::from(short)))
}

/// The word of a unit at `at` for a range that ends there, with the tokens it takes.
pub(super) fn unit_after_range(
    script: &Script<'_>,
    at: usize,
    number: u64,
    case: Case,
) -> Option<(String, Gender, usize)> {
    let unit = unit_at(script, at)?;
    let used = 1 + usize::from(script.inner_stop(at + 1));
    let Some(nouns) = Nouns::of(script.language) else {
        return Some((unit.1[1].to_owned(), Gender::Masculine, used));
    };
    let name = if script.language == Language::Uk { unit.2 } else { unit.3 };
    let noun = nouns.noun(name)?;
    Some((nouns.counted(noun, number, case).to_owned(), noun.gender, used))
}
