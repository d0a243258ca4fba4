//! Telephone numbers, tyre sizes, indices, plates and house numbers.

use super::letters::{letter, plate_letter};
use super::numbers::{dictated, spelled};
use super::{Said, Script};
use crate::language::Language;

/// "+380671234567", "067 123 45 67": in groups, with a pause between them.
pub(super) fn phone(script: &Script<'_>, at: usize) -> Said {
    let plus = usize::from(script.mark(at, '+'));
    let mut digits = String::new();
    let mut last = at + plus;
    let mut place = last;
    while digits.len() <= 15 {
        if let Some(group) = script.digits(place) {
            digits.push_str(group);
            last = place;
            // What follows a whole number is another figure.
            let whole = if digits.starts_with("380") { 12 } else { 10 };
            if digits.len() >= whole && (digits.starts_with("380") || digits.starts_with('0')) {
                break;
            }
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
        (10, _) if digits.starts_with("0800") => &[4, 3, 3],
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

/// English dictates digit by digit, the others by numbers.
fn group_words(digits: &str, language: Language) -> String {
    match language {
        Language::En => spelled(digits, language),
        Language::Uk | Language::Ru => dictated(digits, language),
    }
}

/// "205/55 R16", "195/75 R16C", "315/80 R22.5", with a load index behind it.
pub(super) fn size(script: &Script<'_>, at: usize) -> Said {
    let width = script.digits(at).filter(|digits| digits.len() == 3)?;
    if !script.mark(at + 1, '/') {
        return spaced_size(script, at);
    }
    let profile = script.digits(at + 2).filter(|digits| digits.len() == 2)?;
    let rim_letter = script.word(at + 3).is_some_and(|word| matches!(word, "r" | "р" | "zr"));
    let dash = script.glued_mark(at + 3, '-') && script.glued_digits(at + 4).is_some();
    let (rim, end) = if script.mark(at + 3, '/') || dash || rim_letter {
        script.digits(at + 4)?;
        rim_words(script, at + 4, script.word(at + 3) == Some("zr"))
    } else if script.digits(at + 3).is_some_and(|inches| inches.len() == 2)
        && !script.glued(at + 3)
        && !script.glued(at + 4)
    {
        // "205/55 16".
        rim_words(script, at + 3, false)
    } else {
        let words = [dictated(width, script.language), dictated(profile, script.language)];
        return (!script.glued(at + 3)).then(|| (words.join(", "), 3));
    };
    let mut words = vec![dictated(width, script.language), dictated(profile, script.language), rim];
    let mut end = end;
    if let Some((index, used)) = index(script, end) {
        words.push(index);
        end += used;
    }
    Some((words.join(", "), end - at))
}

/// "205 55 R16".
fn spaced_size(script: &Script<'_>, at: usize) -> Said {
    let width = script.digits(at)?;
    let profile = script.digits(at + 1).filter(|digits| digits.len() == 2)?;
    let letter = script.word(at + 2).filter(|word| matches!(*word, "r" | "р" | "zr"))?;
    script.digits(at + 3)?;
    let (rim, end) = rim_words(script, at + 3, letter == "zr");
    let words = [dictated(width, script.language), dictated(profile, script.language), rim];
    Some((words.join(", "), end - at))
}

/// "91V", "104/102T": what it carries and how fast it may go.
fn index(script: &Script<'_>, at: usize) -> Said {
    let load = |at: usize| script.digits(at).filter(|digits| matches!(digits.len(), 2 | 3));
    let mut words = dictated(load(at)?, script.language);
    let mut used = 1;
    if script.glued_mark(at + 1, '/') {
        words = format!("{words}, {}", dictated(load(at + 2)?, script.language));
        used = 3;
    }
    let speed = single_letter(script, at + used).filter(char::is_ascii_uppercase)?;
    Some((format!("{words} {}", letter(speed, script.language)), used + 1))
}

/// One letter without a space before it.
fn single_letter(script: &Script<'_>, at: usize) -> Option<char> {
    let mut chars = script.original(at).chars();
    let only = chars.next().filter(|only| only.is_alphabetic() && script.glued(at))?;
    chars.next().is_none().then_some(only)
}

/// A Latin capital that is glued to the figures before it, by its name.
pub(super) fn capital_after(script: &Script<'_>, at: usize) -> Option<String> {
    let capital = single_letter(script, at).filter(char::is_ascii_uppercase)?;
    Some(letter(capital, script.language))
}

/// "R16" alone.
pub(super) fn rim(script: &Script<'_>, at: usize) -> Said {
    let zr = script.word(at)? == "zr";
    if !zr && !matches!(script.word(at)?, "r" | "р") {
        return None;
    }
    let inches = script.value(at + 1)?;
    let spaced = script.original(at) == "R" && (10..=24).contains(&inches);
    if !script.glued(at + 1) && !spaced {
        return None;
    }
    let (words, end) = rim_words(script, at + 1, zr);
    Some((words, end - at))
}

/// The rim whose inches stand at `at`, and the token after it.
fn rim_words(script: &Script<'_>, at: usize, zr: bool) -> (String, usize) {
    let language = script.language;
    let inches = dictated(script.digits(at).unwrap_or("0"), language);
    let lead = if zr { format!("{} ", letter('Z', language)) } else { String::new() };
    let mut words = format!("{lead}{} {inches}", letter('R', language));
    let mut end = at + 1;
    if (script.glued_mark(end, '.') || script.glued_mark(end, ','))
        && let Some(tenths) = script.glued_digits(end + 1).filter(|digits| digits.len() == 1)
    {
        let point = match language {
            Language::En => "point",
            Language::Uk => "і",
            Language::Ru => "и",
        };
        words = format!("{words} {point} {}", dictated(tenths, language));
        end += 2;
    }
    if script.glued(end) && script.word(end).is_some_and(|word| matches!(word, "c" | "с")) {
        words = format!("{words} {}", letter('C', language));
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
    let gap = |at: usize| usize::from(script.glued_mark(at, '-') && script.glued(at + 1));
    let head = letters(at)?;
    let figures = at + 1 + gap(at + 1);
    let digits = script.digits(figures).filter(|digits| digits.len() == 4)?;
    let end = figures + 1 + gap(figures + 1);
    let tail = letters(end)?;
    let spell = |text: &str| {
        let letters: Vec<String> = text.chars().map(|c| plate_letter(c, script.language)).collect();
        letters.join(" ")
    };
    let pair = |digits: &str| dictated(digits, script.language);
    let words = [spell(head), pair(&digits[..2]), pair(&digits[2..]), spell(tail)];
    Some((words.join(", "), end + 1 - at))
}

/// "72Б", "10-А", "10/2", "91V": voices make bytes and fractions of them.
pub(super) fn house(script: &Script<'_>, at: usize) -> Said {
    if (script.language != Language::En || script.glued_mark(at + 1, '/'))
        && let Some(said) = index(script, at)
    {
        return Some(said);
    }
    let number = script.digits(at).filter(|digits| digits.len() <= 4)?;
    let language = script.language;
    if (number, script.original(at + 1), script.original(at + 2)) == ("24", "/", "7") {
        let words = match language {
            Language::En => "twenty-four seven",
            Language::Uk => "двадцять чотири на сім",
            Language::Ru => "двадцать четыре на семь",
        };
        return Some((words.to_owned(), 3));
    }
    let mut words = dictated(number, language);
    let mut used = 1;
    if script.glued_mark(at + 1, '/')
        && let Some(part) = script.glued_digits(at + 2)
    {
        let slash = match language {
            Language::En => "slash",
            Language::Uk => "дріб",
            Language::Ru => "дробь",
        };
        words = format!("{words} {slash} {}", dictated(part, language));
        used = 3;
    }
    let hyphen = usize::from(script.glued_mark(at + used, '-'));
    let place = at + used + hyphen;
    let named = single_letter(script, place).filter(|only| {
        // "5м" is metres, and a small Latin letter is a unit.
        let small = only.is_lowercase() && !is_house_letter(*only);
        let ending = only.is_lowercase() && hyphen == 1 && used == 1 && !house_before(script, at);
        !small && !ending && !script.glued_mark(place + 1, '-')
    });
    if let Some(only) = named {
        return Some((format!("{words} {}", letter(only, language)), used + hyphen + 1));
    }
    (used > 1).then_some((words, used))
}

const fn is_house_letter(letter: char) -> bool {
    matches!(letter, 'а' | 'б' | 'в' | 'г' | 'ґ' | 'д' | 'е' | 'є' | 'ж')
}

/// "буд. 10-а", "вул. Полярна, 10-а": a house stands there, not an ordinal.
fn house_before(script: &Script<'_>, at: usize) -> bool {
    at > 0 && (script.mark(at - 1, ',') || script.mark(at - 1, '.'))
        || script.word_before(at).is_some_and(|word| matches!(word, "будинок" | "дом" | "будинку"))
}
