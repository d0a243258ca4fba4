//! A booking and the agreement behind it: one transaction, decided by constraints.

use super::agreed::{approve, clean, customer_if, lock_number};
use super::slots::{Busy, duration_minutes};
use super::stations::{self, Asker, rule, service_word};
use super::transaction::{Fault, constraint};
use super::{holds, memory, storage};
use crate::ids::row_id;
use crate::store::{Booking, NewBooking, Scope, Slot, StoreError};
use crate::turn::Approval;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use rust_decimal::Decimal;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

/// Everything that a booking needs.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) booking: NewBooking,
    pub(super) approval: Approval,
    pub(super) bookings_per_number_max: u32,
}

pub(super) async fn book(
    conn: &mut PgConnection,
    scope: &Scope,
    request: &Request,
) -> Result<Booking, Fault> {
    let (wanted, now) = (&request.booking, scope.now);
    if standing(conn, request).await?.is_none() {
        refuse_hopeless(conn, scope, wanted).await?;
    }
    let phone = wanted.phone.reveal();
    lock_number(conn, scope.tenant, phone).await?;
    let (verified, name) = (wanted.phone_verified, &wanted.customer_name.0);
    let customer = customer_if(verified, conn, scope.tenant, phone, name).await?;
    let approval = approve(conn, scope, &request.approval).await?;
    if let Some(standing) = standing(conn, request).await? {
        return Ok(standing);
    }
    let station = stations::for_booking(conn, &wanted.station_code, wanted.service).await?;
    let contract = storage::for_booking(conn, scope, wanted, station.id).await?;
    let order = linked_order(conn, scope, wanted).await?;
    let day = wanted.slot.date;
    holds::expire(conn, station.id, now).await?;
    holds::release(conn, scope).await?;
    let asker = Asker { call: Some(scope.call), now, moving: None };
    let mut plan = stations::plan(conn, &station, day, day, asker).await?;
    if !plan.offers(wanted.slot, wanted.service, now) {
        return Err(no_such_slot());
    }
    refuse_too_many(conn, scope, request).await?;
    let price = price(conn, wanted).await?;
    while let Some(post) = plan.free_post(wanted.slot, wanted.service) {
        let row = NewRow {
            scope,
            request,
            station: station.id,
            post,
            customer,
            approval,
            price,
            contract,
            order,
        };
        if let Some(id) = insert(conn, &row).await? {
            if let Some(customer) = customer {
                memory::visited(conn, scope, customer, station.id).await?;
            }
            return Ok(Booking { id, slot: wanted.slot, price, repeated: false });
        }
        // Someone took this post since we looked: it is busy for this whole service.
        plan.busy.push(busy(post, wanted.slot, duration_minutes(wanted.service)));
    }
    Err(Fault::Refused(StoreError::SlotTaken))
}

/// Says no before any lock is taken, so that of many callers for one time the late ones hear it
/// soon. What it lets through is decided by the constraint.
async fn refuse_hopeless(
    conn: &mut PgConnection,
    scope: &Scope,
    wanted: &NewBooking,
) -> Result<(), Fault> {
    let station = stations::for_booking(conn, &wanted.station_code, wanted.service).await?;
    let asker = Asker { call: Some(scope.call), now: scope.now, moving: None };
    let day = wanted.slot.date;
    let plan = stations::plan(conn, &station, day, day, asker).await?;
    if !plan.offers(wanted.slot, wanted.service, scope.now) {
        return Err(no_such_slot());
    }
    if plan.free_post(wanted.slot, wanted.service).is_none() {
        return Err(Fault::Refused(StoreError::SlotTaken));
    }
    Ok(())
}

pub(super) fn no_such_slot() -> Fault {
    rule(
        "no_such_slot",
        "The station does not offer this time. Call get_fitting_slots and offer one of its times.",
    )
}

