//! Which price and which stock belongs to which tyre, and which makers and colours anybody named.
//!
//! A sum in a result holds for the tyre that it stands beside, for no other. In a sentence a sum
//! belongs to the tyre that was named last before it; where a sentence begins with its sums, to the
//! one that follows.

use super::facts::{Fact, Facts};
use super::values::without_names;
use super::wording::speaks_of_stock;
use super::{Evidence, Scene};
use crate::language::Language;
use crate::language::colours::colour_of;
use crate::language::heard::{Context, Heard, MAKERS, makers_in, spot};
use crate::language::words::{Kind, fold, tokens};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Tyres of one call that are kept.
const PRODUCTS_MAX: usize = 500;
/// Words of results and of the caller that are kept.
const WORDS_MAX: usize = 20_000;
/// Letters of a word of a model's name by which it is told from others.
const MODEL_LETTERS_MIN: usize = 4;
/// Digits of a sum without its currency.
const BARE_DIGITS_MIN: usize = 3;

/// A larger figure without a noun counts no tyres.
const STOCK_MAX: u64 = 999;

/// Words in the names of many models.
const COMMON: [&str; 12] = [
    "winter",
    "summer",
    "season",
    "seasons",
    "sport",
    "contact",
    "premium",
    "tyre",
    "tire",
    "snow",
    "зимов",
    "летн",
];

/// All makers that have a name in the language's table.
static ALL_MAKERS: LazyLock<Vec<String>> =
    LazyLock::new(|| MAKERS.iter().map(ToString::to_string).collect());

/// A tyre of a result.
#[derive(Debug, Clone)]
struct Product {
    brand: String,
    /// Words of its model, folded.
    model: Vec<String>,
    amounts: BTreeSet<Decimal>,
    stock: Option<u64>,
}

/// What results say of tyres, and what was named at all.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    products: Vec<Product>,
    /// Sums that belong to no tyre: totals, deliveries.
    loose: BTreeSet<Decimal>,
    brands: BTreeSet<String>,
    colours: BTreeSet<&'static str>,
    words: BTreeSet<String>,
}

/// The tyre that was named last, so that "it costs" is about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::turn) struct Subject(Vec<usize>);

impl Catalogue {
    /// A row of a result that is a tyre with a price, of a search or of an order.
    pub(super) fn learn(&mut self, fields: &Map<String, Value>) {
        let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let amounts: BTreeSet<Decimal> =
            ["price", "total"].iter().filter_map(|key| amount(fields.get(*key)?)).collect();
        let (brand, model) = match (text("brand"), text("name")) {
            ("", "") => return,
            ("", name) => match makers_in(name).first() {
                Some((_, brand)) => ((*brand).to_owned(), name.to_owned()),
                None => return,
            },
            (brand, _) => (brand.to_owned(), text("model").to_owned()),
        };
        if amounts.is_empty() || self.products.len() >= PRODUCTS_MAX {
            return;
        }
        let stock = fields.contains_key("brand").then(|| fields.get("quantity")?.as_u64());
        let model = model_words(&model, &brand);
        self.products.push(Product { brand, model, amounts, stock: stock.flatten() });
    }

    /// A sum that stands beside no tyre.
    pub(super) fn loose(&mut self, amount: Decimal) {
        self.loose.insert(amount.normalize());
    }

    /// Somebody, or a result, used these words.
    pub(super) fn name(&mut self, text: &str) {
        if self.words.len() >= WORDS_MAX {
            return;
        }
        for token in tokens(text).into_iter().filter(|token| token.kind == Kind::Word) {
            self.colours.extend(colour_of(&token.text));
            self.words.insert(token.text);
        }
        self.brands.extend(makers_in(text).into_iter().map(|(_, name)| name.to_owned()));
    }

    /// The caller said this: their makers are understood though they are misspelt.
    pub(super) fn hear(&mut self, text: &str) {
        self.name(text);
        let context = Context { today: NaiveDate::default(), sizes: &[], brands: &ALL_MAKERS };
        let found = spot(text, Language::Uk, &context).into_iter();
        self.brands.extend(found.filter_map(|spotted| match spotted.value {
            Heard::Brand(brand) => Some(brand),
            _ => None,
        }));
    }

    fn of_brand(&self, brand: &str) -> Vec<usize> {
        let same = |one: &Product| one.brand.eq_ignore_ascii_case(brand);
        (0..self.products.len()).filter(|at| same(&self.products[*at])).collect()
    }

