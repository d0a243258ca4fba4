//! Words for numbers, in all their cases, in all three languages and their mixtures.

use super::number_tables::{
    CARDINALS, DIGIT_NOUNS, ENGLISH, HUNDRED, HUNDREDS, ONE_AND_HALF, ORDINAL_STEMS, THOUSAND,
};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word contributes to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberWord {
    /// A value below one thousand: 5, 15, 50, 200.
    Plain(u32),
    /// "Hundred", "сотні": multiplies what stands before it.
    Hundred,
    /// A thousand: multiplies what stands before it.
    Thousand,
    /// "Півтора": multiplies a thousand or a hundred after it.
    OneAndHalf,
    /// The last word of an ordinal.
    Ordinal(u32, Ending),
    /// "сімки": the digit as a thing that is counted ("чотири сімки" is 7777).
    Digit(u32),
}

/// The form of an ordinal: it tells days from hours from places in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// English has one form.
    English,
    /// "другий", "второй".
    Masculine,
    /// "друга", "другу", "другої": hours are feminine in Ukrainian.
    Feminine,
    /// "другій", and also "третій"; the Russian "второй".
    Locative,
    /// "другого": days are said so, and Russian hours on the way.
    Genitive,
    /// "друге": days, too ("на друге").
    Neuter,
    /// "шістнадцяті", "шістнадцятих": wheels are said so.
    Plural,
    /// Other cases.
    Other,
}

/// Every Cyrillic form that is known for sure.
static WORDS: LazyLock<HashMap<String, NumberWord>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    let mut all = |forms: &str, word: NumberWord| {
        for form in forms.split_ascii_whitespace() {
            words.entry(form.to_owned()).or_insert(word);
        }
    };
    for (value, forms) in CARDINALS.iter().chain(&HUNDREDS) {
        all(forms, NumberWord::Plain(*value));
        // "Одиннадцать" in all its cases; "семь" has a case that is a family.
        for form in forms.split_ascii_whitespace().filter(|_| (9..=30).contains(value)) {
            if let Some(stem) = form.strip_suffix('ь') {
                for ending in ["и", "ью", "ьма", "ьома", "ьох", "ьом"] {
                    all(&format!("{stem}{ending}"), NumberWord::Plain(*value));
                }
            }
        }
    }
    all(THOUSAND, NumberWord::Thousand);
    all(HUNDRED, NumberWord::Hundred);
    all(ONE_AND_HALF, NumberWord::OneAndHalf);
    for (digit, forms) in &DIGIT_NOUNS {
        all(forms, NumberWord::Digit(*digit));
    }
    words
});

/// The same under [`blur`]: for spellings that nobody foresaw. Short words are left out, for they
/// blur into others.
static BLURRED: LazyLock<HashMap<String, NumberWord>> = LazyLock::new(|| {
    WORDS
        .iter()
        .filter(|(form, _)| form.chars().count() >= 4)
        .map(|(form, word)| (blur(form), *word))
        .collect()
});

/// Letters that the two languages and their recognisers swap, as one.
fn blur(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.chars() {
        let letter = match letter {
            'і' | 'ї' | 'ы' | 'й' => 'и',
            'є' | 'э' | 'ё' => 'е',
            'ґ' => 'г',
            'ь' | 'ъ' => continue,
            other => other,
        };
        if letter == 'ц' && out.ends_with('д') {
            out.pop();
        }
        if !out.ends_with(letter) {
            out.push(letter);
        }
    }
    out
}

/// Reads a folded word. `russian` settles the few words that mean two things.
pub(super) fn lookup(word: &str, russian: bool) -> Option<NumberWord> {
    if word.is_ascii() { english(word) } else { cyrillic(word, russian) }
}

fn english(word: &str) -> Option<NumberWord> {
    match word {
        "hundred" | "hundreds" => return Some(NumberWord::Hundred),
        "thousand" | "grand" => return Some(NumberWord::Thousand),
        _ => {}
    }
    let plain =
        |word: &str| ENGLISH.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    if let Some(value) = plain(word) {
        return Some(NumberWord::Plain(value));
    }
    let ordinal = match word {
        "first" => 1,
        "second" => 2,
        "third" => 3,
        "fifth" => 5,
        "eighth" => 8,
        "ninth" => 9,
        "twelfth" => 12,
        _ => match word.strip_suffix("ieth") {
            Some(stem) => plain(&format!("{stem}y"))?,
            None => plain(word.strip_suffix("th")?).filter(|value| *value > 3)?,
        },
    };
    Some(NumberWord::Ordinal(ordinal, Ending::English))
}

