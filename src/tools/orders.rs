//! Orders: put together, confirmed under the caller's yes, and asked about.

use super::agreed::{agreed, surely};
use super::ledger::Focus;
use super::tires::{find_exactly, money};
use super::{Guard, Refusal, ToolDesk, args, grounding};
use crate::ids::{effect_key, sha256_hex};
use crate::pii::Personal;
use crate::shop::{
    AgreedItem, Agreement, ORDER_AMOUNT_MAX, ORDER_PIECES_MAX, OrderStatus, PaymentMethod,
    QUANTITY_MAX,
};
use crate::store::{Confirmation, NewOrder, OrderLine, OrderView};
use crate::turn::{Approval, Proposal};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Canonical name of the draft.
pub(super) const DRAFT: &str = "create_order_draft";
/// Canonical name of the confirmation.
pub(super) const CONFIRM: &str = "confirm_order";
/// Orders that one call may confirm; the store counts those of a day over all calls.
const ORDERS_MAX: usize = 3;
/// Articles in one order; nobody says more on the telephone.
const ITEMS_MAX: usize = 10;

/// One article.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    /// The id of a tyre that a search of this call returned.
    product_id: String,
    /// Pieces, as the caller said.
    #[schemars(range(min = 1, max = 99))]
    quantity: i64,
}

/// Arguments of the draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftArgs {
    /// What the caller wants to buy.
    #[schemars(length(min = 1, max = 10))]
    items: Vec<Item>,
    /// Only when the system asks for a number: the one that the caller gave, `+380671234567`.
    #[serde(default)]
    customer_phone: Option<String>,
}

/// Arguments of the confirmation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmArgs {
    /// `order_id` of the draft, for example D1.
    order_id: String,
    /// How the caller wants to pay.
    payment_method: PaymentMethod,
    /// Who receives the order, as the caller said it.
    customer_name: String,
    /// The content that was agreed to, as a hash; written by the system alone.
    #[serde(default)]
    #[schemars(skip)]
    #[allow(dead_code, reason = "compared as a part of the whole arguments")]
    content: Option<String>,
}

/// Puts a draft together.
pub(super) async fn draft(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: DraftArgs = args::read(DRAFT, given)?;
    if desk.guards.on(Guard::OrdersPerDay) && desk.ledger.confirmed() >= ORDERS_MAX {
        return Err(Refusal::new(
            "orders_per_day",
            "This number has made its orders for today. Offer an operator for more.".into(),
        ));
    }
    let items = items(desk, &given.items).await?;
    let contact = desk.contact("customer_phone", given.customer_phone.as_deref())?;
    let content = json!({
        "items": items,
        "phone": contact.phone,
        // The same again after a confirmed order is another order, and asks for another yes.
        "after": desk.ledger.confirmed(),
    });
    let order = NewOrder {
        items,
        phone: contact.phone,
        phone_verified: contact.verified,
        draft_key: effect_key(desk.scope.call, DRAFT, &content),
    };
    let view = desk.store.draft_order(&desk.scope, &order).await.map_err(Refusal::from_store)?;
    check_amount(desk, view.subtotal)?;
    let mut answer = json!({
        "status": view.status,
        "items": view.lines.iter().map(line).collect::<Vec<_>>(),
        "subtotal": money(view.subtotal),
        "total": money(view.total),
        "message": "Nothing is ordered yet. Ask: delivery or pickup? Then call \
                    update_order_delivery.",
    });
    answer["order_id"] = json!(desk.ledger.name_draft(view));
    desk.ledger.focus = Focus::Order;
    Ok(answer)
}

