//! What stands before a number and says its case: "до 5 днів", "близько 20 хвилин", "с 9 до 18".

use super::Script;
use super::numbers::Case;
use crate::language::Language;
use Case::{Accusative, Dative, Genitive, Instrumental, Locative};

/// Between a preposition and its number these change nothing.
const TRANSPARENT: &[&str] = &[
    "приблизно",
    "орієнтовно",
    "лише",
    "тільки",
    "всього",
    "усього",
    "десь",
    "майже",
    "аж",
    "ще",
    "цих",
    "ці",
    "тих",
    "наступних",
    "наступні",
    "найближчих",
    "найближчі",
    "перших",
    "перші",
    "останніх",
    "останні",
    "всі",
    "усі",
    "всіх",
    "усіх",
    "примерно",
    "ориентировочно",
    "только",
    "почти",
    "ещё",
    "еще",
    "этих",
    "эти",
    "следующих",
    "следующие",
    "ближайших",
    "ближайшие",
    "первых",
    "первые",
    "последних",
    "последние",
    "все",
    "всех",
    "где",
    "то",
    "целых",
    "цілих",
];

/// How many numbers and words are stepped over in search of a preposition.
const STEPS_MAX: usize = 12;

/// Join numbers that hang on one preposition.
const CONJUNCTIONS: &[&str] = &["і", "й", "та", "або", "чи", "и", "или", "либо"];

/// The cases that the word before a number allows, the likeliest first; none if it says nothing.
pub(super) fn cases_after(word: &str, language: Language) -> &'static [Case] {
    match language {
        Language::En => &[],
        Language::Uk => ukrainian(word),
        Language::Ru => russian(word),
    }
}

fn ukrainian(word: &str) -> &'static [Case] {
    match word {
        "від" | "од" | "до" | "без" | "близько" | "коло" | "біля" | "після" | "для"
        | "протягом" | "упродовж" | "впродовж" | "більше" | "більш" | "менше" | "менш" | "крім"
        | "окрім" | "замість" | "нижче" | "вище" | "межах" | "станом" | "щодо" | "стосовно"
        | "навпроти" | "поблизу" | "неподалік" | "серед" | "навколо" | "довше" | "раніше"
        | "пізніше" | "швидше" | "дешевше" | "дорожче" => &[Genitive],
        "з" | "із" | "зі" => &[Genitive, Instrumental],
        "у" | "в" | "на" | "по" => &[Accusative, Locative],
        "за" | "під" => &[Accusative, Instrumental],
        "через"
        | "про"
        | "понад"
        | "коштує"
        | "коштують"
        | "коштуватиме"
        | "коштуватимуть"
        | "коштувала"
        | "коштував"
        | "сплатити"
        | "сплатите"
        | "заплатити"
        | "заплатите"
        | "доплатити"
        | "доплатите"
        | "становить"
        | "становитиме"
        | "складає"
        | "крізь"
        | "триває"
        | "триватиме"
        | "займе"
        | "займає"
        | "чекати"
        | "чекайте"
        | "зачекайте" => &[Accusative],
        "перед" | "над" | "між" | "поміж" => &[Instrumental],
        "о" | "об" | "при" => &[Locative],
        "завдяки" | "дорівнює" | "всупереч" => &[Dative],
        _ => &[],
    }
}

fn russian(word: &str) -> &'static [Case] {
    match word {
        "от"
        | "до"
        | "без"
        | "около"
        | "возле"
        | "после"
        | "для"
        | "течение"
        | "протяжении"
        | "больше"
        | "более"
        | "меньше"
        | "менее"
        | "свыше"
        | "кроме"
        | "вместо"
        | "ниже"
        | "выше"
        | "порядка"
        | "из"
        | "у"
        | "пределах"
        | "среди"
        | "дольше"
        | "раньше"
        | "позже"
        | "дешевле"
        | "дороже"
        | "состоянию"
        | "напротив"
        | "вблизи"
        | "недалеко" => &[Genitive],
        "с" | "со" => &[Genitive, Instrumental],
        "в" | "во" | "на" => &[Accusative, Locative],
        "за" | "под" => &[Accusative, Instrumental],
        "через"
        | "про"
        | "стоит"
        | "стоят"
        | "стоила"
        | "стоил"
        | "составляет"
        | "составит"
        | "заплатить"
        | "заплатите"
        | "оплатить"
        | "оплатите"
        | "доплатить"
        | "доплатите"
        | "займёт"
        | "займет"
        | "занимает"
        | "длится"
        | "ждать"
        | "подождите" => &[Accusative],
        "по" => &[Accusative, Dative],
        "перед" | "над" | "между" => &[Instrumental],
        "о" | "об" | "при" => &[Locative],
        "к" | "ко" | "благодаря" | "равна" | "равно" => &[Dative],
        _ => &[],
    }
}

/// The cases that what stands before the number at `at` allows, the likeliest first. Numbers in
/// a row share the preposition of the first: "за 2 або 3 дні", "о 9:00 та 10:30".
pub(super) fn governor(script: &Script<'_>, at: usize) -> &'static [Case] {
    word_governing(script, at).map_or(&[], |word| cases_after(word, script.language))
}

/// The word before the number at `at` that says its case.
pub(super) fn word_governing<'a>(script: &'a Script<'_>, at: usize) -> Option<&'a str> {
    let mut place = at;
    for _ in 0..STEPS_MAX {
        let before = place.checked_sub(1)?;
        if ['-', '+', '−', '~', '≈', '–', '₴', '$', '€']
            .iter()
            .any(|mark| script.mark(before, *mark))
        {
            place = before;
            continue;
        }
        if script.mark(before, ',') {
            place = numbers_before(script, before, false)?;
            continue;
        }
        let word = script.word(before)?;
        if TRANSPARENT.contains(&word) {
            place = before;
        } else if CONJUNCTIONS.contains(&word) {
            place = numbers_before(script, before, true)?;
        } else {
            return (!cases_after(word, script.language).is_empty()).then_some(word);
        }
    }
    None
}

/// Where the figures start that end just before `at`; with a noun after them if `noun`.
fn numbers_before(script: &Script<'_>, at: usize, noun: bool) -> Option<usize> {
    let mut place = at.checked_sub(1)?;
    if noun && script.word(place).is_some() {
        place = place.checked_sub(1)?;
    }
    script.digits(place)?;
    let first = at.saturating_sub(STEPS_MAX);
    while place >= first + 2
        && [':', '.', ',', '-', '–', '/'].iter().any(|mark| script.glued_mark(place - 1, *mark))
        && script.glued(place)
        && script.digits(place - 2).is_some()
    {
        place -= 2;
    }
    Some(place)
}

/// The first case of `allowed` that is among `possible`.
pub(super) fn first_common(allowed: &[Case], possible: &[Case]) -> Option<Case> {
    allowed.iter().find(|case| possible.contains(case)).copied()
}
