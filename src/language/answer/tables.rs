//! The phrases behind [`super::classify`], lower case, one apostrophe.

use super::super::Language;
use super::Answer;
use super::{english, russian, ukrainian};

pub(super) use super::requests::{CONNECTING, HUMANS, operator_requests};

/// What a phrase contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing.
    Filler,
    /// "Sorry": not heard, if nothing else is said.
    Apology,
    /// Something that is no answer though its words look like one: "right now".
    Other,
    /// An answer.
    Says(Answer),
}

/// A phrase and what it means.
pub(super) type Entry = (&'static str, Meaning);

/// The tables for a call in `language`, the weightier one last. Callers mix Ukrainian and Russian
/// in one breath, so both are read at once.
pub(super) const fn entries(language: Language) -> &'static [&'static [Entry]] {
    match language {
        Language::En => &[english::ENTRIES],
        Language::Uk => &[russian::ENTRIES, ukrainian::ENTRIES],
        Language::Ru => &[ukrainian::ENTRIES, russian::ENTRIES],
    }
}

macro_rules! table {
    ($($meaning:expr => [$($phrase:literal),* $(,)?]),* $(,)?) => {
        &[$($(($phrase, $meaning)),*),*]
    };
}
pub(super) use table;

/// A yes that cannot be heard as mere politeness.
pub(super) const CLEAR_YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "correct",
    "right",
    "exactly",
    "да",
    "конечно",
    "правильно",
    "верно",
    "подтверждаю",
    "согласен",
    "согласна",
    "вірно",
    "звичайно",
    "звісно",
    "підтверджую",
    "згоден",
    "згодна",
];

/// With one of these a word like "operator" is not a wish.
pub(super) const fn denials(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &["don't", "not", "without", "never"],
        Language::Uk | Language::Ru => &["не", "без"],
    }
}

/// At the end of an utterance that also thanks, these take leave.
pub(super) const fn farewells(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &["bye", "bye bye", "goodbye", "good bye", "that's all", "nothing else"],
        Language::Uk | Language::Ru => &[
            "до побачення",
            "бувайте",
            "на все добре",
            "всього найкращого",
            "всього доброго",
            "гарного дня",
            "це все",
            "більше нічого",
            "до зустрічі",
            "гарного вечора",
            "до свидания",
            "до свиданья",
            "всего доброго",
            "всего хорошего",
            "хорошего дня",
            "это все",
            "это всё",
            "больше ничего",
            "пока",
        ],
    }
}

/// Thanks, anywhere.
pub(super) const fn thanks(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &["thanks", "thank you"],
        Language::Uk | Language::Ru => &["дякую", "спасибі", "спасибо", "благодарю"],
    }
}

/// Sounds of listening.
pub(super) const fn backchannels(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &[
            "uh huh",
            "uhhuh",
            "mhm",
            "mm hmm",
            "mm",
            "hmm",
            "hm",
            "mmm",
            "ok",
            "okay",
            "yeah",
            "yep",
            "yes",
            "right",
            "i see",
            "got it",
            "sure",
            "ah",
            "aha",
            "oh",
            "alright",
            "all right",
            "good",
        ],
        Language::Uk | Language::Ru => &[
            "ага",
            "угу",
            "так",
            "ясно",
            "зрозуміло",
            "добре",
            "окей",
            "ок",
            "м",
            "мм",
            "ммм",
            "гм",
            "а",
            "ну",
            "да",
            "гаразд",
            "понятно",
            "хорошо",
            "ладно",
            "понял",
            "поняла",
            "ясненько",
            "розумію",
            "понимаю",
            "так так",
            "да да",
        ],
    }
}

/// Said anywhere, these refuse the transcript.
pub(super) const fn no_recording(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &[
            "don't record",
            "do not record",
            "stop recording",
            "not be recorded",
            "not being recorded",
            "not want to be recorded",
            "don't want to be recorded",
            "don't want you to record",
            "don't want this recorded",
            "don't want it recorded",
            "without recording",
            "without being recorded",
            "no recording",
            "turn off the recording",
            "turn the recording off",
            "switch off the recording",
            "don't transcribe",
            "do not transcribe",
            "stop transcribing",
            "don't want to be transcribed",
            "don't want this transcribed",
            "not to be recorded",
            "not consent to recording",
            "don't consent to recording",
            "object to recording",
        ],
        Language::Uk | Language::Ru => &[
            "не записуйте",
            "не записуй",
            "не записувати",
            "не треба записувати",
            "не треба мене записувати",
            "не треба запису",
            "без запису",
            "вимкніть запис",
            "вимкнути запис",
            "припиніть запис",
            "припиніть записувати",
            "не хочу щоб мене записували",
            "не хочу щоб записували",
            "щоб мене записували",
            "не ведіть запис",
            "не фіксуйте",
            "не згоден на запис",
            "не згодна на запис",
            "проти запису",
            "не хочу запису",
            "зупиніть запис",
            "не пишіть розмову",
            "не записывайте",
            "не записывай",
            "не записывать",
            "не надо записывать",
            "не надо меня записывать",
            "без записи",
            "выключите запись",
            "отключите запись",
            "остановите запись",
            "прекратите запись",
            "прекратите записывать",
            "не хочу чтобы меня записывали",
            "не хочу чтобы записывали",
            "чтобы меня записывали",
            "не ведите запись",
            "не согласен на запись",
            "не согласна на запись",
            "против записи",
            "не хочу записи",
            "не пишите разговор",
        ],
    }
}
