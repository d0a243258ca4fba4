//! The list of tools: one row each.

use super::{
    args, booking, callback, changes, delivery, fitting, holds, knowledge, order_status, orders,
    prices, profile, slots, storage, tires, transfer, vehicles, wishlist,
};
use crate::llm::ToolSpec;
use crate::store::Store;
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

impl Row {
    /// A tool that is always there and changes nothing that needs a yes.
    const fn new(
        name: &'static str,
        intent: &'static str,
        stage: Stage,
        parameters: fn() -> Value,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            description,
            parameters,
            needs_consent: false,
            is_transfer: false,
            intent,
            stage,
            visible_at_start: true,
            shown_by: &[],
            hidden_by: &[],
        }
    }

    const fn with_consent(mut self) -> Self {
        self.needs_consent = true;
        self
    }

    const fn after(mut self, shown_by: &'static [&'static str]) -> Self {
        self.visible_at_start = false;
        self.shown_by = shown_by;
        self
    }

    const fn until(
        mut self,
        hidden_by: &'static [&'static str],
        shown_by: &'static [&'static str],
    ) -> Self {
        self.hidden_by = hidden_by;
        self.shown_by = shown_by;
        self
    }
}

/// All tools, in the order in which a call usually needs them; the order never changes, so that
/// model providers can cache the prompt.
const ROWS: [Row; 21] = [
    Row::new(
        vehicles::NAME,
        "tire_search",
        Stage::TireSearch,
        args::schema::<vehicles::VehicleArgs>,
        "The tyre sizes of a car. Call it when the caller names a car instead of a size.",
    ),
    Row::new(
        tires::SEARCH,
        "tire_search",
        Stage::TireSearch,
        args::schema::<tires::SearchArgs>,
        "Find tyres in stock by size and season, optionally by maker. Call it as soon as size \
         and season are known; never name a tyre or a price that it did not return.",
    ),
    Row::new(
        tires::AVAILABILITY,
        "tire_search",
        Stage::TireSearch,
        args::schema::<tires::AvailabilityArgs>,
        "Stock, price, country and year of one tyre: by product_id (the id of a search result) \
         or by query (maker and model).",
    ),
    Row::new(
        orders::DRAFT,
        "order",
        Stage::OrderItems,
        args::schema::<orders::DraftArgs>,
        "Put an order together from tyres that a search returned. Call it when tyre and number \
         of pieces are known. Nothing is ordered by it; totals come from its result.",
    ),
    Row::new(
        delivery::POINTS,
        "order",
        Stage::Delivery,
        args::schema::<delivery::PointsArgs>,
        "Places where an order can be fetched. A street or landmark goes into query, never into \
         city.",
    ),
    Row::new(
        delivery::UPDATE,
        "order",
        Stage::Delivery,
        args::schema::<delivery::DeliveryArgs>,
        "Choose how the draft travels: delivery with city and address, or pickup with a pickup \
         point. Returns cost, days and total.",
    )
    .after(&[orders::DRAFT])
    .until(&[orders::CONFIRM], &[orders::DRAFT]),
    Row::new(
        orders::CONFIRM,
        "order",
        Stage::Confirmation,
        args::schema::<orders::ConfirmArgs>,
        "Order the draft. Call it when payment and recipient are known; the system itself reads \
         everything back and asks for a yes, so do not ask. Say that it is ordered only after \
         its result.",
    )
    .with_consent()
    .after(&[delivery::UPDATE])
    .until(&[orders::CONFIRM, orders::DRAFT], &[delivery::UPDATE]),
    Row::new(
        order_status::NAME,
        "order_status",
        Stage::OrderItems,
        args::schema::<order_status::StatusArgs>,
        "Where the caller's own orders stand: all, or one by its number.",
    ),
    Row::new(
        fitting::NAME,
        "fitting_booking",
        Stage::StationSelection,
        args::schema::<fitting::StationsArgs>,
        "Stations where tyres are fitted. Call it before anything else about a fitting; a \
         street, district or landmark goes into query, never into city.",
    ),
    Row::new(
        slots::NAME,
        "fitting_booking",
        Stage::TimeSelection,
        args::schema::<slots::SlotsArgs>,
        "Free times of a station, from tomorrow to 21 days ahead. Only times of its last answer \
         can be booked.",
    ),
    Row::new(
        prices::NAME,
        "price_query",
        Stage::StationSelection,
        args::schema::<prices::PriceArgs>,
        "What fitting costs for a rim, by service and class of vehicle. Say the car's and the \
         SUV's price, then offer to book.",
    ),
    Row::new(
        storage::NAME,
        "storage",
        Stage::StationSelection,
        args::schema::<storage::StorageArgs>,
        "Tyres that the shop stores for the caller. Call it when they speak of stored tyres.",
    ),
    Row::new(
        holds::NAME,
        "fitting_booking",
        Stage::Details,
        args::schema::<holds::HoldArgs>,
        "Keep an offered time for three minutes while the caller looks for name or car. It must \
         be followed by book_fitting.",
    )
    .until(&[booking::NAME], &[slots::NAME, fitting::NAME]),
    Row::new(
        booking::NAME,
        "fitting_booking",
        Stage::Confirmation,
        args::schema::<booking::BookArgs>,
        "Book a fitting at an offered time. Call it when station, day, time, name and car are \
         known; the system itself reads them back and asks the caller for a yes, so do not ask. \
         Say that it is booked only after its result.",
    )
    .with_consent()
    .until(&[booking::NAME], &[slots::NAME, fitting::NAME]),
    Row::new(
        changes::LIST,
        "fitting_change",
        Stage::TimeSelection,
        args::schema::<changes::ListArgs>,
        "The caller's own bookings that are still ahead. Call it before any of them is changed.",
    ),
    Row::new(
        changes::CHANGE,
        "fitting_change",
        Stage::Confirmation,
        args::schema::<changes::ChangeArgs>,
        "Cancel a booking, or move it in one step to a time that get_fitting_slots of the same \
         station offered. The system itself asks for the yes. It is done only after its result; \
         never cancel a booking in order to move it.",
    )
    .with_consent()
    .after(&[changes::LIST]),
    Row::new(
        knowledge::NAME,
        "knowledge",
        Stage::Greeting,
        args::schema::<knowledge::KnowledgeArgs>,
        "What the shop's articles say about tyres, seasons, fitting, storage, delivery, payment, \
         warranty and returns. Call it for every question of this kind and answer only from its \
         content; it holds no prices.",
    ),
    Row::new(
        profile::NAME,
        "profile",
        Stage::Details,
        args::schema::<profile::ProfileArgs>,
        "Remember what the caller said of themselves: name, city, cars, delivery address. Only \
         their own words; say nothing about it.",
    ),
    Row::new(
        callback::NAME,
        "callback",
        Stage::Details,
        args::schema::<callback::CallbackArgs>,
        "Have the caller phoned back, when they ask for it or nobody can help now.",
    ),
    Row::new(
        wishlist::NAME,
        "wishlist",
        Stage::Details,
        args::schema::<wishlist::WishArgs>,
        "Remember a size that is out of stock, or a day that is full, so that the shop phones \
         when that changes. Offer it when a result says wishlist_offer.",
    ),
    TRANSFER,
];

