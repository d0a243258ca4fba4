//! Finding a place by the words that a caller used for it.
//!
//! Callers decline names ("на Троєщині", "on the Left Bank") and mix letters of two alphabets
//! into one sound, so words are compared folded and by a common beginning; all words that say
//! something must match, because matching any of them finds the wrong city.

use super::cities::city_of;
use std::sync::LazyLock;

/// Shorter words (on, at, вул) name no place.
const TOKEN_CHARS_MIN: usize = 4;
/// Endings change after about this many letters.
const PREFIX_CHARS: usize = 5;
/// Words that say what kind of place it is, not which one.
const KINDS: &[&str] = &[
    "улица",
    "улице",
    "улицу",
    "вулицю",
    "районе",
    "станция",
    "станции",
    "станцию",
    "станцію",
    "город",
    "городе",
    "возле",
    "около",
    "поруч",
    "рядом",
    "недалеко",
    "метро",
    "мікрорайон",
    "микрорайон",
    "шиномонтаж",
    "проспекті",
    "проспекте",
    "площа",
    "площі",
    "площадь",
    "площади",
    "highway",
    "embankment",
    "lane",
    "шосе",
    "набережна",
    "набережній",
    "street",
    "district",
    "station",
    "fitting",
    "road",
    "avenue",
    "square",
    "city",
    "town",
    "near",
    "вулиця",
    "вулиці",
    "район",
    "районі",
    "станція",
    "станції",
    "проспект",
    "місто",
    "місті",
    "біля",
];

/// Lower-case Latin letters without doubled ones, one for each group of sounds that callers, recognisers and spellings
/// confuse: a shop may write "Darnytsia" where a caller says "на Дарниці".
#[must_use]
pub fn fold(text: &str) -> String {
    let letters = text
        .chars()
        .flat_map(char::to_lowercase)
        .fold(String::with_capacity(text.len()), |mut folded, letter| {
            match latin(letter) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(letter),
            }
            folded
        })
        // One letter, three romanisations. Two cities change their stems when declined, and have
        // Russian spellings.
        .replace("ie", "e")
        .replace("kiev", "kiiv")
        .replace("kev", "kiiv")
        .replace("lvov", "lviv");
    // "Одесса", "Вінниця": doubled letters are heard as one.
    letters.chars().fold(String::with_capacity(letters.len()), |mut folded, letter| {
        if !(letter.is_alphabetic() && folded.ends_with(letter)) {
            folded.push(letter);
        }
        folded
    })
}

/// The Ukrainian official romanisation, with `y` and `i` as one.
const fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'g' => "h",
        'д' => "d",
        'е' | 'э' => "e",
        'є' => "ie",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' | 'ы' | 'й' | 'y' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ю' => "iu",
        'я' => "ia",
        'ё' => "io",
        'ь' | 'ъ' | '\'' | '’' | 'ʼ' | '`' => "",
        _ => return None,
    })
}

/// The words of `text` that can name a place, folded.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| {
            // A city in any language and case is one word; "Чернігові" begins like "Чернівці".
            if let Some(city) = city_of(word) {
                return Some(city.to_owned());
            }
            let says_something = word.chars().count() >= TOKEN_CHARS_MIN
                && !FOLDED_KINDS.iter().any(|kind| kind == word);
            says_something.then(|| word.to_owned())
        })
        .collect();
    // The other words of a city's name say nothing more once the city is known.
    for (city, companions) in COMPANIONS {
        if tokens.iter().any(|word| word == city) {
            tokens.retain(|word| !companions.iter().any(|stem| word.starts_with(stem)));
        }
    }
    tokens
}

/// Cities of two words, and how the words beside the telling one begin, folded.
const COMPANIONS: &[(&str, &[&str])] = &[
    ("Кривий Ріг", &["roh", "roz"]),
    ("Біла Церква", &["bil", "bel"]),
    ("Івано-Франківськ", &["ivano"]),
    ("Кам'янець-Подільський", &["podil", "podol"]),
];

