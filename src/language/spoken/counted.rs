//! A number and the noun that it counts: gender and case of the number.

use super::Script;
use super::governing::{cases_after, first_common, governor};
use super::nouns::{Nouns, Reading};
use super::numbers::{self, Case, Count, Gender};
use crate::language::Language;

/// Adjectives may stand between a number and its noun, but not more than this.
const WORDS_BETWEEN_MAX: usize = 3;

/// Prices and works "of" things: "вартість 4 шин".
const WORKS: &[&str] = &[
    "вартість",
    "ціна",
    "монтаж",
    "шиномонтаж",
    "заміна",
    "заміну",
    "балансування",
    "зберігання",
    "стоимость",
    "цена",
    "замена",
    "замену",
    "балансировка",
    "балансировку",
    "хранение",
    "комплект",
    "комплекта",
    "комплекту",
    "набір",
    "набор",
    "продаж",
    "продажа",
];
const THINGS: &[&str] = &["шин", "кол", "диск", "покри", "покры", "балон", "баллон", "комплект"];

/// The words for a cardinal, or for an ordinal where the noun asks for one ("о 10 годині",
/// "2 поверх", "2026 року"). `at` is where the number starts, `end` the token after it.
pub(super) fn words(script: &Script<'_>, at: usize, end: usize, number: u64) -> String {
    let language = script.language;
    let Some(nouns) = Nouns::of(language) else { return numbers::plain(number, language) };
    let allowed = governor(script, at);
    let Some((noun, readings)) = noun_after(script, end, nouns) else {
        let adjective = script.word(end).is_some_and(ends_like_adjective);
        let later = || further_on(script, end, nouns).filter(|_| adjective);
        if let Some(gender) = understood(script, at, end).or_else(later) {
            let case = allowed.first().copied().unwrap_or(Case::Nominative);
            return numbers::cardinal(number, gender, case, language);
        }
        return without_noun(script, end, number, allowed);
    };
    if let Some(ordinal) = ordinal_before(number, noun, readings, allowed, nouns) {
        return numbers::ordinal(number, ordinal.gender, ordinal.case, language);
    }
    let mut possible: Vec<(Case, Gender)> = Vec::new();
    for reading in readings {
        let cases = nouns.cases_before(number, *reading);
        possible.extend(cases.iter().map(|case| (*case, reading.gender)));
    }
    let cases: Vec<Case> = possible.iter().map(|(case, _)| *case).collect();
    let of_things = at.checked_sub(1).and_then(|before| script.word(before));
    let of_things = of_things.is_some_and(|word| WORKS.contains(&word))
        && THINGS.iter().any(|stem| noun.starts_with(stem));
    // "1 преміальну модель" is wanted, not there.
    let wanted = Count::of(number) == Count::One
        && allowed.is_empty()
        && script.word(end).is_some_and(|word| word != noun && word.ends_with(['у', 'ю']));
    let wished: &[Case] = if wanted {
        &[Case::Accusative]
    } else if of_things {
        &[Case::Genitive]
    } else {
        allowed
    };
    let case = first_common(wished, &cases)
        .or_else(|| first_common(&Case::ALL, &cases))
        .unwrap_or_else(|| allowed.first().copied().unwrap_or(Case::Nominative));
    let gender = possible
        .iter()
        .find(|(one, _)| *one == case)
        .map_or(readings[0].gender, |(_, gender)| *gender);
    numbers::cardinal(number, gender, case, language)
}

/// The counted noun after a number: its written form and what it can be.
fn noun_after<'a>(
    script: &'a Script<'_>,
    end: usize,
    nouns: &'static Nouns,
) -> Option<(&'a str, &'static [Reading])> {
    for near in end..end + WORDS_BETWEEN_MAX {
        let word = script.word(near)?;
        let readings = nouns.readings(word);
        if !readings.is_empty() {
            return Some((word, readings));
        }
        let adjective = word.chars().count() > 3 && ends_like_adjective(word);
        let latin = word.is_ascii();
        if !(adjective || latin) || !cases_after(word, script.language).is_empty() {
            return None;
        }
    }
    None
}

