//! Ordinals in figures, ranges, signs and all numbers that no other reader took.

use super::amounts::amount;
use super::governing::{governor, word_governing};
use super::nouns::Nouns;
use super::numbers::{self, Case, Count, Gender, cardinal, dictated, plain};
use super::units::unit_after_range;
use super::{Said, Script, counted, decimals, english};
use crate::language::Language;

/// "25th", "2-й", "10-ту", "25-го", "4-х", "16-дюймові".
pub(super) fn ordinal(script: &Script<'_>, at: usize) -> Said {
    use Case::{Accusative, Dative, Genitive, Instrumental, Locative, Nominative};
    use Gender::{Feminine, Masculine, Neuter};
    let number = script.value(at)?;
    let hyphen = usize::from(script.glued_mark(at + 1, '-'));
    let place = at + 1 + hyphen;
    let suffix = script.word(place).filter(|_| script.glued(place))?;
    // "3-А" is a house.
    if script.original(place).starts_with(char::is_uppercase) {
        return None;
    }
    let language = script.language;
    if language == Language::En {
        return matches!(suffix, "st" | "nd" | "rd" | "th")
            .then(|| (english::ordinal(number), 2 + hyphen));
    }
    if hyphen == 1
        && let Some(stem) = compound_stem(number, suffix, language)
    {
        return Some((format!("{stem}{suffix}"), 3));
    }
    let (gender, case) = match suffix {
        "й" | "ий" | "ій" | "ый" | "ой" => masculine_or_locative(script, at, suffix),
        "а" | "та" | "ша" | "га" | "тя" | "я" | "ая" | "ья" | "ма" => {
            (Feminine, Nominative)
        }
        "у" | "ту" | "шу" | "гу" | "тю" | "ю" | "ую" | "ью" => (Feminine, Accusative),
        "ї" | "ої" | "тої" | "шої" | "гої" | "ьої" => (Feminine, Genitive),
        "тій" | "шій" | "гій" => (Feminine, Locative),
        "мя" => return Some((cardinal(number, Masculine, Instrumental, language), 2 + hyphen)),
        "го" | "ого" => (Masculine, Genitive),
        "му" | "ому" => {
            let locative = language == Language::Uk && governor(script, at).contains(&Locative);
            (Masculine, if locative { Locative } else { Dative })
        }
        "м" | "ом" | "ем" if language == Language::Ru => (Masculine, Locative),
        "м" | "им" | "ым" => (Masculine, Instrumental),
        "е" | "те" | "ше" | "ге" | "тє" | "є" | "ое" | "ье" => (Neuter, Nominative),
        "ті" | "ні" | "ші" => (Masculine, Nominative),
        "х" | "их" | "ых" if number > 4 => (Masculine, Nominative),
        "х" | "ох" | "ёх" | "ти" | "ми" | "и" => {
            return Some((cardinal(number, Masculine, Genitive, language), 2 + hyphen));
        }
        _ => return None,
    };
    // "4-ма шинами" counts, "7-ма" is the seventh.
    if suffix == "ма" && (2..=4).contains(&number) {
        return Some((cardinal(number, Masculine, Instrumental, language), 2 + hyphen));
    }
    if matches!(suffix, "ті" | "ні" | "ші" | "х" | "их" | "ых") {
        let words = numbers::ordinal(number, Masculine, Nominative, language);
        let stem = words.trim_end_matches(['и', 'і', 'ы', 'о', 'й']);
        let ending = match (suffix, language) {
            ("ті" | "ні" | "ші", _) => "і",
            (_, Language::Ru) => "ых",
            _ => "их",
        };
        return Some((format!("{stem}{ending}"), 2 + hyphen));
    }
    // "17-е колёса" are many.
    if language == Language::Ru && suffix == "е" && names_many(script, at + 2 + hyphen) {
        let words = numbers::ordinal(number, Masculine, Nominative, language);
        return Some((format!("{}ые", words.trim_end_matches(['ы', 'о', 'й'])), 2 + hyphen));
    }
    let unvoiced = hyphen == 0 && suffix.chars().count() == 1;
    (!unvoiced).then(|| (numbers::ordinal(number, gender, case, language), 2 + hyphen))
}

