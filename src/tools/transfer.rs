//! The hand-over to a person. The core transfers; this checks what it is told.

use super::{Refusal, args};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "transfer_to_operator";

/// Why a person is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    /// The caller asked for one.
    CustomerRequest,
    /// No tool does what is asked.
    CannotHelp,
    /// It takes a specialist.
    ComplexQuestion,
    /// The caller is upset.
    NegativeEmotion,
}

/// Arguments of the hand-over.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferArgs {
    /// Why a person is needed.
    reason: Reason,
    /// What the operator should know, one or two sentences.
    summary: String,
}

/// Checks the arguments; the result is what a model would see if the core let it go on.
pub(super) fn transfer(given: &Value) -> Result<Value, Refusal> {
    let given: TransferArgs = args::read(NAME, given)?;
    let summary: String = given.summary.chars().filter(|c| !c.is_control()).take(500).collect();
    Ok(json!({ "status": "transferring", "reason": given.reason, "summary": summary }))
}
