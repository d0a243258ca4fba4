//! The core's own few sentences, and what it must recognise by itself. The only file of the core
//! that knows words.

use super::CallFacts;
use crate::language::{Language, answer};
use crate::shop::{Agreement, Service};

/// What the core says without asking the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Says again that an automatic system answers, when the greeting was cut off.
    Notice,
    /// While the caller waits; the number picks one, so that repeats differ.
    Filler(u32),
    /// Something of ours failed; asks the caller to say it again.
    Apology,
    /// No words were recognised.
    NotHeard,
    /// First silence prompt.
    StillHere,
    /// Second silence prompt.
    AreYouThere,
    /// The caller asked for a moment.
    TakeYourTime,
    /// Silence prompt while a read-back waits.
    YesOrNo,
    /// The question after a read-back.
    Agree,
    /// Before hanging up on silence.
    FarewellSilence,
    /// An ordinary goodbye.
    Farewell,
    /// The call has been too long.
    FarewellLimit,
    /// The program stops.
    FarewellShutdown,
    /// Before handing over because the caller, or the model, wanted it.
    Handover,
    /// Before handing over because we cannot go on.
    HandoverBroken,
    /// The caller asked not to be recorded.
    NotRecorded,
    /// The agreed effect was done, but the model cannot say so.
    Done,
}

/// The sentence.
pub(super) fn text(line: Line, language: Language) -> &'static str {
    match language {
        Language::En => english(line),
        Language::Uk => ukrainian(line),
    }
}

fn english(line: Line) -> &'static str {
    match line {
        Line::Notice => "By the way, I am an automatic assistant.",
        Line::Filler(n) => {
            ["One moment, please.", "I am still checking, just a second."][n as usize % 2]
        }
        Line::Apology => {
            "Sorry, something went wrong on our side. Could you say that again, please?"
        }
        Line::NotHeard => "Sorry, I did not catch that. Could you repeat it, please?",
        Line::StillHere => "I am on the line and listening.",
        Line::AreYouThere => "Are you still there?",
        Line::TakeYourTime => "Of course, take your time.",
        Line::YesOrNo => "Please say yes or no.",
        Line::Agree => "Shall I do that? Please say yes or no.",
        Line::FarewellSilence => {
            "I cannot hear you, so I will end the call. Please ring us again. Goodbye!"
        }
        Line::Farewell => "Thank you for calling. Goodbye!",
        Line::FarewellLimit => {
            "This call has become too long for me. Please ring us again. Goodbye!"
        }
        Line::FarewellShutdown => {
            "I am sorry, I must end the call now. Please ring again in a minute. Goodbye!"
        }
        Line::Handover => "I am connecting you to an operator. Please stay on the line.",
        Line::HandoverBroken => {
            "Sorry, I cannot go on because of a fault. I am connecting you to an operator."
        }
        Line::NotRecorded => "All right, from now on no text of this call is kept. How can I help?",
        Line::Done => "It is done as we agreed. Is there anything else?",
    }
}

fn ukrainian(line: Line) -> &'static str {
    match line {
        Line::Notice => "До речі, я автоматичний помічник.",
        Line::Filler(n) => ["Хвилинку, будь ласка.", "Ще перевіряю, секундочку."][n as usize % 2],
        Line::Apology => "Вибачте, у нас щось пішло не так. Повторіть, будь ласка.",
        Line::NotHeard => "Вибачте, я не розібрав. Повторіть, будь ласка.",
        Line::StillHere => "Я на лінії, слухаю вас.",
        Line::AreYouThere => "Ви ще на лінії?",
        Line::TakeYourTime => "Звісно, не поспішайте.",
        Line::YesOrNo => "Скажіть, будь ласка, так або ні.",
        Line::Agree => "Оформлюємо? Скажіть, будь ласка, так або ні.",
        Line::FarewellSilence => {
            "Я вас не чую, тому завершую дзвінок. Телефонуйте ще. До побачення!"
        }
        Line::Farewell => "Дякуємо за дзвінок. До побачення!",
        Line::FarewellLimit => {
            "Наша розмова вже надто довга для мене. Зателефонуйте ще раз, будь ласка. До побачення!"
        }
        Line::FarewellShutdown => {
            "Вибачте, мушу завершити розмову. Зателефонуйте за хвилину. До побачення!"
        }
        Line::Handover => "Зʼєдную вас з оператором. Залишайтеся на лінії.",
        Line::HandoverBroken => {
            "Вибачте, через несправність не можу продовжити. Зʼєдную вас з оператором."
        }
        Line::NotRecorded => "Добре, відтепер текст розмови не зберігається. Чим можу допомогти?",
        Line::Done => "Готово, усе оформлено, як домовились. Чим ще допомогти?",
    }
}

