//! The list of tools: one row each.

use super::{args, booking, fitting, slots, tires, transfer};
use crate::llm::ToolSpec;
use crate::turn::{Stage, ToolRule};
use serde_json::Value;
use std::sync::LazyLock;

/// What is fixed about a tool.
struct Row {
    name: &'static str,
    description: &'static str,
    parameters: fn() -> Value,
    needs_consent: bool,
    is_transfer: bool,
    intent: &'static str,
    stage: Stage,
    visible_at_start: bool,
    shown_by: &'static [&'static str],
    hidden_by: &'static [&'static str],
}

/// All tools, in the order in which a call usually needs them; the order never changes, so that
/// model providers can cache the prompt.
const ROWS: [Row; 6] = [
    Row {
        name: tires::SEARCH,
        description: "Find tyres in stock by size and season, optionally by maker. Call it as \
                      soon as size and season are known; never name a tyre or a price that it \
                      did not return.",
        parameters: args::schema::<tires::SearchArgs>,
        needs_consent: false,
        is_transfer: false,
        intent: "tire_search",
        stage: Stage::TireSearch,
        visible_at_start: true,
        shown_by: &[],
        hidden_by: &[],
    },
    Row {
        name: tires::AVAILABILITY,
        description: "Stock, price, country and year of one tyre: by product_id (the id of a \
                      search result) or by query (maker and model).",
        parameters: args::schema::<tires::AvailabilityArgs>,
        needs_consent: false,
        is_transfer: false,
        intent: "tire_search",
        stage: Stage::TireSearch,
        visible_at_start: true,
        shown_by: &[],
        hidden_by: &[],
    },
    Row {
        name: fitting::NAME,
        description: "Stations where tyres are fitted. Call it before anything else about a \
                      fitting; a street, district or landmark goes into query, never into city.",
        parameters: args::schema::<fitting::StationsArgs>,
        needs_consent: false,
        is_transfer: false,
        intent: "fitting_booking",
        stage: Stage::StationSelection,
        visible_at_start: true,
        shown_by: &[],
        hidden_by: &[],
    },
    Row {
        name: slots::NAME,
        description: "Free times of a station, from tomorrow to 21 days ahead. Only times of \
                      its last answer can be booked.",
        parameters: args::schema::<slots::SlotsArgs>,
        needs_consent: false,
        is_transfer: false,
        intent: "fitting_booking",
        stage: Stage::TimeSelection,
        visible_at_start: true,
        shown_by: &[],
        hidden_by: &[],
    },
    Row {
        name: booking::NAME,
        description: "Book a fitting at an offered time. Call it when station, day, time, name \
                      and car are known; the system itself reads them back and asks the caller \
                      for a yes, so do not ask. Say that it is booked only after its result.",
        parameters: args::schema::<booking::BookArgs>,
        needs_consent: true,
        is_transfer: false,
        intent: "fitting_booking",
        stage: Stage::Confirmation,
        visible_at_start: true,
        shown_by: &[],
        hidden_by: &[],
    },
    Row {
        name: transfer::NAME,
        description: "Hand the caller to a person: when they ask for one, when you cannot help, \
                      or when they are upset.",
        parameters: args::schema::<transfer::TransferArgs>,
        needs_consent: false,
        is_transfer: true,
        intent: "operator",
        stage: Stage::Greeting,
        visible_at_start: true,
        shown_by: &[],
        hidden_by: &[],
    },
];

/// Made once: the schemas come from types and never change.
static SPECS: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| {
    let spec = |row: &Row| ToolSpec {
        name: row.name,
        description: row.description,
        parameters: (row.parameters)(),
    };
    ROWS.iter().map(spec).collect()
});

/// All tools as a model is told of them, in a stable order.
#[must_use]
pub fn specs() -> Vec<ToolSpec> {
    SPECS.clone()
}

/// The same of those among `visible`, for one question.
#[must_use]
pub fn specs_of(visible: &[String]) -> Vec<ToolSpec> {
    SPECS.iter().filter(|spec| visible.iter().any(|name| name == spec.name)).cloned().collect()
}

/// All tools as the core must know them, in the same order.
#[must_use]
pub fn rules() -> Vec<ToolRule> {
    ROWS.iter()
        .map(|row| ToolRule {
            name: row.name.into(),
            needs_consent: row.needs_consent,
            is_transfer: row.is_transfer,
            intent: row.intent.into(),
            stage: row.stage,
            visible_at_start: row.visible_at_start,
            shown_by: row.shown_by.iter().map(|name| (*name).to_owned()).collect(),
            hidden_by: row.hidden_by.iter().map(|name| (*name).to_owned()).collect(),
        })
        .collect()
}

/// The canonical names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.name)
}

/// True if there is such a tool.
pub(super) fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}
