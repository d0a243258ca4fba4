//! Drafts of orders: put together from the catalogue, sent somewhere, shown, and what became of
//! them.

use super::agreed::own_number;
use super::stations::rule;
use super::transaction::Fault;
use crate::language::Language;
use crate::pii::Personal;
use crate::shop::{DeliveryType, OrderStatus, QUANTITY_MAX, same_order_number};
use crate::store::{
    NewOrder, OrderLine, OrderState, OrderView, PricedDelivery, Scope, StoreError, StoreLimits,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

/// Orders of one answer.
const ORDERS_SHOWN_MAX: usize = 5;
/// Orders of one number that are looked through for the one that is asked for.
const ORDERS_READ_MAX: i64 = 1_000;

/// Puts a draft together; the same key again finds the one that stands.
pub(super) async fn draft(
    conn: &mut PgConnection,
    scope: &Scope,
    limits: &StoreLimits,
    wanted: &NewOrder,
) -> Result<OrderView, Fault> {
    refuse_bad_quantities(wanted, limits)?;
    refuse_too_many_today(conn, scope, limits, wanted.phone.reveal()).await?;
    let id = crate::ids::row_id(scope.call, &format!("order {}", wanted.draft_key));
    let inserted = sqlx::query(
        "insert into orders (id, tenant_id, phone, phone_verified, source_call_id, draft_key) \
         values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, draft_key) do nothing",
    )
    .bind(id)
    .bind(scope.tenant.0)
    .bind(wanted.phone.reveal())
    .bind(wanted.phone_verified)
    .bind(scope.call.0)
    .bind(&wanted.draft_key)
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() == 0 {
        return standing(conn, scope, wanted).await;
    }
    insert_items(conn, scope, id, wanted).await?;
    reprice(conn, id).await?;
    view(conn, scope, id).await
}

fn refuse_bad_quantities(wanted: &NewOrder, limits: &StoreLimits) -> Result<(), Fault> {
    let repeated = |index: usize, sku: &str| wanted.items[..index].iter().any(|(s, _)| s == sku);
    let bad = wanted.items.is_empty()
        || wanted.items.iter().enumerate().any(|(index, (sku, quantity))| {
            !(1..=QUANTITY_MAX).contains(quantity) || repeated(index, sku)
        });
    if bad {
        return Err(rule(
            "quantity_bad",
            "Name each article once, with 1 to 99 pieces. Ask the caller how many.",
        ));
    }
    let pieces: u32 = wanted.items.iter().map(|(_, quantity)| u32::from(*quantity)).sum();
    if pieces > limits.order_pieces_max { Err(too_many_pieces()) } else { Ok(()) }
}

pub(super) fn too_many_pieces() -> Fault {
    rule(
        "too_many_pieces",
        "More than 20 pieces are sold by an operator. Offer transfer_to_operator.",
    )
}

/// A number may confirm only so many orders a day; cancelled ones count too.
pub(super) async fn refuse_too_many_today(
    conn: &mut PgConnection,
    scope: &Scope,
    limits: &StoreLimits,
    phone: &str,
) -> Result<(), Fault> {
    let today: i64 = sqlx::query_scalar(
        "select count(*) from orders o join tenants t on t.id = o.tenant_id \
         where o.phone = $1 and o.confirmed_at is not null \
           and (o.confirmed_at at time zone t.timezone)::date = ($2 at time zone t.timezone)::date",
    )
    .bind(phone)
    .bind(scope.now)
    .fetch_one(conn)
    .await?;
    if today >= i64::from(limits.orders_per_day_max) {
        return Err(rule(
            "orders_per_day",
            "This number has ordered three times today, which is as often as the shop allows. \
             Offer transfer_to_operator.",
        ));
    }
    Ok(())
}

/// The draft that this key made before.
async fn standing(
    conn: &mut PgConnection,
    scope: &Scope,
    wanted: &NewOrder,
) -> Result<OrderView, Fault> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "select id from orders where draft_key = $1 and source_call_id = $2 for update",
    )
    .bind(&wanted.draft_key)
    .bind(scope.call.0)
    .fetch_optional(&mut *conn)
    .await?;
    let id = id.ok_or(Fault::Refused(StoreError::EffectMismatch))?;
    reprice(conn, id).await?;
    let standing = view(conn, scope, id).await?;
    let there = standing.lines.iter().map(|line| (&line.sku, line.quantity));
    if !there.eq(wanted.items.iter().map(|(sku, quantity)| (sku, *quantity))) {
        return Err(Fault::Refused(StoreError::EffectMismatch));
    }
    Ok(standing)
}

