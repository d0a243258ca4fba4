//! Orders over the Store API: put together, delivered, confirmed under the caller's yes, asked
//! about by their owner. Sums come from the back office and must add up, or they are not used.

use super::client::{Ask, Trouble};
use super::order_wire::OrderRow;
use super::records::{Known, Limit, phone_hash};
use super::wire::{self, Id, Text};
use super::{Inner, refused_by_shop, rule};
use crate::ids::row_id;
use crate::shop::{
    DeliveryType, ORDER_AMOUNT_MAX, ORDER_PIECES_MAX, OrderStatus, PaymentMethod, QUANTITY_MAX,
};
use crate::store::{
    Confirmation, ConfirmedOrder, Delivery, NewOrder, OrderView, PickupPoint, Scope, StoreError,
};
use crate::turn::Approval;
use reqwest::Method;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

/// Orders that one number may confirm on one day.
const ORDERS_PER_DAY_MAX: u32 = 3;

/// Puts a draft together. The same draft key again is the same draft.
pub(super) async fn draft(
    store: &Inner,
    scope: &Scope,
    order: &NewOrder,
) -> Result<OrderView, StoreError> {
    let named_twice = |index: usize, sku: &str| order.items[..index].iter().any(|row| row.0 == sku);
    let bad = |(index, (sku, count)): (usize, &(String, u16))| {
        !(1..=QUANTITY_MAX).contains(count) || named_twice(index, sku)
    };
    if order.items.is_empty() || order.items.iter().enumerate().any(bad) {
        return Err(rule(
            "quantity_bad",
            "Name each article once, with 1 to 99 pieces. Ask the caller how many.",
        ));
    }
    let pieces: u32 = order.items.iter().map(|(_, quantity)| u32::from(*quantity)).sum();
    if pieces > ORDER_PIECES_MAX {
        return Err(rule(
            "too_many_pieces",
            "So many tyres are an operator's business. Call transfer_to_operator.",
        ));
    }
    refuse_too_many(store, scope, &order.phone).await?;
    let items: Vec<_> = (order.items.iter())
        .map(|(sku, quantity)| json!({ "product_id": sku, "quantity": quantity }))
        .collect();
    let ask = Ask::new(Method::POST, &["orders"])
        .body(json!({
            "customer_phone": order.phone.reveal(),
            "items": items,
            "source": "ai_agent",
            "call_id": scope.call.0,
        }))
        .effect(&order.draft_key);
    let client = &store.client;
    let row = client.ask(client.deadline(), &ask, wire::one::<OrderRow>).await;
    // A draft promises nothing, and is found again by its key.
    let row = row.map_err(|trouble| refused(trouble).without_doubt())?;
    let id = row_id(scope.call, &format!("order {}", order.draft_key));
    let view = row.view(id, scope.now.date_naive())?;
    for (sku, quantity) in &order.items {
        if !view.lines.iter().any(|line| line.sku == *sku && line.quantity == *quantity) {
            return Err(StoreError::Away("the back office put another order together".into()));
        }
    }
    let known = Known {
        kind: "order",
        local_id: id,
        external_id: row.id()?,
        metadata: json!({
            "call": scope.call.0,
            "phone_sha256": phone_hash(&order.phone),
            "phone_verified": order.phone_verified,
            "state": "draft",
        }),
    };
    // The same draft again must not forget what became of it.
    if store.records.find(scope, "order", id).await?.is_none() {
        store.records.remember(scope, &known).await?;
    }
    Ok(view)
}

async fn refuse_too_many(
    store: &Inner,
    scope: &Scope,
    phone: &crate::pii::Phone,
) -> Result<(), StoreError> {
    let today = scope.now.with_timezone(&store.zone).date_naive();
    let standing = store.records.standing(scope, "order", phone, today).await?;
    if standing < i64::from(ORDERS_PER_DAY_MAX) { Ok(()) } else { Err(too_many()) }
}

fn too_many() -> StoreError {
    rule(
        "orders_per_day",
        "This number has as many orders today as the shop allows. Offer the operator.",
    )
}

/// An order that was put together in this call.
async fn of_this_call(store: &Inner, scope: &Scope, id: Uuid) -> Result<Known, StoreError> {
    let known = store.records.find(scope, "order", id).await?;
    let call = scope.call.0.to_string();
    known.filter(|known| known.text("call") == Some(&call)).ok_or_else(|| {
        rule("unknown_order", "There is no such draft in this call. Call create_order_draft.")
    })
}

