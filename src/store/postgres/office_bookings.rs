//! What the shop's people do at their desk with bookings: moved, given up, ticked off, by the same
//! steps as the agent's.

use super::changes::{self, Own};
use super::office::Settled;
use super::stations::{self, Asker, service_of};
use super::transaction::{Fault, in_tenant};
use super::{PostgresStore, agreed};
use crate::db::desk::audit;
use crate::db::desk::staff::Staff;
use crate::ids::sha256_hex;
use crate::store::{Slot, StoreError};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::sync::Arc;
use uuid::Uuid;

/// What the station ticks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// The car is there.
    Arrived,
    /// The work is done.
    Done,
    /// Nobody came.
    Missed,
    /// The tick was a mistake.
    Back,
}

/// A booking as it is seen at the desk, in one line: what was seen is compared with what is.
#[must_use]
pub fn seen_booking(status: &str, slot: Slot, attended: Option<bool>) -> String {
    let came = match attended {
        Some(true) => "arrived",
        Some(false) => "missed",
        None => "expected",
    };
    format!("{status} {} {} {came}", slot.date, slot.time.format("%H:%M"))
}

impl PostgresStore {
    /// Moves a booking that was seen as `seen`, by the rules by which the agent moves one.
    ///
    /// # Errors
    /// As of the agent's.
    pub async fn move_booking_at_desk(
        &self,
        staff: &Staff,
        (booking, seen): (Uuid, String),
        to: Slot,
    ) -> Result<Settled, StoreError> {
        self.at_desk(staff, (booking, seen), move |conn, staff, booking| {
            Box::pin(shift(conn, staff, booking, to))
        })
        .await
    }

    /// Gives up a booking that was seen as `seen`; whoever waits for a time on that day gets a
    /// ticket.
    ///
    /// # Errors
    /// As of the agent's.
    pub async fn cancel_booking_at_desk(
        &self,
        staff: &Staff,
        (booking, seen): (Uuid, String),
    ) -> Result<Settled, StoreError> {
        self.at_desk(staff, (booking, seen), |conn, staff, booking| {
            Box::pin(give_up(conn, staff, booking))
        })
        .await
    }

    /// Ticks a booking off that was seen as `seen`.
    ///
    /// # Errors
    /// [`StoreError::Away`]; [`StoreError::SlotTaken`] if the tick cannot be taken back because
    /// somebody else has the time by now.
    pub async fn tick_booking(
        &self,
        staff: &Staff,
        (booking, seen): (Uuid, String),
        tick: Tick,
    ) -> Result<Settled, StoreError> {
        self.at_desk(staff, (booking, seen), move |conn, staff, booking| {
            Box::pin(mark(conn, staff, booking, tick))
        })
        .await
    }

    /// Times of one day at the booking's station that it could move to.
    ///
    /// # Errors
    /// [`StoreError::Away`].
    pub async fn times_for_booking(
        &self,
        staff: &Staff,
        booking: Uuid,
        day: NaiveDate,
    ) -> Result<Vec<Slot>, StoreError> {
        let now = staff.now;
        in_tenant(&self.pool, staff.tenant, move |conn| {
            Box::pin(async move {
                let Some(found) = read(conn, booking, now).await? else { return Ok(Vec::new()) };
                let service = service_of(&found.own.service_type);
                let code = &found.own.external_code;
                let station = match stations::for_booking(conn, code, service).await {
                    Ok(station) => station,
                    // The station is closed for good or does this no more: it has no times.
                    Err(Fault::Refused(StoreError::Rule { .. })) => return Ok(Vec::new()),
                    Err(fault) => return Err(fault),
                };
                let asker = Asker { call: None, now, moving: Some(booking) };
                let plan = stations::plan(conn, &station, day, day, asker).await?;
                Ok(plan.free(day, day, service, now))
            })
        })
        .await
    }

    async fn at_desk<W>(
        &self,
        staff: &Staff,
        (booking, seen): (Uuid, String),
        work: W,
    ) -> Result<Settled, StoreError>
    where
        W: for<'c> Fn(
                &'c mut PgConnection,
                &'c Staff,
                &'c Standing,
            ) -> BoxFuture<'c, Result<Settled, Fault>>
            + Send
            + Sync
            + 'static,
    {
        let asked = Arc::new((staff.clone(), seen, work));
        in_tenant(&self.pool, staff.tenant, move |conn| {
            let asked = Arc::clone(&asked);
            Box::pin(async move {
                let (staff, seen, work) = &*asked;
                let Some(phone) = number_of(conn, booking).await? else {
                    return Ok(Settled::Unknown);
                };
                // The agent's order: the number first, then the row.
                agreed::lock_number(conn, staff.tenant, &phone).await?;
                let Some(found) = read(conn, booking, staff.now).await? else {
                    return Ok(Settled::Unknown);
                };
                let is = found.seen();
                if is != *seen {
                    return Ok(Settled::Stale(is));
                }
                work(conn, staff, &found).await
            })
        })
        .await
    }
}

/// A booking at the desk, locked.
#[derive(sqlx::FromRow)]
struct Standing {
    #[sqlx(flatten)]
    own: Own,
    status: String,
    attended: Option<bool>,
    /// Now, on the shop's wall.
    wall: NaiveDateTime,
}

