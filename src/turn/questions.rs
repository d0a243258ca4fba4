//! What our last sentence asked for, by its words: it tells how long callers pause, and what their
//! "no" means.

/// Does our last question ask for something that people say with pauses: digits, a size, a name?
pub(super) fn expects_slow_answer(said: &str) -> bool {
    const WORDS: &[&str] = &[
        "size",
        "number",
        "name",
        "phone",
        "plate",
        "digits",
        "розмір",
        "номер",
        "ім'я",
        "прізвище",
        "звати",
        "телефон",
        "цифр",
        "размер",
        "имя",
        "фамили",
    ];
    asks_with(said, WORDS)
}

/// Does our last question offer to go on: "Is there anything else?"
pub(super) fn asks_for_more(said: &str) -> bool {
    const WORDS: &[&str] = &[
        "anything else",
        "something else",
        "щось ще",
        "ще щось",
        "чимось ще",
        "ще чимось",
        "чим ще",
        "ще чим",
        "чем-то ещё",
        "что-то ещё",
        "чем ещё",
        "что-нибудь ещё",
    ];
    asks_with(said, WORDS)
}

/// Stands one of the words in the question that `said` ends with?
fn asks_with(said: &str, words: &[&str]) -> bool {
    let said = said.trim_end();
    let question = said.strip_suffix('?').and_then(|text| text.rsplit(['.', '!', '?']).next());
    question.is_some_and(|question| {
        let question = question.to_lowercase().replace(['\u{2019}', '\u{02bc}', '`'], "'");
        words.iter().any(|word| question.contains(word))
    })
}
