//! Money, sizes and seasons as shops write them: one reading for files and for back offices.

use crate::shop::{Season, TireSize};
use rust_decimal::Decimal;

/// No tyre and no order of one caller costs as much, UAH.
const MONEY_MAX: i64 = 10_000_000;

/// `2800`, `2799.50`, `2799,50`; at most two decimals, not negative.
pub(super) fn money(text: &str) -> Option<Decimal> {
    let text = text.replace(',', ".");
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let legal = match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(&text),
    };
    let amount: Decimal = text.parse().ok().filter(|_| legal)?;
    (amount.normalize().scale() <= 2 && amount <= Decimal::from(MONEY_MAX)).then_some(amount)
}

/// `205/55 R16`, `205/55R16`, `195/75 R16C`, `205/55 ZR16`.
pub(super) fn size(text: &str) -> Option<TireSize> {
    let text = text.trim().to_uppercase().replace(' ', "").replace("ZR", "R");
    let (front, rim) = text.split_once('R')?;
    format!("{front} R{rim}").parse().ok()
}

/// A season by its first letters, in any of the languages that price lists are written in.
pub(super) fn season(word: &str) -> Option<Season> {
    let word = word.trim().to_lowercase();
    let begins = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if begins(&["winter", "зим"]) {
        Some(Season::Winter)
    } else if begins(&["summer", "літ", "лет"]) {
        Some(Season::Summer)
    } else if begins(&["all", "все", "всі", "уні"]) {
        Some(Season::AllSeason)
    } else {
        None
    }
}
