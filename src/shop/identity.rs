//! Who phones: identity rests on the number that the network gave, never on text.

use crate::pii::Phone;
use crate::turn::Caller;

/// What a network writes when it gives no number.
const WITHHELD: [&str; 6] =
    ["anonymous", "unknown", "private", "restricted", "unavailable", "asterisk"];

/// Reads the caller's number as networks and dialplans write it (`+380671234567`,
/// `380671234567`, `0671234567`, `00380671234567`) for a shop whose numbers begin with `prefix`
/// (for example `+380`). Anything that is not a number counts as withheld.
#[must_use]
pub fn caller(given: Option<&str>, prefix: &str) -> Caller {
    let Some(given) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Caller::Withheld;
    };
    if WITHHELD.iter().any(|word| given.eq_ignore_ascii_case(word)) {
        return Caller::Withheld;
    }
    let Some(phone) = normalise(given, prefix) else { return Caller::Withheld };
    if phone.reveal().starts_with(prefix) { Caller::Known(phone) } else { Caller::Foreign(phone) }
}

/// Whether a network could have given this: a number in any writing, or a word for none.
#[must_use]
pub fn is_known_writing(given: &str, prefix: &str) -> bool {
    WITHHELD.iter().any(|word| given.trim().eq_ignore_ascii_case(word))
        || normalise(given.trim(), prefix).is_some()
}

/// A number in E.164, or `None` if the text is not one.
#[must_use]
pub fn normalise(given: &str, prefix: &str) -> Option<Phone> {
    let legal = given.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    if !legal {
        return None;
    }
    let international = given.trim_start().starts_with('+');
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    let country = prefix.trim_start_matches('+');
    let e164 = if international {
        digits
    } else if let Some(rest) = digits.strip_prefix("00") {
        rest.to_owned()
    } else if let Some(national) = digits.strip_prefix('0') {
        format!("{country}{national}")
    } else {
        digits
    };
    Phone::parse(&format!("+{e164}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Caller {
        Caller::Known(Phone::parse(text).unwrap())
    }

    #[test]
    fn one_number_in_all_its_writings_is_one_caller() {
        for text in
            ["+380671234567", "380671234567", "0671234567", "00380671234567", "+38 (067) 123-45-67"]
        {
            assert_eq!(caller(Some(text), "+380"), known("+380671234567"), "{text}");
        }
    }

    #[test]
    fn a_number_from_elsewhere_is_no_identity() {
        let phone = Phone::parse("+15551230001").unwrap();
        assert_eq!(caller(Some("+15551230001"), "+380"), Caller::Foreign(phone));
    }

    #[test]
    fn no_number_words_and_garbage_count_as_withheld() {
        for text in
            [None, Some(""), Some("anonymous"), Some("Unknown"), Some("sip:evil@host"), Some("12")]
        {
            assert_eq!(caller(text, "+380"), Caller::Withheld, "{text:?}");
        }
    }
}
