//! A booking and the agreement behind it: one transaction, decided by constraints.
//!
//! Locks are taken in one order everywhere (number, customer, approval, booking), the same as the
//! log writer's, so that two transactions do not wait for each other.

use super::slots::duration_minutes;
use super::stations::{self, Bookable, rule, service_word};
use super::transaction::{Fault, constraint};
use crate::ids::row_id;
use crate::store::{Booking, NewBooking, Scope, Slot, StoreError};
use crate::turn::Approval;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use rust_decimal::Decimal;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

/// Everything that a booking needs.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) scope: Scope,
    pub(super) booking: NewBooking,
    pub(super) approval: Approval,
    pub(super) bookings_per_number_max: u32,
}

pub(super) async fn book(conn: &mut PgConnection, order: &Order) -> Result<Booking, Fault> {
    let (wanted, now) = (&order.booking, order.scope.now);
    lock_number(conn, order).await?;
    let customer = customer(conn, order).await?;
    let approval = approve(conn, order).await?;
    if let Some(standing) = standing(conn, order).await? {
        return Ok(standing);
    }
    let station = stations::for_booking(conn, &wanted.station_code, wanted.service).await?;
    let day = wanted.slot.date;
    expire_holds(conn, order, &station).await?;
    let mut plan = stations::plan(conn, &station, day, day, now).await?;
    if !plan.offers(wanted.slot, wanted.service, now) {
        return Err(rule(
            "no_such_slot",
            "The station does not offer this time. Call get_fitting_slots and offer one of its times.",
        ));
    }
    refuse_too_many(conn, order).await?;
    let price = price(conn, order).await?;
    while let Some(post) = plan.free_post(wanted.slot, wanted.service) {
        let row = NewRow { order, station: station.id, post, customer, approval, price };
        if let Some(id) = insert(conn, &row).await? {
            return Ok(Booking { id, slot: wanted.slot, price, repeated: false });
        }
        // Someone took this post since we looked: it is busy for this whole service.
        let from = day.and_time(wanted.slot.time);
        let to = from + TimeDelta::minutes(i64::from(duration_minutes(wanted.service)));
        plan.busy.push(super::slots::Busy { post, from, to });
    }
    Err(Fault::Refused(StoreError::SlotTaken))
}

/// One number books one thing at a time, so that its limit can be counted.
async fn lock_number(conn: &mut PgConnection, order: &Order) -> Result<(), Fault> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("{}{}", order.scope.tenant.0, order.booking.phone.reveal()))
        .execute(conn)
        .await?;
    Ok(())
}

/// The customer of a verified number. A number that was only spoken changes nobody's record.
async fn customer(conn: &mut PgConnection, order: &Order) -> Result<Option<Uuid>, Fault> {
    if !order.booking.phone_verified {
        return Ok(None);
    }
    let id = sqlx::query_scalar(
        "insert into customers (tenant_id, phone, name) values ($1, $2, nullif($3, '')) \
         on conflict (tenant_id, phone) do update \
         set name = coalesce(customers.name, excluded.name), updated_at = now() returning id",
    )
    .bind(order.scope.tenant.0)
    .bind(order.booking.phone.reveal())
    .bind(clean(&order.booking.customer_name.0))
    .fetch_one(conn)
    .await?;
    Ok(Some(id))
}

