//! Weekdays in short.

use super::abbreviations::cased;
use super::governing::governor;
use super::numbers::Case;
use super::short_forms::DAYS;
use super::{Said, Script};
use crate::language::Language;

/// "пн", "пн-пт", "у ср".
pub(super) fn expand(script: &Script<'_>, at: usize) -> Said {
    if script.language == Language::En {
        return None;
    }
    let short = |at: usize| {
        let word = script.word(at)?;
        let (_, uk, ru) = DAYS.iter().find(|day| day.0 == word)?;
        Some(if script.language == Language::Ru { ru } else { uk })
    };
    let forms = short(at)?;
    let dot = |at: usize| usize::from(script.glued_mark(at, '.') && script.inner_stop(at));
    let dash = at + 1 + dot(at + 1);
    if ['-', '–', '—'].iter().any(|mark| script.mark(dash, *mark))
        && let Some(last) = short(dash + 1)
    {
        let words = match (script.language, forms[0]) {
            (Language::Ru, "вторник") => format!("со {} по {}", forms[1], last[2]),
            (Language::Ru, _) => format!("с {} по {}", forms[1], last[2]),
            _ if forms[1].starts_with('с') => format!("із {} по {}", forms[1], last[2]),
            _ => format!("з {} по {}", forms[1], last[2]),
        };
        let own = matches!(script.word_before(at), Some("з" | "с" | "со"));
        let words =
            if own { words.split_once(' ').map_or("", |(_, rest)| rest).to_owned() } else { words };
        return Some((cased(script.original(at), &words), dash + 2 + dot(dash + 2) - at));
    }
    let form = match governor(script, at).first() {
        Some(Case::Genitive) => forms[1],
        Some(Case::Accusative) => forms[2],
        _ => forms[0],
    };
    let opens = at == 0 || script.mark(at - 1, '.');
    let form = if opens { cased(script.original(at), form) } else { form.to_owned() };
    Some((form, 1 + dot(at + 1)))
}
