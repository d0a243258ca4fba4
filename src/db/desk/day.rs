//! What a station does on one day.

use super::reading;
use crate::ids::TenantId;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Bookings that are shown of one day; a station of 100 posts has fewer.
const BOOKINGS_MAX: i64 = 2_000;

/// A station.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Station {
    /// Which.
    pub id: Uuid,
    /// Its code; in addresses.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// How many cars at the same time.
    pub posts: i16,
    /// Bookings begin at multiples of this from opening.
    pub slot_minutes: i16,
}

/// A booking of that day.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// Which.
    pub id: Uuid,
    /// `confirmed`, `completed`, `no_show`, `held`.
    pub status: String,
    /// Did the customer come?
    pub attended: Option<bool>,
    /// When.
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
    /// The number to reach them.
    pub phone: Option<String>,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// The contract whose stored tyres are fitted.
    pub storage: Option<String>,
    /// The order whose tyres are fitted.
    pub order_number: Option<String>,
    /// What is to be known.
    pub notes: String,
}

/// A station's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The station.
    pub station: Station,
    /// From when to when it is open.
    pub hours: Vec<(NaiveTime, NaiveTime)>,
    /// Why it is closed, if it is.
    pub closed: Option<String>,
    /// What is booked, by time and post.
    pub lines: Vec<Line>,
}

/// The stations of a shop that are in use, by name.
///
/// # Errors
/// What Postgres says.
pub async fn stations(pool: &PgPool, tenant: TenantId) -> Result<Vec<Station>, sqlx::Error> {
    reading(pool, tenant, |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, external_code as code, coalesce(nullif(name_uk, ''), name) as name, \
                        coalesce(nullif(address_uk, ''), address) as address, posts, slot_minutes \
                 from fitting_stations where active order by 3, 2",
            )
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// What a station does on a day. Times that are kept for somebody on the phone are there while they
/// are kept, at `now`.
///
/// # Errors
/// What Postgres says.
pub async fn day(
    pool: &PgPool,
    tenant: TenantId,
    station: Station,
    day: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Day, sqlx::Error> {
    reading(pool, tenant, move |conn| Box::pin(async move { read(conn, station, day, now).await }))
        .await
}

async fn read(
    conn: &mut PgConnection,
    station: Station,
    day: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Day, sqlx::Error> {
    let hours = sqlx::query_as(
        "select opens, closes from fitting_station_hours \
         where station_id = $1 and weekday = $2 order by opens",
    )
    .bind(station.id)
    .bind(day.weekday().number_from_monday() as i16)
    .fetch_all(&mut *conn)
    .await?;
    let closed = sqlx::query_scalar(
        "select reason from fitting_closures where (station_id is null or station_id = $1) \
             and $2 between closed_from and closed_to order by station_id nulls last limit 1",
    )
    .bind(station.id)
    .bind(day)
    .fetch_optional(&mut *conn)
    .await?;
    let lines = sqlx::query_as(
        "select b.id, b.status, b.attended, b.booking_time, b.duration_minutes, b.post, \
                b.service_type, b.tire_diameter, b.vehicle_info, b.customer_name, b.phone, \
                b.phone_verified, k.number as storage, o.order_number, b.notes \
         from fitting_bookings b left join orders o on o.id = b.linked_order_id \
         left join storage_contracts k on k.id = b.storage_contract_id \
         where b.station_id = $1 and b.booking_date = $2 \
           and (b.status in ('confirmed', 'completed', 'no_show') \
                or b.status = 'held' and b.hold_expires_at > $3) \
         order by b.booking_time, b.post, b.id limit $4",
    )
    .bind(station.id)
    .bind(day)
    .bind(now)
    .bind(BOOKINGS_MAX)
    .fetch_all(conn)
    .await?;
    Ok(Day { station, hours, closed, lines })
}