static FOLDED_KINDS: LazyLock<Vec<String>> =
    LazyLock::new(|| KINDS.iter().map(|kind| fold(kind)).collect());

/// Two folded words are forms of one name.
fn alike(left: &str, right: &str) -> bool {
    let city = |word: &str| !word.is_ascii();
    if city(left) || city(right) {
        return left == right;
    }
    let common = left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
    let shorter = left.chars().count().min(right.chars().count());
    common >= PREFIX_CHARS.min(shorter)
}

/// True if every naming word of `query` stands in one of `fields`. A query without such words
/// matches nothing.
#[must_use]
pub fn place_matches(query: &str, fields: &[&str]) -> bool {
    let wanted = tokens(query);
    let there: Vec<String> = fields.iter().flat_map(|field| tokens(field)).collect();
    !wanted.is_empty() && wanted.iter().all(|word| there.iter().any(|known| alike(word, known)))
}

/// True if some naming word of one of `fields` occurs in `sentence`, in any form: the looser
/// question, for a whole sentence of a caller in which most words name no place.
#[must_use]
pub fn place_named_in(sentence: &str, fields: &[&str]) -> bool {
    let said = tokens(sentence);
    fields
        .iter()
        .flat_map(|field| tokens(field))
        .any(|known| said.iter().any(|word| alike(word, &known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 4] = ["Шинний двір", "Київ", "Троєщина", "вул. Закревського, 12"];

    #[test]
    fn a_declined_name_finds_its_place() {
        assert!(place_matches("на Троєщині", &FIELDS));
        assert!(place_matches("троещина", &FIELDS));
        assert!(place_matches("Закревського", &FIELDS));
        assert!(place_matches("в Києві", &FIELDS));
    }

    #[test]
    fn a_name_is_found_across_alphabets_and_cases() {
        assert!(place_matches("на Дарниці", &["Darnytsia", "Kyiv"]));
        assert!(place_matches("у Львові", &["Zelena", "Lviv"]));
        assert!(place_matches("у Києві", &["Obolon", "Kyiv"]));
        assert!(place_matches("Киев", &["Obolon", "Kyiv"]));
        assert!(place_matches("Kiev", &["Оболонь", "Київ"]));
        assert!(place_matches("на Перемозі", &["Peremoha", "Dnipro"]));
        assert!(!place_matches("у Львові", &["Peremoha", "Dnipro"]));
    }

    #[test]
    fn cities_that_begin_alike_stay_apart() {
        assert!(place_matches("у Чернігові", &["Чернігів"]));
        assert!(!place_matches("у Чернігові", &["Чернівці"]));
        assert!(place_matches("в Одессе", &["Одеса"]));
        assert!(place_matches("в Днепре", &["Peremoha", "Dnipro"]));
        assert!(place_matches("з Кривого Рогу", &["Кривий Ріг"]));
        assert!(place_matches("Белая Церковь", &["Біла Церква"]));
        assert!(place_matches("в Николаеве", &["Миколаїв"]));
    }

    #[test]
    fn letters_that_sound_alike_are_one() {
        assert!(place_matches("на Галицькій", &["вул. Ґалицька"]));
        assert!(place_matches("Европейская", &["Європейська"]));
        assert!(place_matches("выставка", &["Виставка"]));
    }

    #[test]
    fn every_naming_word_must_match() {
        assert!(!place_matches("Львів Закревського", &FIELDS));
        assert!(!place_matches("Одеса", &FIELDS));
    }

    #[test]
    fn words_that_name_nothing_match_nothing() {
        assert!(!place_matches("", &FIELDS));
        assert!(!place_matches("на вул", &FIELDS));
        assert!(!place_matches("вулиця", &FIELDS));
    }

    #[test]
    fn a_sentence_names_a_place_with_one_of_its_words() {
        assert!(place_named_in("the one in Podil would suit me", &["North", "Podil"]));
        assert!(!place_named_in("the earliest time you have", &["North", "Podil"]));
    }
}
