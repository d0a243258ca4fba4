//! Does an utterance end where no sentence ends?

use super::Language;
use super::words::{Kind, tokens};

/// Words after which something must follow: conjunctions, prepositions, articles, hesitations, and
/// numbers that are usually the head of a longer one.
const ENGLISH: &[&str] = &[
    "a", "about", "also", "an", "and", "are", "as", "at", "because", "between", "but", "by", "er",
    "erm", "for", "from", "hundred", "i'd", "i'm", "if", "in", "is", "it's", "my", "of", "or",
    "our", "plus", "slash", "so", "than", "that's", "the", "then", "to", "uh", "um", "until",
    "with", "without",
];
const UKRAINIAN: &[&str] = &[
    "а",
    "або",
    "але",
    "без",
    "біля",
    "в",
    "від",
    "для",
    "до",
    "еее",
    "ем",
    "з",
    "за",
    "зі",
    "і",
    "із",
    "й",
    "коли",
    "мій",
    "моя",
    "на",
    "над",
    "не",
    "ну",
    "перед",
    "під",
    "по",
    "при",
    "про",
    "та",
    "тобто",
    "у",
    "через",
    "чи",
    "що",
    "щоб",
    "як",
    "якщо",
    "двісті",
    "сто",
    "триста",
    "дробь",
    "слеш",
];
const RUSSIAN: &[&str] = &[
    "а",
    "без",
    "в",
    "во",
    "возле",
    "для",
    "до",
    "если",
    "за",
    "и",
    "из",
    "или",
    "к",
    "как",
    "когда",
    "мой",
    "моя",
    "на",
    "над",
    "не",
    "но",
    "ну",
    "о",
    "об",
    "от",
    "перед",
    "по",
    "под",
    "потому",
    "при",
    "про",
    "с",
    "со",
    "то",
    "у",
    "через",
    "что",
    "чтобы",
    "ээ",
    "эээ",
    "двести",
    "сто",
    "триста",
    "дробь",
    "слэш",
];

/// True if the caller has surely not finished: the last word wants another, or the recogniser wrote
/// a comma, a dash or dots after it. A single full stop counts for nothing, because recognisers put
/// one after everything.
#[must_use]
pub fn is_unfinished(text: &str, language: Language) -> bool {
    let all = tokens(text);
    let Some(last) = all.iter().rposition(|token| token.kind != Kind::Mark) else { return false };
    let after: Vec<&str> = all[last + 1..].iter().map(|token| token.text.as_str()).collect();
    if after.iter().any(|mark| matches!(*mark, "?" | "!")) {
        return false;
    }
    let dots = after.iter().filter(|mark| **mark == ".").count();
    if dots > 1 || after.iter().any(|mark| matches!(*mark, "…" | "," | ":" | "-" | "–" | "—"))
    {
        return true;
    }
    // Whoever speaks Ukrainian may fall into Russian, and the other way round.
    match language {
        Language::En => all[last].is_any(ENGLISH),
        Language::Uk | Language::Ru => all[last].is_any(UKRAINIAN) || all[last].is_any(RUSSIAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Ru, Uk};

    #[test]
    fn a_sentence_does_not_end_in_a_conjunction_a_preposition_or_the_head_of_a_number() {
        for (language, text) in [
            (Ru, "двести пять на"),
            (Ru, "Мне нужны шины для"),
            (Ru, "двести"),
            (Uk, "Мені потрібні шини на"),
            (Uk, "зимові або."),
            (Uk, "записатися на середу, але"),
            (En, "I need tyres for my"),
            (En, "two hundred"),
            (En, "Winter ones, um"),
        ] {
            assert!(is_unfinished(text, language), "{text}");
        }
    }

    #[test]
    fn a_full_stop_ends_nothing_but_dots_and_commas_go_on() {
        assert!(!is_unfinished("I need tyres.", En));
        assert!(is_unfinished("I need tyres...", En));
        assert!(is_unfinished("I need tyres…", En));
        assert!(is_unfinished("двісті п'ять,", Uk));
        assert!(is_unfinished("I need the.", En));
    }

    #[test]
    fn whole_sentences_questions_and_nothing_are_finished() {
        for (language, text) in [
            (En, "winter tyres"),
            (En, "What is it on?"),
            (En, ""),
            (En, "..."),
            (Uk, "двісті п'ять п'ятдесят п'ять шістнадцять"),
            (Uk, "так"),
            (Ru, "на среду"),
        ] {
            assert!(!is_unfinished(text, language), "{text}");
        }
    }
}
