//! What a model writes is compared with what the caller said: names, numbers, weekdays.

use super::{Guard, Refusal, ToolDesk};
use crate::language::Language;
use crate::language::heard::{Context, Heard, hear, nearest_weekday};
use crate::pii::Phone;
use crate::shop::{WeekdayName, fold};
use chrono::NaiveDate;
use std::cmp::Ordering;

/// A weekday counts while it stands in this many of the caller's last lines.
const WEEKDAY_LINES: usize = 3;
/// A number for contact may be spread over this many lines.
const PHONE_LINES_MAX: usize = 6;
/// The digits of a number that say whose it is; before them come ways to write a country.
const PHONE_DIGITS: usize = 9;
/// Letters that two forms of one name share at least.
const NAME_PREFIX_CHARS: usize = 3;
/// A word after one of these is the name of a car's owner, or of a street.
const NO_NAME_AFTER: [&str; 24] = [
    "машина",
    "машину",
    "машини",
    "машины",
    "авто",
    "автомобіль",
    "автомобиль",
    "шини",
    "шины",
    "колеса",
    "вулиця",
    "вулиці",
    "вулицю",
    "вул",
    "улица",
    "улице",
    "проспект",
    "проспекті",
    "проспекте",
    "провулок",
    "бульвар",
    "бульварі",
    "площа",
    "шосе",
];
/// A word before one of these is the name of a street.
const NO_NAME_BEFORE: [&str; 9] =
    ["street", "avenue", "lane", "road", "square", "boulevard", "highway", "шосе", "шоссе"];
/// Words that say who someone is to the caller, and what people say where a name belongs.
const NOT_NAMES: [&str; 30] = [
    "wife",
    "husband",
    "brother",
    "sister",
    "mother",
    "father",
    "son",
    "daughter",
    "friend",
    "name",
    "caller",
    "customer",
    "client",
    "дружина",
    "чоловік",
    "брат",
    "сестра",
    "мама",
    "тато",
    "син",
    "дочка",
    "друг",
    "клієнт",
    "жена",
    "муж",
    "отец",
    "мать",
    "сын",
    "дочь",
    "клиент",
];

fn values(line: &str, language: Language, today: NaiveDate) -> Vec<Heard> {
    hear(line, language, &Context { today, sizes: &[], brands: &[] })
}

/// Lines of the caller, their parts joined: what was said in one breath may be several entries.
fn joined(desk: &ToolDesk) -> Vec<String> {
    let words = &desk.caller_words;
    (0..words.len())
        .flat_map(|first| {
            let last = words.len().min(first + PHONE_LINES_MAX);
            (first + 1..=last).map(move |end| words[first..end].join(" "))
        })
        .collect()
}

/// Telephone numbers in the caller's words, the latest last.
pub(super) fn phones_said(desk: &ToolDesk) -> Vec<Phone> {
    let today = desk.today();
    joined(desk)
        .iter()
        .flat_map(|line| values(line, desk.language, today))
        .filter_map(|value| match value {
            Heard::Phone(phone) => Some(phone),
            _ => None,
        })
        .collect()
}

/// The caller has said this number, in one line or over several.
pub(super) fn phone_said(desk: &ToolDesk, phone: &Phone) -> bool {
    let digits: String = phone.reveal().chars().filter(char::is_ascii_digit).collect();
    let national = &digits[digits.len().saturating_sub(PHONE_DIGITS)..];
    let today = desk.today();
    let languages = [desk.language, Language::Uk, Language::Ru, Language::En];
    // Digits in groups are read as all kinds of numbers; in a row they are the number again.
    joined(desk).iter().any(|lines| {
        let written: String = lines.chars().filter(char::is_ascii_digit).collect();
        written.contains(national)
            || languages.iter().any(|language| {
                let said: String = values(lines, *language, today)
                    .iter()
                    .filter(|value| {
                        matches!(
                            value,
                            Heard::Phone(_)
                                | Heard::Number(_)
                                | Heard::Quantity(_)
                                | Heard::Time(_)
                                | Heard::Ordinal(_)
                                | Heard::Diameter(_)
                        )
                    })
                    .flat_map(|value| value.canonical().chars().collect::<Vec<_>>())
                    .filter(char::is_ascii_digit)
                    .collect();
                said.contains(national)
            })
    })
}

/// Two folded words are forms of one name: "Олена", "Олену", "Olena".
fn same_name(left: &str, right: &str) -> bool {
    let common = left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
    let (short, long) = {
        let (a, b) = (left.chars().count(), right.chars().count());
        (a.min(b), a.max(b))
    };
    left == right
        || (common >= NAME_PREFIX_CHARS.min(short) && short > 2 && common * 10 >= long * 6)
}