impl Standing {
    fn seen(&self) -> String {
        seen_booking(&self.status, self.own.slot(), self.attended)
    }

    fn is_ahead(&self) -> bool {
        let slot = self.own.slot();
        self.status == "confirmed" && slot.date.and_time(slot.time) > self.wall
    }
}

async fn number_of(conn: &mut PgConnection, booking: Uuid) -> Result<Option<String>, Fault> {
    let found =
        sqlx::query_scalar("select coalesce(phone, '') from fitting_bookings where id = $1")
            .bind(booking)
            .fetch_optional(conn)
            .await?;
    Ok(found)
}

async fn read(
    conn: &mut PgConnection,
    booking: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Standing>, Fault> {
    let found = sqlx::query_as(
        "select b.id, s.external_code, b.booking_date, b.booking_time, b.service_type, b.price, \
                b.storage_contract_id, b.status, b.attended, $2 at time zone t.timezone as wall \
         from fitting_bookings b \
         join fitting_stations s on s.id = b.station_id \
         join tenants t on t.id = b.tenant_id \
         where b.id = $1 for update of b",
    )
    .bind(booking)
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

async fn shift(
    conn: &mut PgConnection,
    staff: &Staff,
    standing: &Standing,
    to: Slot,
) -> Result<Settled, Fault> {
    if !standing.is_ahead() || standing.attended.is_some() {
        return Ok(Settled::NotAllowed);
    }
    let own = &standing.own;
    let asker = Asker { call: None, now: staff.now, moving: Some(own.id) };
    changes::shift(conn, staff.tenant, own, to, asker).await?;
    let (approval, key) = approve(conn, staff, own, "move", Some(to)).await?;
    changes::write(conn, staff.tenant, own, Some(to), &changes::Under::desk(approval, &key))
        .await?;
    let before = json!({ "booking": standing.seen() });
    let after = json!({ "booking": seen_booking("confirmed", to, None) });
    let deed = staff.deed("booking.moved", ("booking", own.id), Some(before), Some(after));
    audit::write(conn, deed).await?;
    Ok(Settled::Done)
}

async fn give_up(
    conn: &mut PgConnection,
    staff: &Staff,
    standing: &Standing,
) -> Result<Settled, Fault> {
    if !standing.is_ahead() {
        return Ok(Settled::NotAllowed);
    }
    let own = &standing.own;
    changes::give_up(conn, staff.tenant, own).await?;
    let (approval, key) = approve(conn, staff, own, "cancel", None).await?;
    changes::write(conn, staff.tenant, own, None, &changes::Under::desk(approval, &key)).await?;
    let before = json!({ "booking": standing.seen() });
    let deed = staff.deed("booking.cancelled", ("booking", own.id), Some(before), None);
    audit::write(conn, deed).await?;
    Ok(Settled::Done)
}

async fn mark(
    conn: &mut PgConnection,
    staff: &Staff,
    standing: &Standing,
    tick: Tick,
) -> Result<Settled, Fault> {
    let (own, status) = (&standing.own, standing.status.as_str());
    let slot = own.slot();
    let today = slot.date <= standing.wall.date();
    let (to, attended) = match (tick, status, standing.attended) {
        (Tick::Arrived, "confirmed", None) if today => ("confirmed", Some(true)),
        (Tick::Done, "confirmed", _) if today => ("completed", Some(true)),
        (Tick::Missed, "confirmed", None) if slot.date.and_time(slot.time) <= standing.wall => {
            ("no_show", Some(false))
        }
        (Tick::Back, "completed" | "no_show", _) | (Tick::Back, "confirmed", Some(_)) => {
            ("confirmed", None)
        }
        _ => return Ok(Settled::NotAllowed),
    };
    sqlx::query(
        "update fitting_bookings set status = $2, attended = $3, updated_at = now() where id = $1",
    )
    .bind(own.id)
    .bind(to)
    .bind(attended)
    .execute(&mut *conn)
    .await?;
    let before = json!({ "booking": standing.seen() });
    let after = json!({ "booking": seen_booking(to, slot, attended) });
    let deed = staff.deed("booking.ticked", ("booking", own.id), Some(before), Some(after));
    audit::write(conn, deed).await?;
    Ok(Settled::Done)
}

/// The word of a user under which a booking changes: the same row as a caller's yes.
async fn approve(
    conn: &mut PgConnection,
    staff: &Staff,
    own: &Own,
    kind: &str,
    to: Option<Slot>,
) -> Result<(Uuid, String), Fault> {
    let id = Uuid::new_v4();
    let key = sha256_hex(&format!("desk\n{}\n{kind}\n{id}", own.id));
    let args: Value = json!({
        "booking_id": own.id,
        "date": to.map(|to| to.date),
        "time": to.map(|to| to.time.format("%H:%M").to_string()),
    });
    sqlx::query(
        "insert into approvals (id, tenant_id, tool_name, args, effect_key, readback_hash, status, \
             approved_by, approved_at) values ($1, $2, $3, $4, $5, '', 'approved', $6, $7)",
    )
    .bind(id)
    .bind(staff.tenant.0)
    .bind(format!("desk_{kind}_booking"))
    .bind(args)
    .bind(&key)
    .bind(staff.user.to_string())
    .bind(staff.now)
    .execute(conn)
    .await?;
    Ok((id, key))
}