pub(super) fn busy(post: i16, slot: Slot, minutes: i16) -> Busy {
    let from = slot.date.and_time(slot.time);
    Busy { post, from, to: from + TimeDelta::minutes(i64::from(minutes)) }
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
async fn standing(conn: &mut PgConnection, request: &Request) -> Result<Option<Booking>, Fault> {
    let found: Option<Standing> = sqlx::query_as(
        "select b.id, s.external_code, \
                coalesce(first.from_date, b.booking_date) as booking_date, \
                coalesce(first.from_time, b.booking_time) as booking_time, \
                b.price, case when first.id is null then b.status else 'moved' end as status \
         from fitting_bookings b join fitting_stations s on s.id = b.station_id \
         left join lateral (select c.id, c.from_date, c.from_time \
             from fitting_booking_changes c where c.booking_id = b.id \
             order by c.created_at limit 1) first on true \
         where b.effect_key = $1",
    )
    .bind(&request.approval.effect_key)
    .fetch_optional(conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let slot = Slot { date: found.booking_date, time: found.booking_time };
    if slot != request.booking.slot || found.external_code != request.booking.station_code {
        return Err(Fault::Refused(StoreError::EffectMismatch));
    }
    if found.status != "confirmed" {
        return Err(rule(
            "booking_cancelled",
            "This very booking was made and then cancelled or moved. Offer another time.",
        ));
    }
    Ok(Some(Booking { id: found.id, slot, price: found.price, repeated: true }))
}

/// The order whose tyres are fitted: one of this call, or of the caller's own number.
async fn linked_order(
    conn: &mut PgConnection,
    scope: &Scope,
    booking: &NewBooking,
) -> Result<Option<Uuid>, Fault> {
    let Some(order) = booking.linked_order else { return Ok(None) };
    let known: Option<Uuid> = sqlx::query_scalar(
        "select id from orders where id = $1 and (source_call_id = $2 or phone = $3)",
    )
    .bind(order)
    .bind(scope.call.0)
    .bind(scope.caller.as_ref().map(crate::pii::Phone::reveal))
    .fetch_optional(conn)
    .await?;
    known.map(Some).ok_or_else(|| {
        rule("unknown_order", "There is no such order of this caller. Book without it.")
    })
}

/// A number may have only so many fittings ahead of it.
async fn refuse_too_many(
    conn: &mut PgConnection,
    scope: &Scope,
    request: &Request,
) -> Result<(), Fault> {
    let ahead: i64 = sqlx::query_scalar(
        "select count(*) from fitting_bookings b join tenants t on t.id = b.tenant_id \
         where b.phone = $1 and upper(b.during) > $2 at time zone t.timezone \
           and (b.status = 'confirmed' or b.status = 'held' and b.hold_expires_at > $2)",
    )
    .bind(request.booking.phone.reveal())
    .bind(scope.now)
    .fetch_one(conn)
    .await?;
    if ahead >= i64::from(request.bookings_per_number_max) {
        return Err(rule(
            "too_many_bookings",
            "This number has as many bookings ahead as the shop allows. Offer the operator.",
        ));
    }
    Ok(())
}

/// The price for a car; what kind of vehicle comes is seen at the station.
async fn price(conn: &mut PgConnection, booking: &NewBooking) -> Result<Option<Decimal>, Fault> {
    let price = sqlx::query_scalar(
        "select price from fitting_prices \
         where service_type = $1 and tire_diameter = $2 and vehicle_class = 'car'",
    )
    .bind(service_word(booking.service))
    .bind(diameter(booking))
    .fetch_optional(conn)
    .await?;
    Ok(price)
}

/// Rim inches, if they are ones that a car has.
fn diameter(booking: &NewBooking) -> Option<i16> {
    booking
        .tire_diameter
        .filter(|inches| (10..=26).contains(inches))
        .and_then(|inches| i16::try_from(inches).ok())
}

struct NewRow<'r> {
    scope: &'r Scope,
    request: &'r Request,
    station: Uuid,
    post: i16,
    customer: Option<Uuid>,
    approval: Uuid,
    price: Option<Decimal>,
    contract: Option<Uuid>,
    order: Option<Uuid>,
}

/// Inserts the booking; `None` if the post was taken by someone else at the same moment.
async fn insert(conn: &mut PgConnection, row: &NewRow<'_>) -> Result<Option<Uuid>, Fault> {
    let (scope, booking) = (row.scope, &row.request.booking);
    let effect_key = &row.request.approval.effect_key;
    let id = row_id(scope.call, &format!("booking {effect_key}"));
    // A savepoint: the refusal of one post must not undo what was done so far.
    let mut savepoint = conn.begin().await?;
    let inserted = sqlx::query(
        "insert into fitting_bookings (id, tenant_id, station_id, customer_id, booking_date, \
             booking_time, duration_minutes, post, service_type, tire_diameter, vehicle_info, \
             customer_name, phone, phone_verified, status, price, source_call_id, approval_id, \
             effect_key, storage_contract_id, linked_order_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'confirmed', $15, \
             $16, $17, $18, $19, $20)",
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
    .bind(diameter(booking))
    .bind(clean(&booking.vehicle))
    .bind(clean(&booking.customer_name.0))
    .bind(booking.phone.reveal())
    .bind(booking.phone_verified)
    .bind(row.price)
    .bind(scope.call.0)
    .bind(row.approval)
    .bind(effect_key)
    .bind(row.contract)
    .bind(row.order)
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
