//! `/`: to the first page of one's role.

use crate::db::desk::users::Role;
use crate::desk::policy;
use crate::desk::{Refusal, Site, Visitor};
use axum::Extension;
use axum::response::Redirect;

pub(super) fn mount(site: Site) -> Site {
    site.get("/", show)
}

/// Where somebody begins: the first of these pages that the role may see.
const fn first_pages(role: Role) -> &'static [&'static str] {
    match role {
        Role::Operator => &["/console"],
        Role::SuperAdmin | Role::Admin | Role::Analyst => &["/dashboard"],
    }
}

async fn show(Extension(visitor): Extension<Visitor>) -> Result<Redirect, Refusal> {
    let role = visitor.session()?.role;
    let wanted = first_pages(role).iter();
    let allowed = wanted.copied().find(|page| policy::allows("GET", page, Some(role)));
    Ok(Redirect::to(allowed.unwrap_or("/calls")))
}
