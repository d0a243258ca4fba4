//! What a sentence may rest on: the tool results of this call and what the caller has said.

use super::products::Catalogue;
use super::wording::Deed;
use crate::language::Language;
use crate::language::heard::{Context, Heard, spot};
use crate::shop::TireSize;
use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Results that are kept for rephrasing; older ones are stale on a telephone.
const RESULTS_MAX: usize = 12;
/// Values of one call that are kept; a result beyond this adds nothing that a caller could be told.
const FACTS_MAX: usize = 5_000;
/// Texts of results that may be spoken as they stand.
const NAMES_MAX: usize = 500;
/// Depth of a result that is read.
const DEPTH_MAX: u32 = 12;

/// A value that something was found to hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Money(Decimal),
    Date(NaiveDate),
    Time(NaiveTime),
    Weekday(u32),
    Size(TireSize),
    /// The last nine digits.
    Phone(String),
    /// Digits without leading zeros.
    Number(String),
    /// How many there are of something, or how long it takes.
    Count(u64),
    /// Pieces in stock.
    Stock(u64),
}

/// All that is known in a call.
#[derive(Debug, Default)]
pub(in crate::turn) struct Facts {
    /// Out of results and read-backs, with the source's name.
    shop: BTreeMap<Fact, String>,
    said: BTreeSet<Fact>,
    /// All digits that the caller has said, line by line.
    said_digits: Vec<String>,
    /// Texts with figures in them, folded: names, addresses. They may be spoken as they stand.
    names: BTreeSet<String>,
    /// Never to be spoken.
    ids: BTreeSet<String>,
    sizes: Vec<TireSize>,
    deeds: BTreeMap<Deed, String>,
    /// Tyres with their prices, makers and colours.
    pub(super) catalogue: Catalogue,
    /// Within the row of a tyre: its sums are its own.
    in_tyre: bool,
    /// Successful results, the latest last.
    results: Vec<(String, Value)>,
}

/// A key whose value is an id.
fn is_id(key: &str) -> bool {
    key == "id" || key == "sku" || key.ends_with("_id")
}

fn is_money(key: &str) -> bool {
    ["price", "cost", "debt", "amount", "subtotal", "total", "sum", "paid"]
        .iter()
        .any(|word| key.contains(word))
}

fn is_count(key: &str) -> bool {
    ["total", "count", "days", "minutes", "hours", "weeks", "wheels", "pieces"]
        .iter()
        .any(|word| key.contains(word))
}

/// A key whose text is ours, so that values in it are values.
fn is_prose(key: &str) -> bool {
    ["message", "note", "label", "period", "estimated", "hours"]
        .iter()
        .any(|word| key.contains(word))
}

/// Digits without zeros in front.
pub(super) fn bare(digits: &str) -> String {
    let bare = digits.trim_start_matches('0');
    if bare.is_empty() { "0".into() } else { bare.into() }
}

/// The runs of digits in a text.
pub(super) fn digit_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
}

impl Facts {
    /// A tool has answered. A refusal's words may be repeated, but nothing was done.
    pub(in crate::turn) fn learn(
        &mut self,
        tool: &str,
        args: &Value,
        result: &Value,
        ok: bool,
        today: NaiveDate,
    ) {
        if ok {
            self.walk(tool, "", result, today, DEPTH_MAX);
            for deed in Deed::of(tool, result) {
                self.deeds.insert(deed, tool.to_owned());
            }
            if self.results.len() >= RESULTS_MAX {
                self.results.remove(0);
            }
            self.results.push((tool.to_owned(), result.clone()));
        } else {
            // A refusal names what the model asked for: that makes it no truer.
            let (mut told, mut asked) = (Self::default(), Self::default());
            told.walk(tool, "", result, today, DEPTH_MAX);
            asked.walk(tool, "message", args, today, DEPTH_MAX);
            asked.walk(tool, "", args, today, DEPTH_MAX);
            let news = told.shop.into_iter().filter(|(fact, _)| !asked.shop.contains_key(fact));
            for (fact, source) in news {
                self.add(&source, fact);
            }
            self.ids.extend(told.ids);
            self.catalogue.name(&result.to_string());
        }
    }

    /// The core reads something back: what stands in it comes from a tool's proposal.
    pub(in crate::turn) fn read_back(&mut self, text: &str, language: Language, today: NaiveDate) {
        self.catalogue.name(text);
        self.prose("read_back", text, language, today);
        self.name("read_back", text);
    }

