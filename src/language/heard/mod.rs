//! What callers say, into values.

use super::Language;
use super::answer::Answer;
use crate::pii::Phone;
use crate::shop::{Season, TireSize};
use chrono::{NaiveDate, NaiveTime, Weekday};

/// What the reader must know to understand.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Today in the shop's zone.
    pub today: NaiveDate,
    /// The sizes that exist in the catalogue: garbled figures become one of these or nothing.
    pub sizes: &'a [TireSize],
    /// The brands of the catalogue.
    pub brands: &'a [String],
}

/// A value that the caller said.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A tyre size.
    TireSize(TireSize),
    /// A season.
    Season(Season),
    /// A brand, as the catalogue writes it.
    Brand(String),
    /// A count of things.
    Quantity(u32),
    /// Any other number, with its leading zeros.
    Number(String),
    /// A telephone number.
    Phone(Phone),
    /// A number plate in Latin letters, `AA1234BB`.
    Plate(String),
    /// A day.
    Date(NaiveDate),
    /// A day of the week by its name.
    Weekday(Weekday),
    /// A time of day.
    Time(NaiveTime),
    /// A rim diameter in inches.
    Diameter(u16),
    /// "The second one".
    Ordinal(u32),
    /// "The earliest time you have".
    Earliest,
    /// The whole utterance is an answer.
    Answer(Answer),
    /// The caller's own name, said as such.
    Name(String),
}

/// A value and the bytes of the text that it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Spotted {
    /// The value.
    pub value: Heard,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// The values in an utterance, in order of appearance. See [`spot`].
#[must_use]
pub fn hear(text: &str, language: Language, context: &Context<'_>) -> Vec<Heard> {
    spot(text, language, context).into_iter().map(|spotted| spotted.value).collect()
}

/// The same, with the places.
#[must_use]
pub fn spot(text: &str, language: Language, _context: &Context<'_>) -> Vec<Spotted> {
    super::answer::classify(text, language)
        .map(|answer| Spotted { value: Heard::Answer(answer), start: 0, end: text.len() })
        .into_iter()
        .collect()
}
