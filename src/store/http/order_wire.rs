//! Orders as back offices write them. Whatever they leave out is computed; whatever they give
//! must agree with it.

use super::wire::{Count, Day, Id, Money, Text};
use crate::pii::Personal;
use crate::shop::{DeliveryType, OrderStatus, same_order_number};
use crate::store::{OrderLine, OrderState, OrderView, PricedDelivery, StoreError};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use uuid::Uuid;

fn unreadable(what: &str) -> StoreError {
    StoreError::Away(format!("the back office's order cannot be used: {what}"))
}

/// The states of the Store API, and the words that shops use for the same.
fn status(word: &str) -> Option<OrderStatus> {
    Some(match word.to_lowercase().as_str() {
        "draft" => OrderStatus::Draft,
        "created" | "new" | "confirmed" | "processing" => OrderStatus::Confirmed,
        "shipped" => OrderStatus::Shipped,
        "delivering" | "in_delivery" => OrderStatus::Delivering,
        "delivered" | "completed" => OrderStatus::Delivered,
        "cancelled" | "canceled" => OrderStatus::Cancelled,
        _ => return None,
    })
}

#[derive(Debug, Deserialize)]
struct LineRow {
    product_id: Option<Id>,
    id: Option<Id>,
    name: Text,
    quantity: Count,
    price_per_unit: Option<Money>,
    price: Option<Money>,
    total: Option<Money>,
}

impl LineRow {
    fn line(&self) -> Result<OrderLine, StoreError> {
        let sku = self.product_id.as_ref().or(self.id.as_ref());
        let price = self.price_per_unit.as_ref().or(self.price.as_ref());
        let (Some(sku), Some(price)) = (sku, price) else {
            return Err(unreadable("a line without a product or a price"));
        };
        let quantity = u16::try_from(self.quantity.0).ok().filter(|count| *count > 0);
        let quantity = quantity.ok_or_else(|| unreadable("a line without a quantity"))?;
        let total = price.0 * Decimal::from(quantity);
        if self.total.as_ref().is_some_and(|given| given.0 != total) {
            return Err(unreadable("a line that does not add up"));
        }
        let (sku, name) = (sku.0.clone(), self.name.0.clone());
        Ok(OrderLine { sku, name, quantity, price: price.0, total })
    }
}

#[derive(Debug, Deserialize)]
struct DeliveryRow {
    #[serde(rename = "type")]
    kind: Option<DeliveryType>,
    city: Option<Text>,
    address: Option<Text>,
    cost: Option<Money>,
    estimated_days: Option<Count>,
    estimated_date: Option<Day>,
}

#[derive(Debug, Deserialize)]
struct PaymentRow {
    total: Option<Money>,
}

/// An order, whole or in the part that an answer holds.
#[derive(Debug, Deserialize)]
pub(super) struct OrderRow {
    id: Option<Id>,
    order_id: Option<Id>,
    order_number: Option<Id>,
    status: Option<Text>,
    #[serde(default)]
    items: Vec<LineRow>,
    subtotal: Option<Money>,
    total: Option<Money>,
    currency: Option<Text>,
    delivery: Option<DeliveryRow>,
    payment: Option<PaymentRow>,
    estimated_delivery: Option<Day>,
}

impl OrderRow {
    /// The back office's own id.
    pub(super) fn id(&self) -> Result<String, StoreError> {
        let id = self.id.as_ref().or(self.order_id.as_ref());
        id.map(|id| id.0.clone()).ok_or_else(|| unreadable("it has no id"))
    }

    /// All together, if it is given.
    pub(super) fn total(&self) -> Option<Decimal> {
        let paid = self.payment.as_ref().and_then(|payment| payment.total.as_ref());
        self.total.as_ref().or(paid).map(|money| money.0)
    }

    pub(super) fn estimated_delivery(&self) -> Option<NaiveDate> {
        let of_delivery = self.delivery.as_ref().and_then(|row| row.estimated_date.as_ref());
        self.estimated_delivery.as_ref().or(of_delivery).map(|day| day.0)
    }

    /// Number and sum of an order that is confirmed.
    pub(super) fn confirmed(&self) -> Result<(String, Decimal), StoreError> {
        let word = self.status.as_ref().map_or("", |text| text.0.as_str());
        let is_confirmed = status(word).is_some_and(|status| status == OrderStatus::Confirmed);
        match (&self.order_number, self.total()) {
            (Some(number), Some(total)) if is_confirmed => Ok((number.0.clone(), total)),
            _ => Err(unreadable("it is not confirmed")),
        }
    }

