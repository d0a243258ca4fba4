//! Tokens with the number words folded into numbers.

use super::idioms;
use super::number_words::{Ending, NumberWord, figure_ending};
use crate::language::words::{Kind, Token, tokens};

/// The tokens of an utterance, and whether its ambiguous words are Russian.
struct Words<'a> {
    all: &'a [Token],
    russian: bool,
}

impl Words<'_> {
    fn get(&self, at: usize) -> Option<&Token> {
        self.all.get(at)
    }

    /// What the word at `at` contributes to a number.
    fn lookup(&self, at: usize) -> Option<NumberWord> {
        let token = self.all.get(at).filter(|token| token.kind == Kind::Word)?;
        super::number_words::lookup(&token.text, self.russian)
    }
}

/// A number as it was said or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Its digits; leading zeros are kept.
    pub digits: String,
    /// Its form, if it is an ordinal.
    pub ordinal: Option<Ending>,
    /// True if it stood in figures.
    pub written: bool,
}

impl Number {
    /// The value; a number too long for this is `u32::MAX`, which no range accepts.
    pub fn value(&self) -> u32 {
        self.digits.parse().unwrap_or(u32::MAX)
    }
}

/// A number, a word or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ItemKind {
    Number(Number),
    Word(String),
    Mark(char),
}

/// A piece of an utterance with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub kind: ItemKind,
    pub start: usize,
    pub end: usize,
    /// True if no space stands before it.
    pub glued: bool,
}

impl Item {
    pub fn number(&self) -> Option<&Number> {
        if let ItemKind::Number(number) = &self.kind { Some(number) } else { None }
    }

    pub fn word(&self) -> Option<&str> {
        if let ItemKind::Word(word) = &self.kind { Some(word) } else { None }
    }

    pub fn mark(&self) -> Option<char> {
        if let ItemKind::Mark(mark) = self.kind { Some(mark) } else { None }
    }

    pub fn is_any(&self, words: &[&str]) -> bool {
        self.word().is_some_and(|word| words.contains(&word))
    }

    pub fn starts(&self, stems: &[&str]) -> bool {
        self.word().is_some_and(|word| stems.iter().any(|stem| word.starts_with(stem)))
    }
}

/// Reads a text. Words of idioms become nameless words, which no reader takes.
pub(super) fn items(text: &str, russian: bool) -> Vec<Item> {
    let mut all = tokens(text);
    idioms::silence(&mut all, text);
    let words = Words { all: &all, russian };
    let mut out: Vec<Item> = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let after_number = out.last().is_some_and(|item| item.number().is_some());
        let (kind, next) = match number(&words, at, after_number) {
            Some((number, next)) => (ItemKind::Number(number), next),
            None if all[at].kind == Kind::Mark => {
                (ItemKind::Mark(all[at].text.chars().next().unwrap_or(' ')), at + 1)
            }
            None => (ItemKind::Word(all[at].text.clone()), at + 1),
        };
        out.push(Item { kind, start: all[at].start, end: all[next - 1].end, glued: all[at].glued });
        at = next;
    }
    out
}

/// A number that begins at token `at`, and the token after it.
fn number(words: &Words<'_>, at: usize, after_number: bool) -> Option<(Number, usize)> {
    let token = &words.all[at];
    if let Some(repeated) = repeated(words, at) {
        return Some(repeated);
    }
    if token.kind == Kind::Number {
        return Some(written(words, at));
    }
    if token.kind != Kind::Word {
        return None;
    }
    if token.is_any(&["oh", "o"]) {
        // "two oh five": a zero only between numbers.
        let before_number = words.get(at + 1).is_some_and(|next| {
            next.kind == Kind::Number || matches!(words.lookup(at + 1), Some(NumberWord::Plain(_)))
        });
        return (after_number && before_number).then(|| (cardinal("0".into()), at + 1));
    }
    folded(words, at)
}

fn cardinal(digits: String) -> Number {
    Number { digits, ordinal: None, written: false }
}