/// "2-й" is masculine, unless what follows is feminine ("на 2-й станции") or an hour
/// ("о 10-й").
fn masculine_or_locative(script: &Script<'_>, at: usize, suffix: &str) -> (Gender, Case) {
    let feminine = (Gender::Feminine, Case::Locative);
    let hour = matches!(word_governing(script, at), Some("о" | "об"));
    if script.language == Language::Uk && hour {
        return feminine;
    }
    let Some(nouns) = Nouns::of(script.language) else { return feminine };
    let readings = script.word(at + 3).map_or(&[][..], |word| nouns.readings(word));
    let oblique = readings.iter().find(|reading| {
        let direct = matches!(reading.case, Case::Nominative | Case::Accusative);
        reading.gender == Gender::Feminine && !reading.many && !direct
    });
    match oblique {
        Some(reading) if suffix != "ый" => (Gender::Feminine, reading.case),
        _ => (Gender::Masculine, Case::Nominative),
    }
}

/// True if the word at `at` is a noun in the plural only.
fn names_many(script: &Script<'_>, at: usize) -> bool {
    let Some(nouns) = Nouns::of(script.language) else { return false };
    let readings = script.word(at).map_or(&[][..], |word| nouns.readings(word));
    let nominative = |many| {
        readings.iter().any(|reading| reading.many == many && reading.case == Case::Nominative)
    };
    nominative(true) && !nominative(false)
}

/// "16-дюймові" is "шістнадцятидюймові".
fn compound_stem(number: u64, rest: &str, language: Language) -> Option<String> {
    if rest.chars().count() < 5 || rest.is_ascii() || number > 999 {
        return None;
    }
    let ukrainian = language == Language::Uk;
    let stem = match number {
        1 => "одно".to_owned(),
        2 => if ukrainian { "дво" } else { "двух" }.to_owned(),
        3 => if ukrainian { "три" } else { "трёх" }.to_owned(),
        4 => if ukrainian { "чотири" } else { "четырёх" }.to_owned(),
        90 => if ukrainian { "дев'яносто" } else { "девяносто" }.to_owned(),
        100 => "сто".to_owned(),
        _ => cardinal(number, Gender::Masculine, Case::Genitive, language).replace(' ', ""),
    };
    Some(stem)
}

/// "2-3 дні", "30–40 хв", "2800-3200 грн", "2012-2019".
pub(super) fn range(script: &Script<'_>, at: usize) -> Said {
    let first = amount(script, at)?;
    let dash = at + first.used;
    let glued = ['-', '–', '—'].iter().any(|mark| script.glued_mark(dash, *mark))
        && script.glued_digits(dash + 1).is_some();
    let spaced = script.mark(dash, '–') && !script.glued(dash);
    if !(glued || spaced) {
        return None;
    }
    let second = amount(script, dash + 1)?;
    let mut end = dash + 1 + second.used;
    if ['-', '–'].iter().any(|mark| script.glued_mark(end, *mark)) && script.glued(end + 1) {
        return None;
    }
    if !first.fraction.is_empty() || !second.fraction.is_empty() {
        return None;
    }
    let (low, high) = (first.whole, second.whole);
    // "1 – 150 грн" is a list of prices, no range.
    if low >= high || (spaced && high > low.saturating_mul(5)) {
        return None;
    }
    if script.language == Language::En {
        let years = is_year(low) && is_year(high);
        let word = |number| if years { english::year(number) } else { plain(number, Language::En) };
        let unit = unit_after_range(script, end, high, Case::Nominative);
        let name = unit.as_ref().map_or(String::new(), |(name, ..)| format!(" {name}"));
        end += unit.map_or(0, |(_, _, used)| used);
        return Some((format!("{} to {}{name}", word(low), word(high)), end - at));
    }
    if is_year(low) && is_year(high) {
        return Some(years(script, at, low, high, end));
    }
    let allowed = governor(script, at);
    let wide = high > 100 && allowed.is_empty();
    let case =
        if wide { Case::Genitive } else { allowed.first().copied().unwrap_or(Case::Nominative) };
    let unit = unit_after_range(script, end, high, case);
    let (from, to, dash) = match (script.language, wide) {
        (Language::Ru, true) => ("от ", " до ", ""),
        (_, true) => ("від ", " до ", ""),
        _ => ("", "", if high > 100 { " – " } else { "-" }),
    };
    let (low, high, name) = if let Some((name, gender, used)) = unit {
        end += used;
        let word = |number| cardinal(number, gender, case, script.language);
        (word(low), word(high), format!(" {name}"))
    } else if wide {
        let word = |number| cardinal(number, Gender::Masculine, case, script.language);
        (word(low), word(high), String::new())
    } else {
        // Both stand in the case that the noun after the second asks of it.
        let low = if Count::of(low) == Count::of(high) {
            counted::words(script, at, end, low)
        } else {
            counted::like(script, at, end, low, high)
        };
        (low, counted::words(script, at, end, high), String::new())
    };
    Some((format!("{from}{low}{to}{dash}{high}{name}"), end - at))
}

