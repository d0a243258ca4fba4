//! What the caller was about to order or to book, for the person who takes the call over.

use super::ToolDesk;
use super::slots::clock;
use serde_json::{Value, json};

/// Orders of one call that are told; nobody puts more together.
const ORDERS_MAX: usize = 5;

impl ToolDesk {
    /// Orders, the time that is kept and the fitting that was booked, as this call has them. An
    /// empty object if there is nothing.
    #[must_use]
    pub fn cart(&self) -> Value {
        let ledger = &self.ledger;
        let mut cart = serde_json::Map::new();
        let orders: Vec<Value> = ledger
            .drafts
            .iter()
            .take(ORDERS_MAX)
            .map(|draft| {
                let items: Vec<Value> = (draft.view.lines.iter())
                    .map(|line| {
                        json!({
                            "sku": line.sku, "name": line.name, "quantity": line.quantity,
                            "price": line.price,
                        })
                    })
                    .collect();
                json!({ "number": draft.number, "items": items, "total": draft.view.total })
            })
            .collect();
        if !orders.is_empty() {
            cart.insert("orders".into(), orders.into());
        }
        if let Some(held) = ledger.holds.iter().rfind(|held| held.until > self.scope.now) {
            let slot = json!({
                "station": held.station, "date": held.slot.date, "time": clock(held.slot.time),
            });
            cart.insert("kept_time".into(), slot);
        }
        if let Some((station, slot)) = &ledger.booked {
            let booked = json!({
                "station": station.name, "date": slot.date, "time": clock(slot.time),
            });
            cart.insert("booked".into(), booked);
        }
        Value::Object(cart)
    }
}
