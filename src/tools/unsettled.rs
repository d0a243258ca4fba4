//! An effect whose answer never came: what became of it is found out before anything else is
//! changed, so that nobody gets two fittings for one wish.

use super::refusal::UNKNOWN_OUTCOME;
use super::{Refusal, ToolDesk};
use crate::ids::effect_key;
use crate::pii::Phone;
use crate::store::{NewCallback, Slot, StoreError};
use crate::turn::Approval;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An effect that was begun and not heard of since.
#[derive(Debug, Clone)]
pub(super) struct Unsettled {
    tool: String,
    args: Value,
    approval: Approval,
    /// What was on offer when it was agreed to.
    offered: BTreeSet<(String, Slot)>,
}

/// What is known of an effect by now.
enum Fate {
    /// It was not made and will not be.
    NotMade,
    /// It stands; the tool's result.
    Stands(Value),
    /// Nobody can say yet.
    Unknown,
}

/// An effect begins. Whatever breaks from here on, it is not forgotten.
pub(super) fn begin(desk: &mut ToolDesk, tool: &str, args: &Value, approval: &Approval) {
    let offered = desk.ledger.offered.clone();
    let (tool, args, approval) = (tool.to_owned(), args.clone(), approval.clone());
    desk.ledger.unsettled = Some(Unsettled { tool, args, approval, offered });
}

/// An effect ended with an answer, or without one.
pub(super) fn ended(desk: &mut ToolDesk, result: &Result<Value, Refusal>) {
    if !matches!(result, Err(refusal) if refusal.code == UNKNOWN_OUTCOME) {
        desk.ledger.unsettled = None;
    }
}

/// Finds out what became of an earlier effect, if its answer never came. While nobody can say,
/// nothing else is changed (`changes`).
///
/// # Errors
/// `earlier_stands` with its result, which the caller must hear before anything else happens;
/// `unknown_outcome` while a change must wait.
pub(super) async fn settle(desk: &mut ToolDesk, changes: bool) -> Result<(), Refusal> {
    let Some(open) = desk.ledger.unsettled.clone() else { return Ok(()) };
    match fate(desk, &open).await {
        Fate::NotMade => {
            desk.ledger.unsettled = None;
            Ok(())
        }
        Fate::Stands(result) => {
            desk.ledger.unsettled = None;
            let message = "Not done: the answer to what the caller agreed to before has come only \
                           now. It stands. Tell the caller that first, with the facts under \
                           earlier.result; call this again only if they still want it.";
            let earlier = json!({ "tool": open.tool, "args": open.args, "result": result });
            Err(Refusal::new("earlier_stands", message.into()).with("earlier", earlier))
        }
        Fate::Unknown if changes => Err(Refusal::unknown_outcome()),
        Fate::Unknown => Ok(()),
    }
}

/// The same before another effect; the very effect that is open may go on.
pub(super) async fn settle_other(desk: &mut ToolDesk, approval: &Approval) -> Result<(), Refusal> {
    let open = desk.ledger.unsettled.as_ref();
    if open.is_some_and(|open| open.approval.effect_key == approval.effect_key) {
        return Ok(());
    }
    settle(desk, true).await
}

async fn fate(desk: &mut ToolDesk, open: &Unsettled) -> Fate {
    match desk.store.effect_stands(&desk.scope, &open.approval).await {
        Ok(false) => return Fate::NotMade,
        Ok(true) | Err(StoreError::NotOffered) => {}
        Err(_) => return Fate::Unknown,
    }
    // The same effect again has the same result. What was offered since then does not matter.
    let offered = std::mem::replace(&mut desk.ledger.offered, open.offered.clone());
    let again = Box::pin(desk.dispatch(&open.tool, &open.args, Some(&open.approval))).await;
    desk.ledger.offered = offered;
    match again {
        Ok(result) => Fate::Stands(result),
        Err(refusal) if matches!(refusal.code, UNKNOWN_OUTCOME | "store_away") => Fate::Unknown,
        Err(_) => Fate::NotMade,
    }
}

/// The caller has gone. What stands without their knowing becomes a callback; true when nothing
/// is left to find out.
pub(super) async fn after_call(desk: &mut ToolDesk) -> bool {
    let Some(open) = desk.ledger.unsettled.clone() else { return true };
    let note = match desk.store.effect_stands(&desk.scope, &open.approval).await {
        Ok(false) => {
            desk.ledger.unsettled = None;
            return true;
        }
        Ok(true) => "was done, but the caller does not know",
        // Asking again would do it for somebody who was told that it is open.
        Err(StoreError::NotOffered) => "was asked for and never answered: look whether it stands",
        Err(_) => return false,
    };
    let spoken = open.args["customer_phone"].as_str().and_then(Phone::parse);
    let (phone, phone_verified) = match desk.scope.caller.clone() {
        Some(own) => (own, true),
        None => match spoken {
            Some(phone) => (phone, false),
            None => return true,
        },
    };
    let callback = NewCallback {
        phone,
        phone_verified,
        preferred_time: None,
        note: Some(format!("{} {note}. {}", open.tool, plain(&open.args))),
        due_at: None,
        key: effect_key(desk.scope.call, "unsettled", &json!(open.approval.effect_key)),
    };
    let saved = desk.front.request_callback(&desk.scope, &callback).await.is_ok();
    if saved {
        desk.ledger.unsettled = None;
    }
    saved
}

/// Arguments as a person of the shop reads them.
fn plain(args: &Value) -> String {
    let Some(fields) = args.as_object() else { return String::new() };
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let hidden = |name: &str| name == "content";
    let fields = fields.iter().filter(|(name, _)| !hidden(name));
    fields.map(|(name, value)| format!("{name}: {}", word(value))).collect::<Vec<_>>().join(", ")
}
