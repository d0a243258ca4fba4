//! The words by which the brain knows what a line is about. A word ending in `*` stands for all
//! words that begin so: both languages decline, and recognisers guess endings.

use crate::language::Language;

/// What a line can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Hello,
    Thanks,
    Tires,
    /// With these a line about tyres is a wish to buy.
    Buying,
    Fitting,
    Stock,
    Cheaper,
    Dearer,
    Other,
    Anything,
    Later,
    Day,
    Time,
    Place,
    Nothing,
    Morning,
    Afternoon,
    Evening,
}

fn words(about: About, language: Language) -> &'static [&'static str] {
    match language {
        Language::En => english(about),
        Language::Uk | Language::Ru => ukrainian(about),
    }
}

fn english(about: About) -> &'static [&'static str] {
    match about {
        About::Hello => &["hello", "hi", "hey", "good morning", "good afternoon", "good evening"],
        About::Thanks => &["thanks", "thank you", "cheers"],
        About::Tires => &["tyre*", "tire*", "wheel*", "rubber", "taya"],
        About::Buying => &[
            "need",
            "looking for",
            "look for",
            "buy",
            "price*",
            "cost*",
            "search*",
            "find",
            "set of",
        ],
        About::Fitting => &[
            "fitting*",
            "fitted",
            "fit",
            "mount*",
            "install*",
            "swap*",
            "appointment",
            "book*",
            "reserv*",
            "changed",
            "change my",
            "change the tires",
            "change the tyres",
            "put them on",
        ],
        About::Stock => &[
            "in stock",
            "available",
            "availability",
            "do you have",
            "have you got",
            "how many",
            "are there",
            "left",
            "tell me about",
            "what about",
            "how about",
        ],
        About::Cheaper => &["cheap*", "less expensive", "budget", "lowest price"],
        About::Dearer => &["best", "premium", "better", "most expensive", "top"],
        About::Other => &["other*", "another", "else", "more", "different", "instead"],
        About::Anything => &[
            "any",
            "anything",
            "anywhere",
            "either",
            "whichever",
            "whatever",
            "don't mind",
            "doesn't matter",
            "you choose",
            "no preference",
        ],
        About::Later => &[
            "later",
            "another day",
            "other day",
            "another time",
            "different day",
            "different time",
            "other time",
        ],
        About::Day => &["day", "date"],
        About::Time => &["time", "hour"],
        About::Place => &["station", "place", "address", "location", "branch"],
        About::Nothing => &["nothing", "that's all", "that is all", "no thank*", "nothing else"],
        About::Morning => &["morning"],
        About::Afternoon => &["afternoon", "after lunch"],
        About::Evening => &["evening", "after work"],
    }
}

fn ukrainian(about: About) -> &'static [&'static str] {
    match about {
        About::Hello => &[
            "добрий день",
            "доброго дня",
            "добрий вечір",
            "доброго ранку",
            "вітаю",
            "привіт",
            "здрастуйте",
        ],
        About::Thanks => &["дякую", "спасибі"],
        About::Tires => &["шин*", "гум*", "резин*", "колес*", "колеса", "покришк*", "скат*"],
        About::Buying => &[
            "потріб*",
            "треба",
            "цікав*",
            "купити",
            "придбати",
            "ціна",
            "ціни",
            "коштує",
            "коштують",
            "підбер*",
            "знайд*",
            "хочу",
            "комплект",
        ],
        About::Fitting => &[
            "шиномонтаж*",
            "перевзу*",
            "перезу*",
            "переобу*",
            "запис*",
            "запиш*",
            "монтаж*",
            "заміна",
            "заміну",
            "поміняти",
            "замінити",
            "поставити",
            "встанов*",
            "забронюва*",
            "переставити",
        ],
        About::Stock => &[
            "в наявності",
            "у наявності",
            "наявн*",
            "чи є",
            "є у вас",
            "у вас є",
            "скільки",
            "залиш*",
            "розкажіть про",
            "а що",
        ],
        About::Cheaper => &["дешев*", "найдешев*", "бюджет*"],
        About::Dearer => &["найкращ*", "кращ*", "преміум", "дорожч*", "найдорожч*"],
        About::Other => &["інш*", "ще", "крім"],
        About::Anything => &[
            "будь*",
            "байдуже",
            "все одно",
            "неважливо",
            "не важливо",
            "яка завгодно",
            "без різниці",
            "обирайте",
        ],
        About::Later => &["пізніше", "інший день", "інший час", "інша година", "іншу годину"],
        About::Day => &["день", "дату", "дата"],
        About::Time => &["час", "година", "годину"],
        About::Place => &["станці*", "адрес*", "місце", "філі*"],
        About::Nothing => &["нічого", "це все", "більше нічого", "ні дякую"],
        About::Morning => &["зранку", "вранці", "ранок", "ранку"],
        About::Afternoon => &["після обіду", "вдень", "пополудні"],
        About::Evening => &["ввечері", "увечері", "вечір", "після роботи"],
    }
}

/// Colours as callers name them, both languages, as stems.
const COLOURS: [&str; 42] = [
    "black",
    "white",
    "grey",
    "gray",
    "silver",
    "red",
    "blue",
    "green",
    "yellow",
    "brown",
    "beige",
    "orange",
    "gold",
    "purple",
    "violet",
    "navy",
    "dark",
    "light",
    "maroon",
    "pink",
    "чорн",
    "біл",
    "сір",
    "срібл",
    "срібн",
    "червон",
    "син",
    "голуб",
    "зелен",
    "жовт",
    "коричн",
    "беж",
    "помаранч",
    "золот",
    "фіолет",
    "бордов",
    "темн",
    "світл",
    "графіт",
    "рожев",
    "вишнев",
    "металік",
];

/// Lower-case words of a line, without punctuation.
pub(super) fn words_of(line: &str) -> Vec<String> {
    line.to_lowercase()
        .replace(['’', 'ʼ', '`'], "'")
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// True if the line has one of the words; both languages count, because callers mix.
pub(super) fn is(line: &[String], about: About) -> bool {
    [Language::En, Language::Uk].into_iter().any(|language| {
        words(about, language).iter().any(|phrase| {
            let wanted: Vec<&str> = phrase.split(' ').collect();
            line.windows(wanted.len()).any(|window| {
                window.iter().zip(&wanted).all(|(word, wanted)| match wanted.strip_suffix('*') {
                    Some(stem) => word.starts_with(stem),
                    None => word == wanted,
                })
            })
        })
    })
}

/// True if some word of the text is a colour.
pub(super) fn is_colour(text: &str) -> bool {
    words_of(text).iter().any(|word| is_colour_word(word))
}

/// True if the word is a colour.
pub(super) fn is_colour_word(word: &str) -> bool {
    COLOURS.iter().any(|stem| word.starts_with(stem)) && !word.starts_with("більш")
}