    /// The caller has said something.
    pub(in crate::turn) fn hear(&mut self, text: &str, language: Language, today: NaiveDate) {
        if self.said.len() >= FACTS_MAX {
            return;
        }
        self.catalogue.hear(text);
        let context = Context { today, sizes: &self.sizes, brands: &[] };
        let mut digits = String::new();
        let values = spot(text, language, &context);
        for run in digit_runs(text) {
            self.said.insert(Fact::Number(bare(run)));
        }
        for spotted in values {
            match &spotted.value {
                Heard::TireSize(size) => {
                    digits.extend(size.to_string().chars().filter(char::is_ascii_digit));
                }
                Heard::Quantity(count) => digits.push_str(&count.to_string()),
                Heard::Number(number) => digits.push_str(number),
                Heard::Phone(phone) => digits.extend(phone.reveal().chars().skip(1)),
                Heard::Plate(plate) => digits.extend(plate.chars().filter(char::is_ascii_digit)),
                _ => {}
            }
            self.said.extend(facts_of(&spotted.value));
        }
        let written: String = text.chars().filter(char::is_ascii_digit).collect();
        self.said_digits.extend([digits, written].into_iter().filter(|digits| !digits.is_empty()));
    }

    pub(super) fn add(&mut self, source: &str, fact: Fact) {
        if let (Fact::Money(amount), false) = (&fact, self.in_tyre) {
            self.catalogue.loose(*amount);
        }
        if self.shop.len() < FACTS_MAX {
            self.shop.entry(fact).or_insert_with(|| source.to_owned());
        }
    }

