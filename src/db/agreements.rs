//! What a call agreed to and what came of it: approvals and bookings, read back.

use super::pool::with_tenant;
use crate::ids::{CallId, TenantId};
use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

/// An approval as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct ApprovalRow {
    /// Its id.
    pub id: Uuid,
    /// The tool that it allows.
    pub tool_name: String,
    /// `pending`, `approved`, `rejected`, `expired`.
    pub status: String,
    /// `customer`, or a user.
    pub approved_by: Option<String>,
    /// SHA-256 of the read-back that was agreed to.
    pub readback_hash: String,
}

/// A booking as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct BookingRow {
    /// Its id.
    pub id: Uuid,
    /// The station's name.
    pub station: String,
    /// The day, on the shop's wall.
    pub booking_date: NaiveDate,
    /// The time, on the shop's wall.
    pub booking_time: NaiveTime,
    /// Whose name.
    pub customer_name: String,
    /// The car.
    pub vehicle_info: String,
    /// `confirmed`, …
    pub status: String,
}

/// What a call agreed to.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Agreements {
    /// Read-backs and their answers, oldest first.
    pub approvals: Vec<ApprovalRow>,
    /// Bookings that the call made.
    pub bookings: Vec<BookingRow>,
}

/// Reads the approvals and bookings of a call.
///
/// # Errors
/// What Postgres says.
pub async fn of_call(
    pool: &PgPool,
    tenant: TenantId,
    call: CallId,
) -> Result<Agreements, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let approvals = sqlx::query_as(
                "select id, tool_name, status, approved_by, readback_hash \
                 from approvals where call_id = $1 order by created_at",
            )
            .bind(call.0)
            .fetch_all(&mut *conn)
            .await?;
            let bookings = sqlx::query_as(
                "select b.id, s.name as station, b.booking_date, b.booking_time, \
                        b.customer_name, b.vehicle_info, b.status \
                 from fitting_bookings b join fitting_stations s on s.id = b.station_id \
                 where b.source_call_id = $1 order by b.created_at",
            )
            .bind(call.0)
            .fetch_all(conn)
            .await?;
            Ok(Agreements { approvals, bookings })
        })
    })
    .await
}
