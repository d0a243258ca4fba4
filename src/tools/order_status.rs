//! Orders that the caller asks about; only their own.

use super::ledger::Focus;
use super::tires::money;
use super::{Refusal, ToolDesk, args};
use crate::language::Language;
use crate::shop::OrderStatus;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "get_order_status";

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusArgs {
    /// The number of one order, if the caller gave it.
    #[serde(default)]
    order_number: Option<String>,
}

/// Tells where the caller's orders stand. Someone else's number is answered like one that does
/// not exist.
pub(super) async fn status(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: StatusArgs = args::read(NAME, given)?;
    let number = args::text("order_number", given.order_number.as_deref())?;
    let scope = desk.identity()?;
    let found = desk.store.orders(&scope, number.as_deref()).await.map_err(Refusal::from_store)?;
    desk.ledger.focus = Focus::Question;
    if found.is_empty() {
        return Ok(json!({
            "found": false,
            "total": 0,
            "orders": [],
            "message": "There is no such order under the caller's number. Say so; offer an \
                        operator.",
        }));
    }
    let orders: Vec<Value> = found
        .iter()
        .map(|order| {
            json!({
                "order_number": order.number,
                "status": order.status,
                "status_label": label(order.status, desk.language),
                "total": money(order.total),
                "items": order.summary,
                "estimated_delivery": order.estimated_delivery,
            })
        })
        .collect();
    Ok(json!({ "found": true, "total": orders.len(), "orders": orders }))
}

/// The state as it is said.
const fn label(status: OrderStatus, language: Language) -> &'static str {
    match (status, language) {
        (OrderStatus::Draft, Language::En) => "being put together",
        (OrderStatus::Draft, Language::Uk) => "оформлюється",
        (OrderStatus::Draft, Language::Ru) => "оформляется",
        (OrderStatus::Confirmed, Language::En) => "confirmed",
        (OrderStatus::Confirmed, Language::Uk) => "підтверджене",
        (OrderStatus::Confirmed, Language::Ru) => "подтверждён",
        (OrderStatus::Shipped, Language::En) => "on its way",
        (OrderStatus::Shipped, Language::Uk) => "відправлене",
        (OrderStatus::Shipped, Language::Ru) => "отправлен",
        (OrderStatus::Delivering, Language::En) => "out for delivery",
        (OrderStatus::Delivering, Language::Uk) => "доставляється",
        (OrderStatus::Delivering, Language::Ru) => "доставляется",
        (OrderStatus::Delivered, Language::En) => "delivered",
        (OrderStatus::Delivered, Language::Uk) => "доставлене",
        (OrderStatus::Delivered, Language::Ru) => "доставлен",
        (OrderStatus::Cancelled, Language::En) => "cancelled",
        (OrderStatus::Cancelled, Language::Uk) => "скасоване",
        (OrderStatus::Cancelled, Language::Ru) => "отменён",
    }
}
