//! `/api/v1/customers`

use super::gate::Guest;
use super::query::{Asked, Id, Page, moment, part, value};
use super::{Api, Problem};
use crate::db::api::customers::{self as rows, Customer, Wanted};
use crate::db::api::{After, Part};
use crate::pii::Phone;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// The query of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    /// With this number, `+380671234567`; for tokens that may see people.
    phone: Option<String>,
    /// Changed at or after: a day of the shop, or a moment.
    changed_since: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, 1 to 100; 50 if nothing is said.
    limit: Option<i64>,
}

pub(super) async fn list(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<Customer>>, Problem> {
    let part = part(query.after.as_deref(), query.limit)?;
    let since = query.changed_since.as_deref();
    let changed_since = moment("changed_since", since, guest.zone(), false)?;
    let phone = value("phone", query.phone)?;
    if phone.is_some() && !guest.sees_people() {
        return Err(Problem::invalid("phone", "is only for tokens that may people:read"));
    }
    if phone.as_deref().is_some_and(|phone| Phone::parse(phone).is_none()) {
        return Err(Problem::invalid("phone", "must look like +380671234567"));
    }
    api.note(&guest, "customer.read", ("customer", "customers".to_owned())).await?;
    let wanted = Wanted { id: None, phone, changed_since };
    let found = rows::list(api.pool(), guest.tenant(), wanted, part).await?;
    let found = found.into_iter().map(|customer| shown(customer, &guest)).collect();
    Ok(Json(Page::of(found, part, |one: &Customer| After { at: one.created_at, id: one.id })))
}

pub(super) async fn one(
    State(api): State<Api>,
    guest: Guest,
    Id(id): Id,
) -> Result<Json<Customer>, Problem> {
    let wanted = Wanted { id: Some(id), ..Wanted::default() };
    api.note(&guest, "customer.read", ("customer", id.to_string())).await?;
    let alone = Part { after: None, limit: 1 };
    let found = rows::list(api.pool(), guest.tenant(), wanted, alone).await?;
    let customer = found.into_iter().next().ok_or_else(|| Problem::no_such("customer"))?;
    Ok(Json(shown(customer, &guest)))
}

fn shown(customer: Customer, guest: &Guest) -> Customer {
    let memory = if guest.sees_people() { customer.memory } else { serde_json::json!({}) };
    Customer {
        phone: customer.phone.map(|phone| guest.text(phone)),
        name: customer.name.map(|name| guest.name(name)),
        memory,
        ..customer
    }
}
