//! What something rests on, and what the desk did with it: the same on the page of an order and of
//! a booking.

use crate::db::desk::orders::{Consent, Past};
use crate::desk::{Visitor, format, names};
use serde_json::Value;

/// The consent of a caller, as it is shown.
pub(in crate::desk::pages) struct Proof {
    pub(in crate::desk::pages) when: String,
    pub(in crate::desk::pages) by: String,
    pub(in crate::desk::pages) read_back: Option<String>,
    pub(in crate::desk::pages) exact: bool,
    pub(in crate::desk::pages) answer: Option<String>,
    pub(in crate::desk::pages) tongue: String,
    pub(in crate::desk::pages) args: String,
    pub(in crate::desk::pages) call: Option<String>,
}

pub(in crate::desk::pages) fn proof(visitor: &Visitor, consent: &Consent) -> Proof {
    let words = visitor.words;
    let by = match consent.approved_by.as_deref() {
        Some("customer") => words.by_customer(),
        Some(_) => words.by_desk(),
        None => "—",
    };
    // What was forgotten is an empty line: the words are gone.
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Proof {
        when: consent
            .approved_at
            .map_or_else(|| "—".to_owned(), |at| format::moment(words, at, visitor.zone())),
        by: by.to_owned(),
        read_back: said(&consent.read_back),
        exact: consent.exact,
        answer: said(&consent.answer),
        tongue: consent.language.clone().unwrap_or_else(|| "uk".to_owned()),
        args: serde_json::to_string_pretty(&consent.args).unwrap_or_default(),
        call: consent.call_id.map(|call| format!("/calls/{call}")),
    }
}

/// A deed of the desk, as it is shown.
pub(in crate::desk::pages) struct Deed {
    pub(in crate::desk::pages) at: String,
    pub(in crate::desk::pages) who: String,
    pub(in crate::desk::pages) what: String,
    pub(in crate::desk::pages) was: String,
    pub(in crate::desk::pages) is: String,
}

/// What the desk did, with `named` for the states before and after.
pub(in crate::desk::pages) fn deeds(
    visitor: &Visitor,
    past: &[Past],
    named: impl Fn(&str) -> String,
) -> Vec<Deed> {
    let words = visitor.words;
    let state = |value: &Option<Value>| {
        let text = value.as_ref().and_then(|value| {
            value.get("status").or_else(|| value.get("booking")).and_then(Value::as_str)
        });
        text.map_or_else(|| "—".to_owned(), &named)
    };
    let deed = |one: &Past| Deed {
        at: format::moment(words, one.at, visitor.zone()),
        who: one.actor.clone(),
        what: names::name(words, names::DEEDS, &one.action),
        was: state(&one.before),
        is: state(&one.after),
    };
    past.iter().map(deed).collect()
}
