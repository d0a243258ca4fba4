//! Which language an utterance is in, by its letters.

use super::Language;

/// Fewer letters than this say nothing: "OK", "R 16".
const LETTERS_MIN: usize = 4;

/// The language of a text by its script; `None` if it is too short or mixed.
///
/// One script must have at least four letters and clearly outweigh the other. Ukrainian needs the
/// smaller margin: its callers say brands and models in Latin letters, English ones say nothing in
/// Cyrillic.
#[must_use]
pub fn language_of(text: &str) -> Option<Language> {
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    let cyrillic = text.chars().filter(|c| ('\u{0400}'..='\u{04FF}').contains(c)).count();
    if cyrillic >= LETTERS_MIN && cyrillic * 2 > latin * 3 {
        Some(Language::Uk)
    } else if latin >= LETTERS_MIN && latin > cyrillic * 5 {
        Some(Language::En)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell_the_language() {
        let cases = [
            ("I need winter tyres", Some(Language::En)),
            ("Мені потрібні зимові шини Michelin", Some(Language::Uk)),
            ("ok", None),
            ("205/55 R16", None),
            ("так", None),
            ("", None),
            ("Michelin, так", None),
        ];
        for (text, expected) in cases {
            assert_eq!(language_of(text), expected, "{text}");
        }
    }
}