/// Figures, with an ending ("25th", "10-та") or a multiplier ("2 hundred", "2,5 тис") after them.
fn written(words: &Words<'_>, at: usize) -> (Number, usize) {
    let digits = words.all[at].text.clone();
    let hyphen = words.get(at + 1).is_some_and(|mark| mark.glued && mark.is_mark('-'));
    let suffix_at = at + 1 + usize::from(hyphen);
    if let Some(suffix) =
        words.get(suffix_at).filter(|token| token.glued && token.kind == Kind::Word)
        && let Some(ending) = figure_ending(&suffix.text)
        && !words.get(suffix_at + 1).is_some_and(|next| next.glued && next.kind == Kind::Number)
    {
        return (Number { digits, ordinal: Some(ending), written: true }, suffix_at + 1);
    }
    let small = digits.parse::<u32>().ok().filter(|value| (1..=999).contains(value));
    if let Some(small) = small {
        let point = words.get(at + 1).is_some_and(|mark| mark.is_mark(',') || mark.is_mark('.'));
        let tenth = words.get(at + 2).filter(|one| point && one.glued && one.text.len() == 1);
        if let Some(tenth) = tenth.and_then(|one| one.text.parse::<u32>().ok())
            && words.lookup(at + 3) == Some(NumberWord::Thousand)
        {
            return (cardinal((small * 1000 + tenth * 100).to_string()), at + 4);
        }
        if let Some(NumberWord::Hundred | NumberWord::Thousand) = words.lookup(at + 1)
            && let Some(folded) = fold(words, at + 1, small)
        {
            return folded;
        }
    }
    (Number { digits, ordinal: None, written: true }, at + 1)
}

/// "double five", "чотири сімки", "3 нулі".
fn repeated(words: &Words<'_>, at: usize) -> Option<(Number, usize)> {
    let token = &words.all[at];
    let oh = token.is_any(&["double", "triple"])
        && words.get(at + 1).is_some_and(|next| next.is_any(&["oh", "o"]));
    let next = if oh { NumberWord::Plain(0) } else { words.lookup(at + 1)? };
    let times = match (token.text.as_str(), words.lookup(at)) {
        ("double", _) => Some(2),
        ("triple", _) => Some(3),
        (_, Some(NumberWord::Plain(times @ 2..=9))) => Some(times),
        (figure, _) if token.kind == Kind::Number && figure.len() == 1 => figure.parse().ok(),
        _ => None,
    }?;
    let digit = match next {
        NumberWord::Digit(digit) if (2..=9).contains(&times) => digit,
        NumberWord::Plain(digit @ 0..=9) if token.is_any(&["double", "triple"]) => digit,
        _ => return None,
    };
    Some((cardinal(digit.to_string().repeat(times as usize)), at + 2))
}

fn folded(words: &Words<'_>, at: usize) -> Option<(Number, usize)> {
    let token = &words.all[at];
    if token.is_any(&["півтисячі", "полтысячи", "півтищі"]) {
        return Some((cardinal("500".into()), at + 1));
    }
    if let Some(roughly) = roughly(words, at) {
        return Some(roughly);
    }
    let half = token.is_any(&["пів", "пол", "half"]);
    if half {
        let article = usize::from(words.get(at + 1).is_some_and(|next| next.is("a")));
        let thousand = words.lookup(at + 1 + article) == Some(NumberWord::Thousand);
        return thousand.then(|| (cardinal("500".into()), at + 2 + article));
    }
    match words.lookup(at)? {
        NumberWord::Plain(0) => Some((cardinal("0".into()), at + 1)),
        NumberWord::Digit(digit) => Some((cardinal(digit.to_string()), at + 1)),
        NumberWord::Hundred | NumberWord::Thousand => fold(words, at, 1),
        NumberWord::OneAndHalf => Some(match words.lookup(at + 1) {
            Some(NumberWord::Thousand) => (cardinal("1500".into()), at + 2),
            Some(NumberWord::Hundred) => (cardinal("150".into()), at + 2),
            _ => (cardinal("1.5".into()), at + 1),
        }),
        NumberWord::Plain(_) | NumberWord::Ordinal(..) => fold(words, at, 0),
    }
}

/// "Пару тисяч", "тисяч п'ять": more or less so many thousands.
fn roughly(words: &Words<'_>, at: usize) -> Option<(Number, usize)> {
    let token = &words.all[at];
    if token.is_any(&["пару", "пара", "couple"]) {
        let of = usize::from(words.get(at + 1).is_some_and(|next| next.is("of")));
        let digits = match words.lookup(at + 1 + of)? {
            NumberWord::Thousand => "2000",
            NumberWord::Hundred => "200",
            _ => return None,
        };
        return Some((cardinal(digits.into()), at + 2 + of));
    }
    let many = token.is_any(&["тисяч", "тысяч", "тищ", "тыщ"]);
    let few = token.is_any(&["тисячі", "тысячи", "тыщи", "тищі"]);
    match words.lookup(at + 1) {
        Some(NumberWord::Plain(count @ 5..=99)) if many => {
            Some((cardinal((count * 1000).to_string()), at + 2))
        }
        Some(NumberWord::Plain(count @ 2..=4)) if few => {
            Some((cardinal((count * 1000).to_string()), at + 2))
        }
        _ => None,
    }
}

