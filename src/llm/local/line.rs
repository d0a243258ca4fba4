//! A line of the caller, read once: its words, its values, what it is about.

use super::Lexicon;
use super::keywords::{About, Abouts, abouts, words_of};
use super::scenarios::cities::{before_address, names_street};
use crate::language::Language;
use crate::language::answer::Answer;
use crate::language::heard::{Context, Heard, hear};
use crate::shop::TireSize;
use chrono::{Datelike as _, NaiveDate, NaiveTime, Timelike as _};

/// The values of a line, by kind; of several of one kind the last counts.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) words: Vec<String>,
    pub(super) values: Vec<Heard>,
    /// Of a line with an address, the values before it: no others may count things.
    before_address: Option<Vec<Heard>>,
    about: Abouts,
}

impl Line {
    pub(super) fn read(
        text: &str,
        language: Language,
        today: NaiveDate,
        lexicon: &Lexicon,
    ) -> Self {
        let context = Context { today, sizes: &lexicon.sizes, brands: &lexicon.brands };
        let words = words_of(text);
        let about = abouts(&words);
        let values = hear(text, language, &context);
        let before_address =
            names_street(text).then(|| hear(&before_address(text), language, &context));
        let values = with_day_of_month(values, today);
        Self { text: text.to_owned(), words, values, before_address, about }
    }

    pub(super) fn last<T>(&self, pick: impl Fn(&Heard) -> Option<T>) -> Option<T> {
        self.values.iter().rev().find_map(pick)
    }

    pub(super) const fn is(&self, about: About) -> bool {
        self.about.has(about)
    }

    pub(super) fn is_any(&self, abouts: &[About]) -> bool {
        abouts.iter().any(|about| self.is(*about))
    }

    pub(super) fn asks(&self) -> bool {
        self.text.contains('?')
    }

    /// The whole line is an answer.
    pub(super) fn answer(&self) -> Option<Answer> {
        self.last(|value| match value {
            Heard::Answer(answer) => Some(*answer),
            _ => None,
        })
    }

    pub(super) fn size(&self) -> Option<TireSize> {
        self.last(|value| match value {
            Heard::TireSize(size) => Some(*size),
            _ => None,
        })
    }

    pub(super) fn brand(&self) -> Option<String> {
        self.last(|value| match value {
            Heard::Brand(brand) => Some(brand.clone()),
            _ => None,
        })
    }

    pub(super) fn plate(&self) -> Option<String> {
        self.last(|value| match value {
            Heard::Plate(plate) => Some(plate.clone()),
            _ => None,
        })
    }

    pub(super) fn name(&self) -> Option<String> {
        self.last(|value| match value {
            Heard::Name(name) => Some(name.clone()),
            _ => None,
        })
    }

    /// Bare figures, zeros kept.
    pub(super) fn number(&self) -> Option<String> {
        self.last(|value| match value {
            Heard::Number(digits) => Some(digits.clone()),
            _ => None,
        })
    }

    pub(super) fn rim(&self) -> Option<u64> {
        self.last(|value| match value {
            Heard::Diameter(inches) => Some(u64::from(*inches)),
            Heard::TireSize(size) => Some(u64::from(size.rim_tenths / 10)),
            _ => None,
        })
    }

    /// Which of a list: "the second one", or its number where one was asked for.
    pub(super) fn place_in_list(&self) -> Option<usize> {
        let nth = self.last(|value| match value {
            Heard::Ordinal(nth) => Some(*nth as usize),
            Heard::Number(digits) => digits.parse().ok(),
            _ => None,
        });
        nth.or_else(|| self.is(About::Anything).then_some(1))?.checked_sub(1)
    }

    /// A count of things where one was asked for: "four", which alone may have been read as an
    /// hour.
    pub(super) fn count(&self) -> Option<u32> {
        let countable = self.before_address.as_ref().unwrap_or(&self.values);
        let count = countable.iter().rev().find_map(|value| match value {
            Heard::Quantity(count) => Some(*count),
            Heard::Number(digits) => digits.parse().ok(),
            Heard::Time(time) if time.minute() == 0 => Some((time.hour() + 11) % 12 + 1),
            _ => None,
        });
        count
            .or_else(|| self.words.iter().any(|word| SETS.contains(&word.as_str())).then_some(4))
            .or_else(|| self.sounds_like_count())
    }

    /// The caller puts something right: "no, I meant two".
    pub(super) fn corrects(&self) -> bool {
        self.words.iter().take(3).any(|word| CORRECTS.contains(&word.as_str()))
    }

    /// "For, please": what recognisers write for a number that is the whole answer.
    fn sounds_like_count(&self) -> Option<u32> {
        let short = self.words.len() <= 2;
        let (_, count) =
            SOUNDS_LIKE.iter().find(|(word, _)| self.words.first().is_some_and(|w| w == word))?;
        short.then_some(*count)
    }

    pub(super) fn time(&self) -> Option<NaiveTime> {
        self.last(|value| match value {
            Heard::Time(time) => Some(*time),
            _ => None,
        })
    }

    pub(super) fn has_day(&self) -> bool {
        self.values.iter().any(|value| {
            matches!(value, Heard::Earliest | Heard::Date(_) | Heard::Weekday(_) | Heard::Time(_))
        })
    }

    pub(super) fn has_tire_value(&self) -> bool {
        self.values
            .iter()
            .any(|value| matches!(value, Heard::TireSize(_) | Heard::Season(_) | Heard::Brand(_)))
    }
}

/// Words for four tyres.
/// "On Monday 30th" is a day when the thirtieth, within two months, is a Monday.
fn with_day_of_month(mut values: Vec<Heard>, today: NaiveDate) -> Vec<Heard> {
    let weekday = values.iter().find_map(|value| match value {
        Heard::Weekday(day) => Some(*day),
        _ => None,
    });
    let ordinal = values.iter().position(|value| matches!(value, Heard::Ordinal(1..=31)));
    let (Some(weekday), Some(at)) = (weekday, ordinal) else { return values };
    let Heard::Ordinal(number) = values[at] else { return values };
    let named = today
        .iter_days()
        .take(DAYS_AHEAD)
        .find(|day| day.day() == number && day.weekday() == weekday);
    if let Some(date) = named {
        values[at] = Heard::Date(date);
        values.retain(|value| !matches!(value, Heard::Weekday(_)));
    }
    values
}

/// How far ahead a day of the month is looked for.
const DAYS_AHEAD: usize = 62;
/// Words with which a caller puts something right.
const CORRECTS: [&str; 16] = [
    "no",
    "not",
    "nope",
    "actually",
    "wrong",
    "wait",
    "sorry",
    "instead",
    "ні",
    "нє",
    "не",
    "нет",
    "ой",
    "стоп",
    "точніше",
    "точнее",
];
const SOUNDS_LIKE: [(&str, u32); 5] = [("for", 4), ("fore", 4), ("to", 2), ("too", 2), ("won", 1)];
const SETS: [&str; 5] = ["set", "комплект", "комплекта", "четвірку", "комплектом"];
