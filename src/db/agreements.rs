//! What a call agreed to and what came of it: approvals, bookings and orders, read back.

use super::pool::with_tenant;
use crate::ids::{CallId, TenantId};
use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
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

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct OrderRow {
    /// Its id.
    pub id: Uuid,
    /// What the caller was told; none for a draft.
    pub order_number: Option<String>,
    /// `draft`, `confirmed`, …
    pub status: String,
    /// Pieces and names of its lines.
    pub summary: String,
    /// Of the lines, UAH.
    pub subtotal: Decimal,
    /// UAH.
    pub delivery_cost: Decimal,
    /// UAH.
    pub total: Decimal,
    /// `delivery`, `pickup`; none until it is chosen.
    pub delivery_type: Option<String>,
    /// `cod`, `online`, `card_on_delivery`; none until it is confirmed.
    pub payment_method: Option<String>,
    /// Who receives it.
    pub recipient: String,
    /// The buyer's number.
    pub phone: String,
    /// False if the number was only spoken.
    pub phone_verified: bool,
    /// The day by which it should be there.
    pub estimated_delivery: Option<NaiveDate>,
}

/// What a call agreed to.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Agreements {
    /// Read-backs and their answers, oldest first.
    pub approvals: Vec<ApprovalRow>,
    /// Bookings that the call made.
    pub bookings: Vec<BookingRow>,
    /// Orders that the call put together, drafts too, oldest first.
    pub orders: Vec<OrderRow>,
}

/// Reads the approvals, bookings and orders of a call.
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
            .fetch_all(&mut *conn)
            .await?;
            let orders = sqlx::query_as(
                "select o.id, o.order_number, o.status, \
                        coalesce((select string_agg(i.quantity || ' ' || i.product_name, ', ' \
                            order by i.line) from order_items i where i.order_id = o.id), '') \
                            as summary, \
                        o.subtotal, o.delivery_cost, o.total, o.delivery_type, \
                        o.payment_method, o.recipient, o.phone, o.phone_verified, \
                        o.estimated_delivery \
                 from orders o where o.source_call_id = $1 order by o.created_at, o.id",
            )
            .bind(call.0)
            .fetch_all(conn)
            .await?;
            Ok(Agreements { approvals, bookings, orders })
        })
    })
    .await
}
