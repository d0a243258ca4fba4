//! `/api/v1/external_refs`

use super::gate::Guest;
use super::query::{Asked, Page, part, value};
use super::sent::{Sent, one_of, text};
use super::{Api, Problem};
use crate::db::api::After;
use crate::db::api::refs::{self as rows, NewRef, Ref, Wanted};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const KINDS: [&str; 4] = ["order", "booking", "ticket", "customer"];
/// The longest name of a system, id and address there, characters.
const SYSTEM_CHARS_MAX: usize = 64;
const ID_CHARS_MAX: usize = 255;
const URL_CHARS_MAX: usize = 512;

/// The query of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    /// Of this system.
    system: Option<String>,
    /// `order`, `booking`, `ticket`, `customer`.
    kind: Option<String>,
    /// Of this thing of ours.
    local_id: Option<Uuid>,
    /// With this id there.
    external_id: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, 1 to 100; 50 if nothing is said.
    limit: Option<i64>,
}

pub(super) async fn list(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<Ref>>, Problem> {
    let part = part(query.after.as_deref(), query.limit)?;
    let wanted = Wanted {
        system: value("system", query.system)?,
        kind: value("kind", query.kind)?,
        local_id: query.local_id,
        external_id: value("external_id", query.external_id)?,
    };
    let found = rows::list(api.pool(), guest.tenant(), wanted, part).await?;
    Ok(Json(Page::of(found, part, |one: &Ref| After { at: one.created_at, id: one.id })))
}

pub(super) async fn put(
    State(api): State<Api>,
    guest: Guest,
    sent: Sent<NewRef>,
) -> Result<Json<Ref>, Problem> {
    let (new, _) = sent.parts();
    one_of("kind", &new.kind, &KINDS)?;
    let system = text("system", &new.system, SYSTEM_CHARS_MAX)?;
    let external_id = text("external_id", &new.external_id, ID_CHARS_MAX)?;
    for (field, value) in [("system", &system), ("external_id", &external_id)] {
        if value.is_empty() {
            return Err(Problem::invalid(field, "must not be empty"));
        }
    }
    let url = new.external_url.as_deref().map(|url| text("external_url", url, URL_CHARS_MAX));
    let external_url = url.transpose()?;
    // The desk makes a link of it.
    let known = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    if external_url.as_deref().is_some_and(|url| !known(url)) {
        return Err(Problem::invalid("external_url", "must begin with https:// or http://"));
    }
    if new.metadata.as_ref().is_some_and(|metadata| !metadata.is_object()) {
        return Err(Problem::invalid("metadata", "must be an object"));
    }
    let new = NewRef { system, external_id, external_url, ..new };
    let deed = api.deed(&guest, "external_ref.put", ("external_ref", String::new()));
    Ok(Json(rows::put(api.pool(), guest.tenant(), new, deed).await?))
}
