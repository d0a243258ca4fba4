//! `/api/v1/sync_logs`

use super::gate::Guest;
use super::query::{Asked, Page, part, value};
use super::sent::{Sent, do_once, one_of, text};
use super::tickets::json;
use super::{Api, Problem};
use crate::db::api::After;
use crate::db::api::sync::{self as rows, NewRun, Run};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

/// The longest name of a system and error, characters.
const SYSTEM_CHARS_MAX: usize = 64;
const ERROR_CHARS_MAX: usize = 2_000;

/// The query of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    /// Of this system.
    system: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, 1 to 100; 50 if nothing is said.
    limit: Option<i64>,
}

pub(super) async fn list(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<Run>>, Problem> {
    let part = part(query.after.as_deref(), query.limit)?;
    let system = value("system", query.system)?;
    let found = rows::list(api.pool(), guest.tenant(), system, part).await?;
    Ok(Json(Page::of(found, part, |run: &Run| After { at: run.started_at, id: run.id })))
}

pub(super) async fn add(
    State(api): State<Api>,
    guest: Guest,
    sent: Sent<NewRun>,
) -> Result<Response, Problem> {
    let (new, key) = sent.parts();
    one_of("direction", &new.direction, &["inbound", "outbound"])?;
    one_of("status", &new.status, &["pending", "running", "success", "failed"])?;
    let system = text("system", &new.system, SYSTEM_CHARS_MAX)?;
    if system.is_empty() {
        return Err(Problem::invalid("system", "must not be empty"));
    }
    if new.records_processed < 0 {
        return Err(Problem::invalid("records_processed", "must not be negative"));
    }
    let said =
        new.error_message.as_deref().map(|said| text("error_message", said, ERROR_CHARS_MAX));
    let new = NewRun { system, error_message: said.transpose()?, ..new };
    let tenant = guest.tenant();
    do_once(&api, &guest, key, move |conn| {
        Box::pin(async move { Ok((201, json(&rows::add(conn, tenant, new).await?))) })
    })
    .await
}
