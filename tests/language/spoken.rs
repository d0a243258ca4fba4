//! How sentences are said, from public tables: text, tab, what a voice gets. The expectations are
//! written by hand from knowledge of the languages.

use std::collections::HashMap;
use std::path::Path;
use treadline::language::{Language, spoken};

/// More of one template would only count the same knowledge again.
const OF_ONE_TEMPLATE_MAX: usize = 10;

fn cases(language: Language) -> Vec<(String, String)> {
    let name = format!("tests/fixtures/language/spoken.{}.tsv", language.code());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (text, said) = line.split_once('\t').unwrap_or_else(|| panic!("{name}: {line}"));
            (text.to_owned(), said.to_owned())
        })
        .collect()
}

fn all_are_said_right(language: Language, cases_min: usize) {
    let cases = cases(language);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let got = spoken::speak(text, language);
            (got != *expected).then(|| format!("{text}\n   want {expected}\n   got  {got}"))
        })
        .collect();
    let right = cases.len() - wrong.len();
    eprintln!("spoken {}: {right} of {} right", language.code(), cases.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases.len() >= cases_min, "only {} cases", cases.len());
}

#[test]
fn ukrainian_sentences_are_said_right() {
    all_are_said_right(Language::Uk, 240);
}

#[test]
fn russian_sentences_are_said_right() {
    all_are_said_right(Language::Ru, 220);
}

#[test]
fn english_sentences_are_said_right() {
    all_are_said_right(Language::En, 140);
}

#[test]
fn no_case_stands_twice_and_no_template_often() {
    for language in [Language::Uk, Language::Ru, Language::En] {
        let (mut texts, mut templates) = (HashMap::new(), HashMap::new());
        for (text, _) in cases(language) {
            let template: String =
                text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>().to_lowercase();
            *texts.entry(text).or_insert(0) += 1;
            *templates.entry(template).or_insert(0) += 1;
        }
        let twice: Vec<_> = texts.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        let often: Vec<_> =
            templates.iter().filter(|(_, count)| **count > OF_ONE_TEMPLATE_MAX).collect();
        assert!(often.is_empty(), "{often:?}");
    }
}

#[test]
fn what_is_said_holds_no_figures() {
    for language in [Language::Uk, Language::Ru, Language::En] {
        for (text, said) in cases(language) {
            assert!(!said.contains(|c: char| c.is_ascii_digit()), "{text}: {said}");
        }
    }
}
