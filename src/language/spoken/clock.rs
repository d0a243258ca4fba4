//! Dates and times in words.

use super::codes::plain;
use super::numbers::{Form, ordinal};
use super::{Said, Script};
use crate::language::Language;
use crate::language::calendar::month_name;

/// ISO, dotted and worded dates. The year of an ISO date is not said: it is a machine's writing of
/// a day that is weeks away at most.
pub(super) fn date(script: &Script<'_>, at: usize) -> Said {
    let (day, month, year, used) =
        iso(script, at).or_else(|| dotted(script, at)).or_else(|| worded(script, at))?;
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
        return None;
    }
    let name = month_name(month as u32, script.language);
    let words = match script.language {
        Language::En => {
            let article = if script.word_before(at) == Some("the") { "" } else { "the " };
            let day = ordinal(day, Form::Masculine, Language::En);
            let year = year.map(|year| format!(", {}", year_words(year))).unwrap_or_default();
            format!("{article}{day} of {name}{year}")
        }
        Language::Uk | Language::Ru => {
            // "на 25 листопада" and "сьогодні 25 листопада" name the day, the rest place it.
            let naming =
                matches!(script.word_before(at), Some("на" | "сьогодні" | "завтра" | "це"));
            let form = if naming { Form::Neuter } else { Form::Genitive };
            let year = year
                .map(|year| format!(" {} року", ordinal(year, Form::Genitive, Language::Uk)))
                .unwrap_or_default();
            format!("{} {name}{year}", ordinal(day, form, Language::Uk))
        }
    };
    Some((words, used))
}

/// "twenty twenty-six", "two thousand five".
fn year_words(year: u64) -> String {
    let (century, rest) = (year / 100, year % 100);
    if rest < 10 || !(1000..=9999).contains(&year) {
        return plain(year, Language::En);
    }
    format!("{} {}", plain(century, Language::En), plain(rest, Language::En))
}

/// Day, month, year to be said, tokens.
type Parts = Option<(u64, u64, Option<u64>, usize)>;

fn iso(script: &Script<'_>, at: usize) -> Parts {
    script.digits(at).filter(|digits| digits.len() == 4)?;
    let glued = script.glued_mark(at + 1, '-') && script.glued_mark(at + 3, '-');
    let two = |at: usize| script.glued_digits(at).filter(|digits| digits.len() == 2);
    if !glued || two(at + 2).is_none() || two(at + 4).is_none() {
        return None;
    }
    Some((script.value(at + 4)?, script.value(at + 2)?, None, 5))
}

fn dotted(script: &Script<'_>, at: usize) -> Parts {
    let glued = script.glued_mark(at + 1, '.') && script.glued_mark(at + 3, '.');
    script.glued_digits(at + 4).filter(|digits| digits.len() == 4)?;
    script.glued_digits(at + 2)?;
    glued.then_some(())?;
    Some((script.value(at)?, script.value(at + 2)?, Some(script.value(at + 4)?), 5))
}

/// "25 November 2026", "November 25", "25 листопада 2026 року".
fn worded(script: &Script<'_>, at: usize) -> Parts {
    let (day, month, mut used) = if let Some(month) = script.word(at + 1).and_then(month_number) {
        (script.value(at)?, month, 2)
    } else {
        let month = script.word(at).and_then(month_number)?;
        // "November 2026" is no day.
        (script.value(at + 1).filter(|day| *day <= 31)?, month, 2)
    };
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
        if matches!(script.word(at + used), Some("року" | "р")) {
            used += 1 + usize::from(
                script.original(at + used) == "р" && script.inner_stop(at + used + 1),
            );
        }
    }
    Some((day, month, year, used))
}

fn month_number(word: &str) -> Option<u64> {
    (1..=12)
        .find(|month| {
            let english = month_name(*month, Language::En).to_lowercase();
            word == english || word == month_name(*month, Language::Uk)
        })
        .map(u64::from)
}

