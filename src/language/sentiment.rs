//! How a caller sounds, from their words alone: a small lexicon for each language.
//!
//! Every hit has a weight; the weights of a line are added. An entry matches at the beginning of a
//! word, so that a stem serves all its endings; one that ends in `$` matches whole words only. The
//! longest entry wins and takes its words out, which is how "not bad" is no "bad". Thanks weigh
//! nothing: people thank to take leave, also when they are angry.

use super::Language;
use serde::{Deserialize, Serialize};

/// How a caller sounded, in the words of `calls.sentiment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sentiment {
    /// Pleased.
    Positive,
    /// Nothing either way.
    Neutral,
    /// Annoyed.
    Negative,
}

/// From this sum on, either way, a call is no longer neutral: one strong word, or two weak ones.
const DECIDES: i32 = 2;

impl Sentiment {
    /// What a sum of weights means.
    #[must_use]
    pub const fn of(sum: i32) -> Self {
        if sum >= DECIDES {
            Self::Positive
        } else if sum <= -DECIDES {
            Self::Negative
        } else {
            Self::Neutral
        }
    }

    /// What a caller's own rating means, 1 (bad) to 5 (good).
    #[must_use]
    pub const fn of_rating(score: u8) -> Self {
        match score {
            0..=2 => Self::Negative,
            3 => Self::Neutral,
            _ => Self::Positive,
        }
    }
}

type Lexicon = &'static [(&'static str, i32)];

const ENGLISH: Lexicon = &[
    ("not bad", 1),
    ("no problem", 0),
    ("not happy", -2),
    ("not good enough", -2),
    ("doesn't work", -1),
    ("does not work", -1),
    ("not working", -1),
    ("how many times", -2),
    ("how long do i have to", -2),
    ("i already told you", -2),
    ("i already said", -1),
    ("i have been waiting", -1),
    ("waste of time", -2),
    ("fed up", -2),
    ("complain", -2),
    ("terrible", -2),
    ("awful", -2),
    ("horrible", -2),
    ("ridiculous", -2),
    ("useless", -2),
    ("stupid", -2),
    ("idiot", -2),
    ("nonsense", -2),
    ("rubbish", -2),
    ("worst", -2),
    ("angry", -2),
    ("annoy", -2),
    ("disappoint", -2),
    ("unacceptable", -2),
    ("scam", -2),
    ("liar", -2),
    ("hell$", -1),
    ("bad$", -1),
    ("too expensive", -1),
    ("great", 2),
    ("excellent", 2),
    ("perfect", 2),
    ("wonderful", 2),
    ("brilliant", 2),
    ("fantastic", 2),
    ("awesome", 2),
    ("lovely", 2),
    ("you are the best", 2),
    ("very helpful", 2),
    ("well done", 2),
    ("helpful", 1),
    ("nice$", 1),
    ("pleased", 1),
];

const UKRAINIAN: Lexicon = &[
    ("непогано", 1),
    ("не погано", 1),
    ("скільки можна", -2),
    ("скільки разів", -2),
    ("я вже казав", -1),
    ("я вже говорив", -1),
    ("вже пів години", -1),
    ("не працює", -1),
    ("нічого не розумі", -1),
    ("скарг", -2),
    ("скаржи", -2),
    ("жах", -2),
    ("жахлив", -2),
    ("ганьба", -2),
    ("обурен", -2),
    ("обурлив", -2),
    ("знущає", -2),
    ("безглузд", -2),
    ("дурн", -2),
    ("ідіот", -2),
    ("маячн", -2),
    ("брех", -2),
    ("обман", -2),
    ("шахра", -2),
    ("набридл", -2),
    ("дістали", -2),
    ("розчарован", -2),
    ("незадоволен", -2),
    ("неприпустим", -2),
    ("найгірш", -2),
    ("погано", -1),
    ("поган", -1),
    ("задорого", -1),
    ("надто дорого", -1),
    ("чудов", 2),
    ("прекрасн", 2),
    ("відмінно", 2),
    ("супер", 2),
    ("ідеальн", 2),
    ("клас$", 2),
    ("молодц", 2),
    ("молодец", 2),
    ("найкращ", 2),
    ("задоволен", 2),
    ("дуже допомогли", 2),
    ("приємно", 1),
    ("радий$", 1),
    ("рада$", 1),
];

