//! The database's own words, in the words of people.

mod work;

pub use work::*;

use super::words::{Tongue, Words};

/// A table of codes with their Ukrainian and English names.
type Names = &'static [(&'static str, &'static str, &'static str)];

/// `calls.outcome`, and `open` for a call that goes on.
pub const OUTCOMES: Names = &[
    ("resolved", "вирішено", "resolved"),
    ("transferred", "передано", "transferred"),
    ("callback", "передзвонити", "callback"),
    ("abandoned", "кинуто", "abandoned"),
    ("lost_process", "збій програми", "process lost"),
    ("leg_lost", "обрив лінії", "line lost"),
    ("refused", "не прийнято", "refused"),
    ("error", "помилка", "error"),
    ("open", "триває", "in progress"),
];

/// `calls.origin`
pub const ORIGINS: Names =
    &[("live", "справжній", "live"), ("demo", "демонстрація", "demo"), ("test", "проба", "test")];

/// `calls.channel`
pub const CHANNELS: Names =
    &[("phone", "телефон", "phone"), ("chat", "чат", "chat"), ("browser", "браузер", "browser")];

/// `calls.language`
pub const LANGUAGES: Names = &[
    ("uk", "українська", "Ukrainian"),
    ("ru", "російська", "Russian"),
    ("en", "англійська", "English"),
];

/// `calls.drop_off_stage`
pub const STAGES: Names = &[
    ("greeting", "привітання", "greeting"),
    ("tire_search", "пошук шин", "looking for tyres"),
    ("station_selection", "вибір станції", "choosing a station"),
    ("time_selection", "вибір часу", "choosing a time"),
    ("details", "імʼя й авто", "name and car"),
    ("order_items", "склад замовлення", "what to order"),
    ("delivery", "доставка", "delivery"),
    ("confirmation", "підтвердження", "confirmation"),
];

/// `calls.sentiment`
pub const MOODS: Names = &[
    ("positive", "добрий", "positive"),
    ("neutral", "спокійний", "neutral"),
    ("negative", "поганий", "negative"),
];

/// `call_traces.step`
pub const STEPS: Names = &[
    ("endpoint", "кінець репліки", "end of turn"),
    ("stt", "розпізнавання", "recognition"),
    ("route", "напрям", "routing"),
    ("llm", "модель", "model"),
    ("tool", "інструмент", "tool"),
    ("guard", "перевірка", "guard"),
    ("tts", "голос", "voice"),
    ("play", "звук", "sound"),
    ("quality", "якість", "quality"),
    ("embed", "пошук", "search"),
];

/// The name of a code in a table; a code that is not there stands for itself.
#[must_use]
pub fn name(words: Words, table: Names, code: &str) -> String {
    let Some((_, uk, en)) = table.iter().find(|(known, _, _)| *known == code) else {
        return code.replace('_', " ");
    };
    match words.0 {
        Tongue::Uk => (*uk).to_owned(),
        Tongue::En => (*en).to_owned(),
    }
}

/// A choice of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub code: &'static str,
    /// What is shown.
    pub name: String,
    /// Is it the present one?
    pub chosen: bool,
}

/// Everything of a table to choose from.
#[must_use]
pub fn choices(words: Words, table: Names, chosen: &str) -> Vec<Choice> {
    let choice = |code: &'static str| Choice {
        code,
        name: name(words, table, code),
        chosen: code == chosen,
    };
    table.iter().map(|(code, _, _)| choice(code)).collect()
}
