//! People: the list, and one person on one page.

mod page;

pub use page::{Booking, Call, Customer, Identity, Order, Page, Ticket, page};

use super::reading;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// People on a page.
pub const PAGE_CUSTOMERS: usize = 50;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The end of a number.
    pub digits: Option<String>,
    /// A part of a name.
    pub name: Option<String>,
    /// Those who are hidden, instead of those who are not.
    pub hidden: bool,
}

/// The last one of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// When they were last heard.
    pub seen_at: DateTime<Utc>,
    /// Who it is.
    pub id: Uuid,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// Who.
    pub id: Uuid,
    /// Their name.
    pub name: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// How often they called.
    pub total_calls: i32,
    /// When they were last heard.
    pub seen_at: DateTime<Utc>,
    /// Since when they are hidden.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// One more than [`PAGE_CUSTOMERS`] lines at most; who was heard last comes first.
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
                "select c.id, c.name, c.phone, c.total_calls, \
                        coalesce(c.last_call_at, c.created_at) as seen_at, c.deleted_at \
                 from customers c where (c.deleted_at is not null) = $1 \
                   and ($2::text is null or c.phone like '%' || $2) \
                   and ($3::text is null or strpos(lower(c.name), lower($3)) > 0) \
                   and ($4::timestamptz is null \
                        or (coalesce(c.last_call_at, c.created_at), c.id) < ($4, $5)) \
                 order by coalesce(c.last_call_at, c.created_at) desc, c.id desc limit $6",
            )
            .bind(filter.hidden)
            .bind(filter.digits)
            .bind(filter.name)
            .bind(after.map(|after| after.seen_at))
            .bind(after.map(|after| after.id))
            .bind(PAGE_CUSTOMERS as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