/// Adds up number words from `at` on while each is of a lower order than the one before.
/// `count` is what a leading multiplier multiplies; 0 if the first word is a value.
fn fold(words: &Words<'_>, at: usize, count: u32) -> Option<(Number, usize)> {
    // `group` is the part below one thousand; `room` is what the next word must stay below.
    let (mut thousands, mut group, mut room) = (0_u32, count, if count == 0 { 1000 } else { 1 });
    let mut place = at;
    let mut last = at;
    let mut ordinal = None;
    while let Some(token) = words.get(place) {
        if place > at && is_join(words, place, room) {
            place += 1;
            continue;
        }
        if let Some(length) = and_a_half(words, place).filter(|_| thousands == 0 && group > 0) {
            thousands = group * 1000 + 500;
            return Some((cardinal(thousands.to_string()), place + length));
        }
        if token.kind == Kind::Number && thousands > 0 && group == 0 {
            // "2 тисячі 800"
            let rest = token.text.parse::<u32>().ok().filter(|rest| (100..1000).contains(rest));
            let Some(rest) = rest else { break };
            return Some((cardinal((thousands + rest).to_string()), place + 1));
        }
        match words.lookup(place) {
            Some(NumberWord::Plain(value)) if value > 0 && value < room => {
                group += value;
                room = room_after(value);
            }
            Some(NumberWord::Ordinal(value, ending)) if value < room => {
                group += value;
                ordinal = Some(ending);
            }
            Some(NumberWord::Hundred) if (1..=99).contains(&group) => {
                group *= 100;
                room = 100;
            }
            Some(NumberWord::Thousand) if thousands == 0 && (1..=999).contains(&group) => {
                thousands = group * 1000;
                group = 0;
                room = 1000;
            }
            _ => break,
        }
        place += 1;
        last = place;
        if ordinal.is_some() {
            break;
        }
    }
    (last > at).then(|| {
        (Number { digits: (thousands + group).to_string(), ordinal, written: false }, last)
    })
}

/// "Two *and a half thousand*", "дві *з половиною тисячі*": how many tokens.
fn and_a_half(words: &Words<'_>, place: usize) -> Option<usize> {
    const HALVES: &[&[&str]] = &[
        &["з", "половиною"],
        &["із", "половиною"],
        &["с", "половиной"],
        &["з", "половіною"],
        &["and", "a", "half"],
    ];
    let half = HALVES.iter().find(|half| {
        half.iter().enumerate().all(|(at, word)| words.get(place + at).is_some_and(|t| t.is(word)))
    })?;
    (words.lookup(place + half.len()) == Some(NumberWord::Thousand)).then_some(half.len() + 1)
}

/// What may follow a word of this order: units after tens, tens after hundreds, nothing after
/// units and teens.
const fn room_after(value: u32) -> u32 {
    match value {
        100.. => 100,
        20..=99 => 10,
        _ => 1,
    }
}

/// "two hundred *and* five", "twenty*-*five": only with a number word of lower order after it.
fn is_join(words: &Words<'_>, place: usize, room: u32) -> bool {
    let token = &words.all[place];
    let hyphen =
        token.glued && token.is_mark('-') && words.get(place + 1).is_some_and(|next| next.glued);
    let and = token.is("and") && room >= 100;
    (hyphen || and)
        && match words.lookup(place + 1) {
            Some(NumberWord::Plain(value)) => value > 0 && value < room.min(100),
            Some(NumberWord::Ordinal(value, _)) => value < room.min(100),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        items(text, false).iter().filter_map(|item| Some(item.number()?.digits.clone())).collect()
    }

    #[test]
    fn number_words_fold_into_numbers() {
        let cases: &[(&str, &[&str])] = &[
            ("two hundred and five, fifty-five, sixteen", &["205", "55", "16"]),
            ("two oh five fifty five sixteen", &["2", "0", "5", "55", "16"]),
            ("двісті п'ять п'ятдесят п'ять ер шістнадцять", &["205", "55", "16"]),
            ("двадцять нуль три", &["20", "0", "3"]),
            ("сто нуль пʼять", &["100", "0", "5"]),
            ("двадцять один", &["21"]),
            ("чотири сімки", &["7777"]),
            ("double five", &["55"]),
            ("two thousand eight hundred", &["2800"]),
            ("дві тисячі вісімсот п'ятдесят", &["2850"]),
            ("тисяча", &["1000"]),
            ("a hundred", &["100"]),
            ("2 hundred 5", &["200", "5"]),
            ("ten twenty", &["10", "20"]),
            ("five and six", &["5", "6"]),
            ("007", &["007"]),
            ("twenty-fifth", &["25"]),
            ("двадцять п'ятого", &["25"]),
            ("25-го", &["25"]),
            ("oh well", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(numbers(text), *expected, "{text}");
        }
    }
}
