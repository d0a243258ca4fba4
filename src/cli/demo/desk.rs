//! The call that was just made, at the desk: a link that lets somebody in once, to an account that
//! goes when the demonstration ends.

use crate::app::Parts;
use crate::db::desk::tokens::Purpose;
use crate::db::desk::users::{self, DEMO, NewUser, Role};
use crate::desk;
use crate::ids::TenantId;
use anyhow::Context as _;
use std::net::SocketAddr;
use uuid::Uuid;

/// Makes the account and a link to the call's page.
///
/// # Errors
/// What Postgres says.
pub async fn open(parts: &Parts, http: SocketAddr, call: Uuid) -> anyhow::Result<String> {
    let new = NewUser {
        email: DEMO.into(),
        name: "Demo".into(),
        role: Role::Operator,
        tenant: TenantId::DEFAULT,
    };
    // A demonstration that was killed left it behind.
    let made = users::add(&parts.pool, new).await?;
    let known = users::by_email(&parts.pool, DEMO).await?.map(|user| user.id);
    let user = made.or(known).context("the demonstration's account")?;
    users::set_look(&parts.pool, user, "en", "auto").await?;
    let clock = &parts.services.clock;
    let path = desk::link_for(&parts.pool, clock, Purpose::SignIn, Some(user)).await?;
    Ok(format!("http://{http}{path}?next=/calls/{call}"))
}

/// Takes the account away.
pub async fn close(parts: &Parts) {
    let removed = async {
        match users::by_email(&parts.pool, DEMO).await? {
            Some(user) => users::remove(&parts.pool, user.id).await,
            None => Ok(()),
        }
    };
    if let Err(error) = removed.await {
        tracing::warn!(%error, "the demonstration's account is still there");
    }
}