/// Writes the agreement, or finds it: an effect key belongs to one content for ever.
async fn approve(conn: &mut PgConnection, order: &Order) -> Result<Uuid, Fault> {
    let (scope, approval) = (&order.scope, &order.approval);
    let (id, tool, args): (Uuid, String, serde_json::Value) = sqlx::query_as(
        "insert into approvals (id, tenant_id, call_id, call_started_at, tool_name, args, \
             effect_key, readback_hash, status, approved_by, approved_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'approved', 'customer', $9) \
         on conflict (effect_key) do update set status = 'approved', \
             approved_by = coalesce(approvals.approved_by, excluded.approved_by), \
             approved_at = coalesce(approvals.approved_at, excluded.approved_at), \
             updated_at = now() \
         returning id, tool_name, args",
    )
    .bind(approval.id)
    .bind(scope.tenant.0)
    .bind(scope.call.0)
    .bind(scope.call_started_at)
    .bind(&approval.tool)
    .bind(&approval.args)
    .bind(&approval.effect_key)
    .bind(&approval.readback_hash)
    .bind(scope.now)
    .fetch_one(conn)
    .await?;
    if tool != approval.tool || args != approval.args {
        return Err(Fault::Refused(StoreError::EffectMismatch));
    }
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct Standing {
    id: Uuid,
    external_code: String,
    booking_date: NaiveDate,
    booking_time: NaiveTime,
    price: Option<Decimal>,
    status: String,
}

/// The booking of this effect, if it was made before.
async fn standing(conn: &mut PgConnection, order: &Order) -> Result<Option<Booking>, Fault> {
    let found: Option<Standing> = sqlx::query_as(
        "select b.id, s.external_code, b.booking_date, b.booking_time, b.price, b.status \
         from fitting_bookings b join fitting_stations s on s.id = b.station_id \
         where b.effect_key = $1",
    )
    .bind(&order.approval.effect_key)
    .fetch_optional(conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let slot = Slot { date: found.booking_date, time: found.booking_time };
    if slot != order.booking.slot || found.external_code != order.booking.station_code {
        return Err(Fault::Refused(StoreError::EffectMismatch));
    }
    if found.status != "confirmed" {
        return Err(rule(
            "booking_cancelled",
            "This very booking was made and cancelled before. Offer another time.",
        ));
    }
    Ok(Some(Booking { id: found.id, slot, price: found.price, repeated: true }))
}

/// A hold that ran out still stands in the constraint's way until someone says so.
async fn expire_holds(
    conn: &mut PgConnection,
    order: &Order,
    station: &Bookable,
) -> Result<(), Fault> {
    sqlx::query(
        "update fitting_bookings set status = 'expired', updated_at = now() \
         where station_id = $1 and status = 'held' and hold_expires_at <= $2",
    )
    .bind(station.id)
    .bind(order.scope.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A number may have only so many fittings ahead of it.
async fn refuse_too_many(conn: &mut PgConnection, order: &Order) -> Result<(), Fault> {
    let ahead: i64 = sqlx::query_scalar(
        "select count(*) from fitting_bookings b join tenants t on t.id = b.tenant_id \
         where b.phone = $1 and upper(b.during) > $2 at time zone t.timezone \
           and (b.status = 'confirmed' or b.status = 'held' and b.hold_expires_at > $2)",
    )
    .bind(order.booking.phone.reveal())
    .bind(order.scope.now)
    .fetch_one(conn)
    .await?;
    if ahead >= i64::from(order.bookings_per_number_max) {
        return Err(rule(
            "too_many_bookings",
            "This number has as many bookings ahead as the shop allows. Offer the operator.",
        ));
    }
    Ok(())
}

async fn price(conn: &mut PgConnection, order: &Order) -> Result<Option<Decimal>, Fault> {
    let price = sqlx::query_scalar(
        "select price from fitting_prices where service_type = $1 and tire_diameter = $2",
    )
    .bind(service_word(order.booking.service))
    .bind(diameter(order))
    .fetch_optional(conn)
    .await?;
    Ok(price)
}

/// Rim inches, if they are ones that a car has.
fn diameter(order: &Order) -> Option<i16> {
    order
        .booking
        .tire_diameter
        .filter(|inches| (10..=26).contains(inches))
        .map(|inches| inches as i16)
}

struct NewRow<'o> {
    order: &'o Order,
    station: Uuid,
    post: i16,
    customer: Option<Uuid>,
    approval: Uuid,
    price: Option<Decimal>,
}

/// Inserts the booking; `None` if the post was taken by someone else at the same moment.
async fn insert(conn: &mut PgConnection, row: &NewRow<'_>) -> Result<Option<Uuid>, Fault> {
    let (scope, booking) = (&row.order.scope, &row.order.booking);
    let effect_key = &row.order.approval.effect_key;
    let id = row_id(scope.call, &format!("booking {effect_key}"));
    // A savepoint: the refusal of one post must not undo what was done so far.
    let mut savepoint = conn.begin().await?;
    let inserted = sqlx::query(
        "insert into fitting_bookings (id, tenant_id, station_id, customer_id, booking_date, \
             booking_time, duration_minutes, post, service_type, tire_diameter, vehicle_info, \
             customer_name, phone, phone_verified, status, price, source_call_id, approval_id, \
             effect_key) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'confirmed', $15, \
             $16, $17, $18)",
    )
    .bind(id)
    .bind(scope.tenant.0)
    .bind(row.station)
    .bind(row.customer)
    .bind(booking.slot.date)
    .bind(booking.slot.time)
    .bind(duration_minutes(booking.service))
    .bind(row.post)
    .bind(service_word(booking.service))
    .bind(diameter(row.order))
    .bind(clean(&booking.vehicle))
    .bind(clean(&booking.customer_name.0))
    .bind(booking.phone.reveal())
    .bind(booking.phone_verified)
    .bind(row.price)
    .bind(scope.call.0)
    .bind(row.approval)
    .bind(effect_key)
    .execute(&mut *savepoint)
    .await;
    match inserted {
        Ok(_) => {
            savepoint.commit().await?;
            Ok(Some(id))
        }
        Err(error) if constraint(&error) == Some("fitting_bookings_one_car_a_post") => {
            savepoint.rollback().await?;
            Ok(None)
        }
        Err(error) => Err(Fault::Sql(error)),
    }
}

/// Text as Postgres takes it, of a bounded length.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(200).collect()
}