    fn knows(&self, brand: &str) -> bool {
        let same = |known: &String| known.eq_ignore_ascii_case(brand);
        let mut own = tokens(brand).into_iter();
        self.brands.iter().any(same)
            || !self.of_brand(brand).is_empty()
            || own.all(|token| self.words.contains(&token.text))
    }
}

fn amount(value: &Value) -> Option<Decimal> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().ok().map(|amount: Decimal| amount.normalize())
}

fn model_words(model: &str, brand: &str) -> Vec<String> {
    let brand = fold(brand);
    let words = tokens(model).into_iter().filter(|token| token.kind == Kind::Word);
    let telling = |word: &String| {
        word.chars().count() >= MODEL_LETTERS_MIN
            && *word != brand
            && !COMMON.iter().any(|common| word.starts_with(common))
    };
    words.map(|token| token.text).filter(telling).collect()
}

/// A maker in a text: the byte where it begins, and its name.
type Named = (usize, String);

impl Catalogue {
    /// Makers of the language's table in a sentence, and those that only this shop has.
    fn named_in(&self, sentence: &str) -> Vec<Named> {
        let mut found: Vec<Named> =
            makers_in(sentence).into_iter().map(|(at, name)| (at, name.to_owned())).collect();
        for token in tokens(sentence) {
            let own = |product: &&Product| fold(&product.brand) == token.text;
            if let Some(product) = self.products.iter().find(own)
                && !found.iter().any(|(at, _)| *at == token.start)
            {
                found.push((token.start, product.brand.clone()));
            }
        }
        found
    }
}

/// A tyre named in a sentence, or a sum of it.
enum Mention {
    Tyre(Vec<usize>),
    Sum(Decimal),
    Stock(u64),
}

/// Claims about tyres and colours in a sentence; `subject` is what was named last before it, and
/// becomes what it names last.
pub(super) fn claims(
    sentence: &str,
    facts: &Facts,
    scene: &Scene<'_>,
    subject: &mut Subject,
) -> Vec<Evidence> {
    let known = &facts.catalogue;
    let mut found = colours(sentence, known);
    let brands = known.named_in(sentence);
    for (_, brand) in &brands {
        let source = known.knows(brand).then_some("call");
        found.push(Evidence::new("brand", brand.clone(), source));
    }
    if known.products.is_empty() {
        return found;
    }
    let mentions = mentions(sentence, &brands, facts, scene);
    let before = std::mem::take(subject);
    let last = mentions.iter().rev().find_map(|mention| match mention {
        Mention::Tyre(products) => Some(Subject(products.clone())),
        _ => None,
    });
    *subject = last.unwrap_or_else(|| before.clone());
    found.extend(tied(&mentions, &before, known));
    found
}

fn colours(sentence: &str, known: &Catalogue) -> Vec<Evidence> {
    let words = tokens(sentence).into_iter().filter(|token| token.kind == Kind::Word);
    words
        .filter_map(|token| colour_of(&token.text))
        .map(|colour| {
            Evidence::new("colour", colour, known.colours.contains(colour).then_some("call"))
        })
        .collect()
}

fn mentions(sentence: &str, brands: &[Named], facts: &Facts, scene: &Scene<'_>) -> Vec<Mention> {
    let known = &facts.catalogue;
    let mut all: Vec<(usize, Mention)> = brands
        .iter()
        .map(|(at, brand)| (*at, Mention::Tyre(known.of_brand(brand))))
        .filter(|(_, mention)| !matches!(mention, Mention::Tyre(none) if none.is_empty()))
        .collect();
    for token in tokens(sentence).iter().filter(|token| token.kind == Kind::Word) {
        let named = |at: &usize| known.products[*at].model.contains(&token.text);
        let products: Vec<usize> = (0..known.products.len()).filter(named).collect();
        if !products.is_empty() {
            all.push((token.start, Mention::Tyre(products)));
        }
    }
    let plain = without_names(sentence, facts);
    all.extend(sums(&plain, facts, scene));
    all.sort_by_key(|(at, _)| *at);
    let mut merged: Vec<Mention> = Vec::new();
    for (_, mention) in all {
        // "Nokian Hakka": the maker narrowed to the model, if it has it.
        match (merged.last_mut(), mention) {
            (Some(Mention::Tyre(before)), Mention::Tyre(now)) => {
                let both: Vec<usize> =
                    before.iter().copied().filter(|at| now.contains(at)).collect();
                if both.is_empty() { merged.push(Mention::Tyre(now)) } else { *before = both }
            }
            (_, mention) => merged.push(mention),
        }
    }
    merged
}

