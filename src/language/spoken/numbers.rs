//! Numbers in words.

use crate::language::Language;

/// The gender of what is counted; only Ukrainian hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    Masculine,
    Feminine,
    Neuter,
}

/// The form of an ordinal; only Ukrainian hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Masculine,
    Feminine,
    FeminineAccusative,
    FeminineGenitive,
    FeminineLocative,
    Genitive,
    Neuter,
}

const ONES_EN: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS_EN: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ONES_UK: [&str; 20] = [
    "нуль",
    "один",
    "два",
    "три",
    "чотири",
    "п'ять",
    "шість",
    "сім",
    "вісім",
    "дев'ять",
    "десять",
    "одинадцять",
    "дванадцять",
    "тринадцять",
    "чотирнадцять",
    "п'ятнадцять",
    "шістнадцять",
    "сімнадцять",
    "вісімнадцять",
    "дев'ятнадцять",
];
const TENS_UK: [&str; 10] = [
    "",
    "",
    "двадцять",
    "тридцять",
    "сорок",
    "п'ятдесят",
    "шістдесят",
    "сімдесят",
    "вісімдесят",
    "дев'яносто",
];
const HUNDREDS_UK: [&str; 10] = [
    "",
    "сто",
    "двісті",
    "триста",
    "чотириста",
    "п'ятсот",
    "шістсот",
    "сімсот",
    "вісімсот",
    "дев'ятсот",
];