async fn insert_items(
    conn: &mut PgConnection,
    scope: &Scope,
    order: Uuid,
    wanted: &NewOrder,
) -> Result<(), Fault> {
    let (skus, quantities): (Vec<&str>, Vec<i32>) =
        wanted.items.iter().map(|(sku, quantity)| (sku.as_str(), i32::from(*quantity))).unzip();
    let inserted = sqlx::query(
        "insert into order_items (tenant_id, order_id, line, product_id, product_name, \
             quantity, price_per_unit) \
         select $1, $2, wanted.line, p.sku, '', wanted.quantity, p.price \
         from unnest($3::text[], $4::int[]) with ordinality wanted (sku, quantity, line) \
         join products p on p.sku = wanted.sku and p.active and p.price > 0",
    )
    .bind(scope.tenant.0)
    .bind(order)
    .bind(&skus)
    .bind(&quantities)
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() != skus.len() as u64 {
        return Err(product_unknown());
    }
    let short: Option<(String, i32)> = sqlx::query_as(
        "select p.sku, p.quantity from order_items i join products p on p.sku = i.product_id \
         where i.order_id = $1 and p.quantity < i.quantity order by i.line limit 1",
    )
    .bind(order)
    .fetch_optional(conn)
    .await?;
    short.map_or(Ok(()), |(sku, left)| Err(out_of_stock(&sku, left)))
}

pub(super) fn product_unknown() -> Fault {
    rule(
        "product_unknown",
        "The catalogue has no such article for sale. Call search_tires and use an id from its \
         answer.",
    )
}

pub(super) fn out_of_stock(sku: &str, left: i32) -> Fault {
    rule(
        "out_of_stock",
        format!(
            "There are only {left} pieces of {sku}. Offer that many, another tyre, or \
             add_to_wishlist."
        ),
    )
}

/// Brings a draft to today's catalogue and rates. Every figure of an order comes from here.
pub(super) async fn reprice(conn: &mut PgConnection, order: Uuid) -> Result<(), Fault> {
    sqlx::query(
        "update order_items i set price_per_unit = p.price, \
             product_name = p.brand || ' ' || p.model || ' ' \
                 || tire_size(p.width, p.profile, p.rim_tenths, p.commercial) \
         from products p, orders o \
         where i.order_id = $1 and p.sku = i.product_id and p.price > 0 \
           and o.id = i.order_id and o.status = 'draft'",
    )
    .bind(order)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "update orders o set subtotal = made.subtotal, items = made.items, updated_at = now(), \
             delivery_cost = case when o.delivery_type = 'delivery' then coalesce( \
                 (select case when made.subtotal >= r.free_from then 0 \
                         else r.base_cost + r.cost_per_piece * made.pieces end \
                  from delivery_rates r where r.id = o.delivery_rate_id), \
                 o.delivery_cost) else 0 end \
         from (select sum(total) as subtotal, sum(quantity) as pieces, \
                   jsonb_agg(jsonb_build_object('product_id', product_id, 'name', product_name, \
                       'quantity', quantity, 'price_per_unit', price_per_unit, 'total', total) \
                       order by line) as items \
               from order_items where order_id = $1) made \
         where o.id = $1 and o.status = 'draft' and made.subtotal is not null",
    )
    .bind(order)
    .execute(conn)
    .await?;
    Ok(())
}

/// A draft of this call, locked, with today's prices.
pub(super) async fn show(
    conn: &mut PgConnection,
    scope: &Scope,
    order: Uuid,
) -> Result<OrderView, Fault> {
    lock_own(conn, scope, order).await?;
    reprice(conn, order).await?;
    view(conn, scope, order).await
}

/// Locks an order of this call; its status and phone.
pub(super) async fn lock_own(
    conn: &mut PgConnection,
    scope: &Scope,
    order: Uuid,
) -> Result<OrderStatus, Fault> {
    let status: Option<String> = sqlx::query_scalar(
        "select status from orders where id = $1 and source_call_id = $2 for update",
    )
    .bind(order)
    .bind(scope.call.0)
    .fetch_optional(conn)
    .await?;
    status.map(|word| status_of(&word)).ok_or_else(unknown_order)
}

