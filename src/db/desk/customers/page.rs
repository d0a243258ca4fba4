//! One person on one page.

use crate::db::desk::reading;
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Calls, orders, bookings and tickets that are shown, each; the latest are.
const ROWS_MAX: i64 = 20;

/// Somebody.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Customer {
    /// Who.
    pub id: Uuid,
    /// Their number.
    pub phone: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// How often they called.
    pub total_calls: i32,
    /// When they were first heard.
    pub first_call_at: Option<DateTime<Utc>>,
    /// When they were last heard.
    pub last_call_at: Option<DateTime<Utc>>,
    /// Since when they are hidden.
    pub deleted_at: Option<DateTime<Utc>>,
    /// What is remembered: `vehicles`, `city`, `address`, …
    pub memory: Option<Value>,
    /// The language that they last spoke.
    pub language: Option<String>,
    /// The station that they last used.
    pub station: Option<String>,
    /// When that was last learned.
    pub remembered_at: Option<DateTime<Utc>>,
}

/// Another way of knowing them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Identity {
    /// `telegram`, `email`, …
    pub kind: String,
    /// Their name there.
    pub value: String,
}

/// A call of theirs.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Call {
    /// Which.
    pub id: Uuid,
    /// When.
    pub started_at: DateTime<Utc>,
    /// How it ended.
    pub outcome: Option<String>,
    /// What about.
    pub scenario: Option<String>,
}

/// An order of theirs.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Order {
    /// Which.
    pub id: Uuid,
    /// What they were told.
    pub order_number: Option<String>,
    /// Where it stands.
    pub status: String,
    /// UAH.
    pub total: Decimal,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A booking of theirs.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Booking {
    /// Which.
    pub id: Uuid,
    /// Where.
    pub station: String,
    /// On which day.
    pub booking_date: NaiveDate,
    /// When that day.
    pub booking_time: NaiveTime,
    /// `confirmed`, …
    pub status: String,
    /// The car.
    pub vehicle_info: String,
}

/// A matter of theirs.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Ticket {
    /// Which.
    pub id: Uuid,
    /// What is to be done.
    pub title: String,
    /// `callback`, …
    pub ticket_type: String,
    /// Where it stands.
    pub status: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Everything of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Who.
    pub customer: Customer,
    /// Other ways of knowing them.
    pub identities: Vec<Identity>,
    /// What they still wait for.
    pub tickets: Vec<Ticket>,
    /// Their calls.
    pub calls: Vec<Call>,
    /// Their orders.
    pub orders: Vec<Order>,
    /// Their bookings.
    pub bookings: Vec<Booking>,
}

/// Reads a person; `None` if this shop knows none of that id. One who is hidden is shown to those
/// who may bring them back.
///
/// # Errors
/// What Postgres says.
pub async fn page(
    pool: &PgPool,
    tenant: TenantId,
    (id, hidden_too): (Uuid, bool),
) -> Result<Option<Page>, sqlx::Error> {
    reading(pool, tenant, move |conn| Box::pin(async move { read(conn, id, hidden_too).await }))
        .await
}

async fn read(
    conn: &mut PgConnection,
    id: Uuid,
    hidden_too: bool,
) -> Result<Option<Page>, sqlx::Error> {
    let found: Option<Customer> = sqlx::query_as(
        "select c.id, c.phone, c.name, c.total_calls, c.first_call_at, c.last_call_at, \
                c.deleted_at, m.data as memory, m.language, m.updated_at as remembered_at, \
                coalesce(nullif(s.name_uk, ''), s.name) as station \
         from customers c left join customer_memory m on m.customer_id = c.id \
         left join fitting_stations s on s.id = m.preferred_station_id \
         where c.id = $1 and ($2 or c.deleted_at is null)",
    )
    .bind(id)
    .bind(hidden_too)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(customer) = found else { return Ok(None) };
    let phone = customer.phone.clone();
    let identities = sqlx::query_as(
        "select kind, value from customer_identities where customer_id = $1 order by 1, 2",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let tickets = sqlx::query_as(
        "select id, title, ticket_type, status, created_at from tickets \
         where (customer_id = $1 or phone = $2) and status not in ('resolved', 'closed') \
         order by created_at desc, id limit $3",
    )
    .bind(id)
    .bind(&phone)
    .bind(ROWS_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let calls = sqlx::query_as(
        "select id, started_at, outcome, scenario from calls \
         where (customer_id = $1 or caller_id = $2) and deleted_at is null \
         order by started_at desc, id limit $3",
    )
    .bind(id)
    .bind(&phone)
    .bind(ROWS_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let orders = sqlx::query_as(
        "select id, order_number, status, total, created_at from orders \
         where customer_id = $1 or phone = $2 and phone_verified \
         order by created_at desc, id limit $3",
    )
    .bind(id)
    .bind(&phone)
    .bind(ROWS_MAX)
    .fetch_all(&mut *conn)
    .await?;
    let bookings = sqlx::query_as(
        "select b.id, coalesce(nullif(s.name_uk, ''), s.name) as station, b.booking_date, \
                b.booking_time, b.status, b.vehicle_info \
         from fitting_bookings b join fitting_stations s on s.id = b.station_id \
         where (b.customer_id = $1 or b.phone = $2 and b.phone_verified) \
           and b.status not in ('held', 'expired') \
         order by b.booking_date desc, b.booking_time desc, b.id limit $3",
    )
    .bind(id)
    .bind(&phone)
    .bind(ROWS_MAX)
    .fetch_all(conn)
    .await?;
    Ok(Some(Page { customer, identities, tickets, calls, orders, bookings }))
}
