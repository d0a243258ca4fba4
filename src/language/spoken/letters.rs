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

/// A letter beside a figure: of a house, or a speed index, where a Latin one keeps its own name.
pub(super) fn letter(letter: char, language: Language) -> String {
    let upper: String = letter.to_uppercase().collect();
    if language == Language::En {
        return upper;
    }
    let ukrainian = language == Language::Uk;
    let name = match upper.as_str() {
        "A" => "а",
        "B" => {
            if ukrainian {
                "бі"
            } else {
                "би"
            }
        }
        "C" => {
            if ukrainian {
                "це"
            } else {
                "цэ"
            }
        }
        "D" => {
            if ukrainian {
                "ді"
            } else {
                "ди"
            }
        }
        "E" => {
            if ukrainian {
                "е"
            } else {
                "е"
            }
        }
        "F" => {
            if ukrainian {
                "еф"
            } else {
                "эф"
            }
        }
        "G" => {
            if ukrainian {
                "джі"
            } else {
                "джи"
            }
        }
        "H" => "аш",
        "I" => {
            if ukrainian {
                "і"
            } else {
                "и"
            }
        }
        "J" => {
            if ukrainian {
                "джей"
            } else {
                "джей"
            }
        }
        "K" => "ка",
        "L" => {
            if ukrainian {
                "ел"
            } else {
                "эл"
            }
        }
        "M" => {
            if ukrainian {
                "ем"
            } else {
                "эм"
            }
        }
        "N" => {
            if ukrainian {
                "ен"
            } else {
                "эн"
            }
        }
        "O" => "о",
        "P" => {
            if ukrainian {
                "пе"
            } else {
                "пэ"
            }
        }
        "Q" => "кю",
        "R" => {
            if ukrainian {
                "ер"
            } else {
                "эр"
            }
        }
        "S" => {
            if ukrainian {
                "ес"
            } else {
                "эс"
            }
        }
        "T" => {
            if ukrainian {
                "те"
            } else {
                "тэ"
            }
        }
        "U" => "у",
        "V" => {
            if ukrainian {
                "ві"
            } else {
                "вэ"
            }
        }
        "W" => "дабл-ю",
        "X" => {
            if ukrainian {
                "ікс"
            } else {
                "икс"
            }
        }
        "Y" => {
            if ukrainian {
                "ігрек"
            } else {
                "игрек"
            }
        }
        "Z" => {
            if ukrainian {
                "зет"
            } else {
                "зэт"
            }
        }
        other => return cyrillic_name(other, language),
    };
    name.to_owned()
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
