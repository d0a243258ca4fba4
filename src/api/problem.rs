//! What is wrong, in one shape: `{"error": {"code", "message", "field"?}}`.

use crate::db::api::Fault;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// Why a request is not answered as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status of the answer.
    pub status: StatusCode,
    /// A word for programs, that never changes.
    pub code: &'static str,
    /// What is wrong and what would be right, for people.
    pub message: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// Seconds after which it may be tried again.
    pub wait_s: Option<u64>,
}

/// The body of every answer that is not 2xx.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorBody {
    /// What is wrong.
    error: ErrorDetail,
}

/// What is wrong.
#[derive(Debug, Serialize, JsonSchema)]
struct ErrorDetail {
    /// A word for programs, that never changes.
    code: String,
    /// What is wrong and what would be right, for people.
    message: String,
    /// The field that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Problem {
    /// A problem.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, wait_s: None }
    }

    /// 400: the request makes no sense.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// 422: a field cannot be taken.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message);
        Self { field: Some(field.into()), ..problem }
    }

    /// 404: there is no such thing, or it is another shop's.
    pub fn no_such(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no {what} of this id"))
    }

    /// 429: too much in a minute.
    pub fn too_many(wait_s: u64) -> Self {
        let message = format!("too many requests; wait {wait_s} s");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message);
        Self { wait_s: Some(wait_s), ..problem }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(refused) = &error
            && refused.is_check_violation()
        {
            let field = refused.constraint().unwrap_or_default().to_owned();
            return Self::invalid(field, "the database does not take this value");
        }
        tracing::warn!(%error, "the interface for programs cannot read or write");
        let message = "the database does not answer; try again in a minute";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
        Self { wait_s: Some(60), ..problem }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Database(error) => error.into(),
            Fault::NoSuch => Self::no_such("such thing"),
            Fault::Conflict(message) => Self::new(StatusCode::CONFLICT, "conflict", message),
            Fault::Invalid { field, message } => Self::invalid(field, message),
            Fault::OtherRequest => Self::new(
                StatusCode::CONFLICT,
                "idempotency_key_reused",
                "this Idempotency-Key belongs to another request; nothing was done",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, message) = (self.code.to_owned(), self.message);
        let body = ErrorBody { error: ErrorDetail { code, message, field: self.field } };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(wait_s) = self.wait_s {
            headers.insert(header::RETRY_AFTER, wait_s.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

pub(super) async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is nothing at this address; see /api/v1/openapi.json",
    )
}

pub(super) async fn method_not_allowed() -> Problem {
    let message = "this address does not take this method; see /api/v1/openapi.json";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}