async fn view(
    store: &Inner,
    scope: &Scope,
    known: &Known,
    deadline: Instant,
) -> Result<OrderView, StoreError> {
    let ask = Ask::get(&["orders", &known.external_id]).in_language(scope.language);
    let row = store.client.ask(deadline, &ask, wire::one::<OrderRow>).await.map_err(refused)?;
    row.view(known.local_id, scope.now.date_naive())
}

/// A draft of this call as it stands now.
pub(super) async fn order(store: &Inner, scope: &Scope, id: Uuid) -> Result<OrderView, StoreError> {
    let known = of_this_call(store, scope, id).await?;
    view(store, scope, &known, store.client.deadline()).await
}

/// Chooses the delivery of a draft of this call.
pub(super) async fn set_delivery(
    store: &Inner,
    scope: &Scope,
    id: Uuid,
    delivery: &Delivery,
) -> Result<OrderView, StoreError> {
    let deadline = store.client.deadline();
    let known = of_this_call(store, scope, id).await?;
    let (kind, body) = match delivery {
        Delivery::Address { city, address } => (
            DeliveryType::Delivery,
            json!({ "delivery_type": "delivery", "city": city, "address": address.0 }),
        ),
        Delivery::Pickup { point } => {
            (DeliveryType::Pickup, json!({ "delivery_type": "pickup", "pickup_point_id": point }))
        }
    };
    let ask = Ask::new(Method::PATCH, &["orders", &known.external_id, "delivery"]).body(body);
    let set = store.client.ask(deadline, &ask, wire::one::<OrderRow>).await;
    let row = set.map_err(|trouble| match delivery {
        Delivery::Pickup { .. } if trouble.is_missing() || trouble.is_about(&["pickup"]) => rule(
            "unknown_pickup_point",
            "There is no such pickup point. Call get_pickup_points and use one of its answer.",
        ),
        _ => refused(trouble),
    })?;
    let mut whole = view(store, scope, &known, deadline).await?;
    // The answer to the change knows the days and the place better than the order itself may.
    if let Some(mut priced) = row.delivery(scope.now.date_naive())? {
        if let (true, Delivery::Pickup { point }) = (priced.destination.0.is_empty(), delivery) {
            priced.destination.0 = name_of_point(store, scope, point, deadline).await?;
        }
        if let (true, Delivery::Address { city, address }) =
            (priced.destination.0.is_empty(), delivery)
        {
            priced.destination.0 = format!("{city}, {}", address.0);
        }
        whole.total = whole.subtotal + priced.cost;
        whole.delivery = Some(priced);
    }
    let chosen = whole.delivery.as_ref().is_some_and(|priced| priced.kind == kind);
    if !chosen || row.total().is_some_and(|total| total != whole.total) {
        return Err(StoreError::Away("the back office's delivery does not add up".into()));
    }
    Ok(whole)
}

async fn name_of_point(
    store: &Inner,
    scope: &Scope,
    code: &str,
    deadline: Instant,
) -> Result<String, StoreError> {
    let points = points_of(store, scope, None, deadline).await?;
    let point = points.into_iter().find(|point| point.code == code);
    Ok(point.map_or_else(|| code.to_owned(), |point| format!("{}, {}", point.name, point.address)))
}