/// Articles and pieces, each article once, each named by a result of this call, each in stock.
async fn items(desk: &ToolDesk, given: &[Item]) -> Result<Vec<(String, u16)>, Refusal> {
    if given.is_empty() || given.len() > ITEMS_MAX {
        return Err(Refusal::new(
            "bad_arguments",
            format!("items must hold 1 to {ITEMS_MAX} articles. Ask what the caller wants."),
        ));
    }
    let mut items: Vec<(String, u16)> = Vec::new();
    for item in given {
        let (sku, pieces) = (product(desk, &item.product_id)?, pieces(desk, item.quantity)?);
        match items.iter_mut().find(|(known, _)| *known == sku) {
            Some((_, quantity)) => *quantity = quantity.saturating_add(pieces),
            None => items.push((sku, pieces)),
        }
    }
    let total: u32 = items.iter().map(|(_, quantity)| u32::from(*quantity)).sum();
    if desk.guards.on(Guard::QuantityLimit) && total > ORDER_PIECES_MAX {
        return Err(Refusal::new(
            "too_many_pieces",
            format!(
                "{total} tyres are more than {ORDER_PIECES_MAX}: only an operator takes such an \
                 order. Say so and call transfer_to_operator."
            ),
        )
        .with("pieces_max", json!(ORDER_PIECES_MAX)));
    }
    check_stock(desk, &items).await?;
    items.sort();
    Ok(items)
}

fn pieces(desk: &ToolDesk, quantity: i64) -> Result<u16, Refusal> {
    let legal = u16::try_from(quantity).ok();
    let guarded = desk.guards.on(Guard::QuantityLimit);
    legal.filter(|pieces| !guarded || (1..=QUANTITY_MAX).contains(pieces)).ok_or_else(|| {
        Refusal::new(
            "quantity_bad",
            format!(
                "quantity must be 1 to {QUANTITY_MAX}. Ask how many tyres the caller wants; more \
                 than {ORDER_PIECES_MAX} in all go to an operator."
            ),
        )
    })
}

/// The article number that a model means.
fn product(desk: &ToolDesk, given: &str) -> Result<String, Refusal> {
    let given = args::text("product_id", Some(given))?.unwrap_or_default();
    let known = desk.ledger.products.iter().find(|sku| {
        sku.eq_ignore_ascii_case(&given)
            || (!given.is_empty() && sku.trim_start_matches('0') == given.trim_start_matches('0'))
    });
    match known {
        Some(sku) => Ok(sku.clone()),
        None if !desk.guards.on(Guard::KnownProduct) => Ok(given),
        None => Err(Refusal::new(
            "product_unknown",
            "product_id must be the id of a tyre that search_tires or check_availability returned \
             in this call. Call one of them first."
                .into(),
        )),
    }
}

/// Enough of each in stock, and not more than an operator must see. The draft's own prices and
/// the stock at the confirmation come from the store; this only saves a caller the detour.
async fn check_stock(desk: &ToolDesk, items: &[(String, u16)]) -> Result<(), Refusal> {
    let mut amount = Decimal::ZERO;
    for (sku, quantity) in items {
        let Some(tire) = find_exactly(desk, sku).await? else {
            return Err(Refusal::new(
                "product_unknown",
                "The shop no longer has this tyre. Call search_tires and offer another.".into(),
            ));
        };
        let available = tire.quantity.max(0);
        if i32::from(*quantity) > available {
            return Err(Refusal::new(
                "out_of_stock",
                format!(
                    "There are {available} of {} {}, not {quantity}. Offer {available}, or other \
                     tyres of this size.",
                    tire.brand, tire.model
                ),
            )
            .with("available", json!(available)));
        }
        amount += tire.price * Decimal::from(*quantity);
    }
    check_amount(desk, amount)
}

/// Not more than an operator must see.
pub(super) fn check_amount(desk: &ToolDesk, amount: Decimal) -> Result<(), Refusal> {
    if !desk.guards.on(Guard::AmountLimit) || amount <= ORDER_AMOUNT_MAX {
        return Ok(());
    }
    Err(Refusal::new(
        "amount_too_high",
        format!(
            "The order is above {ORDER_AMOUNT_MAX} UAH: only an operator takes such an order. Say so \
             and call transfer_to_operator."
        ),
    ))
}

/// A line as the model sees it.
fn line(line: &OrderLine) -> Value {
    json!({
        "name": line.name,
        "quantity": line.quantity,
        "price": money(line.price),
        "total": money(line.total),
    })
}

