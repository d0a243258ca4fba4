//! A draft becomes an order: agreement, stock, number and snapshot in one transaction.

use super::agreed::{approve, clean, customer_if, lock_number};
use super::orders::{
    lock_own, out_of_stock, product_unknown, refuse_too_many_today, reprice, too_many_pieces,
    unknown_order, view,
};
use super::stations::rule;
use super::transaction::Fault;
use super::{storage, wishes};
use crate::shop::{OrderStatus, PaymentMethod};
use crate::store::{Confirmation, ConfirmedOrder, OrderView, Scope, StoreError, StoreLimits};
use crate::turn::Approval;
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) async fn confirm(
    conn: &mut PgConnection,
    scope: &Scope,
    limits: &StoreLimits,
    (wanted, approval): &(Confirmation, Approval),
) -> Result<ConfirmedOrder, Fault> {
    let (phone, verified) = buyer(conn, scope, wanted.order).await?;
    lock_number(conn, scope.tenant, &phone).await?;
    // Whoever receives the order may be someone else: it is no name for the customer.
    let customer = customer_if(verified, conn, scope.tenant, &phone, "").await?;
    let agreed = approve(conn, scope, approval).await?;
    if let Some(standing) = standing(conn, wanted, approval).await? {
        return Ok(standing);
    }
    if lock_own(conn, scope, wanted.order).await? != OrderStatus::Draft {
        return Err(rule(
            "already_confirmed",
            "This draft was confirmed before, with another content. Tell the caller that the \
             order stands; changes are an operator's business.",
        ));
    }
    reprice(conn, wanted.order).await?;
    let order = view(conn, scope, wanted.order).await?;
    let days = check(&order, limits, wanted)?;
    refuse_too_many_today(conn, scope, limits, &phone).await?;
    take_stock(conn, &order).await?;
    let by = storage::today(conn, scope.now).await?.checked_add_days(Days::new(days.into()));
    let number: String = sqlx::query_scalar(
        "update orders set status = 'confirmed', order_number = nextval('order_numbers')::text, \
             customer_id = $2, recipient = $3, payment_method = $4, approval_id = $5, \
             effect_key = $6, confirmed_at = $7, estimated_delivery = $8, updated_at = now() \
         where id = $1 returning order_number",
    )
    .bind(order.id)
    .bind(customer)
    .bind(clean(&wanted.recipient.0))
    .bind(payment_word(wanted.payment))
    .bind(agreed)
    .bind(&approval.effect_key)
    .bind(scope.now)
    .bind(by)
    .fetch_one(&mut *conn)
    .await?;
    wishes::fulfilled(conn, order.id).await?;
    Ok(ConfirmedOrder {
        id: order.id,
        number,
        total: order.total,
        estimated_delivery: by,
        repeated: false,
    })
}

const fn payment_word(payment: PaymentMethod) -> &'static str {
    match payment {
        PaymentMethod::Cod => "cod",
        PaymentMethod::Online => "online",
        PaymentMethod::CardOnDelivery => "card_on_delivery",
    }
}

async fn buyer(
    conn: &mut PgConnection,
    scope: &Scope,
    order: Uuid,
) -> Result<(String, bool), Fault> {
    let found = sqlx::query_as(
        "select phone, phone_verified from orders where id = $1 and source_call_id = $2",
    )
    .bind(order)
    .bind(scope.call.0)
    .fetch_optional(conn)
    .await?;
    found.ok_or_else(unknown_order)
}

#[derive(sqlx::FromRow)]
struct Standing {
    id: Uuid,
    order_number: String,
    total: Decimal,
    estimated_delivery: Option<NaiveDate>,
    payment_method: String,
    recipient: String,
}

/// The order of this agreement, if it was made before.
async fn standing(
    conn: &mut PgConnection,
    wanted: &Confirmation,
    approval: &Approval,
) -> Result<Option<ConfirmedOrder>, Fault> {
    let found: Option<Standing> = sqlx::query_as(
        "select id, order_number, total, estimated_delivery, payment_method, recipient \
         from orders where effect_key = $1",
    )
    .bind(&approval.effect_key)
    .fetch_optional(conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let same = found.id == wanted.order
        && found.total == wanted.total
        && found.payment_method == payment_word(wanted.payment)
        && found.recipient == clean(&wanted.recipient.0);
    if !same {
        return Err(Fault::Refused(StoreError::EffectMismatch));
    }
    Ok(Some(ConfirmedOrder {
        id: found.id,
        number: found.order_number,
        total: found.total,
        estimated_delivery: found.estimated_delivery,
        repeated: true,
    }))
}

/// What must hold of a draft before it is sold; its days of delivery.
fn check(order: &OrderView, limits: &StoreLimits, wanted: &Confirmation) -> Result<u16, Fault> {
    let Some(delivery) = &order.delivery else {
        return Err(rule(
            "delivery_missing",
            "It is not settled where the order goes. Call update_order_delivery first.",
        ));
    };
    if clean(&wanted.recipient.0).is_empty() {
        return Err(rule("recipient_missing", "Ask for the name of whoever receives the order."));
    }
    let pieces: u32 = order.lines.iter().map(|line| u32::from(line.quantity)).sum();
    if pieces > limits.order_pieces_max {
        return Err(too_many_pieces());
    }
    if order.total > limits.order_amount_max {
        return Err(rule(
            "amount_too_high",
            "An order of this sum is taken by an operator. Offer transfer_to_operator.",
        ));
    }
    if order.total != wanted.total {
        return Err(rule(
            "price_changed",
            format!(
                "The order costs {} UAH by now. Read it back with this total and ask again.",
                order.total
            ),
        ));
    }
    Ok(delivery.days)
}

/// Takes every line out of the stock, or nothing. In the order of article numbers, so that two
/// orders of the same tyres do not wait for each other.
async fn take_stock(conn: &mut PgConnection, order: &OrderView) -> Result<(), Fault> {
    let mut lines: Vec<_> = order.lines.iter().collect();
    lines.sort_by(|left, right| left.sku.cmp(&right.sku));
    for line in lines {
        let taken = sqlx::query(
            "update products set quantity = quantity - $2, updated_at = now() \
             where sku = $1 and active and quantity >= $2",
        )
        .bind(&line.sku)
        .bind(i32::from(line.quantity))
        .execute(&mut *conn)
        .await?;
        if taken.rows_affected() == 0 {
            let left: Option<i32> =
                sqlx::query_scalar("select quantity from products where sku = $1 and active")
                    .bind(&line.sku)
                    .fetch_optional(conn)
                    .await?;
            return Err(left.map_or_else(product_unknown, |left| out_of_stock(&line.sku, left)));
        }
    }
    Ok(())
}