const RUSSIAN: Lexicon = &[
    ("неплохо", 1),
    ("не плохо", 1),
    ("сколько можно", -2),
    ("сколько раз", -2),
    ("я уже говорил", -1),
    ("я уже сказал", -1),
    ("уже полчаса", -1),
    ("не работает", -1),
    ("ничего не понима", -1),
    ("жалоб", -2),
    ("жаловат", -2),
    ("ужас", -2),
    ("кошмар", -2),
    ("позор", -2),
    ("возмущен", -2),
    ("возмутительн", -2),
    ("издевае", -2),
    ("бред", -2),
    ("глуп", -2),
    ("дурац", -2),
    ("идиот", -2),
    ("обман", -2),
    ("врете", -2),
    ("мошенн", -2),
    ("надоел", -2),
    ("достали", -2),
    ("разочарован", -2),
    ("недоволен", -2),
    ("недовольн", -2),
    ("безобраз", -2),
    ("худш", -2),
    ("плохо", -1),
    ("плох", -1),
    ("слишком дорого", -1),
    ("отлично", 2),
    ("прекрасн", 2),
    ("замечательн", 2),
    ("супер", 2),
    ("идеальн", 2),
    ("класс$", 2),
    ("молодц", 2),
    ("лучш", 1),
    ("доволен", 2),
    ("довольн", 2),
    ("очень помогли", 2),
    ("приятно", 1),
    ("рад$", 1),
    ("рада$", 1),
];

/// The sum of the weights in a line of the caller: below 0 annoyed, above 0 pleased.
#[must_use]
pub fn score(text: &str, language: Language) -> i32 {
    let lexicon = match language {
        Language::En => ENGLISH,
        Language::Uk => UKRAINIAN,
        Language::Ru => RUSSIAN,
    };
    let plain = plain(text);
    let mut rest = plain.as_str();
    let mut sum = 0;
    loop {
        let fits = lexicon.iter().filter(|(entry, _)| begins(rest, entry));
        let longest = fits.max_by_key(|(entry, _)| entry.len());
        let taken = match longest {
            Some((entry, weight)) => {
                sum += weight;
                entry.trim_end_matches('$').len()
            }
            None => 0,
        };
        // The word in hand goes to its end, the next begins.
        let tail = &rest[taken..];
        match tail.find(' ') {
            Some(end) => rest = &tail[end + 1..],
            None => return sum,
        }
    }
}

fn begins(text: &str, entry: &str) -> bool {
    match entry.strip_suffix('$') {
        Some(word) => {
            text.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        }
        None => text.starts_with(entry),
    }
}

/// Lower case, one kind of apostrophe, `ё` as `е`, words parted by single spaces.
fn plain(text: &str) -> String {
    let letters = text.to_lowercase().replace(['’', 'ʼ', '`'], "'").replace('ё', "е");
    let words = letters.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Ru, Uk};

    fn felt(text: &str, language: Language) -> Sentiment {
        Sentiment::of(score(text, language))
    }

    #[test]
    fn annoyed_callers_are_heard_in_all_three_languages() {
        for (text, language) in [
            ("This is ridiculous, I have been waiting for an hour!", En),
            ("How many times do I have to say it?", En),
            ("I am not happy with these tyres", En),
            ("It is bad, and it doesn't work", En),
            ("Скільки можна чекати?", Uk),
            ("Це просто жах якийсь", Uk),
            ("Я буду скаржитися", Uk),
            ("Вы издеваетесь?", Ru),
            ("Это ужасно, сколько раз повторять", Ru),
            ("Я недоволен вашей работой", Ru),
        ] {
            assert_eq!(felt(text, language), Sentiment::Negative, "{text}");
        }
    }

    #[test]
    fn pleased_callers_are_heard_in_all_three_languages() {
        for (text, language) in [
            ("That is great, thank you", En),
            ("You were very helpful", En),
            ("Чудово, дуже дякую", Uk),
            ("Ви просто молодці", Uk),
            ("Отлично, спасибо", Ru),
            ("Очень довольна", Ru),
        ] {
            assert_eq!(felt(text, language), Sentiment::Positive, "{text}");
        }
    }

    #[test]
    fn ordinary_words_say_nothing_either_way() {
        for (text, language) in [
            ("I need winter tyres 205/55 R16", En),
            ("Not bad, four please", En),
            ("No problem, thank you, goodbye", En),
            ("Hello, do you have Michelin?", En),
            ("Добрий день, потрібні зимові шини", Uk),
            ("Непогано. Дякую, до побачення", Uk),
            ("Так, будь ласка", Uk),
            ("Здравствуйте, сколько стоит шиномонтаж?", Ru),
            ("Спасибо, до свидания", Ru),
            ("Радиус шестнадцать", Ru),
            ("", En),
        ] {
            assert_eq!(felt(text, language), Sentiment::Neutral, "{text}");
        }
    }

    #[test]
    fn a_rating_means_what_it_says() {
        assert_eq!(Sentiment::of_rating(1), Sentiment::Negative);
        assert_eq!(Sentiment::of_rating(3), Sentiment::Neutral);
        assert_eq!(Sentiment::of_rating(5), Sentiment::Positive);
    }
}
