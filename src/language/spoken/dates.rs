//! Dates in words.

use super::abbreviations::cased;
use super::governing::{governor, word_governing};
use super::numbers::{Case, Gender, ordinal};
use super::{Said, Script, clock, english};
use crate::language::Language;
use crate::language::calendar::month_name;

/// A date as it is written; `day` alone where the month stands further on ("2, 3 і 5 грудня").
struct Date {
    day: u64,
    month: Option<u64>,
    year: Option<u64>,
    used: usize,
}

/// ISO, dotted and worded dates. The year of an ISO date is not said: it is a machine's writing of
/// a day that is weeks away at most.
pub(super) fn date(script: &Script<'_>, at: usize) -> Said {
    let (words, used) = day(script, at)?;
    // "2026-11-25T10:20:00".
    let machine = script.word(at + used) == Some("t") && script.glued(at + used);
    match clock::after_date(script, at + used + 1).filter(|_| machine) {
        Some((time, more)) => Some((format!("{words} {time}"), used + 1 + more)),
        None => Some((words, used)),
    }
}

fn day(script: &Script<'_>, at: usize) -> Said {
    if let Some(said) = span(script, at) {
        return Some(said);
    }
    let date = iso(script, at)
        .or_else(|| dotted(script, at))
        .or_else(|| worded(script, at))
        .or_else(|| day_of_list(script, at))?;
    if !(1..=31).contains(&date.day) || date.month.is_some_and(|month| !(1..=12).contains(&month)) {
        return None;
    }
    let language = script.language;
    let month = date.month.map(|month| month_name(month as u32, language));
    if language == Language::En {
        let article = if script.word_before(at) == Some("the") { "" } else { "the " };
        let day = english::ordinal(date.day);
        let month = month.map(|month| format!(" of {month}")).unwrap_or_default();
        let year = date.year.map(|year| format!(", {}", english::year(year))).unwrap_or_default();
        return Some((format!("{article}{day}{month}{year}"), date.used));
    }
    let case = day_case(script, at);
    let day = ordinal(date.day, Gender::Neuter, case, language);
    // "вул. 8 Березня" keeps its capital.
    let capital = script.original(at + 1).starts_with(char::is_uppercase);
    let month = month.map(|month| {
        let month = if capital { cased("Б", month) } else { month.to_owned() };
        format!(" {month}")
    });
    let month = month.unwrap_or_default();
    let year = date.year.map(|year| {
        let year = ordinal(year, Gender::Masculine, Case::Genitive, language);
        format!(" {year} {}", if language == Language::Ru { "года" } else { "року" })
    });
    Some((format!("{day}{month}{}", year.unwrap_or_default()), date.used))
}

/// "на 25 листопада" and "сьогодні 25 листопада" name the day, the rest place it.
fn day_case(script: &Script<'_>, at: usize) -> Case {
    const NAMING: &[&str] = &[
        "сьогодні",
        "завтра",
        "післязавтра",
        "вчора",
        "учора",
        "це",
        "сегодня",
        "послезавтра",
        "вчера",
        "это",
    ];
    if script.word_before(at).is_some_and(|word| NAMING.contains(&word)) {
        return Case::Nominative;
    }
    if at >= 2 && script.mark(at - 1, ',') && script.word(at - 2).is_some_and(is_weekday) {
        let naming = script.word(at - 2).is_some_and(|day| {
            matches!(
                day,
                "середа"
                    | "п'ятниця"
                    | "субота"
                    | "неділя"
                    | "среда"
                    | "пятница"
                    | "суббота"
                    | "воскресенье"
                    | "понеділок"
                    | "вівторок"
                    | "четвер"
                    | "понедельник"
                    | "вторник"
                    | "четверг"
            )
        });
        return match at.checked_sub(3).and_then(|before| script.word(before)) {
            Some("на" | "про" | "за") => Case::Accusative,
            Some("у" | "в" | "во") => Case::Genitive,
            _ if naming => Case::Nominative,
            _ => Case::Genitive,
        };
    }
    match (word_governing(script, at), governor(script, at).first()) {
        (Some("у" | "в" | "во" | "о" | "об"), _) | (_, None) => Case::Genitive,
        (_, Some(case)) => *case,
    }
}

