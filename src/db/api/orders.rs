//! Orders and bookings, as programs get them.

use super::{Fault, Part, on_rows};
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderLine {
    /// The article number.
    pub product_id: String,
    /// What it is called.
    pub product_name: String,
    /// Pieces.
    pub quantity: i32,
    /// For one, in the order's currency.
    pub price_per_unit: Decimal,
    /// For all of them.
    pub total: Decimal,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, sqlx::FromRow)]
pub struct Order {
    /// Ours.
    pub id: Uuid,
    /// What the customer was told.
    pub order_number: Option<String>,
    /// `draft`, `confirmed`, `shipped`, `delivering`, `delivered`, `cancelled`.
    pub status: String,
    /// Whose it is, if they are known.
    pub customer_id: Option<Uuid>,
    /// Masked unless the token may see people.
    pub phone: String,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// Masked unless the token may see people.
    pub recipient: String,
    /// What is in it.
    #[sqlx(json)]
    pub items: Vec<OrderLine>,
    /// The lines together.
    pub subtotal: Decimal,
    /// What bringing it costs.
    pub delivery_cost: Decimal,
    /// All together.
    pub total: Decimal,
    /// `UAH`.
    pub currency: String,
    /// `delivery` or `pickup`.
    pub delivery_type: Option<String>,
    /// Where to.
    pub delivery_city: Option<String>,
    /// Masked unless the token may see people.
    pub delivery_address: Option<String>,
    /// `cod`, `online`, `card_on_delivery`.
    pub payment_method: Option<String>,
    /// The day that the customer was told.
    pub estimated_delivery: Option<NaiveDate>,
    /// The call in which it was made.
    pub source_call_id: Option<Uuid>,
    /// When the customer said yes.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was put together.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// A booking of a fitting.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, sqlx::FromRow)]
pub struct Booking {
    /// Ours.
    pub id: Uuid,
    /// `held`, `confirmed`, `cancelled`, `expired`, `completed`, `no_show`.
    pub status: String,
    /// The station's number in the shop's own system.
    pub station_code: String,
    /// What it is called.
    pub station: String,
    /// The day on the shop's wall.
    pub booking_date: NaiveDate,
    /// The time on the shop's wall.
    pub booking_time: NaiveTime,
    /// How long it takes.
    pub duration_minutes: i16,
    /// Which post of the station.
    pub post: i16,
    /// `tire_change`, `balancing`, `full_service`.
    pub service_type: String,
    /// Inches.
    pub tire_diameter: Option<i16>,
    /// Masked unless the token may see people.
    pub vehicle_info: String,
    /// Masked unless the token may see people.
    pub customer_name: String,
    /// Whose it is, if they are known.
    pub customer_id: Option<Uuid>,
    /// Masked unless the token may see people.
    pub phone: Option<String>,
    /// What it costs.
    pub price: Option<Decimal>,
    /// `UAH`.
    pub currency: String,
    /// Did they come?
    pub attended: Option<bool>,
    /// The call in which it was made.
    pub source_call_id: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Which orders or bookings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One alone.
    pub id: Option<Uuid>,
    /// In this state; none: in every one but `draft` and `held`.
    pub status: Option<String>,
    /// Changed at or after.
    pub changed_since: Option<DateTime<Utc>>,
}

/// Orders, newest first.
///
/// # Errors
/// What Postgres says.
pub async fn orders(
    pool: &PgPool,
    tenant: TenantId,
    wanted: Wanted,
    part: Part,
) -> Result<Vec<Order>, Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let rows = sqlx::query_as(
                "select o.id, o.order_number, o.status, o.customer_id, o.phone, o.phone_verified, \
                        o.recipient, o.subtotal, o.delivery_cost, o.total, o.currency, \
                        o.delivery_type, o.delivery_city, o.delivery_address, o.payment_method, \
                        o.estimated_delivery, o.source_call_id, o.confirmed_at, o.created_at, \
                        o.updated_at, \
                        (select coalesce(jsonb_agg(jsonb_build_object( \
                             'product_id', i.product_id, 'product_name', i.product_name, \
                             'quantity', i.quantity, 'price_per_unit', i.price_per_unit::text, \
                             'total', i.total::text) order by i.line), '[]') \
                         from order_items i where i.order_id = o.id) as items \
                 from orders o \
                 where ($1::uuid is null or o.id = $1) \
                   and (o.status = $2 or $2::text is null and ($1 is not null or o.status <> 'draft')) \
                   and ($3::timestamptz is null or o.updated_at >= $3) \
                   and ($4::timestamptz is null or (o.created_at, o.id) < ($4, $5)) \
                 order by o.created_at desc, o.id desc limit $6",
            )
            .bind(wanted.id)
            .bind(wanted.status)
            .bind(wanted.changed_since)
            .bind(part.after.map(|after| after.at))
            .bind(part.after.map(|after| after.id))
            .bind(part.limit)
            .fetch_all(conn)
            .await?;
            Ok(rows)
        })
    })
    .await
}

/// Bookings, newest first.
///
/// # Errors
/// What Postgres says.
pub async fn bookings(
    pool: &PgPool,
    tenant: TenantId,
    wanted: Wanted,
    part: Part,
) -> Result<Vec<Booking>, Fault> {
    on_rows(pool, tenant, move |conn| {
        Box::pin(async move {
            let rows = sqlx::query_as(
                "select b.id, b.status, s.external_code as station_code, s.name as station, \
                        b.booking_date, b.booking_time, b.duration_minutes, b.post, \
                        b.service_type, b.tire_diameter, b.vehicle_info, b.customer_name, \
                        b.customer_id, b.phone, b.price, b.currency, b.attended, \
                        b.source_call_id, b.created_at, b.updated_at \
                 from fitting_bookings b join fitting_stations s on s.id = b.station_id \
                 where ($1::uuid is null or b.id = $1) \
                   and (b.status = $2 or $2::text is null \
                        and ($1 is not null or b.status not in ('held', 'expired'))) \
                   and ($3::timestamptz is null or b.updated_at >= $3) \
                   and ($4::timestamptz is null or (b.created_at, b.id) < ($4, $5)) \
                 order by b.created_at desc, b.id desc limit $6",
            )
            .bind(wanted.id)
            .bind(wanted.status)
            .bind(wanted.changed_since)
            .bind(part.after.map(|after| after.at))
            .bind(part.after.map(|after| after.id))
            .bind(part.limit)
            .fetch_all(conn)
            .await?;
            Ok(rows)
        })
    })
    .await
}