/// The gender of a noun that is not said again: "2 зимові шини та 2 літні", "ще 2".
fn understood(script: &Script<'_>, at: usize, end: usize) -> Option<Gender> {
    const LEADS: &[&str] = &[
        "ще",
        "і",
        "та",
        "й",
        "або",
        "чи",
        "лише",
        "тільки",
        "них",
        "ещё",
        "еще",
        "и",
        "или",
        "только",
        "всего",
        "усього",
        "из",
        "плюс",
        "на",
    ];
    let nouns = Nouns::of(script.language)?;
    script.word_before(at).filter(|word| LEADS.contains(word))?;
    let bare = script.word(end).is_none_or(|word| {
        ["і", "их", "ые", "ие", "ых", "на"].iter().any(|ending| word.ends_with(ending))
    });
    if !bare || script.digits(end).is_some() || script.glued_mark(end, ':') {
        return None;
    }
    (at.saturating_sub(8)..at.saturating_sub(1)).rev().find_map(|near| {
        let reading = nouns.readings(script.word(near)?).first()?;
        let counted = (1..=3).any(|back| near >= back && script.digits(near - back).is_some());
        counted.then_some(reading.gender)
    })
}

/// Nouns that may stand in the text beside those of the tables, and are feminine.
const FEMININE: &[&str] = &[
    "сум",
    "фірм",
    "фирм",
    "квартир",
    "доставк",
    "оплат",
    "консультац",
    "скарг",
    "причин",
    "причин",
    "кнопк",
    "ліні",
    "лини",
    "розмов",
    "марк",
    "сері",
    "сери",
    "категор",
    "систем",
    "перерв",
    "умов",
    "угод",
    "поїздк",
    "поездк",
    "канавк",
    "парковк",
    "стоянк",
    "компані",
    "компани",
    "област",
    "країн",
    "стран",
    "рук",
    "нед",
    "розетк",
    "лампочк",
    "фар",
    "двер",
    "смен",
    "змін",
    "очеред",
    "черг",
    "дорог",
    "улиц",
    "вулиц",
    "пляшк",
    "групп",
    "груп",
];

/// The gender of a noun that stands only after the last of several numbers: "2 середні та
/// 1 преміальна модель".
fn further_on(script: &Script<'_>, end: usize, nouns: &Nouns) -> Option<Gender> {
    let mut numbers = 0;
    for near in end..end + 8 {
        if script.digits(near).is_some() {
            numbers += 1;
        } else if let Some(word) = script.word(near) {
            if let Some(reading) = nouns.readings(word).first().filter(|_| numbers > 0) {
                return Some(reading.gender);
            }
            let joint = matches!(word, "і" | "та" | "й" | "або" | "чи" | "и" | "или");
            if !(joint || ends_like_adjective(word)) {
                return None;
            }
        } else if !script.mark(near, ',') {
            return None;
        }
    }
    None
}

fn ends_like_adjective(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "і", "их", "им", "ими", "а", "у", "ий", "ій", "ої", "ого", "ому", "е", "ою", "ые", "ие",
        "ых", "ым", "ыми", "ая", "яя", "ую", "юю", "ый", "ой", "ое", "ее", "ом", "ей", "ею", "я",
        "ю", "ім", "ем",
    ];
    ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// A noun in the singular after a number that would count many is not counted: the number names
