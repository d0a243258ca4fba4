//! Order numbers as people say them and as shops write them.

/// Cyrillic capitals that look like Latin ones: a caller's "В" and a shop's "B" are one letter.
const LOOK_ALIKES: [(char, char); 13] = [
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('І', 'I'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
];

/// True if `said` names the order that the shop writes as `written`: without regard to case,
/// spaces and marks, to letters that look alike, and to zeros in front. Who says only the figures
/// of a lettered number means that order too; who says other letters does not.
#[must_use]
pub fn same_order_number(written: &str, said: &str) -> bool {
    let (written, said) = (letters_and_digits(written), letters_and_digits(said));
    let lettered = |number: &str| number.chars().any(char::is_alphabetic);
    if written == said {
        return !written.is_empty();
    }
    if lettered(&written) && lettered(&said) {
        return false;
    }
    let figures = figures(&said);
    !figures.is_empty() && figures == self::figures(&written)
}

fn letters_and_digits(number: &str) -> String {
    let upper = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase);
    upper
        .map(|c| {
            LOOK_ALIKES.iter().find(|(cyrillic, _)| *cyrillic == c).map_or(c, |(_, latin)| *latin)
        })
        .collect()
}

/// The digits without zeros in front.
fn figures(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::same_order_number;

    #[test]
    fn one_order_is_said_in_many_ways() {
        for (written, said) in [
            ("10001", "10001"),
            ("10001", "№ 10 001"),
            ("10001", "order 10001"),
            ("V777001", "v 777-001"),
            ("V777001", "777001"),
            ("ТВ-55", "tb55"),
            ("0000123", "123"),
        ] {
            assert!(same_order_number(written, said), "{written} as {said}");
        }
    }

    #[test]
    fn other_letters_or_figures_are_another_order() {
        for (written, said) in [
            ("V777001", "W777001"),
            ("V777001", "777002"),
            ("V777001", "V77700"),
            ("10001", "1000"),
            ("V", "order"),
            ("000", "0"),
            ("", ""),
        ] {
            assert!(!same_order_number(written, said), "{written} as {said}");
        }
    }
}
