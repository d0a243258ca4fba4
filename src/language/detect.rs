//! Which language an utterance is in, by its letters and its commonest words.

use super::Language;
use super::words::{Kind, tokens};

/// Fewer letters than this say nothing: "OK", "R 16".
const LETTERS_MIN: usize = 4;

/// One function word alone may have slipped in from the other language.
const SCORE_MIN: u32 = 2;

/// Words that only Ukrainian has, among those without one of its letters.
const UKRAINIAN: &str = "так ще щоб та або що як де коли треба потрібно добре побачення дякую зараз мене мені звати \
    це цей ця мабуть будь ласка чи яка який яке буде може можна якщо тому він вона вони дуже \
    шини гума колеса скільки коштує чому тільки вже замовити зимова зимове \
    перевзути вулиця була було хвилину гривень чотири години була маю машина нема немає";
/// Words that only Russian has.
const RUSSIAN: &str = "да нет что как где когда надо нужно нужна нужен хорошо спасибо сейчас зовут это этот \
    эта наверное пожалуйста какая какой какое будет может можно если потому он она они очень шины \
    резина колеса сколько стоит почему только уже заказать запись запишите меня мне есть или чтобы \
    зимняя зимние летние летняя улица была было минуту четыре часов часа цена машина нету подскажите \
    здравствуйте свидания скажите записаться с и";

/// The language of a text by its script and words; `None` if it is too short or mixed.
///
/// One script must have at least four letters and clearly outweigh the other. Cyrillic needs the
/// smaller margin: its callers say brands and models in Latin letters, English ones say nothing in
/// Cyrillic. Within Cyrillic the letters that only one language has decide, then its function
/// words; surzhyk that has as much of both is nobody's.
#[must_use]
pub fn language_of(text: &str) -> Option<Language> {
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    let cyrillic = text.chars().filter(|c| ('\u{0400}'..='\u{04FF}').contains(c)).count();
    if cyrillic >= LETTERS_MIN && cyrillic * 2 > latin * 3 {
        cyrillic_language(text)
    } else if latin >= LETTERS_MIN && latin > cyrillic * 5 {
        Some(Language::En)
    } else {
        None
    }
}

/// Words with a letter of one language weigh two, function words one.
fn cyrillic_language(text: &str) -> Option<Language> {
    let (mut ukrainian, mut russian) = (0_u32, 0_u32);
    for token in tokens(text).iter().filter(|token| token.kind == Kind::Word) {
        let word = token.text.as_str();
        let has = |letters: &str| word.chars().any(|c| letters.contains(c));
        let (theirs, ours) = (listed(RUSSIAN, word), listed(UKRAINIAN, word));
        // An apostrophe inside a word is a Ukrainian letter, too.
        ukrainian += 2 * u32::from(has("іїєґ'")) + u32::from(ours && !theirs);
        russian += 2 * u32::from(has("ыэъё")) + u32::from(theirs && !ours);
    }
    match (ukrainian, russian) {
        _ if ukrainian.max(russian) < SCORE_MIN => None,
        (ukrainian, russian) if ukrainian > russian * 2 => Some(Language::Uk),
        (ukrainian, russian) if russian > ukrainian * 2 => Some(Language::Ru),
        _ => None,
    }
}

/// Ways to name the language that one speaks.
const NAMED: &[(Language, &[&str])] = &[
    (
        Language::En,
        &[
            "in english",
            "англійською",
            "по-англійськи",
            "по-английски",
            "на английском",
            "на англійській",
        ],
    ),
    (
        Language::Uk,
        &[
            "in ukrainian",
            "українською",
            "по-українськи",
            "по-украински",
            "на украинском",
            "на українській",
        ],
    ),
    (
        Language::Ru,
        &["in russian", "російською", "по-російськи", "по-русски", "на русском", "на російській"],
    ),
];
/// After a verb of speaking the bare name is enough: "do you speak Russian?"
const AFTER_SPEAK: &[(Language, &str)] =
    &[(Language::En, "english"), (Language::Uk, "ukrainian"), (Language::Ru, "russian")];
/// In longer lines a language is mentioned, not asked for: "the manual is in English".
const REQUEST_WORDS_MAX: usize = 7;

/// The language that a line asks to go on in ("можна українською?", "do you speak English?");
/// `None` for a line that asks for none or has more words than such a request.
#[must_use]
pub fn language_asked_for(text: &str) -> Option<Language> {
    let words: Vec<String> = tokens(text).into_iter().map(|token| token.text).collect();
    let line = format!(" {} ", text.to_lowercase().replace(['?', '!', '.', ','], " "));
    let count = words.iter().filter(|word| word.chars().any(char::is_alphabetic)).count();
    if count > REQUEST_WORDS_MAX {
        return None;
    }
    let named = NAMED.iter().find_map(|(language, ways)| {
        ways.iter().any(|way| line.contains(&format!(" {way} "))).then_some(*language)
    });
    let speaks = ["speak ", "talk ", "switch to "].iter().any(|verb| line.contains(verb));
    named.or_else(|| {
        let after = AFTER_SPEAK.iter().find(|(_, name)| line.contains(&format!(" {name} ")));
        after.filter(|_| speaks || count <= 2).map(|(language, _)| *language)
    })
}

fn listed(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|listed| listed == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_words_tell_the_language() {
        let cases = [
            ("I need winter tyres", Some(Language::En)),
            ("Мені потрібні зимові шини Michelin", Some(Language::Uk)),
            ("Мне нужны зимние шины Michelin", Some(Language::Ru)),
            ("Здравствуйте, сколько стоит резина?", Some(Language::Ru)),
            ("Скажите, а можно записаться на завтра", Some(Language::Ru)),
            ("а завтра можно на десять", None),
            ("Запишіть мене, будь ласка", Some(Language::Uk)),
            ("Дякую, до побачення", Some(Language::Uk)),
            ("Спасибо, до свидания", Some(Language::Ru)),
            ("Чотири шини на сімнадцять", Some(Language::Uk)),
            ("Четыре штуки, пожалуйста", Some(Language::Ru)),
            ("Та не надо", None),
            ("хочу шини зимние", None),
            ("ok", None),
            ("205/55 R16", None),
            ("так", None),
            ("", None),
            ("Michelin, так", None),
        ];
        for (text, expected) in cases {
            assert_eq!(language_of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_language_is_asked_for_by_its_name() {
        let cases = [
            ("Do you speak English?", Some(Language::En)),
            ("English, please", Some(Language::En)),
            ("Can we talk in Russian?", Some(Language::Ru)),
            ("можно по-русски?", Some(Language::Ru)),
            ("А можна українською, будь ласка?", Some(Language::Uk)),
            ("давайте на украинском", Some(Language::Uk)),
            ("говорите по-английски?", Some(Language::En)),
            ("Is the manual of that English car in English or in another language?", None),
            ("I want winter tyres for an English car", None),
            ("російські шини", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(language_asked_for(text), expected, "{text}");
        }
    }
}
