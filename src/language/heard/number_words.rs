//! Words for numbers, in all their cases, in both languages (and the Russian forms that callers
//! in Ukraine mix in).

/// What a word contributes to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberWord {
    /// A value below one thousand: 5, 15, 50, 200.
    Plain(u32),
    /// The English "hundred": multiplies what stands before it.
    Hundred,
    /// A thousand: multiplies what stands before it.
    Thousand,
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
    /// "другий".
    Masculine,
    /// "друга", "другу", "другої": hours are feminine.
    Feminine,
    /// "другій", and also "третій".
    Locative,
    /// "другого": days are said so.
    Genitive,
    /// "друге": days, too ("на друге").
    Neuter,
    /// Other cases.
    Other,
}

/// Reads a folded word.
pub(super) fn lookup(word: &str) -> Option<NumberWord> {
    if word.is_ascii() { english(word) } else { ukrainian(word) }
}

const ENGLISH: [(&str, u32); 30] = [
    ("zero", 0),
    ("nought", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

fn english(word: &str) -> Option<NumberWord> {
    match word {
        "hundred" | "hundreds" => return Some(NumberWord::Hundred),
        "thousand" => return Some(NumberWord::Thousand),
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

/// Whole words; cases spelled out. The apostrophe is dropped before comparing.
const CARDINALS: [(u32, &[&str]); 39] = [
    (0, &["нуль", "нуля", "ноль", "нулі", "нулів"]),
    (1, &["один", "одна", "одне", "одну", "одного", "одній", "одної", "одному", "одним"]),
    (2, &["два", "дві", "двох", "двом", "двома", "двоє", "две"]),
    (3, &["три", "трьох", "трьом", "трьома", "троє"]),
    (4, &["чотири", "чотирьох", "чотирьом", "чотирма", "четверо", "четыре"]),
    (5, &["пять", "пяти", "пятьох", "пятьом", "пятьма", "пятеро"]),
    (6, &["шість", "шести", "шістьох", "шістьма", "шестеро", "шесть"]),
    (7, &["сім", "семи", "сімох", "сімома", "семеро", "семь"]),
    (8, &["вісім", "восьми", "вісьмох", "вісьмома", "восемь"]),
    (9, &["девять", "девяти", "девятьох"]),
    (10, &["десять", "десяти", "десятьох"]),
    (11, &["одинадцять", "одинадцяти", "одиннадцать"]),
    (12, &["дванадцять", "дванадцяти", "двенадцать"]),
    (13, &["тринадцять", "тринадцяти", "тринадцать"]),
    (14, &["чотирнадцять", "чотирнадцяти", "четырнадцать"]),
    (15, &["пятнадцять", "пятнадцяти", "пятнадцать"]),
    (16, &["шістнадцять", "шістнадцяти", "шестнадцать"]),
    (17, &["сімнадцять", "сімнадцяти", "семнадцать"]),
    (18, &["вісімнадцять", "вісімнадцяти", "восемнадцать"]),
    (19, &["девятнадцять", "девятнадцяти", "девятнадцать"]),
    (20, &["двадцять", "двадцяти", "двадцать"]),
    (30, &["тридцять", "тридцяти", "тридцать"]),
    (40, &["сорок", "сорока"]),
    (50, &["пятдесят", "пятдесяти", "пятьдесят"]),
    (60, &["шістдесят", "шістдесяти", "шестьдесят"]),
    (70, &["сімдесят", "сімдесяти", "семьдесят"]),
    (80, &["вісімдесят", "вісімдесяти", "восемьдесят"]),
    (90, &["девяносто", "девяноста"]),
    (100, &["сто", "ста"]),
    (200, &["двісті", "двохсот", "двести"]),
    (300, &["триста", "трьохсот"]),
    (400, &["чотириста", "чотирьохсот", "четыреста"]),
    (500, &["пятсот", "пятисот", "пятьсот"]),
    (600, &["шістсот", "шестисот", "шестьсот"]),
    (700, &["сімсот", "семисот", "семьсот"]),
    (800, &["вісімсот", "восьмисот", "восемьсот"]),
    (900, &["девятсот", "девятисот", "девятьсот"]),
    (1000, &["тисяча", "тисячі", "тисяч", "тисячу", "тисячею", "тысяча", "тысячи"]),
    (1000, &["тис"]),
];

const ORDINAL_STEMS: [(u32, &str); 23] = [
    (1, "перш"),
    (2, "друг"),
    (4, "четверт"),
    (5, "пят"),
    (6, "шост"),
    (7, "сьом"),
    (8, "восьм"),
    (9, "девят"),
    (10, "десят"),
    (11, "одинадцят"),
    (12, "дванадцят"),
    (13, "тринадцят"),
    (14, "чотирнадцят"),
    (15, "пятнадцят"),
    (16, "шістнадцят"),
    (17, "сімнадцят"),
    (18, "вісімнадцят"),
    (19, "девятнадцят"),
    (20, "двадцят"),
    (30, "тридцят"),
    (40, "сороков"),
    (50, "пятдесят"),
    (100, "сот"),
];

const DIGIT_NOUNS: [(u32, &[&str]); 9] = [
    (1, &["одиниця", "одиниці", "одиниць", "одинички"]),
    (2, &["двійка", "двійки", "двійок"]),
    (3, &["трійка", "трійки", "трійок"]),
    (4, &["четвірка", "четвірки", "четвірок"]),
    (5, &["пятірка", "пятірки", "пятірок"]),
    (6, &["шістка", "шістки", "шісток"]),
    (7, &["сімка", "сімки", "сімок"]),
    (8, &["вісімка", "вісімки", "вісімок"]),
    (9, &["девятка", "девятки", "девяток"]),
];

fn ukrainian(word: &str) -> Option<NumberWord> {
    // Recognisers often lose the apostrophe, so it is not compared.
    let word: String = word.chars().filter(|c| *c != '\'').collect();
    let word = word.as_str();
    if let Some((value, _)) = CARDINALS.iter().find(|(_, forms)| forms.contains(&word)) {
        return Some(if *value == 1000 { NumberWord::Thousand } else { NumberWord::Plain(*value) });
    }
    if let Some((value, _)) = DIGIT_NOUNS.iter().find(|(_, forms)| forms.contains(&word)) {
        return Some(NumberWord::Digit(*value));
    }
    let third = match word {
        "третій" => Some(Ending::Locative),
        "третя" | "третю" | "третьої" | "третьою" => Some(Ending::Feminine),
        "третього" => Some(Ending::Genitive),
        "третє" => Some(Ending::Neuter),
        "третьому" | "треті" | "третіх" | "третім" => Some(Ending::Other),
        _ => None,
    };
    if let Some(ending) = third {
        return Some(NumberWord::Ordinal(3, ending));
    }
    ORDINAL_STEMS.iter().find_map(|(value, stem)| {
        let ending = ordinal_ending(word.strip_prefix(stem)?)?;
        Some(NumberWord::Ordinal(*value, ending))
    })
}

fn ordinal_ending(ending: &str) -> Option<Ending> {
    Some(match ending {
        "ий" => Ending::Masculine,
        "а" | "у" | "ої" | "ою" => Ending::Feminine,
        "ій" => Ending::Locative,
        "ого" => Ending::Genitive,
        "е" => Ending::Neuter,
        "ому" | "им" | "і" | "их" | "ими" => Ending::Other,
        _ => return None,
    })
}

/// The ending that a recogniser hangs on figures: "25th", "25-го", "10-та".
pub(super) fn figure_ending(suffix: &str) -> Option<Ending> {
    Some(match suffix {
        "st" | "nd" | "rd" | "th" => Ending::English,
        "й" | "ий" => Ending::Masculine,
        "та" | "ша" | "га" | "а" | "я" | "ту" | "шу" | "гу" | "у" | "ю" | "ої" => {
            Ending::Feminine
        }
        "ій" | "тій" | "шій" | "гій" => Ending::Locative,
        "го" | "ого" => Ending::Genitive,
        "те" | "ше" | "ге" | "е" | "є" => Ending::Neuter,
        "му" | "ті" | "ї" | "х" => Ending::Other,
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
            assert_eq!(lookup(word), Some(NumberWord::Plain(value)), "{word}");
        }
        for (word, value, ending) in [
            ("десятій", 10, Ending::Locative),
            ("третю", 3, Ending::Feminine),
            ("п'ятого", 5, Ending::Genitive),
            ("twentieth", 20, Ending::English),
            ("sixth", 6, Ending::English),
        ] {
            assert_eq!(lookup(word), Some(NumberWord::Ordinal(value, ending)), "{word}");
        }
        for word in ["другу мати", "стоп", "top", "tooth", "weight", "сьогодні", "стати"]
        {
            assert_eq!(lookup(word), None, "{word}");
        }
    }
}
