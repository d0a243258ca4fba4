//! Turns of phrase with numbers, days or seasons in them that mean none.

use crate::language::words::{Kind, Token};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The idioms, cut into words, by their first word.
static IDIOMS: LazyLock<HashMap<&str, Vec<Vec<&str>>>> = LazyLock::new(|| {
    let mut idioms: HashMap<&str, Vec<Vec<&str>>> = HashMap::new();
    for line in include_str!("idioms.txt").lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        if let Some(first) = words.first() {
            idioms.entry(first).or_default().push(words);
        }
    }
    idioms
});

/// Before these "сто" in capital letters, or after "на", is a service station.
fn is_service_station(all: &[Token], at: usize, text: &str) -> bool {
    let token = &all[at];
    if !token.is("сто") {
        return false;
    }
    let capital = text.get(token.start..token.end).is_some_and(|word| word == "СТО");
    let shouted = !text.chars().any(char::is_lowercase);
    let pointed = at > 0
        && all[at - 1].is_any(&[
            "вашому",
            "вашого",
            "ваше",
            "вашем",
            "вашего",
            "нашому",
            "найближче",
            "найближчому",
            "ближайшее",
            "ближайшем",
            "цьому",
            "этом",
            "іншому",
            "другом",
            "якому",
        ]);
    (capital && !shouted) || pointed
}

/// Makes the words of idioms nameless, in place.
pub(super) fn silence(all: &mut [Token], text: &str) {
    for at in 0..all.len() {
        if all[at].text.is_empty() {
            continue;
        }
        let longest = IDIOMS
            .get(all[at].text.as_str())
            .and_then(|idioms| idioms.iter().filter_map(|idiom| length(&all[at..], idiom)).max());
        let length = longest.unwrap_or_else(|| usize::from(is_service_station(all, at, text)));
        for token in &mut all[at..at + length] {
            token.text.clear();
            token.kind = Kind::Word;
        }
    }
}

/// How many tokens the idiom covers, if they begin with it.
fn length(all: &[Token], idiom: &[&str]) -> Option<usize> {
    let same = |(token, expected): (&Token, &&str)| {
        expected
            .strip_suffix('*')
            .map_or(token.text == *expected, |stem| token.text.starts_with(stem))
    };
    (all.len() >= idiom.len() && all.iter().zip(idiom).all(same)).then_some(idiom.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::words::tokens;

    #[test]
    fn an_idiom_leaves_no_words() {
        for text in ["сім п'ятниць", "24/7", "на все сто", "СТО на Подолі", "fifty-fifty"]
        {
            let mut all = tokens(text);
            silence(&mut all, text);
            assert!(all[0].text.is_empty(), "{text}");
        }
        let mut all = tokens("сто гривень");
        silence(&mut all, "сто гривень");
        assert_eq!(all[0].text, "сто");
    }
}
