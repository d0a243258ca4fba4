//! Numbers in words: what all languages share. The words themselves stand in [`super::english`],
//! [`super::ukrainian`] and [`super::russian`].

use super::{english, russian, ukrainian};
use crate::language::Language;

/// The gender of what is counted; English does not hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    Masculine,
    Feminine,
    Neuter,
}

/// The six cases that Ukrainian and Russian numbers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Nominative,
    Genitive,
    Dative,
    Accusative,
    Instrumental,
    Locative,
}

impl Case {
    /// In the order of every table here.
    pub const ALL: [Self; 6] = [
        Self::Nominative,
        Self::Genitive,
        Self::Dative,
        Self::Accusative,
        Self::Instrumental,
        Self::Locative,
    ];
}

/// Forms by case, in the order of [`Case::ALL`].
pub(super) type Forms = [&'static str; 6];

/// The words that a Slavic language builds its cardinals from.
pub(super) struct Cardinals {
    /// Zero.
    pub zero: Forms,
    /// One by gender.
    pub one: [Forms; 3],
    /// Two by gender.
    pub two: [Forms; 3],
    /// Three to nineteen.
    pub small: [Forms; 17],
    /// Twenty, thirty to ninety.
    pub tens: [Forms; 8],
    /// A hundred, two hundred to nine hundred.
    pub hundreds: [Forms; 9],
    /// Thousand, million, milliard, billion: one of it and many.
    pub powers: [[Forms; 2]; 4],
    /// True where two to four take the genitive singular, as in Russian.
    pub few_are_genitive: bool,
}

impl Cardinals {
    fn of(language: Language) -> Option<&'static Self> {
        match language {
            Language::En => None,
            Language::Uk => Some(&ukrainian::CARDINALS),
            Language::Ru => Some(&russian::CARDINALS),
        }
    }

    fn say(&self, number: u64, gender: Gender, case: Case) -> String {
        if number == 0 {
            return self.zero[case as usize].to_owned();
        }
        let mut words: Vec<String> = Vec::new();
        for power in (0..=4_usize).rev() {
            let unit = 1000_u64.pow(power as u32);
            // What is above the greatest name is counted in it.
            let group = if power == 4 { number / unit } else { number / unit % 1000 };
            if group == 0 {
                continue;
            }
            let inner = match power {
                0 => gender,
                1 => Gender::Feminine,
                _ => Gender::Masculine,
            };
            // "Тисяча двісті": a leading one is not said.
            if !(power == 1 && group == 1 && words.is_empty()) {
                words.push(if group < 1000 {
                    self.below_thousand(group, inner, case)
                } else {
                    self.say(group, inner, case)
                });
            }
            if let Some([one, many]) = power.checked_sub(1).map(|at| &self.powers[at]) {
                words.push(count_form(one, many, group, case, self.few_are_genitive).to_owned());
            }
        }
        words.join(" ")
    }

    fn below_thousand(&self, number: u64, gender: Gender, case: Case) -> String {
        let case = case as usize;
        let mut words: Vec<&str> = Vec::new();
        if let Some(hundred) = (number / 100).checked_sub(1) {
            words.push(self.hundreds[hundred as usize][case]);
        }
        let mut rest = (number % 100) as usize;
        if rest >= 20 {
            words.push(self.tens[rest / 10 - 2][case]);
            rest %= 10;
        }
        match rest {
            0 => {}
            1 => words.push(self.one[gender as usize][case]),
            2 => words.push(self.two[gender as usize][case]),
            _ => words.push(self.small[rest - 3][case]),
        }
        words.join(" ")
    }
}

/// The form of a noun after a number, from its forms for one and for many.
pub(super) fn count_form<'a>(
    one: &[&'a str; 6],
    many: &[&'a str; 6],
    number: u64,
    case: Case,
    few_are_genitive: bool,
) -> &'a str {
    let direct = matches!(case, Case::Nominative | Case::Accusative);
    match Count::of(number) {
        Count::One => one[case as usize],
        Count::Few if direct && few_are_genitive => one[Case::Genitive as usize],
        Count::Few if direct => many[Case::Nominative as usize],
        Count::Many if direct => many[Case::Genitive as usize],
        Count::Few | Count::Many => many[case as usize],
    }
}

/// How a number is felt by the noun after it: 1 and 21, 2 to 4 and 22, the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    One,
    Few,
    Many,
}

impl Count {
    /// Of a number.
    pub const fn of(number: u64) -> Self {
        match (number % 10, number % 100) {
            (_, 11..=14) => Self::Many,
            (1, _) => Self::One,
            (2..=4, _) => Self::Few,
            _ => Self::Many,
        }
    }
}

/// A cardinal: "two hundred five", "двісті п'ять", "двухсот пяти".
pub(super) fn cardinal(number: u64, gender: Gender, case: Case, language: Language) -> String {
    Cardinals::of(language)
        .map_or_else(|| english::cardinal(number), |words| words.say(number, gender, case))
}

/// A number with the gender of nothing in particular, in the nominative.
pub(super) fn plain(number: u64, language: Language) -> String {
    cardinal(number, Gender::Masculine, Case::Nominative, language)
}

