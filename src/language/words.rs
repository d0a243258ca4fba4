//! Text into tokens with their places, the same for every reader of this module.

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// ASCII digits.
    Number,
    /// One character of anything else that is not space.
    Mark,
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Lower case, every apostrophe as `'`, no stress marks.
    pub text: String,
    /// What it is made of.
    pub kind: Kind,
    /// First byte in the text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// True if no space stands before it.
    pub glued: bool,
}

impl Token {
    /// True for this word (lower case).
    pub fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    /// True for one of these words (lower case).
    pub fn is_any(&self, words: &[&str]) -> bool {
        self.kind == Kind::Word && words.contains(&self.text.as_str())
    }

    /// True for this punctuation mark.
    pub fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark && self.text.chars().eq([mark])
    }
}

/// Keyboards and recognisers write Ukrainian and English apostrophes in five ways.
pub(crate) const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | '`' | '\u{00B4}')
}

/// A stress mark over a vowel says nothing about which word it is.
const fn is_stress(c: char) -> bool {
    matches!(c, '\u{0300}' | '\u{0301}')
}

/// Cuts a text into words, numbers and marks, in order.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |index: usize| chars.get(index).map_or(text.len(), |(at, _)| *at);
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let (start, c) = chars[at];
        if c.is_whitespace() || is_stress(c) {
            at += 1;
            continue;
        }
        let (kind, stop) = if c.is_ascii_digit() {
            (Kind::Number, run(&chars, at, |c, _| c.is_ascii_digit()))
        } else if is_letter(c) {
            let inside = |c: char, next: Option<char>| {
                is_letter(c) || is_stress(c) || (is_apostrophe(c) && next.is_some_and(is_letter))
            };
            (Kind::Word, run(&chars, at, inside))
        } else {
            (Kind::Mark, at + 1)
        };
        let end = end_of(stop);
        let glued = out.last().is_some_and(|before| before.end == start);
        let folded = one_script(fold(&text[start..end]));
        out.push(Token { text: folded, kind, start, end, glued });
        at = stop;
    }
    out
}

/// A lower-case copy with every apostrophe as `'` and no stress marks.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !is_stress(*c))
        .map(|c| if is_apostrophe(c) { '\'' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

/// A word that mixes two alphabets is Cyrillic with Latin look-alikes: keyboards and recognisers
/// slip, people do not.
fn one_script(word: String) -> String {
    let cyrillic = word.chars().any(|c| ('\u{0400}'..='\u{04FF}').contains(&c));
    if !cyrillic || !word.chars().any(|c| c.is_ascii_alphabetic()) {
        return word;
    }
    word.chars()
        .map(|c| match c {
            'a' => 'а',
            'b' => 'в',
            'c' => 'с',
            'e' => 'е',
            'h' => 'н',
            'i' => 'і',
            'k' => 'к',
            'm' => 'м',
            'o' => 'о',
            'p' => 'р',
            't' => 'т',
            'x' => 'х',
            'y' => 'у',
            other => other,
        })
        .collect()
}

/// Letters, but not digits of other scripts: nobody dictates those.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
}

/// The index after the run of characters from `from` on that `belongs` accepts.
fn run(
    chars: &[(usize, char)],
    from: usize,
    belongs: impl Fn(char, Option<char>) -> bool,
) -> usize {
    let mut at = from + 1;
    while at < chars.len() && belongs(chars[at].1, chars.get(at + 1).map(|(_, c)| *c)) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn letters_and_digits_part_company() {
        assert_eq!(texts("200, 555R 16."), ["200", ",", "555", "r", "16", "."]);
    }

    #[test]
    fn every_apostrophe_is_the_same_apostrophe() {
        for text in ["п'ять", "пʼять", "п’ять", "П`ЯТЬ"] {
            assert_eq!(texts(text), ["п'ять"]);
        }
        assert_eq!(texts("'quoted'"), ["'", "quoted", "'"]);
    }

    #[test]
    fn a_word_of_two_alphabets_is_cyrillic() {
        assert_eq!(texts("ciм шин Michelin"), ["сім", "шин", "michelin"]);
    }

    #[test]
    fn places_are_those_of_the_original_text() {
        let text = "Шини R16";
        let found = tokens(text);
        assert_eq!(&text[found[1].start..found[1].end], "R");
        assert_eq!((found[1].glued, found[2].glued), (false, true));
    }
}
