//! The agent's tools: canonical names, schemas, rules, handlers. One file a family.
//!
//! The model proposes; this code disposes. Arguments are parsed strictly (unknown fields
//! refused); a refusal is data with the corrective next step.

mod agreed;
mod args;
mod booking;
mod callback;
mod cart;
mod changes;
mod delivery;
mod fitting;
mod grounding;
mod guards;
mod holds;
mod identity;
mod knowledge;
mod ledger;
mod order_status;
mod orders;
mod prices;
mod profile;
mod progress;
mod refusal;
mod registry;
mod slots;
mod storage;
mod tires;
mod transfer;
mod unsettled;
mod vehicles;
mod wishlist;

pub use guards::{Guard, Guards};
pub use ledger::{CallLedger, Draft, Focus, Held};
pub use refusal::Refusal;
pub use registry::{rules, rules_for, specs, specs_of};

use crate::language::Language;
use crate::shop::FittingWindow;
use crate::store::{FrontDesk, Profile, Scope, Store};
use crate::turn::{Approval, Proposal};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use std::sync::Arc;

/// A call's view of the tools.
pub struct ToolDesk {
    /// Where the answers come from.
    pub store: Arc<dyn Store>,
    /// What stays ours whatever back office the shop has.
    pub front: Arc<dyn FrontDesk>,
    /// On whose behalf. Whoever drives the desk keeps `scope.now` current.
    pub scope: Scope,
    /// The shop's zone.
    pub zone: Tz,
    /// The call's language.
    pub language: Language,
    /// What was offered so far.
    pub ledger: CallLedger,
    /// What the caller has said so far, their latest words last. Names and numbers that a model
    /// gives must stand in it. Whoever drives the desk keeps it current.
    pub caller_words: Vec<String>,
    /// What earlier calls left of the caller; none for a withheld or foreign number.
    pub profile: Option<Profile>,
    /// By when somebody calls back, if that was promised in this call.
    pub call_back_by: Option<DateTime<Utc>>,
    /// What is refused. All guards are on unless a test takes one away.
    pub guards: Guards,
}

impl ToolDesk {
    /// A desk for one call, with nothing offered yet.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        front: Arc<dyn FrontDesk>,
        scope: Scope,
        zone: Tz,
        language: Language,
    ) -> Self {
        let scope = Scope { language, ..scope };
        let ledger = CallLedger::default();
        let (caller_words, profile, guards) = (Vec::new(), None, Guards::all());
        let call_back_by = None;
        Self {
            store,
            front,
            scope,
            zone,
            language,
            ledger,
            caller_words,
            profile,
            call_back_by,
            guards,
        }
    }

    /// The caller goes on in another language; answers from now on name places in it.
    pub const fn set_language(&mut self, language: Language) {
        self.language = language;
        self.scope.language = language;
    }

    /// Checks the arguments of a tool that needs the caller's yes, down to whether the slot is
    /// still free, and says what it would do. Changes nothing in the world.
    ///
    /// # Errors
    /// A refusal with the next step, for the model.
    pub async fn prepare(&mut self, name: &str, args: &Value) -> Result<Proposal, Refusal> {
        unsettled::settle(self, true).await?;
        match name {
            booking::NAME => booking::prepare(self, args).await,
            orders::CONFIRM => orders::prepare(self, args).await,
            changes::CHANGE => changes::prepare(self, args).await,
            other if registry::is_known(other) => Err(Refusal::new(
                "no_consent_needed",
                format!("{other} changes nothing and is called without a confirmation."),
            )),
            other => Err(Refusal::unknown_tool(other)),
        }
    }

    /// Runs a tool. A tool with an effect runs only under an approval for exactly these
    /// arguments.
    ///
    /// # Errors
    /// A refusal with the next step, for the model.
    pub async fn run(
        &mut self,
        name: &str,
        args: &Value,
        approval: Option<&Approval>,
    ) -> Result<Value, Refusal> {
        let Some(approval) = approval else {
            unsettled::settle(self, false).await?;
            return self.dispatch(name, args, None).await;
        };
        unsettled::settle_other(self, approval).await?;
        unsettled::begin(self, name, args, approval);
        let result = self.dispatch(name, args, Some(approval)).await;
        unsettled::ended(self, &result);
        result
    }

    /// The tool itself.
    async fn dispatch(
        &mut self,
        name: &str,
        args: &Value,
        approval: Option<&Approval>,
    ) -> Result<Value, Refusal> {
        match name {
            vehicles::NAME => vehicles::sizes(self, args).await,
            tires::SEARCH => tires::search(self, args).await,
            tires::AVAILABILITY => tires::availability(self, args).await,
            orders::DRAFT => orders::draft(self, args).await,
            delivery::POINTS => delivery::points(self, args).await,
            delivery::UPDATE => delivery::update(self, args).await,
            orders::CONFIRM => orders::confirm(self, args, approval).await,
            order_status::NAME => order_status::status(self, args).await,
            fitting::NAME => fitting::stations(self, args).await,
            slots::NAME => slots::slots(self, args).await,
            prices::NAME => prices::prices(self, args).await,
            storage::NAME => storage::find(self, args).await,
            holds::NAME => holds::reserve(self, args).await,
            booking::NAME => booking::book(self, args, approval).await,
            changes::LIST => changes::list(self, args).await,
            changes::CHANGE => changes::change(self, args, approval).await,
            profile::NAME => profile::update(self, args).await,
            knowledge::NAME => knowledge::search(self, args).await,
            callback::NAME => callback::request(self, args).await,
            wishlist::NAME => wishlist::add(self, args).await,
            transfer::NAME => transfer::transfer(args),
            other => Err(Refusal::unknown_tool(other)),
        }
    }

    /// Nobody waited long enough for the answer of this effect: it counts as one that never came.
    pub fn was_not_heard(&mut self, name: &str, args: &Value, approval: &Approval) {
        unsettled::begin(self, name, args, approval);
    }

    /// After the call: finds out what became of an effect whose answer never came, and asks the
    /// shop to tell the caller. True when nothing is left to find out.
    pub async fn settle_after_call(&mut self) -> bool {
        unsettled::after_call(self).await
    }

    /// Today on the shop's wall.
    fn today(&self) -> NaiveDate {
        self.scope.now.with_timezone(&self.zone).date_naive()
    }

    /// The days that can be booked now.
    fn window(&self) -> FittingWindow {
        FittingWindow::on(self.today())
    }
}
