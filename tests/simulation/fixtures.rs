//! What calls in these tests have in common.

use chrono::{NaiveDate, NaiveTime};
use serde_json::json;
use treadline::ids::CallId;
use treadline::language::Language;
use treadline::pii::{Personal, Phone};
use treadline::shop::{Agreement, Service};
use treadline::turn::{CallFacts, Caller, Proposal, Stage, ToolRule};
use uuid::Uuid;

/// What simulated callers say.
pub const WORDS: &[&str] = &[
    "I need winter tyres two hundred five fifty five sixteen",
    "What is the price?",
    "book me for tomorrow please",
    "yes",
    "no",
    "goodbye",
    "operator",
    "what",
    "wait",
    "ага",
    "Потрібні зимові шини на шістнадцять",
    "так",
    "Запишіть мене на середу будь ласка",
    "please don't record me",
    "\u{0}\u{7}odd\u{0} letters",
];
/// What the simulated model says.
pub const SENTENCES: &[&str] = &[
    "I have found three sets in that size. ",
    "The cheapest one costs 2,800 hryvnias. ",
    "Which size do you need? ",
    "Sure! ",
    "It is at the station on Shevchenka street, and it can be done on Wednesday at 10:20. ",
    "Добре, зараз подивлюся. ",
];

pub fn facts(language: Language) -> CallFacts {
    CallFacts {
        call: CallId(Uuid::from_u128(7)),
        caller: Caller::Known(Phone::parse("+380671234567").unwrap()),
        language,
        shop_name: "Kolo Tyres".into(),
        customer_name: None,
        today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        keypad_menu: Vec::new(),
        ask_rating: false,
        hour: 10,
        transfers_return: false,
    }
}

pub fn rules() -> Vec<ToolRule> {
    let rule = |name: &str, needs_consent, is_transfer, intent: &str, stage| ToolRule {
        name: name.into(),
        needs_consent,
        is_transfer,
        intent: intent.into(),
        stage,
        visible_at_start: true,
        shown_by: Vec::new(),
        hidden_by: Vec::new(),
    };
    vec![
        rule("search_tires", false, false, "tire_search", Stage::TireSearch),
        rule("get_fitting_slots", false, false, "fitting_booking", Stage::TimeSelection),
        rule("book_fitting", true, false, "fitting_booking", Stage::Details),
        rule("create_callback_request", false, false, "callback", Stage::Details),
        rule("transfer_to_operator", false, true, "operator", Stage::Greeting),
    ]
}

pub fn proposal() -> Proposal {
    Proposal {
        agreement: Agreement::FittingBooking {
            station_name: "Kolo on Shevchenka".into(),
            address: "12 Shevchenka street".into(),
            date: NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(),
            time: NaiveTime::from_hms_opt(10, 20, 0).unwrap(),
            service: Service::TireChange,
            customer_name: Personal("Olena".into()),
            vehicle: "white Skoda".into(),
        },
        args: json!({ "date": "2026-11-25", "station": "K1", "time": "10:20" }),
    }
}
