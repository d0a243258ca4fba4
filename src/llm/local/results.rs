//! Tool results, read leniently: a model that talked before us, or another version of a tool, may
//! have left something unexpected, which then counts as nothing.

use super::reply::{Offer, OrderNews, Place, Stored, Visit};
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

/// A text, or a number written as one; empty if there is neither.
pub(super) fn text(value: &Value, field: &str) -> String {
    match &value[field] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

pub(super) fn date(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

pub(super) fn time(value: &Value) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(value.as_str()?, "%H:%M").ok()
}

pub(super) fn rows(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn flag(value: &Value, field: &str) -> bool {
    value[field].as_bool().unwrap_or(false)
}

pub(super) fn offer(row: &Value) -> Offer {
    Offer {
        id: text(row, "id"),
        brand: text(row, "brand"),
        model: text(row, "model"),
        price: text(row, "price"),
        quantity: row["quantity"].as_i64().unwrap_or(0),
    }
}

/// A station (`station_id`) or a pickup point (`id`).
pub(super) fn place(row: &Value) -> Place {
    let code = if row["station_id"].is_string() { "station_id" } else { "id" };
    Place {
        code: text(row, code),
        name: text(row, "name"),
        city: text(row, "city"),
        district: text(row, "district"),
        address: text(row, "address"),
    }
}

pub(super) fn visit(row: &Value) -> Option<Visit> {
    Some(Visit {
        id: text(row, "booking_id"),
        station_code: text(row, "station_id"),
        station: text(row, "station"),
        date: date(&row["date"])?,
        time: time(&row["time"])?,
    })
}

pub(super) fn order(row: &Value) -> OrderNews {
    OrderNews {
        number: text(row, "order_number"),
        status: text(row, "status"),
        label: text(row, "status_label"),
        total: text(row, "total"),
        expected: date(&row["estimated_delivery"]),
    }
}

pub(super) fn stored(row: &Value) -> Stored {
    Stored {
        id: text(row, "contract_id"),
        tires: text(row, "tires"),
        location: text(row, "location"),
        debt: text(row, "debt"),
    }
}
