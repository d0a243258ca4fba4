//! People's names: they are heard as names, so that no "Середа" becomes a Wednesday.

use super::Heard;
use super::items::{Item, ItemKind};
use super::reader::Reader;

/// What comes before a name for sure.
const STRONG: &[&str] = &[
    "my name is",
    "my name's",
    "the name is",
    "the name's",
    "surname is",
    "my surname is",
    "last name is",
    "my last name is",
    "under the name",
    "мене звати",
    "мене звуть",
    "звати мене",
    "моє ім'я",
    "моє прізвище",
    "прізвище",
    "прізвище моє",
    "на прізвище",
    "ім'я",
    "на ім'я",
    "меня зовут",
    "моё имя",
    "мое имя",
    "моя фамилия",
    "фамилия",
    "фамилия моя",
    "на фамилию",
    "на имя",
    "зовут меня",
    "звать меня",
    "меня звать",
    "мене зовуть",
    "по батькові",
    "отчество",
    "ім'я та прізвище",
    "имя и фамилия",
];
/// What comes before a name if it has a capital letter.
const WEAK: &[&str] = &[
    "i'm",
    "i am",
    "mr",
    "mrs",
    "ms",
    "mister",
    "пан",
    "пані",
    "пане",
    "господин",
    "госпожа",
    "дядя",
    "дядько",
];

/// Takes the caller's own name: "my name is X", "I'm X", "мене звати X" and nothing less.
pub(super) fn read(reader: &mut Reader<'_>) {
    for at in 0..reader.items.len() {
        let sure = STRONG.iter().filter_map(|phrase| reader.phrase(at, phrase)).max();
        let weak = WEAK.iter().find_map(|phrase| reader.phrase(at, phrase));
        let Some(length) = sure.or(weak) else { continue };
        let mut first = at + length;
        // "My name is, um, Ann": commas and fillers in between.
        while reader.is_word(first, &["um", "uh", "ну", "е", "э", "це", "это"])
            || sure.is_some()
                && matches!(reader.free(first).and_then(Item::mark), Some(',' | ':' | '-' | '—'))
            || weak.is_some() && reader.free(first).and_then(Item::mark) == Some('.')
        {
            first += 1;
        }
        if let Some((last, name)) = name_at(reader, first, sure.is_none()) {
            reader.drop_items(at, first);
            reader.take(first, last, Heard::Name(name));
        }
    }
}

/// One or two words of a name. After a weak lead ("I'm") they must be capitalised in the text.
fn name_at(reader: &Reader<'_>, first: usize, capital_needed: bool) -> Option<(usize, String)> {
    let mut names: Vec<String> = Vec::new();
    let mut last = first;
    for at in first..first + 3 {
        let Some(item) = reader.free(at) else { break };
        let ItemKind::Word(word) = &item.kind else { break };
        let original = &reader.text[item.start..item.end];
        let capital = original.chars().next().is_some_and(char::is_uppercase);
        // A second word without a capital beside a first one with it begins the rest.
        let needed = capital_needed || (at > first && (starts_upper(&names) || names.len() > 1));
        if NOT_NAMES.contains(&word.as_str()) || (needed && !capital) || word.chars().count() < 2 {
            break;
        }
        names.push(capital_then_rest(original));
        last = at;
    }
    (!names.is_empty()).then(|| (last, names.join(" ")))
}

fn starts_upper(names: &[String]) -> bool {
    names.first().is_some_and(|name| name.chars().next().is_some_and(char::is_uppercase))
}

fn capital_then_rest(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Words after "my name is" that begin something else.
const NOT_NAMES: &[&str] = &[
    "not",
    "on",
    "in",
    "the",
    "a",
    "an",
    "and",
    "from",
    "calling",
    "looking",
    "here",
    "sorry",
    "fine",
    "ok",
    "okay",
    "yes",
    "no",
    "i",
    "i'm",
    "my",
    "is",
    "it",
    "that",
    "this",
    "for",
    "with",
    "at",
    "to",
    "just",
    "so",
    "well",
    "interested",
    "afraid",
    "sure",
    "ready",
    "happy",
    "good",
    "free",
    "by",
    "but",
    "if",
    "please",
    "thank",
    "thanks",
    "driving",
    "going",
    "trying",
    "не",
    "і",
    "й",
    "та",
    "а",
    "я",
    "на",
    "у",
    "в",
    "з",
    "із",
    "мені",
    "хочу",
    "телефоную",
    "дзвоню",
    "так",
    "ні",
    "там",
    "це",
    "будь",
    "дякую",
    "машина",
    "автомобіль",
    "авто",
    "номер",
    "потрібно",
    "треба",
    "запишіть",
    "мне",
    "с",
    "и",
    "нужно",
    "нужны",
    "звоню",
    "хотел",
    "хотела",
    "запишите",
    "нет",
    "да",
    "там",
    "ваше",
    "ваша",
    "яке",
    "какое",
    "какая",
    "моє",
    "моё",
    "моя",
    "отримувача",
    "водія",
];
