//! The phrases behind [`super::classify`], lower case, one apostrophe.

use super::super::Language;
use super::Answer::{self, Cancel, Goodbye, No, NotHeard, Operator, Repeat, Wait, Yes};

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
use Meaning::{Apology, Filler, Other, Says};

/// A phrase and what it means.
pub(super) type Entry = (&'static str, Meaning);

pub(super) const fn entries(language: Language) -> &'static [Entry] {
    match language {
        Language::En => ENGLISH,
        Language::Uk | Language::Ru => UKRAINIAN,
    }
}

macro_rules! table {
    ($($meaning:expr => [$($phrase:literal),* $(,)?]),* $(,)?) => {
        &[$($(($phrase, $meaning)),*),*]
    };
}

const ENGLISH: &[Entry] = table! {
    Other => [
        "right now", "right away", "good morning", "good afternoon", "good evening", "good question", "right there", "what else", "for what",
        "that's what", "it's just", "all right then what",
    ],
    Says(Yes) => [
        "yes", "yeah", "yea", "yep", "yup", "ya", "sure", "of course", "correct", "right", "that's right",
        "that is right", "that's correct", "that is correct", "that's it", "exactly", "absolutely",
        "definitely", "certainly", "ok", "okay", "fine", "that's fine", "sounds good", "sounds great",
        "go ahead", "please do", "i do", "i agree", "agreed", "i confirm", "confirm", "confirmed",
        "do it", "do that", "book it", "book me", "please book", "order it", "that works",
        "works for me", "works", "all right", "alright", "uh huh", "mm hmm", "mhm", "mmhmm", "aha",
        "indeed", "perfect", "great", "good", "very well", "i would", "i'd like that", "i will",
        "i'd love to", "let's do it", "let's do that", "why not", "you got it", "affirmative",
        "that's good", "it is", "yes it is", "everything is right", "everything is correct",
        "all correct", "all good", "i'll take it", "i'll take that",
    ],
    Says(No) => [
        "no", "nope", "nah", "no thanks", "no thank you", "not really", "i don't", "i do not",
        "i don't think so", "i don't want to", "i don't want it", "i don't want that", "don't",
        "do not", "not now", "not yet", "not that", "that's wrong", "that is wrong", "wrong",
        "incorrect", "that's not right", "that is not right", "not right", "that's incorrect",
        "that's not correct", "not correct", "it's not", "it isn't", "it is not", "that's not it",
        "negative", "no way", "i'd rather not", "rather not", "of course not", "absolutely not",
        "definitely not", "certainly not", "not at all", "i won't", "i wouldn't", "don't do it",
        "don't do that", "don't book it", "please don't", "no need", "i do not want it",
        "it doesn't work", "that doesn't work", "doesn't work for me",
    ],
    Says(NotHeard) => [
        "what", "what's that", "what was that", "pardon", "pardon me", "i beg your pardon", "beg your pardon",
        "hello", "halo", "allo", "are you there", "are you still there", "is anybody there", "is anyone there",
        "i can't hear you", "i cannot hear you", "can't hear you", "can you hear me",
        "i didn't hear you", "i didn't hear that", "i didn't hear", "i didn't catch that",
        "didn't catch that", "i didn't get that", "i didn't understand", "i don't understand",
        "i did not understand", "i did not catch that", "huh", "eh", "you're breaking up",
    ],
    Says(Cancel) => [
        "cancel", "cancel it", "cancel that", "cancel this", "cancel everything", "never mind", "nevermind",
        "forget it", "forget about it", "forget that", "stop", "stop it", "stop that",
        "i changed my mind", "i've changed my mind", "abort",
    ],
    Says(Operator) => [
        "operator", "an operator", "the operator", "human", "a human", "a person", "a real person", "a human being",
        "real person", "representative", "agent", "an agent", "a live agent", "manager", "a manager",
        "somebody real", "someone real",
    ],
    Says(Goodbye) => [
        "bye", "bye bye", "goodbye", "good bye", "see you", "see you later", "see you then", "see you soon", "have a nice day",
        "have a good day", "have a great day", "take care", "that's all", "that is all",
        "that will be all", "that'll be all", "nothing else", "that's everything", "good night",
    ],
    Says(Wait) => [
        "wait", "wait a minute", "wait a second", "wait a moment", "hold on", "hang on", "hold the line",
        "one moment", "just a moment", "a moment", "one second", "just a second", "a second",
        "just a sec", "one sec", "one minute", "just a minute", "a minute", "give me a second",
        "give me a minute", "give me a moment", "let me think", "let me check", "let me see",
        "let me look", "bear with me",
    ],
    Says(Repeat) => [
        "repeat", "repeat that", "repeat it", "repeat please", "again", "say again", "say that again", "say it again", "once more",
        "one more time", "come again", "can you repeat", "can you repeat that", "could you repeat",
        "could you repeat that", "could you repeat it", "can you say that again", "could you say that again",
        "what did you say", "what was the question", "would you repeat that", "i didn't hear repeat",
    ],
    Apology => ["sorry", "i'm sorry", "i am sorry", "excuse me"],
    Filler => [
        "please", "um", "uh", "er", "erm", "ah", "oh", "hm", "hmm", "well", "so", "and", "then", "that",
        "thanks", "thank you", "thank you very much", "thanks a lot", "thank you so much", "very much",
        "i think", "i guess", "i suppose", "you", "i", "just", "for me", "no problem", "my friend",
        "sir", "madam", "ma'am", "it", "for now", "now", "for", "your", "help", "for your help", "everything",
        "really", "yet", "can you", "could you", "would you", "it's", "that's", "you know",
    ],
};