const fn is_year(number: u64) -> bool {
    matches!(number, 1950..=2050)
}

/// "2012-2019 років".
fn years(script: &Script<'_>, at: usize, low: u64, high: u64, mut end: usize) -> (String, usize) {
    let words = ["рік", "роки", "років", "рр", "год", "годы", "годов", "гг", "року", "года"];
    if script.word(end).is_some_and(|word| words.contains(&word)) {
        let short = matches!(script.word(end), Some("рр" | "гг"));
        end += 1 + usize::from(short && script.inner_stop(end + 1));
    }
    let say = |number, case| numbers::ordinal(number, Gender::Masculine, case, script.language);
    let (low, high) = (say(low, Case::Genitive), say(high, Case::Accusative));
    let words = if script.language == Language::Ru {
        format!("с {low} по {high} год")
    } else {
        format!("з {low} по {high} рік")
    };
    (words, end - at)
}

/// Signs, "№", and any number that no other reader took.
pub(super) fn number(script: &Script<'_>, at: usize) -> Said {
    if let Some(sign) = sign(script, at) {
        return Some(sign);
    }
    let digits = script.digits(at)?;
    let language = script.language;
    // "4x4", "225x50".
    if matches!(script.word(at + 1), Some("x" | "х"))
        && script.glued(at + 1)
        && script.glued_digits(at + 2).is_some()
    {
        let by = if language == Language::En { " by" } else { " на" };
        return Some((format!("{}{by}", dictated(digits, language)), 2));
    }
    let Some(amount) = amount(script, at) else { return Some((dictated(digits, language), 1)) };
    let end = at + amount.used;
    if !amount.fraction.is_empty() {
        if script.glued_mark(end, '.') && script.glued_digits(end + 1).is_some() {
            return Some((dictated(digits, language), 1));
        }
        let case = governor(script, at).first().copied().unwrap_or(Case::Nominative);
        let gender = counted::gender_after(script, end);
        let mut words = decimals::words(amount.whole, &amount.fraction, gender, case, language).0;
        // "6,5x16".
        if matches!(script.word(end), Some("x" | "х")) && script.glued_digits(end + 1).is_some() {
            words.push_str(if language == Language::En { " by" } else { " на" });
            return Some((words, amount.used + 1));
        }
        // "6.5J" is the width of a rim.
        if let Some(name) = super::codes::capital_after(script, end) {
            return Some((format!("{words} {name}"), amount.used + 1));
        }
        return Some((words, amount.used));
    }
    if language == Language::En {
        let year_before = ["in", "of", "from", "since", "year", "made"];
        let year = amount.used == 1
            && is_year(amount.whole)
            && script.word_before(at).is_some_and(|word| year_before.contains(&word))
            && script.word(end).is_none_or(|word| matches!(word, "or" | "and" | "to"));
        let words = if year { english::year(amount.whole) } else { plain(amount.whole, language) };
        return Some((words, amount.used));
    }
    if let Some(year) = short_year(script, at).or_else(|| year_of_list(script, at)) {
        return Some(year);
    }
    let dash = at > 1 && ['—', '–', '-', ':'].iter().any(|mark| script.mark(at - 1, *mark));
    let named = script.word_before(at - usize::from(dash));
    let of_issue = matches!(named, Some("випуску" | "рік" | "выпуска" | "год"));
    if of_issue && amount.used == 1 && is_year(amount.whole) {
        let year = numbers::ordinal(amount.whole, Gender::Masculine, Case::Nominative, language);
        return Some((year, 1));
    }
    let after_number_word = script.word_before(at).is_some_and(|word| {
        matches!(
            word,
            "номер"
                | "номером"
                | "номера"
                | "код"
                | "кодом"
                | "замовлення"
                | "заказ"
                | "заказа"
        )
    });
    if after_number_word || (at > 0 && script.mark(at - 1, '№')) {
        return Some((plain(amount.whole, language), amount.used));
    }
    Some((counted::words(script, at, end, amount.whole), amount.used))
}