/// The first words of the call. Says that an automatic system answers.
pub(super) fn greeting(facts: &CallFacts) -> String {
    let name = facts.customer_name.as_ref().map(|name| format!(", {}", name.0)).unwrap_or_default();
    let shop = &facts.shop_name;
    match (facts.language, facts.hour) {
        (Language::En, 5..=11) => {
            format!("Good morning{name}! {shop}, the automatic assistant speaking. How can I help?")
        }
        (Language::En, 12..=17) => format!(
            "Good afternoon{name}! {shop}, the automatic assistant speaking. How can I help?"
        ),
        (Language::En, _) => {
            format!("Good evening{name}! {shop}, the automatic assistant speaking. How can I help?")
        }
        (Language::Uk, 5..=11) => format!(
            "Доброго ранку{name}! {shop}, вас вітає автоматичний помічник. Чим можу допомогти?"
        ),
        (Language::Uk, 12..=17) => format!(
            "Добрий день{name}! {shop}, вас вітає автоматичний помічник. Чим можу допомогти?"
        ),
        (Language::Uk, _) => format!(
            "Добрий вечір{name}! {shop}, вас вітає автоматичний помічник. Чим можу допомогти?"
        ),
    }
}

/// What the caller is asked to agree to.
pub(super) fn read_back(agreement: &Agreement, language: Language) -> String {
    let Agreement::FittingBooking {
        station_name,
        address,
        date,
        time,
        service,
        customer_name,
        vehicle,
    } = agreement;
    let (date, time) = (date.format("%d.%m.%Y"), time.format("%H:%M"));
    match language {
        Language::En => {
            let service = match service {
                Service::TireChange => "tyre change",
                Service::Balancing => "balancing",
                Service::FullService => "tyre change with balancing",
            };
            format!(
                "Let me read it back: {service} at {station_name}, {address}, on {date} at {time}, for {}, car {vehicle}.",
                customer_name.0
            )
        }
        Language::Uk => {
            let service = match service {
                Service::TireChange => "заміна шин",
                Service::Balancing => "балансування",
                Service::FullService => "заміна шин з балансуванням",
            };
            format!(
                "Перевірмо: {service}, {station_name}, {address}, {date} о {time}, на імʼя {}, авто {vehicle}.",
                customer_name.0
            )
        }
    }
}

/// A short answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    NotHeard,
    Cancel,
    Operator,
    Goodbye,
    Wait,
    Repeat,
}

/// Words of an utterance, folded for comparison.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.to_lowercase().chars() {
        match c {
            '\u{2019}' | '\u{02bc}' | '`' | '\'' => out.push('\''),
            c if c.is_alphanumeric() => out.push(c),
            _ if !out.ends_with(' ') && !out.is_empty() => out.push(' '),
            _ => {}
        }
    }
    out.trim_end().to_owned()
}

const ANSWERS: &[(Answer, &[&str])] = &[
    (
        Answer::Yes,
        &[
            "yes",
            "yes please",
            "yeah",
            "yep",
            "sure",
            "correct",
            "that's right",
            "right",
            "ok",
            "okay",
            "go ahead",
            "yes that's right",
            "так",
            "так так",
            "ага",
            "угу",
            "добре",
            "звісно",
            "вірно",
            "правильно",
            "так будь ласка",
            "так звісно",
            "згоден",
            "згодна",
        ],
    ),
    (
        Answer::No,
        &[
            "no",
            "no thanks",
            "nope",
            "no thank you",
            "not",
            "wrong",
            "ні",
            "ні дякую",
            "не треба",
            "неправильно",
            "ні не треба",
        ],
    ),
    (
        Answer::NotHeard,
        &["what", "hello", "pardon", "i can't hear you", "алло", "що", "не чую", "га"],
    ),
    (Answer::Cancel, &["cancel", "cancel it", "stop", "скасуйте", "відміна", "стоп", "скасувати"]),
    (
        Answer::Operator,
        &[
            "operator",
            "an operator please",
            "operator please",
            "a human",
            "human",
            "оператор",
            "оператора",
            "людину",
            "з'єднайте з оператором",
            "покличте оператора",
        ],
    ),
    (
        Answer::Goodbye,
        &[
            "bye",
            "goodbye",
            "bye bye",
            "thank you goodbye",
            "thanks bye",
            "that's all goodbye",
            "до побачення",
            "дякую до побачення",
            "бувайте",
            "все дякую до побачення",
        ],
    ),
    (
        Answer::Wait,
        &["wait", "one moment", "just a moment", "hold on", "зачекайте", "хвилинку", "секунду"],
    ),
    (
        Answer::Repeat,
        &[
            "repeat",
            "repeat please",
            "say that again",
            "again please",
            "повторіть",
            "ще раз",
            "повторіть будь ласка",
        ],
    ),
];

