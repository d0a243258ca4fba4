//! The database's own words, in the words of people.

mod console;
mod deeds;
mod work;

pub use console::*;
pub use deeds::*;
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

/// `calls.scenario`, and `none` for a call without one.
pub const SCENARIOS: Names = &[
    ("tire_search", "пошук шин", "looking for tyres"),
    ("order", "замовлення", "order"),
    ("order_status", "стан замовлення", "state of an order"),
    ("fitting_booking", "запис на шиномонтаж", "booking a fitting"),
    ("fitting_change", "зміна запису", "changing a fitting"),
    ("price_query", "ціни", "prices"),
    ("storage", "зберігання шин", "tyre storage"),
    ("knowledge", "довідка", "advice"),
    ("profile", "про клієнта", "about the caller"),
    ("wishlist", "список очікування", "waiting list"),
    ("callback", "передзвонити", "call back"),
    ("operator", "оператор", "operator"),
    ("none", "невідомо", "not known"),
];

/// What a call made.
pub const MADE: Names = &[("order", "замовлення", "order"), ("booking", "запис", "booking")];

/// Criteria of quality, and who judged.
pub const CRITERIA: Names = &[
    ("greeted", "привіталися", "greeted"),
    ("understood_intent", "зрозуміли бажання", "understood the wish"),
    ("correct_tool", "правильні дії", "right tools"),
    ("accurate_info", "правдиві факти", "true facts"),
    ("confirmed_before_action", "спитали перед дією", "asked before acting"),
    ("concise", "стисло", "brief"),
    ("resolved_without_human", "вирішено без людини", "settled without a person"),
    ("satisfied", "клієнт задоволений", "caller content"),
    ("rules", "за правилами", "by rules"),
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
    pub code: String,
    /// What is shown.
    pub name: String,
    /// Is it the present one?
    pub chosen: bool,
}

/// Everything of a table to choose from, and what was chosen if it is not there.
#[must_use]
pub fn choices(words: Words, table: Names, chosen: &str) -> Vec<Choice> {
    let choice = |code: &str| Choice {
        code: code.to_owned(),
        name: name(words, table, code),
        chosen: code == chosen,
    };
    let mut all: Vec<Choice> = table.iter().map(|(code, _, _)| choice(code)).collect();
    if !chosen.is_empty() && all.iter().all(|one| !one.chosen) {
        all.push(choice(chosen));
    }
    all
}