/// "10:20"; in Ukrainian with its preposition, whose case it takes ("о 11:00" is "об одинадцятій").
pub(super) fn time(script: &Script<'_>, at: usize) -> Said {
    if script.language == Language::Uk
        && matches!(script.word(at), Some("о" | "об"))
        && let Some((hour, minute, used)) = clock(script, at + 1)
    {
        let words = ukrainian(hour, minute, Form::FeminineLocative);
        let preposition = if words.starts_with('о') { "об" } else { "о" };
        let preposition = if script.original(at).starts_with('О') {
            preposition.replacen('о', "О", 1)
        } else {
            preposition.to_owned()
        };
        return Some((format!("{preposition} {words}"), used + 1));
    }
    let (hour, minute, used) = clock(script, at)?;
    if let Some(range) = range(script, at, used) {
        return Some(range);
    }
    let words = match script.language {
        Language::En => {
            let told = matches!(script.word(at + used), Some("am" | "pm" | "a" | "p"));
            english(hour, minute, told)
        }
        Language::Uk | Language::Ru => {
            let form = match script.word_before(at) {
                Some("на" | "за" | "про") => Form::FeminineAccusative,
                Some("з" | "із" | "від" | "до" | "після" | "біля" | "близько") => {
                    Form::FeminineGenitive
                }
                _ => Form::Feminine,
            };
            ukrainian(hour, minute, form)
        }
    };
    Some((words, used))
}

/// "09:00-18:00": from, to.
fn range(script: &Script<'_>, at: usize, used: usize) -> Said {
    if !script.glued_mark(at + used, '-') && !script.glued_mark(at + used, '–') {
        return None;
    }
    let (hour, minute, _) = clock(script, at)?;
    let (end_hour, end_minute, end_used) = clock(script, at + used + 1)?;
    let words = match script.language {
        Language::En => {
            format!("{} to {}", english(hour, minute, false), english(end_hour, end_minute, false))
        }
        Language::Uk | Language::Ru => {
            let from = if script.word_before(at) == Some("з") { "" } else { "з " };
            let genitive = |hour, minute| ukrainian(hour, minute, Form::FeminineGenitive);
            format!("{from}{} до {}", genitive(hour, minute), genitive(end_hour, end_minute))
        }
    };
    Some((words, used + 1 + end_used))
}

/// Hour, minute and tokens of "10:20" or "10:20:00".
fn clock(script: &Script<'_>, at: usize) -> Option<(u64, u64, usize)> {
    let hour = script.digits(at).filter(|digits| digits.len() <= 2)?.parse().ok()?;
    if !script.glued_mark(at + 1, ':') {
        return None;
    }
    let minute = script.glued_digits(at + 2).filter(|digits| digits.len() == 2)?.parse().ok()?;
    let seconds = script.glued_mark(at + 3, ':') && script.glued_digits(at + 4) == Some("00");
    (hour <= 24 && minute < 60).then_some((hour, minute, if seconds { 5 } else { 3 }))
}

fn english(hour: u64, minute: u64, told: bool) -> String {
    let (spoken, half) = match hour {
        _ if told => (hour, ""),
        0 | 24 => (12, " AM"),
        1..=12 => (hour, ""),
        _ => (hour - 12, " PM"),
    };
    let hour = plain(spoken, Language::En);
    match minute {
        0 if half.is_empty() && !told => format!("{hour} o'clock"),
        0 => format!("{hour}{half}"),
        1..=9 => format!("{hour} oh {}{half}", plain(minute, Language::En)),
        _ => format!("{hour} {}{half}", plain(minute, Language::En)),
    }
}

fn ukrainian(hour: u64, minute: u64, form: Form) -> String {
    let hour = ordinal(hour, form, Language::Uk);
    match (minute, form) {
        (0, Form::Feminine) => format!("{hour} година"),
        (0, _) => hour,
        (1..=9, _) => format!("{hour} нуль {}", minute_words(minute)),
        _ => format!("{hour} {}", minute_words(minute)),
    }
}

/// Minutes are feminine: "двадцять одна".
fn minute_words(minute: u64) -> String {
    super::numbers::cardinal(minute, super::numbers::Gender::Feminine, Language::Uk)
}
