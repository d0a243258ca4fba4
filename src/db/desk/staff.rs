//! In whose name the desk changes something.

use super::audit::Deed;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// Somebody of the desk who changes something now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// In which shop.
    pub tenant: TenantId,
    /// The account.
    pub user: Uuid,
    /// Who, in words that stay when the account goes.
    pub actor: String,
    /// From where.
    pub address: String,
    /// Now.
    pub now: DateTime<Utc>,
}

impl Staff {
    /// What is done, for the audit log.
    #[must_use]
    pub fn deed(
        &self,
        action: &'static str,
        (object_kind, object_id): (&'static str, Uuid),
        before: Option<Value>,
        after: Option<Value>,
    ) -> Deed {
        Deed {
            tenant: self.tenant,
            user: Some(self.user),
            actor: self.actor.clone(),
            action,
            object_kind,
            object_id: object_id.to_string(),
            before,
            after,
            address: Some(self.address.clone()),
            at: self.now,
        }
    }
}
