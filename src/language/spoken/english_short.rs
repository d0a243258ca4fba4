//! English abbreviations in full.

use super::abbreviations::cased;
use super::short_forms::ENGLISH;
use super::{Said, Script};

/// These may close a sentence: "… 10 Polar Rd."
const CLOSING: &[&str] = &[
    "rd", "ave", "blvd", "pcs", "etc", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "max",
    "min", "sq", "ln", "incl",
];

/// "Polar St.", "No. 5", "Mon-Fri", "approx."
pub(super) fn expand(script: &Script<'_>, at: usize) -> Said {
    saint_or_street(script, at).or_else(|| short(script, at))
}

fn short(script: &Script<'_>, at: usize) -> Said {
    let word = script.word(at)?;
    let dot = script.glued_mark(at + 1, '.');
    if word == "no" && dot && script.digits(at + 2).is_some() {
        return Some(("number".to_owned(), 2));
    }
    let (_, full, needs_dot) = ENGLISH.iter().find(|short| short.0 == word)?;
    let capital = script.original(at).chars().next().is_some_and(char::is_uppercase);
    let is_day = full.ends_with("day");
    if (*needs_dot && !dot) || (is_day && !capital) {
        return None;
    }
    if is_day
        && ['-', '–'].iter().any(|mark| script.mark(at + 1, *mark))
        && let Some((_, last, _)) = script.word(at + 2).and_then(|word| {
            ENGLISH.iter().find(|short| short.0 == word && short.1.ends_with("day"))
        })
    {
        return Some((format!("{full} to {last}"), 3));
    }
    let full = cased(script.original(at), full);
    if !dot {
        return Some((full, 1));
    }
    let closes = (CLOSING.contains(&word) && !script.inner_stop(at + 1))
        || script.tokens.get(at + 2).is_none();
    Some((full, if closes { 1 } else { 2 }))
}

/// "Polar St." is a street, "St. Mary" a saint.
fn saint_or_street(script: &Script<'_>, at: usize) -> Said {
    if script.word(at)? != "st" {
        return None;
    }
    let upper = |at: usize| script.original(at).chars().next().is_some_and(char::is_uppercase);
    let dot = usize::from(script.glued_mark(at + 1, '.'));
    if at > 0 && script.word(at - 1).is_some() && upper(at - 1) {
        let keep = script.tokens.get(at + 1 + dot).is_none() || upper(at + 1 + dot);
        return Some(("Street".to_owned(), 1 + if keep { 0 } else { dot }));
    }
    (upper(at) && upper(at + 1 + dot)).then(|| ("Saint".to_owned(), 1 + dot))
}
