//! The brain's sentences. Figures stay figures; the speaking side words them. One file a
//! language; what all of them need is here.

mod english;
mod russian;
mod ukrainian;

use super::reply::{Offer, Reply};
use crate::language::Language;
use chrono::{NaiveTime, Timelike as _};

/// Places in one sentence: more of them nobody keeps in mind on the phone. Those that are not
/// named can still be chosen by name.
const PLACES_NAMED_MAX: usize = 5;

/// A reply in words.
pub(super) fn of_reply(reply: &Reply, language: Language) -> String {
    let (tell, ask) = match language {
        Language::En => (english::tell as fn(&_) -> String, english::ask as fn(&_) -> String),
        Language::Uk => (ukrainian::tell as fn(&_) -> String, ukrainian::ask as fn(&_) -> String),
        Language::Ru => (russian::tell as fn(&_) -> String, russian::ask as fn(&_) -> String),
    };
    let mut sentences: Vec<String> = reply.tell.iter().map(tell).collect();
    sentences.extend(reply.ask.as_ref().map(ask));
    sentences.join(" ")
}

/// `10:20`, and `9:00` as it is said.
fn clock(time: NaiveTime) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// "a", "a and b", "a, b and c".
fn listed(items: &[String], and: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} {and} {last}", head.join(", ")),
    }
}

/// What each offer is called: by its maker, and with the model where two share a maker.
fn names(offers: &[Offer]) -> Vec<String> {
    let shared = |brand: &str| offers.iter().filter(|offer| offer.brand == brand).count() > 1;
    offers
        .iter()
        .map(|offer| match offer {
            offer if shared(&offer.brand) => format!("{} {}", offer.brand, offer.model),
            offer => offer.brand.clone(),
        })
        .collect()
}

/// Places as they are read out: the first few, with a longer pause where a place is two words.
fn places(options: &[String], and: &str, others: &str) -> String {
    let mut named: Vec<String> = options.iter().take(PLACES_NAMED_MAX).cloned().collect();
    if options.len() > named.len() {
        named.push(others.to_owned());
    }
    if named.iter().any(|place| place.contains(',')) {
        return named.join("; ");
    }
    listed(&named, and)
}

/// Texts with a comma where they are not empty.
fn joined(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Sizes as texts.
fn sizes(sizes: &[crate::shop::TireSize]) -> Vec<String> {
    sizes.iter().map(ToString::to_string).collect()
}

/// True for a sum of nothing.
fn is_zero(sum: &str) -> bool {
    sum.parse::<rust_decimal::Decimal>().map_or(sum.is_empty(), |sum| sum.is_zero())
}

/// The form of a noun after a count, in a language with three of them: "1 шина", "2 шини",
/// "5 шин".
fn counted(count: i64, [one, few, many]: [&str; 3]) -> &str {
    match (count % 100, count % 10) {
        (11..=14, _) => many,
        (_, 1) => one,
        (_, 2..=4) => few,
        _ => many,
    }
}

/// The first letter as a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
