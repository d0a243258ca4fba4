//! A card number that a caller says in parts, with our questions between them.

use super::cards::{CARD, may_stand_between, number};
use crate::language::words::tokens;

/// Digits that were said alone, a few at a time, are a card from so many on.
const DIGITS_MIN: usize = 12;
/// Cards are said in parts of so many digits; telephones and article numbers are not.
const PARTS: [usize; 5] = [4, 5, 6, 8, 12];
/// After "my card number is" so many digits in a row belong to it.
const NAMED_DIGITS_MIN: usize = 4;

/// A card number that is said over several utterances.
#[derive(Debug, Default)]
pub(super) struct Spread {
    /// Digits of utterances in a row that were nothing else.
    parts: Vec<String>,
    /// It is a card: its digits are kept nowhere.
    card: bool,
}

impl Spread {
    /// The text with what belongs to a card number as `[card]`. What was said before it could be
    /// known for one stays: less than [`DIGITS_MIN`] digits.
    pub(super) fn mask(&mut self, text: String) -> String {
        let Some(digits) = only_digits(&text) else {
            // "My card number is": what follows is one.
            let named = speaks_of_a_number_of_a_card(&text);
            *self = Self { parts: Vec::new(), card: named };
            return if named { without_digits(&text) } else { text };
        };
        if !self.card && self.parts.last() == Some(&digits) {
            // Said again because we asked again.
            return text;
        }
        self.parts.push(digits);
        let begins = |part: &String| part.starts_with(['2', '3', '4', '5', '6']);
        let from = self.parts.iter().rposition(|part| !PARTS.contains(&part.len()));
        let parts = &self.parts[from.map_or(0, |at| at + 1)..];
        let all: usize = parts.iter().map(String::len).sum();
        self.card |= all >= DIGITS_MIN && parts.first().is_some_and(begins);
        if self.card { CARD.to_owned() } else { text }
    }
}

/// The digits of a text that holds nothing else but what may stand between them.
pub(super) fn only_digits(text: &str) -> Option<String> {
    let all = tokens(text);
    let (mut digits, mut at) = (String::new(), 0);
    while at < all.len() {
        if let Some((found, next)) = number(&all, at) {
            digits.push_str(&found);
            at = next;
        } else if may_stand_between(&all[at]) {
            at += 1;
        } else {
            return None;
        }
    }
    (!digits.is_empty()).then_some(digits)
}

/// May these words be a part of a card number, whatever was said before them?
pub(super) fn is_of_a_card(text: &str) -> bool {
    only_digits(text).is_some()
        || speaks_of_a_number_of_a_card(text) && without_digits(text) != text
}

fn speaks_of_a_number_of_a_card(text: &str) -> bool {
    const CARDS: &[&str] = &["card", "visa", "mastercard"];
    const NUMBERS: &[&str] = &["number", "digits", "номер", "номером", "номера", "цифри", "цифры"];
    let all = tokens(text);
    let card = all.iter().any(|token| {
        token.is_any(CARDS) || token.text.starts_with("карт") || token.text.starts_with("віз")
    });
    card && all.iter().any(|token| token.is_any(NUMBERS))
}

/// All numbers of four digits and more as `[card]`.
fn without_digits(text: &str) -> String {
    let (all, mut masked, mut from, mut at) = (tokens(text), String::new(), 0, 0);
    while at < all.len() {
        let Some((digits, next)) = number(&all, at) else {
            at += 1;
            continue;
        };
        if digits.len() >= NAMED_DIGITS_MIN {
            masked.push_str(&text[from..all[at].start]);
            masked.push_str(CARD);
            from = all[next - 1].end;
        }
        at = next;
    }
    masked.push_str(&text[from..]);
    masked
}
