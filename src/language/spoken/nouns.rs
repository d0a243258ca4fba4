//! What is counted: the form of a noun after a number, and what a noun that stands in the text
//! says about the case of the number before it.

use super::numbers::{Case, Count, Gender, count_form};
use super::{nouns_ru, nouns_uk};
use crate::language::Language;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A noun in all its forms.
pub(super) struct Noun {
    pub gender: Gender,
    one: [String; 6],
    many: [String; 6],
}

/// What a written form can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub gender: Gender,
    pub many: bool,
    pub case: Case,
}

/// The nouns of a language, by their first form, and every form's readings.
pub(super) struct Nouns {
    by_name: HashMap<String, Noun>,
    readings: HashMap<String, Vec<Reading>>,
    few_are_genitive: bool,
}

static UKRAINIAN: LazyLock<Nouns> = LazyLock::new(|| Nouns::parse(nouns_uk::NOUNS, false));
static RUSSIAN: LazyLock<Nouns> = LazyLock::new(|| Nouns::parse(nouns_ru::NOUNS, true));

impl Nouns {
    /// The table of a language; English needs none.
    pub fn of(language: Language) -> Option<&'static Self> {
        match language {
            Language::En => None,
            Language::Uk => Some(&UKRAINIAN),
            Language::Ru => Some(&RUSSIAN),
        }
    }

    fn parse(table: &str, few_are_genitive: bool) -> Self {
        let mut nouns =
            Self { by_name: HashMap::new(), readings: HashMap::new(), few_are_genitive };
        for noun in table.lines().filter_map(Noun::parse) {
            for (many, forms) in [(false, &noun.one), (true, &noun.many)] {
                for (case, form) in Case::ALL.into_iter().zip(forms) {
                    let reading = Reading { gender: noun.gender, many, case };
                    nouns.readings.entry(form.clone()).or_default().push(reading);
                }
            }
            nouns.by_name.entry(noun.one[0].clone()).or_insert(noun);
        }
        nouns
    }

    /// A noun by its first form.
    pub fn noun(&self, name: &str) -> Option<&Noun> {
        self.by_name.get(name)
    }

    /// What a written form can be.
    pub fn readings(&self, form: &str) -> &[Reading] {
        self.readings.get(form).map_or(&[], Vec::as_slice)
    }

    /// A noun's form after a number in a case.
    pub fn counted<'a>(&self, noun: &'a Noun, number: u64, case: Case) -> &'a str {
        let one = noun.one.each_ref().map(String::as_str);
        let many = noun.many.each_ref().map(String::as_str);
        count_form(&one, &many, number, case, self.few_are_genitive)
    }

    /// The cases in which a number may stand before a form, given what the form can be.
    pub fn cases_before(&self, number: u64, reading: Reading) -> &'static [Case] {
        use Case::{Accusative, Dative, Genitive, Instrumental, Locative, Nominative};
        match (Count::of(number), reading.many, reading.case) {
            (Count::One, false, case) => only(case),
            (Count::Few, false, Genitive) if self.few_are_genitive => &[Nominative, Accusative],
            (Count::Few, true, Nominative) if !self.few_are_genitive => &[Nominative, Accusative],
            (Count::Many, true, Genitive) => &[Nominative, Accusative, Genitive],
            (Count::Few, true, Genitive) => &[Genitive],
            (Count::Few | Count::Many, true, Dative) => &[Dative],
            (Count::Few | Count::Many, true, Instrumental) => &[Instrumental],
            (Count::Few | Count::Many, true, Locative) => &[Locative],
            _ => &[],
        }
    }
}

/// A list of this case alone.
fn only(case: Case) -> &'static [Case] {
    static CASES: [Case; 6] = Case::ALL;
    &CASES[case as usize..=case as usize]
}

impl Noun {
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_whitespace();
        let gender = match fields.next()? {
            "f" => Gender::Feminine,
            "n" => Gender::Neuter,
            _ => Gender::Masculine,
        };
        let stem = fields.next().map(|stem| stem.trim_matches('-'))?;
        let forms = |endings: &str| -> Option<[String; 6]> {
            let forms: Vec<String> =
                endings.split(',').map(|end| format!("{stem}{}", end.trim_matches('0'))).collect();
            forms.try_into().ok()
        };
        let one = forms(fields.next()?)?;
        let many = forms(fields.next()?)?;
        Some(Self { gender, one, many })
    }

    /// A form of one.
    pub fn one(&self, case: Case) -> &str {
        &self.one[case as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_a_noun() {
        for table in [nouns_uk::NOUNS, nouns_ru::NOUNS] {
            for line in table.lines().filter(|line| !line.is_empty()) {
                assert!(Noun::parse(line).is_some(), "{line}");
            }
        }
    }
}
