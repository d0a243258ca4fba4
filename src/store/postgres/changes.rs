//! Bookings that stand: shown to their owner, given up, moved.

use super::agreed::{approve, lock_number, own_number};
use super::booking::{busy, no_such_slot};
use super::slots::duration_minutes;
use super::stations::{self, Asker, rule, service_of};
use super::transaction::{Fault, constraint};
use super::{holds, storage, wishes};
use crate::ids::{TenantId, row_id};
use crate::language::Language;
use crate::pii::Personal;
use crate::store::{Booking, BookingView, Scope, Slot, Station, StoreError};
use crate::turn::Approval;
use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    booking_date: NaiveDate,
    booking_time: NaiveTime,
    service_type: String,
    customer_name: String,
    vehicle_info: String,
    station_id: Uuid,
    external_code: String,
    name: String,
    city: String,
    district: String,
    address: String,
}

/// Bookings ahead of the caller's own number, soonest first.
pub(super) async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
) -> Result<Vec<BookingView>, Fault> {
    let rows: Vec<Row> = sqlx::query_as(
        "select b.id, b.booking_date, b.booking_time, b.service_type, b.customer_name, \
                b.vehicle_info, b.station_id, s.external_code, \
                coalesce(nullif(case when $3 then s.name_uk end, ''), s.name) as name, \
                coalesce(nullif(case when $3 then s.city_uk end, ''), s.city) as city, \
                coalesce(nullif(case when $3 then s.district_uk end, ''), s.district) \
                    as district, \
                coalesce(nullif(case when $3 then s.address_uk end, ''), s.address) as address \
         from fitting_bookings b \
         join fitting_stations s on s.id = b.station_id \
         join tenants t on t.id = b.tenant_id \
         where b.phone = $1 and b.status = 'confirmed' \
           and upper(b.during) > $2 at time zone t.timezone \
         order by b.booking_date, b.booking_time, b.id",
    )
    .bind(own_number(scope)?.reveal())
    .bind(scope.now)
    .bind(scope.language != Language::En)
    .fetch_all(conn)
    .await?;
    let view = |row: Row| BookingView {
        id: row.id,
        station: Station {
            id: row.station_id,
            code: row.external_code,
            name: row.name,
            city: row.city,
            district: row.district,
            address: row.address,
        },
        slot: Slot { date: row.booking_date, time: row.booking_time },
        service: service_of(&row.service_type),
        customer_name: Personal(row.customer_name),
        vehicle: row.vehicle_info,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A booking of the caller's own number that is still ahead, locked.
#[derive(sqlx::FromRow)]
pub(super) struct Own {
    pub(super) id: Uuid,
    pub(super) external_code: String,
    booking_date: NaiveDate,
    booking_time: NaiveTime,
    pub(super) service_type: String,
    price: Option<Decimal>,
    storage_contract_id: Option<Uuid>,
}

impl Own {
    pub(super) fn slot(&self) -> Slot {
        Slot { date: self.booking_date, time: self.booking_time }
    }
}

/// Somebody else's booking is answered exactly as one that does not exist.
async fn own(conn: &mut PgConnection, scope: &Scope, booking: Uuid) -> Result<Own, Fault> {
    let found: Option<Own> = sqlx::query_as(
        "select b.id, s.external_code, b.booking_date, b.booking_time, \
                b.service_type, b.price, b.storage_contract_id \
         from fitting_bookings b \
         join fitting_stations s on s.id = b.station_id \
         join tenants t on t.id = b.tenant_id \
         where b.id = $1 and b.phone = $2 and b.status = 'confirmed' \
           and lower(b.during) > $3 at time zone t.timezone \
         for update of b",
    )
    .bind(booking)
    .bind(own_number(scope)?.reveal())
    .bind(scope.now)
    .fetch_optional(conn)
    .await?;
    found.ok_or_else(|| {
        rule(
            "booking_not_found",
            "This number has no such booking ahead. Call get_customer_bookings and use a \
             booking_id from its answer.",
        )
    })
}

#[derive(sqlx::FromRow)]
struct Change {
    booking_id: Uuid,
    kind: String,
    to_date: Option<NaiveDate>,
    to_time: Option<NaiveTime>,
}

/// The change that this agreement made before, if it did.
async fn made_before(
    conn: &mut PgConnection,
    approval: &Approval,
) -> Result<Option<Change>, Fault> {
    let found = sqlx::query_as(
        "select booking_id, kind, to_date, to_time from fitting_booking_changes \
         where effect_key = $1",
    )
    .bind(&approval.effect_key)
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

/// Gives the booking up; whoever waits for a time on that day gets a ticket.
pub(super) async fn cancel(
    conn: &mut PgConnection,
    scope: &Scope,
    booking: Uuid,
    approval: &Approval,
) -> Result<(), Fault> {
    lock_number(conn, scope.tenant, own_number(scope)?.reveal()).await?;
    let agreed = approve(conn, scope, approval).await?;
    if let Some(before) = made_before(conn, approval).await? {
        let same = before.booking_id == booking && before.kind == "cancel";
        return if same { Ok(()) } else { Err(Fault::Refused(StoreError::EffectMismatch)) };
    }
    let own = own(conn, scope, booking).await?;
    give_up(conn, scope.tenant, &own).await?;
    write(conn, scope.tenant, &own, None, &Under::call(scope, agreed, approval)).await
}

/// Gives a booking up, whoever wants it: the post is free, and those who wait for it are told.
pub(super) async fn give_up(
    conn: &mut PgConnection,
    tenant: TenantId,
    own: &Own,
) -> Result<(), Fault> {
    sqlx::query(
        "update fitting_bookings set status = 'cancelled', updated_at = now() where id = $1",
    )
    .bind(own.id)
    .execute(&mut *conn)
    .await?;
    wishes::slot_freed(conn, tenant, &own.external_code, own.booking_date).await?;
    Ok(())
}

/// Moves the booking in one step: the old time stands until the new one is had.
pub(super) async fn move_to(
    conn: &mut PgConnection,
    scope: &Scope,
    (booking, to): (Uuid, Slot),
    approval: &Approval,
) -> Result<Booking, Fault> {
    lock_number(conn, scope.tenant, own_number(scope)?.reveal()).await?;
    let agreed = approve(conn, scope, approval).await?;
    if let Some(before) = made_before(conn, approval).await? {
        let same = before.booking_id == booking
            && (before.to_date, before.to_time) == (Some(to.date), Some(to.time));
        let own = own(conn, scope, booking).await?;
        return if same && own.slot() == to {
            Ok(Booking { id: own.id, slot: to, price: own.price, repeated: true })
        } else {
            Err(Fault::Refused(StoreError::EffectMismatch))
        };
    }
    let own = own(conn, scope, booking).await?;
    holds::release(conn, scope).await?;
    let asker = Asker { call: Some(scope.call), now: scope.now, moving: Some(own.id) };
    shift(conn, scope.tenant, &own, to, asker).await?;
    write(conn, scope.tenant, &own, Some(to), &Under::call(scope, agreed, approval)).await?;
    Ok(Booking { id: own.id, slot: to, price: own.price, repeated: false })
}

/// Puts a booking on another time of its station, whoever wants it.
pub(super) async fn shift(
    conn: &mut PgConnection,
    tenant: TenantId,
    own: &Own,
    to: Slot,
    asker: Asker,
) -> Result<(), Fault> {
    if own.slot() == to {
        return Err(rule("same_time", "The booking is at this time already. Tell the caller so."));
    }
    let service = service_of(&own.service_type);
    let station = stations::for_booking(conn, &own.external_code, service).await?;
    if own.storage_contract_id.is_some() {
        storage::refuse_early(conn, asker.now, to.date, station.id).await?;
    }
    holds::expire(conn, station.id, asker.now).await?;
    let mut plan = stations::plan(conn, &station, to.date, to.date, asker).await?;
    if !plan.offers(to, service, asker.now) {
        return Err(no_such_slot());
    }
    while let Some(post) = plan.free_post(to, service) {
        if put(conn, own.id, to, post).await? {
            wishes::slot_freed(conn, tenant, &own.external_code, own.booking_date).await?;
            return Ok(());
        }
        plan.busy.push(busy(post, to, duration_minutes(service)));
    }
    Err(Fault::Refused(StoreError::SlotTaken))
}

/// Puts the booking on another time and post; false if that was taken at the same moment.
async fn put(conn: &mut PgConnection, id: Uuid, to: Slot, post: i16) -> Result<bool, Fault> {
    let mut savepoint = conn.begin().await?;
    let updated = sqlx::query(
        "update fitting_bookings set booking_date = $2, booking_time = $3, post = $4, \
             updated_at = now() where id = $1",
    )
    .bind(id)
    .bind(to.date)
    .bind(to.time)
    .bind(post)
    .execute(&mut *savepoint)
    .await;
    match updated {
        Ok(_) => {
            savepoint.commit().await?;
            Ok(true)
        }
        Err(error) if constraint(&error) == Some("fitting_bookings_one_car_a_post") => {
            savepoint.rollback().await?;
            Ok(false)
        }
        Err(error) => Err(Fault::Sql(error)),
    }
}

/// Under whose word a booking changes.
pub(super) struct Under<'a> {
    id: Uuid,
    /// None: at the desk.
    call: Option<Uuid>,
    approval: Uuid,
    effect_key: &'a str,
}

impl<'a> Under<'a> {
    fn call(scope: &Scope, agreed: Uuid, approval: &'a Approval) -> Self {
        Self {
            id: row_id(scope.call, &format!("change {}", approval.effect_key)),
            call: Some(scope.call.0),
            approval: agreed,
            effect_key: &approval.effect_key,
        }
    }

    pub(super) fn desk(approval: Uuid, effect_key: &'a str) -> Self {
        Self { id: Uuid::new_v4(), call: None, approval, effect_key }
    }
}

/// Writes down that a booking changed, and under whose word.
pub(super) async fn write(
    conn: &mut PgConnection,
    tenant: TenantId,
    own: &Own,
    to: Option<Slot>,
    under: &Under<'_>,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into fitting_booking_changes (id, tenant_id, booking_id, kind, from_date, \
             from_time, to_date, to_time, call_id, approval_id, effect_key) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(under.id)
    .bind(tenant.0)
    .bind(own.id)
    .bind(if to.is_some() { "move" } else { "cancel" })
    .bind(own.booking_date)
    .bind(own.booking_time)
    .bind(to.map(|slot| slot.date))
    .bind(to.map(|slot| slot.time))
    .bind(under.call)
    .bind(under.approval)
    .bind(under.effect_key)
    .execute(conn)
    .await?;
    Ok(())
}
