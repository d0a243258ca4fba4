//! Abbreviations in full, and marks of formatting away.

use super::{Said, Script};
use crate::language::Language;

/// Written with a full stop. Both languages' are known to each: addresses are Ukrainian in English
/// sentences too.
const DOTTED: &[(&str, &str)] = &[
    ("вул", "вулиця"),
    ("буд", "будинок"),
    ("кв", "квартира"),
    ("пров", "провулок"),
    ("пер", "провулок"),
    ("пр", "проспект"),
    ("просп", "проспект"),
    ("бул", "бульвар"),
    ("бульв", "бульвар"),
    ("пл", "площа"),
    ("м", "місто"),
    ("смт", "селище"),
    ("обл", "область"),
    ("ім", "імені"),
    ("тел", "телефон"),
    ("ст", "станція"),
    ("корп", "корпус"),
    ("грн", "гривень"),
    ("шт", "штук"),
    ("р", "року"),
    ("год", "годин"),
    ("хв", "хвилин"),
    ("тис", "тисяч"),
    ("коп", "копійок"),
    ("mr", "mister"),
    ("mrs", "missus"),
    ("ms", "miss"),
    ("dr", "doctor"),
    ("rd", "Road"),
    ("ave", "Avenue"),
    ("blvd", "Boulevard"),
    ("approx", "approximately"),
    ("pcs", "pieces"),
    ("etc", "and so on"),
];

/// Written without a full stop as well.
const BARE: &[(&str, &str)] = &[
    ("вул", "вулиця"),
    ("буд", "будинок"),
    ("просп", "проспект"),
    ("грн", "гривень"),
    ("шт", "штук"),
    ("uah", "hryvnias"),
    ("pcs", "pieces"),
    ("rd", "Road"),
    ("xl", "extra load"),
    ("пн", "понеділок"),
    ("вт", "вівторок"),
    ("ср", "середа"),
    ("чт", "четвер"),
    ("пт", "п'ятниця"),
    ("сб", "субота"),
    ("нд", "неділя"),
];

pub(super) fn expand(script: &Script<'_>, at: usize) -> Said {
    if ['*', '#', '_', '`'].iter().any(|mark| script.mark(at, *mark)) {
        return Some((String::new(), 1));
    }
    if script.mark(at, '%') {
        let word = if script.language == Language::En { " percent" } else { " відсотків" };
        return Some((word.to_owned(), 1));
    }
    let word = script.word(at)?;
    if let Some(said) = boulevard(script, at).or_else(|| saint_or_street(script, at)) {
        return Some(said);
    }
    let dot = script.glued_mark(at + 1, '.');
    if word == "no" && dot && script.digits(at + 2).is_some() {
        return Some(("number".to_owned(), 2));
    }
    if dot && let Some((_, full)) = DOTTED.iter().find(|(short, _)| *short == word) {
        let full = in_case(script, at, full);
        // "… 2800 грн." closes the sentence as well, "вул." never does.
        let closes = matches!(
            word,
            "грн" | "шт" | "р" | "год" | "хв" | "тис" | "коп" | "rd" | "ave" | "pcs" | "etc"
        ) && !script.inner_stop(at + 1);
        let gap = if !closes && script.glued(at + 2) { " " } else { "" };
        return Some((
            format!("{}{gap}", cased(script.original(at), &full)),
            if closes { 1 } else { 2 },
        ));
    }
    let (_, full) = BARE.iter().find(|(short, _)| *short == word)?;
    let full = match (*full, script.language) {
        ("hryvnias", Language::Uk | Language::Ru) => "гривень",
        ("extra load", Language::Uk | Language::Ru) => "ікс ел",
        ("pieces", Language::Uk | Language::Ru) => "штук",
        (full, _) => full,
    };
    Some((cased(script.original(at), full), 1))
}

/// "б-р" and "пр-т" hold a hyphen.
fn boulevard(script: &Script<'_>, at: usize) -> Said {
    if !script.glued_mark(at + 1, '-') || !script.glued(at + 2) {
        return None;
    }
    let full = match (script.word(at)?, script.word(at + 2)?) {
        ("б", "р") => "бульвар",
        ("пр", "т" | "кт") => "проспект",
        _ => return None,
    };
    Some((cased(script.original(at), full), 3 + usize::from(script.inner_stop(at + 3))))
}

/// "Polar St." is a street, "St. Mary" a saint.
fn saint_or_street(script: &Script<'_>, at: usize) -> Said {
    if script.word(at)? != "st" {
        return None;
    }
    let upper = |at: usize| script.original(at).chars().next().is_some_and(char::is_uppercase);
    let dot = usize::from(script.glued_mark(at + 1, '.'));
    if at > 0 && script.word(at - 1).is_some() && upper(at - 1) {
        let keep = script.tokens.get(at + 1 + dot).is_none() || upper(at + 1 + dot);
        return Some(("Street".to_owned(), 1 + if keep { 0 } else { dot }));
    }
    (upper(at) && upper(at + 1 + dot)).then(|| ("Saint".to_owned(), 1 + dot))
}

/// The locative after "у", "в", "на": "у м. Київ", "на вул. Полярна".
fn in_case(script: &Script<'_>, at: usize, full: &str) -> String {
    if !matches!(script.word_before(at), Some("у" | "в" | "на")) {
        return full.to_owned();
    }
    match full {
        "вулиця" => "вулиці",
        "місто" => "місті",
        "проспект" => "проспекті",
        "бульвар" => "бульварі",
        "провулок" => "провулку",
        "площа" => "площі",
        "станція" => "станції",
        other => other,
    }
    .to_owned()
}

/// A capital for a capital.
fn cased(original: &str, full: &str) -> String {
    let capital = original.chars().next().is_some_and(char::is_uppercase)
        && original.chars().skip(1).all(char::is_lowercase);
    let mut chars = full.chars();
    match chars.next() {
        Some(first) if capital => first.to_uppercase().chain(chars).collect(),
        _ => full.to_owned(),
    }
}
