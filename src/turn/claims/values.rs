//! Claims that are values: sums, sizes, days, times, counts, numbers.

use super::facts::{Fact, Facts, bare, phone_digits};
use super::wording::{asks, speaks_of_free_time, speaks_of_stock};
use super::{Evidence, Scene};
use crate::language::heard::{Context, Heard, Spotted, spot};
use crate::language::words::{Kind, Token, fold, tokens};
use crate::shop::{FITTING_DAYS_AHEAD_MAX, TireSize};
use crate::turn::cards::number;
use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, Timelike as _, Weekday};
use rust_decimal::Decimal;
use std::ops::Range;

/// "Do you need four?" proposes nothing that is not on every car.
const WHEELS: u32 = 4;
/// Words around a sum that only repeats what the caller wants to spend.
const BUDGET: &[&str] = &[
    "up to",
    "under",
    "within",
    "budget",
    "below",
    "you said",
    "до ",
    "бюджет",
    "в межах",
    "в пределах",
    "ви сказали",
    "вы сказали",
];
/// "Tomorrow" says something about the shop with these; otherwise it is a day like any other.
const RELATIVE_DAYS: u64 = 1;

/// A sentence on the bench.
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a sentence, not one state")]
struct Bench<'a> {
    facts: &'a Facts,
    scene: &'a Scene<'a>,
    folded: String,
    question: bool,
    stock: bool,
    /// A time can be had; or is taken.
    free: bool,
    taken: bool,
    dates: Vec<NaiveDate>,
}

/// All values of a sentence, each with what it rests on.
pub(super) fn claims(sentence: &str, facts: &Facts, scene: &Scene<'_>) -> Vec<Evidence> {
    let text = without_names(sentence, facts);
    if !text.chars().any(char::is_alphanumeric) {
        return Vec::new();
    }
    let words = tokens(&text);
    if !may_hold_values(&words) {
        return Vec::new();
    }
    let context = Context { today: scene.today, sizes: facts.sizes(), brands: &[] };
    let found = spot(&text, scene.language, &context);
    let dates = found.iter().filter_map(|one| match one.value {
        Heard::Date(date) => Some(date),
        _ => None,
    });
    let folded = fold(&text);
    let (free, taken) = speaks_of_free_time(&folded);
    let question = text.trim_end().ends_with('?') || asks(&text);
    let bench = Bench {
        facts,
        scene,
        question,
        stock: speaks_of_stock(&folded),
        free: free && !question,
        taken,
        dates: dates.collect(),
        folded,
    };
    let mut covered: Vec<Range<usize>> = Vec::new();
    let mut claims = Vec::new();
    for spotted in &found {
        if matches!(spotted.value, Heard::Answer(_) | Heard::Name(_)) {
            continue;
        }
        covered.push(spotted.start..spotted.end);
        claims.extend(bench.claim(&text, spotted));
    }
    claims.extend(bench.left_over(&words, &covered));
    claims
}

/// Stems without which, and without a number, no sentence holds a value. Reading takes its time, and
/// most sentences are plain talk.
const VALUE_STEMS: &[&str] = &[
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "понед",
    "вівтор",
    "серед",
    "четвер",
    "п'ятн",
    "пятн",
    "субот",
    "суббот",
    "неділ",
    "воскрес",
    "вторн",
    "today",
    "tomorrow",
    "tonight",
    "сьогодні",
    "завтра",
    "післязавтра",
    "сегодня",
    "послезавтра",
    "week",
    "тижн",
    "тижден",
    "недел",
    "noon",
    "midday",
    "midnight",
    "опівдні",
    "полуд",
    "полден",
    "полноч",
    "pair",
    "couple",
    "dozen",
    "пар",
    "half",
    "quarter",
    "пів",
    "чверть",
    "полов",
    "четверт",
    "hundred",
    "thousand",
    "сот",
    "тисяч",
    "тысяч",
    "million",
    "мільйон",
    "миллион",
];

fn may_hold_values(words: &[Token]) -> bool {
    words.iter().enumerate().any(|(at, token)| match token.kind {
        Kind::Number => true,
        Kind::Mark => false,
        Kind::Word => {
            number(words, at).is_some()
                || VALUE_STEMS.iter().any(|stem| token.text.starts_with(stem))
                || token.text.ends_with("th")
        }
    })
}

/// The sentence without names and addresses of results: their figures are no claims.
pub(super) fn without_names(sentence: &str, facts: &Facts) -> String {
    let mut text = sentence.to_owned();
    let mut lower = text.to_lowercase();
    if lower.len() != text.len() {
        return text;
    }
    for name in facts.names().rev() {
        while let Some(at) = lower.find(name) {
            let range = at..at + name.len();
            if !(text.is_char_boundary(range.start) && text.is_char_boundary(range.end)) {
                break;
            }
            // As many bytes of a word that is no value.
            let blank = "x".repeat(name.len());
            text.replace_range(range.clone(), &blank);
            lower.replace_range(range, &blank);
        }
    }
    text
}

