//! Telephone numbers and number plates.

use super::Heard;
use super::items::ItemKind;
use super::reader::Reader;
use crate::pii::Phone;

/// The codes of Ukrainian mobile networks after the zero: a number of nine digits that begins so
/// is one without its zero.
const MOBILE_CODES: [&str; 15] =
    ["39", "50", "63", "66", "67", "68", "73", "75", "77", "91", "92", "93", "95", "96", "97"];

/// Takes telephone numbers: figures in groups, however they are grouped.
pub(super) fn read_phones(reader: &mut Reader<'_>) {
    let mut at = 0;
    while at < reader.items.len() {
        at = read_phone(reader, at).unwrap_or(at + 1);
    }
}

/// What people say between the groups of a number.
const PHONE_FILLERS: &[&str] = &[
    "ага",
    "угу",
    "yes",
    "okay",
    "ok",
    "пишіть",
    "записали",
    "пишете",
    "да",
    "е",
    "ее",
    "ем",
    "ну",
    "так",
    "далі",
    "дальше",
    "потім",
    "потом",
    "then",
    "and",
    "um",
    "uh",
    "er",
    "і",
    "и",
    "ще",
    "еще",
    "ещё",
    "отже",
    "значит",
    "значить",
    "э",
    "ээ",
    "там",
];
/// A group that was wrong: the next one stands in its place.
const PHONE_CORRECTIONS: &[&str] =
    &["ні", "нет", "no", "sorry", "вибачте", "извините", "ой", "точніше", "точнее", "стоп", "не"];

fn read_phone(reader: &mut Reader<'_>, from: usize) -> Option<usize> {
    let plus = reader.free(from)?.mark() == Some('+') || reader.is_word(from, &["plus", "плюс"]);
    reader.cardinal(from + usize::from(plus))?;
    let start = from + usize::from(plus);
    // The longest reading wins; what follows a whole number is not part of it.
    let hit = [true, false].into_iter().find_map(|mending| {
        let ends = phone_readings(reader, start, plus, mending);
        ends.iter().rev().find_map(|(end, digits)| Some((*end, phone_of(digits, plus)?)))
    });
    let (last, phone) = hit?;
    reader.take(from, last, Heard::Phone(phone));
    Some(last + 1)
}

/// The digits up to each group from `start` on. `mending` lets a group take back the one before.
fn phone_readings(
    reader: &Reader<'_>,
    start: usize,
    plus: bool,
    mending: bool,
) -> Vec<(usize, String)> {
    let mut groups: Vec<String> = Vec::new();
    let mut ends: Vec<(usize, String)> = Vec::new();
    let mut corrected = false;
    let mut at = start;
    while let Some(item) = reader.free(at) {
        let length: usize = groups.iter().map(String::len).sum();
        match &item.kind {
            ItemKind::Number(number) if number.ordinal.is_none() && length < 15 => {
                // Only a group of the same length can stand in for the one before.
                if corrected && groups.last().is_some_and(|last| last.len() == number.digits.len())
                {
                    groups.pop();
                }
                corrected = false;
                groups.push(number.digits.clone());
                ends.push((at, groups.concat()));
            }
            ItemKind::Mark('-' | '(' | ')' | ' ' | '.' | ',' | '–' | '—' | '…')
                if !groups.is_empty() || plus => {}
            ItemKind::Word(word)
                if !groups.is_empty() && PHONE_FILLERS.contains(&word.as_str()) => {}
            ItemKind::Word(word) if mending && PHONE_CORRECTIONS.contains(&word.as_str()) => {
                corrected = true;
            }
            _ => break,
        }
        at += 1;
    }
    ends
}

fn phone_of(digits: &str, plus: bool) -> Option<Phone> {
    let home = match digits.len() {
        12 if digits.starts_with("380") => return Phone::parse(&format!("+{digits}")),
        11 if digits.starts_with("80") => &digits[2..],
        10 if digits.starts_with('0') => &digits[1..],
        9 if MOBILE_CODES.iter().any(|code| digits.starts_with(code)) && !plus => digits,
        10..=15 if plus && !digits.starts_with("380") && !digits.starts_with('0') => {
            return Phone::parse(&format!("+{digits}"));
        }
        _ => return None,
    };
    Phone::parse(&format!("+380{home}"))
}