    fn walk(&mut self, tool: &str, key: &str, value: &Value, today: NaiveDate, depth: u32) {
        if depth == 0 {
            return;
        }
        match value {
            Value::Object(fields) => {
                let priced = fields.contains_key("price");
                let outer = std::mem::replace(&mut self.in_tyre, priced);
                self.catalogue.learn(fields);
                let known = fields.iter().filter(|(key, _)| !key.starts_with("requested"));
                for (key, value) in known {
                    self.walk(tool, key, value, today, depth - 1);
                }
                self.in_tyre = outer;
            }
            Value::Array(items) => {
                self.add(tool, Fact::Count(items.len() as u64));
                for item in items {
                    self.walk(tool, key, item, today, depth - 1);
                }
            }
            Value::Number(number) => self.number(tool, key, &number.to_string()),
            Value::String(text) => {
                self.catalogue.name(text);
                self.text(tool, key, text.trim(), today);
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn number(&mut self, tool: &str, key: &str, text: &str) {
        if is_id(key) {
            self.ids.insert(text.to_owned());
            return;
        }
        let whole = text.parse::<u64>().ok();
        match whole {
            Some(count) if key.contains("quantity") || key.contains("available") => {
                self.add(tool, Fact::Stock(count));
            }
            Some(count) if is_count(key) => self.add(tool, Fact::Count(count)),
            _ if is_money(key) => {
                if let Ok(amount) = text.parse() {
                    self.add(tool, Fact::Money(amount));
                }
            }
            _ => {}
        }
        for run in digit_runs(text) {
            self.add(tool, Fact::Number(bare(run)));
        }
    }

    fn text(&mut self, tool: &str, key: &str, text: &str, today: NaiveDate) {
        if is_id(key) {
            if !text.is_empty() {
                self.ids.insert(text.to_lowercase());
            }
        } else if let Ok(date) = text.parse::<NaiveDate>() {
            self.add(tool, Fact::Date(date));
        } else if let Ok(time) = clock(text) {
            self.add(tool, Fact::Time(time));
        } else if let Ok(size) = text.parse::<TireSize>() {
            self.size(tool, size);
        } else if let Some(phone) = phone_digits(text) {
            self.add(tool, Fact::Phone(phone));
        } else if let Some(amount) = decimal(text) {
            if is_money(key) {
                self.add(tool, Fact::Money(amount));
            }
            for run in digit_runs(text) {
                self.add(tool, Fact::Number(bare(run)));
            }
        } else if key == "content" {
            self.article(tool, text, today);
        } else if is_prose(key) {
            self.prose(tool, text, Language::En, today);
        } else {
            self.name(tool, text);
        }
    }

    fn size(&mut self, source: &str, size: TireSize) {
        if !self.sizes.contains(&size) && self.sizes.len() < NAMES_MAX {
            self.sizes.push(size);
        }
        self.add(source, Fact::Size(TireSize { commercial: false, ..size }));
    }

    /// Values in a text of ours.
    fn prose(&mut self, source: &str, text: &str, language: Language, today: NaiveDate) {
        let sizes = std::mem::take(&mut self.sizes);
        let values = spot(text, language, &Context { today, sizes: &sizes, brands: &[] });
        self.sizes = sizes;
        for spotted in values {
            if let Heard::TireSize(size) = spotted.value {
                self.size(source, size);
            }
            for fact in facts_of(&spotted.value) {
                self.add(source, fact);
            }
        }
        for run in digit_runs(text) {
            self.add(source, Fact::Number(bare(run)));
        }
    }

    /// A name or an address: its figures are part of it. A sum inside it is no price.
    fn name(&mut self, source: &str, text: &str) {
        if !text.contains(|c: char| c.is_ascii_digit()) {
            return;
        }
        for run in digit_runs(text) {
            self.add(source, Fact::Number(bare(run)));
        }
        let lettered = text.contains(char::is_alphabetic);
        let today = NaiveDate::default();
        let priced = spot(text, Language::Uk, &Context { today, sizes: &[], brands: &[] })
            .iter()
            .any(|spotted| matches!(spotted.value, Heard::Money(_) | Heard::Phone(_)));
        if lettered && !priced && text.len() <= 200 && self.names.len() < NAMES_MAX {
            self.names.insert(text.to_lowercase());
        }
    }

    /// Where a value comes from, if a result holds it.
    pub(super) fn held(&self, fact: &Fact) -> Option<&str> {
        self.shop.get(fact).map(String::as_str)
    }

    pub(super) fn said(&self, fact: &Fact) -> bool {
        self.said.contains(fact)
    }

    /// The caller said these digits, alone or inside a longer number.
    pub(in crate::turn) fn said_digits(&self, digits: &str) -> bool {
        self.said_digits.iter().any(|line| line.contains(digits))
    }

    /// The caller said something that reads almost like these digits: recognisers add or swallow
    /// one in a size.
    pub(super) fn said_nearly(&self, digits: &str) -> bool {
        self.said_digits.iter().any(|line| {
            let mut line = line.chars();
            digits.chars().all(|digit| line.any(|said| said == digit))
        })
    }

    pub(super) fn holds_any(&self, matching: impl Fn(&Fact) -> bool) -> Option<&str> {
        self.shop.iter().find(|(fact, _)| matching(fact)).map(|(_, source)| source.as_str())
    }

    pub(super) fn said_any(&self, matching: impl Fn(&Fact) -> bool) -> bool {
        self.said.iter().any(matching)
    }

    pub(super) fn deed(&self, deed: Deed) -> Option<&str> {
        self.deeds.get(&deed).map(String::as_str)
    }

    pub(super) fn any_deed(&self) -> Option<&str> {
        let mut done = self.deeds.iter().filter(|(deed, _)| deed.is_own());
        done.next_back().map(|(_, tool)| tool.as_str())
    }

    pub(super) fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub(super) fn sizes(&self) -> &[TireSize] {
        &self.sizes
    }

    pub(super) fn is_id(&self, word: &str) -> bool {
        self.ids.contains(word)
    }

    pub(super) fn results(&self) -> &[(String, Value)] {
        &self.results
    }

    /// A tool of these has answered.
    pub(super) fn asked(&self, tools: &[&'static str]) -> Option<&'static str> {
        tools.iter().find(|tool| self.results.iter().any(|(name, _)| name == *tool)).copied()
    }
}

/// A value of language as facts.
pub(super) fn facts_of(value: &Heard) -> Vec<Fact> {
    match value {
        Heard::TireSize(size) => vec![Fact::Size(TireSize { commercial: false, ..*size })],
        Heard::Quantity(count) => {
            vec![Fact::Count(u64::from(*count)), Fact::Number(count.to_string())]
        }
        Heard::Number(digits) => vec![Fact::Number(bare(digits))],
        Heard::Ordinal(number) => vec![Fact::Number(number.to_string())],
        Heard::Phone(phone) => phone_digits(phone.reveal()).map(Fact::Phone).into_iter().collect(),
        Heard::Date(date) => vec![Fact::Date(*date)],
        Heard::Weekday(day) => vec![Fact::Weekday(day.num_days_from_monday())],
        Heard::Time(time) => vec![Fact::Time(*time)],
        Heard::Money(amount) => vec![Fact::Money(amount.normalize())],
        Heard::Diameter(inches) => vec![Fact::Number(inches.to_string())],
        _ => Vec::new(),
    }
}

fn clock(text: &str) -> Result<NaiveTime, chrono::ParseError> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
}

fn decimal(text: &str) -> Option<Decimal> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then(|| text.parse().ok()).flatten().map(|amount: Decimal| amount.normalize())
}

/// The last nine digits of a number in E.164.
pub(in crate::turn) fn phone_digits(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+')?;
    let legal = digits.len() >= 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
    legal.then(|| digits[digits.len().saturating_sub(9)..].to_owned())
}
