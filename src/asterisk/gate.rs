//! Who may talk: what every listener asks before it opens anything for a connection.

use super::registry::{Registration, Registry};
use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use uuid::Uuid;

/// What is kept while a call is live; dropped with its connection.
pub type Permit = Box<dyn Any + Send>;

/// Decides who may talk.
pub trait Gate: Send + Sync + 'static {
    /// Lets a call in until the permit is dropped.
    ///
    /// # Errors
    /// Why not: the label of `treadline_calls_refused_total`.
    fn admit(&self, peer: SocketAddr, id: Uuid) -> Result<Permit, &'static str>;

    /// Whether many calls may come from this address.
    fn is_trusted(&self, address: IpAddr) -> bool;

    /// The connection itself says who calls. Believed from trusted addresses only, and only if
    /// nobody has announced the call: what the dialplan said before counts more.
    fn introduce(&self, peer: SocketAddr, registration: Registration) {
        let _ = (peer, registration);
    }
}

impl Gate for Arc<Registry> {
    fn admit(&self, peer: SocketAddr, id: Uuid) -> Result<Permit, &'static str> {
        match Registry::admit(self, peer, id) {
            Ok(admission) => Ok(Box::new(admission)),
            Err(refusal) => Err(refusal.why()),
        }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        Registry::is_trusted(self, address)
    }

    fn introduce(&self, peer: SocketAddr, registration: Registration) {
        if Registry::is_trusted(self, peer.ip())
            && let Err(why) = self.register(registration)
        {
            tracing::debug!(%peer, %why, "what the connection says of its call is not needed");
        }
    }
}
