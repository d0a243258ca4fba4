//! Abbreviations in full, and marks of formatting away.

use super::governing::cases_after;
use super::numbers::Case;
use super::short_forms::{BARE, DOTTED, PLACE_FORMS, PLACE_FORMS_RU, PLACES, Short};
use super::{Said, Script, english_short, weekdays};
use crate::language::Language;

/// These may close a sentence: "… 2800 грн."
const CLOSING: &[&str] = &[
    "грн",
    "шт",
    "р",
    "рр",
    "гг",
    "год",
    "хв",
    "мин",
    "тис",
    "тыс",
    "коп",
    "млн",
    "ін",
    "др",
    "вкл",
    "обл",
    "р-н",
    "пн",
    "компл",
];

/// Endings of a street's name after "на" where somebody goes to it.
const TOWARDS: &[&str] = &["ську", "цьку", "зьку", "ову", "еву", "ну", "ую"];

/// The beginnings of towns that addresses name after "м.".
const TOWNS: &[&str] = &[
    "ки",
    "льв",
    "одес",
    "харьк",
    "харк",
    "днепр",
    "дніпр",
    "запор",
    "винниц",
    "вінниц",
    "полтав",
    "черн",
    "житом",
    "херсон",
    "никола",
    "микола",
    "сум",
    "ровн",
    "рівн",
    "луц",
    "терноп",
    "ива",
    "іва",
    "хмель",
    "черкас",
    "кроп",
    "ужгор",
    "бровар",
    "ірпін",
    "ирпен",
    "буч",
    "бел",
    "біл",
    "крив",
    "борисп",
    "вишнев",
    "вишнёв",
];

impl Short {
    fn full(&self, language: Language) -> &'static str {
        if language == Language::Ru { self.2 } else { self.1 }
    }
}

