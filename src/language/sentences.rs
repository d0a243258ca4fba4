//! A stream of text into pieces that a voice can speak one by one.
//!
//! Whether there is a cut at a place depends only on the text up to the next visible character,
//! so the pieces are the same however the stream is chopped.

use super::Language;

/// The first piece may end at a comma this early (characters): it decides when the caller hears
/// something.
const FIRST_PIECE_CHARS: usize = 15;
/// Later pieces end at a comma only when they are this long (characters): short ones sound chopped.
const PIECE_CHARS: usize = 25;
/// A piece without any punctuation ends at a space when it is this long (characters): voices have
/// limits and the caller waits.
const PIECE_CHARS_MAX: usize = 220;

/// Never the end of a sentence: something always follows.
const ALWAYS_INSIDE: &[&str] = &[
    "вул",
    "буд",
    "кв",
    "пров",
    "пер",
    "пр",
    "просп",
    "бул",
    "бульв",
    "пл",
    "наб",
    "узв",
    "смт",
    "пгт",
    "ім",
    "им",
    "тел",
    "моб",
    "ст",
    "корп",
    "оф",
    "напр",
    "орієнт",
    "прибл",
    "ул",
    "отд",
    "відд",
    "т.зв",
    "т.е",
    "mr",
    "mrs",
    "ms",
    "dr",
    "st",
    "vs",
    "approx",
    "e.g",
    "i.e",
    "apt",
    "bldg",
    "incl",
];
/// The end of a sentence only if a capital letter follows.
const MAYBE_LAST: &[&str] = &[
    "грн",
    "коп",
    "шт",
    "р",
    "рр",
    "гг",
    "год",
    "хв",
    "мин",
    "сек",
    "ч",
    "т.д",
    "т.п",
    "ін",
    "др",
    "тис",
    "тыс",
    "млн",
    "обл",
    "мкр",
    "мкрн",
    "компл",
    "вкл",
    "дн",
    "міс",
    "мес",
    "пн",
    "вт",
    "ср",
    "чт",
    "пт",
    "сб",
    "нд",
    "вс",
    "км",
    "мм",
    "см",
    "кг",
    "uah",
    "a.m",
    "p.m",
    "etc",
    "rd",
    "ave",
    "blvd",
    "pcs",
    "inc",
    "ltd",
];
/// One letter before a name or a number: a town, a house, a paragraph. After a figure they are
/// its unit or its year and may close the sentence ("о 10 м.", "2026 г.").
const PLACE_LETTERS: &[&str] = &["м", "г", "с", "д", "п", "ш", "т"];
/// An abbreviation only if a number follows; otherwise a word of its own ("No. I don't.").
const BEFORE_NUMBER: &[&str] = &["no", "nr", "art", "tel"];

/// Cuts streamed text into speakable pieces.
#[derive(Debug, Clone)]
pub struct Splitter {
    buffer: String,
    pieces: usize,
}

/// What is known about a place where a piece could end.
enum Cut {
    /// It ends here.
    Yes,
    /// It goes on.
    No,
    /// The next visible character must be seen first.
    NotYet,
}

impl Splitter {
    /// An empty splitter. The abbreviations of all languages are known to each: sentences name
    /// streets of the shop's country in every language.
    #[must_use]
    pub fn new(_language: Language) -> Self {
        Self { buffer: String::new(), pieces: 0 }
    }

    /// Takes the next characters of the stream; returns the pieces that are complete now, without
    /// surrounding spaces and never empty.
    pub fn push(&mut self, text: &str) -> Vec<String> {
        self.buffer.push_str(text);
        let mut pieces = Vec::new();
        while let Some(end) = self.next_cut() {
            let rest = self.buffer.split_off(end);
            let piece = std::mem::replace(&mut self.buffer, rest);
            self.pieces += 1;
            pieces.push(piece.trim().to_owned());
        }
        pieces
    }

    /// Ends the stream: what is left, if it is not blank. The splitter is fresh afterwards.
    pub fn finish(&mut self) -> Option<String> {
        self.pieces = 0;
        let rest = std::mem::take(&mut self.buffer);
        let rest = rest.trim();
        (!rest.is_empty()).then(|| rest.to_owned())
    }

