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

fn read_phone(reader: &mut Reader<'_>, from: usize) -> Option<usize> {
    let plus = reader.free(from)?.mark() == Some('+') || reader.is_word(from, &["plus", "плюс"]);
    let mut at = from + usize::from(plus);
    reader.cardinal(at)?;
    let (mut digits, mut last) = (String::new(), None);
    let mut ends: Vec<(usize, String)> = Vec::new();
    while let Some(item) = reader.free(at) {
        match &item.kind {
            ItemKind::Number(number) if number.ordinal.is_none() && digits.len() < 15 => {
                digits.push_str(&number.digits);
                last = Some(at);
                ends.push((at, digits.clone()));
            }
            ItemKind::Mark('-' | '(' | ')' | ' ' | '.' | ',' | '–') if last.is_some() || plus => {
            }
            _ => break,
        }
        at += 1;
    }
    // The longest reading wins; what follows a whole number is not part of it.
    let (last, phone) =
        ends.iter().rev().find_map(|(end, digits)| Some((*end, phone_of(digits, plus)?)))?;
    reader.take(from, last, Heard::Phone(phone));
    Some(last + 1)
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
    let (mut at, mut digits) = (skip_hyphen(reader, at), String::new());
    while digits.len() < 4 {
        let number = reader.free(at)?.number().filter(|number| number.ordinal.is_none())?;
        digits.push_str(&number.digits);
        at = skip_hyphen(reader, at + 1);
    }
    let (tail, end) = two_letters(reader, at)?;
    (digits.len() == 4).then(|| (end - 1, format!("{head}{digits}{tail}")))
}

fn skip_hyphen(reader: &Reader<'_>, at: usize) -> usize {
    at + usize::from(reader.free(at).and_then(super::items::Item::mark) == Some('-'))
}

/// Two plate letters as one word or two, and the item after them.
fn two_letters(reader: &Reader<'_>, at: usize) -> Option<(String, usize)> {
    let word = reader.free(at)?.word()?;
    if let Some(letter) = spelled(word) {
        let second = spelled(reader.free(at + 1)?.word()?)?;
        return Some((format!("{letter}{second}"), at + 2));
    }
    let letters: Option<String> = word.chars().map(look_alike).collect();
    let letters = letters.filter(|letters| letters.len() == 2)?;
    Some((letters, at + 1))
}

/// A letter said alone, or by its name.
fn spelled(word: &str) -> Option<char> {
    let mut chars = word.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return look_alike(only);
    }
    Some(match word {
        "ве" | "бе" => 'B',
        "ка" => 'K',
        "ем" => 'M',
        "аш" | "ен" => 'H',
        "ер" | "пе" => 'P',
        "ес" | "це" => 'C',
        "те" => 'T',
        "ха" | "ікс" => 'X',
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
