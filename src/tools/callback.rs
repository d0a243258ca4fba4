//! A wish to be phoned.

use super::ledger::Focus;
use super::{Refusal, ToolDesk, args};
use crate::ids::effect_key;
use crate::store::NewCallback;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "create_callback_request";

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallbackArgs {
    /// Only when the system asks for a number: the one that the caller gave, `+380671234567`.
    #[serde(default)]
    phone: Option<String>,
    /// When the caller wants to be phoned, in their words.
    #[serde(default)]
    preferred_time: Option<String>,
    /// What it is about, one sentence.
    #[serde(default)]
    note: Option<String>,
}

/// Makes a ticket. A number is phoned once for one call: asked for again, the ticket is the same,
/// with the time that was wished last.
pub(super) async fn request(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: CallbackArgs = args::read(NAME, given)?;
    let preferred_time = args::text("preferred_time", given.preferred_time.as_deref())?;
    let note = args::text("note", given.note.as_deref())?;
    let contact = desk.contact("phone", given.phone.as_deref())?;
    let content = json!({ "phone": contact.phone });
    let callback = NewCallback {
        phone: contact.phone,
        phone_verified: contact.verified,
        preferred_time,
        note,
        due_at: desk.call_back_by,
        key: effect_key(desk.scope.call, NAME, &content),
    };
    desk.front.request_callback(&desk.scope, &callback).await.map_err(Refusal::from_store)?;
    desk.ledger.focus = Focus::Question;
    Ok(json!({
        "status": "callback_saved",
        "message": "Saved. Say that someone will phone; promise no exact time.",
    }))
}
