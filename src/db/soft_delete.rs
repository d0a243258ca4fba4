//! Hiding a call or a customer, and bringing them back. What is hidden is in no view, list or
//! figure that people read; after `retention.soft_delete_days` the retention job purges it.

use super::{stats, with_tenant};
use crate::ids::{CallId, TenantId};
use crate::pii::Phone;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// Nothing of this name is there (any more).
    #[error("there is none")]
    Unknown,
    /// It is hidden already.
    #[error("it is hidden since {}", .0.format("%Y-%m-%d %H:%M UTC"))]
    Hidden(DateTime<Utc>),
    /// It is not hidden.
    #[error("it is not hidden")]
    Shown,
    /// It was hidden so long ago that it is about to be purged.
    #[error("it was hidden on {}, which is too long ago", .0.format("%Y-%m-%d"))]
    TooLate(DateTime<Utc>),
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Take it out of sight.
    Hide,
    /// Bring it back.
    Restore,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Until when it can be brought back; `None` after [`Change::Restore`] and where nothing is
    /// ever purged.
    pub until: Option<DateTime<Utc>>,
    /// Of a call: its day on the shop's wall.
    pub day: Option<NaiveDate>,
    /// False if that day is sealed, so that its figures stay as they were.
    pub counted_again: bool,
}

/// How a customer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// `customers.id`.
    Id(Uuid),
    /// Their number.
    Phone(Phone),
}

/// Hides a call or brings it back, and counts its day again at once.
///
/// # Errors
/// What Postgres says; inside, why nothing was to be done.
pub async fn call(
    pool: &PgPool,
    tenant: TenantId,
    call: CallId,
    change: Change,
) -> Result<Result<Done, NotDone>, sqlx::Error> {
    let changed = with_tenant(pool, tenant, move |conn| {
        Box::pin(async move { change_call(conn, tenant, call, change).await })
    })
    .await?;
    let Ok(mut done) = changed else { return Ok(changed) };
    if let Some(day) = done.day {
        done.counted_again = stats::compute_day(pool, tenant, day).await?.sealed_at.is_none();
    }
    Ok(Ok(done))
}

async fn change_call(
    conn: &mut PgConnection,
    tenant: TenantId,
    call: CallId,
    change: Change,
) -> Result<Result<Done, NotDone>, sqlx::Error> {
    let found: Option<(DateTime<Utc>, Option<DateTime<Utc>>, NaiveDate)> = sqlx::query_as(
        "select c.started_at, c.deleted_at, (c.started_at at time zone t.timezone)::date \
         from calls c join tenants t on t.id = c.tenant_id \
         where c.id = $1 and c.tenant_id = $2 order by c.started_at desc limit 1 for update of c",
    )
    .bind(call.0)
    .bind(tenant.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((started_at, hidden_at, day)) = found else { return Ok(Err(NotDone::Unknown)) };
    if let Err(why) = allowed(conn, hidden_at, change).await? {
        return Ok(Err(why));
    }
    // The time column too, so that one month is touched.
    sqlx::query(
        "update calls set deleted_at = case when $3 then now() end \
         where id = $1 and started_at = $2",
    )
    .bind(call.0)
    .bind(started_at)
    .bind(change == Change::Hide)
    .execute(&mut *conn)
    .await?;
    let until = until(conn, change).await?;
    Ok(Ok(Done { until, day: Some(day), counted_again: false }))
}

/// Hides a customer or brings them back. Their calls, orders and bookings stay in sight: they have
/// ways of their own.
///
/// # Errors
/// What Postgres says; inside, why nothing was to be done.
pub async fn customer(
    pool: &PgPool,
    tenant: TenantId,
    who: Who,
    change: Change,
) -> Result<Result<Done, NotDone>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move { change_customer(conn, &who, change).await })
    })
    .await
}

async fn change_customer(
    conn: &mut PgConnection,
    who: &Who,
    change: Change,
) -> Result<Result<Done, NotDone>, sqlx::Error> {
    let (id, phone) = match who {
        Who::Id(id) => (Some(*id), None),
        Who::Phone(phone) => (None, Some(phone.reveal())),
    };
    let found: Option<(Uuid, Option<DateTime<Utc>>)> = sqlx::query_as(
        "select id, deleted_at from customers where id = $1 or phone = $2 for update",
    )
    .bind(id)
    .bind(phone)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((id, hidden_at)) = found else { return Ok(Err(NotDone::Unknown)) };
    if let Err(why) = allowed(conn, hidden_at, change).await? {
        return Ok(Err(why));
    }
    sqlx::query(
        "update customers set deleted_at = case when $2 then now() end, updated_at = now() \
         where id = $1",
    )
    .bind(id)
    .bind(change == Change::Hide)
    .execute(&mut *conn)
    .await?;
    Ok(Ok(Done { until: until(conn, change).await?, day: None, counted_again: false }))
}

/// May this be done to something that was hidden at `hidden_at`?
async fn allowed(
    conn: &mut PgConnection,
    hidden_at: Option<DateTime<Utc>>,
    change: Change,
) -> Result<Result<(), NotDone>, sqlx::Error> {
    let cutoff: Option<DateTime<Utc>> =
        sqlx::query_scalar("select housekeeping.too_old_before('(soft deleted)', now())")
            .fetch_one(conn)
            .await?;
    Ok(match (change, hidden_at) {
        (Change::Hide, Some(at)) => Err(NotDone::Hidden(at)),
        (Change::Restore, None) => Err(NotDone::Shown),
        // What may be purged at any moment is promised to nobody.
        (Change::Restore, Some(at)) if cutoff.is_some_and(|cutoff| at < cutoff) => {
            Err(NotDone::TooLate(at))
        }
        _ => Ok(()),
    })
}

/// When something that is hidden now will be purged.
async fn until(
    conn: &mut PgConnection,
    change: Change,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    if change == Change::Restore {
        return Ok(None);
    }
    sqlx::query_scalar(
        "select now() + keep_days * interval '24 hours' from housekeeping.retention \
         where table_name = '(soft deleted)' and keep_days is not null",
    )
    .fetch_optional(conn)
    .await
}
