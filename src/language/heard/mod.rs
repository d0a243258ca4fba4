//! What callers say, into values.
//!
//! The text becomes items (numbers, words, marks); readers take their values away one after the
//! other, the surest kind first, so that no figure is read twice; corrections come last.

mod brands;
mod codes;
mod corrections;
mod counts;
mod day_words;
mod days;
mod idioms;
mod items;
mod names;
mod number_tables;
mod number_words;
mod places;
mod quantities;
mod reader;
mod relations;
mod rims;
mod sizes;
mod things;
mod time_words;
mod times;

use super::Language;
use super::answer::{Answer, classify};
use super::detect::language_of;
use crate::pii::Phone;
use crate::shop::{Season, TireSize};
pub use brands::MAKERS;
pub(crate) use brands::makers_in;
use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, Weekday};
pub use days::day_of;
use reader::Reader;
use rust_decimal::Decimal;

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
    /// A day of the week by its name; [`nearest_weekday`] or [`day_of`] make it a date.
    Weekday(Weekday),
    /// A time of day. An hour from one to six without "am", "ранку" or a leading zero is taken as
    /// the afternoon: nobody has tyres changed at night.
    Time(NaiveTime),
    /// A sum in hryvnias, two places.
    Money(Decimal),
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

impl Heard {
    /// The kind's name, as the `heard` command prints it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TireSize(_) => "tire_size",
            Self::Season(_) => "season",
            Self::Brand(_) => "brand",
            Self::Quantity(_) => "quantity",
            Self::Number(_) => "number",
            Self::Phone(_) => "phone",
            Self::Plate(_) => "plate",
            Self::Date(_) => "date",
            Self::Weekday(_) => "weekday",
            Self::Time(_) => "time",
            Self::Money(_) => "money",
            Self::Diameter(_) => "diameter",
            Self::Ordinal(_) => "ordinal",
            Self::Earliest => "earliest",
            Self::Answer(_) => "answer",
            Self::Name(_) => "name",
        }
    }

    /// The canonical writing of the value: "205/55 R16", "2026-11-25", "wed", "2800.00 UAH". Holds
    /// personal data for phones and names: never put it in a log line.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::TireSize(size) => size.to_string(),
            Self::Season(season) => season.as_str().to_owned(),
            Self::Brand(text) | Self::Number(text) | Self::Plate(text) | Self::Name(text) => {
                text.clone()
            }
            Self::Quantity(number) | Self::Ordinal(number) => number.to_string(),
            Self::Phone(phone) => phone.reveal().to_owned(),
            Self::Date(date) => date.to_string(),
            Self::Weekday(day) => day.to_string().to_lowercase(),
            Self::Time(time) => time.format("%H:%M").to_string(),
            Self::Money(amount) => format!("{amount:.2} UAH"),
            Self::Diameter(inches) => inches.to_string(),
            Self::Earliest => "earliest".to_owned(),
            Self::Answer(answer) => answer.as_str().to_owned(),
        }
    }
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

/// An utterance is read up to this many characters: more is no speech, and time is not endless.
const UTTERANCE_CHARS_MAX: usize = 4_000;

/// The same, with the places.
#[must_use]
pub fn spot(text: &str, language: Language, context: &Context<'_>) -> Vec<Spotted> {
    let end = text.char_indices().nth(UTTERANCE_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    if let Some(answer) = classify(text, language) {
        return vec![Spotted { value: Heard::Answer(answer), start: 0, end: text.len() }];
    }
    // A Russian speaks Russian whatever the call began in; a few words mean two things.
    let russian = language_of(text).unwrap_or(language) == Language::Ru;
    let mut reader = Reader::new(text, russian, context);
    codes::read_phones(&mut reader);
    sizes::read(&mut reader);
    codes::read_plates(&mut reader);
    counts::read_money(&mut reader);
    names::read(&mut reader);
    places::drop_addresses(&mut reader);
    times::read_relations(&mut reader);
    things::read_earliest(&mut reader);
    days::read(&mut reader);
    rims::read(&mut reader);
    things::read_seasons(&mut reader);
    brands::read(&mut reader);
    rims::read_on(&mut reader);
    quantities::read(&mut reader);
    times::read(&mut reader);
    counts::read_ordinals(&mut reader);
    counts::read_numbers(&mut reader);
    let mut found = std::mem::take(&mut reader.found);
    found.sort_by_key(|spotted| spotted.start);
    corrections::apply(&reader, found)
}

/// The next such weekday strictly after `today`: "on Monday", said on a Monday, is a week ahead.
#[must_use]
pub fn nearest_weekday(today: NaiveDate, weekday: Weekday) -> NaiveDate {
    let ahead =
        (weekday.num_days_from_monday() + 6 - today.weekday().num_days_from_monday()) % 7 + 1;
    today.checked_add_days(Days::new(u64::from(ahead))).unwrap_or(today)
}

#[cfg(test)]
mod tests;