/// The order that a model means, as the store has it now.
pub(super) async fn named(
    desk: &ToolDesk,
    order_id: &str,
) -> Result<(String, OrderView, Option<String>), Refusal> {
    let (alias, id, number) = match desk.ledger.draft(order_id) {
        Ok((alias, draft)) => (alias, draft.view.id, draft.number),
        Err(refusal) => match Uuid::try_parse(order_id.trim()) {
            Ok(id) if !desk.guards.on(Guard::Ownership) => (order_id.trim().into(), id, None),
            _ => return Err(refusal),
        },
    };
    let view = desk.store.order(&desk.scope, id).await.map_err(Refusal::from_store)?;
    Ok((alias, view, number))
}

/// A confirmation that has passed every check but the store's.
struct Checked {
    view: OrderView,
    agreement: Agreement,
    confirmation: Confirmation,
    canonical: Value,
    number: Option<String>,
}

/// Checks a confirmation to the end and says what it would be.
pub(super) async fn prepare(desk: &mut ToolDesk, given: &Value) -> Result<Proposal, Refusal> {
    let checked = check(desk, given).await?;
    if checked.view.status != OrderStatus::Draft {
        let refusal = Refusal::new(
            "already_confirmed",
            "This order is confirmed already. Tell the caller its number; for another order call \
             create_order_draft."
                .into(),
        );
        return Err(refusal.with("order_number", json!(checked.number)));
    }
    Ok(Proposal { agreement: checked.agreement, args: checked.canonical })
}

async fn check(desk: &ToolDesk, given: &Value) -> Result<Checked, Refusal> {
    let given: ConfirmArgs = args::read(CONFIRM, given)?;
    let (alias, view, number) = named(desk, &given.order_id).await?;
    let Some(delivery) = &view.delivery else {
        return Err(Refusal::new(
            "delivery_missing",
            "Delivery is not chosen yet. Ask: delivery or pickup? Then call \
             update_order_delivery."
                .into(),
        ));
    };
    check_amount(desk, view.total)?;
    let recipient = grounding::name(desk, &given.customer_name)?;
    let agreement = Agreement::Order {
        items: view.lines.iter().map(agreed_item).collect(),
        delivery: delivery.kind,
        destination: delivery.destination.clone(),
        delivery_cost: delivery.cost,
        payment: given.payment_method,
        total: view.total,
        recipient: Personal(recipient.clone()),
    };
    let content = serde_json::to_string(&agreement).unwrap_or_default();
    let canonical = json!({
        "order_id": alias,
        "payment_method": given.payment_method,
        "customer_name": recipient,
        "content": sha256_hex(&content),
    });
    let confirmation = Confirmation {
        order: view.id,
        payment: given.payment_method,
        recipient: Personal(recipient),
        total: view.total,
    };
    Ok(Checked { view, agreement, confirmation, canonical, number })
}

fn agreed_item(line: &OrderLine) -> AgreedItem {
    AgreedItem {
        name: line.name.clone(),
        quantity: line.quantity,
        price: line.price,
        total: line.total,
    }
}

/// Confirms under the caller's yes.
pub(super) async fn confirm(
    desk: &mut ToolDesk,
    given: &Value,
    approval: Option<&Approval>,
) -> Result<Value, Refusal> {
    let checked = check(desk, given).await?;
    let approval = agreed(desk, CONFIRM, given, &checked.canonical, approval)?;
    let (store, scope, wish) = (&desk.store, &desk.scope, &checked.confirmation);
    let made = surely(desk, &approval, || store.confirm_order(scope, wish, &approval)).await;
    let made = made.map_err(Refusal::from_store)?;
    let confirmed = OrderView { status: OrderStatus::Confirmed, ..checked.view };
    desk.ledger.name_draft(confirmed);
    if let Some(draft) = desk.ledger.drafts.iter_mut().find(|draft| draft.view.id == wish.order) {
        draft.number = Some(made.number.clone());
    }
    desk.ledger.focus = Focus::Order;
    Ok(json!({
        "status": "confirmed",
        "order_number": made.number,
        "total": money(made.total),
        "estimated_delivery": made.estimated_delivery,
        "sms_sent": false,
        "message": "Ordered. Tell the caller the number, the total and the day; promise no SMS. \
                    Then offer to book the fitting.",
    }))
}
