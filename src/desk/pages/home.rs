//! `/`: to the first page of one's role.

use crate::db::desk::users::Role;
use crate::desk::policy;
use crate::desk::{Refusal, Site, Visitor};
use axum::Extension;
use axum::response::Redirect;

pub(super) fn mount(site: Site) -> Site {
    site.get("/", show)
}

async fn show(Extension(visitor): Extension<Visitor>) -> Result<Redirect, Refusal> {
    let session = visitor.session()?;
    let wanted = match session.role {
        Role::Operator => "/console",
        Role::SuperAdmin | Role::Admin | Role::Analyst => "/calls",
    };
    let allowed = policy::allows("GET", wanted, Some(session.role));
    Ok(Redirect::to(if allowed { wanted } else { "/calls" }))
}
