//! Telephone numbers, tyre sizes, plates and house numbers.

use super::numbers::{Gender, cardinal, dictated, spelled};
use super::{Said, Script};
use crate::language::Language;

/// "+380671234567", "067 123 45 67": in groups, with a pause between them.
pub(super) fn phone(script: &Script<'_>, at: usize) -> Said {
    let plus = usize::from(script.mark(at, '+'));
    let mut digits = String::new();
    let mut last = at + plus;
    let mut place = last;
    loop {
        if let Some(group) = script.digits(place) {
            digits.push_str(group);
            last = place;
        } else if !["-", "(", ")"].contains(&script.original(place)) {
            break;
        }
        place += 1;
    }
    let known = (plus == 1 && (10..=15).contains(&digits.len()))
        || (digits.len() == 12 && digits.starts_with("380"))
        || (digits.len() == 10 && digits.starts_with('0'));
    if !known {
        return None;
    }
    let groups: &[usize] = match (digits.len(), digits.starts_with("380")) {
        (12, true) => &[2, 3, 3, 2, 2],
        (10, _) => &[3, 3, 2, 2],
        _ => &[3, 3, 3, 3, 3],
    };
    let mut words: Vec<String> = Vec::new();
    let mut from = 0;
    for length in groups {
        let to = (from + length).min(digits.len());
        if from < to {
            words.push(group_words(&digits[from..to], script.language));
        }
        from = to;
    }
    let lead = match (plus, script.language) {
        (0, _) => "",
        (_, Language::En) => "plus ",
        (_, Language::Uk | Language::Ru) => "плюс ",
    };
    Some((format!("{lead}{}", words.join(", ")), last + 1 - at))
}

/// English dictates digit by digit, Ukrainian by numbers.
fn group_words(digits: &str, language: Language) -> String {
    match language {
        Language::En => spelled(digits, language),
        Language::Uk | Language::Ru => dictated(digits, language),
    }
}

/// "205/55 R16", "195/75 R16C", "315/80 R22.5".
pub(super) fn size(script: &Script<'_>, at: usize) -> Said {
    let width = script.digits(at).filter(|digits| digits.len() == 3)?;
    let profile = script.digits(at + 2).filter(|digits| digits.len() == 2)?;
    if !script.mark(at + 1, '/') {
        return None;
    }
    let rim_letter = script.word(at + 3).is_some_and(|word| matches!(word, "r" | "р" | "zr"));
    if !script.mark(at + 3, '/') && !rim_letter {
        return None;
    }
    let place = at + 4;
    script.digits(place)?;
    let (rim, end) = rim_words(script, place);
    let words = [dictated(width, script.language), dictated(profile, script.language), rim];
    Some((words.join(", "), end - at))
}

/// "R16" alone.
pub(super) fn rim(script: &Script<'_>, at: usize) -> Said {
    if !matches!(script.word(at)?, "r" | "р") || script.glued_digits(at + 1).is_none() {
        return None;
    }
    let (words, end) = rim_words(script, at + 1);
    Some((words, end - at))
}

/// The rim whose inches stand at `at`, and the token after it.
fn rim_words(script: &Script<'_>, at: usize) -> (String, usize) {
    let inches = dictated(script.digits(at).unwrap_or("0"), script.language);
    let (mut words, mut end) = match script.language {
        Language::En => (format!("R {inches}"), at + 1),
        Language::Uk | Language::Ru => (format!("ер {inches}"), at + 1),
    };
    if script.glued_mark(end, '.')
        && let Some(tenths) = script.glued_digits(end + 1).filter(|digits| digits.len() == 1)
    {
        let point = if script.language == Language::En { "point" } else { "і" };
        words = format!("{words} {point} {}", dictated(tenths, script.language));
        end += 2;
    }
    if script.glued(end) && script.word(end).is_some_and(|word| matches!(word, "c" | "с")) {
        words.push_str(if script.language == Language::En { " C" } else { " це" });
        end += 1;
    }
    (words, end)
}

