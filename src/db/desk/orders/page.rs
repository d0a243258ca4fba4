//! Everything that the desk shows of one order.

use super::consent::{Consent, Past, consent, past};
use crate::db::desk::reading;
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// An order.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Order {
    /// Which.
    pub id: Uuid,
    /// What the buyer was told.
    pub order_number: Option<String>,
    /// Where it stands.
    pub status: String,
    /// The buyer.
    pub customer_id: Option<Uuid>,
    /// How the buyer is called.
    pub customer: Option<String>,
    /// The buyer's number.
    pub phone: String,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// Who receives it.
    pub recipient: String,
    /// Of the lines, UAH.
    pub subtotal: Decimal,
    /// UAH.
    pub delivery_cost: Decimal,
    /// UAH.
    pub total: Decimal,
    /// `delivery`, `pickup`.
    pub delivery_type: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// `cod`, `online`, `card_on_delivery`.
    pub payment_method: Option<String>,
    /// The day by which it should be there.
    pub estimated_delivery: Option<NaiveDate>,
    /// The carrier's number.
    pub tracking_number: Option<String>,
    /// Who made it.
    pub source: String,
    /// The call that made it.
    pub source_call_id: Option<Uuid>,
    /// The agreement.
    pub approval_id: Option<Uuid>,
    /// When it was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
}

/// A line of an order, and what is left of it in the stock.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Item {
    /// The article number.
    pub product_id: String,
    /// Maker, model and size.
    pub product_name: String,
    /// Pieces.
    pub quantity: i32,
    /// Price of one, UAH.
    pub price_per_unit: Decimal,
    /// Price of all, UAH.
    pub total: Decimal,
    /// Pieces that are in the stock now.
    pub in_stock: Option<i32>,
    /// When the stock was last changed.
    pub stock_at: Option<DateTime<Utc>>,
}

/// Everything of one order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPage {
    /// The order.
    pub order: Order,
    /// Its lines.
    pub items: Vec<Item>,
    /// The fittings at which its tyres are fitted: id, day, time, status.
    pub bookings: Vec<(Uuid, NaiveDate, NaiveTime, String)>,
    /// What it rests on.
    pub consent: Option<Consent>,
    /// What the desk did with it.
    pub past: Vec<Past>,
}

/// Reads an order; `None` if this shop has none of that id.
///
/// # Errors
/// What Postgres says.
pub async fn order(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<OrderPage>, sqlx::Error> {
    reading(pool, tenant, move |conn| Box::pin(async move { read(conn, id).await })).await
}

async fn read(conn: &mut PgConnection, id: Uuid) -> Result<Option<OrderPage>, sqlx::Error> {
    let found: Option<Order> = sqlx::query_as(
        "select o.id, o.order_number, o.status, o.customer_id, c.name as customer, o.phone, \
                o.phone_verified, o.recipient, o.subtotal, o.delivery_cost, o.total, \
                o.delivery_type, o.payment_method, o.estimated_delivery, o.tracking_number, \
                o.source, o.source_call_id, o.approval_id, o.confirmed_at, o.created_at, \
                case when o.delivery_type = 'delivery' \
                    then o.delivery_city || ', ' || o.delivery_address \
                    else nullif(concat_ws(', ', coalesce(p.name_uk, p.name), \
                        coalesce(p.city_uk, p.city), \
                        nullif(coalesce(p.address_uk, p.address), '')), '') end as destination \
         from orders o left join pickup_points p on p.id = o.pickup_point_id \
         left join customers c on c.id = o.customer_id and c.deleted_at is null \
         where o.id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(order) = found else { return Ok(None) };
    let items = sqlx::query_as(
        "select i.product_id, i.product_name, i.quantity, i.price_per_unit, i.total, \
                p.quantity as in_stock, p.updated_at as stock_at \
         from order_items i left join products p on p.sku = i.product_id \
         where i.order_id = $1 order by i.line",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let bookings = sqlx::query_as(
        "select id, booking_date, booking_time, status from fitting_bookings \
         where linked_order_id = $1 order by booking_date, booking_time, id",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let consent = consent(conn, order.approval_id).await?;
    let past = past(conn, ("order", id)).await?;
    Ok(Some(OrderPage { order, items, bookings, consent, past }))
}