fn is_weekday(word: &str) -> bool {
    const STEMS: [&str; 12] = [
        "понеділ",
        "вівтор",
        "серед",
        "четвер",
        "п'ятниц",
        "субот",
        "неділ",
        "понедельник",
        "вторник",
        "сред",
        "пятниц",
        "суббот",
    ];
    STEMS.iter().any(|stem| word.starts_with(stem)) || word.starts_with("воскресень")
}

/// "2-5 грудня": from the one to the other.
fn span(script: &Script<'_>, at: usize) -> Said {
    if !['-', '–', '—'].iter().any(|mark| script.mark(at + 1, *mark)) {
        return None;
    }
    let day = |at: usize| script.value(at).filter(|day| (1..=31).contains(day));
    let (from, to) = (day(at)?, day(at + 2)?);
    let month = month_name(script.word(at + 3).and_then(month_number)? as u32, script.language);
    let neuter = |day, case| ordinal(day, Gender::Neuter, case, script.language);
    let words = match script.language {
        Language::En => {
            format!("the {} to the {} of {month}", english::ordinal(from), english::ordinal(to))
        }
        Language::Uk | Language::Ru => {
            let own = matches!(script.word_before(at), Some("з" | "із" | "с" | "со"));
            let lead = match (own, script.language) {
                (true, _) => "",
                (_, Language::Ru) if from == 2 => "со ",
                (_, Language::Ru) => "с ",
                _ => "з ",
            };
            let (from, to) = (neuter(from, Case::Genitive), neuter(to, Case::Accusative));
            format!("{lead}{from} по {to} {month}")
        }
    };
    Some((words, 4))
}

/// The marks between the parts of a date in figures.
fn joint(script: &Script<'_>, at: usize) -> Option<char> {
    ['.', '/', '-'].into_iter().find(|mark| script.glued_mark(at, *mark))
}

fn iso(script: &Script<'_>, at: usize) -> Option<Date> {
    script.digits(at).filter(|digits| digits.len() == 4)?;
    let mark = joint(script, at + 1).filter(|mark| *mark != '.')?;
    let glued = script.glued_mark(at + 3, mark);
    let two = |at: usize| script.glued_digits(at).filter(|digits| digits.len() == 2);
    if !glued || two(at + 2).is_none() || two(at + 4).is_none() {
        return None;
    }
    Some(Date { day: script.value(at + 4)?, month: script.value(at + 2), year: None, used: 5 })
}

/// "25.11.2026", "25.11.26" and "25.11".
fn dotted(script: &Script<'_>, at: usize) -> Option<Date> {
    let day = script.digits(at).filter(|digits| digits.len() <= 2)?;
    let mark = joint(script, at + 1)?;
    let month = script.glued_digits(at + 2).filter(|digits| digits.len() == 2)?;
    let (day, month): (u64, u64) = (day.parse().ok()?, month.parse().ok()?);
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
        return None;
    }
    if script.glued_mark(at + 3, mark)
        && let Some(year) =
            script.glued_digits(at + 4).filter(|year| mark == '.' || year.len() == 4)
    {
        let full = year.len() == 4;
        let year: u64 = year.parse().ok().filter(|_| full || year.len() == 2)?;
        let mut used = 5;
        if matches!(script.word(at + used), Some("року" | "года")) {
            used += 1;
        } else if matches!(script.word(at + used), Some("р" | "г")) {
            used += 1 + usize::from(script.inner_stop(at + used + 1));
        }
        let year = Some(if full { year } else { 2000 + year });
        return Some(Date { day, month: Some(month), year, used });
    }
    if mark != '.' {
        return None;
    }
    // "10.12 bar" is a pressure and "10.12 грн" a price.
    let measured = script.word(at + 3).is_some_and(|word| {
        matches!(
            word,
            "грн"
                | "uah"
                | "bar"
                | "бар"
                | "бара"
                | "барів"
                | "мм"
                | "mm"
                | "кг"
                | "kg"
                | "км"
                | "km"
                | "тис"
                | "атм"
                | "hryvnias"
                | "гривень"
                | "версія"
                | "дюйма"
                | "дюймів"
                | "л"
        )
    }) || script.mark(at + 3, '%')
        || script.mark(at + 3, '₴');
    let placed = script.language != Language::En
        || script.word_before(at).is_some_and(|word| {
            matches!(word, "on" | "from" | "to" | "until" | "by" | "till" | "for" | "is")
        });
    (!measured && placed).then_some(Date { day, month: Some(month), year: None, used: 3 })
}

