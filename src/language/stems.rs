//! Words as a search compares them: one stem for all forms of a word, and one for the same thing in
//! three languages. Postgres has no stemmer for Ukrainian, and no dictionary knows that "гума",
//! "резина" and "tyres" are one thing on this line; `stems/concepts.txt` does.

use super::words::{Kind, tokens};
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

/// Changes with every change of these rules or of the concepts: stored stems are then made anew.
pub const STEMS_VERSION: &str = "1";
/// Letters of a stem that are compared: word formation happens behind them ("гарантія",
/// "гарантійний").
const STEM_CHARS_MAX: usize = 6;
/// A stem keeps at least as many letters when its ending is cut off.
const STEM_CHARS_MIN: usize = 3;
/// Longer words are no words.
const WORD_CHARS_MAX: usize = 60;

/// Words that say nothing of what a question is about, folded.
const SILENT: &str = "а або але бо б би бути в вам вас ваш ваша ваше ваши ви все вси вже во вы \
    где да де дле для до его ее если есть е же з за зи и из или им их й ии иого к каже кто куди \
    куда ли ме мен мене мени мени меня мне може мож можна можно мы мо моем мои моя мое мое ми на \
    над нас наш не ни них но ну о об од один он она они от по под пид пид прав при про раз с сам \
    саме само со свое свои свой своя скаж скажит скажет сказат каж кажут робит роблят робити поясн поясните розкаж розкажи розкажит расскаж расскажите сталос та так такая такий такие такие там те ти то той того тобто \
    тут ту ты у уже хоч хочу хто хиба це цей ци цього ця цю чи чим що шо щоб як яка яке який яки якии какая \
    какои какие какое как кака что чтобы чтоб это эта этот эти этого я ж питан пидкаж пидкажит \
    подскаж подскажит буд будь ласка ласк пожалуист добр день дня доброго здравствуит алло дякую спасиб \
    потрибно потрибн треба нужн нужно надо маю мати має маете есть була було були будет буде будут хтив \
    хотив хотел бы знати знат дизнат узнат взагал вообще тоди тогда якщо коли-небудь тильки только дуже очень \
    i you your yours me my mine we our us he she it its the a an is are was be been am do does did \
    have has had can could should would will shall may might must to of in on at for with from by \
    and or but if so as that this these those there here what which who how why where please tell \
    hello hi thanks thank need want like just about into than then also very not no yes any some \
    get got go t s d ll re ve m";

/// Endings of Ukrainian and Russian, folded; the longest that fits is cut off.
const CYRILLIC_ENDINGS: [&str; 58] = [
    "иями", "иями", "ами", "ями", "ими", "ыми", "ого", "его", "ому", "ему", "ою", "ею", "ою", "ий",
    "ии", "ия", "ие", "ию", "ах", "ях", "их", "ам", "ям", "им", "ом", "ем", "ов", "ев", "ив", "ои",
    "еи", "ая", "яя", "ое", "ее", "ую", "юю", "ти", "ть", "ся", "сь", "ла", "ли", "ло", "ае", "ет",
    "ит", "ут", "ют", "а", "я", "о", "е", "у", "ю", "и", "й", "в",
];
/// Endings of English.
const LATIN_ENDINGS: [&str; 7] = ["'s", "ing", "ed", "es", "ly", "s", "e"];

static SILENT_WORDS: LazyLock<HashSet<String>> =
    LazyLock::new(|| SILENT.split_ascii_whitespace().map(fold).collect());

/// What `stems/concepts.txt` says.
struct Concepts {
    /// Whole words.
    words: BTreeMap<String, &'static str>,
    /// Beginnings.
    beginnings: BTreeMap<String, &'static str>,
    /// Characters of the longest of them.
    chars_max: usize,
}

static CONCEPTS: LazyLock<Concepts> = LazyLock::new(|| {
    let mut concepts =
        Concepts { words: BTreeMap::new(), beginnings: BTreeMap::new(), chars_max: 0 };
    let lines = include_str!("stems/concepts.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let mut words = line.split_ascii_whitespace();
        let Some(name) = words.next() else { continue };
        for word in words {
            let (table, word) = match word.strip_prefix('=') {
                Some(whole) => (&mut concepts.words, whole),
                None => (&mut concepts.beginnings, word),
            };
            let word = fold(word);
            concepts.chars_max = concepts.chars_max.max(word.chars().count());
            table.entry(word).or_insert(name);
        }
    }
    concepts
});

