//! The agent's tools: canonical names, schemas, rules, handlers. One file a family.
//!
//! The model proposes; this code disposes. Arguments are parsed strictly (unknown fields
//! refused); a refusal is data with the corrective next step.

use crate::ids::TenantId;
use crate::language::Language;
use crate::llm::ToolSpec;
use crate::pii::Phone;
use crate::store::{Scope, Slot, Station, Store};
use crate::turn::{Approval, Proposal, ToolRule};
use chrono_tz::Tz;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What tools remember within one call: what was offered is all that can be taken.
#[derive(Debug, Clone, Default)]
pub struct CallLedger {
    /// Stations that a result of this call named.
    pub stations: Vec<Station>,
    /// Slots that the last answer of `get_fitting_slots` offered, by station code.
    pub offered: BTreeSet<(String, Slot)>,
    /// Article numbers that a result of this call named.
    pub products: BTreeSet<String>,
}

/// A tool's refusal: a word for the log and the corrective next step for the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// A word.
    pub code: &'static str,
    /// The next step.
    pub message: String,
}

/// A call's view of the tools.
pub struct ToolDesk {
    /// Where the answers come from.
    pub store: Arc<dyn Store>,
    /// On whose behalf.
    pub scope: Scope,
    /// The shop's zone.
    pub zone: Tz,
    /// The call's language.
    pub language: Language,
    /// What was offered so far.
    pub ledger: CallLedger,
}

// The contract that the session relies on (to be filled in by the files of this module):
//
// pub fn specs() -> Vec<ToolSpec>;                     all tools, in a stable order
// pub fn rules() -> Vec<ToolRule>;                     what the core must know of them
// impl ToolDesk {
//     pub async fn prepare(&mut self, name: &str, args: &Value) -> Result<Proposal, Refusal>;
//     pub async fn run(&mut self, name: &str, args: &Value, approval: Option<&Approval>) -> Result<Value, Refusal>;
// }