/// "25 November 2026", "November 25", "25 листопада 2026 року".
fn worded(script: &Script<'_>, at: usize) -> Option<Date> {
    let (day, month, mut used) = if let Some(month) = script.word(at + 1).and_then(month_number) {
        (script.value(at)?, month, 2)
    } else {
        let month = script.word(at).and_then(month_number)?;
        // "Dec. 3rd".
        let dot = usize::from(script.glued_mark(at + 1, '.') && script.language == Language::En);
        let at = at + dot;
        // "November 2026" is no day, and in the other languages the day never comes second.
        let day = script.value(at + 1).filter(|day| *day <= 31)?;
        (day, month, if script.language == Language::En { 2 + dot } else { return None })
    };
    if script.language == Language::En
        && script.glued_mark(at + used, '.')
        && script.inner_stop(at + used)
    {
        used += 1;
    }
    // "November 25th": the ending belongs to the day.
    let suffix = script.glued(at + used)
        && script.word(at + used).is_some_and(|word| matches!(word, "st" | "nd" | "rd" | "th"));
    used += usize::from(suffix);
    let comma = usize::from(script.mark(at + used, ','));
    let year = script.value(at + used + comma).filter(|year| {
        (1900..=2199).contains(year)
            && script.digits(at + used + comma).is_some_and(|d| d.len() == 4)
    });
    if year.is_some() {
        used += 1 + comma;
        if matches!(script.word(at + used), Some("року" | "р" | "года" | "г")) {
            let short = matches!(script.word(at + used), Some("р" | "г"));
            used += 1 + usize::from(short && script.inner_stop(at + used + 1));
        }
    }
    Some(Date { day, month: Some(month), year, used })
}

/// More days than this are not listed before their month.
const DAYS_LISTED_MAX: usize = 12;

/// "2" of "2, 3 і 5 грудня" and "з 2 по 5 грудня".
fn day_of_list(script: &Script<'_>, at: usize) -> Option<Date> {
    const JOINTS: &[&str] = &[
        "і", "й", "та", "або", "чи", "по", "до", "и", "или", "либо", "and", "or", "to", "through",
    ];
    let day = script.digits(at).filter(|digits| digits.len() <= 2)?.parse().ok()?;
    if script.language != Language::En && matches!(script.word(at + 1), Some("числа" | "число"))
    {
        return Some(Date { day, month: None, year: None, used: 1 });
    }
    for place in (at + 1..).step_by(2).take(DAYS_LISTED_MAX) {
        let joint = script.mark(place, ',')
            || script.word(place).is_some_and(|word| JOINTS.contains(&word));
        script.digits(place + 1).filter(|digits| joint && digits.len() <= 2)?;
        if script
            .word(place + 2)
            .is_some_and(|word| word == "числа" || month_number(word).is_some())
        {
            return Some(Date { day, month: None, year: None, used: 1 });
        }
    }
    None
}

/// A month by its name beside a day, or its short name.
fn month_number(word: &str) -> Option<u64> {
    const SHORT: [&[&str]; 12] = [
        &["jan", "січ", "янв"],
        &["feb", "лют", "февр"],
        &["mar", "бер", "мар"],
        &["apr", "квіт", "апр"],
        &["трав"],
        &["jun", "черв"],
        &["jul", "лип"],
        &["aug", "серп", "авг"],
        &["sep", "sept", "вер", "сент"],
        &["oct", "жовт", "окт"],
        &["nov", "лист", "нояб"],
        &["dec", "груд", "дек"],
    ];
    (1..=12)
        .find(|month| {
            let english = month_name(*month, Language::En).to_lowercase();
            word == english
                || word == month_name(*month, Language::Uk)
                || word == month_name(*month, Language::Ru)
                || SHORT[*month as usize - 1].contains(&word)
        })
        .map(u64::from)
}