/// One letter for those that callers, keyboards and the two languages confuse, and for doubled ones;
/// no soft signs and apostrophes. Lower case is expected.
fn fold(word: &str) -> String {
    let letters = word.chars().filter_map(|c| match c {
        'і' | 'ї' | 'ы' | 'й' => Some('и'),
        'є' | 'э' | 'ё' => Some('е'),
        'ґ' => Some('г'),
        'ь' | 'ъ' | '\'' => None,
        other => Some(other),
    });
    letters.fold(String::with_capacity(word.len()), |mut folded, letter| {
        if !folded.ends_with(letter) {
            folded.push(letter);
        }
        folded
    })
}

/// The stems of a text in order, without words that say nothing. Figures stay as they are. Limits:
/// a word of more than 60 letters counts as none.
#[must_use]
pub fn stems(text: &str) -> Vec<String> {
    tokens(text)
        .into_iter()
        .filter(|token| token.kind != Kind::Mark)
        .filter(|token| token.text.len() <= WORD_CHARS_MAX * 2)
        .filter_map(|token| match token.kind {
            Kind::Number => Some(token.text),
            _ => stem(&token.text),
        })
        .collect()
}

/// The different stems of a text, in the order in which they first come.
#[must_use]
pub fn distinct_stems(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    stems(text).into_iter().filter(|stem| seen.insert(stem.clone())).collect()
}

/// The stem of one word in lower case; `None` for a word that says nothing.
fn stem(word: &str) -> Option<String> {
    let folded = fold(word);
    if folded.chars().count() < 2 || SILENT_WORDS.contains(folded.as_str()) {
        return None;
    }
    if let Some(name) = concept(&folded) {
        return Some(name.to_owned());
    }
    let endings: &[&str] = if folded.is_ascii() { &LATIN_ENDINGS } else { &CYRILLIC_ENDINGS };
    let left = folded.chars().count();
    let ending = endings
        .iter()
        .filter(|ending| folded.ends_with(**ending))
        .map(|ending| ending.chars().count())
        .filter(|chars| left - chars >= STEM_CHARS_MIN)
        .max()
        .unwrap_or(0);
    let stem: String = folded.chars().take((left - ending).min(STEM_CHARS_MAX)).collect();
    (!SILENT_WORDS.contains(&stem)).then_some(stem)
}

/// The concept of a folded word, by its longest known beginning.
fn concept(word: &str) -> Option<&'static str> {
    if let Some(name) = CONCEPTS.words.get(word) {
        return Some(name);
    }
    let ends: Vec<usize> =
        word.char_indices().map(|(at, c)| at + c.len_utf8()).take(CONCEPTS.chars_max).collect();
    ends.into_iter().rev().find_map(|end| CONCEPTS.beginnings.get(&word[..end]).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_word_have_one_stem() {
        for forms in [
            &["протектор", "протектора", "протектором"][..],
            &["гарантія", "гарантії", "гарантийный", "warranty"],
            &["перевзутися", "переобуться", "шиномонтаж", "fitting"],
            &["зберігання", "зберігаєте", "хранение", "storage"],
            &["камера", "камери", "камерою"],
            &["розстрочка", "розстрочку"],
        ] {
            let found: HashSet<Vec<String>> = forms.iter().map(|form| stems(form)).collect();
            assert_eq!(found.len(), 1, "{forms:?}: {found:?}");
        }
    }

    #[test]
    fn words_that_say_nothing_are_left_out_and_figures_are_kept() {
        assert_eq!(stems("А що ви скажете про це, будь ласка?"), Vec::<String>::new());
        assert_eq!(stems("How do I get it?"), Vec::<String>::new());
        assert_eq!(stems("205/55 R16"), ["205", "55", "16"]);
    }

    #[test]
    fn the_same_question_is_the_same_in_three_languages() {
        let uk = distinct_stems("Яка гарантія на зимові шини?");
        assert_eq!(uk, distinct_stems("Какая гарантия на зимнюю резину?"));
        assert_eq!(uk, distinct_stems("What is the warranty on winter tyres?"));
    }

    #[test]
    fn nothing_that_a_stranger_writes_breaks_it() {
        for text in ["", "ї", "''''", "\u{301}\u{301}", &"я".repeat(10_000), "𝕩 ß İ ﬁ"] {
            let _ = stems(text);
        }
    }
}
