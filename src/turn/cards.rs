//! Card numbers in what a caller types, presses or says. The agent takes no cards: a number that
//! could be one is gone before the history, the log or a model sees it.

use crate::language::words::{Kind, Token, tokens};
use std::ops::Range;

/// What stands in a text in the place of a card number.
pub(super) const CARD: &str = "[card]";
/// Digits of a card number.
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Words and marks in a row that may stand between two parts of one number.
const GAP_MAX: usize = 3;

/// Digits that were typed or said together.
#[derive(Debug, Clone)]
struct Part {
    digits: String,
    place: Range<usize>,
}

/// The text with each card number as `[card]`: 13 to 19 digits that fulfil the Luhn rule, typed in
/// any grouping or said in English, Ukrainian or Russian, digit by digit or in groups.
#[must_use]
pub fn mask_cards(text: &str) -> String {
    let mut masked = String::new();
    let mut from = 0;
    for place in runs(text).iter().flat_map(|run| cards(run)) {
        masked.push_str(&text[from..place.start]);
        masked.push_str(CARD);
        from = place.end;
    }
    masked.push_str(&text[from..]);
    masked
}

/// Card numbers in parts that stand together.
fn cards(run: &[Part]) -> Vec<Range<usize>> {
    let whole = joined(run);
    if is_card(&whole) {
        return vec![place(run)];
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < run.len() {
        if let Some(phone) = phone_at(&run[at..]) {
            at += phone;
        } else if let Some(length) = card_at(&run[at..]) {
            found.push(place(&run[at..at + length]));
            at += length;
        } else {
            at += 1;
        }
    }
    found
}

fn joined(parts: &[Part]) -> String {
    parts.iter().map(|part| part.digits.as_str()).collect()
}

fn place(parts: &[Part]) -> Range<usize> {
    let first = parts.first().map_or(0, |part| part.place.start);
    first..parts.last().map_or(first, |part| part.place.end)
}

/// How many parts from the first on are a card number; the longest reading.
fn card_at(parts: &[Part]) -> Option<usize> {
    let mut digits = String::new();
    let mut longest = None;
    for (at, part) in parts.iter().enumerate() {
        digits.push_str(&part.digits);
        if is_card(&digits) {
            longest = Some(at + 1);
        }
        if digits.len() > *DIGITS.end() {
            break;
        }
    }
    // Keys pressed without a pause: the card, then its date and code.
    let glued = parts.first().filter(|part| part.digits.len() > *DIGITS.end());
    let hidden = glued.is_some_and(|part| DIGITS.clone().any(|n| is_card(&part.digits[..n])));
    longest.or(hidden.then_some(1))
}

/// How many parts are a telephone number of the country.
fn phone_at(parts: &[Part]) -> Option<usize> {
    let mut digits = String::new();
    for (at, part) in parts.iter().enumerate() {
        digits.push_str(&part.digits);
        let whole = digits.len() == 12 && digits.starts_with("380");
        if whole || digits.len() == 10 && digits.starts_with('0') {
            return Some(at + 1);
        }
        if digits.len() >= 12 {
            break;
        }
    }
    None
}

fn is_card(digits: &str) -> bool {
    DIGITS.contains(&digits.len()) && !digits.starts_with('0') && luhn(digits)
}

/// ISO/IEC 7812-1: from the right each second digit is doubled, and the digits of all add up to a
/// multiple of ten.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if at % 2 == 1 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Numbers that stand together, with little between them.
fn runs(text: &str) -> Vec<Vec<Part>> {
    let all = tokens(text);
    let mut runs: Vec<Vec<Part>> = Vec::new();
    let (mut at, mut gap) = (0, GAP_MAX + 1);
    while at < all.len() {
        let Some((digits, next)) = number(&all, at) else {
            gap = if may_stand_between(&all[at]) { gap + 1 } else { GAP_MAX + 1 };
            at += 1;
            continue;
        };
        let part = Part { digits, place: all[at].start..all[next - 1].end };
        match runs.last_mut().filter(|_| gap <= GAP_MAX) {
            Some(run) => run.push(part),
            None => runs.push(vec![part]),
        }
        (at, gap) = (next, 0);
    }
    runs
}

pub(super) fn may_stand_between(token: &Token) -> bool {
    const WORDS: &[&str] = &[
        "and",
        "then",
        "dash",
        "hyphen",
        "space",
        "і",
        "й",
        "та",
        "далі",
        "потім",
        "тире",
        "дефіс",
        "пробіл",
        "и",
        "дальше",
        "потом",
        "пробел",
        "дефис",
        "um",
        "uh",
        "е",
        "ну",
    ];
    token.kind == Kind::Mark || token.is_any(WORDS)
}

/// A word for a number.
#[derive(Debug, Clone, Copy)]
enum Word {
    Value(u32),
    /// "Сімка": with a count before it a repeated digit.
    Digit(u32),
    Thousand,
    /// "Double", "triple".
    Times(usize),
}

/// The number that begins at a token, in figures or words, and the token after it.
pub(super) fn number(all: &[Token], at: usize) -> Option<(String, usize)> {
    if all[at].kind == Kind::Number {
        return Some((all[at].text.clone(), at + 1));
    }
    let word_at =
        |at: usize| all.get(at).filter(|t| t.kind == Kind::Word).and_then(|t| word(&t.text));
    let repeated = match (word_at(at)?, word_at(at + 1)) {
        (Word::Times(times), Some(Word::Value(digit @ 0..=9) | Word::Digit(digit))) => {
            Some((times, digit))
        }
        (Word::Value(times @ 2..=6), Some(Word::Digit(digit))) => Some((times as usize, digit)),
        _ => None,
    };
    if let Some((times, digit)) = repeated {
        return Some((digit.to_string().repeat(times), at + 2));
    }
    let (mut sum, mut room, mut next) = (0_u32, 1_000_000_u32, at);
    while let Some(word) = word_at(next) {
        match word {
            Word::Value(0) if next == at => return Some(("0".into(), at + 1)),
            Word::Digit(digit) if next == at => return Some((digit.to_string(), at + 1)),
            // "Two hundred": the English hundred multiplies.
            Word::Value(100) if (1..=9).contains(&sum) => (sum, room) = (sum * 100, 100),
            Word::Value(value) if value > 0 && value < room => {
                sum += value;
                room = match value {
                    100.. => 100,
                    20..=99 => 10,
                    _ => 1,
                };
            }
            Word::Thousand if sum < 1_000 => (sum, room) = (sum.max(1) * 1_000, 1_000),
            _ => break,
        }
        next += 1;
        let and = all.get(next).is_some_and(|token| token.is("and"));
        if and && room == 100 && matches!(word_at(next + 1), Some(Word::Value(1..=99))) {
            next += 1;
        }
    }
    (next > at).then(|| (sum.to_string(), next))
}

/// Stems would find too much: the forms that are said when digits are dictated.
fn word(text: &str) -> Option<Word> {
    let value = match text {
        "zero" | "oh" | "нуль" | "нуля" | "ноль" | "нолик" => 0,
        "one" | "один" | "одна" | "одну" | "раз" => 1,
        "two" | "два" | "дві" | "две" => 2,
        "three" | "три" => 3,
        "four" | "чотири" | "четыре" => 4,
        "five" | "п'ять" | "пять" => 5,
        "six" | "шість" | "шесть" => 6,
        "seven" | "сім" | "семь" => 7,
        "eight" | "вісім" | "восемь" => 8,
        "nine" | "дев'ять" | "девять" => 9,
        "ten" | "десять" => 10,
        "eleven" | "одинадцять" | "одиннадцать" => 11,
        "twelve" | "дванадцять" | "двенадцать" => 12,
        "thirteen" | "тринадцять" | "тринадцать" => 13,
        "fourteen" | "чотирнадцять" | "четырнадцать" => 14,
        "fifteen" | "п'ятнадцять" | "пятнадцать" => 15,
        "sixteen" | "шістнадцять" | "шестнадцать" => 16,
        "seventeen" | "сімнадцять" | "семнадцать" => 17,
        "eighteen" | "вісімнадцять" | "восемнадцать" => 18,
        "nineteen" | "дев'ятнадцять" | "девятнадцать" => 19,
        "twenty" | "двадцять" | "двадцать" => 20,
        "thirty" | "тридцять" | "тридцать" => 30,
        "forty" | "сорок" => 40,
        "fifty" | "п'ятдесят" | "пятьдесят" => 50,
        "sixty" | "шістдесят" | "шестьдесят" => 60,
        "seventy" | "сімдесят" | "семьдесят" => 70,
        "eighty" | "вісімдесят" | "восемьдесят" => 80,
        "ninety" | "дев'яносто" | "девяносто" => 90,
        "hundred" | "сто" => 100,
        "двісті" | "двести" => 200,
        "триста" => 300,
        "чотириста" | "четыреста" => 400,
        "п'ятсот" | "пятьсот" => 500,
        "шістсот" | "шестьсот" => 600,
        "сімсот" | "семьсот" => 700,
        "вісімсот" | "восемьсот" => 800,
        "дев'ятсот" | "девятьсот" => 900,
        "thousand" | "тисяча" | "тисячі" | "тисяч" | "тысяча" | "тысячи" | "тысяч" =>
        {
            return Some(Word::Thousand);
        }
        "double" => return Some(Word::Times(2)),
        "triple" => return Some(Word::Times(3)),
        _ => return digit_noun(text).map(Word::Digit),
    };
    Some(Word::Value(value))
}

fn digit_noun(text: &str) -> Option<u32> {
    const NOUNS: [&[&str]; 10] = [
        &["нулі", "нулів", "нули", "нулей", "zeros", "zeroes"],
        &["одиниц", "единиц", "ones"],
        &["двійк", "двойк", "twos"],
        &["трійк", "тройк", "threes"],
        &["четвірк", "четверк", "четвёрк", "fours"],
        &["п'ятірк", "пятерк", "пятёрк", "fives"],
        &["шістк", "шестерк", "шестёрк", "sixes"],
        &["сімк", "семерк", "семёрк", "sevens"],
        &["вісімк", "восьмерк", "восьмёрк", "eights"],
        &["дев'ятк", "девятк", "nines"],
    ];
    let at = NOUNS.iter().position(|stems| stems.iter().any(|stem| text.starts_with(stem)))?;
    Some(at as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_found_however_it_is_given() {
        for text in [
            "4111111111111111",
            "my card is 4111 1111 1111 1111, thanks",
            "4111-1111-1111-1111",
            "four one one one, one one one one, one one one one, one one one one",
            "сорок один одинадцять одинадцять одинадцять одинадцять одинадцять одинадцять одинадцять",
            "четвірка три одиниці чотири одиниці чотири одиниці чотири одиниці",
            "четыре один один один и один один один один потом один один один один один один один один",
            "forty one eleven double one double one eleven eleven double one eleven",
            "4111 1111 1111 1111 12 25 123",
            "41111111111111111225123",
        ] {
            let masked = mask_cards(text);
            assert!(masked.contains(CARD), "{text} -> {masked}");
            assert!(!masked.contains("1111") && !masked.contains("один один"), "{masked}");
        }
    }

    #[test]
    fn telephones_articles_and_sizes_stay() {
        for text in [
            "+380 67 123 45 67",
            "0671234567 або 0501234567",
            "нуль шість сім один два три чотири п'ять шість сім",
            "article 00000000005 and 00000000123",
            "205/55 R16, 4 pieces, 25.11.2026 at 10:20",
            "1234567890123456",
        ] {
            assert_eq!(mask_cards(text), text);
        }
    }
}