/// An ordinal: "twenty-fifth", "двадцять п'ятого", "двадцать пятого".
pub(super) fn ordinal(number: u64, gender: Gender, case: Case, language: Language) -> String {
    let last = match language {
        Language::En => return english::ordinal(number),
        Language::Uk => ukrainian::ordinal,
        Language::Ru => russian::ordinal,
    };
    // Only the last word of an ordinal is one.
    let (rest, end) = match number {
        0..=20 => (0, number),
        _ if (1..20).contains(&(number % 100)) => (number - number % 100, number % 100),
        _ if !number.is_multiple_of(10) => (number - number % 10, number % 10),
        _ if !number.is_multiple_of(100) => (number - number % 100, number % 100),
        _ if !number.is_multiple_of(1000) => (number - number % 1000, number % 1000),
        1000 | 2000 => (0, number),
        _ => (number / 1000, 1000),
    };
    let last = last(end, gender, case);
    if rest == 0 { last } else { format!("{} {last}", plain(rest, language)) }
}

/// Figures as they are dictated: leading zeros are said, long rows are said digit by digit.
pub(super) fn dictated(digits: &str, language: Language) -> String {
    let zeros = digits.bytes().take_while(|digit| *digit == b'0').count();
    // English spells a code, the others say its figures after the zeros as a number.
    if digits.len() > 9
        || zeros == digits.len()
        || (zeros > 0 && (language == Language::En || digits.len() - zeros > 3))
    {
        return spelled(digits, language);
    }
    let mut words = spelled(&digits[..zeros], language);
    if zeros > 0 {
        words.push(' ');
    }
    words + &plain(digits[zeros..].parse().unwrap_or(0), language)
}

/// Digit by digit.
pub(super) fn spelled(digits: &str, language: Language) -> String {
    digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| plain(u64::from(digit - b'0'), language))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Case::{Accusative, Dative, Genitive, Instrumental, Locative, Nominative};
    use Gender::{Feminine, Masculine, Neuter};
    use Language::{En, Ru, Uk};

    #[test]
    fn cardinals_are_worded() {
        for (number, gender, case, uk, ru) in [
            (0, Masculine, Nominative, "нуль", "ноль"),
            (1, Feminine, Accusative, "одну", "одну"),
            (22, Feminine, Nominative, "двадцять дві", "двадцать две"),
            (21, Neuter, Nominative, "двадцять одне", "двадцать одно"),
            (5, Masculine, Instrumental, "п'ятьма", "пятью"),
            (40, Masculine, Dative, "сорока", "сорока"),
            (2, Masculine, Locative, "двох", "двух"),
            (2800, Feminine, Genitive, "двох тисяч восьмисот", "двух тысяч восьмисот"),
            (1000, Masculine, Genitive, "тисячі", "тысячи"),
            (
                21_001,
                Feminine,
                Accusative,
                "двадцять одну тисячу одну",
                "двадцать одну тысячу одну",
            ),
            (5_000_001, Feminine, Nominative, "п'ять мільйонів одна", "пять миллионов одна"),
        ] {
            assert_eq!(cardinal(number, gender, case, Uk), uk);
            assert_eq!(cardinal(number, gender, case, Ru), ru);
        }
        for (number, en) in
            [(205, "two hundred five"), (55, "fifty-five"), (2800, "two thousand eight hundred")]
        {
            assert_eq!(plain(number, En), en);
        }
        for language in [En, Uk, Ru] {
            assert!(!plain(u64::MAX, language).is_empty());
        }
    }

    #[test]
    fn ordinals_are_worded() {
        for (number, gender, case, uk, ru) in [
            (25, Masculine, Genitive, "двадцять п'ятого", "двадцать пятого"),
            (3, Feminine, Locative, "третій", "третьей"),
            (3, Feminine, Accusative, "третю", "третью"),
            (20, Neuter, Nominative, "двадцяте", "двадцатое"),
            (2, Masculine, Nominative, "другий", "второй"),
            (6, Masculine, Nominative, "шостий", "шестой"),
            (40, Masculine, Nominative, "сороковий", "сороковой"),
            (11, Feminine, Locative, "одинадцятій", "одиннадцатой"),
            (
                2026,
                Masculine,
                Locative,
                "дві тисячі двадцять шостому",
                "две тысячи двадцать шестом",
            ),
            (2000, Masculine, Genitive, "двотисячного", "двухтысячного"),
            (112, Masculine, Nominative, "сто дванадцятий", "сто двенадцатый"),
        ] {
            assert_eq!(ordinal(number, gender, case, Uk), uk);
            assert_eq!(ordinal(number, gender, case, Ru), ru);
        }
        for (number, en) in [(1, "first"), (20, "twentieth"), (25, "twenty-fifth"), (12, "twelfth")]
        {
            assert_eq!(ordinal(number, Masculine, Nominative, En), en);
        }
        for language in [En, Uk, Ru] {
            assert!(!ordinal(u64::MAX, Masculine, Genitive, language).is_empty());
        }
    }
}
