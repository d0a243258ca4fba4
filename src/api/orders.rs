//! `/api/v1/orders` and `/api/v1/bookings`

use super::gate::Guest;
use super::query::{Asked, Id, Page, moment, part, value};
use super::{Api, Problem};
use crate::db::api::orders::{self as rows, Booking, Order, Wanted};
use crate::db::api::{After, Part};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// The query of both lists.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    /// In this state.
    status: Option<String>,
    /// Changed at or after: a day of the shop, or a moment.
    changed_since: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, 1 to 100; 50 if nothing is said.
    limit: Option<i64>,
}

impl Query {
    fn read(self, guest: &Guest) -> Result<(Wanted, Part), Problem> {
        let part = part(self.after.as_deref(), self.limit)?;
        let since = self.changed_since.as_deref();
        let changed_since = moment("changed_since", since, guest.zone(), false)?;
        Ok((Wanted { id: None, status: value("status", self.status)?, changed_since }, part))
    }
}

const ALONE: Part = Part { after: None, limit: 1 };

pub(super) async fn list_orders(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<Order>>, Problem> {
    let (wanted, part) = query.read(&guest)?;
    read_people(&api, &guest, "order.read", "orders").await?;
    let found = rows::orders(api.pool(), guest.tenant(), wanted, part).await?;
    let found = found.into_iter().map(|order| shown(order, &guest)).collect();
    Ok(Json(Page::of(found, part, |order| After { at: order.created_at, id: order.id })))
}

pub(super) async fn one_order(
    State(api): State<Api>,
    guest: Guest,
    Id(id): Id,
) -> Result<Json<Order>, Problem> {
    let wanted = Wanted { id: Some(id), ..Wanted::default() };
    read_people(&api, &guest, "order.read", &id.to_string()).await?;
    let found = rows::orders(api.pool(), guest.tenant(), wanted, ALONE).await?;
    let order = found.into_iter().next().ok_or_else(|| Problem::no_such("order"))?;
    Ok(Json(shown(order, &guest)))
}

pub(super) async fn list_bookings(
    State(api): State<Api>,
    guest: Guest,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<Booking>>, Problem> {
    let (wanted, part) = query.read(&guest)?;
    read_people(&api, &guest, "booking.read", "bookings").await?;
    let found = rows::bookings(api.pool(), guest.tenant(), wanted, part).await?;
    let found = found.into_iter().map(|booking| shown_booking(booking, &guest)).collect();
    Ok(Json(Page::of(found, part, |one: &Booking| After { at: one.created_at, id: one.id })))
}

pub(super) async fn one_booking(
    State(api): State<Api>,
    guest: Guest,
    Id(id): Id,
) -> Result<Json<Booking>, Problem> {
    let wanted = Wanted { id: Some(id), ..Wanted::default() };
    read_people(&api, &guest, "booking.read", &id.to_string()).await?;
    let found = rows::bookings(api.pool(), guest.tenant(), wanted, ALONE).await?;
    let booking = found.into_iter().next().ok_or_else(|| Problem::no_such("booking"))?;
    Ok(Json(shown_booking(booking, &guest)))
}

/// Notes that people are read, if they are shown.
async fn read_people(
    api: &Api,
    guest: &Guest,
    action: &'static str,
    what: &str,
) -> Result<(), Problem> {
    if !guest.sees_people() {
        return Ok(());
    }
    let kind = action.split('.').next().unwrap_or(action);
    api.note(guest, action, (kind, what.to_owned())).await
}

fn shown(order: Order, guest: &Guest) -> Order {
    Order {
        phone: guest.text(order.phone),
        recipient: guest.name(order.recipient),
        delivery_address: order.delivery_address.map(|address| guest.name(address)),
        ..order
    }
}

fn shown_booking(booking: Booking, guest: &Guest) -> Booking {
    Booking {
        phone: booking.phone.map(|phone| guest.text(phone)),
        customer_name: guest.name(booking.customer_name),
        vehicle_info: guest.name(booking.vehicle_info),
        ..booking
    }
}
