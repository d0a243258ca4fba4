//! `tests/fixtures/language/heard.*.tsv`: the values in what callers say, as `treadline heard`
//! prints them. Today is Monday, 23 November 2026.

use chrono::NaiveDate;
use std::collections::HashMap;
use treadline::language::Language;
use treadline::language::heard::{Context, Heard, MAKERS, hear};
use treadline::shop::TireSize;

/// The catalogue of the cases: the sizes and makers of the sample shop, and every known maker.
struct Catalogue {
    sizes: Vec<TireSize>,
    brands: Vec<String>,
}

impl Catalogue {
    fn new() -> Self {
        let (sizes, mut brands) = treadline::store::sample::lexicon();
        let missing: Vec<String> = MAKERS
            .iter()
            .filter(|maker| !brands.iter().any(|brand| brand == *maker))
            .map(ToString::to_string)
            .collect();
        brands.extend(missing);
        Self { sizes, brands }
    }

    fn values(&self, text: &str, language: Language) -> String {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let context = Context { today, sizes: &self.sizes, brands: &self.brands };
        let values: Vec<String> = hear(text, language, &context)
            .iter()
            .filter(|value| !matches!(value, Heard::Name(_) | Heard::Earliest))
            .map(|value| format!("{}={}", value.kind(), value.canonical()))
            .collect();
        values.join("; ")
    }
}

/// The lines of a table that are cases: the text and what is expected.
fn cases(table: &'static str) -> Vec<(&'static str, &'static str)> {
    table
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap_or((line, "")))
        .map(|(text, expected)| (text, expected.trim()))
        .collect()
}

/// Runs a table, prints its figure, and fails with every line that is wrong.
fn judge(name: &str, table: &'static str, language: Language, cases_min: usize) {
    let catalogue = Catalogue::new();
    let cases = cases(table);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let got = catalogue.values(text, language);
            (got != *expected).then(|| format!("{text}\n   want {expected}\n   got  {got}"))
        })
        .collect();
    println!("{name}: {} of {} lines", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{name}: {} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases.len() >= cases_min, "{name}: only {} lines", cases.len());
}

const UKRAINIAN: &str = include_str!("../fixtures/language/heard.uk.tsv");
const RUSSIAN: &str = include_str!("../fixtures/language/heard.ru.tsv");
const ENGLISH: &str = include_str!("../fixtures/language/heard.en.tsv");

#[test]
fn ukrainian_callers_are_heard() {
    judge("heard.uk.tsv", UKRAINIAN, Language::Uk, 400);
}

#[test]
fn russian_callers_are_heard() {
    judge("heard.ru.tsv", RUSSIAN, Language::Ru, 350);
}

#[test]
fn english_callers_are_heard() {
    judge("heard.en.tsv", ENGLISH, Language::En, 200);
}

#[test]
fn no_text_stands_twice_in_a_table() {
    for table in [UKRAINIAN, RUSSIAN, ENGLISH] {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (text, _) in cases(table) {
            *seen.entry(text).or_default() += 1;
        }
        let twice: Vec<&&str> =
            seen.iter().filter(|(_, times)| **times > 1).map(|(text, _)| text).collect();
        assert!(twice.is_empty(), "twice: {twice:?}");
    }
}