    /// The byte after the first complete piece.
    fn next_cut(&self) -> Option<usize> {
        let chars: Vec<(usize, char)> = self.buffer.char_indices().collect();
        let comma_from = if self.pieces == 0 { FIRST_PIECE_CHARS } else { PIECE_CHARS };
        let (mut letters, mut length) = (false, 0);
        for (index, &(at, c)) in chars.iter().enumerate() {
            if length > 0 || !c.is_whitespace() {
                length += 1;
            }
            letters |= c.is_alphabetic();
            let next = chars.get(index + 1).map(|(_, c)| *c);
            if !letters {
                continue;
            }
            let cut = match c {
                '\n' => Cut::Yes,
                _ if c.is_whitespace() && length > PIECE_CHARS_MAX => Cut::Yes,
                '.' | '!' | '?' | '…' => self.after_stop(&chars, index),
                ',' | ';' | ':' if length >= comma_from => Self::after_comma(&chars, index),
                _ if is_closing(c) => self.after_closing(&chars, index),
                _ => Cut::No,
            };
            match cut {
                Cut::Yes => return Some(at + c.len_utf8()),
                Cut::NotYet => return None,
                Cut::No if next.is_none() => return None,
                Cut::No => {}
            }
        }
        None
    }

    /// A quotation mark or bracket after a full stop ends the sentence with it.
    fn after_closing(&self, chars: &[(usize, char)], index: usize) -> Cut {
        let mut before = index;
        while before > 0 && is_closing(chars[before].1) {
            before -= 1;
        }
        if !is_stop(chars[before].1) {
            return Cut::No;
        }
        match chars.get(index + 1) {
            None => Cut::NotYet,
            Some((_, next)) if next.is_whitespace() => self.word_ends(chars, before, index),
            Some(_) => Cut::No,
        }
    }

    fn after_stop(&self, chars: &[(usize, char)], index: usize) -> Cut {
        match chars.get(index + 1) {
            None => Cut::NotYet,
            Some((_, next)) if next.is_whitespace() => self.word_ends(chars, index, index),
            Some(_) => Cut::No,
        }
    }

    /// Is the stop at `stop` the end of a sentence? `last` is the last mark that belongs to it.
    fn word_ends(&self, chars: &[(usize, char)], stop: usize, last: usize) -> Cut {
        if chars[stop].1 != '.' {
            return Cut::Yes;
        }
        let mut from = stop;
        while from > 0 && (chars[from - 1].1.is_alphanumeric() || chars[from - 1].1 == '.') {
            from -= 1;
        }
        let word = &self.buffer[chars[from].0..chars[stop].0];
        let folded = super::words::fold(word.trim_matches('.'));
        let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
        if initial || ALWAYS_INSIDE.contains(&folded.as_str()) {
            return Cut::No;
        }
        if PLACE_LETTERS.contains(&folded.as_str()) && !figure_before(chars, from) {
            return Cut::No;
        }
        let number = word.chars().all(|c| c.is_ascii_digit()) && !word.is_empty();
        let before_number = BEFORE_NUMBER.contains(&folded.as_str());
        let maybe_last =
            MAYBE_LAST.contains(&folded.as_str()) || PLACE_LETTERS.contains(&folded.as_str());
        if !number && !before_number && !maybe_last {
            return Cut::Yes;
        }
        match visible_after(chars, last) {
            None => Cut::NotYet,
            Some(next) if before_number && next.is_ascii_digit() => Cut::No,
            Some(_) if before_number => Cut::Yes,
            Some(next) if next.is_lowercase() || next.is_ascii_digit() => Cut::No,
            Some(_) => Cut::Yes,
        }
    }

    /// A comma between two figures belongs to the figures.
    fn after_comma(chars: &[(usize, char)], index: usize) -> Cut {
        match chars.get(index + 1) {
            None => return Cut::NotYet,
            Some((_, next)) if !next.is_whitespace() => return Cut::No,
            Some(_) => {}
        }
        let figure_before = index > 0 && chars[index - 1].1.is_ascii_digit();
        match visible_after(chars, index) {
            None => Cut::NotYet,
            Some(next) if figure_before && next.is_ascii_digit() => Cut::No,
            Some(_) => Cut::Yes,
        }
    }
}

/// The next character after `index` that is not space.
fn visible_after(chars: &[(usize, char)], index: usize) -> Option<char> {
    chars[index + 1..].iter().map(|(_, c)| *c).find(|c| !c.is_whitespace())
}

