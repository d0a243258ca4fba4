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

/// What the caller is about to say, by our last question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    /// Yes, no, or one of a few things that we named.
    Answer,
    /// Anything.
    Speech,
    /// Digits, a size, a name.
    Figures,
    /// A number plate or an address: letters and digits, piece by piece.
    Spelled,
}

/// What our last sentence leads to.
pub(super) fn awaited(said: &str) -> Awaited {
    const SPELLED: &[&str] = &[
        "plate",
        "street",
        "address",
        "branch",
        "вулиц",
        "адрес",
        "відділенн",
        "номерний знак",
        "держномер",
        "улиц",
        "отделени",
        "госномер",
        "номерной знак",
    ];
    const CARS: &[&str] = &["автомоб", "авто", "машин"];
    const CHOICES: &[&str] = &[
        "which one",
        "which of",
        "how many",
        "which time",
        "which city",
        " or ",
        "яка саме",
        "який саме",
        "які з них",
        "скільки",
        "який час",
        "яке місто",
        " чи ",
        "какая именно",
        "какой именно",
        "какие из них",
        "сколько",
        "какое время",
        "какой город",
        " или ",
    ];
    if asks_with(said, SPELLED) || asks_with(said, CARS) && asks_with(said, &["номер"]) {
        Awaited::Spelled
    } else if asks_for_more(said) {
        // A wish may follow as well as a no.
        Awaited::Speech
    } else if is_yes_or_no(said) {
        Awaited::Answer
    } else if expects_slow_answer(said) {
        Awaited::Figures
    } else if asks_with(said, CHOICES) {
        Awaited::Answer
    } else {
        Awaited::Speech
    }
}

/// Does our last sentence end in a question that yes or no answers? In Ukrainian and Russian such
/// a question of ours begins with an infinitive or with "це", "это".
fn is_yes_or_no(said: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "shall",
        "is",
        "are",
        "do",
        "does",
        "did",
        "has",
        "have",
        "would",
        "will",
        "це",
        "чи",
        "это",
        "все",
        "всё",
        "правильно",
        "вірно",
        "верно",
    ];
    let Some(question) = question_of(said) else { return false };
    let Some(first) = question.split_whitespace().next() else { return false };
    let first = first.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
    let infinitive = first.chars().count() > 4
        && ["ти", "ть", "тись", "тися", "ться"].iter().any(|ending| first.ends_with(ending));
    let named = question.contains(" чи ") || question.contains(" или ");
    BEGINNINGS.contains(&first) || infinitive && !named
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
    question_of(said).is_some_and(|question| words.iter().any(|word| question.contains(word)))
}

/// The question that `said` ends with, in small letters.
fn question_of(said: &str) -> Option<String> {
    let said = said.trim_end();
    let question = said.strip_suffix('?').and_then(|text| text.rsplit(['.', '!', '?']).next())?;
    Some(question.to_lowercase().replace(['\u{2019}', '\u{02bc}', '`'], "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited_follows_the_question() {
        for (said, expected) in [
            ("There are 40 of the Michelin. Shall I order them?", Awaited::Answer),
            ("Which one would you like?", Awaited::Answer),
            ("How many of the Nokian do you need?", Awaited::Answer),
            ("Shall we deliver, or will you pick them up?", Awaited::Answer),
            ("Записати на шиномонтаж?", Awaited::Answer),
            ("Это ваш размер?", Awaited::Answer),
            ("Вам доставка чи самовивіз?", Awaited::Answer),
            ("Скільки штук вам потрібно?", Awaited::Answer),
            ("Which tyre size do you need?", Awaited::Figures),
            ("What phone number can we reach you at?", Awaited::Figures),
            ("Какой диаметр диска, в дюймах, и какой размер?", Awaited::Figures),
            ("На яке ім'я записати?", Awaited::Figures),
            ("What colour and make is the car, or its plate?", Awaited::Spelled),
            ("Яка вулиця і будинок?", Awaited::Spelled),
            ("Какого цвета автомобиль, или какой номер?", Awaited::Spelled),
            ("Is there anything else?", Awaited::Speech),
            ("How can I help?", Awaited::Speech),
            ("Your order is placed.", Awaited::Speech),
            ("", Awaited::Speech),
        ] {
            assert_eq!(awaited(said), expected, "{said}");
        }
    }
}
