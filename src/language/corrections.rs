//! Words that the recogniser hears wrong again and again, and what callers mean by them.
//!
//! A correction replaces whole words only, and never turns what a caller said into another answer:
//! a "no" that is heard stays a "no", whatever somebody wrote at the desk.

use super::Language;
use super::answer::classify;
use uuid::Uuid;

/// Corrections of a shop; more would be a dictionary, and each is looked for in every line.
pub const CORRECTIONS_MAX: usize = 200;
/// Length of either side, characters: a few words.
pub const WORDS_CHARS_MAX: usize = 60;
/// Shorter words are in every second line.
const HEARD_CHARS_MIN: usize = 2;
/// So many digits may be somebody's number.
const DIGITS_MAX: usize = 6;

/// Some words as they are heard, and as they are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Its row.
    pub id: Uuid,
    heard: Vec<char>,
    meant: String,
}

/// Why words cannot be a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// One side is empty or too short.
    Short,
    /// One side is too long.
    Long,
    /// Both sides are the same.
    Same,
    /// One side is a yes, a no or the like: consent rests on what callers say themselves.
    Answer,
    /// It holds a long row of digits, which may be somebody's number.
    Digits,
    /// It holds what is no text: a line break, say.
    Signs,
}

impl Correction {
    /// A correction, if these words may be one.
    ///
    /// # Errors
    /// Why not.
    pub fn new(id: Uuid, heard: &str, meant: &str) -> Result<Self, Unfit> {
        let (heard, meant) = (tidy(heard), tidy(meant));
        for side in [&heard, &meant] {
            if side.chars().any(|c| c.is_control() || "<>{}".contains(c)) {
                return Err(Unfit::Signs);
            }
            if side.chars().count() > WORDS_CHARS_MAX {
                return Err(Unfit::Long);
            }
            if side.chars().filter(char::is_ascii_digit).count() > DIGITS_MAX {
                return Err(Unfit::Digits);
            }
            if is_answer(side) {
                return Err(Unfit::Answer);
            }
        }
        let letters = heard.chars().filter(|c| c.is_alphanumeric()).count();
        if letters < HEARD_CHARS_MIN || !meant.chars().any(char::is_alphanumeric) {
            return Err(Unfit::Short);
        }
        let heard: Vec<char> = heard.chars().map(plain).collect();
        if heard == meant.chars().map(plain).collect::<Vec<_>>() {
            return Err(Unfit::Same);
        }
        Ok(Self { id, heard, meant })
    }
}

