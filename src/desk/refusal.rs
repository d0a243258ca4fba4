//! What is not shown, and why. A handler gives a [`Refusal`]; the guard makes a page of it in the
//! visitor's language.

use super::frame::{Frame, html};
use super::visitor::Visitor;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why something is not shown or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing, or it is another shop's: the same answer, so that nobody learns
    /// which.
    NotFound,
    /// The role does not allow it.
    Denied,
    /// The form is not this visitor's, or too old.
    Stale,
    /// The request makes no sense.
    Bad,
    /// The form is too large.
    TooLarge,
    /// The database or the machine cannot now.
    Busy,
}

impl Refusal {
    const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Denied | Self::Stale => StatusCode::FORBIDDEN,
            Self::Bad => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::warn!(%error, "the desk cannot read or write");
        Self::Busy
    }
}

impl From<super::secret::HashError> for Refusal {
    fn from(error: super::secret::HashError) -> Self {
        tracing::warn!(%error, "the desk is busy at the door");
        Self::Busy
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "message.html", config = "src/desk/askama.toml")]
struct Message {
    frame: Frame,
    why: &'static str,
}

/// The page of a refusal.
pub(super) fn page(refusal: Refusal, visitor: &Visitor) -> Response {
    let words = visitor.words;
    let (title, why) = match refusal {
        Refusal::NotFound => (words.not_found(), words.not_found_why()),
        Refusal::Denied => (words.denied(), words.denied_why()),
        Refusal::Stale => (words.stale(), words.stale_why()),
        Refusal::Bad => (words.bad(), words.bad_why()),
        Refusal::TooLarge => (words.too_large(), words.too_large_why()),
        Refusal::Busy => (words.busy(), words.busy_why()),
    };
    let mut response = html(&Message { frame: Frame::new(visitor, title), why });
    *response.status_mut() = refusal.status();
    if refusal == Refusal::Busy {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}