fn find(table: &'static [Short], word: &str, language: Language) -> Option<&'static str> {
    table.iter().find(|short| short.0 == word).map(|short| short.full(language))
}

pub(super) fn expand(script: &Script<'_>, at: usize) -> Said {
    let formatting = ['*', '#', '_', '`'].iter().any(|mark| script.mark(at, *mark));
    if formatting {
        return Some((String::new(), 1));
    }
    if let Some(said) = symbol(script, at) {
        return Some(said);
    }
    script.word(at)?;
    if let Some(said) = so_on(script, at).or_else(|| metro(script, at)) {
        return Some(said);
    }
    if script.language == Language::En
        && let Some(said) = english_short::expand(script, at)
    {
        return Some(said);
    }
    weekdays::expand(script, at).or_else(|| place(script, at)).or_else(|| fixed(script, at))
}

fn symbol(script: &Script<'_>, at: usize) -> Said {
    let say = |en: &str, uk: &str, ru: &str| {
        let word = match script.language {
            Language::En => en,
            Language::Uk => uk,
            Language::Ru => ru,
        };
        Some((word.to_owned(), 1))
    };
    match script.original(at) {
        // "7J x 16".
        "x" | "х" if at > 0 && script.digits(at + 1).is_some() => say("by", "на", "на"),
        "%" => say(" percent", " відсотків", " процентов"),
        "&" => say("and", "і", "и"),
        "₴" => say(" hryvnias", " гривень", " гривен"),
        "°" => say(" degrees", " градусів", " градусов"),
        "=" => say("is", "дорівнює", "равно"),
        "+" if script.digits(at + 1).is_some()
            || (at > 0 && script.glued(at) && script.digits(at - 1).is_some()) =>
        {
            say(" plus ", " плюс ", " плюс ")
        }
        "×" => say("times", "на", "на"),
        // "AI-102": the hyphen of a code is no minus.
        "-" if at > 0
            && script.glued(at)
            && script.word(at - 1).is_some()
            && script.glued_digits(at + 1).is_some() =>
        {
            say(" ", " ", " ")
        }
        _ => None,
    }
}

/// "і т.д.", "и т. п.", "т.е.", "e.g.", "i.e.".
fn so_on(script: &Script<'_>, at: usize) -> Said {
    let dotted = script.glued_mark(at + 1, '.');
    let words = match (script.word(at)?, script.word(at + 2)?, script.language) {
        ("т", "д", Language::Ru) => "так далее",
        ("т", "д", _) => "так далі",
        ("т", "п", Language::Ru) => "тому подобное",
        ("т", "п", _) => "тому подібне",
        ("т", "е", Language::Ru) => "то есть",
        ("т", "зв", _) => "так званий",
        ("e", "g", _) => "for example",
        ("i", "e", _) => "that is",
        _ => return None,
    };
    dotted.then(|| (words.to_owned(), 3 + usize::from(script.inner_stop(at + 3))))
}

/// "ст. м. Лівобережна" is a station of the metro.
fn metro(script: &Script<'_>, at: usize) -> Said {
    if script.word(at)? != "ст" || !script.glued_mark(at + 1, '.') {
        return None;
    }
    (script.word(at + 2)? == "м" && script.glued_mark(at + 3, '.')).then(|| {
        let station = declined("станц", script, at, at + 4);
        (format!("{station} метро"), 4)
    })
}

/// The station in its case.
fn declined(stem: &str, script: &Script<'_>, at: usize, next: usize) -> String {
    let full = match (stem, script.language) {
        (_, Language::Ru) => "станция",
        _ => "станція",
    };
    in_case(full, place_case(script, at, next), script.language)
}

/// "вул.", "м.", "б-р", "р-ні" in the case that their neighbours show.
fn place(script: &Script<'_>, at: usize) -> Said {
    let language = script.language;
    let word = script.word(at)?;
    let hyphenated = script.glued_mark(at + 1, '-') && script.glued(at + 2);
    let (full, case, used) = if hyphenated
        && let Some(tail) = script.word(at + 2)
        && let Some((full, case)) = hyphen_word(word, tail, language)
    {
        (full, case, 3)
    } else {
        if !script.glued_mark(at + 1, '.') {
            return None;
        }
        let full = find(PLACES, word, language)?;
        let after = script.original(at + 2).chars().next();
        // One letter is a place only before a name or a number: "д. 5", "м. Київ".
        let name = after.is_some_and(|first| {
            first.is_uppercase() || first.is_ascii_digit() || matches!(first, '«' | '"' | '№')
        });
        if matches!(word, "д" | "п" | "під" | "від" | "пов" | "эт" | "пер" | "оф" | "кв")
            && !after.is_some_and(|first| {
                first.is_ascii_digit() || (word == "пер" && first.is_uppercase()) || first == '№'
            })
        {
            return None;
        }
        if matches!(word, "м" | "г" | "с") && !name {
            return None;
        }
        (full, None, 2)
    };
    // "б-р. Шевченка" goes on, "р-н." may close a sentence.
    let named = word != "р" && script.glued_mark(at + 3, '.') && script.word(at + 4).is_some();
    let stop = used == 3 && (named || script.inner_stop(at + 3));
    // A Russian "м." is the metro unless a town follows.
    let town =
        script.word(at + 2).is_some_and(|name| TOWNS.iter().any(|stem| name.starts_with(stem)));
    if language == Language::Ru && word == "м" && !town {
        return Some(("метро".to_owned(), 2));
    }
    let closes = used == 2 && closes(script, at, word);
    let used = if closes { 1 } else { used + usize::from(stop) };
    let case = case.unwrap_or_else(|| {
        if word == "обл" {
            case_of_adjective(script.word_before(at))
        } else {
            place_case(script, at, at + used)
        }
    });
    let full = in_case(full, case, language);
    let gap = if closes { "" } else { gap_before(script, at + used) };
    Some((format!("{}{gap}", cased(script.original(at), &full)), used))
}

/// True if the full stop of an abbreviation ends the sentence as well.
fn closes(script: &Script<'_>, at: usize, word: &str) -> bool {
    script.tokens.get(at + 2).is_none() || (CLOSING.contains(&word) && !script.inner_stop(at + 1))
}

/// A space where a word or a figure is glued to the full stop that goes: "вул.Полярна".
fn gap_before(script: &Script<'_>, at: usize) -> &'static str {
    let word = script.word(at).is_some() || script.digits(at).is_some();
    if word && script.glued(at) { " " } else { "" }
}

/// "б-р", "пр-т", "р-ну": the ending shows the case.
fn hyphen_word(head: &str, tail: &str, language: Language) -> Option<(&'static str, Option<Case>)> {
    let (stem, ending) = match (head, tail.chars().next()?) {
        ("б", 'р') | ("р" | "м", 'н') => tail.split_at(tail.chars().next()?.len_utf8()),
        ("пр", _) if tail.starts_with("кт") => tail.split_at("кт".len()),
        ("пр", 'т') => tail.split_at("т".len()),
        _ => return None,
    };
    let full = find(PLACES, &format!("{head}-{stem}"), language)?;
    let case = match (ending, language) {
        ("", _) => None,
        ("у", Language::Ru) => Some(Case::Dative),
        ("у" | "а", _) => Some(Case::Genitive),
        ("і" | "е", _) => Some(Case::Locative),
        ("ом", _) => Some(Case::Instrumental),
        _ => return None,
    };
    Some((full, case))
}

/// The case of a place: its adjective or name shows it, or the preposition does.
fn place_case(script: &Script<'_>, at: usize, next: usize) -> Case {
    let name = script.word(next).unwrap_or_default();
    let shown = name.ends_with("ої")
        || name.ends_with("ого")
        || name.ends_with("ій")
        || name.ends_with("ую");
    let before = script.word_before(at);
    let allowed = before.map_or(&[][..], |word| cases_after(word, script.language));
    let Some(first) = allowed.first() else {
        return if shown && script.language != Language::En {
            case_of_adjective(Some(name))
        } else {
            Case::Nominative
        };
    };
    match before {
        // "на вул. Полярну" is where to, "на вул. Полярна" where.
        Some("на" | "у" | "в" | "во" | "по") => {
            let to = TOWARDS.iter().any(|ending| name.ends_with(ending));
            if to {
                Case::Accusative
            } else if before == Some("по") && script.language == Language::Ru {
                Case::Dative
            } else {
                Case::Locative
            }
        }
        Some("за") => Case::Instrumental,
        _ => *first,
    }
}

/// The case that an adjective's ending shows: "Київської обл.".
fn case_of_adjective(word: Option<&str>) -> Case {
    const ENDINGS: &[(&str, Case)] = &[
        ("ької", Case::Genitive),
        ("ої", Case::Genitive),
        ("ого", Case::Genitive),
        ("кій", Case::Locative),
        ("ій", Case::Locative),
        ("ому", Case::Locative),
        ("ою", Case::Instrumental),
        ("ой", Case::Genitive),
        ("ом", Case::Locative),
        ("ую", Case::Accusative),
        ("ську", Case::Accusative),
    ];
    let word = word.unwrap_or_default();
    ENDINGS
        .iter()
        .find(|(ending, _)| word.ends_with(ending))
        .map_or(Case::Nominative, |(_, case)| *case)
}

fn in_case(full: &str, case: Case, language: Language) -> String {
    let own: &[[&str; 6]] = if language == Language::Ru { PLACE_FORMS_RU } else { &[] };
    own.iter()
        .chain(PLACE_FORMS)
        .find(|forms| forms[0] == full)
        .map_or(full, |forms| forms[case as usize])
        .to_owned()
}

/// What is never declined.
fn fixed(script: &Script<'_>, at: usize) -> Said {
    let word = script.word(at)?;
    let original = script.original(at);
    // "Run Flat" in two words.
    if word == "run" && script.word(at + 1) == Some("flat") && script.language != Language::En {
        let full =
            if script.language == Language::Ru { "ранфлэт" } else { "ранфлет" };
        return Some((full.to_owned(), 2));
    }
    let shouted = original.chars().all(char::is_uppercase);
    if script.glued_mark(at + 1, '.')
        && script.language != Language::En
        && let Some(full) = find(DOTTED, word, script.language)
    {
        let after = script.original(at + 2).chars().next();
        let telephone =
            word != "т" || after.is_some_and(|c| c.is_ascii_digit() || c == '+' || c == '(');
        let year = word != "р" || (at > 0 && script.digits(at - 1).is_some());
        if telephone && year {
            let closes = closes(script, at, word);
            let gap =
                if !closes && script.glued(at + 2) && !script.mark(at + 2, ',') { " " } else { "" };
            return Some((format!("{}{gap}", cased(original, full)), if closes { 1 } else { 2 }));
        }
    }
    // "сто" is a hundred, "СТО" a workshop.
    if matches!(word, "сто" | "тов" | "фоп" | "ооо") && !shouted {
        return None;
    }
    let full = if script.language == Language::En && !word.is_ascii() {
        find(BARE, word, Language::Uk)?
    } else if script.language == Language::En {
        return None;
    } else {
        find(BARE, word, script.language)?
    };
    let full = in_case(full, place_case(script, at, at + 1), script.language);
    Some((if shouted { full } else { cased(original, &full) }, 1))
}

/// A capital for a capital.
pub(super) fn cased(original: &str, full: &str) -> String {
    let capital = original.chars().next().is_some_and(char::is_uppercase)
        && (original.chars().skip(1).all(char::is_lowercase) || original.chars().count() == 1);
    let mut chars = full.chars();
    match chars.next() {
        Some(first) if capital => first.to_uppercase().chain(chars).collect(),
        _ => full.to_owned(),
    }
}
