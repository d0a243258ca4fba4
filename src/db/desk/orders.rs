//! Orders and bookings: the list, one of them, and what is exported.

mod booking;
mod consent;
mod export;
mod page;

pub use booking::{BookingPage, Moved, booking};
pub use consent::{Consent, Past};
pub use export::{BookingOut, EXPORT_ROWS_MAX, OrderOut, bookings_between, orders_between};
pub use page::{Item, Order, OrderPage, order};

use super::reading;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgPool;
use uuid::Uuid;

/// Orders on a page.
pub const PAGE_ORDERS: usize = 50;

/// What is asked for; a filter that is none lets every order through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// `draft`, `confirmed`, …
    pub status: Option<String>,
    /// Digits: the end of the buyer's number, or the order's own number.
    pub digits: Option<String>,
    /// A part of the recipient's name.
    pub name: Option<String>,
}

/// The last order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Which it is.
    pub id: Uuid,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// The order.
    pub id: Uuid,
    /// What the buyer was told.
    pub order_number: Option<String>,
    /// Where it stands.
    pub status: String,
    /// The buyer's number.
    pub phone: String,
    /// Who receives it.
    pub recipient: String,
    /// What is in it.
    pub items: String,
    /// UAH.
    pub total: Decimal,
    /// `delivery`, `pickup`.
    pub delivery_type: Option<String>,
    /// Where it goes.
    pub city: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// One more than [`PAGE_ORDERS`] lines at most, the newest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    filter: Filter,
    after: Option<After>,
) -> Result<Vec<Line>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select o.id, o.order_number, o.status, o.phone, o.recipient, o.total, \
                        o.delivery_type, coalesce(o.delivery_city, p.city) as city, o.created_at, \
                        coalesce((select string_agg(i.quantity || ' × ' || i.product_name, ', ' \
                            order by i.line) from order_items i where i.order_id = o.id), '') \
                            as items \
                 from orders o left join pickup_points p on p.id = o.pickup_point_id \
                 where ($1::text is null or o.status = $1) \
                   and ($2::text is null or o.order_number = $2 or o.phone like '%' || $2) \
                   and ($3::text is null or strpos(lower(o.recipient), lower($3)) > 0) \
                   and ($4::timestamptz is null or (o.created_at, o.id) < ($4, $5)) \
                 order by o.created_at desc, o.id desc limit $6",
            )
            .bind(filter.status)
            .bind(filter.digits)
            .bind(filter.name)
            .bind(after.map(|after| after.created_at))
            .bind(after.map(|after| after.id))
            .bind(PAGE_ORDERS as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