/// "AA1234BB": letters one by one, figures in pairs.
pub(super) fn plate(script: &Script<'_>, at: usize) -> Said {
    let letters = |at: usize| {
        let text = script.original(at);
        (text.chars().count() == 2 && text.chars().all(char::is_uppercase)).then_some(text)
    };
    let digits = script.digits(at + 1).filter(|digits| digits.len() == 4)?;
    let (head, tail) = (letters(at)?, letters(at + 2)?);
    let spell = |text: &str| {
        let letters: Vec<String> = text.chars().map(|c| letter_name(c, script.language)).collect();
        letters.join(" ")
    };
    let pair = |digits: &str| dictated(digits, script.language);
    let words = [spell(head), pair(&digits[..2]), pair(&digits[2..]), spell(tail)];
    Some((words.join(", "), 3))
}

/// A letter as it is spelled. English voices spell capitals by themselves.
fn letter_name(letter: char, language: Language) -> String {
    let upper: String = letter.to_uppercase().collect();
    if language == Language::En {
        let latin = match upper.as_str() {
            "А" => "A",
            "В" => "B",
            "Е" => "E",
            "І" => "I",
            "К" => "K",
            "М" => "M",
            "Н" => "H",
            "О" => "O",
            "Р" => "P",
            "С" => "C",
            "Т" => "T",
            "Х" => "X",
            other => other,
        };
        return latin.to_owned();
    }
    match upper.as_str() {
        "A" | "А" => "а",
        "B" | "В" => "ве",
        "C" | "С" => "ес",
        "E" | "Е" => "е",
        "H" | "Н" => "ен",
        "I" | "І" => "і",
        "K" | "К" => "ка",
        "M" | "М" => "ем",
        "O" | "О" => "о",
        "P" | "Р" => "ер",
        "T" | "Т" => "те",
        "X" | "Х" => "ха",
        "Б" => "бе",
        "Г" => "ге",
        "Д" => "де",
        "Ж" => "же",
        "З" => "зе",
        "Л" => "ел",
        "П" => "пе",
        "Ф" => "еф",
        other => return other.to_lowercase(),
    }
    .to_owned()
}

/// "72Б", "10-А", "10/2": voices make bytes and fractions of them.
pub(super) fn house(script: &Script<'_>, at: usize) -> Said {
    let number = script.digits(at).filter(|digits| digits.len() <= 4)?;
    let words = dictated(number, script.language);
    if script.glued_mark(at + 1, '/')
        && let Some(part) = script.glued_digits(at + 2)
    {
        let slash = if script.language == Language::En { "slash" } else { "дріб" };
        return Some((format!("{words} {slash} {}", dictated(part, script.language)), 3));
    }
    let hyphen = usize::from(script.glued_mark(at + 1, '-'));
    let letter = at + 1 + hyphen;
    let text = script.original(letter);
    let mut chars = text.chars();
    let (only, None) = (chars.next()?, chars.next()) else { return None };
    let spelled = script.glued(letter) && only.is_alphabetic();
    // "5м" is metres and "5 C" is not glued; a small Latin letter is a unit.
    if !spelled || (only.is_lowercase() && hyphen == 0 && !is_cyrillic_house(only)) {
        return None;
    }
    // Beside a figure a Latin letter is a speed index, not the look-alike of a plate.
    let name = match (script.language, only) {
        (Language::Uk | Language::Ru, 'H') => "аш".to_owned(),
        (Language::Uk | Language::Ru, 'V') => "ві".to_owned(),
        (Language::Uk | Language::Ru, 'W') => "дабл-ю".to_owned(),
        (Language::Uk | Language::Ru, 'Y') => "ігрек".to_owned(),
        (Language::Uk | Language::Ru, 'S') => "ес".to_owned(),
        (Language::Uk | Language::Ru, 'Q') => "кю".to_owned(),
        (Language::Uk | Language::Ru, 'R') => "ер".to_owned(),
        _ => letter_name(only, script.language),
    };
    Some((format!("{words} {name}"), 2 + hyphen))
}

const fn is_cyrillic_house(letter: char) -> bool {
    matches!(letter, 'а' | 'б' | 'в' | 'г' | 'д' | 'е')
}

/// A number with the gender of nothing in particular.
pub(super) fn plain(number: u64, language: Language) -> String {
    cardinal(number, Gender::Masculine, language)
}
