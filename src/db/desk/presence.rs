//! `dashboard.presence`: who of the desk is there to take a call.
//!
//! An open page is a heartbeat. Somebody who is silent counts as gone, unless they said that their
//! telephone alone is enough.

use super::{audit, reading};
use crate::db::desk::staff::Staff;
use crate::db::live::{self, Message};
use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Pages beat every 15 seconds; who missed four is not at the desk.
pub const SILENCE_MAX: TimeDelta = TimeDelta::seconds(60);
/// A telephone without a page is believed in for a shift.
pub const SHIFT_MAX: TimeDelta = TimeDelta::hours(12);
/// A shop in which nobody was there for so long does not work with presence: calls are then handed
/// over as if somebody were.
const UNUSED_AFTER: TimeDelta = TimeDelta::days(7);

/// Why somebody is away.
pub const REASONS: [&str; 4] = ["break", "lunch", "training", "other"];
/// What somebody may say of themselves; `busy` and `wrap_up` also follow from calls.
pub const STATES: [&str; 4] = ["free", "busy", "away", "off"];

/// How somebody wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// One of [`STATES`].
    pub state: &'static str,
    /// One of [`REASONS`], of who is away.
    pub reason: Option<&'static str>,
    /// No page will be open.
    pub phone_only: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// It is so now.
    Done,
    /// A sheet of theirs is not filed: they are not free.
    Unfiled,
}

/// Somebody of the desk, as colleagues see them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Colleague {
    /// Who.
    pub user_id: Uuid,
    /// Their name; none of somebody who is of no shop.
    pub name: Option<String>,
    /// `free`, `busy`, `wrap_up`, `away`, `off`.
    pub state: String,
    /// Why away.
    pub reason: Option<String>,
    /// Without a page.
    pub phone_only: bool,
    /// Since when.
    pub since: DateTime<Utc>,
    /// A heartbeat was heard, or none is needed.
    pub there: bool,
}

/// Says how somebody is to be seen.
///
/// # Errors
/// What Postgres says.
pub async fn set(pool: &PgPool, staff: Staff, wanted: Wanted) -> Result<Set, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let open: bool = sqlx::query_scalar(
                "select exists (select from dashboard.pops where taken_by = $1 \
                     and filed_at is null and (over_at is not null or fate is not null))",
            )
            .bind(staff.user)
            .fetch_one(&mut *conn)
            .await?;
            if open && wanted.state == "free" {
                return Ok(Set::Unfiled);
            }
            put(conn, &staff, wanted).await?;
            Ok(Set::Done)
        })
    })
    .await
}

/// The same, whatever is open, with its line in the audit log; other processes hear of it.
pub(super) async fn put(
    conn: &mut PgConnection,
    staff: &Staff,
    wanted: Wanted,
) -> Result<(), sqlx::Error> {
    let before: Option<Value> = sqlx::query_scalar(
        "select jsonb_build_object('state', state, 'reason', reason, 'phone_only', phone_only) \
         from dashboard.presence where tenant_id = $1 and user_id = $2 for update",
    )
    .bind(staff.tenant.0)
    .bind(staff.user)
    .fetch_optional(&mut *conn)
    .await?;
    sqlx::query(
        "insert into dashboard.presence as p (tenant_id, user_id, state, reason, phone_only, \
             since, seen_at) values ($1, $2, $3, $4, $5, $6, $6) \
         on conflict (tenant_id, user_id) do update set state = $3, reason = $4, \
             phone_only = $5, seen_at = $6, \
             since = case when p.state = $3 then p.since else $6 end",
    )
    .bind(staff.tenant.0)
    .bind(staff.user)
    .bind(wanted.state)
    .bind(wanted.reason)
    .bind(wanted.phone_only)
    .bind(staff.now)
    .execute(&mut *conn)
    .await?;
    let after = json!({
        "state": wanted.state, "reason": wanted.reason, "phone_only": wanted.phone_only,
    });
    if before.as_ref() != Some(&after) {
        let deed = staff.deed("presence.changed", ("user", staff.user), before, Some(after));
        audit::write(conn, deed).await?;
    }
    live::send(conn, &Message::Board { tenant: staff.tenant }).await
}

/// Somebody who works with presence is busy with a call, writes it up, or is free again. Who never
/// said anything of themselves stays unknown.
pub(super) async fn follow(
    conn: &mut PgConnection,
    staff: &Staff,
    state: &'static str,
) -> Result<(), sqlx::Error> {
    let phone_only: Option<bool> = sqlx::query_scalar(
        "select phone_only from dashboard.presence \
         where tenant_id = $1 and user_id = $2 and state not in ('away', 'off')",
    )
    .bind(staff.tenant.0)
    .bind(staff.user)
    .fetch_optional(&mut *conn)
    .await?;
    match phone_only {
        Some(phone_only) => put(conn, staff, Wanted { state, reason: None, phone_only }).await,
        None => live::send(conn, &Message::Board { tenant: staff.tenant }).await,
    }
}

/// A page of theirs is open.
///
/// # Errors
/// What Postgres says.
pub async fn beat(
    pool: &PgPool,
    (tenant, user): (TenantId, Uuid),
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "update dashboard.presence set seen_at = $3 \
                 where tenant_id = $1 and user_id = $2 and state <> 'off' and seen_at < $3",
            )
            .bind(tenant.0)
            .bind(user)
            .bind(now)
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}

/// How many are free to take a call; `None` if the shop does not work with presence.
///
/// # Errors
/// What Postgres says.
pub async fn free(
    pool: &PgPool,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Option<i64>, sqlx::Error> {
    let (free, in_use): (i64, bool) = with_tenant::<_, sqlx::Error, _>(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select count(*) filter (where p.state = 'free' \
                         and (p.seen_at > $1 or p.phone_only and p.seen_at > $2) \
                         and not exists (select from dashboard.users u \
                             where u.id = p.user_id and u.blocked_at is not null)), \
                     coalesce(bool_or(p.seen_at > $3), false) \
                 from dashboard.presence p",
            )
            .bind(now - SILENCE_MAX)
            .bind(now - SHIFT_MAX)
            .bind(now - UNUSED_AFTER)
            .fetch_one(conn)
            .await
        })
    })
    .await?;
    Ok(in_use.then_some(free))
}

/// Everybody who was there today, the free ones first.
///
/// # Errors
/// What Postgres says.
pub async fn roster(
    pool: &PgPool,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Vec<Colleague>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select p.user_id, coalesce(nullif(u.name, ''), u.email) as name, p.state, \
                        p.reason, p.phone_only, p.since, \
                        p.seen_at > $1 or p.phone_only and p.seen_at > $2 as there \
                 from dashboard.presence p left join dashboard.users u on u.id = p.user_id \
                 where p.seen_at > $2 and u.blocked_at is null \
                 order by array_position(array['free', 'busy', 'wrap_up', 'away', 'off'], p.state), \
                     p.since, p.user_id",
            )
            .bind(now - SILENCE_MAX)
            .bind(now - SHIFT_MAX)
            .fetch_all(conn)
            .await
        })
    })
    .await
}
