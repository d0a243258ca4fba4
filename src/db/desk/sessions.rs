//! `dashboard.sessions`: who is in. The browser holds a secret, the table its hash.

use super::at_the_door;
use super::users::Role;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// Longest description of a browser that is kept, characters.
const AGENT_CHARS_MAX: usize = 200;

/// A session to be.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// SHA-256 of the secret, in hex.
    pub token_hash: String,
    /// Whose.
    pub user: Uuid,
    /// The shop to look at if the person is of none; else the person's own is taken.
    pub tenant: Uuid,
    /// Does the device stay known after the browser is closed?
    pub remembered: bool,
    /// Where the browser is.
    pub address: String,
    /// What the browser says that it is.
    pub agent: String,
    /// Now.
    pub now: DateTime<Utc>,
    /// Until when, if nobody comes.
    pub expires_at: DateTime<Utc>,
}

/// A session and its person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// The shop that is looked at.
    pub tenant_id: Uuid,
    /// Its name.
    pub tenant_name: String,
    /// Its time zone.
    pub timezone: String,
    /// The person.
    pub user_id: Uuid,
    /// The person's e-mail.
    pub email: String,
    /// How the person is called.
    pub name: String,
    /// What the person may do.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// `uk` or `en`.
    pub tongue: String,
    /// `auto`, `light` or `dark`.
    pub scheme: String,
    /// Does the device stay known after the browser is closed?
    pub remembered: bool,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
}

/// Begins a session; the shop is the person's own, if the person has one. False if the person is
/// blocked or gone.
///
/// # Errors
/// What Postgres says.
pub async fn open(pool: &PgPool, new: NewSession) -> Result<bool, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            let opened = sqlx::query(
                "insert into dashboard.sessions (token_hash, tenant_id, user_id, remembered, \
                     address, agent, created_at, seen_at, expires_at) \
                 select $1, coalesce(u.tenant_id, $2), u.id, $4, $5, $6, $7, $7, $8 \
                 from dashboard.users u where u.id = $3 and u.blocked_at is null",
            )
            .bind(new.token_hash)
            .bind(new.tenant)
            .bind(new.user)
            .bind(new.remembered)
            .bind(new.address)
            .bind(new.agent.chars().take(AGENT_CHARS_MAX).collect::<String>())
            .bind(new.now)
            .bind(new.expires_at)
            .execute(&mut *conn)
            .await?;
            sqlx::query("update dashboard.users set seen_at = $2 where id = $1")
                .bind(new.user)
                .bind(new.now)
                .execute(conn)
                .await?;
            Ok(opened.rows_affected() == 1)
        })
    })
    .await
}

/// The session of a secret with this hash. One that has expired, whose person is blocked, or whose
/// person is of another shop by now, is none.
///
/// # Errors
/// What Postgres says.
pub async fn find(
    pool: &PgPool,
    token_hash: String,
    now: DateTime<Utc>,
) -> Result<Option<Session>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select s.tenant_id, t.name as tenant_name, t.timezone, s.user_id, u.email, \
                        u.name, u.role, u.tongue, u.scheme, s.remembered, s.created_at, s.seen_at \
                 from dashboard.sessions s \
                 join dashboard.users u on u.id = s.user_id \
                 join tenants t on t.id = s.tenant_id \
                 where s.token_hash = $1 and s.expires_at > $2 and u.blocked_at is null \
                   and (u.tenant_id is null or u.tenant_id = s.tenant_id)",
            )
            .bind(token_hash)
            .bind(now)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// Notes that a session was used, and how long it lives from here.
///
/// # Errors
/// What Postgres says.
pub async fn touch(
    pool: &PgPool,
    token_hash: String,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "with used as (update dashboard.sessions set seen_at = $2, expires_at = $3 \
                     where token_hash = $1 returning user_id) \
                 update dashboard.users u set seen_at = $2 from used where u.id = used.user_id",
            )
            .bind(token_hash)
            .bind(now)
            .bind(expires_at)
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}

/// Ends a session.
///
/// # Errors
/// What Postgres says.
pub async fn close(pool: &PgPool, token_hash: String) -> Result<(), sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query("delete from dashboard.sessions where token_hash = $1")
                .bind(token_hash)
                .execute(conn)
                .await
                .map(drop)
        })
    })
    .await
}

/// A device on which somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Device {
    /// What the database knows of its secret; never shown.
    pub token_hash: String,
    /// Does it stay known after the browser is closed?
    pub remembered: bool,
    /// Where it was at first.
    pub address: Option<String>,
    /// What the browser says that it is.
    pub agent: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
}

/// The devices on which somebody is in, the last used first.
///
/// # Errors
/// What Postgres says.
pub async fn devices(
    pool: &PgPool,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<Device>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select token_hash, remembered, address, agent, created_at, seen_at \
                 from dashboard.sessions where user_id = $1 and expires_at > $2 \
                 order by seen_at desc, token_hash",
            )
            .bind(user)
            .bind(now)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Ends every session of somebody but this one; how many there were.
///
/// # Errors
/// What Postgres says.
pub async fn close_others(
    pool: &PgPool,
    user: Uuid,
    kept_hash: String,
) -> Result<u64, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query("delete from dashboard.sessions where user_id = $1 and token_hash <> $2")
                .bind(user)
                .bind(kept_hash)
                .execute(conn)
                .await
                .map(|done| done.rows_affected())
        })
    })
    .await
}