const TRANSFER: Row = {
    let mut row = Row::new(
        transfer::NAME,
        "operator",
        Stage::Greeting,
        args::schema::<transfer::TransferArgs>,
        "Hand the caller to a person: when they ask for one, when you cannot help, or when they \
         are upset.",
    );
    row.is_transfer = true;
    row
};

/// Descriptions and schemas never change while the program runs.
static SPECS: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| {
    ROWS.iter()
        .map(|row| ToolSpec {
            name: row.name,
            description: row.description,
            parameters: (row.parameters)(),
        })
        .collect()
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
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    ROWS.iter()
        .map(|row| ToolRule {
            name: row.name.into(),
            needs_consent: row.needs_consent,
            is_transfer: row.is_transfer,
            intent: row.intent.into(),
            stage: row.stage,
            visible_at_start: row.visible_at_start,
            shown_by: owned(row.shown_by),
            hidden_by: owned(row.hidden_by),
        })
        .collect()
}

/// The tools that `store` can serve, as the core must know them: what the back office lacks, the
/// model never sees.
#[must_use]
pub fn rules_for(store: &dyn Store) -> Vec<ToolRule> {
    rules().into_iter().filter(|rule| store.offers(&rule.name)).collect()
}

/// The canonical names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.name)
}

/// True if there is such a tool.
pub(super) fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}
