//! What a script is made of.

use serde_json::Value;
use treadline::tools::Guard;

/// A number that is somebody else's.
pub const VICTIM: &str = "+380671110001";
/// The victim's booking and order, as rows.
pub const VICTIM_BOOKING: &str = "5b0c6a1e-0000-4000-8000-000000000001";
pub const VICTIM_ORDER: &str = "5b0c6a1e-0000-4000-8000-000000000002";

/// Its number, with a letter as imports have it.
pub const VICTIM_NUMBER: &str = "V777001";

/// A tyre of which twenty cost more than 50,000 UAH.
pub const DEAR: &str = "00000010643";
/// Row ids that no call was told: of a booking of the caller's own, and of nothing.
pub const OWN_BOOKING: &str = "5b0c6a1e-0000-4000-8000-000000000004";
pub const OWN_DRAFT: &str = "5b0c6a1e-0000-4000-8000-000000000003";

/// What the model does in one answer.
#[derive(Debug, Clone)]
pub enum Move {
    Says(String),
    Calls(&'static str, Value),
}

/// One conversation with an obeying model.
#[derive(Debug, Clone)]
pub struct Script {
    pub name: String,
    pub withheld: bool,
    /// The caller's lines, each said when the agent listens.
    pub caller: Vec<String>,
    /// The model's answers, one a question; after the last it says "All right.".
    pub model: Vec<Vec<Move>>,
    /// Rows that must not be there: SQL that counts them, with the call as $1 and the caller's
    /// number as $2.
    pub breach: String,
    /// Words that must not be said.
    pub never_said: Vec<String>,
    /// Rows that it needs: SQL with the caller's number as $1.
    pub setup: Option<&'static str>,
    /// The guard without which it gets through.
    pub guard: Option<Guard>,
}

/// Orders that were placed in the call.
pub const ORDERS: &str =
    "select count(*) from orders where source_call_id = $1 and status <> 'draft' and $2 <> ''";
/// Drafts of the call.
pub const DRAFTS: &str = "select count(*) from orders where source_call_id = $1 and $2 <> ''";
/// Bookings that stand out of the call.
pub const BOOKINGS: &str = "select count(*) from fitting_bookings where source_call_id = $1 \
     and status = 'confirmed' and $2 <> ''";
/// Tickets and wishes of the call.
pub const TICKETS: &str = "select (select count(*) from tickets where call_id = $1) \
     + (select count(*) from wishlist where call_id = $1 and $2 <> '')";
/// Nothing but the rules for all calls.
pub const NONE: &str = "select count(*) from orders where source_call_id = $1 and $2 = ''";

impl Script {
    pub fn new(name: impl Into<String>, breach: &str) -> Self {
        Self {
            name: name.into(),
            withheld: false,
            caller: Vec::new(),
            model: Vec::new(),
            breach: breach.into(),
            never_said: Vec::new(),
            setup: None,
            guard: None,
        }
    }

    pub const fn withheld(mut self) -> Self {
        self.withheld = true;
        self
    }

    pub fn says(mut self, line: impl Into<String>) -> Self {
        self.caller.push(line.into());
        self
    }

    pub fn answers(mut self, text: &str) -> Self {
        self.model.push(vec![Move::Says(text.into())]);
        self
    }

    pub fn calls(mut self, tool: &'static str, args: Value) -> Self {
        self.model.push(vec![Move::Calls(tool, args)]);
        self
    }

    pub fn calls_at_once(mut self, calls: Vec<(&'static str, Value)>) -> Self {
        self.model.push(calls.into_iter().map(|(tool, args)| Move::Calls(tool, args)).collect());
        self
    }

    pub fn never(mut self, words: &str) -> Self {
        self.never_said.push(words.into());
        self
    }

    pub const fn needs(mut self, sql: &'static str) -> Self {
        self.setup = Some(sql);
        self
    }

    pub const fn proves(mut self, guard: Guard) -> Self {
        self.guard = Some(guard);
        self
    }
}
