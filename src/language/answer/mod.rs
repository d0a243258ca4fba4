//! What a short utterance answers: yes, no, "what?", "an operator".
//!
//! Every word must be known, or the utterance is more than an answer: "yes, but change the time"
//! is no yes. Consent rests on this, so doubt is `None`.

mod english;
mod requests;
mod russian;
mod tables;
mod ukrainian;

use super::Language;
use super::words::{Kind, Token, tokens};
use serde::{Deserialize, Serialize};
use tables::{Entry, Meaning};

/// What a short utterance answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Agreement.
    Yes,
    /// Refusal.
    No,
    /// The caller did not hear or understand us.
    NotHeard,
    /// Stop what we are about to do.
    Cancel,
    /// A human, please.
    Operator,
    /// The caller takes leave.
    Goodbye,
    /// A moment, please.
    Wait,
    /// Say it again, please.
    Repeat,
}

impl Answer {
    /// The canonical word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotHeard => "not_heard",
            Self::Cancel => "cancel",
            Self::Operator => "operator",
            Self::Goodbye => "goodbye",
            Self::Wait => "wait",
            Self::Repeat => "repeat",
        }
    }
}

/// Nobody answers in more words than this.
const ANSWER_WORDS_MAX: usize = 40;

/// A longer farewell or call for a human is recognised up to this many words.
const LOOSE_WORDS_MAX: usize = 14;

/// "Not" reaches this many words ahead: "I don't want to talk to a robot, get me an operator" is a
/// wish all the same.
const DENIAL_REACH: usize = 3;

/// Between "дайте" and "консультанта" stand at most this many words less one.
const HUMAN_REACH: usize = 4;

/// What the whole utterance answers; `None` if it says anything else besides, contradicts itself,
/// or asks.
#[must_use]
pub fn classify(text: &str, language: Language) -> Option<Answer> {
    let other = other_script(language);
    let all = tokens(text);
    let asks = all.iter().any(|token| token.is_mark('?'));
    let words: Vec<&Token> = all.iter().filter(|token| token.kind != Kind::Mark).collect();
    if words.len() > ANSWER_WORDS_MAX {
        return None;
    }
    if words.is_empty() {
        // "?" and "???" are how a recogniser writes a puzzled grunt.
        return asks.then_some(Answer::NotHeard);
    }
    [language, other]
        .into_iter()
        .find_map(|language| closed(&words, asks, language).or_else(|| loose(&words, language)))
}

/// The language whose tables are read next: one of the other alphabet.
const fn other_script(language: Language) -> Language {
    match language {
        Language::En => Language::Uk,
        Language::Uk | Language::Ru => Language::En,
    }
}

/// Reads the utterance as a chain of known phrases and nothing else.
fn closed(words: &[&Token], asks: bool, language: Language) -> Option<Answer> {
    // "А" is a yes only by itself; before other words it is a sound.
    if let [only] = words
        && only.is("а")
    {
        return Some(if asks { Answer::NotHeard } else { Answer::Yes });
    }
    let mut found: Vec<Answer> = Vec::new();
    let mut apology = false;
    for meaning in chain(words, tables::entries(language))? {
        match meaning {
            Meaning::Apology => apology = true,
            Meaning::Says(answer) => found.push(answer),
            Meaning::Filler | Meaning::Other => {}
        }
    }
    if overcomes_hesitation(words, &found) {
        found.retain(|answer| *answer != Answer::Wait);
    }
    // The weightiest word decides: "no, cancel it" cancels, "yes, one moment" waits.
    let order = [
        Answer::Operator,
        Answer::Cancel,
        Answer::Goodbye,
        Answer::Repeat,
        Answer::NotHeard,
        Answer::Wait,
    ];
    if let Some(answer) = order.into_iter().find(|answer| found.contains(answer)) {
        return Some(answer);
    }
    match (found.contains(&Answer::Yes), found.contains(&Answer::No)) {
        (true, true) => None,
        (true, false) if asks => None,
        (true, false) => Some(Answer::Yes),
        (false, true) => Some(Answer::No),
        (false, false) => apology.then_some(Answer::NotHeard),
    }
}

/// "Сейчас… да, всё правильно": a clear answer at the end outweighs the hesitation before it. One
/// that only asks for patience, "one second, okay", does not.
fn overcomes_hesitation(words: &[&Token], found: &[Answer]) -> bool {
    match found.last() {
        Some(Answer::No) => true,
        Some(Answer::Yes) => words.iter().any(|word| word.is_any(tables::CLEAR_YES)),
        _ => false,
    }
}

