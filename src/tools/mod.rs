//! The agent's tools: canonical names, schemas, rules, handlers. One file a family.
//!
//! The model proposes; this code disposes. Arguments are parsed strictly (unknown fields
//! refused); a refusal is data with the corrective next step.

mod args;
mod booking;
mod fitting;
mod guards;
mod ledger;
mod refusal;
mod registry;
mod slots;
mod tires;
mod transfer;

pub use guards::{Guard, Guards};
pub use ledger::CallLedger;
pub use refusal::Refusal;
pub use registry::{rules, specs, specs_of};

use crate::language::Language;
use crate::shop::FittingWindow;
use crate::store::{FrontDesk, Scope, Store};
use crate::turn::{Approval, Proposal};
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
        let (caller_words, guards) = (Vec::new(), Guards::all());
        Self { store, front, scope, zone, language, ledger, caller_words, guards }
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
        match name {
            booking::NAME => booking::prepare(self, args).await,
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
        match name {
            tires::SEARCH => tires::search(self, args).await,
            tires::AVAILABILITY => tires::availability(self, args).await,
            fitting::NAME => fitting::stations(self, args).await,
            slots::NAME => slots::slots(self, args).await,
            booking::NAME => booking::book(self, args, approval).await,
            transfer::NAME => transfer::transfer(args),
            other => Err(Refusal::unknown_tool(other)),
        }
    }

    /// The days that can be booked now.
    fn window(&self) -> FittingWindow {
        FittingWindow::on(self.scope.now.with_timezone(&self.zone).date_naive())
    }
}