/// True if the last visible character before `index` is a figure.
fn figure_before(chars: &[(usize, char)], index: usize) -> bool {
    let before = chars[..index].iter().rev().map(|(_, c)| *c).find(|c| !c.is_whitespace());
    before.is_some_and(|c| c.is_ascii_digit())
}

const fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

const fn is_closing(c: char) -> bool {
    matches!(c, '"' | '»' | '”' | ')' | ']')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<String> {
        let mut splitter = Splitter::new(Language::Uk);
        let mut pieces = splitter.push(text);
        pieces.extend(splitter.finish());
        pieces
    }

    #[test]
    fn sentences_end_at_stops_and_long_ones_at_commas() {
        assert_eq!(split("Hello. How are you? Fine!"), ["Hello.", "How are you?", "Fine!"]);
        assert_eq!(
            split(
                "We have four sets in stock, the cheapest is Rosava, and it is good. Yes, it is."
            ),
            [
                "We have four sets in stock,",
                "the cheapest is Rosava, and it is good.",
                "Yes, it is."
            ]
        );
    }

    #[test]
    fn figures_sizes_times_and_abbreviations_stay_whole() {
        let whole = [
            "It costs 1,299.50 hryvnias for 205/55 R16",
            "We heard the size 200, 555R 16",
            "Ми на вул. Хрещатик, буд. 5, м. Київ",
            "Чекаємо на пр. Перемоги",
            "Ціна 2800 грн. за комплект",
            "See No. 5 on St. Mary",
            "Приходьте 25. листопада",
            "Вас чекає Т. Шевченко",
            "Мы на ул. Полярной, д. 5, г. Киев",
            "Киевская обл. совсем рядом",
            "Диски, болты и т.д. есть в наличии",
            "Це п. 5 договору",
            "Шиномонтаж на просп. Науки, корп. 3",
            "Доставим 25 ноября 2026 г. до вечера",
        ];
        for text in whole {
            let pieces = split(text);
            assert!(
                pieces.len() == 1
                    || pieces
                        .iter()
                        .all(|piece| piece.ends_with(',') || text.ends_with(piece.as_str())),
                "{pieces:?}"
            );
        }
        assert_eq!(split("No. I do not."), ["No.", "I do not."]);
        assert_eq!(split("Це 2800 грн. Записати?"), ["Це 2800 грн.", "Записати?"]);
        assert_eq!(split("Приходьте о 10. Чекаємо."), ["Приходьте о 10.", "Чекаємо."]);
        assert_eq!(split("Есть диски и т.д. Записать?"), ["Есть диски и т.д.", "Записать?"]);
        assert_eq!(split("Это 2026 г. Записать вас?"), ["Это 2026 г.", "Записать вас?"]);
    }

    #[test]
    fn the_first_piece_comes_before_the_stream_ends() {
        let mut splitter = Splitter::new(Language::En);
        assert!(splitter.push("Good morn").is_empty());
        assert_eq!(splitter.push("ing. How"), ["Good morning."]);
        assert_eq!(splitter.finish().as_deref(), Some("How"));
        assert_eq!(splitter.finish(), None);
    }

    #[test]
    fn a_text_without_punctuation_is_cut_at_a_space() {
        let text = "word ".repeat(100);
        assert!(split(&text).iter().all(|piece| piece.chars().count() <= PIECE_CHARS_MAX + 5));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_chopping_does_not_matter(
            text in "[a-zA-Zа-яіїєґ0-9 .,!?:;…»\"\n]{0,200}",
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
        ) {
            let whole = split(&text);
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&whole.concat()), squeeze(&text));
            prop_assert!(whole.iter().all(|piece| !piece.trim().is_empty()));

            let mut places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            places.push(text.len());
            let mut at: Vec<usize> = cuts.iter().map(|cut| *cut.get(&places)).collect();
            at.extend([0, text.len()]);
            at.sort_unstable();
            let mut splitter = Splitter::new(Language::Uk);
            let mut pieces = Vec::new();
            for pair in at.windows(2) {
                pieces.extend(splitter.push(&text[pair[0]..pair[1]]));
            }
            pieces.extend(splitter.finish());
            prop_assert_eq!(pieces, whole);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            split(&text);
        }
    }
}
