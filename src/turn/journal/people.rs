//! Who is in a journal, and who stands in their place in a fixture: the same stranger each time.

use crate::language::Language;
use crate::language::heard::{Context, Heard, spot};
use crate::language::words::{Kind, Token, tokens};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::ops::Range;
use uuid::Uuid;

/// Digits of a telephone number without its country.
const PHONE_DIGITS: usize = 9;
/// A number of so many digits tells who somebody is: a contract, a telephone.
const LONG_DIGITS_MIN: usize = 8;
/// Shorter words of a name are too common to be looked for: initials, "de".
const NAME_CHARS_MIN: usize = 3;
/// Characters of an id as it is written.
const UUID_CHARS: usize = 36;
/// What an address says beside names.
const ADDRESS_WORDS: &[&str] = &[
    "street",
    "avenue",
    "road",
    "lane",
    "square",
    "apartment",
    "house",
    "flat",
    "building",
    "вулиця",
    "вул",
    "проспект",
    "просп",
    "бульвар",
    "провулок",
    "площа",
    "квартира",
    "будинок",
    "улица",
    "ул",
    "переулок",
    "площадь",
    "дом",
    "кв",
    "буд",
];
const LATIN: [&str; 6] = ["Alex", "Sample", "Robin", "Model", "Sandy", "Proof"];
const CYRILLIC: [&str; 6] = ["Олекса", "Зразок", "Микола", "Приклад", "Данило", "Взірець"];

/// What was found, each with its stranger.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The last nine digits of telephones.
    phones: BTreeMap<String, String>,
    plates: BTreeMap<String, String>,
    /// Words of names and addresses, lower case.
    words: BTreeMap<String, String>,
    numbers: BTreeMap<String, String>,
    ids: BTreeMap<Uuid, Uuid>,
}

impl People {
    /// A telephone number, in any form that holds its digits.
    pub(super) fn meet_phone(&mut self, digits: &str) {
        if let Some(nine) = last_nine(digits) {
            let count = self.phones.len() + 1;
            self.phones.entry(nine.to_owned()).or_insert_with(|| format!("5000000{count:02}"));
        }
    }

    /// A number plate.
    pub(super) fn meet_plate(&mut self, plate: &str) {
        let plate: String = plate.chars().filter(|c| c.is_alphanumeric()).collect();
        let has = |of: fn(&char) -> bool| plate.chars().any(|c| of(&c));
        if has(char::is_ascii_digit) && has(|c| c.is_alphabetic()) && plate.len() <= 16 {
            let count = self.plates.len() + 1;
            self.plates.entry(plate.to_uppercase()).or_insert_with(|| format!("AA{count:04}AA"));
        }
    }

    /// A name or an address: its words from now on mean nobody.
    pub(super) fn meet_words(&mut self, text: &str) {
        for token in tokens(text) {
            let long = token.text.chars().count() >= NAME_CHARS_MIN;
            if token.kind != Kind::Word || !long || token.is_any(ADDRESS_WORDS) {
                continue;
            }
            let latin = token.text.is_ascii();
            let strangers = if latin { LATIN } else { CYRILLIC };
            let count = self.words.keys().filter(|word| word.is_ascii() == latin).count();
            let name = strangers[count % strangers.len()].to_owned();
            let again = count / strangers.len();
            let more = if latin { "x" } else { "ко" }.repeat(again);
            self.words.entry(token.text).or_insert(name + &more);
        }
    }

    /// Everybody whom a caller's words name.
    pub(super) fn meet_caller_text(&mut self, text: &str, language: Language) {
        for found in spotted(text, language) {
            match found.value {
                Heard::Phone(phone) => self.meet_phone(phone.reveal()),
                Heard::Plate(plate) => self.meet_plate(&plate),
                Heard::Name(name) => self.meet_words(&name),
                _ => {}
            }
        }
    }

    /// The stranger's digits for a telephone's, of the same length; the same digits for any other
    /// number.
    pub(super) fn digits(&mut self, digits: &str) -> String {
        if let Some(nine) = last_nine(digits)
            && let Some(stranger) = self.phones.get(nine)
        {
            return format!("{}{stranger}", &digits[..digits.len() - PHONE_DIGITS]);
        }
        // Article numbers begin so; they belong to nobody.
        if digits.len() < LONG_DIGITS_MIN || digits.starts_with("000") {
            return digits.to_owned();
        }
        let count = self.numbers.len() + 1;
        let width = digits.len();
        let stranger = self.numbers.entry(digits.to_owned());
        stranger.or_insert_with(|| format!("9{count:0>rest$}", rest = width - 1)).clone()
    }