/// One space between words, none around them.
#[must_use]
pub fn tidy(text: &str) -> String {
    text.split([' ', '\u{a0}', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a line became, and by which corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// The line as it is meant.
    pub text: String,
    /// Those that changed something, each once.
    pub by: Vec<Uuid>,
}

/// All corrections of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections(Vec<Correction>);

impl Corrections {
    /// These, the longest first: "Nokia N" before "Nokia".
    #[must_use]
    pub fn new(mut all: Vec<Correction>) -> Self {
        all.sort_by(|a, b| b.heard.len().cmp(&a.heard.len()).then_with(|| a.heard.cmp(&b.heard)));
        all.truncate(CORRECTIONS_MAX);
        Self(all)
    }

    /// Are there none?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What this line is meant to be; `None` if it stays as it was heard. What was put in is not
    /// looked at again, so that two corrections cannot chase each other.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<Corrected> {
        if self.0.is_empty() {
            return None;
        }
        let chars: Vec<char> = text.chars().collect();
        let folded: Vec<char> = chars.iter().copied().map(plain).collect();
        let (mut out, mut by) = (String::with_capacity(text.len()), Vec::new());
        let mut at = 0;
        while at < chars.len() {
            let Some(found) = self.0.iter().find(|one| stands_at(&folded, at, &one.heard)) else {
                out.push(chars[at]);
                at += 1;
                continue;
            };
            out.push_str(&found.meant);
            at += found.heard.len();
            if !by.contains(&found.id) {
                by.push(found.id);
            }
        }
        let changed = !by.is_empty() && out != text;
        (changed && !turns_answer(text, &out)).then_some(Corrected { text: out, by })
    }
}

/// As letters are compared: small, and one apostrophe.
fn plain(c: char) -> char {
    match c {
        '\'' | '\u{2019}' | '\u{2bc}' | '`' => '\u{2bc}',
        '\u{a0}' => ' ',
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\u{2bc}'
}

/// Do these words stand here, as whole words?
fn stands_at(text: &[char], at: usize, words: &[char]) -> bool {
    let Some(here) = text.get(at..at + words.len()) else { return false };
    let inner = |c: Option<&char>| c.copied().is_some_and(is_word);
    let cut_before = inner(words.first()) && inner(at.checked_sub(1).and_then(|i| text.get(i)));
    let cut_after = inner(words.last()) && inner(text.get(at + words.len()));
    here == words && !cut_before && !cut_after
}

const LANGUAGES: [Language; 3] = [Language::Uk, Language::En, Language::Ru];

fn is_answer(text: &str) -> bool {
    LANGUAGES.iter().any(|language| classify(text, *language).is_some())
}

/// Would the caller have answered something else?
fn turns_answer(heard: &str, meant: &str) -> bool {
    LANGUAGES.iter().any(|language| classify(heard, *language) != classify(meant, *language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(n: u128, heard: &str, meant: &str) -> Correction {
        Correction::new(Uuid::from_u128(n), heard, meant).unwrap()
    }

    #[test]
    fn whole_words_are_replaced_whatever_their_case_and_others_stay() {
        let all = Corrections::new(vec![one(1, "мішлен", "Michelin"), one(2, "no kia", "Nokian")]);
        let said = |text: &str| all.apply(text).map(|done| done.text);
        assert_eq!(said("Мішлен, будь ласка").as_deref(), Some("Michelin, будь ласка"));
        assert_eq!(said("two No  Kia").as_deref(), None, "two spaces are no one space");
        assert_eq!(said("do you have No Kia tyres?").as_deref(), Some("do you have Nokian tyres?"));
        assert_eq!(said("мішленівські").as_deref(), None, "a part of a word is not the word");
        assert_eq!(said("").as_deref(), None);
        let twice = all.apply("мішлен і мішлен").unwrap();
        assert_eq!((twice.text.as_str(), twice.by.len()), ("Michelin і Michelin", 1));
    }

    #[test]
    fn the_longest_goes_first_and_nothing_is_replaced_twice() {
        let all = Corrections::new(vec![
            one(1, "бровари", "Бориспіль"),
            one(2, "бориспіль", "Бровари"),
            one(3, "нова бровари", "Нові Бровари"),
        ]);
        let done = all.apply("бровари бориспіль нова бровари").unwrap();
        assert_eq!(done.text, "Бориспіль Бровари Нові Бровари");
        assert_eq!(done.by.len(), 3);
    }

    #[test]
    fn an_answer_is_never_turned_into_another() {
        for (heard, meant) in [("ні", "так"), ("так", "Michelin"), ("nope", "yes"), ("хто", "так")]
        {
            assert_eq!(Correction::new(Uuid::nil(), heard, meant), Err(Unfit::Answer), "{heard}");
        }
        // Harmless by itself; but it would make a yes of what was none.
        let all = Corrections::new(vec![one(1, "but please", "please")]);
        assert_eq!(all.apply("yes but please"), None);
        assert!(all.apply("four but please deliver them").is_some());
    }

    #[test]
    fn what_may_be_a_number_or_is_no_text_is_refused() {
        let new = |heard: &str, meant: &str| Correction::new(Uuid::nil(), heard, meant).err();
        assert_eq!(new("номер", "0671234567"), Some(Unfit::Digits));
        assert_eq!(new("x", "Michelin"), Some(Unfit::Short));
        assert_eq!(new("мішлен", " "), Some(Unfit::Short));
        assert_eq!(new("Мішлен", "мішлен"), Some(Unfit::Same));
        assert_eq!(new("мішлен", &"ж".repeat(61)), Some(Unfit::Long));
        assert_eq!(new("a\nb", "c d"), Some(Unfit::Signs));
        assert_eq!(new("<b>", "bold"), Some(Unfit::Signs));
    }
}
