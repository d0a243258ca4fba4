//! Values into what is said: no figure reaches a voice, because voices read "205/55 R16", "10:20"
//! and "вул." each in their own wrong way.

mod abbreviations;
mod amounts;
mod clock;
mod codes;
mod counted;
mod counts;
mod dates;
mod decimals;
mod english;
mod english_short;
mod governing;
mod letters;
mod nouns;
mod nouns_ru;
mod nouns_uk;
mod numbers;
mod russian;
mod short_forms;
mod ukrainian;
mod units;
mod weekdays;

use super::Language;
use super::words::{Kind, Token, tokens};

/// The text and its tokens; every reader looks at a place in it.
struct Script<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    language: Language,
}

/// Words for some tokens, and how many tokens they stand for.
type Said = Option<(String, usize)>;

impl Script<'_> {
    /// The digits of the number at `at`.
    fn digits(&self, at: usize) -> Option<&str> {
        self.tokens
            .get(at)
            .filter(|token| token.kind == Kind::Number)
            .map(|token| token.text.as_str())
    }

    /// The same, without a space before it.
    fn glued_digits(&self, at: usize) -> Option<&str> {
        self.digits(at).filter(|_| self.tokens[at].glued)
    }

    fn value(&self, at: usize) -> Option<u64> {
        self.digits(at)?.parse().ok()
    }

    fn word(&self, at: usize) -> Option<&str> {
        self.tokens
            .get(at)
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text.as_str())
    }

    fn word_before(&self, at: usize) -> Option<&str> {
        self.word(at.checked_sub(1)?)
    }

    /// True for this mark at `at`.
    fn mark(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_mark(mark))
    }

    /// True for this mark at `at` without a space before it.
    fn glued_mark(&self, at: usize, mark: char) -> bool {
        self.mark(at, mark) && self.tokens[at].glued
    }

    fn glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// The token as it was written.
    fn original(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// Full stop at `at` that only closes an abbreviation: the sentence goes on after it.
    fn inner_stop(&self, at: usize) -> bool {
        self.glued_mark(at, '.')
            && self.original(at + 1).chars().next().is_some_and(|next| {
                !next.is_uppercase()
                    && (next.is_alphanumeric()
                        || [',', ';', ':', ')', '—', '–', '-'].contains(&next))
            })
    }
}

/// The sentence as it goes to a voice: every figure, size, price, date, time, plate, phone number
/// and abbreviation in words, with the case and gender that its neighbours ask for.
///
/// The result holds no ASCII digit. Other characters stay as they are, apart from marks of
/// formatting (`*`, `#`, `_`), which voices read aloud.
#[must_use]
pub fn speak(text: &str, language: Language) -> String {
    let script = Script { text, tokens: tokens(text), language };
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    let mut written_to = 0;
    while let Some(token) = script.tokens.get(at) {
        out.push_str(&text[written_to..token.start]);
        let said = read(&script, at);
        let (words, used, worded) = match said {
            Some((words, used)) => (words, used.max(1), true),
            None => (script.original(at).to_owned(), 1, false),
        };
        let number_before = at > 0 && script.digits(at - 1).is_some();
        let apart = worded || (number_before && token.kind == Kind::Word);
        let letters_meet =
            out.ends_with(char::is_alphanumeric) && words.starts_with(char::is_alphanumeric);
        if (apart && letters_meet) || (worded && out.ends_with(',') && !words.is_empty()) {
            out.push(' ');
        }
        out.push_str(&words);
        at += used;
        written_to = script.tokens.get(at - 1).map_or(text.len(), |last| last.end);
        // Words were put for figures: what is glued to them needs a space.
        let next_is_word =
            script.tokens.get(at).is_some_and(|next| next.glued && next.kind != Kind::Mark);
        if worded && next_is_word && out.ends_with(char::is_alphanumeric) {
            out.push(' ');
        }
    }
    out.push_str(&text[written_to..]);
    out
}

/// The readers, the surest first.
fn read(script: &Script<'_>, at: usize) -> Said {
    codes::phone(script, at)
        .or_else(|| codes::size(script, at))
        .or_else(|| codes::plate(script, at))
        .or_else(|| dates::date(script, at))
        .or_else(|| clock::time(script, at))
        .or_else(|| units::measured(script, at))
        .or_else(|| counts::range(script, at))
        .or_else(|| counts::ordinal(script, at))
        .or_else(|| codes::rim(script, at))
        .or_else(|| codes::house(script, at))
        .or_else(|| counts::number(script, at))
        .or_else(|| abbreviations::expand(script, at))
}

#[cfg(test)]
mod tests;
