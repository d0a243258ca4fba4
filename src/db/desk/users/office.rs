//! The people of the desk as somebody who answers for them sees and changes them: the page and the
//! command line use the same functions.

use super::{DEMO, Role, end_everything};
use crate::db::desk::at_the_door;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// People on a page.
pub const PAGE_PEOPLE: usize = 100;

/// A person as the list shows them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// The account.
    pub id: Uuid,
    /// The shop; none: every shop.
    pub tenant_id: Option<Uuid>,
    /// Its name.
    pub shop: Option<String>,
    /// In lower case.
    pub email: String,
    /// How the person is called.
    pub name: String,
    /// What the person may do.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Since when the person may not come in.
    pub blocked_at: Option<DateTime<Utc>>,
    /// When the person was last here.
    pub seen_at: Option<DateTime<Utc>>,
    /// Has the person chosen a password?
    pub has_password: bool,
    /// Until when a link for choosing one works.
    pub link_until: Option<DateTime<Utc>>,
    /// Devices on which the person is in.
    pub devices: i64,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is done.
    Done,
    /// There is no such person, or somebody else has changed their role meanwhile.
    Unknown,
    /// Nobody would be left who may do everything.
    LastSuperAdmin,
}

/// One more than [`PAGE_PEOPLE`] at most, by e-mail, after `after`: those of a shop, or everybody.
///
/// # Errors
/// What Postgres says.
pub async fn people(
    pool: &PgPool,
    of: Option<TenantId>,
    after: String,
    now: DateTime<Utc>,
) -> Result<Vec<Person>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select u.id, u.tenant_id, t.name as shop, u.email, u.name, u.role, \
                        u.blocked_at, u.seen_at, u.password_hash is not null as has_password, \
                        (select max(k.expires_at) from dashboard.one_time_tokens k \
                         where k.user_id = u.id and k.purpose = 'set_password' \
                           and k.used_at is null and k.expires_at > $2) as link_until, \
                        (select count(*) from dashboard.sessions s \
                         where s.user_id = u.id and s.expires_at > $2) as devices \
                 from dashboard.users u left join tenants t on t.id = u.tenant_id \
                 where ($1::uuid is null or u.tenant_id = $1) and u.email > $3 and u.email <> $4 \
                 order by u.email limit $5",
            )
            .bind(of.map(|shop| shop.0))
            .bind(now)
            .bind(after)
            .bind(DEMO)
            .bind(PAGE_PEOPLE as i64 + 1)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Two who take each other's rights at once do it one after the other.
async fn alone(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('dashboard.users', 0))")
        .execute(conn)
        .await
        .map(drop)
}

/// True if somebody is left who may do everything when `id` may not any more: with a password, or
/// they could not come in.
async fn others_left(conn: &mut PgConnection, id: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select not exists (select from dashboard.users \
             where id = $1 and role = 'super_admin' and blocked_at is null) \
             or exists (select from dashboard.users where id <> $1 and role = 'super_admin' \
                 and blocked_at is null and password_hash is not null and email <> $2)",
    )
    .bind(id)
    .bind(DEMO)
    .fetch_one(conn)
    .await
}

/// Gives somebody who has the role `seen` another one, from this moment on. Somebody who was of every
/// shop is of `tenant` then.
///
/// # Errors
/// What Postgres says.
pub async fn set_role(
    pool: &PgPool,
    id: Uuid,
    (seen, wanted): (Role, Role),
    tenant: TenantId,
) -> Result<Changed, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            alone(conn).await?;
            if wanted != Role::SuperAdmin && !others_left(conn, id).await? {
                return Ok(Changed::LastSuperAdmin);
            }
            let done = sqlx::query(
                "update dashboard.users set role = $2, updated_at = now(), tenant_id = \
                     case when $2 = 'super_admin' then null else coalesce(tenant_id, $3) end \
                 where id = $1 and role = $4",
            )
            .bind(id)
            .bind(wanted.code())
            .bind(tenant.0)
            .bind(seen.code())
            .execute(conn)
            .await?;
            Ok(if done.rows_affected() == 1 { Changed::Done } else { Changed::Unknown })
        })
    })
    .await
}

/// Lets a person in no more, at once and on every device, or lets the person in again.
///
/// # Errors
/// What Postgres says.
pub async fn set_blocked(pool: &PgPool, id: Uuid, blocked: bool) -> Result<Changed, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            alone(conn).await?;
            if blocked && !others_left(conn, id).await? {
                return Ok(Changed::LastSuperAdmin);
            }
            let done = sqlx::query(
                "update dashboard.users set updated_at = now(), \
                     blocked_at = case when $2 then coalesce(blocked_at, now()) end where id = $1",
            )
            .bind(id)
            .bind(blocked)
            .execute(&mut *conn)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(Changed::Unknown);
            }
            if blocked {
                end_everything(conn, id).await?;
            }
            Ok(Changed::Done)
        })
    })
    .await
}