const UKRAINIAN: &[Entry] = table! {
    Other => ["прямо зараз", "так собі", "ну а", "а мені", "добре а", "а що", "що це", "а це"],
    Says(Yes) => [
        "так", "ага", "угу", "ага ага", "звісно", "звичайно", "авжеж", "аякже", "еге", "еге ж", "добре", "гаразд",
        "згоден", "згодна", "згода", "погоджуюсь", "погоджуюся", "підтверджую", "правильно", "вірно",
        "точно", "саме так", "саме", "все вірно", "усе вірно", "все правильно", "усе правильно",
        "все так", "усе так", "підходить", "мені підходить", "давайте", "давай", "окей", "ок", "можна", "хочу",
        "буду", "записуйте", "запишіть", "записуйте мене", "запишіть мене", "бронюйте", "забронюйте",
        "оформлюйте", "оформіть", "беру", "да", "конечно", "хорошо", "чудово", "супер", "прекрасно",
        "влаштовує", "мене влаштовує", "не проти", "я не проти", "чому б ні", "чом би й ні", "так і є", "правда", "безумовно",
    ],
    Says(No) => [
        "ні", "нє", "не", "нєа", "нєт", "нет", "ні дякую", "не треба", "не потрібно", "не хочу", "я не хочу", "не підходить",
        "мені не підходить", "неправильно", "невірно", "не так", "не правильно", "не вірно", "не згоден",
        "не згодна", "не буду", "не зараз", "не сьогодні", "не те", "не надо", "не нада", "не влаштовує",
        "мене не влаштовує", "в жодному разі", "у жодному разі", "ні в якому разі", "не записуйте",
        "не бронюйте", "не оформлюйте", "не погоджуюсь", "не підтверджую", "поки ні", "поки що ні", "поки не треба",
        "звісно ні", "звичайно ні", "точно ні", "не зовсім", "помилка", "навпаки",
    ],
    Says(NotHeard) => [
        "алло", "ало", "альо", "але але", "що", "шо", "що що", "га", "не чую", "я не чую", "не чую вас", "я вас не чую", "вас не чую", "вас не чути", "вас погано чути",
        "погано чути", "погано чую", "не почув", "не почула", "я не почув", "я не почула", "не розчув", "не розчула",
        "не зрозумів", "не зрозуміла", "я не зрозумів", "я не зрозуміла", "не розумію", "я не розумію", "ви тут", "ви мене чуєте", "мене чутно",
        "мене чути", "ви там", "є хто", "як як", "чуєте", "чуєте мене",
    ],
    Says(Cancel) => [
        "скасуйте", "скасувати", "скасуй", "скасовуйте", "скасуйте це", "відміна", "відмініть", "відмінити", "відміняйте",
        "забудьте", "забудь", "передумав", "передумала", "я передумав", "я передумала", "стоп",
        "зупиніться", "отмена", "не треба нічого", "нічого не треба",
    ],
    Says(Operator) => [
        "оператор", "оператора", "оператору", "з оператором", "оператором", "людина", "людину", "живу людину", "з людиною", "з живою людиною",
        "менеджера", "менеджер", "з менеджером", "консультанта", "з консультантом",
    ],
    Says(Goodbye) => [
        "до побачення", "бувайте", "бувай", "на все добре", "усього найкращого", "всього найкращого",
        "всього доброго", "усього доброго", "гарного дня", "на добраніч", "до зустрічі", "па па", "це все", "це усе", "більше нічого",
        "все дякую", "усе дякую", "все дякую вам", "до свидания", "прощавайте",
    ],
    Says(Wait) => [
        "зачекайте", "почекайте", "чекайте", "стривайте", "хвилинку", "хвилиночку", "хвилину", "секунду", "секундочку",
        "секундку", "одну хвилинку", "одну хвилину", "одну секунду", "одну секундочку", "момент", "один момент", "моментик",
        "зараз", "зараз подивлюсь", "зараз подивлюся", "дайте подумати", "дайте подумаю", "я подумаю", "подумаю",
        "не кладіть трубку", "зачекайте хвилинку", "почекайте хвилинку", "не поспішайте",
    ],
    Says(Repeat) => [
        "повторіть", "повторити", "повтори", "повторіть будь ласка", "ще раз", "іще раз", "скажіть ще раз", "повторіть ще раз",
        "що ви сказали", "що ви кажете", "можете повторити", "можна повторити", "можна ще раз", "чи можете повторити", "яке питання",
        "повторіть питання", "не почув повторіть",
    ],
    Apology => ["вибачте", "перепрошую", "пробачте", "вибачаюсь", "даруйте"],
    Filler => [
        "будь ласка",
        "а", "прошу", "ну", "ой", "ох", "е", "ем", "м", "мм", "ммм", "е е", "от", "ось", "то", "та", "тоді", "дякую",
        "дякую вам", "дуже дякую", "щиро дякую", "спасибі", "дуже", "я", "ви", "мені", "мене", "вам", "вас", "вже", "й", "і",
        "все", "усе", "це", "будьласка", "пожалуйста", "на мене", "звісно ж", "мабуть", "думаю", "дякую за допомогу", "за допомогу", "ж",
    ],
};

