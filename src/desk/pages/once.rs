//! What is shown once and never again: links and keys. The answer to the form itself, so that no
//! address leads to it.

use crate::desk::{Desk, Frame, Visitor, html};
use askama::Template;
use axum::http::{HeaderMap, header};
use axum::response::Response;

#[derive(Template)]
#[template(path = "once.html", config = "src/desk/askama.toml")]
struct Once {
    frame: Frame,
    name: String,
    secret: String,
    why: &'static str,
    back: String,
}

/// The page of a secret: whose it is, what it is, what to do with it, where to go on.
pub(super) fn page(
    visitor: &Visitor,
    name: &str,
    secret: String,
    why: &'static str,
    back: &str,
) -> Response {
    html(&Once {
        frame: Frame::new(visitor, visitor.words.shown_once()),
        name: name.to_owned(),
        secret,
        why,
        back: back.to_owned(),
    })
}

/// A path of the desk as somebody can open it elsewhere. The guard has compared where the form came
/// from with where it went to.
pub(super) fn address(desk: &Desk, headers: &HeaderMap, path: &str) -> String {
    let public = desk.config().public_url.trim_end_matches('/');
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let base = if public.is_empty() { origin.unwrap_or_default() } else { public };
    format!("{base}{path}")
}
