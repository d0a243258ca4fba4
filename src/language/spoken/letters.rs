//! Letters as they are spelled.

use crate::language::Language;

/// A letter as it is spelled on a plate, where only look-alikes of both alphabets stand. English
/// voices spell capitals by themselves.
pub(super) fn plate_letter(letter: char, language: Language) -> String {
    let upper: String = letter.to_uppercase().collect();
    if language == Language::En {
        return latin_look_alike(&upper).to_owned();
    }
    let cyrillic = match upper.as_str() {
        "A" => "А",
        "B" => "В",
        "C" => "С",
        "E" => "Е",
        "H" => "Н",
        "I" => "І",
        "K" => "К",
        "M" => "М",
        "O" => "О",
        "P" => "Р",
        "T" => "Т",
        "X" => "Х",
        other => other,
    };
    cyrillic_name(cyrillic, language)
}

fn latin_look_alike(upper: &str) -> &str {
    match upper {
        "А" => "A",
        "В" => "B",
        "Е" => "E",
        "І" => "I",
        "К" => "K",
        "М" => "M",
        "Н" => "H",
        "О" => "O",
        "Р" => "P",
        "С" => "C",
        "Т" => "T",
        "Х" => "X",
        other => other,
    }
}

/// Latin capitals, in Ukrainian and in Russian.
const LATIN: [(&str, &str, &str); 26] = [
    ("A", "а", "а"),
    ("B", "бі", "би"),
    ("C", "це", "цэ"),
    ("D", "ді", "ди"),
    ("E", "е", "е"),
    ("F", "еф", "эф"),
    ("G", "джі", "джи"),
    ("H", "аш", "аш"),
    ("I", "і", "и"),
    ("J", "джей", "джей"),
    ("K", "ка", "ка"),
    ("L", "ел", "эл"),
    ("M", "ем", "эм"),
    ("N", "ен", "эн"),
    ("O", "о", "о"),
    ("P", "пе", "пэ"),
    ("Q", "кю", "кю"),
    ("R", "ер", "эр"),
    ("S", "ес", "эс"),
    ("T", "те", "тэ"),
    ("U", "у", "у"),
    ("V", "ві", "вэ"),
    ("W", "дабл-ю", "дабл-ю"),
    ("X", "ікс", "икс"),
    ("Y", "ігрек", "игрек"),
    ("Z", "зет", "зэт"),
];

/// A letter beside a figure: of a house, or a speed index, where a Latin one keeps its own name.
pub(super) fn letter(letter: char, language: Language) -> String {
    let upper: String = letter.to_uppercase().collect();
    if language == Language::En {
        return upper;
    }
    match LATIN.iter().find(|(latin, ..)| *latin == upper) {
        Some((_, _, russian)) if language == Language::Ru => (*russian).to_owned(),
        Some((_, ukrainian, _)) => (*ukrainian).to_owned(),
        None => cyrillic_name(&upper, language),
    }
}

/// The name of a Cyrillic capital.
fn cyrillic_name(upper: &str, language: Language) -> String {
    let ukrainian = language == Language::Uk;
    let vowel = if ukrainian { 'е' } else { 'э' };
    let name = match upper {
        "Б" | "В" | "Г" | "Д" | "П" | "Т" | "Ц" | "Ж" | "З" | "Ч" => {
            let lower = upper.to_lowercase();
            match upper {
                "Ч" => "че".to_owned(),
                "Ж" if !ukrainian => "жэ".to_owned(),
                "З" if !ukrainian => "зэ".to_owned(),
                _ => format!("{lower}{vowel}"),
            }
        }
        "Л" | "М" | "Н" | "Р" | "С" | "Ф" => {
            let lower = upper.to_lowercase();
            format!("{vowel}{lower}")
        }
        "К" => "ка".to_owned(),
        "Х" => "ха".to_owned(),
        "Ш" => "ша".to_owned(),
        "Щ" => "ща".to_owned(),
        other => other.to_lowercase(),
    };
    // "І" of a plate is no letter of Russian.
    if name == "і" && !ukrainian { "и".to_owned() } else { name }
}
