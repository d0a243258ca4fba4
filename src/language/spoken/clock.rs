//! Times of the day in words.

use super::governing::{governor, word_governing};
use super::nouns::Nouns;
use super::numbers::{Case, Gender, cardinal, ordinal, plain};
use super::{Said, Script};
use crate::language::Language;

/// "10:20"; with its preposition, whose case it takes ("о 11:00" is "об одинадцятій").
pub(super) fn time(script: &Script<'_>, at: usize) -> Said {
    if let Some(said) = at_hour(script, at) {
        return Some(said);
    }
    let dotted = word_governing(script, at).is_some_and(|word| matches!(word, "о" | "об"));
    let (hour, minute, used) = clock(script, at, dotted).or_else(|| bare_hour(script, at))?;
    if let Some(range) = range(script, at, used) {
        return Some(range);
    }
    let case = governor(script, at).first().copied().unwrap_or(Case::Nominative);
    let words = match script.language {
        Language::En => {
            let told = matches!(script.word(at + used), Some("am" | "pm" | "a" | "p"));
            english(hour, minute, told)
        }
        Language::Uk => {
            let named = script.word(at + used).is_some_and(|word| word.starts_with("годин"));
            let words = ukrainian(hour, minute, case);
            if named || used == 1 {
                words.trim_end_matches(" година").to_owned()
            } else {
                words
            }
        }
        Language::Ru => {
            let told = script.word(at + used).is_some_and(|word| word.starts_with("час"));
            let direct = matches!(case, Case::Nominative | Case::Accusative);
            let more = goes_on(script, at + used) && !direct;
            russian(hour, minute, case, !told && used > 1 && !more)
        }
    };
    Some((words, used))
}

/// "о 10:20", "об 11", "в 10.20": the preposition and the time in one, as the one depends on the
/// other.
fn at_hour(script: &Script<'_>, at: usize) -> Said {
    // "о 9:00–9:40" is from the one to the other.
    if matches!(script.word(at), Some("о" | "об" | "у" | "в" | "во"))
        && let Some((_, _, used)) = clock(script, at + 1, false)
        && let Some((words, used)) = range(script, at + 1, used)
    {
        return Some((words, used + 1));
    }
    if script.language != Language::Uk {
        if script.language == Language::Ru
            && matches!(script.word(at), Some("в" | "во" | "к" | "ко"))
        {
            let (hour, minute, used) = clock(script, at + 1, true)?;
            let case =
                if script.word(at)?.starts_with('к') { Case::Dative } else { Case::Accusative };
            let told = script.word(at + 1 + used).is_some_and(|word| word.starts_with("час"));
            let words = russian(hour, minute, case, !told);
            return Some((format!("{} {words}", script.original(at)), used + 1));
        }
        return None;
    }
    let word = script.word(at)?;
    if !matches!(word, "о" | "об" | "у" | "в") {
        return None;
    }
    let own = matches!(word, "о" | "об");
    let (hour, minute, used) = clock(script, at + 1, own).or_else(|| {
        let hour = script.value(at + 1).filter(|hour| *hour <= 24 && own)?;
        (!script.glued_mark(at + 2, '-') && !script.mark(at + 2, '%')).then_some((hour, 0, 1))
    })?;
    let mut used = used;
    let mut words = ukrainian(hour, minute, Case::Locative);
    // "о 10 год 20 хв".
    if used == 1 && script.word(at + 2) == Some("год") {
        words.push_str(" годині");
        used = 2 + usize::from(script.inner_stop(at + 3));
    }
    let preposition = if words.starts_with('о') { "об" } else { "о" };
    let capital = script.original(at).chars().next().is_some_and(char::is_uppercase);
    let preposition =
        if capital { preposition.replacen('о', "О", 1) } else { preposition.to_owned() };
    Some((format!("{preposition} {words}"), used + 1))
}

/// The time of a machine's "2026-11-25T10:20:00" at `at`, as it follows a date.
pub(super) fn after_date(script: &Script<'_>, at: usize) -> Said {
    let (hour, minute, used) = clock(script, at, false)?;
    let words = match script.language {
        Language::En => format!("at {}", english(hour, minute, false)),
        Language::Uk => {
            let words = ukrainian(hour, minute, Case::Locative);
            format!("{} {words}", if words.starts_with('о') { "об" } else { "о" })
        }
        Language::Ru => format!("в {}", russian(hour, minute, Case::Accusative, true)),
    };
    Some((words, used))
}

