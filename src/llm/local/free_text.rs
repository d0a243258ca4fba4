//! Answers that are free text: a name, a car.

use super::hear::Line;
use super::keywords::{About, is_colour, is_colour_word, words_of};
use super::reply::Ask;
use super::talk::Talk;
use crate::language::heard::Heard;

/// Longest name, words.
const NAME_WORDS_MAX: usize = 4;
/// Longest description of a car, words.
const VEHICLE_WORDS_MAX: usize = 6;
/// Words of a car that count from its colour on: "silver Toyota Corolla".
const WORDS_FROM_COLOUR: usize = 3;

/// What people say before the name itself.
const NAME_LEADS: [&str; 20] = [
    "my name is",
    "my name's",
    "the name is",
    "the name's",
    "name is",
    "i am",
    "i'm",
    "this is",
    "it's",
    "it is",
    "call me",
    "under",
    "for",
    "мене звати",
    "мене звуть",
    "моє ім'я",
    "на ім'я",
    "запишіть на",
    "це",
    "я",
];
/// What people say before the car itself.
const VEHICLE_LEADS: [&str; 27] = [
    "well",
    "um",
    "uh",
    "so",
    "yes",
    "yeah",
    "sure",
    "okay",
    "it's",
    "it is",
    "that's",
    "i have",
    "i've got",
    "i drive",
    "my car is",
    "the car is",
    "my",
    "a",
    "an",
    "the",
    "у мене",
    "в мене",
    "моя",
    "мій",
    "це",
    "машина",
    "автомобіль",
];
/// Words that follow a name and are not part of it.
const NAME_TAILS: [&str; 6] = ["please", "thanks", "thank", "you", "дякую", "прошу"];

/// The words of a text as they were written, without punctuation at their ends.
fn written(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Drops leading phrases, as often as one fits.
fn without_leads(mut words: Vec<String>, leads: &[&str]) -> Vec<String> {
    loop {
        let lower: Vec<String> =
            words.iter().map(|word| word.to_lowercase().replace(['’', 'ʼ'], "'")).collect();
        let lead = leads
            .iter()
            .map(|lead| lead.split(' ').collect::<Vec<_>>())
            .filter(|lead| lower.len() > lead.len() && lower.iter().zip(lead).all(|(a, b)| a == b))
            .map(|lead| lead.len())
            .max();
        match lead {
            Some(count) => drop(words.drain(..count)),
            None => return words,
        }
    }
}

/// A name after "my name is", for places where a bare word would be something else.
pub(super) fn introduced_name(text: &str) -> Option<String> {
    let words = written(text);
    let rest = without_leads(words.clone(), &NAME_LEADS[..9]);
    let long = rest.len() == words.len() || rest.len() > NAME_WORDS_MAX;
    (!long && rest.iter().all(|word| is_name_word(word))).then(|| titled(&rest))
}

fn is_name_word(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | 'ʼ'))
}

/// Capital initials: recognisers write names in lower case as often as not.
fn titled(words: &[String]) -> String {
    let title = |word: &String| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    words.iter().map(title).collect::<Vec<_>>().join(" ")
}

impl Talk {
    /// The answer to "what name is it for?".
    pub(super) fn hear_name(&mut self, line: &Line) -> bool {
        let said = line.last(|value| match value {
            Heard::Name(name) => Some(name.clone()),
            _ => None,
        });
        if let Some(name) = said {
            self.fitting.name = Some(name);
            return true;
        }
        let other = line
            .values
            .iter()
            .any(|value| !matches!(value, Heard::Brand(_) | Heard::Number(_) | Heard::Ordinal(_)));
        if other || line.is(About::Fitting) || line.is(About::Later) || line.text.contains('?') {
            return false;
        }
        let mut words = without_leads(written(&line.text), &NAME_LEADS);
        while words.last().is_some_and(|word| NAME_TAILS.contains(&word.to_lowercase().as_str())) {
            words.pop();
        }
        // Recognisers like to write a name twice or spell it out after; the first words are it.
        let legal = (1..=NAME_WORDS_MAX).contains(&words.len())
            && words.iter().all(|word| is_name_word(word))
            && words.iter().map(|word| word.chars().count()).sum::<usize>() >= 2;
        if legal {
            self.fitting.name = Some(titled(&words));
        }
        legal
    }

    /// The answer to "what car is it?", its colour or its make.
    pub(super) fn hear_vehicle(&mut self, line: &Line) -> bool {
        let plate = line.last(|value| match value {
            Heard::Plate(plate) => Some(plate.clone()),
            _ => None,
        });
        if let Some(plate) = plate {
            self.fitting.vehicle = Some(plate);
            return true;
        }
        if line.text.contains('?') || line.is(About::Later) {
            return false;
        }
        let mut words = without_leads(written(&line.text), &VEHICLE_LEADS);
        let colour = words.iter().position(|word| is_colour_word(&word.to_lowercase()));
        if words.len() > VEHICLE_WORDS_MAX {
            let Some(at) = colour else { return false };
            words = words[at..].iter().take(WORDS_FROM_COLOUR).cloned().collect();
        }
        let said = words.join(" ");
        if words_of(&said).is_empty() {
            return false;
        }
        let part = self.fitting.vehicle_part.take();
        let whole = match (&self.pending, part) {
            (Some(Ask::Colour), Some(make)) if words.len() == 1 => format!("{said} {make}"),
            (Some(Ask::Make), Some(colour)) if !is_colour(&said) => format!("{colour} {said}"),
            _ => said,
        };
        let has_digit = whole.chars().any(|c| c.is_ascii_digit());
        if whole.split_whitespace().count() >= 2 || (has_digit && whole.len() >= 4) {
            self.fitting.vehicle = Some(whole);
        } else {
            self.fitting.vehicle_part = Some(whole);
        }
        true
    }
}