    /// The delivery, if it is chosen; `today` counts the days to a date.
    pub(super) fn delivery(&self, today: NaiveDate) -> Result<Option<PricedDelivery>, StoreError> {
        let Some(row) = &self.delivery else { return Ok(None) };
        let Some(kind) = row.kind else { return Ok(None) };
        let cost = row.cost.as_ref().ok_or_else(|| unreadable("a delivery without its cost"))?.0;
        let days = match (&row.estimated_days, &row.estimated_date) {
            (Some(days), _) => days.0,
            (None, Some(date)) => (date.0 - today).num_days(),
            (None, None) => return Err(unreadable("a delivery without its days")),
        };
        let days = u16::try_from(days).map_err(|_| unreadable("a delivery in the past"))?;
        let place: Vec<&str> = [&row.city, &row.address]
            .into_iter()
            .flatten()
            .map(|text| text.0.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        Ok(Some(PricedDelivery { kind, destination: Personal(place.join(", ")), cost, days }))
    }

    /// The order as the tools know it.
    pub(super) fn view(&self, id: Uuid, today: NaiveDate) -> Result<OrderView, StoreError> {
        if self.currency.as_ref().is_some_and(|word| !word.0.eq_ignore_ascii_case("UAH")) {
            return Err(unreadable("its currency is not UAH"));
        }
        let word = self.status.as_ref().map_or("", |text| text.0.as_str());
        let status = status(word).ok_or_else(|| unreadable("its status is unknown"))?;
        let lines = self.items.iter().map(LineRow::line).collect::<Result<Vec<_>, _>>()?;
        if lines.is_empty() {
            return Err(unreadable("it has no lines"));
        }
        let subtotal: Decimal = lines.iter().map(|line| line.total).sum();
        let delivery = self.delivery(today)?;
        let total = subtotal + delivery.as_ref().map_or(Decimal::ZERO, |row| row.cost);
        let agrees = |given: Option<Decimal>, ours| given.is_none_or(|given| given == ours);
        if !agrees(self.subtotal.as_ref().map(|money| money.0), subtotal)
            || !agrees(self.total(), total)
        {
            return Err(unreadable("it does not add up"));
        }
        Ok(OrderView { id, status, lines, subtotal, delivery, total })
    }
}

#[derive(Debug, Deserialize)]
struct CustomerRow {
    phone: Option<Text>,
}

/// An order in a list of them.
#[derive(Debug, Deserialize)]
pub(super) struct StateRow {
    id: Option<Id>,
    order_id: Option<Id>,
    order_number: Id,
    status: Text,
    created_at: Option<Text>,
    total: Option<Money>,
    payment: Option<PaymentRow>,
    items_summary: Option<Text>,
    estimated_delivery: Option<Day>,
    customer: Option<CustomerRow>,
    customer_phone: Option<Text>,
}

impl StateRow {
    pub(super) fn id(&self) -> Result<&str, StoreError> {
        let id = self.id.as_ref().or(self.order_id.as_ref());
        id.map(|id| id.0.as_str()).ok_or_else(|| unreadable("it has no id"))
    }

    pub(super) fn is_numbered(&self, number: &str) -> bool {
        same_order_number(&self.order_number.0, number)
    }

    /// When it was made, as text that sorts.
    pub(super) fn created(&self) -> Option<String> {
        self.created_at.as_ref().map(|text| text.0.clone())
    }

    /// Whose number it stands under, if it says so.
    pub(super) fn owner(&self) -> Option<String> {
        let nested = self.customer.as_ref().and_then(|customer| customer.phone.as_ref());
        nested.or(self.customer_phone.as_ref()).map(|text| text.0.clone())
    }

    /// The order as the tools know it; `None` if its status or its sum cannot be told.
    pub(super) fn state(self) -> Option<OrderState> {
        let Some(status) = status(&self.status.0) else {
            tracing::warn!(status = self.status.0, "the back office has a status that we do not");
            return None;
        };
        let paid = self.payment.and_then(|payment| payment.total);
        Some(OrderState {
            number: self.order_number.0,
            status,
            total: self.total.or(paid)?.0,
            summary: self.items_summary.map(|text| text.0).unwrap_or_default(),
            estimated_delivery: self.estimated_delivery.map(|day| day.0),
        })
    }
}
