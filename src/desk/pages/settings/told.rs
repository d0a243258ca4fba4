//! Settings in words: what is in force, and what differs.

use super::{Fact, Standing};
use crate::config::settings::{Choice, Holiday, Hours, NUMBERS};
use crate::db::desk::settings::Books;
use crate::desk::names;
use crate::desk::words::Words;
use std::collections::BTreeMap;

/// What differs between two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) name: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// A setting, line by line.
pub(super) fn facts(words: Words, choice: &Choice, books: &Books, has_line: bool) -> Vec<Fact> {
    let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
    match choice {
        Choice::Hours(hours) => of_hours(words, hours, books),
        Choice::Transfers(order) => {
            vec![fact(words.transfers_order(), order.order.join(" → "))]
        }
        Choice::Limits(limits) => {
            let usd =
                [("call_usd_max", limits.call_usd_max), ("hour_usd_max", limits.hour_usd_max)];
            let usd = usd.map(|(name, value)| fact(words.limit(name), format!("{value} $")));
            let numbers = NUMBERS.iter().filter(|number| has_line || !number.of_line);
            let numbers = numbers
                .map(|number| fact(words.limit(number.name), (number.get)(limits).to_string()));
            usd.into_iter().chain(numbers).collect()
        }
        Choice::Greeting(greeting) => {
            let language = greeting.language.code();
            let asks = if greeting.ask_rating { words.yes() } else { words.no() };
            vec![
                fact(words.greeting_name(), greeting.name.clone()),
                fact(words.greeting_language(), names::name(words, names::LANGUAGES, language)),
                fact(words.greeting_rating(), asks.to_owned()),
            ]
        }
    }
}

fn of_hours(words: Words, hours: &Hours, books: &Books) -> Vec<Fact> {
    let joined = |parts: &[String], empty: &str| {
        if parts.is_empty() { empty.to_owned() } else { parts.join(", ") }
    };
    let holidays: Vec<String> = hours.holidays.iter().map(holiday).collect();
    let mut facts = vec![
        Fact {
            name: words.hours_people().to_owned(),
            value: joined(&hours.people, words.hours_any()),
        },
        Fact {
            name: words.hours_holidays().to_owned(),
            value: joined(&holidays, words.hours_none()),
        },
    ];
    facts.extend(hours.stations.iter().map(|(code, week)| Fact {
        name: station(books, code),
        value: joined(week, words.hours_closed()),
    }));
    facts
}

/// A holiday as it is written into the form.
pub(super) fn holiday(holiday: &Holiday) -> String {
    let Holiday { from, to, name } = holiday;
    let days = if from == to { from.to_string() } else { format!("{from}..{to}") };
    if name.is_empty() { days } else { format!("{days} {name}") }
}

/// The name of a station; its code, if it is not served any more.
pub(super) fn station(books: &Books, code: &str) -> String {
    let known = books.stations.iter().find(|station| station.external_code == code);
    known.map_or_else(|| code.to_owned(), |station| station.name.clone())
}

/// Bookings that stand on holidays.
pub(super) fn bookings(words: Words, books: &Books) -> Vec<String> {
    let days = books.bookings.iter().map(|(day, count)| format!("{day}: {count}"));
    let days: Vec<String> = days.collect();
    if days.is_empty() {
        Vec::new()
    } else {
        vec![format!("{} {}", words.hours_bookings(), days.join(", "))]
    }
}

/// What differs from one value to the next; of the first one everything.
pub(super) fn differences(
    words: Words,
    (before, after): (Option<&Choice>, Option<&Choice>),
    standing: &Standing,
) -> Vec<Difference> {
    let told = |choice: Option<&Choice>| -> BTreeMap<String, (usize, String)> {
        let facts = choice.map(|one| facts(words, one, &standing.books, standing.has_line));
        let facts = facts.unwrap_or_default().into_iter().enumerate();
        facts.map(|(at, fact)| (fact.name, (at, fact.value))).collect()
    };
    if after.is_none() {
        let why = words.setting_unreadable().to_owned();
        return vec![Difference { name: why, before: String::new(), after: String::new() }];
    }
    let (was, is) = (told(before), told(after));
    let mut found: Vec<(usize, Difference)> = is
        .into_iter()
        .filter(|(name, (_, value))| was.get(name).is_none_or(|(_, old)| old != value))
        .map(|(name, (at, after))| {
            let before = was.get(&name).map_or_else(String::new, |(_, old)| old.clone());
            (at, Difference { name, before, after })
        })
        .collect();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, difference)| difference).collect()
}
