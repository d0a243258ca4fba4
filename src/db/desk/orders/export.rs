//! Orders and bookings of some days, for files.

use crate::db::desk::reading;
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgPool;

/// Rows of one file; whoever needs more takes fewer days at a time.
pub const EXPORT_ROWS_MAX: usize = 50_000;

/// An order in a file.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct OrderOut {
    /// What the buyer was told.
    pub order_number: Option<String>,
    /// Where it stands.
    pub status: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The buyer's number.
    pub phone: String,
    /// Who receives it.
    pub recipient: String,
    /// What is in it.
    pub items: String,
    /// `delivery`, `pickup`.
    pub delivery_type: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// How it is paid.
    pub payment_method: Option<String>,
    /// Of the lines, UAH.
    pub subtotal: Decimal,
    /// UAH.
    pub delivery_cost: Decimal,
    /// UAH.
    pub total: Decimal,
    /// The carrier's number.
    pub tracking_number: Option<String>,
}

/// A booking in a file.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct BookingOut {
    /// Where.
    pub station: String,
    /// On which day of the shop.
    pub booking_date: NaiveDate,
    /// When that day.
    pub booking_time: NaiveTime,
    /// At which post.
    pub post: i16,
    /// What is done.
    pub service_type: String,
    /// `confirmed`, …
    pub status: String,
    /// Did the customer come?
    pub attended: Option<bool>,
    /// Whose name.
    pub customer_name: String,
    /// The number to reach them.
    pub phone: Option<String>,
    /// The car.
    pub vehicle_info: String,
    /// Rim inches.
    pub tire_diameter: Option<i16>,
    /// UAH.
    pub price: Option<Decimal>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Orders made from one day of the shop to another, both included; one more than
/// [`EXPORT_ROWS_MAX`] at most.
///
/// # Errors
/// What Postgres says.
pub async fn orders_between(
    pool: &PgPool,
    tenant: TenantId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<OrderOut>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select o.order_number, o.status, o.created_at, o.confirmed_at, o.phone, \
                        o.recipient, o.delivery_type, o.payment_method, o.subtotal, \
                        o.delivery_cost, o.total, o.tracking_number, \
                        case when o.delivery_type = 'delivery' \
                            then o.delivery_city || ', ' || o.delivery_address \
                            else p.name end as destination, \
                        coalesce((select string_agg(i.quantity || ' × ' || i.product_id || ' ' \
                            || i.product_name, '; ' order by i.line) \
                            from order_items i where i.order_id = o.id), '') as items \
                 from orders o join tenants t on t.id = o.tenant_id \
                 left join pickup_points p on p.id = o.pickup_point_id \
                 where o.created_at >= $1::date::timestamp at time zone t.timezone \
                   and o.created_at < ($2::date + 1)::timestamp at time zone t.timezone \
                 order by o.created_at, o.id limit $3",
            )
            .bind(from)
            .bind(to)
            .bind(EXPORT_ROWS_MAX as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// The same of bookings, by the day for which they are.
///
/// # Errors
/// What Postgres says.
pub async fn bookings_between(
    pool: &PgPool,
    tenant: TenantId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<BookingOut>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select s.name as station, b.booking_date, b.booking_time, b.post, \
                        b.service_type, b.status, b.attended, b.customer_name, b.phone, \
                        b.vehicle_info, b.tire_diameter, b.price, b.created_at \
                 from fitting_bookings b join fitting_stations s on s.id = b.station_id \
                 where b.booking_date between $1 and $2 and b.status not in ('held', 'expired') \
                 order by b.booking_date, b.booking_time, s.name, b.post, b.id limit $3",
            )
            .bind(from)
            .bind(to)
            .bind(EXPORT_ROWS_MAX as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
