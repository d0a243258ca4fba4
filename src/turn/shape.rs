//! What may be judged of a caller's words while they are still being said.
//!
//! When to decide hangs on nothing but this shape. So a journal that must not keep the words (they
//! may be a part of a card number, or of the wish not to be recorded) keeps an example of the same
//! shape in their place, and the call goes the same way when it is replayed.

use super::cards::CARD;
use super::spread_card::is_of_a_card;
use crate::language::Language;
use crate::language::answer::{Answer, classify, is_backchannel, refuses_recording};
use crate::language::heard::{Context, Heard, spot};
use crate::language::unfinished::is_unfinished;
use chrono::NaiveDate;

/// So many words are a short answer.
const BRIEF_WORDS: usize = 3;
/// Longer texts are not searched for values: nobody dictates in so many words.
const SEARCHED_CHARS: usize = 200;

/// The shape of an utterance so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// No words, or such as nothing may rest on.
    #[default]
    Unknown,
    /// It leads out of the conversation: a goodbye, a person, the wish not to be recorded.
    Aside,
    /// Only "uh-huh".
    Listening,
    /// It cannot end here.
    Unfinished,
    /// A value that is said piece by piece is whole: a size, a plate, a telephone number.
    Whole,
    /// A few words.
    Brief,
    /// More.
    Long,
}

impl Shape {
    pub(super) fn of(text: &str, language: Language) -> Self {
        let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
        let words = words.count();
        if words == 0 || text.contains(CARD) || is_of_a_card(text) {
            return Self::Unknown;
        }
        let answer = classify(text, language);
        if matches!(answer, Some(Answer::Goodbye | Answer::Operator))
            || refuses_recording(text, language)
        {
            return Self::Aside;
        }
        if is_backchannel(text, language) {
            return Self::Listening;
        }
        if is_unfinished(text, language) {
            return Self::Unfinished;
        }
        // Neither the day nor the catalogue matters for a size, a plate or a telephone.
        let context = Context { today: NaiveDate::default(), sizes: &[], brands: &[] };
        let whole = text.len() <= SEARCHED_CHARS
            && spot(text, language, &context).iter().any(|spotted| {
                matches!(spotted.value, Heard::TireSize(_) | Heard::Plate(_) | Heard::Phone(_))
            });
        match (whole, words <= BRIEF_WORDS) {
            (true, _) => Self::Whole,
            (false, true) => Self::Brief,
            (false, false) => Self::Long,
        }
    }

    /// Words of this shape in which nobody says anything.
    pub(super) const fn example(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Unknown, _) => "",
            (Self::Aside, Language::En) => "goodbye",
            (Self::Aside, Language::Uk) => "до побачення",
            (Self::Aside, Language::Ru) => "до свидания",
            (Self::Listening, Language::En) => "ok",
            (Self::Listening, _) => "ага",
            (Self::Unfinished, Language::En) => "and",
            (Self::Unfinished, _) => "на",
            (Self::Whole, _) => "205/55 R16",
            (Self::Brief, _) => "x",
            (Self::Long, _) => "x x x x",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Ru, Uk};

    #[test]
    fn each_shape_has_an_example_of_itself_in_every_language() {
        for language in [En, Uk, Ru] {
            for shape in [
                Shape::Unknown,
                Shape::Aside,
                Shape::Listening,
                Shape::Unfinished,
                Shape::Whole,
                Shape::Brief,
                Shape::Long,
            ] {
                assert_eq!(Shape::of(shape.example(language), language), shape, "{language:?}");
            }
        }
    }

    #[test]
    fn words_have_their_shape() {
        for (text, language, shape) in [
            ("please don't record me", En, Shape::Aside),
            ("uh-huh", En, Shape::Listening),
            ("так-так", Uk, Shape::Listening),
            ("да-да", Ru, Shape::Listening),
            ("двести пять на", Ru, Shape::Unfinished),
            ("205/55 R16", Uk, Shape::Whole),
            ("the Michelin, please", En, Shape::Brief),
            ("I need four winter tyres", En, Shape::Long),
        ] {
            assert_eq!(Shape::of(text, language), shape, "{text}");
        }
    }

    #[test]
    fn nothing_rests_on_what_may_be_a_card() {
        for text in ["6011", "4111 1111", "my card number is 4111 22", "pay with [card]"] {
            assert_eq!(Shape::of(text, En), Shape::Unknown, "{text}");
        }
    }
}
