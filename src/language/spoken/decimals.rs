//! Broken amounts: "півтори години", "два з половиною", "дві цілих три десятих".

use super::numbers::{Case, Gender, cardinal, plain, spelled};
use crate::language::Language;

/// How the noun after a broken amount stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// As after the whole part: "два з половиною роки".
    Whole,
    /// In the genitive singular: "дві цілих три десятих бара".
    OfOne,
}

/// The words for `whole` and the figures after its point.
pub(super) fn words(
    whole: u64,
    fraction: &str,
    gender: Gender,
    case: Case,
    language: Language,
) -> (String, After) {
    let fraction = match fraction.trim_end_matches('0') {
        "" => "0",
        other => other,
    };
    if language == Language::En {
        let point = format!("{} point {}", plain(whole, language), spelled(fraction, language));
        return (point, After::Whole);
    }
    let ukrainian = language == Language::Uk;
    let direct = matches!(case, Case::Nominative | Case::Accusative);
    if fraction == "5" && whole == 1 {
        let word = match (ukrainian, gender, direct) {
            (true, Gender::Feminine, _) => "півтори",
            (true, ..) => "півтора",
            (false, Gender::Feminine, true) => "полторы",
            (false, _, true) => "полтора",
            (false, _, false) => "полутора",
        };
        let after = if ukrainian || direct { After::OfOne } else { After::Whole };
        return (word.to_owned(), after);
    }
    if fraction == "5" && whole > 0 {
        let half = if ukrainian { "з половиною" } else { "с половиной" };
        return (format!("{} {half}", cardinal(whole, gender, case, language)), After::Whole);
    }
    let one = |number: u64| number % 10 == 1 && number % 100 != 11;
    let unit = match (ukrainian, one(whole)) {
        (true, true) => "ціла",
        (true, false) => "цілих",
        (false, true) => "целая",
        (false, false) => "целых",
    };
    let part: u64 = fraction.parse().unwrap_or(0);
    let name = match (ukrainian, fraction.len(), one(part)) {
        (true, 1, true) => "десята",
        (true, 1, false) => "десятих",
        (true, 2, true) => "сота",
        (true, 2, false) => "сотих",
        (true, _, true) => "тисячна",
        (true, _, false) => "тисячних",
        (false, 1, true) => "десятая",
        (false, 1, false) => "десятых",
        (false, 2, true) => "сотая",
        (false, 2, false) => "сотых",
        (false, _, true) => "тысячная",
        (false, _, false) => "тысячных",
    };
    let figure = |number| cardinal(number, Gender::Feminine, Case::Nominative, language);
    (format!("{} {unit} {} {name}", figure(whole), figure(part)), After::OfOne)
}
