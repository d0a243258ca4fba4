//! `/live`: the process answers. `/ready`: it can serve a call, check by check.

use super::HttpState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use futures_util::future::BoxFuture;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// How long the checks may take together.
const PROBE_MAX: Duration = Duration::from_secs(2);

/// One thing that must be well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is checked: `database`, `stt`, …
    pub name: &'static str,
    /// Whether it is well.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// Looks at everything that a call needs.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, Vec<Check>> + Send + Sync>;

pub(super) async fn live() -> &'static str {
    "ok"
}

pub(super) async fn ready(State(state): State<HttpState>) -> impl IntoResponse {
    let probe = (state.0.probe)();
    let checks = tokio::time::timeout(PROBE_MAX, probe).await.unwrap_or_else(|_| {
        let detail = "the checks took more than 2 seconds".to_owned();
        vec![Check { name: "checks", ok: false, detail }]
    });
    let ready = checks.iter().all(|check| check.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let calls = state.0.registry.live();
    (status, Json(serde_json::json!({ "ready": ready, "calls": calls, "checks": checks })))
}
