//! Makers of tyres, as callers say them and as recognisers mishear them.

use super::Heard;
use super::reader::Reader;
use crate::language::words::{Kind, tokens};
use crate::shop::fold;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A maker and the folded words that name it.
struct Maker {
    name: &'static str,
    aliases: Vec<Vec<String>>,
    /// Words that mean something else where nobody speaks of tyres.
    weak: Vec<Vec<String>>,
}

static TABLE: LazyLock<Vec<Maker>> = LazyLock::new(|| {
    let lines = include_str!("brands.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut fields = line.split('|').map(str::trim);
            let name = fields.next().filter(|name| !name.is_empty())?;
            let mut aliases = words_of(fields.next().unwrap_or_default());
            let weak = words_of(fields.next().unwrap_or_default());
            let own = words_of(&name.to_lowercase());
            if !own.iter().any(|words| weak.contains(words)) {
                aliases.extend(own);
            }
            Some(Maker { name, aliases, weak })
        })
        .collect()
});

/// The makers whose names are understood in any case, as they write themselves.
pub static MAKERS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| TABLE.iter().map(|maker| maker.name).collect());

/// Comma-separated phrases, folded and cut into words.
fn words_of(phrases: &str) -> Vec<Vec<String>> {
    phrases
        .split(',')
        .map(|phrase| phrase.split_whitespace().map(fold).collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
        .collect()
}

/// Case endings under [`fold`].
const ENDINGS: &[&str] = &[
    "", "a", "u", "i", "e", "o", "oiu", "oi", "om", "em", "im", "am", "ami", "iv", "ov", "iu",
    "ia", "iei", "ei", "s", "akh", "iami", "ie", "iem", "ii", "iam", "iakh", "ovi", "kh", "m",
    "si",
];
/// In shorter names one wrong letter makes another word.
const FUZZY_LETTERS_MIN: usize = 6;

/// Takes brands of the catalogue, as the catalogue writes them.
pub(super) fn read(reader: &mut Reader<'_>) {
    let folded: Vec<String> =
        reader.items.iter().map(|item| item.word().map(fold).unwrap_or_default()).collect();
    let brands = reader.context.brands;
    let mut known: Vec<(&str, Option<&Maker>, Vec<String>)> = Vec::with_capacity(brands.len());
    for brand in brands {
        let maker = TABLE.iter().find(|maker| maker.name.eq_ignore_ascii_case(brand));
        known.push((brand, maker, brand.split_whitespace().map(fold).collect()));
    }
    let tyres = about_tyres(reader);
    for at in 0..reader.items.len() {
        let free = reader.free(at).and_then(super::items::Item::word).is_some();
        if !free || folded[at].len() < 3 {
            continue;
        }
        let hit = known.iter().find_map(|(brand, maker, own)| {
            let length = match maker {
                None => length_of(&folded[at..], own, true),
                Some(maker) => {
                    let weak = maker.weak.iter().filter(|_| tyres);
                    let sure = maker.aliases.iter().map(|alias| (alias, true));
                    sure.chain(weak.map(|alias| (alias, false)))
                        .filter_map(|(alias, fuzzy)| length_of(&folded[at..], alias, fuzzy))
                        .max()
                }
            };
            Some((length?, *brand))
        });
        if let Some((length, brand)) = hit
            && (at..at + length).all(|place| reader.free(place).is_some())
        {
            reader.take(at, at + length - 1, Heard::Brand(brand.to_owned()));
        }
    }
}

/// Somebody speaks of tyres: a size or a season was heard, or a word for them stands there.
fn about_tyres(reader: &Reader<'_>) -> bool {
    const TYRES: &[&str] = &[
        "шин",
        "гум",
        "резин",
        "колес",
        "коліс",
        "колёс",
        "покриш",
        "покрыш",
        "скат",
        "виробник",
        "бренд",
        "фірм",
        "фирм",
        "марк",
        "производител",
        "tyre",
        "tire",
        "brand",
        "rubber",
        "winter",
        "summer",
    ];
    let value = |found: &super::Spotted| {
        matches!(found.value, Heard::TireSize(_) | Heard::Season(_) | Heard::Diameter(_))
    };
    reader.found.iter().any(value) || reader.items.iter().any(|item| item.starts(TYRES))
}

/// A maker and one name of it, folded.
type Alias = (&'static str, &'static [String]);

/// Folded aliases by the first letters of their first word, without those that mean something else.
static INDEX: LazyLock<HashMap<String, Vec<Alias>>> = LazyLock::new(|| {
    let mut index: HashMap<String, Vec<_>> = HashMap::new();
    for maker in TABLE.iter() {
        for alias in &maker.aliases {
            let head = alias.first().map(|word| head(word)).unwrap_or_default();
            index.entry(head).or_default().push((maker.name, alias.as_slice()));
        }
    }
    index
});

fn head(word: &str) -> String {
    word.chars().take(3).collect()
}

/// Makers that a text of ours names, correctly spelt: the byte where each begins, and its name.
pub(crate) fn makers_in(text: &str) -> Vec<(usize, &'static str)> {
    let words: Vec<_> = tokens(text).into_iter().filter(|token| token.kind == Kind::Word).collect();
    let folded: Vec<String> = words.iter().map(|word| fold(&word.text)).collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let named = INDEX.get(&head(&folded[at])).into_iter().flatten();
        let longest = named
            .filter_map(|(name, alias)| Some((length_of(&folded[at..], alias, false)?, *name)))
            .max();
        let Some((length, name)) = longest else {
            at += 1;
            continue;
        };
        found.push((words[at].start, name));
        at += length;
    }
    found
}

/// How many of the folded words name the alias, if they begin with it.
fn length_of(said: &[String], alias: &[String], fuzzy: bool) -> Option<usize> {
    let (last, lead) = alias.split_last()?;
    if said.len() < alias.len() || !said.iter().zip(lead).all(|(word, part)| word == part) {
        return None;
    }
    let word = &said[lead.len()];
    let declined = word.strip_prefix(last.as_str()).is_some_and(|rest| ENDINGS.contains(&rest));
    let misheard = fuzzy
        && lead.is_empty()
        && last.len() >= FUZZY_LETTERS_MIN
        && word.len() >= FUZZY_LETTERS_MIN
        && one_edit_apart(word, last);
    (declined || misheard).then_some(alias.len())
}

/// True if one letter added, dropped or replaced makes the words equal.
fn one_edit_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let same_head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest_short = short.len() - same_head;
    match long.len() - short.len() {
        0 => rest_short == 0 || short[same_head + 1..] == long[same_head + 1..],
        1 => short[same_head..] == long[same_head + 1..],
        _ => false,
    }
}