/// Sums of results and counts in stock, with their places.
fn sums(plain: &str, facts: &Facts, scene: &Scene<'_>) -> Vec<(usize, Mention)> {
    let context = Context { today: scene.today, sizes: facts.sizes(), brands: &[] };
    let stock = speaks_of_stock(&fold(plain)) && !plain.trim_end().ends_with('?');
    let mut found = Vec::new();
    let mut covered = Vec::new();
    for spotted in spot(plain, scene.language, &context) {
        match spotted.value {
            Heard::Money(amount) => {
                found.push((spotted.start, Mention::Sum(amount.normalize())));
                covered.push(spotted.start..spotted.end);
            }
            Heard::Quantity(count) if stock => {
                found.push((spotted.start, Mention::Stock(count.into())));
            }
            Heard::Number(ref digits) if stock => {
                let count = digits.parse().ok().filter(|count| *count <= STOCK_MAX);
                found.extend(count.map(|count| (spotted.start, Mention::Stock(count))));
            }
            Heard::TireSize(_) | Heard::Phone(_) => covered.push(spotted.start..spotted.end),
            _ => {}
        }
    }
    for token in tokens(plain).iter().filter(|token| token.kind == Kind::Number) {
        let inside = covered.iter().any(|place| place.contains(&token.start));
        let amount: Option<Decimal> = token.text.parse().ok();
        let held = amount.filter(|amount| facts.held(&Fact::Money(amount.normalize())).is_some());
        if let Some(amount) = held.filter(|_| !inside && token.text.len() >= BARE_DIGITS_MIN) {
            found.push((token.start, Mention::Sum(amount.normalize())));
        }
    }
    found
}

/// Each sum with its tyre. Sums of no tyre at all are judged elsewhere.
fn tied(mentions: &[Mention], before: &Subject, known: &Catalogue) -> Vec<Evidence> {
    let first_is_sum = !matches!(mentions.first(), Some(Mention::Tyre(_)) | None);
    if first_is_sum && before.0.is_empty() {
        return bound(mentions, before, known, true);
    }
    let backward = bound(mentions, before, known, false);
    if first_is_sum && backward.iter().any(|one| one.source.is_none()) {
        let forward = bound(mentions, before, known, true);
        if forward.iter().all(|one| one.source.is_some()) {
            return forward;
        }
    }
    backward
}

fn bound(
    mentions: &[Mention],
    before: &Subject,
    known: &Catalogue,
    forward: bool,
) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut current = before.0.clone();
    for (at, mention) in mentions.iter().enumerate() {
        let next = mentions[at..].iter().find_map(|later| match later {
            Mention::Tyre(products) => Some(products),
            _ => None,
        });
        let owner = if forward { next.unwrap_or(&current) } else { &current };
        match mention {
            Mention::Tyre(products) => current.clone_from(products),
            Mention::Sum(amount) => found.extend(known.price_of(owner, *amount)),
            // "12 of the Nokian": a count stands before its tyre as often as after it.
            Mention::Stock(count) => {
                let after = next.map(Vec::as_slice).unwrap_or_default();
                found.extend(known.stock_of(&[current.as_slice(), after].concat(), *count));
            }
        }
    }
    found
}

impl Catalogue {
    fn price_of(&self, owner: &[usize], amount: Decimal) -> Option<Evidence> {
        let others = self.products.iter().any(|one| one.amounts.contains(&amount));
        if owner.is_empty() || !others || self.loose.contains(&amount) {
            return None;
        }
        let own = owner.iter().any(|at| self.products[*at].amounts.contains(&amount));
        let brand = &self.products[owner[0]].brand;
        Some(Evidence::new("price", format!("{amount} UAH of {brand}"), own.then_some("shop")))
    }

    fn stock_of(&self, owner: &[usize], count: u64) -> Option<Evidence> {
        let known: Vec<u64> = owner.iter().filter_map(|at| self.products[*at].stock).collect();
        let most = known.into_iter().max()?;
        let brand = &self.products[owner[0]].brand;
        let enough = (count <= most).then_some("shop");
        Some(Evidence::new("stock", format!("{count} of {brand}"), enough))
    }
}
