//! The words by which the brain knows what a line is about. A word ending in `*` stands for all
//! words that begin so: the languages decline, and recognisers guess endings. All languages
//! count at once, because callers mix them.

mod english;
mod russian;
mod ukrainian;

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a line can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Hello,
    Thanks,
    Nothing,
    Anything,
    Unknown,
    // Tyres and orders.
    Tires,
    /// With these a line about tyres is a wish to buy.
    Buying,
    Stock,
    Cheaper,
    Dearer,
    Other,
    /// "I'll take them".
    Take,
    /// The noun.
    Order,
    Whereabouts,
    Delivery,
    Pickup,
    Cash,
    Online,
    Card,
    Count,
    Payment,
    /// A choice is changed.
    Instead,
    Recipient,
    // Fitting.
    Fitting,
    /// Which tyres a car takes.
    Fits,
    Later,
    Day,
    Time,
    Place,
    Morning,
    Afternoon,
    Evening,
    Balancing,
    Repair,
    Price,
    Booking,
    Cancel,
    Move,
    Late,
    Storage,
    /// Tyres are to be taken into storage.
    StoreNew,
    /// The caller's own tyres, not stored ones.
    Own,
    /// Someone other than the caller.
    Other3rd,
    // The rest.
    Advice,
    /// How things are, rather than something to be done.
    Knowhow,
    Info,
    Callback,
    /// To go on with what we talked about.
    Onward,
}

/// The things that a line is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Abouts(u64);

impl Abouts {
    pub(super) const fn has(self, about: About) -> bool {
        self.0 & (1 << about as u64) != 0
    }

    const fn add(&mut self, about: About) {
        self.0 |= 1 << about as u64;
    }
}

/// A table of one language: phrases with `|` between them.
type Table = &'static [(About, &'static str)];

/// A phrase after its first word.
type Rest = (Vec<&'static str>, About);

/// All phrases by their first word: whole words and stems.
#[derive(Default)]
struct Index {
    whole: HashMap<&'static str, Vec<Rest>>,
    stems: HashMap<&'static str, Vec<Rest>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::default();
    let tables: [Table; 3] = [english::WORDS, ukrainian::WORDS, russian::WORDS];
    for (about, phrases) in tables.into_iter().flatten() {
        for phrase in phrases.split('|') {
            let mut words = phrase.split(' ');
            let first = words.next().unwrap_or_default();
            let (table, key) = match first.strip_suffix('*') {
                Some(stem) => (&mut index.stems, stem),
                None => (&mut index.whole, first),
            };
            table.entry(key).or_default().push((words.collect(), *about));
        }
    }
    index
});

/// What the words (see [`words_of`]) are about.
pub(super) fn abouts(line: &[String]) -> Abouts {
    let mut found = Abouts::default();
    for (at, word) in line.iter().enumerate() {
        let rest = line.get(at + 1..).unwrap_or_default();
        let mut take = |phrases: Option<&Vec<Rest>>| {
            for (wanted, about) in phrases.into_iter().flatten() {
                if follows(rest, wanted) {
                    found.add(*about);
                }
            }
        };
        take(INDEX.whole.get(word.as_str()));
        let ends = word.char_indices().skip(1).map(|(end, _)| end).chain([word.len()]);
        for end in ends {
            take(INDEX.stems.get(word.get(..end).unwrap_or_default()));
        }
    }
    found
}

/// True if `rest` begins with the wanted words.
fn follows(rest: &[String], wanted: &[&str]) -> bool {
    rest.len() >= wanted.len()
        && wanted.iter().zip(rest).all(|(wanted, word)| match wanted.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => word == wanted,
        })
}

/// Colours as callers name them, all languages, as stems.
const COLOURS: [&str; 53] = [
    "black",
    "white",
    "grey",
    "gray",
    "silver",
    "red",
    "blue",
    "green",
    "yellow",
    "brown",
    "beige",
    "orange",
    "gold",
    "purple",
    "violet",
    "navy",
    "dark",
    "light",
    "maroon",
    "pink",
    "чорн",
    "біл",
    "сір",
    "срібл",
    "срібн",
    "червон",
    "син",
    "голуб",
    "зелен",
    "жовт",
    "коричн",
    "беж",
    "помаранч",
    "золот",
    "фіолет",
    "бордов",
    "темн",
    "світл",
    "графіт",
    "рожев",
    "вишнев",
    "металік",
    "черн",
    "бел",
    "сер",
    "красн",
    "желт",
    "оранж",
    "фиолет",
    "светл",
    "графит",
    "розов",
    "металлик",
];

/// Lower-case words of a line, without punctuation; `ё` as `е`.
pub(super) fn words_of(line: &str) -> Vec<String> {
    line.to_lowercase()
        .replace(['’', 'ʼ', '`'], "'")
        .replace('ё', "е")
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// True if some word of the text is a colour.
pub(super) fn is_colour(text: &str) -> bool {
    words_of(text).iter().any(|word| is_colour_word(word))
}

/// True if the word is a colour.
pub(super) fn is_colour_word(word: &str) -> bool {
    let not = ["більш", "серв", "серед", "сереб", "синх", "белш", "redm", "серг", "серй", "серт"];
    COLOURS.iter().any(|stem| word.starts_with(stem)) && !not.iter().any(|no| word.starts_with(no))
        || word.starts_with("серебр")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(text: &str, about: About) -> bool {
        abouts(&words_of(text)).has(about)
    }

    #[test]
    fn words_are_known_in_three_languages() {
        for text in ["I'd like a tyre fitting", "запишіть мене на шиномонтаж", "хочу переобуться"]
        {
            assert!(about(text, About::Fitting), "{text}");
        }
        for text in ["cancel my booking", "скасуйте мій запис", "отмените мою запись"]
        {
            assert!(about(text, About::Cancel) && about(text, About::Booking), "{text}");
        }
        assert!(!about("так", About::Fitting));
    }

    #[test]
    fn every_about_has_a_place_in_the_set() {
        assert!((About::Onward as u64) < u64::from(u64::BITS));
    }

    #[test]
    fn colours_are_told_from_other_words() {
        for text in ["grey", "сіра", "серая", "серебристый", "Біла"] {
            assert!(is_colour(text), "{text}");
        }
        for text in ["середа", "більше", "сервіс", "Сергей"] {
            assert!(!is_colour(text), "{text}");
        }
    }
}
