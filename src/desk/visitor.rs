//! Who asks.

use super::words::{Tongue, Words};
use super::{Desk, Refusal};
use crate::db::desk::audit::{self, Deed};
use crate::db::desk::sessions::Session;
use crate::db::desk::staff::Staff;
use crate::db::desk::users::Role;
use crate::ids::TenantId;
use chrono_tz::Tz;
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;

/// Who asks, in which language, from where.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The session, if somebody came in.
    pub session: Option<Arc<Session>>,
    /// What the database knows of the session's secret.
    pub(super) token_hash: Option<String>,
    /// What a form of this visitor must carry.
    pub form_token: String,
    /// Where the browser is.
    pub address: IpAddr,
    /// Is its way to us encrypted?
    pub secure: bool,
    /// The messages in the visitor's language.
    pub words: Words,
    /// The address of the page, for coming back to it.
    pub path: String,
}

impl Visitor {
    /// The visitor's session.
    ///
    /// # Errors
    /// Nobody came in. The guard lets nobody get so far; this is the second lock.
    pub fn session(&self) -> Result<&Session, Refusal> {
        self.session.as_deref().ok_or(Refusal::Denied)
    }

    /// The shop that is looked at.
    ///
    /// # Errors
    /// Nobody came in.
    pub fn tenant(&self) -> Result<TenantId, Refusal> {
        Ok(TenantId(self.session()?.tenant_id))
    }

    /// What the visitor may do; none: nobody came in.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.session.as_ref().map(|session| session.role)
    }

    /// True if telephone numbers are masked for this visitor.
    #[must_use]
    pub fn sees_no_numbers(&self) -> bool {
        !matches!(self.role(), Some(Role::SuperAdmin | Role::Admin | Role::Operator))
    }

    /// The time zone of the shop that is looked at.
    #[must_use]
    pub fn zone(&self) -> Tz {
        let zone = self.session.as_ref().and_then(|session| session.timezone.parse().ok());
        zone.unwrap_or(chrono_tz::UTC)
    }

    /// In whose name something is changed now.
    ///
    /// # Errors
    /// Nobody came in.
    pub fn staff(&self, desk: &Desk) -> Result<Staff, Refusal> {
        let session = self.session()?;
        Ok(Staff {
            tenant: TenantId(session.tenant_id),
            user: session.user_id,
            actor: session.email.clone(),
            address: self.address.to_string(),
            now: desk.clock().now(),
        })
    }

    /// Writes into the audit log what this visitor does. To be awaited before it is shown or done:
    /// what cannot be noted is not done.
    ///
    /// # Errors
    /// The database refuses it.
    pub async fn note(
        &self,
        desk: &Desk,
        action: &'static str,
        object: (&'static str, String),
        after: Option<Value>,
    ) -> Result<(), Refusal> {
        let session = self.session()?;
        let deed = Deed {
            tenant: TenantId(session.tenant_id),
            user: Some(session.user_id),
            actor: session.email.clone(),
            action,
            object_kind: object.0,
            object_id: object.1,
            before: None,
            after,
            address: Some(self.address.to_string()),
            at: desk.clock().now(),
        };
        audit::note(desk.pool(), deed).await.map_err(Refusal::from)
    }
}

/// The language of somebody: the account's, else what the browser prefers.
pub(super) fn tongue(session: Option<&Session>, chosen: Option<&str>, accept: &str) -> Tongue {
    session
        .and_then(|session| Tongue::from_code(&session.tongue))
        .or_else(|| chosen.and_then(Tongue::from_code))
        .unwrap_or_else(|| Tongue::preferred(accept))
}