/// "2025 р.", "в 2024 г.": a year, and the short word for it.
fn short_year(script: &Script<'_>, at: usize) -> Said {
    let year = script.value(at).filter(|year| is_year(*year))?;
    let forms = match (script.word(at + 1)?, script.language) {
        ("р" | "г", Language::Uk) => ["року", "році"],
        ("р" | "г", Language::Ru) => ["года", "году"],
        _ => return None,
    };
    let placed = matches!(script.word_before(at), Some("у" | "в"));
    let case = if placed { Case::Locative } else { Case::Genitive };
    let words = numbers::ordinal(year, Gender::Masculine, case, script.language);
    let dot = usize::from(script.inner_stop(at + 2));
    // "2010 р.в."
    if dot == 1 && script.word(at + 3) == Some("в") && script.glued_mark(at + 4, '.') {
        let made =
            if script.language == Language::Ru { "выпуска" } else { "випуску" };
        let used = 4 + usize::from(script.inner_stop(at + 4));
        return Some((format!("{words} {} {made}", forms[usize::from(placed)]), used));
    }
    Some((format!("{words} {}", forms[usize::from(placed)]), 2 + dot))
}

/// "2019" of "з 2019 по 2021 рік".
fn year_of_list(script: &Script<'_>, at: usize) -> Said {
    let year = script.value(at).filter(|year| is_year(*year))?;
    let joint = ["по", "до", "і", "й", "та", "або", "чи", "и", "или"];
    script.word(at + 1).filter(|word| joint.contains(word))?;
    script.value(at + 2).filter(|year| is_year(*year))?;
    let years = [
        "рік",
        "року",
        "роках",
        "років",
        "роки",
        "році",
        "год",
        "года",
        "году",
        "годы",
        "годов",
        "годах",
    ];
    script.word(at + 3).filter(|word| years.contains(word))?;
    let case = match governor(script, at).first() {
        Some(Case::Accusative) if matches!(script.word_before(at), Some("у" | "в")) => {
            Case::Locative
        }
        Some(case) => *case,
        None => Case::Genitive,
    };
    Some((numbers::ordinal(year, Gender::Masculine, case, script.language), 1))
}

fn sign(script: &Script<'_>, at: usize) -> Said {
    let language = script.language;
    let say = |en: &str, uk: &str, ru: &str| {
        let word = match language {
            Language::En => en,
            Language::Uk => uk,
            Language::Ru => ru,
        };
        Some((word.to_owned(), 1))
    };
    let figure_next = script.digits(at + 1).is_some();
    if script.mark(at, '№') || (script.mark(at, '#') && script.glued_digits(at + 1).is_some()) {
        let (word, used) = say("number", "номер", "номер")?;
        let dot = usize::from(script.glued_mark(at + 1, '.'));
        return Some((word, used + dot));
    }
    let opens = at == 0
        || !script.glued(at)
        || ['(', '…', '«'].iter().any(|mark| script.mark(at - 1, *mark));
    if script.glued_digits(at + 1).is_some() && opens {
        if script.mark(at, '-') || script.mark(at, '−') {
            return say("minus ", "мінус ", "минус ");
        }
        if script.mark(at, '+') {
            return say("plus ", "плюс ", "плюс ");
        }
    }
    if figure_next && (script.mark(at, '~') || script.mark(at, '≈')) {
        return say("about ", "приблизно ", "примерно ");
    }
    None
}