/// Takes Ukrainian plates: two letters, four digits, two letters, from the letters that look the
/// same in both alphabets.
pub(super) fn read_plates(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        if let Some((last, plate)) = plate_at(reader, at) {
            reader.take(at, last, Heard::Plate(plate));
        }
    }
}

fn plate_at(reader: &Reader<'_>, from: usize) -> Option<(usize, String)> {
    let (head, at) = two_letters(reader, from)?;
    let (mut at, mut digits) = (skip_mark(reader, at), String::new());
    while digits.len() < 4 {
        let number = reader.free(at)?.number().filter(|number| number.ordinal.is_none())?;
        digits.push_str(&number.digits);
        at = skip_mark(reader, at + 1);
    }
    let (tail, end) = two_letters(reader, at)?;
    (digits.len() == 4).then(|| (end - 1, format!("{head}{digits}{tail}")))
}

/// A hyphen, a comma, the colon of a "time" that a recogniser made of the digits.
fn skip_mark(reader: &Reader<'_>, at: usize) -> usize {
    let mark = reader.free(at).and_then(super::items::Item::mark);
    at + usize::from(mark.is_some_and(|mark| matches!(mark, '-' | ',' | ':' | '.' | '—' | '–')))
}

/// Two plate letters as one word or two, and the item after them.
fn two_letters(reader: &Reader<'_>, at: usize) -> Option<(String, usize)> {
    let word = reader.free(at)?.word()?;
    if word == "double" {
        let letter = spelled(reader.free(at + 1)?.word()?)?;
        return Some((format!("{letter}{letter}"), at + 2));
    }
    if let Some(letter) = spelled(word) {
        let next = skip_mark(reader, after_example(reader, at + 1));
        let second = spelled(reader.free(next)?.word()?)?;
        return Some((format!("{letter}{second}"), after_example(reader, next + 1)));
    }
    let letters: Option<String> = word.chars().map(look_alike).collect();
    let letters = letters.filter(|letters| letters.len() == 2)?;
    Some((letters, at + 1))
}

/// "А як Андрій", "B as in Boris": the example says nothing new.
fn after_example(reader: &Reader<'_>, at: usize) -> usize {
    let link = if reader.is_word(at, &["як", "как", "for", "like"]) {
        1
    } else if reader.is_word(at, &["as"]) && reader.is_word(at + 1, &["in"]) {
        2
    } else {
        return at;
    };
    let example = reader.free(at + link).is_some_and(|item| item.word().is_some());
    if !example {
        return at;
    }
    // "X as in X-ray".
    let hyphen =
        reader.free(at + link + 1).is_some_and(|item| item.glued && item.mark() == Some('-'));
    at + link + 1 + if hyphen { 2 } else { 0 }
}

/// A letter said alone, or by its name in one of the languages.
fn spelled(word: &str) -> Option<char> {
    let mut chars = word.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return look_alike(only);
    }
    Some(match word {
        "alpha" | "alfa" | "ay" | "анна" | "антон" => 'A',
        "ве" | "бе" | "вэ" | "бэ" | "bravo" | "bee" | "be" => 'B',
        "echo" | "ee" => 'E',
        "india" | "eye" => 'I',
        "ка" | "кей" | "kilo" | "kay" => 'K',
        "ем" | "эм" | "mike" | "em" => 'M',
        "аш" | "ен" | "эн" | "ейч" | "hotel" | "aitch" => 'H',
        "oscar" => 'O',
        "ер" | "пе" | "эр" | "пэ" | "papa" | "pee" => 'P',
        "ес" | "це" | "эс" | "цэ" | "charlie" | "cee" | "see" | "sea" => 'C',
        "те" | "тэ" | "tango" | "tee" | "tea" => 'T',
        "ха" | "ікс" | "икс" | "xray" | "ex" => 'X',
        _ => return None,
    })
}

/// The Latin letter of a plate for a letter of either alphabet.
const fn look_alike(letter: char) -> Option<char> {
    Some(match letter {
        'a' | 'а' => 'A',
        'b' | 'в' => 'B',
        'e' | 'е' => 'E',
        'i' | 'і' => 'I',
        'k' | 'к' => 'K',
        'm' | 'м' => 'M',
        'h' | 'н' => 'H',
        'o' | 'о' => 'O',
        'p' | 'р' => 'P',
        'c' | 'с' => 'C',
        't' | 'т' => 'T',
        'x' | 'х' => 'X',
        _ => return None,
    })
}