/// Confirms a draft of this call for exactly the sum that the caller agreed to.
pub(super) async fn confirm(
    store: &Inner,
    scope: &Scope,
    wanted: &Confirmation,
    approval: &Approval,
) -> Result<ConfirmedOrder, StoreError> {
    let deadline = store.client.deadline();
    let mut known = of_this_call(store, scope, wanted.order).await?;
    let key = approval.effect_key.as_str();
    if known.text("state") == Some("confirmed") && known.text("effect") == Some(key) {
        store.records.approve(scope, approval, None).await?;
        return standing(&known);
    }
    let now = view(store, scope, &known, deadline).await?;
    let is_draft = now.status == OrderStatus::Draft;
    // An answer may have been lost after the order was confirmed: then this very effect began it.
    if !is_draft && known.text("effect") != Some(key) {
        return Err(rule("already_confirmed", "This order is confirmed. Do not confirm it again."));
    }
    if now.delivery.is_none() {
        return Err(rule(
            "delivery_missing",
            "Choose the delivery first: call update_order_delivery.",
        ));
    }
    if now.total != wanted.total {
        return Err(rule(
            "price_changed",
            "The order costs something else by now. Call update_order_delivery and read the new \
             total back.",
        ));
    }
    if now.total > ORDER_AMOUNT_MAX {
        return Err(rule(
            "amount_too_high",
            "An order of this sum is an operator's business. Call transfer_to_operator.",
        ));
    }
    let day = scope.now.with_timezone(&store.zone).date_naive();
    known.note(json!({ "effect": key, "day": day }));
    let limit = Limit {
        phone_sha256: known.text("phone_sha256").unwrap_or_default().to_owned(),
        from: day,
        max: ORDERS_PER_DAY_MAX,
    };
    if !store.records.begin(scope, approval, &known, &limit).await? {
        return Err(too_many());
    }
    let ask = Ask::new(Method::POST, &["orders", &known.external_id, "confirm"])
        .body(json!({
            "payment_method": payment_word(wanted.payment),
            "customer_name": wanted.recipient.0,
            "send_sms_confirmation": false,
        }))
        .effect(key);
    let row = match store.client.ask(deadline, &ask, wire::one::<OrderRow>).await {
        Ok(row) => row,
        Err(trouble) => {
            if matches!(trouble, Trouble::Refused { .. }) {
                known.note(json!({ "state": "draft" }));
                store.note_done(scope, &known).await;
            }
            return Err(refused(trouble));
        }
    };
    let (number, total) = row.confirmed().map_err(StoreError::in_doubt)?;
    known.note(json!({
        "state": "confirmed", "number": number, "total": total,
        "estimated_delivery": row.estimated_delivery(),
    }));
    store.note_done(scope, &known).await;
    if total != wanted.total {
        tracing::error!(order = number, "the back office confirmed another sum than agreed");
        return Err(rule(
            "total_differs",
            "The order stands, but the shop's books show another sum than the caller agreed to. \
             Say so and call transfer_to_operator.",
        ));
    }
    let estimated_delivery = row.estimated_delivery();
    Ok(ConfirmedOrder { id: wanted.order, number, total, estimated_delivery, repeated: !is_draft })
}

/// The order of this effect, which was confirmed before.
fn standing(known: &Known) -> Result<ConfirmedOrder, StoreError> {
    let total: Option<Decimal> = known.text("total").and_then(wire::money);
    match (known.text("number"), total) {
        (Some(number), Some(total)) => Ok(ConfirmedOrder {
            id: known.local_id,
            number: number.to_owned(),
            total,
            estimated_delivery: known.text("estimated_delivery").and_then(|day| day.parse().ok()),
            repeated: true,
        }),
        _ => Err(StoreError::EffectMismatch),
    }
}

/// A refusal of an order, in our words: the back office's own are not for a model.
fn refused(trouble: Trouble) -> StoreError {
    match &trouble {
        _ if trouble.is_about(&["stock"]) => rule(
            "out_of_stock",
            "There are not that many in stock. Call check_availability and offer what there is.",
        ),
        _ if trouble.is_about(&["product"]) => rule(
            "product_unknown",
            "There is no such tyre. Use a product_id that a search of this call returned.",
        ),
        Trouble::Refused { .. } => refused_by_shop(),
        Trouble::Away(_) | Trouble::Lost(_) => trouble.into(),
    }
}

#[derive(Debug, Deserialize)]
struct PointRow {
    id: Id,
    name: Text,
    city: Text,
    address: Text,
}

/// Pickup points, all or those of a city.
pub(super) async fn pickup_points(
    store: &Inner,
    scope: &Scope,
    city: Option<&str>,
) -> Result<Vec<PickupPoint>, StoreError> {
    points_of(store, scope, city, store.client.deadline()).await
}

async fn points_of(
    store: &Inner,
    scope: &Scope,
    city: Option<&str>,
    deadline: Instant,
) -> Result<Vec<PickupPoint>, StoreError> {
    let ask =
        Ask::get(&["pickup-points"]).maybe("city", city.map(str::trim)).in_language(scope.language);
    let rows = store.client.ask(deadline, &ask, wire::list::<PointRow>).await?;
    let point = |row: PointRow| PickupPoint {
        code: row.id.0,
        name: row.name.0,
        city: row.city.0,
        address: row.address.0,
    };
    Ok(rows.into_iter().map(point).collect())
}

const fn payment_word(payment: PaymentMethod) -> &'static str {
    match payment {
        PaymentMethod::Cod => "cod",
        PaymentMethod::Online => "online",
        PaymentMethod::CardOnDelivery => "card_on_delivery",
    }
}