/// which one it is.
fn ordinal_before(
    number: u64,
    noun: &str,
    readings: &[Reading],
    allowed: &[Case],
    nouns: &Nouns,
) -> Option<Reading> {
    let is_year =
        matches!(noun, "рік" | "року" | "році" | "роком" | "год" | "года" | "году" | "годом");
    let singular: Vec<&Reading> = readings.iter().filter(|reading| !reading.many).collect();
    let agrees = |reading: &&&Reading| allowed.is_empty() || allowed.contains(&reading.case);
    if is_year && (1900..2100).contains(&number) {
        return singular.iter().find(agrees).or(singular.first()).map(|reading| **reading);
    }
    let at_hour = noun.starts_with("годин") && allowed.first() == Some(&Case::Locative);
    if Count::of(number) == Count::One && !at_hour {
        return None;
    }
    let counted = readings.iter().any(|reading| {
        let cases = nouns.cases_before(number, *reading);
        !cases.is_empty() && (allowed.is_empty() || first_common(allowed, cases).is_some())
    });
    if counted && !at_hour {
        return None;
    }
    if allowed.is_empty() {
        return singular.first().map(|reading| **reading);
    }
    singular.iter().find(agrees).map(|reading| **reading)
}

/// A number by itself: the preposition alone says its case, an unknown noun shows its ending.
fn without_noun(script: &Script<'_>, end: usize, number: u64, allowed: &[Case]) -> String {
    let language = script.language;
    let next = script.word(end).filter(|word| !word.is_ascii() && word.chars().count() > 3);
    let ends =
        |endings: &[&str]| next.is_some_and(|word| endings.iter().any(|end| word.ends_with(end)));
    let mut case = allowed.first().copied().unwrap_or(Case::Nominative);
    let mut gender = Gender::Masculine;
    if ends(&["ами", "ями"]) {
        case = Case::Instrumental;
    } else if ends(&["ах", "ях"]) && (allowed.is_empty() || allowed.contains(&Case::Locative)) {
        case = Case::Locative;
    }
    match Count::of(number) {
        Count::One if ends(&["у", "ю"]) && case == Case::Accusative => gender = Gender::Feminine,
        Count::One if ends(&["а", "я"]) && case == Case::Nominative => gender = Gender::Feminine,
        Count::One if ends(&["е", "і"]) && allowed.contains(&Case::Locative) => {
            case = Case::Locative;
        }
        Count::One if ends(&["о", "е"]) => gender = Gender::Neuter,
        Count::Few
            if next.is_some_and(|word| FEMININE.iter().any(|stem| word.starts_with(stem))) =>
        {
            gender = Gender::Feminine;
        }
        Count::Few if language == Language::Uk && ends(&["ії", "сті"]) => {
            gender = Gender::Feminine;
        }
        Count::Few if language == Language::Ru && ends(&["ы", "и"]) => gender = Gender::Feminine,
        _ => {}
    }
    numbers::cardinal(number, gender, case, language)
}

/// The first number of a range, in the gender and case that the noun asks of the second.
pub(super) fn like(script: &Script<'_>, at: usize, end: usize, number: u64, second: u64) -> String {
    let language = script.language;
    let Some(nouns) = Nouns::of(language) else { return numbers::plain(number, language) };
    let allowed = governor(script, at);
    let Some((noun, readings)) = noun_after(script, end, nouns) else {
        return without_noun(script, end, number, allowed);
    };
    if let Some(ordinal) = ordinal_before(second, noun, readings, allowed, nouns) {
        return numbers::ordinal(number, ordinal.gender, ordinal.case, language);
    }
    let possible: Vec<Case> = readings
        .iter()
        .flat_map(|reading| nouns.cases_before(second, *reading).iter().copied())
        .collect();
    let case = first_common(allowed, &possible)
        .or_else(|| first_common(&Case::ALL, &possible))
        .unwrap_or(Case::Nominative);
    numbers::cardinal(number, readings[0].gender, case, language)
}

/// The gender of the noun after a number; masculine if none is known.
pub(super) fn gender_after(script: &Script<'_>, end: usize) -> Gender {
    Nouns::of(script.language)
        .and_then(|nouns| noun_after(script, end, nouns))
        .map_or(Gender::Masculine, |(_, readings)| readings[0].gender)
}
