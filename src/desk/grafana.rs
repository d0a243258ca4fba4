//! The dashboard and the alert rules for those who have a Grafana and a Prometheus already.

use super::{Desk, Site};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// The dashboard, as Grafana imports it.
pub const DASHBOARD: &str = include_str!("assets/grafana/treadline.json");
/// The alert rules, as Prometheus loads them.
pub const RULES: &str = include_str!("assets/grafana/rules.yml");

pub(super) fn mount(site: Site) -> Site {
    site.get("/grafana/treadline.json", serve)
}

async fn serve(State(_): State<Desk>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DASHBOARD)
}