/// Said anywhere in an utterance, these ask for a human.
pub(super) const fn operator_requests(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &[
            "speak to a human",
            "connect me to a",
            "connect me with a",
            "transfer me",
            "put me through",
            "with a person",
            "with a human",
            "speak with a human",
            "talk to a human",
            "talk with a human",
            "speak to a person",
            "speak with a person",
            "talk to a person",
            "speak to a real person",
            "speak with a real person",
            "talk to a real person",
            "talk with a real person",
            "to an operator",
            "to the operator",
            "to operator",
            "with an operator",
            "with the operator",
            "with operator",
            "an operator please",
            "operator please",
            "get me an operator",
            "get an operator",
            "need an operator",
            "want an operator",
            "speak to someone",
            "talk to someone",
            "speak with someone",
            "talk to somebody",
            "speak to somebody",
            "speak to a manager",
            "talk to a manager",
            "to a representative",
            "with a representative",
            "a real human",
            "a human being",
            "a live person",
            "a live agent",
            "a human please",
            "a real person please",
            "need a human",
            "want a human",
            "to a live",
        ],
        Language::Uk | Language::Ru => &[
            "з оператором",
            "із оператором",
            "на оператора",
            "до оператора",
            "оператора будь ласка",
            "покличте оператора",
            "дайте оператора",
            "хочу оператора",
            "потрібен оператор",
            "потрібний оператор",
            "живого оператора",
            "живим оператором",
            "з людиною",
            "із людиною",
            "живою людиною",
            "живу людину",
            "живою людиною",
            "з менеджером",
            "з консультантом",
            "на менеджера",
            "на людину",
            "покличте людину",
            "покличте менеджера",
            "з'єднайте з кимось",
            "з'єднайте мене з кимось",
        ],
    }
}

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
        ],
    }
}

/// Thanks, anywhere.
pub(super) const fn thanks(language: Language) -> &'static [&'static str] {
    match language {
        Language::En => &["thanks", "thank you"],
        Language::Uk | Language::Ru => &["дякую", "спасибі"],
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
        ],
    }
}