impl Bench<'_> {
    fn claim(&self, text: &str, spotted: &Spotted) -> Option<Evidence> {
        let written = &text[spotted.start..spotted.end];
        let value = &spotted.value;
        let source = match value {
            Heard::Money(amount) => self.money(*amount),
            Heard::TireSize(size) => self.size(*size),
            // "RS3": a figure that hangs on letters is part of a name.
            Heard::Quantity(count) if text[..spotted.start].ends_with(char::is_alphabetic) => {
                self.number(&count.to_string(), written)
            }
            Heard::Quantity(count) => self.quantity(*count, written),
            Heard::Number(digits) => self.number(digits, written),
            Heard::Ordinal(number) if *number > 10 => self.number(&number.to_string(), written),
            Heard::Diameter(inches) => self.diameter(*inches),
            Heard::Phone(phone) => self.phone(phone.reveal()),
            // "At 10:20 it is free" looks like a plate to who reads letters and figures only.
            Heard::Plate(_) if written.contains(':') => self.written_time(written),
            Heard::Plate(plate) => self.plate(plate),
            Heard::Date(date) => self.date(*date),
            Heard::Weekday(day) => self.weekday(*day),
            Heard::Time(time) => self.time(*time),
            _ => return None,
        };
        // "Nokian at 2100": a price without its currency reads like a time.
        let source = source.or_else(|| match value {
            Heard::Time(_) if written.ends_with("дня") => self.days(written),
            Heard::Time(_) | Heard::Plate(_) | Heard::Quantity(_) => self.bare_price(written),
            _ => None,
        });
        Some(Evidence::new(value.kind(), value.canonical(), source))
    }

    /// Numbers that no reader took are numbers all the same.
    fn left_over(&self, words: &[Token], covered: &[Range<usize>]) -> Vec<Evidence> {
        let mut claims = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let Some((digits, next)) = number(words, at) else {
                at += 1;
                continue;
            };
            let place = words[at].start..words[next - 1].end;
            let taken = covered.iter().any(|one| one.start < place.end && place.start < one.end);
            let written = &words[at].text;
            if !taken && digits != "1" {
                claims.push(Evidence::new("number", digits.clone(), self.number(&digits, written)));
            }
            at = next;
        }
        claims
    }

    fn held(&self, fact: &Fact) -> Option<&str> {
        self.facts.held(fact)
    }

    /// The caller's own value, where it is only repeated.
    fn said(&self, fact: &Fact) -> Option<&str> {
        self.facts.said(fact).then_some("caller")
    }

    fn money(&self, amount: Decimal) -> Option<&str> {
        let amount = amount.normalize();
        let repeats = self.question || BUDGET.iter().any(|word| self.folded.contains(word));
        let figures = Fact::Number(amount.to_string());
        self.held(&Fact::Money(amount)).or_else(|| {
            let said = self.said(&Fact::Money(amount)).or_else(|| self.said(&figures));
            said.filter(|_| repeats)
        })
    }

    fn written_time(&self, written: &str) -> Option<&str> {
        let mut words = written.split(|c: char| !(c.is_ascii_digit() || c == ':'));
        let time = words.find_map(|word| NaiveTime::parse_from_str(word, "%H:%M").ok())?;
        self.time(time)
    }

    /// In Russian "2 дня" is two days as well as two in the afternoon.
    fn days(&self, written: &str) -> Option<&str> {
        let count = written.split_whitespace().next()?.parse().ok()?;
        self.held(&Fact::Count(count))
    }

    fn bare_price(&self, written: &str) -> Option<&str> {
        let digits = Some(written.trim()).filter(|digits| digits.len() >= 3)?;
        let amount: Decimal = digits.parse().ok()?;
        self.held(&Fact::Money(amount.normalize()))
    }

    fn size(&self, size: TireSize) -> Option<&str> {
        let size = TireSize { commercial: false, ..size };
        let digits: String = size.to_string().chars().filter(char::is_ascii_digit).collect();
        let heard = self.facts.said_nearly(&digits).then_some("caller");
        self.held(&Fact::Size(size)).or_else(|| self.said(&Fact::Size(size))).or(heard)
    }

    fn quantity(&self, count: u32, written: &str) -> Option<&str> {
        let number = u64::from(count);
        let stock = self.held(&Fact::Stock(number));
        if self.stock && !self.question {
            // "Yes, four in stock": the caller's number, if there are as many.
            let enough =
                self.facts.holds_any(|fact| matches!(fact, Fact::Stock(n) if *n >= number));
            let said = self.facts.said(&Fact::Number(count.to_string()));
            return stock.or_else(|| enough.filter(|_| said));
        }
        stock
            .or_else(|| self.held(&Fact::Count(number)))
            .or_else(|| self.said(&Fact::Number(count.to_string())))
            .or_else(|| self.small(count, written))
    }

    /// "One moment", "do you need four?".
    fn small(&self, count: u32, written: &str) -> Option<&'static str> {
        let word = !written.contains(|c: char| c.is_ascii_digit());
        (count == 1 && word || self.question && !self.stock && count <= WHEELS).then_some("shop")
    }

    fn number(&self, digits: &str, written: &str) -> Option<&str> {
        let plain = bare(digits);
        let fact = Fact::Number(plain.clone());
        let value = plain.parse::<u32>().ok();
        let amount = plain.parse::<Decimal>().ok();
        let year = value == u32::try_from(self.scene.today.year()).ok();
        let ahead = FITTING_DAYS_AHEAD_MAX as u32;
        let window = value.is_some_and(|value| value == ahead || value * 7 == ahead);
        let count = value.map(|value| Fact::Count(value.into()));
        self.held(&fact)
            .or_else(|| amount.and_then(|amount| self.held(&Fact::Money(amount))))
            .or_else(|| count.and_then(|fact| self.held(&fact)))
            .or_else(|| self.said(&fact))
            .or_else(|| {
                let inside = plain.len() >= 3 && self.facts.said_digits(digits);
                inside.then_some("caller")
            })
            .or_else(|| value.and_then(|value| self.small(value, written)))
            .or_else(|| year.then_some("today"))
            .or_else(|| window.then_some("shop"))
    }

    fn diameter(&self, inches: u16) -> Option<&str> {
        let rim = |fact: &Fact| matches!(fact, Fact::Size(s) if s.rim_tenths / 10 == inches);
        let fact = Fact::Number(inches.to_string());
        self.held(&fact)
            .or_else(|| self.facts.holds_any(rim))
            .or_else(|| self.said(&fact))
            .or_else(|| self.facts.said_any(rim).then_some("caller"))
    }

    fn phone(&self, text: &str) -> Option<&str> {
        let digits = phone_digits(text)?;
        let own = self.scene.own.and_then(|own| phone_digits(own.reveal()));
        let said = self.facts.said_digits(&digits).then_some("caller");
        (own.as_ref() == Some(&digits))
            .then_some("caller")
            .or(said)
            .or_else(|| self.held(&Fact::Phone(digits)))
    }

    fn plate(&self, plate: &str) -> Option<&str> {
        let digits: String = plate.chars().filter(char::is_ascii_digit).collect();
        let said = self.facts.said_digits(&digits).then_some("caller");
        said.or_else(|| self.held(&Fact::Number(bare(&digits))))
    }

    fn date(&self, date: NaiveDate) -> Option<&str> {
        let held = self.held(&Fact::Date(date));
        if self.free {
            return held;
        }
        let weekday = Fact::Weekday(date.weekday().num_days_from_monday());
        let near = self.scene.today.checked_add_days(Days::new(RELATIVE_DAYS));
        let relative = (date == self.scene.today || Some(date) == near).then_some("today");
        held.or_else(|| self.said(&Fact::Date(date))).or_else(|| self.said(&weekday)).or(relative)
    }

    fn weekday(&self, day: Weekday) -> Option<&str> {
        // Beside a date it is the name of that date, or it is wrong.
        if !self.dates.is_empty() {
            return self.dates.iter().any(|date| date.weekday() == day).then_some("today");
        }
        let of = |fact: &Fact| matches!(fact, Fact::Date(date) if date.weekday() == day);
        let name = Fact::Weekday(day.num_days_from_monday());
        // An article names days without dates.
        let held = self.facts.holds_any(of).or_else(|| self.held(&name));
        if self.free {
            return held;
        }
        let named = self.said(&name);
        held.or(named).or_else(|| self.facts.said_any(of).then_some("caller"))
    }

    fn time(&self, time: NaiveTime) -> Option<&str> {
        let other = NaiveTime::from_hms_opt((time.hour() + 12) % 24, time.minute(), 0);
        let times = [Some(time), other].into_iter().flatten();
        let held = times.clone().find_map(|time| self.held(&Fact::Time(time)));
        if self.free {
            return held;
        }
        let said = times.clone().any(|time| self.facts.said(&Fact::Time(time)));
        let refused = self.taken.then(|| self.facts.asked(&["get_fitting_slots"])).flatten();
        held.or_else(|| said.then_some("caller")).or(refused)
    }
}
