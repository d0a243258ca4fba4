//! Who phones, and how they are reached. What exists is shown and changed only for the number
//! that the network gave; a number in words is for contact and for nothing else.

use super::grounding::{phone_said, phones_said};
use super::{Guard, Refusal, ToolDesk};
use crate::pii::Phone;
use crate::store::Scope;

/// How a caller is reached.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    /// The number.
    pub phone: Phone,
    /// False if it was only spoken.
    pub verified: bool,
}

impl ToolDesk {
    /// The scope for what exists already: the caller's own, or a refusal when the network gave
    /// no number that is one.
    pub(super) fn identity(&self) -> Result<Scope, Refusal> {
        if !self.guards.on(Guard::Identity)
            && let Some(said) = phones_said(self).pop()
        {
            return Ok(Scope { caller: Some(said), ..self.scope.clone() });
        }
        if self.scope.caller.is_some() {
            return Ok(self.scope.clone());
        }
        Err(Refusal::new(
            "identity_unverified",
            "The caller's number is withheld or foreign, so nothing that exists can be shown or \
             changed. Say so; offer an operator, or create_callback_request."
                .into(),
        ))
    }

    /// The number for an agreement or a callback: the network's, or for a withheld or foreign
    /// caller the one that they spoke.
    pub(super) fn contact(&self, field: &str, given: Option<&str>) -> Result<Contact, Refusal> {
        if !self.guards.on(Guard::Identity)
            && let Some(phone) = given.and_then(written)
        {
            return Ok(Contact { phone, verified: true });
        }
        if let Some(own) = &self.scope.caller {
            return Ok(Contact { phone: own.clone(), verified: true });
        }
        let Some(phone) = given.and_then(written) else {
            return Err(Refusal::new(
                "phone_missing",
                format!(
                    "The caller's number is withheld. Ask for a number and give it as {field}, \
                     written +380671234567; the system reads it back."
                ),
            ));
        };
        if self.guards.on(Guard::GroundedPhone) && !phone_said(self, &phone) {
            return Err(Refusal::new(
                "phone_not_said",
                format!(
                    "The caller has not said this number. Ask for it, read it back, and give as \
                     {field} exactly the digits that they said."
                ),
            ));
        }
        Ok(Contact { phone, verified: false })
    }
}

/// A number as models write it.
fn written(given: &str) -> Option<Phone> {
    let compact: String =
        given.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    Phone::parse(&compact)
}