/// A short answer, if the whole utterance is one.
pub(super) fn classify(text: &str, language: Language) -> Option<Answer> {
    let known = folded(text);
    let exact = ANSWERS.iter().find(|(_, words)| words.contains(&known.as_str()));
    // What is put together, "No, thank you. Goodbye.", takes a reader of its own.
    exact.map(|(answer, _)| *answer).or_else(|| answer::classify(text, language).map(Answer::from))
}

impl From<answer::Answer> for Answer {
    fn from(answer: answer::Answer) -> Self {
        match answer {
            answer::Answer::Yes => Self::Yes,
            answer::Answer::No => Self::No,
            answer::Answer::NotHeard => Self::NotHeard,
            answer::Answer::Cancel => Self::Cancel,
            answer::Answer::Operator => Self::Operator,
            answer::Answer::Goodbye => Self::Goodbye,
            answer::Answer::Wait => Self::Wait,
            answer::Answer::Repeat => Self::Repeat,
        }
    }
}

/// "Uh-huh": the caller listens and wants nothing.
pub(super) fn is_backchannel(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "uh huh",
        "uhuh",
        "mhm",
        "mm",
        "mm hmm",
        "hmm",
        "aha",
        "yeah",
        "ok",
        "okay",
        "right",
        "i see",
        "ага",
        "угу",
        "так",
        "так так",
        "добре",
        "ясно",
        "зрозуміло",
        "м м",
        "мг",
    ];
    WORDS.contains(&folded(text).as_str())
}

/// The caller asks that nothing of the call be kept.
pub(super) fn refuses_recording(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "don't record",
        "do not record",
        "stop recording",
        "without recording",
        "no recording",
        "не записуйте",
        "не записувати",
        "без запису",
        "не треба записувати",
        "припиніть запис",
    ];
    let text = folded(text);
    WORDS.iter().any(|words| text.contains(words))
}

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
    ];
    let question =
        said.trim_end().strip_suffix('?').and_then(|text| text.rsplit(['.', '!', '?']).next());
    question.is_some_and(|question| {
        let question = folded(question);
        WORDS.iter().any(|word| question.contains(word))
    })
}

/// The language of a text by its letters and commonest words; `None` when it cannot be told.
pub(super) fn language_of(text: &str) -> Option<Language> {
    let cyrillic = text.chars().filter(|c| ('\u{0400}'..='\u{04ff}').contains(c)).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    match (cyrillic, latin) {
        (c, l) if c >= 4 && c > 2 * l => Some(Language::Uk),
        (c, l) if l >= 4 && l > 2 * c => Some(Language::En),
        _ => None,
    }
}

/// Cuts a stream of text into sentences.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    held: String,
}

/// A sentence that does not end by itself is cut here, in characters.
const SENTENCE_CHARS_MAX: usize = 300;

impl Splitter {
    pub(super) fn new(_language: Language) -> Self {
        Self::default()
    }

    /// Adds a piece; gives the sentences that are complete now.
    pub(super) fn push(&mut self, piece: &str) -> Vec<String> {
        let mut done = Vec::new();
        for c in piece.chars() {
            let ends = self.held.trim_end().ends_with(['.', '!', '?', '…']);
            if c.is_whitespace() && (ends || self.held.chars().count() >= SENTENCE_CHARS_MAX) {
                done.extend(self.finish());
            } else {
                self.held.push(c);
            }
        }
        done
    }

    /// What is left.
    pub(super) fn finish(&mut self) -> Option<String> {
        let text = std::mem::take(&mut self.held).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}