pub(super) fn unknown_order() -> Fault {
    rule("unknown_order", "This call has no such draft. Call create_order_draft first.")
}

/// The status of a word in the table, whose check leaves only these.
pub(super) fn status_of(word: &str) -> OrderStatus {
    match word {
        "draft" => OrderStatus::Draft,
        "confirmed" => OrderStatus::Confirmed,
        "shipped" => OrderStatus::Shipped,
        "delivering" => OrderStatus::Delivering,
        "delivered" => OrderStatus::Delivered,
        _ => OrderStatus::Cancelled,
    }
}

#[derive(sqlx::FromRow)]
struct Head {
    status: String,
    subtotal: Decimal,
    delivery_cost: Decimal,
    total: Decimal,
    delivery_type: Option<String>,
    destination: Option<String>,
    delivery_days: Option<i16>,
}

/// An order as it stands in the tables.
pub(super) async fn view(
    conn: &mut PgConnection,
    scope: &Scope,
    order: Uuid,
) -> Result<OrderView, Fault> {
    let head: Head = sqlx::query_as(
        "select o.status, o.subtotal, o.delivery_cost, o.total, o.delivery_type, \
                o.delivery_days, \
                case when o.delivery_type = 'delivery' \
                    then o.delivery_city || ', ' || o.delivery_address \
                    else concat_ws(', ', \
                        coalesce(nullif(case when $2 then p.name_uk end, ''), p.name), \
                        coalesce(nullif(case when $2 then p.city_uk end, ''), p.city), \
                        nullif(coalesce(nullif(case when $2 then p.address_uk end, ''), \
                            p.address), '')) \
                end as destination \
         from orders o left join pickup_points p on p.id = o.pickup_point_id where o.id = $1",
    )
    .bind(order)
    .bind(scope.language != Language::En)
    .fetch_one(&mut *conn)
    .await?;
    let rows: Vec<(String, String, i32, Decimal, Decimal)> = sqlx::query_as(
        "select product_id, product_name, quantity, price_per_unit, total \
         from order_items where order_id = $1 order by line",
    )
    .bind(order)
    .fetch_all(conn)
    .await?;
    let line = |(sku, name, quantity, price, total): (String, String, i32, Decimal, Decimal)| {
        // The table's check keeps it from 1 to 99.
        OrderLine { sku, name, quantity: u16::try_from(quantity).unwrap_or_default(), price, total }
    };
    let kind = head.delivery_type.map(|word| match word.as_str() {
        "pickup" => DeliveryType::Pickup,
        _ => DeliveryType::Delivery,
    });
    Ok(OrderView {
        id: order,
        status: status_of(&head.status),
        lines: rows.into_iter().map(line).collect(),
        subtotal: head.subtotal,
        delivery: kind.map(|kind| PricedDelivery {
            kind,
            destination: Personal(head.destination.unwrap_or_default()),
            cost: head.delivery_cost,
            days: head.delivery_days.and_then(|days| u16::try_from(days).ok()).unwrap_or_default(),
        }),
        total: head.total,
    })
}

/// Orders of the caller's own number, newest first. Another's number is answered as an unknown
/// one.
pub(super) async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    number: Option<&str>,
) -> Result<Vec<OrderState>, Fault> {
    let rows: Vec<(String, String, Decimal, String, Option<NaiveDate>)> = sqlx::query_as(
        "select o.order_number, o.status, o.total, coalesce(made.summary, ''), \
                o.estimated_delivery \
         from orders o left join lateral ( \
             select string_agg(i.quantity || ' ' || i.product_name, ', ' order by i.line) as summary \
             from order_items i where i.order_id = o.id) made on true \
         where o.phone = $1 and o.order_number is not null \
         order by o.confirmed_at desc nulls last, o.order_number desc limit $2",
    )
    .bind(own_number(scope)?.reveal())
    .bind(ORDERS_READ_MAX)
    .fetch_all(conn)
    .await?;
    let state =
        |(number, status, total, summary, estimated_delivery): (String, String, _, _, _)| {
            OrderState { number, status: status_of(&status), total, summary, estimated_delivery }
        };
    let asked =
        |row: &(String, String, _, _, _)| number.is_none_or(|said| same_order_number(&row.0, said));
    Ok(rows.into_iter().filter(asked).take(ORDERS_SHOWN_MAX).map(state).collect())
}
