//! Times that are kept free while a caller still says a name.

use super::agreed::lock_number;
use super::booking::{busy, no_such_slot};
use super::slots::duration_minutes;
use super::stations::{self, Asker, rule, service_word};
use super::transaction::{Fault, constraint};
use crate::pii::Phone;
use crate::shop::Service;
use crate::store::{Hold, Scope, Slot, StoreError, StoreLimits};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

/// How long a time is kept, minutes.
const HOLD_MINUTES: i64 = 3;

/// What is to be kept.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) station_code: String,
    pub(super) slot: Slot,
    pub(super) service: Service,
}

pub(super) async fn hold(
    conn: &mut PgConnection,
    scope: &Scope,
    limits: &StoreLimits,
    request: &Request,
) -> Result<Hold, Fault> {
    let (slot, now) = (request.slot, scope.now);
    let number = scope.caller.as_ref().map(Phone::reveal);
    let whose = number.map_or_else(|| scope.call.to_string(), str::to_owned);
    lock_number(conn, scope.tenant, &whose).await?;
    let station = stations::for_booking(conn, &request.station_code, request.service).await?;
    expire(conn, station.id, now).await?;
    if let Some(standing) = standing(conn, scope, station.id, request).await? {
        return Ok(standing);
    }
    refuse_too_many(conn, scope, limits, number).await?;
    let asker = Asker { call: Some(scope.call), now, moving: None };
    let mut plan = stations::plan(conn, &station, slot.date, slot.date, asker).await?;
    if !plan.offers(slot, request.service, now) {
        return Err(no_such_slot());
    }
    while let Some(post) = plan.free_post(slot, request.service) {
        if let Some(hold) = insert(conn, scope, request, station.id, post).await? {
            return Ok(hold);
        }
        plan.busy.push(busy(post, slot, duration_minutes(request.service)));
    }
    Err(Fault::Refused(StoreError::SlotTaken))
}

/// A hold that ran out still stands in the constraint's way until someone says so.
pub(super) async fn expire(
    conn: &mut PgConnection,
    station: Uuid,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    sqlx::query(
        "update fitting_bookings set status = 'expired', updated_at = now() \
         where station_id = $1 and status = 'held' and hold_expires_at <= $2",
    )
    .bind(station)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives back what this call kept: it books now. Until the transaction ends nobody else can have
/// the time, so that a booking of the held time cannot lose it in between.
pub(super) async fn release(conn: &mut PgConnection, scope: &Scope) -> Result<(), Fault> {
    sqlx::query(
        "update fitting_bookings set status = 'expired', updated_at = now() \
         where source_call_id = $1 and status = 'held'",
    )
    .bind(scope.call.0)
    .execute(conn)
    .await?;
    Ok(())
}

async fn standing(
    conn: &mut PgConnection,
    scope: &Scope,
    station: Uuid,
    request: &Request,
) -> Result<Option<Hold>, Fault> {
    let found: Option<(Uuid, DateTime<Utc>)> = sqlx::query_as(
        "select id, hold_expires_at from fitting_bookings \
         where source_call_id = $1 and station_id = $2 and booking_date = $3 \
           and booking_time = $4 and status = 'held' and hold_expires_at > $5",
    )
    .bind(scope.call.0)
    .bind(station)
    .bind(request.slot.date)
    .bind(request.slot.time)
    .bind(scope.now)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(id, expires_at)| Hold { id, expires_at }))
}

async fn refuse_too_many(
    conn: &mut PgConnection,
    scope: &Scope,
    limits: &StoreLimits,
    number: Option<&str>,
) -> Result<(), Fault> {
    let live: i64 = sqlx::query_scalar(
        "select count(*) from fitting_bookings \
         where status = 'held' and hold_expires_at > $3 \
           and (source_call_id = $1 or phone = $2)",
    )
    .bind(scope.call.0)
    .bind(number)
    .bind(scope.now)
    .fetch_one(conn)
    .await?;
    if live >= i64::from(limits.holds_per_number_max) {
        return Err(rule(
            "too_many_holds",
            "Two times are kept for this caller already. Book one of them, or wait until they \
             lapse.",
        ));
    }
    Ok(())
}

/// Inserts the hold; `None` if the post was taken by someone else at the same moment.
async fn insert(
    conn: &mut PgConnection,
    scope: &Scope,
    request: &Request,
    station: Uuid,
    post: i16,
) -> Result<Option<Hold>, Fault> {
    let id = Uuid::new_v4();
    let expires_at = scope.now + TimeDelta::minutes(HOLD_MINUTES);
    let mut savepoint = conn.begin().await?;
    let inserted = sqlx::query(
        "insert into fitting_bookings (id, tenant_id, station_id, booking_date, booking_time, \
             duration_minutes, post, service_type, phone, phone_verified, status, \
             hold_expires_at, source_call_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9 is not null, 'held', $10, $11)",
    )
    .bind(id)
    .bind(scope.tenant.0)
    .bind(station)
    .bind(request.slot.date)
    .bind(request.slot.time)
    .bind(duration_minutes(request.service))
    .bind(post)
    .bind(service_word(request.service))
    .bind(scope.caller.as_ref().map(Phone::reveal))
    .bind(expires_at)
    .bind(scope.call.0)
    .execute(&mut *savepoint)
    .await;
    match inserted {
        Ok(_) => {
            savepoint.commit().await?;
            Ok(Some(Hold { id, expires_at }))
        }
        Err(error) if constraint(&error) == Some("fitting_bookings_one_car_a_post") => {
            savepoint.rollback().await?;
            Ok(None)
        }
        Err(error) => Err(Fault::Sql(error)),
    }
}
