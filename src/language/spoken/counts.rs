//! Money, ordinals in figures, counted things and all other numbers.

use super::numbers::{self, Form, Gender, cardinal, dictated, plural};
use super::{Said, Script};
use crate::language::Language;

/// A sum as it is written: "2800", "2,800.00", "2 800", and its tokens.
struct Amount {
    whole: u64,
    cents: u64,
    used: usize,
}

fn amount(script: &Script<'_>, at: usize) -> Option<Amount> {
    let mut digits = script.digits(at)?.to_owned();
    let mut used = 1;
    while digits.len() <= 9 {
        let comma = usize::from(script.glued_mark(at + used, ',') && script.glued(at + used + 1));
        let group = script.digits(at + used + comma).filter(|group| group.len() == 3);
        let Some(group) =
            group.filter(|_| digits.trim_start_matches('0').len() <= 6 && !digits.starts_with('0'))
        else {
            break;
        };
        digits.push_str(group);
        used += 1 + comma;
    }
    let mut cents = 0;
    if (script.glued_mark(at + used, '.') || script.glued_mark(at + used, ','))
        && let Some(part) = script.glued_digits(at + used + 1).filter(|part| part.len() <= 2)
    {
        cents = part.parse::<u64>().ok()? * if part.len() == 1 { 10 } else { 1 };
        used += 2;
    }
    Some(Amount { whole: digits.parse().ok()?, cents, used })
}

/// "2800.00 UAH", "2800 грн", "₴2800": hryvnias, and kopiykas if there are any.
pub(super) fn money(script: &Script<'_>, at: usize) -> Said {
    let sign_first = usize::from(script.mark(at, '₴'));
    let amount = amount(script, at + sign_first)?;
    let mut used = sign_first + amount.used;
    if sign_first == 0 {
        let currency = script.word(at + used);
        let known = currency.is_some_and(|word| {
            matches!(
                word,
                "грн"
                    | "uah"
                    | "гривень"
                    | "гривні"
                    | "гривня"
                    | "гривню"
                    | "hryvnia"
                    | "hryvnias"
                    | "hryvnya"
            )
        });
        if !known && !script.mark(at + used, '₴') {
            return None;
        }
        let abbreviated = currency == Some("грн");
        used += 1;
        used += usize::from(abbreviated && script.inner_stop(at + used));
    }
    Some((money_words(amount.whole, amount.cents, script.language), used))
}

fn money_words(whole: u64, cents: u64, language: Language) -> String {
    let words = |number: u64| cardinal(number, Gender::Feminine, language);
    let (unit, coin, and) = match language {
        Language::En => (
            if whole == 1 { "hryvnia" } else { "hryvnias" },
            if cents == 1 { "kopiyka" } else { "kopiykas" },
            " and",
        ),
        Language::Uk | Language::Ru => (
            plural(whole, ["гривня", "гривні", "гривень"]),
            plural(cents, ["копійка", "копійки", "копійок"]),
            "",
        ),
    };
    let hryvnias = format!("{} {unit}", words(whole));
    if cents == 0 { hryvnias } else { format!("{hryvnias}{and} {} {coin}", words(cents)) }
}

/// "25th", "2-й", "10-ту", "25-го".
pub(super) fn ordinal(script: &Script<'_>, at: usize) -> Said {
    let number = script.value(at)?;
    let hyphen = usize::from(script.glued_mark(at + 1, '-'));
    let suffix = at + 1 + hyphen;
    let form = match script.word(suffix).filter(|_| script.glued(suffix))? {
        "st" | "nd" | "rd" | "th" | "й" | "ий" => Form::Masculine,
        "та" | "ша" | "га" | "тя" => Form::Feminine,
        "ту" | "шу" | "гу" | "тю" => Form::FeminineAccusative,
        "ої" | "тої" | "ьої" => Form::FeminineGenitive,
        "ій" | "тій" | "шій" | "гій" => Form::FeminineLocative,
        "го" | "ого" => Form::Genitive,
        "те" | "ше" | "ге" | "є" => Form::Neuter,
        _ => return None,
    };
    Some((numbers::ordinal(number, form, script.language), 2 + hyphen))
}

