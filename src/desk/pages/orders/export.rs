//! Orders and bookings as files.

use crate::db::desk::orders::{self, BookingOut, EXPORT_ROWS_MAX, OrderOut};
use crate::desk::pages::work;
use crate::desk::{Desk, Refusal, Visitor, format, sheet};
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::json;

/// Days of one file.
const DAYS_MAX: i64 = 366;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
}

impl Asked {
    fn days(&self, now: DateTime<Utc>, zone: Tz) -> Result<(NaiveDate, NaiveDate), Refusal> {
        let (from, to) = (work::day(&self.from, now, zone)?, work::day(&self.to, now, zone)?);
        let days = (to - from).num_days();
        if (0..DAYS_MAX).contains(&days) { Ok((from, to)) } else { Err(Refusal::Bad) }
    }
}

fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn too_many(visitor: &Visitor) -> Response {
    let words = visitor.words;
    let text = (words.export_csv(), words.export_too_many());
    work::said(visitor, StatusCode::UNPROCESSABLE_ENTITY, text, "/orders")
}

pub(super) async fn orders(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (from, to) = asked.days(desk.clock().now(), visitor.zone())?;
    let what = json!({ "from": from, "to": to });
    visitor.note(&desk, "orders.exported", ("orders", String::new()), Some(what)).await?;
    let rows = orders::orders_between(desk.pool(), visitor.tenant()?, (from, to)).await?;
    if rows.len() > EXPORT_ROWS_MAX {
        return Ok(too_many(&visitor));
    }
    let zone = visitor.zone();
    let row = |order: &OrderOut| {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        vec![
            text(&order.order_number),
            order.status.clone(),
            local(order.created_at, zone),
            format::utc(order.created_at),
            order.confirmed_at.map_or_else(String::new, |at| local(at, zone)),
            order.phone.clone(),
            order.recipient.clone(),
            order.items.clone(),
            text(&order.delivery_type),
            text(&order.destination),
            text(&order.payment_method),
            order.subtotal.to_string(),
            order.delivery_cost.to_string(),
            order.total.to_string(),
            text(&order.tracking_number),
        ]
    };
    let created = format!("created_at ({})", zone.name());
    let heading = [
        "order_number",
        "status",
        created.as_str(),
        "created_at (UTC)",
        "confirmed_at",
        "phone",
        "recipient",
        "items",
        "delivery_type",
        "destination",
        "payment_method",
        "subtotal_uah",
        "delivery_uah",
        "total_uah",
        "tracking_number",
    ];
    let rows: Vec<_> = rows.iter().map(row).collect();
    sheet::download(&format!("orders-{from}-{to}.csv"), &heading, &rows)
}

pub(super) async fn bookings(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (from, to) = asked.days(desk.clock().now(), visitor.zone())?;
    let what = json!({ "from": from, "to": to });
    visitor.note(&desk, "bookings.exported", ("bookings", String::new()), Some(what)).await?;
    let rows = orders::bookings_between(desk.pool(), visitor.tenant()?, (from, to)).await?;
    if rows.len() > EXPORT_ROWS_MAX {
        return Ok(too_many(&visitor));
    }
    let row = |booking: &BookingOut| {
        vec![
            booking.station.clone(),
            booking.booking_date.to_string(),
            format::time(booking.booking_time),
            booking.post.to_string(),
            booking.service_type.clone(),
            booking.status.clone(),
            booking.attended.map_or_else(String::new, |came| came.to_string()),
            booking.customer_name.clone(),
            booking.phone.clone().unwrap_or_default(),
            booking.vehicle_info.clone(),
            booking.tire_diameter.map_or_else(String::new, |inches| inches.to_string()),
            booking.price.map_or_else(String::new, |price| price.to_string()),
            format::utc(booking.created_at),
        ]
    };
    let heading = [
        "station",
        "date",
        "time",
        "post",
        "service",
        "status",
        "attended",
        "customer_name",
        "phone",
        "vehicle",
        "rim_inches",
        "price_uah",
        "created_at (UTC)",
    ];
    let rows: Vec<_> = rows.iter().map(row).collect();
    sheet::download(&format!("bookings-{from}-{to}.csv"), &heading, &rows)
}