fn cyrillic(word: &str, russian: bool) -> Option<NumberWord> {
    let word: String = word.chars().filter(|c| *c != '\'').collect();
    let word = word.as_str();
    if let Some(known) = WORDS.get(word) {
        return Some(*known);
    }
    if let Some(ordinal) = ordinal(word, russian) {
        return Some(ordinal);
    }
    if word.chars().count() < 4 {
        return None;
    }
    BLURRED.get(&blur(word)).copied()
}

fn ordinal(word: &str, russian: bool) -> Option<NumberWord> {
    if let Some(rest) = word.strip_prefix("трет")
        && let Some(ending) = third_ending(rest)
    {
        return Some(NumberWord::Ordinal(3, ending));
    }
    if let Some(rest) = word.strip_prefix("друг")
        && !russian
    {
        // "Друга" without a noun in the genitive case is left to the reader; "друг" is a friend.
        let ending = ordinal_ending(rest).filter(|_| {
            ["ий", "а", "у", "ої", "ою", "ій", "ого", "е", "ому", "им", "і", "их"].contains(&rest)
        })?;
        return Some(NumberWord::Ordinal(2, ending));
    }
    ORDINAL_STEMS.iter().find_map(|(value, stems)| {
        stems.split_ascii_whitespace().find_map(|stem| {
            let ending = ordinal_ending(word.strip_prefix(stem)?)?;
            Some(NumberWord::Ordinal(*value, ending))
        })
    })
}

fn third_ending(ending: &str) -> Option<Ending> {
    Some(match ending {
        "ій" | "ьей" => Ending::Locative,
        "ий" => Ending::Masculine,
        "я" | "ю" | "ьої" | "ьою" | "ья" | "ью" => Ending::Feminine,
        "ього" | "ьего" => Ending::Genitive,
        "є" | "ье" => Ending::Neuter,
        "і" | "іх" | "ьи" | "ьих" => Ending::Plural,
        "ьому" | "ім" | "ьему" | "ьим" | "ьем" => Ending::Other,
        _ => return None,
    })
}

fn ordinal_ending(ending: &str) -> Option<Ending> {
    Some(match ending {
        "ий" | "ый" => Ending::Masculine,
        "а" | "у" | "ої" | "ою" | "ая" | "ую" => Ending::Feminine,
        "ій" | "ой" => Ending::Locative,
        "ого" => Ending::Genitive,
        "е" | "ое" => Ending::Neuter,
        "і" | "их" | "ими" | "ые" | "ых" | "ыми" => Ending::Plural,
        "ому" | "им" | "ім" | "ым" | "ом" => Ending::Other,
        _ => return None,
    })
}

/// The ending that a recogniser hangs on figures: "25th", "25-го", "10-та".
pub(super) fn figure_ending(suffix: &str) -> Option<Ending> {
    Some(match suffix {
        "st" | "nd" | "rd" | "th" => Ending::English,
        "й" | "ий" | "ый" => Ending::Masculine,
        "та" | "ша" | "га" | "ма" | "а" | "я" | "ая" | "ту" | "шу" | "гу" | "му" | "у" | "ю"
        | "ую" | "ої" | "тої" | "мої" => Ending::Feminine,
        "ій" | "тій" | "шій" | "гій" | "мій" | "ой" => Ending::Locative,
        "го" | "ого" | "того" => Ending::Genitive,
        "те" | "ше" | "ге" | "ме" | "е" | "є" | "ое" => Ending::Neuter,
        "ті" | "ї" | "і" | "х" | "их" | "тих" | "ых" | "ые" | "ми" => {
            Ending::Plural
        }
        "ому" | "тому" | "м" | "им" | "ым" => Ending::Other,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_of_number_words_are_known() {
        for (word, value) in [
            ("п'ять", 5),
            ("пять", 5),
            ("семи", 7),
            ("двохсот", 200),
            ("дев'яноста", 90),
            ("ninety", 90),
        ] {
            assert_eq!(lookup(word, false), Some(NumberWord::Plain(value)), "{word}");
        }
        for (word, value, ending) in [
            ("десятій", 10, Ending::Locative),
            ("третю", 3, Ending::Feminine),
            ("п'ятого", 5, Ending::Genitive),
            ("twentieth", 20, Ending::English),
            ("sixth", 6, Ending::English),
        ] {
            assert_eq!(lookup(word, false), Some(NumberWord::Ordinal(value, ending)), "{word}");
        }
        for word in ["другу мати", "стоп", "top", "tooth", "weight", "сьогодні", "стати"]
        {
            assert_eq!(lookup(word, false), None, "{word}");
        }
    }
}