    /// The text about strangers.
    pub(super) fn strange(&mut self, text: &str, language: Language) -> String {
        let mut changes: Vec<(Range<usize>, String)> = Vec::new();
        for place in ids_in(text) {
            if let Ok(id) = text[place.clone()].parse::<Uuid>() {
                changes.push((place, self.id(id).to_string()));
            }
        }
        for found in spotted(text, language) {
            let place = found.start..found.end;
            let stranger = match found.value {
                Heard::Phone(phone) => {
                    let stranger = self.digits(phone.reveal().trim_start_matches('+'));
                    match &text[place.clone()] {
                        said if said.starts_with('+') => format!("+{stranger}"),
                        said if said.starts_with("38") => stranger,
                        _ => stranger.replacen("38", "", 1),
                    }
                }
                Heard::Plate(number) => {
                    let number: String = number.chars().filter(|c| c.is_alphanumeric()).collect();
                    let Some(stranger) = self.plates.get(&number.to_uppercase()) else { continue };
                    stranger.clone()
                }
                _ => continue,
            };
            add(&mut changes, place, stranger);
        }
        for token in tokens(text) {
            let place = token.start..token.end;
            let stranger = match token.kind {
                Kind::Number => self.digits(&token.text),
                Kind::Word => self.word(&token).unwrap_or_default(),
                Kind::Mark => continue,
            };
            if !stranger.is_empty() && stranger != text[place.clone()] {
                add(&mut changes, place, stranger);
            }
        }
        changes.sort_by_key(|(place, _)| place.start);
        let (mut out, mut from) = (String::with_capacity(text.len()), 0);
        for (place, stranger) in changes {
            out.push_str(&text[from..place.start]);
            out.push_str(&stranger);
            from = place.end;
        }
        out + &text[from..]
    }

    fn id(&mut self, id: Uuid) -> Uuid {
        let count = self.ids.len() as u128 + 1;
        // Version 4, variant 1, and a number.
        let stranger = Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0000 | count);
        *self.ids.entry(id).or_insert(stranger)
    }

    /// The stranger of a word, also of one with another ending: names are declined.
    fn word(&self, token: &Token) -> Option<String> {
        if let Some(stranger) = self.words.get(&token.text) {
            return Some(stranger.clone());
        }
        let chars = token.text.chars().count();
        let declined = |word: &&String| {
            let length = word.chars().count();
            let stem: String = word.chars().take(length.saturating_sub(1)).collect();
            length >= 5 && !word.is_ascii() && chars <= length + 2 && token.text.starts_with(&stem)
        };
        self.words.keys().find(declined).and_then(|word| self.words.get(word)).cloned()
    }

    /// A word or number of a text that still tells who somebody is.
    pub(super) fn left_in(&self, text: &str) -> Option<&'static str> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if self.phones.keys().chain(self.numbers.keys()).any(|n| digits.contains(n.as_str())) {
            return Some("a telephone or another long number");
        }
        if self.plates.keys().any(|plate| text.to_uppercase().contains(plate.as_str())) {
            return Some("a number plate");
        }
        if self.ids.keys().any(|id| text.contains(&id.to_string())) {
            return Some("an id");
        }
        let named =
            |token: &Token| token.kind == Kind::Word && self.words.contains_key(&token.text);
        tokens(text).iter().any(named).then_some("a name")
    }
}

/// Values that may name somebody; the catalogue has nothing to do with them.
fn spotted(text: &str, language: Language) -> Vec<crate::language::heard::Spotted> {
    let today = NaiveDate::default();
    spot(text, language, &Context { today, sizes: &[], brands: &[] })
}

fn last_nine(digits: &str) -> Option<&str> {
    let digits = digits.trim_start_matches('+');
    let legal = (PHONE_DIGITS..=15).contains(&digits.len());
    let legal = legal && digits.bytes().all(|byte| byte.is_ascii_digit());
    legal.then(|| &digits[digits.len() - PHONE_DIGITS..])
}

fn add(changes: &mut Vec<(Range<usize>, String)>, place: Range<usize>, stranger: String) {
    let free =
        |(taken, _): &(Range<usize>, String)| place.end <= taken.start || taken.end <= place.start;
    if changes.iter().all(free) {
        changes.push((place, stranger));
    }
}

/// Where ids stand.
fn ids_in(text: &str) -> Vec<Range<usize>> {
    let part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let (bytes, mut found, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| part(byte)).count();
        if length == UUID_CHARS {
            found.push(at..at + length);
        }
        at += length.max(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_person_is_the_same_stranger_in_every_form() {
        let mut people = People::default();
        people.meet_phone("+380671234567");
        people.meet_plate("AA 1234 BB");
        people.meet_words("Оксана Коваль");
        people.meet_words("5 Khreshchatyk street");
        let mut strange = |text: &str| people.strange(text, Language::Uk);
        assert_eq!(strange("+380671234567"), "+380500000001");
        assert_eq!(strange("мій номер 0671234567"), "мій номер 0500000001");
        let said = "мій номер нуль шість сім один два три чотири п'ять шість сім";
        assert_eq!(strange(said), "мій номер 0500000001");
        assert_eq!(strange("для Оксани Коваль"), "для Олекса Зразок");
        assert_eq!(strange("Khreshchatyk street, 5"), "Alex street, 5");
        assert_eq!(strange("номер AA1234BB"), "номер AA0001AA");
        assert_eq!(strange("205/55 R16 о 10:20"), "205/55 R16 о 10:20");
        assert_eq!(strange("00000010495"), "00000010495");
        let id = "018f4e3c-0000-7000-8000-0000000000aa";
        assert_eq!(strange(id), "00000000-0000-4000-8000-000000000001");
        assert_eq!(strange(&format!("[{id}]")), "[00000000-0000-4000-8000-000000000001]");
        assert_eq!(people.left_in("+380 50 000 00 01, Олекса"), None);
        for text in ["067 123 45 67", "aa1234bb", "Оксана", id] {
            assert!(people.left_in(text).is_some(), "{text}");
        }
    }
}