/// The words of a line that can be a name, folded: no possessive, no street, no owner of a car.
fn name_words(line: &str) -> Vec<String> {
    let raw: Vec<String> = line
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '!' | '?' | ';' | ':' | '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let possessive =
        |word: &str| ["'s", "’s", "ʼs", "s'", "s’"].iter().any(|ending| word.ends_with(ending));
    raw.iter()
        .enumerate()
        .filter(|(at, word)| {
            let after = at.checked_sub(1).and_then(|before| raw.get(before));
            let before = raw.get(at + 1);
            !possessive(word)
                && !after.is_some_and(|word| NO_NAME_AFTER.contains(&word.as_str()))
                && !before.is_some_and(|word| NO_NAME_BEFORE.contains(&word.as_str()))
        })
        .map(|(_, word)| fold(word))
        .collect()
}

/// Every word of `name` stands in `words`.
fn all_in(name: &str, words: &[String]) -> bool {
    let parts: Vec<String> = name
        .split(|c: char| c.is_whitespace() || c == '-')
        .filter(|part| part.chars().any(char::is_alphabetic))
        .map(|part| fold(part.trim_matches('.')))
        .collect();
    !parts.is_empty() && parts.iter().all(|part| words.iter().any(|word| same_name(part, word)))
}

/// A name that may be used: letters only, and said by the caller or known from their profile.
pub(super) fn name(desk: &ToolDesk, given: &str) -> Result<String, Refusal> {
    let missing = |message: &str| Refusal::new("name_missing", message.into());
    let name = super::args::text("customer_name", Some(given))?.unwrap_or_default();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let legal = letters >= 2
        && name.chars().count() <= 60
        && name
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | 'ʼ' | '.'));
    if !legal {
        return Err(missing(
            "customer_name must be the name that the caller gave. Ask: what name is it for?",
        ));
    }
    if !desk.guards.on(Guard::GroundedName) {
        return Ok(name);
    }
    let known = desk.profile.as_ref().and_then(|profile| profile.name.as_ref());
    let from_profile = known.is_some_and(|known| all_in(&name, &name_words(&known.0)));
    let said: Vec<String> = desk.caller_words.iter().flat_map(|line| name_words(line)).collect();
    let no_name = NOT_NAMES.contains(&name.to_lowercase().as_str());
    if from_profile || (!no_name && all_in(&name, &said)) {
        return Ok(name);
    }
    Err(Refusal::new(
        "name_not_said",
        "The caller has not given this name as theirs. Ask: what name is it for?".into(),
    ))
}

impl ToolDesk {
    /// A weekday that the caller named must lie in `from..=to`, unless times of its day were
    /// answered already and the talk has gone on from there.
    pub(super) fn check_weekday(&self, from: NaiveDate, to: NaiveDate) -> Result<(), Refusal> {
        if !self.guards.on(Guard::Weekday) {
            return Ok(());
        }
        let today = self.today();
        for line in self.unsettled_lines().iter().rev() {
            let found = values(line, self.language, today);
            let named: Vec<WeekdayName> = found
                .iter()
                .filter_map(|value| match value {
                    Heard::Weekday(day) => Some(WeekdayName::of(nearest_weekday(today, *day))),
                    _ => None,
                })
                .collect();
            let fits = |day: &WeekdayName| day.first_from(from) <= to;
            if named.iter().any(fits) {
                return Ok(());
            }
            if let Some(said) = named.last() {
                return Err(weekday_mismatch(*said, from, self.window().first));
            }
            // A date that was named after the weekday, or without one, is the caller's own word.
            let dated = found
                .iter()
                .any(|value| matches!(value, Heard::Date(day) if (from..=to).contains(day)));
            if dated {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The day that the caller named has been answered; what they say from now on counts.
    pub(super) fn settle_weekday(&mut self) {
        let last = self.caller_words.last().map_or(0, |line| line.chars().count());
        self.ledger.weekday_settled = (self.caller_words.len(), last);
    }

    /// The last lines of the caller, without what was answered already.
    fn unsettled_lines(&self) -> Vec<String> {
        let (lines, chars) = self.ledger.weekday_settled;
        let first = self.caller_words.len().saturating_sub(WEEKDAY_LINES);
        let shown = |(at, line): (usize, &String)| match (at + 1).cmp(&lines) {
            Ordering::Less => String::new(),
            Ordering::Equal => line.chars().skip(chars).collect(),
            Ordering::Greater => line.clone(),
        };
        self.caller_words.iter().enumerate().skip(first).map(shown).collect()
    }
}

/// The refusal for a day whose weekday is another than the one that was said.
pub(super) fn weekday_mismatch(said: WeekdayName, day: NaiveDate, first: NaiveDate) -> Refusal {
    Refusal::new(
        "weekday_mismatch",
        format!(
            "The caller said {}, but {day} is {}. The nearest such day is {}: call \
             get_fitting_slots with it, or ask which day is meant.",
            said.as_str(),
            WeekdayName::of(day).as_str(),
            said.first_from(first),
        ),
    )
}