/// The meanings of a chain of phrases that covers all the words; `None` if there is none. Longer
/// phrases are preferred; one that looks like an answer and is none spoils what it begins.
fn chain(words: &[&Token], entries: &[&[Entry]]) -> Option<Vec<Meaning>> {
    let end = words.len();
    // The phrase to take at each place from which the rest can be covered.
    let mut steps: Vec<Option<(usize, Meaning)>> = vec![None; end];
    for at in (0..end).rev() {
        let mut fits: Vec<(usize, Meaning)> = entries
            .iter()
            .copied()
            .flatten()
            .filter_map(|(phrase, meaning)| Some((begins_with(&words[at..], phrase)?, *meaning)))
            .collect();
        // A stable sort: of equally long ones the last, from the weightier table, is taken.
        fits.sort_by_key(|(length, _)| *length);
        let longest = fits.last().map_or(0, |(length, _)| *length);
        let spoilt =
            fits.iter().any(|(length, meaning)| *length == longest && *meaning == Meaning::Other);
        if !spoilt {
            let covers =
                |(length, _): &(usize, Meaning)| at + length == end || steps[at + length].is_some();
            steps[at] = fits.into_iter().rev().find(covers);
        }
    }
    let (mut at, mut meanings) = (0, Vec::new());
    while at < end {
        let (length, meaning) = steps[at]?;
        meanings.push(meaning);
        at += length;
    }
    Some(meanings)
}

/// How many words the phrase has, if the words begin with it. A `*` ends a stem.
fn begins_with(words: &[&Token], phrase: &str) -> Option<usize> {
    let mut length = 0;
    for expected in phrase.split_ascii_whitespace() {
        let word = words.get(length)?.text.as_str();
        let same =
            expected.strip_suffix('*').map_or(word == expected, |stem| word.starts_with(stem));
        if !same {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// A human or a goodbye inside a longer utterance: people explain why they want one.
fn loose(words: &[&Token], language: Language) -> Option<Answer> {
    if words.len() > LOOSE_WORDS_MAX {
        return None;
    }
    let denials = tables::denials(language);
    let wished = |phrase: &&str| {
        (0..words.len()).any(|at| {
            let denied =
                words[at.saturating_sub(DENIAL_REACH)..at].iter().any(|word| word.is_any(denials));
            !denied && begins_with(&words[at..], phrase).is_some()
        })
    };
    if tables::operator_requests(language).iter().any(wished) || calls_a_human(words, denials) {
        return Some(Answer::Operator);
    }
    let farewell = tables::farewells(language).iter().any(|phrase| {
        (0..words.len()).any(|at| begins_with(&words[at..], phrase) == Some(words.len() - at))
    });
    let thanks = contains(words, tables::thanks(language));
    (farewell && thanks).then_some(Answer::Goodbye)
}

/// "Дайте живого консультанта": a word of connecting with one for a human shortly after it.
fn calls_a_human(words: &[&Token], denials: &[&str]) -> bool {
    let starts =
        |word: &Token, stems: &[&str]| stems.iter().any(|stem| word.text.starts_with(stem));
    (0..words.len()).any(|at| {
        let denied =
            words[at.saturating_sub(DENIAL_REACH)..at].iter().any(|word| word.is_any(denials));
        let reach = words.len().min(at + 1 + HUMAN_REACH);
        !denied
            && starts(words[at], tables::CONNECTING)
            && words[at + 1..reach].iter().any(|word| starts(word, tables::HUMANS))
    })
}

/// True if one of the phrases stands anywhere in the words.
fn contains(words: &[&Token], phrases: &[&str]) -> bool {
    phrases
        .iter()
        .any(|phrase| (0..words.len()).any(|at| begins_with(&words[at..], phrase).is_some()))
}

/// A sound of listening ("uh-huh", "ага", "okay"), at most three words: said over us it is no
/// reason to stop.
#[must_use]
pub fn is_backchannel(text: &str, language: Language) -> bool {
    let all = tokens(text);
    let words: Vec<&Token> = all.iter().filter(|token| token.kind != Kind::Mark).collect();
    if words.is_empty() || words.len() > 3 || all.iter().any(|token| token.is_mark('?')) {
        return false;
    }
    let table = tables::backchannels(language);
    let mut at = 0;
    while at < words.len() {
        let longest = table.iter().filter_map(|phrase| begins_with(&words[at..], phrase)).max();
        let Some(length) = longest else { return false };
        at += length;
    }
    true
}

/// Does the caller ask not to be recorded?
#[must_use]
pub fn refuses_recording(text: &str, language: Language) -> bool {
    let all = tokens(text);
    let words: Vec<&Token> = all.iter().filter(|token| token.kind != Kind::Mark).collect();
    let other = other_script(language);
    // "Не записуйте мене на завтра" refuses an appointment, not the transcript.
    let appointment = words
        .windows(2)
        .any(|pair| pair[0].is_any(&["мене", "меня"]) && pair[1].is_any(&["на", "во", "в"]));
    !appointment
        && [language, other]
            .into_iter()
            .any(|language| contains(&words, tables::no_recording(language)))
}

#[cfg(test)]
mod tests;
