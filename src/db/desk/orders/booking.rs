//! Everything that the desk shows of one booking.

use super::consent::{Consent, Past, consent, past};
use crate::db::desk::reading;
use crate::ids::TenantId;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// A booking.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct BookingPage {
    /// Which.
    pub id: Uuid,
    /// `confirmed`, …
    pub status: String,
    /// Did the customer come?
    pub attended: Option<bool>,
    /// Where.
    pub station: String,
    /// The station's code.
    pub station_code: String,
    /// On which day of the shop.
    pub booking_date: NaiveDate,
    /// When that day.
    pub booking_time: NaiveTime,
    /// For how long.
    pub duration_minutes: i16,
    /// At which post.
    pub post: i16,
    /// What is done.
    pub service_type: String,
    /// Rim inches.
    pub tire_diameter: Option<i16>,
    /// The car.
    pub vehicle_info: String,
    /// Whose name.
    pub customer_name: String,
    /// Whose it is.
    pub customer_id: Option<Uuid>,
    /// The number to reach them.
    pub phone: Option<String>,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// UAH.
    pub price: Option<Decimal>,
    /// The order whose tyres are fitted.
    pub linked_order_id: Option<Uuid>,
    /// Its number.
    pub order_number: Option<String>,
    /// The contract whose stored tyres are fitted.
    pub storage: Option<String>,
    /// The call that made it.
    pub source_call_id: Option<Uuid>,
    /// The agreement.
    pub approval_id: Option<Uuid>,
    /// What is to be known.
    pub notes: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// What it rests on.
    #[sqlx(skip)]
    pub consent: Option<Consent>,
    /// How it moved.
    #[sqlx(skip)]
    pub moved: Vec<Moved>,
    /// What the desk did with it.
    #[sqlx(skip)]
    pub past: Vec<Past>,
}

/// A change of a booking under somebody's word.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Moved {
    /// `move`, `cancel`.
    pub kind: String,
    /// From which day.
    pub from_date: NaiveDate,
    /// From when that day.
    pub from_time: NaiveTime,
    /// To which day.
    pub to_date: Option<NaiveDate>,
    /// To when that day.
    pub to_time: Option<NaiveTime>,
    /// `customer`, or a user's id.
    pub approved_by: Option<String>,
    /// In which call; none: at the desk.
    pub call_id: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Reads a booking; `None` if this shop has none of that id.
///
/// # Errors
/// What Postgres says.
pub async fn booking(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<BookingPage>, sqlx::Error> {
    reading(pool, tenant, move |conn| Box::pin(async move { read(conn, id).await })).await
}

async fn read(conn: &mut PgConnection, id: Uuid) -> Result<Option<BookingPage>, sqlx::Error> {
    let found: Option<BookingPage> = sqlx::query_as(
        "select b.id, b.status, b.attended, coalesce(nullif(s.name_uk, ''), s.name) as station, \
                s.external_code as station_code, b.booking_date, b.booking_time, \
                b.duration_minutes, b.post, b.service_type, b.tire_diameter, b.vehicle_info, \
                b.customer_name, b.customer_id, b.phone, b.phone_verified, b.price, \
                b.linked_order_id, o.order_number, k.number as storage, b.source_call_id, \
                b.approval_id, b.notes, b.created_at \
         from fitting_bookings b join fitting_stations s on s.id = b.station_id \
         left join orders o on o.id = b.linked_order_id \
         left join storage_contracts k on k.id = b.storage_contract_id \
         where b.id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(mut page) = found else { return Ok(None) };
    page.consent = consent(conn, page.approval_id).await?;
    page.moved = sqlx::query_as(
        "select m.kind, m.from_date, m.from_time, m.to_date, m.to_time, a.approved_by, m.call_id, \
                m.created_at \
         from fitting_booking_changes m left join approvals a on a.id = m.approval_id \
         where m.booking_id = $1 order by m.created_at, m.id",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    page.past = past(conn, ("booking", id)).await?;
    Ok(Some(page))
}