/// "10 ранку", "7 вечора", and "з 9 до 18" without anything that could be counted.
fn bare_hour(script: &Script<'_>, at: usize) -> Option<(u64, u64, usize)> {
    if script.language != Language::Uk {
        return None;
    }
    let hour = script.value(at).filter(|hour| *hour <= 24)?;
    let part = |at| matches!(script.word(at), Some("ранку" | "вечора" | "ночі" | "дня"));
    if part(at + 1) {
        return Some((hour, 0, 1));
    }
    let from = |at: usize| matches!(script.word_before(at), Some("з" | "із" | "від"));
    let till = |at: usize| script.word(at) == Some("до");
    let free = |at: usize| {
        script.word(at).is_none_or(|word| {
            matches!(
                word,
                "або" | "чи" | "і" | "та" | "без" | "у" | "в" | "щодня" | "годин" | "години"
            )
        }) && !script.mark(at, '%')
            && script.digits(at).is_none()
            && !(script.glued(at) && script.glued(at + 1))
            && !script.mark(at, '₴')
    };
    let short = |at: usize| script.value(at).is_some_and(|hour| hour <= 24);
    let opens = from(at) && till(at + 1) && short(at + 2) && (free(at + 3) || part(at + 3));
    let closes =
        till(at.checked_sub(1)?) && at >= 3 && short(at - 2) && from(at - 2) && free(at + 1);
    let weekday_hours = |word: Option<&str>| matches!(word, Some("години" | "годин"));
    let counted =
        weekday_hours(script.word(at + 1)) || (opens && weekday_hours(script.word(at + 3)));
    // "від 2 до 5 годин" is how long, "з 9 до 18 години" is when.
    if counted && script.word_before(at.min(script.tokens.len())) == Some("від") {
        return None;
    }
    (opens || closes).then_some((hour, 0, 1))
}

/// "09:00-18:00": from, to.
fn range(script: &Script<'_>, at: usize, used: usize) -> Said {
    if used < 3 || !['-', '–', '—'].iter().any(|mark| script.mark(at + used, *mark)) {
        return None;
    }
    let (hour, minute, _) = clock(script, at, false)?;
    let (end_hour, end_minute, end_used) = clock(script, at + used + 1, false)?;
    let before = script.word_before(at);
    let words = match script.language {
        Language::En => {
            let from = english(hour, minute, false);
            format!("{from} to {}", english(end_hour, end_minute, false))
        }
        Language::Uk => {
            let from = if before == Some("з") { "" } else { "з " };
            let genitive = |hour, minute| ukrainian(hour, minute, Case::Genitive);
            format!("{from}{} до {}", genitive(hour, minute), genitive(end_hour, end_minute))
        }
        Language::Ru => {
            let from = match before {
                Some("с" | "со") => "",
                _ => "с ",
            };
            let genitive = |hour, minute| russian(hour, minute, Case::Genitive, false);
            format!("{from}{} до {}", genitive(hour, minute), genitive(end_hour, end_minute))
        }
    };
    Some((words, used + 1 + end_used))
}

/// Hour, minute and tokens of "10:20" or "10:20:00"; of "10.20" where `dotted`.
fn clock(script: &Script<'_>, at: usize, dotted: bool) -> Option<(u64, u64, usize)> {
    let hour = script.digits(at).filter(|digits| digits.len() <= 2)?.parse().ok()?;
    let point = dotted && script.glued_mark(at + 1, '.');
    if !(point || script.glued_mark(at + 1, ':')) {
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

/// The hour is an ordinal: "десята двадцять", "до вісімнадцятої".
fn ukrainian(hour: u64, minute: u64, case: Case) -> String {
    let hour = ordinal(hour, Gender::Feminine, case, Language::Uk);
    let minutes = cardinal(minute, Gender::Feminine, Case::Nominative, Language::Uk);
    match (minute, case) {
        (0, Case::Nominative) => format!("{hour} година"),
        (0, _) => hour,
        (1..=9, _) => format!("{hour} нуль {minutes}"),
        _ => format!("{hour} {minutes}"),
    }
}

/// The hour is counted: "в десять часов", "до восемнадцати тридцати". `hours` says the word.
fn russian(hour: u64, minute: u64, case: Case, hours: bool) -> String {
    let nouns = Nouns::of(Language::Ru);
    let noun = nouns.and_then(|nouns| nouns.noun("час"));
    let count = cardinal(hour, Gender::Masculine, case, Language::Ru);
    if minute == 0 {
        let name =
            nouns.zip(noun).map_or("часов", |(nouns, noun)| nouns.counted(noun, hour, case));
        return match (hour, hours) {
            (1, true) => name.to_owned(),
            (_, true) => format!("{count} {name}"),
            (_, false) => count,
        };
    }
    let one = noun.map_or("час", |noun| noun.one(case));
    let count = if hour == 1 { one.to_owned() } else { count };
    let minutes = cardinal(minute, Gender::Feminine, case, Language::Ru);
    if minute < 10 { format!("{count} ноль {minutes}") } else { format!("{count} {minutes}") }
}

/// "с 9:00 до 18:00": the word for hours is said once, at the end.
fn goes_on(script: &Script<'_>, at: usize) -> bool {
    let joint = matches!(script.word(at), Some("до" | "и" | "или" | "по")) || script.mark(at, ',');
    joint && clock(script, at + 1, false).is_some()
}