/// A unit: its writings, English one and many, Ukrainian one, few and many, and its gender.
struct Unit {
    writings: &'static [&'static str],
    english: [&'static str; 2],
    ukrainian: [&'static str; 3],
    gender: Gender,
}

const UNITS: &[Unit] = &[
    Unit {
        writings: &["шт", "pcs", "pc"],
        english: ["piece", "pieces"],
        ukrainian: ["штука", "штуки", "штук"],
        gender: Gender::Feminine,
    },
    Unit {
        writings: &["хв", "min"],
        english: ["minute", "minutes"],
        ukrainian: ["хвилина", "хвилини", "хвилин"],
        gender: Gender::Feminine,
    },
    Unit {
        writings: &["год"],
        english: ["hour", "hours"],
        ukrainian: ["година", "години", "годин"],
        gender: Gender::Feminine,
    },
    Unit {
        writings: &["км", "km"],
        english: ["kilometre", "kilometres"],
        ukrainian: ["кілометр", "кілометри", "кілометрів"],
        gender: Gender::Masculine,
    },
    Unit {
        writings: &["мм", "mm"],
        english: ["millimetre", "millimetres"],
        ukrainian: ["міліметр", "міліметри", "міліметрів"],
        gender: Gender::Masculine,
    },
    Unit {
        writings: &["м"],
        english: ["metre", "metres"],
        ukrainian: ["метр", "метри", "метрів"],
        gender: Gender::Masculine,
    },
    Unit {
        writings: &["кг", "kg"],
        english: ["kilogram", "kilograms"],
        ukrainian: ["кілограм", "кілограми", "кілограмів"],
        gender: Gender::Masculine,
    },
    Unit {
        writings: &["коп"],
        english: ["kopiyka", "kopiykas"],
        ukrainian: ["копійка", "копійки", "копійок"],
        gender: Gender::Feminine,
    },
];

/// Any number that no other reader took.
pub(super) fn number(script: &Script<'_>, at: usize) -> Said {
    if script.mark(at, '№') {
        let word = if script.language == Language::En { "number" } else { "номер" };
        return Some((word.to_owned(), 1));
    }
    let below_zero = script.mark(at, '-')
        && script.glued_digits(at + 1).is_some()
        && (at == 0 || !script.glued(at));
    if below_zero {
        let word = if script.language == Language::En { "minus " } else { "мінус " };
        return Some((word.to_owned(), 1));
    }
    let digits = script.digits(at)?;
    if let Some(unit) = counted_unit(script, at) {
        return Some(unit);
    }
    if let Some((words, used)) = decimal(script, at) {
        return Some((words, used));
    }
    let mut next_words = (at + 1..at + 4).map_while(|near| script.word(near));
    let gender = next_words.find_map(noun_gender).unwrap_or(Gender::Masculine);
    let words = match digits.parse::<u64>() {
        Ok(value) if digits.len() <= 9 && !(digits.len() > 1 && digits.starts_with('0')) => {
            cardinal(value, gender, script.language)
        }
        _ => dictated(digits, script.language),
    };
    let percent = script.mark(at + 1, '%');
    if percent {
        let name = match script.language {
            Language::En => "percent",
            Language::Uk | Language::Ru => {
                plural(digits.parse().unwrap_or(0), ["відсоток", "відсотки", "відсотків"])
            }
        };
        return Some((format!("{words} {name}"), 2));
    }
    Some((words, 1))
}

/// "4 шт.", "30 хв", "4 pcs".
fn counted_unit(script: &Script<'_>, at: usize) -> Said {
    let count = script.value(at)?;
    let writing = script.word(at + 1)?;
    let unit = UNITS.iter().find(|unit| unit.writings.contains(&writing))?;
    let name = match script.language {
        Language::En => unit.english[usize::from(count != 1)],
        Language::Uk | Language::Ru => plural(count, unit.ukrainian),
    };
    let used = 2 + usize::from(script.inner_stop(at + 2));
    Some((format!("{} {name}", cardinal(count, unit.gender, script.language)), used))
}

/// "2.5", "2,5", "1,299": a point, or a thousand in an English text.
fn decimal(script: &Script<'_>, at: usize) -> Said {
    let comma = script.glued_mark(at + 1, ',');
    let part = script.glued_digits(at + 2)?;
    if comma && part.len() == 3 {
        let amount = amount(script, at)?;
        let words = cardinal(amount.whole, Gender::Masculine, script.language);
        let rest = if amount.cents == 0 {
            String::new()
        } else {
            point_words(&format!("{:02}", amount.cents), script.language)
        };
        return Some((format!("{words}{rest}"), amount.used));
    }
    if !comma && !script.glued_mark(at + 1, '.') {
        return None;
    }
    let whole = dictated(script.digits(at)?, script.language);
    Some((format!("{whole}{}", point_words(part, script.language)), 3))
}

fn point_words(digits: &str, language: Language) -> String {
    match language {
        Language::En => format!(" point {}", numbers::spelled(digits, language)),
        Language::Uk | Language::Ru => format!(" кома {}", dictated(digits, language)),
    }
}

/// The gender of a Ukrainian noun that is counted in this shop.
fn noun_gender(word: &str) -> Option<Gender> {
    const FEMININE: &[&str] = &[
        "шин",
        "станці",
        "годин",
        "хвилин",
        "адрес",
        "штук",
        "пар",
        "послуг",
        "покришк",
        "машин",
        "людин",
        "точк",
        "гривн",
        "тисяч",
        "копій",
        "модел",
        "секунд",
        "філі",
        "камер",
        "позиці",
    ];
    const NEUTER: &[&str] = &["колес", "авто", "місц", "вікн", "замовлен", "бронюван"];
    const MASCULINE: &[&str] = &[
        "комплект",
        "дн",
        "день",
        "варіант",
        "диск",
        "балон",
        "місяц",
        "рок",
        "рік",
        "слот",
        "бренд",
    ];
    let starts = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if starts(FEMININE) {
        Some(Gender::Feminine)
    } else if starts(NEUTER) {
        Some(Gender::Neuter)
    } else if starts(MASCULINE) {
        Some(Gender::Masculine)
    } else {
        None
    }
}
