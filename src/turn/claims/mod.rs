//! The claim guard: what a model says must rest on something.
//!
//! Each sentence is judged when it leaves the splitter, before a voice gets it. Every price, size,
//! day, time, count, telephone and "it is done" in it must be traceable: to a tool result of this
//! call, to the caller's own words where they are only repeated, or to the calendar. A price and a
//! stock must be those of the tyre that they are told of, and makers and colours are named only if a
//! result or the caller named them. A sentence that is not is withheld, and if nothing else was said the core says what the results hold.

mod articles;
mod facts;
mod leaks;
mod products;
mod rephrase;
mod values;
mod wording;

pub(super) use facts::{Facts, phone_digits};
pub(super) use products::Subject;
pub(super) use rephrase::{instead, sorry};
pub(super) use wording::is_promise;

use crate::language::Language;
use crate::pii::Phone;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What became of a sentence of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All that it claims is traceable.
    Send,
    /// It is said in the place of what was withheld, from the data.
    Rephrase,
    /// Something in it is not traceable, or must not be spoken.
    Withhold,
}

/// One claim of a sentence and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `money`, `tire_size`, `time`, `done`, `leak`, …
    pub kind: String,
    /// The value, canonical: "2800.00 UAH", "10:20".
    pub value: String,
    /// A tool's name, `caller`, `read_back`, `today`, `shop`; none if it rests on nothing.
    pub source: Option<String>,
}

impl Evidence {
    fn new(kind: &str, value: impl Into<String>, source: Option<&str>) -> Self {
        Self { kind: kind.into(), value: value.into(), source: source.map(str::to_owned) }
    }
}

/// What was found in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judgement {
    /// The sentence as it may be spoken: without marks that belong on a screen.
    pub(super) text: String,
    /// Its claims. Empty: it claims nothing.
    pub(super) evidence: Vec<Evidence>,
}

impl Judgement {
    /// The first claim that rests on nothing.
    pub(super) fn flaw(&self) -> Option<&Evidence> {
        self.evidence.iter().find(|one| one.source.is_none())
    }
}

/// What a judgement needs besides the facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) language: Language,
    pub(super) today: NaiveDate,
    /// The caller's own number.
    pub(super) own: Option<&'a Phone>,
    /// Names of the tools, which are never spoken.
    pub(super) tools: &'a [String],
}

/// Judges one sentence; `subject` is the tyre that the answer named last.
pub(super) fn judge(
    sentence: &str,
    facts: &Facts,
    scene: &Scene<'_>,
    subject: &mut Subject,
) -> Judgement {
    if let Some(leak) = leaks::leak(sentence, facts, scene.tools) {
        let evidence = vec![Evidence::new("leak", leak, None)];
        return Judgement { text: sentence.to_owned(), evidence };
    }
    let text = leaks::plain(sentence);
    let mut evidence = values::claims(&text, facts, scene);
    evidence.extend(products::claims(&text, facts, scene, subject));
    evidence.extend(wording::claims(&text, facts));
    Judgement { text, evidence }
}