/// A cardinal: "two hundred five", "двісті п'ять".
pub(super) fn cardinal(number: u64, gender: Gender, language: Language) -> String {
    if number == 0 {
        return match language {
            Language::En => ONES_EN[0].to_owned(),
            Language::Uk | Language::Ru => ONES_UK[0].to_owned(),
        };
    }
    let mut words: Vec<String> = Vec::new();
    for (power, unit) in
        [(4, 1_000_000_000_000), (3, 1_000_000_000), (2, 1_000_000), (1, 1000), (0, 1)]
    {
        // What is above the greatest name is counted in it.
        let group = if power == 4 { number / unit } else { number / unit % 1000 };
        if group == 0 {
            continue;
        }
        match language {
            Language::En => {
                words.push(if group < 1000 {
                    below_thousand_en(group)
                } else {
                    cardinal(group, gender, language)
                });
                words.extend(
                    ["", "thousand", "million", "billion", "trillion"]
                        .get(power)
                        .map(ToString::to_string),
                );
            }
            Language::Uk | Language::Ru => {
                let inner = match power {
                    0 => gender,
                    1 => Gender::Feminine,
                    _ => Gender::Masculine,
                };
                // "Тисяча двісті": a leading one is not said.
                let silent_one = power == 1 && group == 1 && words.is_empty();
                if !silent_one {
                    words.push(if group < 1000 {
                        below_thousand_uk(group, inner)
                    } else {
                        cardinal(group, inner, language)
                    });
                }
                let forms = [
                    ["", "", ""],
                    ["тисяча", "тисячі", "тисяч"],
                    ["мільйон", "мільйони", "мільйонів"],
                    ["мільярд", "мільярди", "мільярдів"],
                    ["трильйон", "трильйони", "трильйонів"],
                ];
                words.push(plural(group, forms[power]).to_owned());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn below_thousand_en(number: u64) -> String {
    let mut words: Vec<String> = Vec::new();
    if number >= 100 {
        words.push(format!("{} hundred", ONES_EN[(number / 100) as usize]));
    }
    let (tens, ones) = ((number % 100 / 10) as usize, (number % 10) as usize);
    match number % 100 {
        0 => {}
        small @ 1..=19 => words.push(ONES_EN[small as usize].to_owned()),
        _ if ones == 0 => words.push(TENS_EN[tens].to_owned()),
        _ => words.push(format!("{}-{}", TENS_EN[tens], ONES_EN[ones])),
    }
    words.join(" ")
}

fn below_thousand_uk(number: u64, gender: Gender) -> String {
    let mut words: Vec<&str> = vec![HUNDREDS_UK[(number / 100 % 10) as usize]];
    let mut rest = (number % 100) as usize;
    if rest >= 20 {
        words.push(TENS_UK[rest / 10]);
        rest %= 10;
    }
    words.push(match (rest, gender) {
        (0, _) => "",
        (1, Gender::Feminine) => "одна",
        (1, Gender::Neuter) => "одне",
        (2, Gender::Feminine) => "дві",
        (other, _) => ONES_UK[other],
    });
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// The Ukrainian noun form after a number: [one, two to four, many].
pub(super) const fn plural(number: u64, forms: [&str; 3]) -> &str {
    match (number % 10, number % 100) {
        (_, 11..=14) => forms[2],
        (1, _) => forms[0],
        (2..=4, _) => forms[1],
        _ => forms[2],
    }
}

/// An ordinal: "twenty-fifth", "двадцять п'ятого".
pub(super) fn ordinal(number: u64, form: Form, language: Language) -> String {
    match language {
        Language::En => ordinal_en(number),
        Language::Uk | Language::Ru => ordinal_uk(number, form),
    }
}

fn ordinal_en(number: u64) -> String {
    let words = cardinal(number, Gender::Masculine, Language::En);
    let cut = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = words.split_at(cut);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => other
            .strip_suffix('y')
            .map_or_else(|| format!("{other}th"), |stem| format!("{stem}ieth")),
    };
    format!("{head}{last}")
}

fn ordinal_uk(number: u64, form: Form) -> String {
    const ONES: [&str; 20] = [
        "нульов",
        "перш",
        "друг",
        "трет",
        "четверт",
        "п'ят",
        "шост",
        "сьом",
        "восьм",
        "дев'ят",
        "десят",
        "одинадцят",
        "дванадцят",
        "тринадцят",
        "чотирнадцят",
        "п'ятнадцят",
        "шістнадцят",
        "сімнадцят",
        "вісімнадцят",
        "дев'ятнадцят",
    ];
    const TENS: [&str; 10] = [
        "",
        "",
        "двадцят",
        "тридцят",
        "сороков",
        "п'ятдесят",
        "шістдесят",
        "сімдесят",
        "вісімдесят",
        "дев'яност",
    ];
    const HUNDREDS: [&str; 10] = [
        "",
        "сот",
        "двохсот",
        "трьохсот",
        "чотирьохсот",
        "п'ятисот",
        "шестисот",
        "семисот",
        "восьмисот",
        "дев'ятисот",
    ];
    let (rest, stem): (u64, &str) = match number {
        0..=19 => (0, ONES[number as usize]),
        _ if !matches!(number % 100, 0 | 10..=19) && !number.is_multiple_of(10) => {
            (number - number % 10, ONES[(number % 10) as usize])
        }
        _ if matches!(number % 100, 1..=19) => {
            (number - number % 100, ONES[(number % 100) as usize])
        }
        _ if !number.is_multiple_of(100) => {
            (number - number % 100, TENS[(number % 100 / 10) as usize])
        }
        _ if !number.is_multiple_of(1000) => {
            (number - number % 1000, HUNDREDS[(number % 1000 / 100) as usize])
        }
        2000 => (0, "двотисячн"),
        _ => (number / 1000, "тисячн"),
    };
    let soft = stem == "трет";
    let ending = match (form, soft) {
        (Form::Masculine, false) => "ий",
        (Form::Feminine, false) => "а",
        (Form::Feminine, true) => "я",
        (Form::FeminineAccusative, false) => "у",
        (Form::FeminineAccusative, true) => "ю",
        (Form::FeminineGenitive, false) => "ої",
        (Form::FeminineGenitive, true) => "ьої",
        (Form::Masculine, true) | (Form::FeminineLocative, _) => "ій",
        (Form::Genitive, false) => "ого",
        (Form::Genitive, true) => "ього",
        (Form::Neuter, false) => "е",
        (Form::Neuter, true) => "є",
    };
    if rest == 0 {
        return format!("{stem}{ending}");
    }
    format!("{} {stem}{ending}", cardinal(rest, Gender::Masculine, Language::Uk))
}

/// Figures as they are dictated: leading zeros are said, long rows are said digit by digit.
pub(super) fn dictated(digits: &str, language: Language) -> String {
    let zeros = digits.bytes().take_while(|digit| *digit == b'0').count();
    if digits.len() > 9 || zeros == digits.len() {
        return spelled(digits, language);
    }
    let mut words = spelled(&digits[..zeros], language);
    if zeros > 0 {
        words.push(' ');
    }
    words + &cardinal(digits[zeros..].parse().unwrap_or(0), Gender::Masculine, language)
}

/// Digit by digit.
pub(super) fn spelled(digits: &str, language: Language) -> String {
    digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| cardinal(u64::from(digit - b'0'), Gender::Masculine, language))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Uk};

    #[test]
    fn cardinals_are_worded() {
        for (number, gender, uk) in [
            (0, Gender::Masculine, "нуль"),
            (1, Gender::Feminine, "одна"),
            (22, Gender::Feminine, "двадцять дві"),
            (21, Gender::Neuter, "двадцять одне"),
            (205, Gender::Masculine, "двісті п'ять"),
            (1000, Gender::Masculine, "тисяча"),
            (2012, Gender::Feminine, "дві тисячі дванадцять"),
            (21_000, Gender::Masculine, "двадцять одна тисяча"),
            (5_000_001, Gender::Feminine, "п'ять мільйонів одна"),
        ] {
            assert_eq!(cardinal(number, gender, Uk), uk);
        }
        for (number, en) in
            [(205, "two hundred five"), (55, "fifty-five"), (2800, "two thousand eight hundred")]
        {
            assert_eq!(cardinal(number, Gender::Masculine, En), en);
        }
        assert!(!cardinal(u64::MAX, Gender::Masculine, Uk).is_empty());
    }

    #[test]
    fn ordinals_are_worded() {
        for (number, form, uk) in [
            (25, Form::Genitive, "двадцять п'ятого"),
            (3, Form::FeminineLocative, "третій"),
            (3, Form::FeminineAccusative, "третю"),
            (20, Form::Neuter, "двадцяте"),
            (11, Form::FeminineLocative, "одинадцятій"),
            (2026, Form::Genitive, "дві тисячі двадцять шостого"),
            (2000, Form::Genitive, "двотисячного"),
            (112, Form::Masculine, "сто дванадцятий"),
        ] {
            assert_eq!(ordinal(number, form, Uk), uk);
        }
        for (number, en) in [(1, "first"), (20, "twentieth"), (25, "twenty-fifth"), (12, "twelfth")]
        {
            assert_eq!(ordinal(number, Form::Masculine, En), en);
        }
        assert!(!ordinal(u64::MAX, Form::Genitive, Uk).is_empty());
    }
}
